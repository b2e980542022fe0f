"""Juniper Junos: firewall filters of the families inet and inet6, with prefix lists, as lines of ``set``.

The filters keep no state; on an SRX security policies do, and the page says when to take these instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from custodiet.isolation.parties import Device
from custodiet.isolation.plan import Plan
from custodiet.isolation.rules import TIME, VERSIONS, Profile, Version, addresses, of_parties, opened, profiles
from custodiet.isolation.targets.common import README_FILE, Target, has, head, readme, text, why
from custodiet.isolation.targets.entries import Way

RULES, UNDO = "custodiet-isolation.set", "undo.set"
WAYS: tuple[Way, ...] = ("from", "to")
_FAMILY = {4: "inet", 6: "inet6"}


def write(plan: Plan) -> dict[str, str]:
    """The files for Junos."""
    return {RULES: text(_rules(plan)), UNDO: text(_undo(plan)), README_FILE: _readme(plan)}


def _rules(plan: Plan) -> Iterator[str]:
    yield from head(plan, "#")
    yield from _clean(plan)
    parties = plan.parties
    for version in VERSIONS:
        for device in parties.devices:
            if known := addresses(device, version):
                yield f"# {device.name}"
                yield from _prefixes(f"DEVICES-{version}", known)
        yield from _prefixes(f"RECORDERS-{version}", of_parties(parties.recorders, version))
        yield from _prefixes(f"OPERATORS-{version}", of_parties(parties.operators, version))
        yield from _prefixes(f"TIMES-{version}", of_parties(parties.times, version))
        for profile in profiles(parties.devices):
            yield from _prefixes(f"PROFILE{profile.number}-{version}", _known(profile.devices, version))
        for profile in profiles(opened(parties)):
            yield from _prefixes(f"OPENED{profile.number}-{version}", _known(profile.devices, version))
    for version in VERSIONS:
        for way in WAYS:
            yield from _filter(plan, way, version)
    yield "# Bind at the interface of the devices' VLAN (take your own unit):"
    yield from (f"# {line}" for line in _binding())


def _known(devices: Iterable[Device], version: Version) -> list[str]:
    return [ip for device in devices for ip in addresses(device, version)]


def _prefixes(name: str, members: Iterable[str]) -> Iterator[str]:
    for member in dict.fromkeys(members):
        length = "" if "/" in member else "/128" if ":" in member else "/32"
        yield f"set policy-options prefix-list CUSTODIET-{name} {member}{length}"


def _name(way: Way, version: Version) -> str:
    return f"CUSTODIET-{way.upper()}-{version}"


def _filter(plan: Plan, way: Way, version: Version) -> Iterator[str]:
    filter = f"set firewall family {_FAMILY[version]} filter {_name(way, version)}"
    own, other = ("source", "destination") if way == "from" else ("destination", "source")
    devices = f"CUSTODIET-DEVICES-{version}"
    parties = plan.parties

    def term(id: str, name: str, matches: Iterable[str], then: str = "accept") -> Iterator[str]:
        yield f"# {why(plan, id)}"
        for match in matches:
            yield f"{filter} term {name} from {match}"
        yield f"{filter} term {name} then count custodiet-{name}-{version}"
        yield f"{filter} term {name} then {then}"

    protocol = "next-header" if version == 6 else "protocol"
    if version == 6:
        kinds = "[ neighbor-solicit neighbor-advertisement router-solicit router-advertisement ]"
        yield from term("neighbours", "neighbours", [f"{protocol} icmp6", f"icmp-type {kinds}"])
    elif way == "from":
        broadcast = ["source-port 68", "destination-address 255.255.255.255/32", "destination-port 67"]
        yield from term("address", "address", [f"{protocol} udp", *broadcast])
    else:
        yield from term("address", "address", [f"{protocol} udp", "source-port 67", "destination-port 68"])
    if way == "to" and has(plan, "packet-too-big"):
        big = ["icmp-type packet-too-big"] if version == 6 else ["icmp-type unreachable", "icmp-code 4"]
        yield from term("packet-too-big", "packet-too-big", [f"{protocol} icmp{version if version == 6 else ''}", *big])
    asking: list[tuple[str, str, tuple[Profile, ...], tuple[str, ...]]] = [
        ("recorder", "PROFILE", profiles(parties.devices), of_parties(parties.recorders, version)),
        ("operator", "OPENED", profiles(opened(parties)), of_parties(parties.operators, version)),
    ]
    for who, group, found, others in asking:
        for profile in found if others else ():
            if not _known(profile.devices, version):
                continue
            for transport, ports in profile.ports:
                yield from term(
                    f"{who}-{'answers' if way == 'from' else 'asks'}",
                    f"{who}-{profile.number}-{transport}",
                    [
                        f"{own}-prefix-list CUSTODIET-{group}{profile.number}-{version}",
                        f"{other}-prefix-list CUSTODIET-{who.upper()}S-{version}",
                        f"{protocol} {transport}",
                        *(f"{own}-port {port}" for port in ports),
                        *(["tcp-established"] if way == "from" and transport == "tcp" else []),
                    ],
                )
    yield from _recorder_isolated(plan, way, version, term)
    if of_parties(parties.times, version):
        times = [f"{own}-prefix-list {devices}", f"{other}-prefix-list CUSTODIET-TIMES-{version}"]
        yield from term(
            "time" if way == "from" else "time-answers", "time", [*times, f"{protocol} udp", f"{other}-port {TIME}"]
        )
    if _known(parties.devices, version):
        shut = "no-way-out" if way == "from" else "no-way-in"
        yield from term(shut, shut, [f"{own}-prefix-list {devices}"], "syslog")
        yield f"{filter} term {shut} then discard"
    yield "# Others of this VLAN are left as they were. Discard here where it holds cameras only."
    yield f"{filter} term others then accept"


def _recorder_isolated(plan: Plan, way: Way, version: Version, term: object) -> Iterator[str]:
    """What a recorder that is isolated itself asks of the other devices, and their answers to it."""
    assert callable(term)
    recorders = set(of_parties(plan.parties.recorders, version))
    if not recorders & set(_known(plan.parties.devices, version)):
        return
    own, other = ("source", "destination") if way == "from" else ("destination", "source")
    protocol = "next-header" if version == 6 else "protocol"
    for profile in profiles(plan.parties.devices):
        if not _known(profile.devices, version):
            continue
        for transport, ports in profile.ports:
            yield from term(
                "recorder-asks" if way == "from" else "recorder-answers",
                f"recorder-own-{profile.number}-{transport}",
                [
                    f"{own}-prefix-list CUSTODIET-RECORDERS-{version}",
                    f"{other}-prefix-list CUSTODIET-PROFILE{profile.number}-{version}",
                    f"{protocol} {transport}",
                    *(f"{other}-port {port}" for port in ports),
                    *(["tcp-established"] if way == "to" and transport == "tcp" else []),
                ],
            )


def _binding() -> list[str]:
    return [
        f"set interfaces irb unit 80 family {_FAMILY[version]} filter "
        f"{'input' if way == 'from' else 'output'} {_name(way, version)}"
        for version in VERSIONS
        for way in WAYS
    ]


def _clean(plan: Plan) -> Iterator[str]:
    """Take away what an earlier plan left; Junos only warns where there is nothing."""
    for version in VERSIONS:
        for way in WAYS:
            yield f"delete firewall family {_FAMILY[version]} filter {_name(way, version)}"
        for name in ("DEVICES", "RECORDERS", "OPERATORS", "TIMES"):
            yield f"delete policy-options prefix-list CUSTODIET-{name}-{version}"
        for group, found in (("PROFILE", profiles(plan.parties.devices)), ("OPENED", profiles(opened(plan.parties)))):
            for profile in found:
                yield f"delete policy-options prefix-list CUSTODIET-{group}{profile.number}-{version}"


def _undo(plan: Plan) -> Iterator[str]:
    yield from head(plan, "#")
    yield "# First the binding, with your own unit; then what it was bound to."
    yield from (line.replace("set ", "delete ", 1) for line in _binding())
    yield from _clean(plan)


def _readme(plan: Plan) -> str:
    return readme(
        plan,
        "Juniper Junos",
        rules=RULES,
        load=[
            "On the router or switch that routes for the VLAN of the devices. An interface takes one filter a "
            "direction: where it has one already, put input-list and output-list in its place.",
            "    configure exclusive",
            f"    load set {RULES}",
            "    (the lines for binding at its end, with your unit)",
            "    show | compare",
            "    commit check",
            "    commit confirmed 10",
            "When pictures still come, within ten minutes:",
            "    commit",
            "Lines that begin with # are comments; leave them out where your release does not take them: "
            f"grep -v ^# {RULES}. A statement that is not found when deleted is only a warning.",
            "On an SRX use security policies instead, zone by zone, in the order of the rules above: they keep state. "
            "The filters work there too, but before the state, and then answers must be let through as here.",
        ],
        test=[
            "Counters of each term; those of no-way-out grow when a device tries:",
            f"    show firewall filter {_name('from', 4)}",
            f"    show firewall filter {_name('from', 6)}",
        ],
        undo=[f"    load set {UNDO}", "    commit"],
        limits=[
            "Filters keep no state. Answers are told by the flags of TCP, so a device can send segments that look like "
            "an answer to the recorder, and to nobody else.",
            "Counters, syslog and filters outward are not on every EX and QFX; commit check tells.",
        ],
        layer2=[
            "On EX and QFX (ELS) an isolated private VLAN keeps neighbours apart; the ports of the devices go into it:",
            "    set vlans CAMERAS vlan-id 80",
            "    set vlans CAMERAS-ISOLATED vlan-id 81 private-vlan isolated",
            "    set vlans CAMERAS isolated-vlan CAMERAS-ISOLATED",
        ],
    )


JUNIPER = Target(id="juniper", title="Juniper Junos", rules_file=RULES, binds_mac=False, write=write)
