"""OpenWrt: rules of its firewall (fw4), as lines for ``uci batch``, put before all rules that are there.

Its own first rule lets everything through that is already open, so what was open before has to be ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from custodiet.isolation.parties import Device
from custodiet.isolation.plan import Plan
from custodiet.isolation.rules import TIME, VERSIONS, Version, addresses, of_parties, opened, profiles
from custodiet.isolation.targets.common import README_FILE, Target, has, head, readme, text, why

RULES, UNDO = "custodiet-isolation.uci", "undo.uci"


def write(plan: Plan) -> dict[str, str]:
    """The files for OpenWrt."""
    rules = [list(one) for one in _rules(plan)]
    lines = [*head(plan, "#")]
    for number, rule in enumerate(rules, 1):
        lines += [f"set firewall.{_name(number)}=rule", *(line.format(f"firewall.{_name(number)}") for line in rule)]
    lines.append("# before all rules that are there already")
    lines += [f"reorder firewall.{_name(number)}={number - 1}" for number in range(1, len(rules) + 1)]
    undo = [*head(plan, "#"), *(f"delete firewall.{_name(number)}" for number in range(1, len(rules) + 1))]
    return {RULES: text(lines), UNDO: text(undo), README_FILE: _readme(plan, len(rules))}


def _name(number: int) -> str:
    return f"custodiet_{number:03}"


def _rules(plan: Plan) -> Iterator[list[str]]:
    parties = plan.parties
    for version in VERSIONS:
        if version == 6:
            yield _rule(plan, "neighbours", version, to_router=True, proto=["icmp"], icmp=[
                "router-solicitation", "neighbour-solicitation", "neighbour-advertisement"])  # fmt: skip
        else:
            yield _rule(plan, "address", version, to_router=True, proto=["udp"], target=["255.255.255.255"], port=[67])
        asking = [("recorder", parties.devices, parties.recorders), ("operator", opened(parties), parties.operators)]
        for who, devices, others in asking:
            sources = of_parties(others, version)
            for profile in profiles(devices):
                known = _known(profile.devices, version)
                for transport, ports in profile.ports if sources and known else ():
                    yield _rule(
                        plan, f"{who}-asks", version, source=sources, target=known, proto=[transport], port=ports
                    )
        times = of_parties(parties.times, version)
        if has(plan, "time") and times:
            for here in (False, True):
                yield _rule(plan, "time", version, source=_known(parties.devices, version), target=times,
                            proto=["udp"], port=[TIME], to_router=here)  # fmt: skip
        if known := _known(parties.devices, version):
            for here in (False, True):
                yield _rule(plan, "no-way-out", version, source=known, verdict="DROP", to_router=here)
            yield _rule(plan, "no-way-in", version, target=known, verdict="DROP")
    if macs := [mac for device in parties.devices for mac in device.macs]:
        for here in (False, True):
            yield _rule(plan, "no-way-out", None, macs=macs, verdict="DROP", to_router=here)


def _rule(
    plan: Plan,
    id: str,
    version: Version | None,
    *,
    source: Sequence[str] = (),
    target: Sequence[str] = (),
    macs: Sequence[str] = (),
    proto: Sequence[str] = ("all",),
    port: Iterable[int] = (),
    icmp: Sequence[str] = (),
    verdict: str = "ACCEPT",
    to_router: bool = False,
) -> list[str]:
    """One rule as lines in which ``{}`` stands for its name; without ``dest`` it is about the router itself."""
    family = {4: "ipv4", 6: "ipv6", None: "any"}[version]
    lines = [f"# {why(plan, id)}", f"set {{}}.name='custodiet {id}'", "set {}.src='*'"]
    lines += [] if to_router else ["set {}.dest='*'"]
    lines += [f"set {{}}.family='{family}'"]
    lines += [f"add_list {{}}.proto='{one}'" for one in proto]
    lines += [f"add_list {{}}.src_ip='{one}'" for one in source]
    lines += [f"add_list {{}}.dest_ip='{one}'" for one in target]
    lines += [f"add_list {{}}.src_mac='{one}'" for one in macs]
    lines += [f"add_list {{}}.dest_port='{one}'" for one in port]
    lines += [f"add_list {{}}.icmp_type='{one}'" for one in icmp]
    lines += ["set {}.log='1'"] if verdict == "DROP" else []
    return [*lines, f"set {{}}.target='{verdict}'"]


def _known(devices: Iterable[Device], version: Version) -> list[str]:
    return [ip for device in devices for ip in addresses(device, version)]


def _readme(plan: Plan, rules: int) -> str:
    who = [f"    {_one(device)}" for device in plan.parties.devices[:40]]
    known = [ip for device in plan.parties.devices for ip in (*device.v4, *device.v6)]
    return readme(
        plan,
        "OpenWrt",
        rules=RULES,
        load=[
            "On the router, OpenWrt 22.03 or later (fw4). Copy the file there, then as root; the plan needs "
            f"{rules} rules named custodiet_001 and so on. If an earlier plan is loaded, undo that one first.",
            "    cp /etc/config/firewall /root/firewall.before",
            f"    grep -v ^# {RULES} | uci batch",
            "    uci changes firewall",
            "    fw4 check",
            "    uci commit firewall",
            "    service firewall restart",
            "What was open before goes on past all rules, and so do offloaded flows. End them, or restart the router:",
            *(f"    conntrack -D -s {ip}; conntrack -D -d {ip}" for ip in known[:20]),
            "Who is who in the rules:",
            *who,
        ],
        test=["Counters of each rule; those of no-way-out grow when a device tries:",
              "    nft list table inet fw4 | grep custodiet", "    logread -e custodiet"],
        undo=[f"    grep -v ^# {UNDO} | uci batch", "    uci commit firewall", "    service firewall restart"],
        limits=[
            "fw4 lets through what is already open before it asks any rule: end it as above.",
            "An ACCEPT here is final: recorder and time server are let through between all zones.",
            "Ports of one bridge (lan) talk to each other without the firewall.",
        ],
        layer2=[
            "An isolated port of a bridge talks to no other isolated one; make the ports of all devices so (DSA):",
            "    bridge link set dev lan2 isolated on",
            "For wireless devices: option isolate 1 in /etc/config/wireless. Put the line for the bridge into "
            "/etc/rc.local to keep it.",
        ],
    )  # fmt: skip


def _one(device: Device) -> str:
    return f"{device.name}: {' '.join((*device.v4, *device.v6, *device.macs))}"


OPENWRT = Target(id="openwrt", title="OpenWrt", rules_file=RULES, binds_mac=True, write=write)
