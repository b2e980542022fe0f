"""Addresses of IP and of the link layer, as devices, programs and people write them, brought into one form.

``ip_text`` and ``mac_text`` read any address. The functions named ``..._of_text`` and ``..._of_bytes`` are for what a
device writes in its own messages: they answer an empty text for what is no address of a single device, so that callers
can simply leave it out.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}\Z")
_PARTS = re.compile(r"[0-9a-fA-F]{1,2}(?:([:-])[0-9a-fA-F]{1,2})(?:\1[0-9a-fA-F]{1,2}){4}\Z")
_DOTTED = re.compile(r"[0-9a-fA-F]{4}[.-][0-9a-fA-F]{4}[.-][0-9a-fA-F]{4}\Z")
_HALVES = re.compile(r"[0-9a-fA-F]{6}-?[0-9a-fA-F]{6}\Z")


def ip_text(text: str) -> str | None:
    """An IPv4 or IPv6 address in canonical form without zone; None for anything else."""
    if _IPV4.match(text):  # nearly all there are, and already canonical
        return text
    if len(text) > 64 or ":" not in text:
        return None
    return _ipv6_text(text)


@lru_cache(maxsize=1 << 14)
def _ipv6_text(text: str) -> str | None:
    try:
        address = ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(address)


@lru_cache(maxsize=1 << 14)
def is_device_ip(ip: str) -> bool:
    """Whether a canonical address can be that of one device: not multicast, broadcast or "any"."""
    address = ipaddress.ip_address(ip)
    return not (address.is_multicast or address.is_unspecified or ip == "255.255.255.255")


# Not what Python calls private: that holds the addresses of documentation and of tests too.
_LOCAL = [
    ipaddress.ip_network(network)
    for network in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "100.64.0.0/10",
        "fc00::/7",
        "fe80::/10",
    )
]


@lru_cache(maxsize=1 << 14)
def is_local_ip(ip: str) -> bool:
    """Whether a canonical address is one of those that networks use inside."""
    address = ipaddress.ip_address(ip)
    return any(address in network for network in _LOCAL)


def mac_text(text: str) -> str | None:
    """A MAC address in lower case with colons; None for anything else.

    Colons, hyphens, Cisco's dots, two halves and leading zeros that BSD leaves out are all read.
    """
    return _mac_text(text) if 11 <= len(text) <= 17 else None


@lru_cache(maxsize=1 << 14)
def _mac_text(text: str) -> str | None:
    if _PARTS.match(text):
        parts = re.split("[:-]", text)
    elif _DOTTED.match(text) or _HALVES.match(text):
        digits = re.sub("[.-]", "", text)
        parts = [digits[place : place + 2] for place in range(0, 12, 2)]
    else:
        return None
    return ":".join(part.zfill(2) for part in parts).lower()


def is_device_mac(mac: str) -> bool:
    """Whether a canonical MAC can be that of one device: not a group address and not all zero."""
    return int(mac[:2], 16) & 1 == 0 and mac != "00:00:00:00:00:00"


def mac_of_text(value: str) -> str:
    """A MAC as lower case with colons; empty for anything else, for all zeros and for groups."""
    mac = mac_text(value.strip())
    return mac if mac and is_device_mac(mac) else ""


def mac_of_bytes(raw: bytes) -> str:
    """A MAC of six bytes as lower case with colons; empty for all zeros and for groups."""
    return mac_of_text(raw.hex(":")) if len(raw) == 6 else ""


def ipv4_of_text(value: str) -> str:
    """An IPv4 address in canonical form; empty for any that no single device can have, its own loopback included."""
    value = value.strip()
    return value if _IPV4.match(value) and is_device_ip(value) and not value.startswith("127.") else ""


def ipv4_of_bytes(raw: bytes) -> str:
    """An IPv4 address of four bytes in network order; empty for any that no single device can have."""
    return ipv4_of_text(".".join(map(str, raw))) if len(raw) == 4 else ""
