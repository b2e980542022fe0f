"""nftables: a table of its own before all others, which stops what it must and leaves the rest to the owner's rules.

What it accepts is not granted, only not stopped: the owner's own tables are still asked. Answers are told from calls by
the direction of the connection, so a conversation that a device began before the rules came is cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from custodiet.isolation.parties import Device, Party
from custodiet.isolation.plan import Plan
from custodiet.isolation.rules import NAME_SERVICE, PORT_MAPPING, TIME, VERSIONS, Version, addresses, of_version, opened
from custodiet.isolation.targets.common import README_FILE, Target, has, head, readme, text, why

TABLE = "custodiet_isolation"
RULES, UNDO = "custodiet-isolation.nft", "undo.nft"
_ND = "icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255"
_LOG = "limit rate 10/second burst 20 packets log prefix"


def write(plan: Plan) -> dict[str, str]:
    """The files for nftables."""
    undo = [*head(plan, "#"), f"delete table inet {TABLE}"]
    return {RULES: text(_rules(plan)), UNDO: text(undo), README_FILE: _readme(plan)}


def _rules(plan: Plan) -> Iterator[str]:
    yield "#!/usr/sbin/nft -f"
    yield from head(plan, "#")
    yield ""
    yield "# a table that is there already is replaced in the same step, so there is no moment without rules"
    yield f"table inet {TABLE}"
    yield f"delete table inet {TABLE}"
    yield ""
    yield f"table inet {TABLE} {{"
    yield from _sets(plan)
    yield from _from_devices(plan)
    yield from _to_devices(plan)
    yield from _hooks(plan)
    yield "}"


def _sets(plan: Plan) -> Iterator[str]:
    parties = plan.parties
    for version in VERSIONS:
        kind = f"ipv{version}_addr"
        known = [(ip, device.name) for device in parties.devices for ip in addresses(device, version)]
        yield from _set(f"devices{version}", kind, known, counter=True)
        yield from _set(f"recorders{version}", kind, _named(parties.recorders, version))
        yield from _set(f"operators{version}", kind, _named(parties.operators, version), interval=True)
        open_to = [(ip, device.name) for device in opened(parties) for ip in addresses(device, version)]
        yield from _set(f"opened_to_operators{version}", kind, open_to)
        yield from _set(f"time_servers{version}", kind, _named(parties.times, version))
        yield from _set(
            f"services{version}", f"{kind} . inet_proto . inet_service", _services(parties.devices, version)
        )
    yield from _set("device_macs", "ether_addr", [(mac, d.name) for d in parties.devices for mac in d.macs])


def _named(parties: Iterable[Party], version: Version) -> list[tuple[str, str]]:
    return [(party.address, party.name) for party in parties if of_version([party.address], version)]


def _services(devices: Iterable[Device], version: Version) -> list[tuple[str, str]]:
    return [
        (f"{ip} . {service.transport} . {service.port}", "")
        for device in devices
        for ip in addresses(device, version)
        for service in device.services
    ]


def _set(
    name: str, kind: str, elements: list[tuple[str, str]], *, counter: bool = False, interval: bool = False
) -> Iterator[str]:
    yield f"\tset {name} {{"
    yield f"\t\ttype {kind}"
    if interval:
        yield "\t\tflags interval; auto-merge"
    if counter:
        yield "\t\tcounter"
    if elements:
        yield "\t\telements = {"
        for value, name in dict(elements).items():
            yield f"\t\t\t{value}" + (f' comment "{name}"' if name and not interval else "") + ","
        yield "\t\t}"
    yield "\t}"
    yield ""


def _from_devices(plan: Plan) -> Iterator[str]:
    def rule(id: str, *matches: str, verdict: str = "accept") -> Iterator[str]:
        if has(plan, id):
            for match in matches:
                yield f'\t\t{match} counter {verdict} comment "{why(plan, id)}"'

    yield "\t# everything that a device sends and that this machine would forward or take itself"
    yield "\tchain from_devices {"
    for ip, version in (("ip", 4), ("ip6", 6)):
        ports = f"{ip} saddr . meta l4proto . th sport @services{version}"
        answer = "ct state established ct direction reply"
        yield from rule("recorder-answers", f"{ip} daddr @recorders{version} {ports} {answer}")
        # only of a recorder that is isolated itself; others never come here
        asks = f"{ip} saddr @devices{version} {ip} saddr @recorders{version}"
        yield from rule("recorder-asks", f"{asks} {ip} daddr . meta l4proto . th dport @services{version}")
        yield from rule(
            "operator-answers",
            f"{ip} daddr @operators{version} {ip} saddr @opened_to_operators{version} {ports} {answer}",
        )
        yield from rule("time", f"{ip} daddr @time_servers{version} udp dport {TIME}")
    names = ", ".join(str(port) for port in NAME_SERVICE)
    yield from rule("no-names", f"meta l4proto {{ tcp, udp }} th dport {{ {names} }}", verdict="drop")
    mapping = ", ".join(str(port) for port in PORT_MAPPING)
    yield from rule("no-port-mapping", f"udp dport {{ {mapping} }}", verdict="drop")
    yield from rule("no-multicast", "ip daddr { 224.0.0.0/4, 255.255.255.255 }", "ip6 daddr ff00::/8", verdict="drop")
    yield f'\t\t{_LOG} "custodiet way out: "'
    yield f'\t\tcounter drop comment "{why(plan, "no-way-out")}"'
    yield "\t}"
    yield ""


def _to_devices(plan: Plan) -> Iterator[str]:
    yield "\t# everything that is forwarded to a device"
    yield "\tchain to_devices {"
    for ip, version in (("ip", 4), ("ip6", 6)):
        ports = f"{ip} daddr . meta l4proto . th dport @services{version}"
        if has(plan, "recorder-asks"):
            asks = f"{ip} saddr @recorders{version} {ports}"
            yield f'\t\t{asks} counter accept comment "{why(plan, "recorder-asks")}"'
        if has(plan, "operator-asks"):
            asks = f"{ip} saddr @operators{version} {ip} daddr @opened_to_operators{version} {ports}"
            yield f'\t\t{asks} counter accept comment "{why(plan, "operator-asks")}"'
        if has(plan, "time-answers"):
            answers = f"{ip} saddr @time_servers{version} udp sport {TIME} ct state established ct direction reply"
            yield f'\t\t{answers} counter accept comment "{why(plan, "time-answers")}"'
    if has(plan, "packet-too-big"):
        for kind in ("icmp type destination-unreachable icmp code frag-needed", "icmpv6 type packet-too-big"):
            yield f'\t\tct state related {kind} counter accept comment "{why(plan, "packet-too-big")}"'
    yield f'\t\t{_LOG} "custodiet way in: "'
    yield f'\t\tcounter drop comment "{why(plan, "no-way-in")}"'
    yield "\t}"
    yield ""


def _hooks(plan: Plan) -> Iterator[str]:
    yield "\tchain forward {"
    yield "\t\ttype filter hook forward priority filter - 10; policy accept;"
    yield "\t\tip saddr @devices4 goto from_devices"
    yield "\t\tip6 saddr @devices6 goto from_devices"
    yield "\t\tether saddr @device_macs goto from_devices"
    yield "\t\tip daddr @devices4 goto to_devices"
    yield "\t\tip6 daddr @devices6 goto to_devices"
    yield "\t}"
    yield ""
    yield "\t# what a device asks of this machine itself: name service, port mapping, its pages"
    yield "\tchain input {"
    yield "\t\ttype filter hook input priority filter - 10; policy accept;"
    yield "\t\tip saddr @devices4 goto to_this_machine"
    yield "\t\tip6 saddr @devices6 goto to_this_machine"
    yield "\t\tether saddr @device_macs goto to_this_machine"
    yield "\t}"
    yield ""
    yield "\tchain to_this_machine {"
    yield f'\t\t{_ND} counter accept comment "{why(plan, "neighbours")}"'
    dhcp = "ip daddr 255.255.255.255 udp sport 68 udp dport 67"
    yield f'\t\t{dhcp} counter accept comment "{why(plan, "address")}"'
    yield "\t\tgoto from_devices"
    yield "\t}"


def _readme(plan: Plan) -> str:
    known = [ip for device in plan.parties.devices for ip in (*device.v4, *device.v6)]
    return readme(
        plan,
        "nftables",
        rules=RULES,
        load=[
            "On the Linux router or firewall between the devices and everybody else, as root. Check first, then load:",
            f"    nft -c -f {RULES}",
            f"    nft -f {RULES}",
            "Conversations that were open before are cut, except where a flow table carries them past all rules; end "
            "those:",
            *(f"    conntrack -D -s {ip}; conntrack -D -d {ip}" for ip in known[:20]),
            *(["    and so on for each device"] if len(known) > 20 else []),
            "To have it after a restart, include the file from /etc/nftables.conf, below the other tables.",
        ],
        test=[
            "Counters of rules and of each device; those of the drops grow when a device tries:",
            f"    nft list table inet {TABLE}",
            "    journalctl -k -g custodiet",
        ],
        undo=["One step, which leaves all other tables as they are:", f"    nft -f {UNDO}"],
        limits=[
            "What it accepts is only not stopped here: the owner's own tables must let recorder and time through too.",
            "Traffic that a bridge of this machine passes without routing, and flows offloaded to hardware.",
            "Packets of a device behind another router carry that router's MAC address: then only addresses count.",
        ],
        layer2=[
            "Where this machine is the switch too, a bridge port that is isolated talks to no other isolated one:",
            "    bridge link set dev PORT-OF-THE-CAMERA isolated on",
            "On another switch look for port isolation, protected ports or a private VLAN.",
        ],
    )


NFTABLES = Target(id="nftables", title="nftables (Linux)", rules_file=RULES, binds_mac=True, write=write)
