"""Cisco IOS and IOS-XE: named extended access lists, two for IPv4 and two for IPv6, bound to the VLAN interface.

They end in a permit of everything else: other devices of the VLAN are left as they were.
"""

from __future__ import annotations

from collections.abc import Iterator

from custodiet.isolation.comments import comment
from custodiet.isolation.plan import Plan
from custodiet.isolation.rules import VERSIONS, Version
from custodiet.isolation.targets.common import README_FILE, Target, head, of_device, readme, text, why
from custodiet.isolation.targets.entries import Entry, Way, entries, tells_too_big, wildcard

RULES, UNDO = "custodiet-isolation.ios", "undo.ios"
REMARK = 96
"""IOS takes 100 characters."""
MOST_PORTS = 10
"""Ports that IOS takes behind one eq."""
WAYS: tuple[Way, ...] = ("from", "to")
NAMES = {(way, version): f"CUSTODIET-{way.upper()}-V{version}" for way in WAYS for version in VERSIONS}


def write(plan: Plan) -> dict[str, str]:
    """The files for Cisco IOS."""
    return {RULES: text(_rules(plan)), UNDO: text(_undo(plan)), README_FILE: _readme(plan)}


def _rules(plan: Plan) -> Iterator[str]:
    yield from head(plan, "!")
    yield "! Paste while the lists are NOT bound: a list that is being typed in denies everybody else of the VLAN."
    for version in VERSIONS:
        for way in WAYS:
            yield "!"
            yield from _list(plan, way, version)
    yield "!"
    yield "! Bind at the VLAN interface of the devices (take the number of your VLAN):"
    yield from (f"! {line}" for line in _binding())
    yield "!"


def _list(plan: Plan, way: Way, version: Version) -> Iterator[str]:
    name = NAMES[way, version]
    yield f"no {_opening(version, name)}"
    yield _opening(version, name)
    sequence = 0

    def line(entry: str) -> str:
        nonlocal sequence
        sequence += 10
        return f" sequence {sequence} {entry}" if version == 6 else f" {sequence} {entry}"

    if way == "from" and version == 4:
        yield f" remark {why(plan, 'address', REMARK)}"
        yield line("permit udp any eq bootpc host 255.255.255.255 eq bootps")
    if version == 6:
        yield f" remark {why(plan, 'neighbours', REMARK)}"
        for kind in ("nd-ns", "nd-na", "router-solicitation" if way == "from" else "router-advertisement"):
            yield line(f"permit icmp any any {kind}")
    if tells_too_big(plan, way):
        yield f" remark {why(plan, 'packet-too-big', REMARK)}"
        yield line("permit icmp any any packet-too-big")
    for device in plan.parties.devices:
        said = ""
        for entry in entries(plan, device, way, version):
            remark = of_device(plan, entry.rule, device.name, REMARK)
            if remark != said:
                yield f" remark {remark}"
                said = remark
            for one in _lines(entry, way):
                yield line(one)
    yield f" remark {comment('Others of this VLAN are left as they were. Deny here where it holds cameras only.')}"
    yield line("permit ip any any" if version == 4 else "permit ipv6 any any")
    yield "exit"


def _opening(version: Version, name: str) -> str:
    return f"ip access-list extended {name}" if version == 4 else f"ipv6 access-list {name}"


def _lines(entry: Entry, way: Way) -> Iterator[str]:
    """An entry as lines of at most `MOST_PORTS` ports; IOS takes several ports on one side at a time."""
    any_protocol = "ipv6" if ":" in entry.device else "ip"
    other = wildcard(entry.other) if entry.other else "any"
    end = (" established" if entry.established else "") + (" log" if entry.log else "")
    # lists for IPv6 take one port a line; only one side ever has several
    step = 1 if any_protocol == "ipv6" else MOST_PORTS
    several = max(len(entry.device_ports), len(entry.other_ports), 1)
    for start in range(0, several, step):
        here = wildcard(entry.device) + _eq(entry.device_ports, start, step)
        there = other + _eq(entry.other_ports, start, step)
        sides = f"{here} {there}" if way == "from" else f"{there} {here}"
        yield f"{entry.action} {entry.transport or any_protocol} {sides}{end}"


def _eq(ports: tuple[int, ...], start: int, step: int) -> str:
    some = ports if len(ports) == 1 else ports[start : start + step]
    return f" eq {' '.join(str(port) for port in some)}" if some else ""


def _binding() -> list[str]:
    return [
        "interface Vlan80",
        f" ip access-group {NAMES['from', 4]} in",
        f" ip access-group {NAMES['to', 4]} out",
        f" ipv6 traffic-filter {NAMES['from', 6]} in",
        f" ipv6 traffic-filter {NAMES['to', 6]} out",
    ]


def _undo(plan: Plan) -> Iterator[str]:
    yield from head(plan, "!")
    yield "! First the binding, with the number of your VLAN; the lists only afterwards."
    yield "interface Vlan80"
    yield from (f" no{line}" for line in _binding()[1:])
    yield "exit"
    for version in VERSIONS:
        yield from (f"no {_opening(version, NAMES[way, version])}" for way in WAYS)


def _readme(plan: Plan) -> str:
    lines = sum(
        1
        for version in VERSIONS
        for way in WAYS
        for device in plan.parties.devices
        for entry in entries(plan, device, way, version)
        for _ in _lines(entry, way)
    )
    return readme(
        plan,
        "Cisco IOS and IOS-XE",
        rules=RULES,
        load=[
            "On the router or layer 3 switch that holds the VLAN interface of the devices. An interface takes one list "
            "a direction: where it has one already, put these lines in front of it instead of binding a second.",
            f"The lists have {lines} lines; look at show platform hardware fed switch active fwd-asic resource tcam "
            "utilization (or show platform tcam utilization) before and after.",
            "So that a mistake undoes itself after ten minutes (needs archive to be configured):",
            "    configure terminal revert timer 10",
            f"    (paste {RULES}, then the lines for binding at its end, with your VLAN)",
            "    end",
            "When pictures still come:",
            "    configure confirm",
            "    copy running-config startup-config",
        ],
        test=[
            "Matches of each line; those of the deny lines grow when a device tries:",
            *(f"    show {'ip' if version == 4 else 'ipv6'} access-lists {NAMES['from', version]}"
              for version in VERSIONS),
        ],
        undo=[f"Put your VLAN into {UNDO} and paste it after configure terminal."],
        limits=[
            "Lists keep no state. Answers are told by the flags of TCP, so a device can send segments that look like "
            "an answer to the recorder, and to nobody else.",
            "Packets that the switch makes itself, such as a DHCP relay's, pass no outbound list.",
            "The log keyword sends packets to the processor: with many devices leave it at the first denied ones, or "
            "use logging rate-limit.",
        ],
        layer2=[
            "At the access port of each device; protected ports of one switch do not talk to each other:",
            *_switch_lines(plan),
            "Across switches a private VLAN is needed (vlan 801, private-vlan isolated). Where the recorder stands in "
            "the same VLAN, its port stays unprotected.",
        ],
    )  # fmt: skip


def _switch_lines(plan: Plan) -> Iterator[str]:
    for device in plan.parties.devices[:30]:
        yield f"    ! {device.name}"
    yield "    interface PORT-OF-THE-DEVICE"
    yield "     switchport mode access"
    yield "     switchport protected"
    yield "     switchport port-security maximum 1"
    yield "     switchport port-security mac-address sticky"
    yield "     switchport port-security"
    yield "     ip verify source"


CISCO_IOS = Target(id="cisco-ios", title="Cisco IOS and IOS-XE", rules_file=RULES, binds_mac=False, write=write)
