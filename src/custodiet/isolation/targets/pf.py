"""pf of OpenBSD and FreeBSD: one anchor, which is loaded, looked at and emptied without touching the main rules.

Rules stand without a direction, since a packet that is forwarded passes pf twice. A pass keeps state, so answers need
no rule; what was open before the rules came keeps its old state and has to be ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from custodiet.isolation.plan import Plan
from custodiet.isolation.rules import (
    NAME_SERVICE,
    PORT_MAPPING,
    TIME,
    VERSIONS,
    Version,
    addresses,
    of_parties,
    opened,
    profiles,
)
from custodiet.isolation.targets.common import README_FILE, Target, has, head, readme, text, why

ANCHOR = "custodiet"
RULES, UNDO = "custodiet-isolation.pf", "undo.sh"
_FAMILY = {4: "inet", 6: "inet6"}


def write(plan: Plan) -> dict[str, str]:
    """The files for pf."""
    undo = ["#!/bin/sh", *head(plan, "#"), f"pfctl -a {ANCHOR} -F all"]
    return {RULES: text(_rules(plan)), UNDO: text(undo), README_FILE: _readme(plan)}


def _rules(plan: Plan) -> Iterator[str]:
    yield from head(plan, "#")
    yield ""
    parties = plan.parties
    for device in parties.devices:
        yield f"# {device.name}: {' '.join((*device.v4, *device.v6)) or 'no address known, not in these rules'}"
    yield ""
    for version in VERSIONS:
        yield _table(f"devices{version}", (ip for d in parties.devices for ip in addresses(d, version)))
        yield _table(f"recorders{version}", of_parties(parties.recorders, version))
        yield _table(f"operators{version}", of_parties(parties.operators, version))
        yield _table(f"times{version}", of_parties(parties.times, version))
        for profile in profiles(parties.devices):
            known = (ip for d in profile.devices for ip in addresses(d, version))
            yield _table(f"profile{profile.number}_{version}", known)
    yield ""
    for version in VERSIONS:
        yield from _passes(plan, version)
    yield from _blocks(plan)


def _table(name: str, members: Iterable[str]) -> str:
    return f"table <custodiet_{name}> const {{ {', '.join(dict.fromkeys(members))} }}".replace("{  }", "{ }")


def _passes(plan: Plan, version: Version) -> Iterator[str]:
    family = _FAMILY[version]
    if has(plan, "recorder-asks"):
        yield f"# {why(plan, 'recorder-asks')}"
        for profile in profiles(plan.parties.devices):
            for transport, ports in profile.ports:
                yield (
                    f"pass quick {family} proto {transport} from <custodiet_recorders{version}> "
                    f"to <custodiet_profile{profile.number}_{version}> port {{ {_listed(ports)} }}"
                )
    if has(plan, "operator-asks"):
        yield f"# {why(plan, 'operator-asks')}"
        for profile in profiles(opened(plan.parties)):
            known = ", ".join(ip for device in profile.devices for ip in addresses(device, version))
            for transport, ports in profile.ports if known else ():
                yield (
                    f"pass quick {family} proto {transport} from <custodiet_operators{version}> "
                    f"to {{ {known} }} port {{ {_listed(ports)} }}"
                )
    if has(plan, "time"):
        yield f"# {why(plan, 'time')}"
        yield (
            f"pass quick {family} proto udp from <custodiet_devices{version}> to <custodiet_times{version}> port {TIME}"
        )
    if version == 6:
        yield f"# {why(plan, 'neighbours')}"
        for kind in ("routersol", "neighbrsol", "neighbradv"):
            yield f"pass quick inet6 proto icmp6 from <custodiet_devices6> to any icmp6-type {kind} no state"
        for kind in ("neighbrsol", "neighbradv"):
            yield f"pass quick inet6 proto icmp6 from any to <custodiet_devices6> icmp6-type {kind} no state"
    else:
        yield f"# {why(plan, 'address')}"
        yield "pass quick inet proto udp from <custodiet_devices4> port 68 to 255.255.255.255 port 67 no state"
        yield "pass quick inet proto udp from any port 67 to <custodiet_devices4> port 68 no state"


def _blocks(plan: Plan) -> Iterator[str]:
    for version in VERSIONS:
        devices, family = f"<custodiet_devices{version}>", _FAMILY[version]
        yield f"# {why(plan, 'no-names')}"
        yield (
            f"block drop quick {family} proto {{ tcp, udp }} from {devices} to any port {{ {_listed(NAME_SERVICE)} }} "
            "label custodiet-names"
        )
        yield f"# {why(plan, 'no-port-mapping')}"
        yield (
            f"block drop quick {family} proto udp from {devices} to any port {{ {_listed(PORT_MAPPING)} }} "
            "label custodiet-mapping"
        )
        yield f"# {why(plan, 'no-multicast')}"
        everybody = "224.0.0.0/4" if version == 4 else "ff00::/8"
        yield f"block drop quick {family} from {devices} to {everybody} label custodiet-multicast"
        yield f"# {why(plan, 'no-way-out')}"
        yield f"block drop log quick {family} from {devices} to any label custodiet-way-out"
        yield f"# {why(plan, 'no-way-in')}"
        yield f"block drop log quick {family} from any to {devices} label custodiet-way-in"


def _listed(ports: Iterable[int]) -> str:
    return ", ".join(str(port) for port in ports)


def _readme(plan: Plan) -> str:
    known = [ip for device in plan.parties.devices for ip in (*device.v4, *device.v6)]
    return readme(
        plan,
        "pf (OpenBSD, FreeBSD)",
        rules=RULES,
        load=[
            "Once, in /etc/pf.conf, above every other rule that filters (on FreeBSD below nat and rdr):",
            f'    anchor "{ANCHOR}"',
            "    pfctl -f /etc/pf.conf",
            "Then, as root. Check first, then load:",
            f"    pfctl -n -a {ANCHOR} -f {RULES}",
            f"    pfctl -a {ANCHOR} -f {RULES}",
            "States that were made before let their traffic go on past all rules. End those of each device:",
            *(f"    pfctl -k {ip}; pfctl -k {'::/0' if ':' in ip else '0.0.0.0/0'} -k {ip}" for ip in known[:20]),
            *(["    and so on for each device"] if len(known) > 20 else []),
            "To have it after a restart, name the file in /etc/pf.conf:",
            f'    load anchor "{ANCHOR}" from "/etc/pf.anchors/{RULES}"',
        ],
        test=[
            "Rules with their counters, and what was blocked:",
            f"    pfctl -a {ANCHOR} -v -s rules",
            "    tcpdump -n -e -ttt -i pflog0",
        ],
        undo=["As root:", f"    sh {UNDO}", "and take the two lines with the anchor out of /etc/pf.conf."],
        limits=[
            "pf with set state-policy if-bound or set skip on the interface of the devices: the rules assume neither.",
            "A pass here is final: recorder and time server are let through whatever stands below the anchor.",
        ],
        layer2=["pf does not see frames between neighbours. Isolate the ports at the switch."],
    )


PF = Target(id="pf", title="pf (OpenBSD, FreeBSD)", rules_file=RULES, binds_mac=False, write=write)
