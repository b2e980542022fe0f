"""Aruba AOS-CX: access lists for IPv4 and IPv6 with comments, bound to the VLAN of the devices.

A list of a VLAN sees what its ports send to each other too, so on that switch neighbours are kept apart as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from custodiet.isolation.comments import comment
from custodiet.isolation.plan import Plan
from custodiet.isolation.rules import VERSIONS, Version
from custodiet.isolation.targets.common import README_FILE, Target, head, of_device, readme, text, why
from custodiet.isolation.targets.entries import Entry, Way, entries, tells_too_big

RULES, UNDO = "custodiet-isolation.aoscx", "undo.aoscx"
WAYS: tuple[Way, ...] = ("from", "to")
NAMES = {(way, version): f"CUSTODIET-{way.upper()}-V{version}" for way in WAYS for version in VERSIONS}
_ND = {"from": (133, 135, 136), "to": (134, 135, 136)}
"""Router solicitation or advertisement, neighbour solicitation and advertisement, by their numbers in ICMPv6."""


def write(plan: Plan) -> dict[str, str]:
    """The files for AOS-CX."""
    return {RULES: text(_rules(plan)), UNDO: text(_undo(plan)), README_FILE: _readme(plan)}


def _rules(plan: Plan) -> Iterator[str]:
    yield from head(plan, "!")
    for version in VERSIONS:
        for way in WAYS:
            yield "!"
            yield from _list(plan, way, version)
    yield "!"
    yield "! Bind at the VLAN of the devices (take its number):"
    yield from (f"! {line}" for line in _binding())
    yield "!"


def _family(version: Version) -> str:
    return "ip" if version == 4 else "ipv6"


def _list(plan: Plan, way: Way, version: Version) -> Iterator[str]:
    sequence = 0

    def lines(why_it_stands: str, entry: str) -> Iterator[str]:
        nonlocal sequence
        sequence += 10
        yield f"    {sequence} comment {why_it_stands}"
        yield f"    {sequence} {entry}"

    yield f"access-list {_family(version)} {NAMES[way, version]}"
    if way == "from" and version == 4:
        yield from lines(why(plan, "address"), "permit udp any eq 68 255.255.255.255 eq 67 count")
    if version == 6:
        for number in _ND[way]:
            yield from lines(why(plan, "neighbours"), f"permit icmpv6 any any icmp-type {number}")
    if tells_too_big(plan, way):
        kind = "icmpv6 any any icmp-type 2" if version == 6 else "icmp any any icmp-type 3 icmp-code 4"
        yield from lines(why(plan, "packet-too-big"), f"permit {kind}")
    for device in plan.parties.devices:
        for entry in entries(plan, device, way, version):
            said = of_device(plan, entry.rule, device.name)
            for one in _lines(entry, way):
                yield from lines(said, one)
    others = comment("Others of this VLAN are left as they were. Deny here where it holds cameras only.")
    yield from lines(others, "permit any any any")
    yield "    exit"


def _lines(entry: Entry, way: Way) -> Iterator[str]:
    """An entry as lines of one port each, which is what AOS-CX takes."""
    other = entry.other or "any"
    for own in entry.device_ports or (0,):
        for port in entry.other_ports or (0,):
            here = entry.device + (f" eq {own}" if own else "")
            there = other + (f" eq {port}" if port else "")
            sides = f"{here} {there}" if way == "from" else f"{there} {here}"
            end = (" established" if entry.established else "") + " count" + (" log" if entry.log else "")
            yield f"{entry.action} {entry.transport or 'any'} {sides}{end}"


def _binding() -> list[str]:
    return [
        "vlan 80",
        *(
            f"    apply access-list {_family(version)} {NAMES[way, version]} {'in' if way == 'from' else 'out'}"
            for version in VERSIONS
            for way in WAYS
        ),
    ]


def _undo(plan: Plan) -> Iterator[str]:
    yield from head(plan, "!")
    yield "! First the binding, with the number of your VLAN; the lists only afterwards."
    first, *rest = _binding()
    yield first
    yield from (f"    no {line.strip()}" for line in rest)
    yield "    exit"
    yield from (f"no access-list {_family(version)} {NAMES[way, version]}" for version in VERSIONS for way in WAYS)


def _readme(plan: Plan) -> str:
    return readme(
        plan,
        "Aruba AOS-CX",
        rules=RULES,
        load=[
            "On the switch that routes for the VLAN of the devices. The lists are for AOS-CX; older AOS-S (ProCurve) "
            "writes them differently. Lists for IPv6 and outward are not on every model: show capacities tells.",
            "So that a mistake undoes itself after ten minutes:",
            "    checkpoint auto 10",
            f"    (configure, paste {RULES}, then the lines for binding at its end, with your VLAN)",
            "When pictures still come:",
            "    checkpoint auto confirm",
            "    write memory",
            "To load a newer plan: undo first, or old lines with higher numbers stay.",
        ],
        test=[
            "Hits of each line; those of the deny lines grow when a device tries:",
            f"    show access-list hitcounts ip {NAMES['from', 4]} vlan 80",
            f"    show access-list hitcounts ipv6 {NAMES['from', 6]} vlan 80",
        ],
        undo=[f"Put your VLAN into {UNDO} and paste it after configure."],
        limits=[
            "Lists keep no state. Answers are told by the flags of TCP, so a device can send segments that look like "
            "an answer to the recorder, and to nobody else.",
        ],
        layer2=[
            "The lists hold for frames between ports of this switch too. Between devices of one VLAN on another switch "
            "they do not: bind them there as well, or use a private VLAN (private-vlan primary, private-vlan isolated; "
            "the guide of your model has the port lines).",
            "With port-access port-security one MAC address is bound to a port.",
        ],
    )


ARUBA = Target(id="aruba", title="Aruba AOS-CX", rules_file=RULES, binds_mac=False, write=write)
