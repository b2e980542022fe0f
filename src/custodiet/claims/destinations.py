"""Every address outside that devices exchanged traffic with: whose it is, what it is for, how much, when.

Whose an address is, is told by an endpoint record alone, by a name that the resolver gave the device or by the address.
A country is that of the owner's seat; where the machine stands is not known here. What was inside is never looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from custodiet.catalog.ask import endpoint_of
from custodiet.claims.ground import Device, Ground
from custodiet.egress import owners
from custodiet.egress.shape import answered
from custodiet.egress.sums import Talk
from custodiet.model.public_claim import Destination

CLOUD, RELAY, UPDATE, TIME, DNS, SITE, UNKNOWN = (
    "vendor cloud", "relay", "update", "time", "DNS", "web site", "not known",
)  # fmt: skip

WORDS = {
    owners.CLOUD: CLOUD,
    owners.PUSH: CLOUD,
    owners.DYNAMIC: CLOUD,
    owners.RELAY: RELAY,
    owners.UPDATE: UPDATE,
    owners.TIME: TIME,
    owners.NAMES: DNS,
    owners.SITE: SITE,
}
"""What a peer serves -> the word of a result."""

MOST_NAMES = 8
"""Names shown of one address."""


@dataclass(slots=True)
class _Sum:
    devices: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    number: int = 0
    out: int = 0
    back: int = 0
    first: float = float("inf")
    last: float = float("-inf")
    hidden: bool = True
    """Whether every source that shows it saw one direction alone."""


def destinations(devices: Sequence[Device], ground: Ground) -> tuple[Destination, ...]:
    """Every destination outside of these devices; what was answered first, then by bytes sent."""
    which = tuple(device.asset.id for device in devices)
    if which not in ground.reached:
        ground.reached[which] = _destinations(devices, ground)
    return ground.reached[which]


def _destinations(devices: Sequence[Device], ground: Ground) -> tuple[Destination, ...]:
    sums: dict[tuple[str, str, int, bool, bool], _Sum] = {}
    for device in devices:
        for talk in device.talks.each:
            for reply in (True, False):
                some = [at for at, flow in enumerate(talk.flows) if answered(flow) is reply]
                if some:
                    key = (talk.address, talk.transport, talk.port, talk.began, reply)
                    _add(sums.setdefault(key, _Sum()), device, talk, some)
    made = (_made(key, told, ground) for key, told in sums.items())
    return tuple(sorted(made, key=lambda one: (not one.answered, -one.bytes_out, one.address, one.port, one.begun_by)))


def _add(told: _Sum, device: Device, talk: Talk, some: Sequence[int]) -> None:
    part = replace(talk, flows=[talk.flows[at] for at in some], numbers=[talk.numbers[at] for at in some], _sums=None)
    told.devices.add(device.label)
    told.names.update(device.names.names(talk.address))
    told.number += part.sums.conversations
    told.out += part.sums.out
    told.back += part.sums.back
    told.hidden = told.hidden and part.sources <= device.watching.one_way
    told.first, told.last = min(told.first, part.first), max(told.last, part.last)


def asked_for(devices: Sequence[Device], ground: Ground, purposes: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """(device, name, endpoint id) of every host name of these purposes that a device asked for."""
    wanted = set(purposes)
    for device in devices:
        for name in device.asked_names():
            record = endpoint_of(ground.catalog, name)
            if record is not None and record.purpose in wanted and not record.shelf:
                yield device.label, name, record.id


def _made(key: tuple[str, str, int, bool, bool], told: _Sum, ground: Ground) -> Destination:
    address, transport, port, began, reply = key
    owner = ground.owners.of(address, sorted(told.names), transport, port, began, "")
    record = ground.catalog.endpoints.get(owner.endpoint)
    company = ground.catalog.companies.get(owner.owner)
    return Destination(
        address=address,
        names=tuple(sorted(told.names)[:MOST_NAMES]),
        transport=transport,
        port=port,
        begun_by="device" if began else "other side",
        serves=WORDS.get(owner.serves, UNKNOWN),
        owner=company.name if company else "",
        owner_seat=company.seat if company else "",
        meant_for=record.region if record else "",
        endpoint=record.id if record else "",
        answered=reply,
        one_way=not reply and told.hidden,
        devices=tuple(sorted(told.devices)),
        conversations=told.number,
        bytes_out=told.out,
        bytes_in=told.back,
        first_seen=told.first,
        last_seen=told.last,
    )
