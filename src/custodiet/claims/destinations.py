"""Every address outside that devices exchanged traffic with: whose it is, what it is for, how much, when.

Whose an address is, is told by an endpoint record alone, by a name that the resolver gave the device or by the address.
A country is that of the owner's seat; where the machine stands is not known here. What was inside is never looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from custodiet.catalog.ask import endpoint_of
from custodiet.claims.ground import Device, Ground
from custodiet.model import Endpoint, Flow
from custodiet.model.public_claim import Destination

CLOUD, RELAY, UPDATE, TIME, DNS, SITE, UNKNOWN = (
    "vendor cloud", "relay", "update", "time", "DNS", "web site", "not known",
)  # fmt: skip

SERVES = {
    "device-cloud": CLOUD,
    "device-registration": CLOUD,
    "app-api": CLOUD,
    "media": CLOUD,
    "push": CLOUD,
    "sign-in": CLOUD,
    "developer-api": CLOUD,
    "operations": CLOUD,
    "dynamic-dns": CLOUD,
    "rendezvous": RELAY,
    "relay": RELAY,
    "firmware": UPDATE,
    "time": TIME,
    "web-site": SITE,
}
"""Purpose of an endpoint -> what it serves, in the words of a result."""

BY_PORT = {("udp", 123): TIME, ("udp", 53): DNS, ("tcp", 53): DNS, ("tcp", 853): DNS}
"""Where no record knows the address, what its port is kept for."""

MOST_NAMES = 8
"""Names shown of one address."""

SMALL_ATTEMPT = 80
"""Bytes a packet: an opening of a TCP conversation carries no more."""

SMALL_DATAGRAMS = 10_000
"""Bytes: unanswered datagrams beyond this are a stream, whether or not anybody answers."""


@dataclass(slots=True)
class _Sum:
    devices: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    number: int = 0
    out: int = 0
    back: int = 0
    first: float = float("inf")
    last: float = float("-inf")


def destinations(devices: Sequence[Device], ground: Ground) -> tuple[Destination, ...]:
    """Every destination outside of these devices; what was answered first, then by bytes sent."""
    which = tuple(device.asset.id for device in devices)
    if which not in ground.reached:
        ground.reached[which] = _destinations(devices, ground)
    return ground.reached[which]


def _destinations(devices: Sequence[Device], ground: Ground) -> tuple[Destination, ...]:
    sums: dict[tuple[str, str, int, bool, bool], _Sum] = {}
    for device in devices:
        names = _names(device)
        for flow in device.flows:
            began = flow.subject in device.addresses
            other = flow.peer if began else flow.subject
            if not ground.outside(other) or other in device.addresses:
                continue
            key = (other.removeprefix("ip:"), flow.transport, flow.port, began, answered(flow))
            told = sums.setdefault(key, _Sum())
            told.devices.add(device.label)
            told.names.update(names.get(key[0], ()))
            told.number += 1
            told.out += flow.bytes_out if began else flow.bytes_in
            told.back += flow.bytes_in if began else flow.bytes_out
            told.first, told.last = min(told.first, flow.first_seen), max(told.last, flow.last_seen)
    made = (_made(key, told, ground) for key, told in sums.items())
    return tuple(sorted(made, key=lambda one: (not one.answered, -one.bytes_out, one.address, one.port, one.begun_by)))


def answered(flow: Flow) -> bool:
    """Whether it was more than an attempt: something came back, or so much was sent that it was a stream."""
    if flow.packets_in or flow.bytes_in:
        return True
    if flow.transport == "tcp":
        return flow.bytes_out > SMALL_ATTEMPT * max(1, flow.packets_out)
    return flow.bytes_out > SMALL_DATAGRAMS


def asked_for(devices: Sequence[Device], ground: Ground, purposes: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """(device, name, endpoint id) of every host name of these purposes that a device asked for."""
    wanted = set(purposes)
    for device in devices:
        for name in device.asked_names():
            record = endpoint_of(ground.catalog, name)
            if record is not None and record.purpose in wanted and not record.shelf:
                yield device.label, name, record.id


def _names(device: Device) -> dict[str, set[str]]:
    """Address -> names for which the resolver gave it to this device."""
    found: dict[str, set[str]] = {}
    for observation in device.observations:
        if observation.attribute == "dns.answer":
            name, _, address = observation.value.rpartition("=")
            if name:
                found.setdefault(address.strip(), set()).add(name.strip().rstrip(".").lower())
    return found


def _made(key: tuple[str, str, int, bool, bool], told: _Sum, ground: Ground) -> Destination:
    address, transport, port, began, reply = key
    record = _record(sorted(told.names), address, ground)
    company = ground.catalog.companies.get(record.company) if record else None
    serves = SERVES.get(record.purpose, UNKNOWN) if record else BY_PORT.get((transport, port), UNKNOWN)
    return Destination(
        address=address,
        names=tuple(sorted(told.names)[:MOST_NAMES]),
        transport=transport,
        port=port,
        begun_by="device" if began else "other side",
        serves=serves if began or record else UNKNOWN,
        owner=company.name if company else "",
        owner_seat=company.seat if company else "",
        meant_for=record.region if record else "",
        endpoint=record.id if record else "",
        answered=reply,
        devices=tuple(sorted(told.devices)),
        conversations=told.number,
        bytes_out=told.out,
        bytes_in=told.back,
        first_seen=told.first,
        last_seen=told.last,
    )


def _record(names: Sequence[str], address: str, ground: Ground) -> Endpoint | None:
    """The record of the first name that has one, else of the address; a lead that nobody confirmed names no owner."""
    found = (endpoint_of(ground.catalog, asked) for asked in (*names, address))
    return next((record for record in found if record is not None and not record.shelf), None)
