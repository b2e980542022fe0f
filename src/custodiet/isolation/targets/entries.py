"""The rules for equipment that keeps no state: line by line, one list for what devices send, one for what they get.

Answers over TCP are told by their flags (``established``), those over UDP by address and port alone. What leaves is
bound to the device's own port and the recorder's address, so nothing but an answer can take that way.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Literal

import msgspec

from custodiet.isolation.parties import Device
from custodiet.isolation.plan import Plan
from custodiet.isolation.rules import TIME, Version, addresses, of_parties, opened, ports_of
from custodiet.isolation.targets.common import has

Way = Literal["from", "to"]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an access list."""

    rule: str
    """Id of the rule it comes of."""
    action: Literal["permit", "deny"]
    """What is done."""
    transport: str
    """``tcp``, ``udp``, or empty: any."""
    device: str
    """The device's address."""
    device_ports: tuple[int, ...] = ()
    """Ports on its side; none: any."""
    other: str = ""
    """Address or network of the other side; empty: any."""
    other_ports: tuple[int, ...] = ()
    """Ports on the other side; none: any."""
    established: bool = False
    """Only segments that are no opening."""
    log: bool = False
    """Whether what fits is written down."""


def entries(plan: Plan, device: Device, way: Way, version: Version) -> Iterator[Entry]:
    """The lines on one device in one list, in order; none where it has no address of this version."""
    parties = plan.parties
    asking: list[tuple[str, tuple[str, ...]]] = [("recorder", of_parties(parties.recorders, version))]
    if device in opened(parties):
        asking.append(("operator", of_parties(parties.operators, version)))
    for ip in addresses(device, version):
        for who, others in asking:
            for other in others:
                if other == ip:
                    continue
                for transport in ("tcp", "udp"):
                    if ports := ports_of(device, transport):
                        yield Entry(
                            rule=f"{who}-{'answers' if way == 'from' else 'asks'}",
                            action="permit",
                            transport=transport,
                            device=ip,
                            device_ports=ports,
                            other=other,
                            established=way == "from" and transport == "tcp",
                        )
        if ip in of_parties(parties.recorders, version):
            yield from _as_recorder(plan, ip, way, version)
        for other in of_parties(parties.times, version):
            rule = "time" if way == "from" else "time-answers"
            yield Entry(rule=rule, action="permit", transport="udp", device=ip, other=other, other_ports=(TIME,))
        if way == "to" and version == 4:
            yield Entry(
                rule="address", action="permit", transport="udp", device=ip, device_ports=(68,), other_ports=(67,)
            )
        yield Entry(rule=f"no-way-{'out' if way == 'from' else 'in'}", action="deny", transport="", device=ip, log=True)


def _as_recorder(plan: Plan, ip: str, way: Way, version: Version) -> Iterator[Entry]:
    """What a recorder that is isolated itself asks of the other devices."""
    for device in plan.parties.devices:
        for other in addresses(device, version):
            for transport in ("tcp", "udp"):
                ports = ports_of(device, transport)
                if other != ip and ports:
                    yield Entry(
                        rule=f"recorder-{'asks' if way == 'from' else 'answers'}",
                        action="permit",
                        transport=transport,
                        device=ip,
                        other=other,
                        other_ports=ports,
                        established=way == "to" and transport == "tcp",
                    )


def wildcard(text: str) -> str:
    """An IPv4 network as address and inverted mask, an IPv6 one as it is; one address as ``host``."""
    network = ip_network(text)
    if network.num_addresses == 1:
        return f"host {network.network_address}"
    return str(network) if network.version == 6 else f"{network.network_address} {network.hostmask}"


def tells_too_big(plan: Plan, way: Way) -> bool:
    """Whether the list needs the line on path MTU."""
    return way == "to" and has(plan, "packet-too-big")
