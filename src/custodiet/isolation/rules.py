"""The rules themselves, in no maker's words: who may talk to whom, in the order in which they are asked, each with why.

The first rule that fits decides. Nothing here knows a syntax; each file of `targets` writes the same rules in its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from custodiet.isolation.parties import Device, Parties, Party

Who = Literal["device", "recorder", "operator", "time server", "anyone"]
Service = Literal[
    "device services", "time", "neighbour discovery", "address", "packet too big", "name service", "port mapping",
    "multicast", "anything",
]  # fmt: skip
Action = Literal["allow", "drop"]
Version = Literal[4, 6]
VERSIONS: tuple[Version, ...] = (4, 6)

NAME_SERVICE = (53, 853)
"""Ports of name service, plain and encrypted; that inside HTTPS is stopped with everything else."""

PORT_MAPPING = (1900, 5350, 5351)
"""UDP ports by which a device asks a gateway to open a way in: SSDP for UPnP, NAT-PMP and PCP."""

TIME = 123


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule for all devices of a plan."""

    id: str
    """A word that counters, logs and reports use."""
    action: Action
    """What is done."""
    source: Who
    """Who sends."""
    destination: Who
    """Who is meant."""
    service: Service
    """What is asked for."""
    answers: bool = False
    """Only answers in a conversation that the other side began."""
    log: bool = False
    """Whether what fits is written down."""
    brief: str
    """It in a few words, to stand beside the name of a device."""
    reason: str
    """Why, as a network engineer would sign it."""


_BRIEF = {
    "neighbours": "neighbour discovery",
    "address": "DHCP on the wire",
    "recorder-asks": "the recorder asks",
    "recorder-answers": "answers to the recorder only",
    "operator-asks": "viewing stations ask",
    "operator-answers": "answers to viewing stations only",
    "time": "time from inside",
    "time-answers": "answers of the time server",
    "packet-too-big": "path MTU",
    "no-names": "no name service",
    "no-port-mapping": "no port mapping",
    "no-multicast": "no multicast",
    "no-way-out": "nothing else leaves",
    "no-way-in": "nobody else gets in",
}


def rules_of(parties: Parties) -> tuple[Rule, ...]:
    """The rules in the order in which they are asked."""
    made: list[Rule] = []

    def rule(action: Action, id: str, source: Who, destination: Who, service: Service, reason: str) -> None:
        answers, log = id.endswith("-answers"), id.startswith("no-way")
        made.append(
            Rule(id=id, action=action, source=source, destination=destination, service=service, answers=answers,
                 log=log, brief=_BRIEF[id], reason=reason)
        )  # fmt: skip

    rule("allow", "neighbours", "device", "anyone", "neighbour discovery",
         "Neighbour discovery stays on the wire. Without it IPv6 is dead for whoever is let through.")  # fmt: skip
    rule("allow", "address", "device", "anyone", "address",
         "DHCP by broadcast stays on the wire. Without it and its answer a device loses its address.")  # fmt: skip
    if parties.recorders:
        rule("allow", "recorder-asks", "recorder", "device", "device services",
             "The recorder fetches pictures and settings. It begins, the device never does.")  # fmt: skip
        rule("allow", "recorder-answers", "device", "recorder", "device services",
             "Answers to what the recorder asked, and nothing that the device begins.")  # fmt: skip
    if opened(parties):
        which = "devices and recorders" if parties.direct else "recorders that are isolated themselves"
        rule("allow", "operator-asks", "operator", "device", "device services",
             f"Viewing stations open the {which}.")  # fmt: skip
        rule("allow", "operator-answers", "device", "operator", "device services",
             "Answers to what a viewing station asked.")  # fmt: skip
    if parties.times:
        rule("allow", "time", "device", "time server", "time",
             "Time from inside: pictures need a right time, and outside is not needed for it.")  # fmt: skip
        rule("allow", "time-answers", "time server", "device", "time", "Answers of the time server.")
    if parties.recorders or opened(parties):
        rule("allow", "packet-too-big", "anyone", "device", "packet too big",
             "Path MTU: pictures would stall across tunnels. It only tells the device to send less.")  # fmt: skip
    rule("drop", "no-names", "device", "anyone", "name service",
         "No name service: names resolve to clouds, and a question can itself carry data out.")  # fmt: skip
    rule("drop", "no-port-mapping", "device", "anyone", "port mapping",
         "No UPnP, NAT-PMP or PCP: a device must not open the gateway to whoever is outside.")  # fmt: skip
    rule("drop", "no-multicast", "device", "anyone", "multicast",
         "No multicast beyond the wire: announcements and streams concern nobody else.")  # fmt: skip
    rule("drop", "no-way-out", "device", "anyone", "anything",
         "Nothing else leaves: no cloud, no relay, no update, no core network, over IPv4 or IPv6.")  # fmt: skip
    rule("drop", "no-way-in", "anyone", "device", "anything",
         "Nobody else gets in, neither from outside nor from other networks of the house.")  # fmt: skip
    return tuple(made)


def opened(parties: Parties) -> tuple[Device, ...]:
    """The devices that operators may ask: isolated recorders, and all where that was asked for."""
    if not parties.operators:
        return ()
    confirmed = {party.address for party in parties.recorders}
    return tuple(
        device
        for device in parties.devices
        if parties.direct or device.device_class == "recorder" or confirmed & {*device.v4, *device.v6}
    )


def unguarded(parties: Parties) -> tuple[Party, ...]:
    """Recorders that are let through and not isolated themselves: whatever they pass on is not stopped."""
    own = {ip for device in parties.devices for ip in (*device.v4, *device.v6)}
    return tuple(party for party in parties.recorders if party.address not in own)


def of_version(addresses: Iterable[str], version: Version) -> tuple[str, ...]:
    """Those of one version of IP, in order."""
    return tuple(text for text in addresses if (":" in text) == (version == 6))


def addresses(device: Device, version: Version) -> tuple[str, ...]:
    """Addresses of a device in one version of IP."""
    return device.v4 if version == 4 else device.v6


def of_parties(parties: Iterable[Party], version: Version) -> tuple[str, ...]:
    """Addresses and networks of parties in one version of IP."""
    return of_version((party.address for party in parties), version)


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """Devices whose recorders need the same ports."""

    number: int
    """1, 2, ... in the order of the first device."""
    devices: tuple[Device, ...]
    """Those that have it."""
    tcp: tuple[int, ...]
    """TCP ports."""
    udp: tuple[int, ...]
    """UDP ports."""

    @property
    def ports(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """(transport, its ports), without those that have none."""
        return tuple((name, ports) for name, ports in (("tcp", self.tcp), ("udp", self.udp)) if ports)


def profiles(devices: Iterable[Device]) -> tuple[Profile, ...]:
    """The devices in groups of the same ports, so that targets need few lines for many cameras."""
    groups: dict[tuple[tuple[int, ...], tuple[int, ...]], list[Device]] = {}
    for device in devices:
        groups.setdefault((ports_of(device, "tcp"), ports_of(device, "udp")), []).append(device)
    return tuple(
        Profile(number=number, devices=tuple(group), tcp=tcp, udp=udp)
        for number, ((tcp, udp), group) in enumerate(groups.items(), 1)
    )


def ports_of(device: Device, transport: str) -> tuple[int, ...]:
    """Its ports on one transport that recorders may ask, in order."""
    return tuple(sorted({service.port for service in device.services if service.transport == transport}))
