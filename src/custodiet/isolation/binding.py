"""What a rule can know a device by: addresses and MAC addresses that are surely its own, and why others are not.

A wrong one is dangerous: a rule by an address that two devices share, or by the MAC address of a router in between,
cuts off somebody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from custodiet.model import Asset, Body, Observation, Source

Network: TypeAlias = IPv4Network | IPv6Network

_PRIVATE = tuple(ip_network(n) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10"))
_OWN_WORD = {"register.mac", "sadp.mac", "dhip.mac", "isapi.mac"}
"""Attributes in which a MAC address is the device's own, not that of whoever passed its packets on."""
_ON_LINK = {"leases", "switch_tables", "address_tables"}
"""Formats whose MAC addresses were learned on the device's own wire."""


def own_addresses(asset: Asset) -> tuple[list[str], list[str]]:
    """Addresses that are its own, in order, and why others are not."""
    own: list[str] = []
    notes: list[str] = []
    for identifier in asset.identifiers:
        if identifier.kind != "ip":
            continue
        try:
            address = ip_address(identifier.value.partition("%")[0])
        except ValueError:
            continue
        if address.is_multicast or address.is_loopback or address.is_unspecified or str(address) == "255.255.255.255":
            continue
        if not identifier.identity:
            notes.append(f"{address} is not in the rules: {identifier.why or 'it may be another device'}")
        else:
            own.append(str(address))
    return sorted(dict.fromkeys(own), key=lambda ip: by_number((ip,))), notes


def by_number(texts: Sequence[str]) -> tuple[int, int]:
    try:
        address = ip_address(texts[0])
    except ValueError:
        return 9, 0
    return address.version, int(address)


def shareable(asset: Asset) -> set[str]:
    """Its addresses and MAC addresses: where another device has one too, a rule by it would hit the wrong one."""
    return {identifier.value.lower() for identifier in asset.identifiers if identifier.kind in ("ip", "mac")}


def macs(
    asset: Asset, observed: Sequence[Observation], sources: dict[str, Source], shared: set[str]
) -> tuple[tuple[str, ...], list[str]]:
    """MAC addresses that are surely its own; of others, that they are not used.

    In a capture made beyond a router every packet carries the router's MAC address, and a rule by it would cut off all
    that is behind that router.
    """
    sure: set[str] = set()
    for observation in observed:
        source = sources.get(observation.source)
        on_link = source is not None and (source.kind == "scan" or source.format in _ON_LINK)
        if observation.attribute in _OWN_WORD or (observation.attribute == "net.mac" and on_link):
            sure.add(observation.value.strip().lower())
    macs: list[str] = []
    notes: list[str] = []
    for identifier in asset.identifiers:
        mac = identifier.value
        if identifier.kind != "mac" or int(mac[:2], 16) & 1:
            continue
        if identifier.identity and mac in sure and mac not in shared:
            macs.append(mac)
        else:
            why = identifier.why or (
                "two devices have it" if mac in shared else "it may be that of a router in between"
            )
            notes.append(f"the MAC address {mac} is not in the rules: {why}")
    return tuple(sorted(dict.fromkeys(macs))), notes


def by_dhcp(observed: Sequence[Observation], sources: dict[str, Source]) -> bool:
    def leased(observation: Observation) -> bool:
        source = sources.get(observation.source)
        return observation.attribute.startswith("dhcp.") or (source is not None and source.format == "leases")

    return any(leased(observation) for observation in observed)


class Inside:
    """Which addresses are the body's own: private ones, and the subnets of its sites file."""

    def __init__(self, body: Body | None) -> None:
        nets = [ip_network(text) for site in (body.sites if body else ()) for z in site.zones for text in z.subnets]
        self._zones = tuple(nets)
        self._networks: tuple[Network, ...] = (*_PRIVATE, *nets)

    def holds(self, network: Network) -> bool:
        """Whether all of a network is inside."""
        return any(
            network.subnet_of(own)  # type: ignore[arg-type]
            for own in self._networks
            if own.version == network.version
        )

    def has(self, text: str) -> bool:
        """Whether an address is inside; what is no address is not."""
        try:
            return self.holds(ip_network(text))
        except ValueError:
            return False

    def together(self, one: str, other: str) -> bool:
        """Whether two addresses stand in one subnet of the sites file."""
        first, second = ip_address(one), ip_address(other)
        return any(
            first in net and second in net for net in self._zones if net.version == first.version == second.version
        )
