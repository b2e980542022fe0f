"""Where an address lies: outside, inside, or a group that all hear.

Inside is what the sites file calls the body's own, and what no one outside answers under: private ranges and those of
one link. Where no sites file names the networks, a public IPv6 address in the same /64 as the device counts as inside,
since that is one link; a public IPv4 address never does. What is no address of another machine is nowhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from custodiet.model import Body
from custodiet.model.egress import Where

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

PRIVATE = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10",
        "fc00::/7", "fe80::/10", "fec0::/10",
    )
)  # fmt: skip
"""Ranges that no one outside answers under; where the sites file does not name them, they are taken to be own."""


@lru_cache(65_536)
def address_of(key: str) -> Address | None:
    """The address of an ``ip:`` key; an IPv4 address written as IPv6 is the IPv4 address; none where it is none."""
    try:
        address = ip_address(key.removeprefix("ip:"))
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


@lru_cache(65_536)
def is_to_all(key: str) -> bool:
    """Whether an ``ip:`` key is a group that several hear, or the broadcast of all."""
    address = address_of(key)
    return address is not None and (address.is_multicast or str(address) == "255.255.255.255")


@lru_cache(65_536)
def is_nobody(key: str) -> bool:
    """Whether an ``ip:`` key is no address of another machine: unspecified, loopback, or no address at all."""
    address = address_of(key)
    return address is None or address.is_unspecified or address.is_loopback


@lru_cache(65_536)
def is_private(key: str) -> bool:
    """Whether an ``ip:`` key lies in a range that no one outside answers under."""
    address = address_of(key)
    return address is not None and any(address in network for network in PRIVATE)


def own_networks(body: Body | None) -> tuple[Network, ...]:
    """The networks that the sites file calls the body's own."""
    return tuple(ip_network(text) for site in (body.sites if body else ()) for z in site.zones for text in z.subnets)


def lies_outside(addresses: Iterable[str], own: Collection[Network]) -> bool:
    """Whether all that a device goes by are public IPv4 addresses that nobody calls the body's own.

    What is heard under such an address is most likely a machine behind the router, whose MAC the packets carry.

    Args:
        addresses: ``ip:`` keys; False where there are none.
        own: networks of the body.
    """
    found = [address_of(key) for key in addresses if not is_nobody(key)]
    return bool(found) and all(
        isinstance(one, IPv4Address) and not is_private(str(one)) and not any(one in network for network in own)
        for one in found
    )


class Near:
    """What is inside, seen from one device.

    Args:
        own: networks of the body.
        addresses: ``ip:`` keys of the device.
    """

    def __init__(self, own: Collection[Network], addresses: Iterable[str] = ()) -> None:
        self._own = tuple(own)
        self._broadcasts = {str(n.broadcast_address) for n in own if isinstance(n, IPv4Network) and n.prefixlen < 31}
        self._links: set[int] = set()
        if not own:
            found = (address_of(key) for key in addresses if not is_private(key))
            self._links = {int(a) >> 64 for a in found if isinstance(a, IPv6Address) and not a.is_link_local}
        self._known: dict[str, Where | None] = {}
        self.same_link: set[str] = set()
        """Addresses that counted as inside for no other reason than that they are on the same link."""

    def where(self, key: str) -> Where | None:
        """Where an ``ip:`` key lies; none where it is no other machine."""
        if key not in self._known:
            self._known[key] = self._where(key)
        return self._known[key]

    def _where(self, key: str) -> Where | None:
        if is_nobody(key):
            return None
        address = address_of(key)
        if is_to_all(key) or str(address) in self._broadcasts:
            return "to all"
        if is_private(key) or any(address in network for network in self._own):
            return "inside"
        if isinstance(address, IPv6Address) and int(address) >> 64 in self._links:
            self.same_link.add(str(address))
            return "inside"
        return "outside"


def may_be_broadcast(key: str, answers: int) -> bool:
    """Whether a private address looks like the broadcast of a network whose size we do not know: all ones, silent."""
    return not answers and key.endswith(".255") and is_private(key)
