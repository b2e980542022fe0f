"""A plan of isolation: parties, rules, limits, and the files that one target loads."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import msgspec

from custodiet.isolation.parties import Parties
from custodiet.isolation.rules import Rule, opened, rules_of, unguarded

SCHEMA_VERSION = "1.0"

PLAN_FILE = "plan.json"
"""The plan itself, for the proof that it holds."""


class File(msgspec.Struct, frozen=True, kw_only=True):
    """One file that was written."""

    name: str
    """Its name in the folder."""
    sha256: str
    """Hash of its bytes."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be loaded where, and what it does not do."""

    schema: str = SCHEMA_VERSION
    """Version of this structure."""
    target: str
    """Which firewall or switch the files are for."""
    made_on: str
    """ISO 8601 date."""
    tool: str
    """Name and version of this program."""
    parties: Parties
    """Who is isolated, and who is let through."""
    rules: tuple[Rule, ...]
    """In the order in which they are asked."""
    limits: tuple[str, ...]
    """What the rules do not stop, in sentences."""
    files: tuple[File, ...] = ()
    """What was written, without the plan itself."""


def make_plan(parties: Parties, *, target: str, binds_mac: bool, made_on: str, tool: str) -> Plan:
    """The plan for one target.

    Args:
        parties: everybody; recorders are those that a person confirmed.
        target: id of the target.
        binds_mac: whether it can know a device by its MAC address.
        made_on: ISO 8601 date.
        tool: name and version of this program.
    """
    return Plan(
        target=target,
        made_on=made_on,
        tool=tool,
        parties=parties,
        rules=rules_of(parties),
        limits=tuple(_limits(parties, binds_mac)),
    )


def with_files(plan: Plan, files: dict[str, str]) -> Plan:
    """The plan with names and hashes of its files."""
    told = (File(name=name, sha256=sha256(text.encode()).hexdigest()) for name, text in files.items())
    return msgspec.structs.replace(plan, files=tuple(told))


def _limits(parties: Parties, binds_mac: bool) -> Iterator[str]:
    yield (
        "Traffic within one VLAN does not pass a router: a device still reaches its neighbours there, by any protocol. "
        "Port isolation or a private VLAN at the switch stops that."
    )
    if parties.near:
        yield (
            f"In one network with devices: {', '.join(parties.near)}. What passes between them and the devices does "
            "not come by this firewall; it is neither let through nor stopped here."
        )
    if loose := unguarded(parties):
        names = ", ".join(party.address for party in loose)
        yield (
            f"The recorder {names} is let through and not isolated itself: what it passes on, and a cloud it is bound "
            "to, is not stopped. Add it with --device where it is not trusted."
            if len(loose) == 1
            else f"The recorders {names} are let through and not isolated themselves: what they pass on, and a cloud "
            "they are bound to, is not stopped. Add them with --device where they are not trusted."
        )
    without = [device.name for device in parties.devices if not device.macs]
    only = [device.name for device in parties.devices if not (device.v4 or device.v6)]
    if binds_mac:
        if without:
            yield _counted(
                without, len(parties.devices), "known by address only: after a change of address the rules miss {}"
            )
    else:
        yield (
            "The rules know devices by address only. A device that takes another address, such as a new IPv6 one, is "
            "missed: bind MAC address and address at the switch, and give the VLAN no IPv6."
        )
        if only:
            yield _counted(only, len(parties.devices), "without a known address: these rules cannot isolate {}")
    yield (
        "Radio and telephone links of a device itself (Wi-Fi, a SIM card), and cameras behind a recorder's own "
        "sockets, never pass this firewall."
    )
    if not parties.times:
        yield "No time server is named (--time), so clocks will drift and pictures carry a wrong time after weeks."
    if parties.operators and not opened(parties):
        yield (
            "Operators are named, and no isolated device is theirs to open: their way to the recorder is not touched. "
            "With --direct they may open the devices too."
        )
    yield "Pictures sent by UDP (RTP) are answers to nothing and stop: set the recorder to RTSP over TCP."


def _counted(names: list[str], total: int, what: str) -> str:
    """A sentence on some of the devices."""
    which = "all devices are " if len(names) == total else f"{len(names)} of {total} devices are "
    some = f" ({', '.join(names[:3])}{', ...' if len(names) > 3 else ''})"
    said = f"{which}{what.format('them' if len(names) > 1 else 'it')}{some}."
    return said[0].upper() + said[1:]
