"""Where a firewall stands whose configuration names no addresses: as the owner's table of zones says.

A table of rules speaks of zones by name and stands between all of them. A firewall gets the networks of its interfaces
by their names. Where nobody told, nothing is placed, and every answer that needs it stays open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from ipaddress import ip_interface, ip_network

from custodiet.model import Body
from custodiet.reach.network import Device, Rule, Segment

OUTSIDE = frozenset({"internet", "outside", "wan", "extern", "external"})
"""Names of zones that mean the outside, where no table gives them a network."""


def zone_interface(zone: str) -> str:
    """The name of the interface that stands for a zone of a table."""
    return f"zone {zone.casefold()}"


def put(devices: Iterable[Device], segments: Sequence[Segment], body: Body | None) -> None:
    """Give devices without addresses the networks that belong to their interfaces."""
    for device in devices:
        if device.routes_told:
            continue
        if device.format != "tables":
            for segment in segments:
                if segment.interface and segment.device in ("", device.name):
                    _add(device, segment.interface, segment)
            continue
        for segment in [*segments] or _zones_of(body):
            _add(device, zone_interface(segment.zone), segment)
        _settle(device)


def _zones_of(body: Body | None) -> list[Segment]:
    """The zones of the sites file, for a table of rules that comes without one of zones."""
    return [
        Segment(name, ip_network(subnet), "", "", f"the sites file, zone {site.id}/{zone.id}")
        for site in (body.sites if body else ())
        for zone in site.zones
        for name in (zone.id, f"{site.id}/{zone.id}")
        for subnet in zone.subnets
    ]


def _add(device: Device, name: str, segment: Segment) -> None:
    interface = device.interface(name)
    interface.zone = segment.zone
    interface.place = interface.place or segment.place
    if segment.network.prefixlen == 0:
        interface.outside = True
    known = {one.network for one in interface.addresses}
    if segment.network not in known:
        interface.addresses.append(ip_interface(segment.network))


def _settle(device: Device) -> None:
    """A rule that names a zone which nobody placed may mean anything."""
    named = {
        name
        for f in device.filters.values()
        for r in f.rules
        for name in (*(r.match.inward or ()), *(r.match.outward or ()))
    }
    for name in named:
        if name.removeprefix("zone ") in OUTSIDE and name not in device.interfaces:
            for network in ("0.0.0.0/0", "::/0"):
                _add(device, name, Segment(name.removeprefix("zone "), ip_network(network), "", "", device.file))
    for filter in device.filters.values():
        filter.rules = [_known(rule, device) for rule in filter.rules]


def _known(rule: Rule, device: Device) -> Rule:
    lost = [n for n in (*(rule.match.inward or ()), *(rule.match.outward or ())) if n not in device.interfaces]
    if not lost:
        return rule
    match = replace(
        rule.match,
        inward=None if rule.match.inward and rule.match.inward[0] in lost else rule.match.inward,
        outward=None if rule.match.outward and rule.match.outward[0] in lost else rule.match.outward,
    )
    doubt = rule.doubt or f"nothing tells where {lost[0]} is"
    return replace(rule, match=match, doubt=doubt)
