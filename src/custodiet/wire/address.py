"""Addresses as devices write them inside their own messages, brought into one form.

Answers an empty text for what is no address of a single device, so that callers can simply leave it out.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address

_MAC = re.compile(r"\s{0,5}([0-9A-Fa-f]{2})([:-]?)((?:[0-9A-Fa-f]{2}\2){4}[0-9A-Fa-f]{2})\s{0,5}")


def mac_of_text(value: str) -> str:
    """A MAC written with colons, hyphens or nothing between, as lower case with colons."""
    match = _MAC.fullmatch(value)
    if match is None:
        return ""
    return mac_of_bytes(bytes.fromhex((match[1] + match[3]).replace(":", "").replace("-", "")))


def mac_of_bytes(raw: bytes) -> str:
    """A MAC of six bytes as lower case with colons; empty for all zeros and for groups."""
    if len(raw) != 6 or not any(raw) or raw[0] & 1:
        return ""
    return raw.hex(":")


def ipv4_of_text(value: str) -> str:
    """An IPv4 address in canonical form; empty for any that no single device can have."""
    try:
        return _of_device(IPv4Address(value.strip()))
    except ValueError:
        return ""


def ipv4_of_bytes(raw: bytes) -> str:
    """An IPv4 address of four bytes in network order; empty for any that no single device can have."""
    return _of_device(IPv4Address(raw)) if len(raw) == 4 else ""


def _of_device(address: IPv4Address) -> str:
    if address.is_unspecified or address.is_multicast or address.is_loopback or address == IPv4Address(0xFFFFFFFF):
        return ""
    return str(address)
