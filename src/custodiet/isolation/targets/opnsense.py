"""OPNsense: aliases in the form that Firewall, Aliases imports, and the rules as a list to enter by hand.

Rules have no import that all releases share, so none is pretended: there are few of them, since aliases carry the
devices, and the list says each field as the form asks for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from uuid import NAMESPACE_URL, uuid5

from custodiet.isolation.comments import comment
from custodiet.isolation.plan import Plan
from custodiet.isolation.rules import NAME_SERVICE, PORT_MAPPING, opened, profiles
from custodiet.isolation.targets.common import README_FILE, Target, has, head, readme, text, why

ALIASES, RULES, UNDO = "aliases.json", "rules.txt", "undo.txt"


def write(plan: Plan) -> dict[str, str]:
    """The files for OPNsense."""
    aliases = _aliases(plan)
    told = {str(uuid5(NAMESPACE_URL, f"custodiet:{one['name']}")): one for one in aliases}
    undo = [
        *head(plan, "#"),
        "1. Firewall, Rules, Floating: remove all rules whose description begins with custodiet; apply.",
        "2. Firewall, Aliases: remove these, the last first; apply:",
        *(f"   {one['name']}" for one in reversed(aliases)),
    ]
    return {
        ALIASES: json.dumps({"aliases": {"alias": told}}, indent=1) + "\n",
        RULES: text(_rules(plan)),
        UNDO: text(undo),
        README_FILE: _readme(plan),
    }


def _alias(name: str, kind: str, content: Iterable[str], description: str) -> dict[str, str]:
    return {
        "enabled": "1",
        "name": f"custodiet_{name}",
        "type": kind,
        "proto": "",
        "counters": "1" if kind == "host" else "0",
        "updatefreq": "",
        "content": "\n".join(dict.fromkeys(content)),
        "description": comment(f"custodiet: {description}"),
    }


def _aliases(plan: Plan) -> list[dict[str, str]]:
    parties = plan.parties
    known = [ip for device in parties.devices for ip in (*device.v4, *device.v6)]
    macs = [mac for device in parties.devices for mac in device.macs]
    made = []
    if known:
        made.append(_alias("addresses", "host", known, "addresses of isolated devices"))
    if macs:
        made.append(_alias("macs", "mac", macs, "MAC addresses of isolated devices, and all addresses seen with them"))
    for name, found in (("recorders", parties.recorders), ("operators", parties.operators), ("times", parties.times)):
        if found:
            made.append(_alias(name, "network", (party.address for party in found), name))
    for group, devices in (("profile", parties.devices), ("opened", opened(parties))):
        for profile in profiles(devices):
            ips = [ip for device in profile.devices for ip in (*device.v4, *device.v6)]
            if not ips:
                continue
            names = ", ".join(device.name for device in profile.devices[:2])
            made.append(_alias(f"{group}{profile.number}", "host", ips, f"{names} and others of the same ports"))
            for transport, ports in profile.ports:
                made.append(
                    _alias(f"{group}{profile.number}_{transport}", "port", map(str, ports), f"{transport} of {group}")
                )
    made.append(_alias("no_names", "port", map(str, NAME_SERVICE), "name service"))
    made.append(_alias("no_mapping", "port", map(str, PORT_MAPPING), "SSDP, NAT-PMP and PCP"))
    return made


def _rules(plan: Plan) -> Iterator[str]:
    yield from head(plan, "#")
    yield ""
    yield "Firewall, Rules, Floating: one rule for each block, in this order, above all others."
    yield "In every one: quick yes, interface none chosen (all), direction any, TCP/IP version IPv4+IPv6."
    for number, (action, protocol, source, target, port, id) in enumerate(_rows(plan), 1):
        yield ""
        yield f"{number:>2}. action {action}; protocol {protocol}{'; log' if id.startswith('no-way') else ''}"
        yield f"    source {source}; destination {target}; destination port {port}"
        yield f"    description: custodiet {id}: {why(plan, id)}"


def _rows(plan: Plan) -> Iterator[tuple[str, str, str, str, str, str]]:
    parties = plan.parties
    ways = (("addresses", any((*d.v4, *d.v6) for d in parties.devices)), ("macs", any(d.macs for d in parties.devices)))
    known = [f"custodiet_{name}" for name, there in ways if there]
    for devices in known:
        yield "pass", "IPV6-ICMP (types 133, 135 and 136)", devices, "any", "any", "neighbours"
        yield "pass", "UDP", devices, "255.255.255.255", "67", "address"
    for who, group, found in (
        ("recorder", "profile", plan.parties.devices),
        ("operator", "opened", opened(plan.parties)),
    ):
        for profile in profiles(found) if has(plan, f"{who}-asks") else ():
            if not any((*device.v4, *device.v6) for device in profile.devices):
                continue
            for transport, _ in profile.ports:
                target = f"custodiet_{group}{profile.number}"
                yield "pass", transport.upper(), f"custodiet_{who}s", target, f"{target}_{transport}", f"{who}-asks"
    if has(plan, "time"):
        for devices in known:
            yield "pass", "UDP", devices, "custodiet_times", "123", "time"
    for devices in known:
        yield "block", "TCP/UDP", devices, "any", "custodiet_no_names", "no-names"
        yield "block", "UDP", devices, "any", "custodiet_no_mapping", "no-port-mapping"
        yield "block", "any", devices, "any", "any", "no-way-out"
        yield "block", "any", "any", devices, "any", "no-way-in"


def _readme(plan: Plan) -> str:
    return readme(
        plan,
        "OPNsense",
        rules=RULES,
        load=[
            "Save the configuration first: System, Configuration, Backups.",
            f"1. Firewall, Aliases: the button for upload below the list, choose {ALIASES}, apply.",
            f"2. Firewall, Rules, Floating: enter the rules of {RULES} in their order, above all others, apply. Rules "
            "have no import that all releases share.",
            "3. Firewall, Diagnostics, States: end the states of each device, or what was open before goes on past all "
            "rules. On the console:",
            *(
                f"    pfctl -k {ip}"
                for ip in [ip for device in plan.parties.devices for ip in (*device.v4, *device.v6)][:20]
            ),
        ],
        test=["Firewall, Log Files, Live View, filter on the label custodiet."],
        undo=[f"The steps stand in {UNDO}."],
        limits=[
            "An alias of MAC addresses learns addresses from the neighbour tables, some minutes late, and only on "
            "networks this firewall is itself a member of.",
            "Services of the firewall on the devices' network (Unbound, miniupnpd) are covered by the rules; a rule "
            "that another package puts before floating ones is not.",
        ],
        layer2=["A firewall does not see frames between neighbours. Isolate the ports at the switch."],
    )


OPNSENSE = Target(id="opnsense", title="OPNsense", rules_file=ALIASES, binds_mac=True, write=write)
