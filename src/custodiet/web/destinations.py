"""Addresses to which messages are sent: how they are written, and which lead inside. Nothing here asks a network.

Only one way to write each address is taken, so that no two readers of it can disagree on where it leads.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

import msgspec

from custodiet.errors import UsageError

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

LONGEST = 2000
"""Characters of an address."""

_NEVER = tuple(
    map(
        ip_network,
        # nobody in particular; many at once; what tells a machine in a cloud its secrets
        ("0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "::/128", "ff00::/8", "169.254.169.254", "168.63.129.16",
         "100.100.100.200", "192.0.0.192", "fd00:ec2::254"),
    )
)  # fmt: skip
"""Where nothing goes, whatever an operator allows."""

_INSIDE_4 = tuple(
    map(
        IPv4Network,
        ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
         "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
         "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
    )
)  # fmt: skip
"""Private, shared, of this link, of this machine, reserved, or for documents (RFC 6890 and the registry it made)."""

_GLOBAL_6 = IPv6Network("2000::/3")
_INSIDE_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
"""Of the addresses that are given out: protocols, tunnels with another address in them, and documents."""
_NAT64 = IPv6Network("64:ff9b::/96")

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)+(?!\d+$)(?!0x[0-9a-f]*$){_LABEL}", re.ASCII)
_ADDRESS = re.compile(
    r"https://(?P<host>\[[0-9a-f:.]{2,45}\]|[a-z0-9.-]{1,253})(?::(?P<port>[1-9]\d{0,4}))?"
    r"(?P<path>/[A-Za-z0-9._~%!$&'()*+,;=:@/-]*)?(?:\?(?P<query>[A-Za-z0-9._~%!$&'()*+,;=:@/?-]*))?",
    re.IGNORECASE | re.ASCII,
)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """An address, taken apart."""

    host: str
    """A name in lower case, or an IP address without brackets."""
    port: int
    target: str
    """Path and question."""
    shown: str
    """Host and port as they stand in a request."""


def parse_place(text: str) -> Place:
    """Take apart the address of a webhook.

    Raises:
        UsageError: it is not one that may be asked for.
    """
    found = _ADDRESS.fullmatch(text) if len(text) <= LONGEST else None
    step = "Write it as https://name.example.org/path, with no name of a user, on port 443 or above 1023."
    if found is None:
        raise UsageError("this cannot be the address of a webhook", place=text[:80], next_step=step)
    host, port = found["host"].lower(), int(found["port"] or 443)
    if host.startswith("["):
        try:
            host = str(IPv6Address(host[1:-1]))
        except ValueError:
            raise UsageError("this is no IPv6 address", place=text[:80], next_step=step) from None
    elif not _NAME.fullmatch(host) and not _is_plain_ipv4(host):
        raise UsageError("this is not the full name of a machine", place=text[:80], next_step=step)
    if port != 443 and not 1023 < port < 65536:
        raise UsageError("this port is not for webhooks", place=str(port), next_step=step)
    target = (found["path"] or "/") + (f"?{found['query']}" if found["query"] else "")
    named = f"[{host}]" if ":" in host else host
    return Place(host=host, port=port, target=target, shown=named if port == 443 else f"{named}:{port}")


def _is_plain_ipv4(host: str) -> bool:
    """Four decimal numbers without zeros before them; everything else that libraries take for one is refused."""
    try:
        return str(IPv4Address(host)) == host
    except ValueError:
        return False


def is_outside(address: Address, inside: Sequence[Network] = ()) -> bool:
    """Whether a message may go to an address.

    Args:
        address: as the name was looked up.
        inside: what the operator of the server allows beside what is outside.
    """
    if isinstance(address, IPv6Address):
        within = address.ipv4_mapped or (IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None)
        if within is not None:  # another way to write it, or the way to it through a translator
            return is_outside(within, inside)
    if any(address in network for network in _NEVER):
        return False
    if any(address in network for network in inside):
        return True
    if isinstance(address, IPv6Address):
        return address in _GLOBAL_6 and not any(address in network for network in _INSIDE_6)
    return not any(address in network for network in _INSIDE_4)


def leads_inside(place: Place, inside: Sequence[Network] = ()) -> bool:
    """Whether a place is written as an address to which nothing may go; where a name leads, nobody knows yet."""
    try:
        return not is_outside(ip_address(place.host), inside)
    except ValueError:
        return False


class Relay(msgspec.Struct, frozen=True, kw_only=True):
    """The server to which e-mail is handed."""

    host: str
    port: int
    tls: bool
    """From the first byte on; otherwise by STARTTLS."""
    plain: bool = False
    """It is enough if it offers no TLS, for messages and never for the password; on this machine it always is."""
    user: str = ""
    password: str = ""


def parse_relay(text: str) -> Relay:
    """``smtp://USER:PASSWORD@HOST:PORT``, ``smtps://...`` or ``smtp+plain://...``, from the settings of the server.

    Raises:
        UsageError: it is not such an address.
    """
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    if parts.scheme not in ("smtp", "smtps", "smtp+plain") or not host or parts.path not in ("", "/") or parts.query:
        step = "Write smtp://USER:PASSWORD@HOST:PORT, or smtps:// where TLS is spoken from the first byte on."
        raise UsageError("this is not the address of a server for e-mail", place="CUSTODIET_SMTP_URL", next_step=step)
    tls, user = parts.scheme == "smtps", unquote(parts.username or "")
    return Relay(
        host=host,
        port=port or (465 if tls else 587 if user else 25),
        tls=tls,
        plain=parts.scheme == "smtp+plain",
        user=user,
        password=unquote(parts.password or ""),
    )


def parse_networks(text: str) -> tuple[Network, ...]:
    """Ranges of addresses parted by commas, ``10.1.2.0/24``, from the settings of the server.

    Raises:
        UsageError: one is not written so.
    """
    try:
        return tuple(ip_network(one.strip()) for one in text.split(",") if one.strip())
    except ValueError as fault:
        step = "Write ranges parted by commas, as 10.1.2.0/24."
        raise UsageError(str(fault), place="CUSTODIET_WEBHOOKS_INSIDE", next_step=step) from None
