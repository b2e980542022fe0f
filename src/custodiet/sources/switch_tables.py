"""The tables of a switch or router, out of the answers in the log of `find --switch`.

The tables only make sense together: a hardware address stands on the port of a bridge, the port is an interface, the
interface has a name. So the cells of all answers are gathered first and joined at the end. What is learnt on a port is
a fact about the device whose address it is, also behind a trunk, and then it is said that it is one: where the device
is plugged in is for the next switch to say. Inference stops there: nothing is concluded from a port about a neighbour.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address

from custodiet.errors import WireError
from custodiet.model.exchange import Exchange
from custodiet.sources.base import Item
from custodiet.sources.ledger import Facts, Ledger, plain
from custodiet.wire.address import ip_text, is_device_ip, is_device_mac
from custodiet.wire.lldp import CAPABILITIES
from custodiet.wire.mib import SYSTEM, TABLES, Column
from custodiet.wire.snmp import parse_snmp
from custodiet.wire.snmp_pdu import NO_VALUE, Oid, Variable, parse_community, parse_pdu
from custodiet.wire.text import text

QUESTIONS = frozenset({SYSTEM.id, *(table.id for table in TABLES)})
"""Ids of the questions whose answers are read here."""
MOST_CELLS = 600_000
"""Cells of all tables of one log that are read."""
MOST_ON_A_PORT = 4
"""More hardware addresses than these on one port, and it is told as a trunk: a telephone with a computer behind it and
what each of them moves with has fewer."""

_TYPE_INVALID, _TYPE_LOCAL = 2, 5
_STATUS_GONE, _STATUS_OWN = 2, 4
_INVENTORY = {
    "lldpXMedRemHardwareRev": "hardware",
    "lldpXMedRemFirmwareRev": "firmware",
    "lldpXMedRemSoftwareRev": "software",
    "lldpXMedRemSerialNum": "serial",
    "lldpXMedRemMfgName": "manufacturer",
    "lldpXMedRemModelName": "model",
    "lldpXMedRemAssetID": "asset",
}
_COLUMNS: dict[Oid, Column] = {column.oid: column for table in TABLES for column in table.columns}
_LENGTHS = sorted({len(oid) for oid in _COLUMNS})

Cells = dict[Oid, Variable]
"""Index of the row -> cell."""


@dataclass(slots=True)
class _Switch:
    address: str
    columns: dict[str, Cells] = field(default_factory=lambda: defaultdict(dict))
    at: dict[str, float | None] = field(default_factory=dict)


class SwitchTables:
    """The cells of the switches of one log."""

    def __init__(self) -> None:
        self._switches: dict[str, _Switch] = {}
        self._cells = 0

    def add(self, exchange: Exchange, at: float | None, facts: Facts, ledger: Ledger) -> Iterator[Item]:
        """Take the answers of one exchange; what the switch says of itself becomes facts now."""
        address = ip_text(exchange.target)
        if address is None:
            if exchange.answers:
                yield from ledger.refuse(
                    f"question {plain(exchange.question, 60)}", "an answer of which the log names no address"
                )
            return
        switch = self._switches.setdefault(address, _Switch(address))
        for answer in exchange.answers:
            try:
                if exchange.question == SYSTEM.id:
                    self._itself(answer, address, at, facts)
                else:
                    self._gather(switch, answer, at)
            except WireError as error:
                yield from ledger.refuse(f"{address}, question {exchange.question}", error.reason)
                continue
            ledger.read()

    def _itself(self, answer: bytes, address: str, at: float | None, facts: Facts) -> None:
        place = f"{address}, system"
        facts.add(f"ip:{address}", "net.ip", address, place, at)
        for attribute, value in parse_snmp(answer).facts():
            facts.add(f"ip:{address}", attribute, value, place, at)

    def _gather(self, switch: _Switch, answer: bytes, at: float | None) -> None:
        for variable in parse_pdu(parse_community(answer).pdu).variables:
            if variable.tag in NO_VALUE:
                continue
            for length in _LENGTHS:
                column = _COLUMNS.get(variable.oid[:length])
                if column is None:
                    continue
                if self._cells >= MOST_CELLS:
                    raise WireError(f"more than {MOST_CELLS:,} cells, which are not read")
                self._cells += 1
                switch.columns[column.name][variable.oid[length:]] = variable
                switch.at[column.name] = at
                break

    def finish(self, facts: Facts, ledger: Ledger) -> Iterator[Item]:
        """Join the tables, and tell what they say."""
        for switch in self._switches.values():
            ports = _Ports(switch)
            for _ in _addresses(switch, facts):
                if facts.full:
                    yield from facts.drain()
            learnt = list(_learnt(switch))
            behind = Counter(port for _, port in {(mac, port) for mac, _, port, _ in learnt})
            trunks = {port for port, many in behind.items() if many > MOST_ON_A_PORT}
            for mac, vlan, port, place in learnt:
                at = switch.at.get(place.partition(".")[0])
                where = f"{switch.address}, {place}"
                facts.add(f"mac:{mac}", "net.mac", mac, where, at)
                facts.add(f"mac:{mac}", "net.vlan", vlan, where, at)
                facts.add(f"mac:{mac}", "net.switch_port", ports.said(port, port in trunks), where, at)
                if facts.full:
                    yield from facts.drain()
            for port in sorted(trunks):
                yield from ledger.remark(
                    f"{switch.address}, {ports.name(port)}",
                    f"{behind[port]} hardware addresses stand on this port: a trunk or another switch, "
                    "which knows where they are plugged in",
                )
            for _ in _neighbours(switch, facts):
                if facts.full:
                    yield from facts.drain()


class _Ports:
    """Names of the ports of one switch."""

    def __init__(self, switch: _Switch) -> None:
        self._switch = switch

    def _interface(self, index: Oid) -> str:
        columns = self._switch.columns
        for column in ("ifName", "ifDescr"):
            if (cell := columns[column].get(index)) and (name := _said(cell)):
                return name
        return ""

    def name(self, port: int) -> str:
        """The name of a port of the bridge; its number where it has none."""
        cell = self._switch.columns["dot1dBasePortIfIndex"].get((port,))
        number = cell.number() if cell else None
        return self._interface((number,)) or f"port {port}" if number is not None else f"port {port}"

    def said(self, port: int, trunk: bool) -> str:
        """The port as a value: of which switch, its name, what its owner wrote on it, and whether it is a trunk."""
        cell = self._switch.columns["dot1dBasePortIfIndex"].get((port,))
        number = cell.number() if cell else None
        alias = self._switch.columns["ifAlias"].get((number,)) if number is not None else None
        written = f" ({_said(alias)})" if alias and _said(alias) else ""
        return f"{self._switch.address} {self.name(port)}{written}{', a trunk' if trunk else ''}"

    def of_lldp(self, port: int) -> str:
        """The port by which LLDP numbers it, as a value; its number alone names nothing."""
        columns = self._switch.columns
        subtype = columns["lldpLocPortIdSubtype"].get((port,))
        # 5: the name of the interface; others are addresses or numbers of the maker
        order = ("lldpLocPortId", "lldpLocPortDesc") if subtype and subtype.number() == 5 else ("lldpLocPortDesc",)
        for column in order:
            if (cell := columns[column].get((port,))) and (name := _said(cell)):
                return f"{self._switch.address} {name}"
        return f"{self._switch.address} LLDP port {port}"


def _said(cell: Variable) -> str:
    return text(cell.content.strip(b"\0 \r\n"), 120)


def _mac(content: bytes | Oid) -> str:
    """A hardware address of one device; empty for anything else."""
    if len(content) != 6 or any(octet > 255 for octet in content):
        return ""
    mac = bytes(content).hex(":")
    return mac if is_device_mac(mac) else ""


def _ip(octets: Oid) -> str:
    """An address of one device, out of the numbers of an index; empty for anything else."""
    if len(octets) not in (4, 16) or any(octet > 255 for octet in octets):
        return ""
    address = ip_text(str(ip_address(bytes(octets)))) or ""
    return address if address and is_device_ip(address) else ""


def _typed_ip(index: Oid) -> str:
    """As the newer tables have it: kind (1 or 3: IPv4, 2 or 4: IPv6, with or without zone), length, octets."""
    if len(index) < 2 or len(index) != 2 + index[1]:
        return ""
    return _ip(index[2 : 2 + {1: 4, 2: 16, 3: 4, 4: 16}.get(index[0], 0)])


def _dots(numbers: Oid) -> str:
    return ".".join(map(str, numbers))


def _addresses(switch: _Switch, facts: Facts) -> Iterator[None]:
    """Addresses of IP and of hardware that the switch or router links."""
    for column, kind, skip in (
        ("ipNetToMediaPhysAddress", "ipNetToMediaType", {_TYPE_INVALID}),
        ("ipNetToPhysicalPhysAddress", "ipNetToPhysicalType", {_TYPE_INVALID, _TYPE_LOCAL}),
    ):
        kinds, at = switch.columns[kind], switch.at.get(column)
        for index, cell in switch.columns[column].items():
            row_kind = kinds.get(index)
            if row_kind and row_kind.number() in skip:
                continue
            ip = _ip(index[1:]) if column == "ipNetToMediaPhysAddress" else _typed_ip(index[1:])
            mac = _mac(cell.content)
            if ip and mac:
                place = f"{switch.address}, {column}.{_dots(index)}"
                facts.add(f"ip:{ip}", "net.ip", ip, place, at)
                facts.add(f"ip:{ip}", "net.mac", mac, place, at)
            yield


def _learnt(switch: _Switch) -> Iterator[tuple[str, str, int, str]]:
    """Hardware address, VLAN, port and place of what stands behind ports; the switch's own addresses are left out."""
    vlans = _vlans(switch)
    for column, state, by_vlan in (
        ("dot1qTpFdbPort", "dot1qTpFdbStatus", True),
        ("dot1dTpFdbPort", "dot1dTpFdbStatus", False),
    ):
        states = switch.columns[state]
        for index, cell in switch.columns[column].items():
            row_state, port = states.get(index), cell.number()
            if (row_state and row_state.number() in (_STATUS_GONE, _STATUS_OWN)) or not port or port < 0:
                continue  # port 0: it knows the address and not where it is
            mac = _mac(index[1:] if by_vlan else index)
            if mac:
                yield mac, vlans.get(index[0], "") if by_vlan else "", port, f"{column}.{_dots(index)}"


def _vlans(switch: _Switch) -> dict[int, str]:
    """Number of a table of hardware addresses -> its VLAN, where it serves one alone."""
    found: dict[int, set[int]] = defaultdict(set)
    for index, cell in switch.columns["dot1qVlanFdbId"].items():
        number = cell.number()
        if number is not None and len(index) == 2 and 0 < index[1] < 4095:
            found[number].add(index[1])
    return {number: str(min(vlans)) for number, vlans in found.items() if len(vlans) == 1}


def _neighbours(switch: _Switch, facts: Facts) -> Iterator[None]:
    """What neighbours say of themselves; known by hardware address, else by address, else by their row."""
    columns = switch.columns
    addresses: dict[Oid, list[str]] = defaultdict(list)
    for index in columns["lldpRemManAddrIfSubtype"]:
        if ip := _typed_ip(index[3:]):
            addresses[index[:3]].append(ip)
    ports = _Ports(switch)
    rows = dict.fromkeys(index for name in ("lldpRemChassisId", *_INVENTORY) for index in columns[name])
    for index in rows:
        if len(index) != 3:
            continue
        own = addresses.get(index, [])
        chassis, mac, named = _id(columns, "lldpRemChassisId", index, mac_kind=4, address_kind=5)
        port, port_mac, _ = _id(columns, "lldpRemPortId", index, mac_kind=3, address_kind=4)
        ip = next(iter(own), named)
        known = mac or port_mac
        subject = f"mac:{known}" if known else f"ip:{ip}" if ip else f"row:lldp-{_dots(index)}"
        facts_of = [
            ("lldp.chassis_id", chassis),
            ("net.mac", mac),
            ("net.mac", port_mac),
            *(("net.ip", one) for one in dict.fromkeys([*own, named])),
            ("lldp.port_id", port),
            ("lldp.system_name", _cell(columns, "lldpRemSysName", index)),
            ("lldp.system_description", _cell(columns, "lldpRemSysDesc", index, 1000)),
            ("lldp.capabilities", _capabilities(columns["lldpRemSysCapEnabled"].get(index))),
            ("net.switch_port", ports.of_lldp(index[1])),
        ]
        for column, key in _INVENTORY.items():
            if value := _cell(columns, column, index):
                facts_of.append(("lldp.inventory", f"{key}={value}"))
        place = f"{switch.address}, lldpRem.{_dots(index)}"
        for attribute, value in facts_of:
            facts.add(subject, attribute, value, place, switch.at.get("lldpRemChassisId"))
        yield


def _cell(columns: dict[str, Cells], column: str, index: Oid, limit: int = 400) -> str:
    cell = columns[column].get(index)
    return text(cell.content.strip(b"\0 \r\n"), limit) if cell else ""


def _id(
    columns: dict[str, Cells], column: str, index: Oid, *, mac_kind: int, address_kind: int
) -> tuple[str, str, str]:
    """An id for people, and the hardware address or the address that it is."""
    cell, kind = columns[column].get(index), columns[f"{column}Subtype"].get(index)
    if cell is None:
        return "", "", ""
    number = kind.number() if kind else None
    if number == mac_kind and (mac := _mac(cell.content)):
        return mac, mac, ""
    if number == address_kind and (ip := _ip(tuple(cell.content[1:]))):
        return ip, "", ip
    return text(cell.content.strip(b"\0 \r\n"), 400), "", ""


def _capabilities(cell: Variable | None) -> str:
    """Names of the bits that are set; in SNMP the first bit is the highest of the first octet."""
    content = cell.content[:2] if cell else b""
    set_ = [bool(octet >> (7 - bit) & 1) for octet in content for bit in range(8)]
    return ",".join(name for name, one in zip(CAPABILITIES, set_, strict=False) if one)
