"""Tables of zones and of rules as people keep them: comma or semicolon between the fields, headings in the first line.

A table of zones has ``zone`` and ``subnet``, and may have ``interface`` and ``device``: it tells where a firewall whose
configuration names no addresses stands. A table of rules has ``from``, ``to`` and ``action``, and may have ``protocol``
and ``port``; the first rule that holds decides. What no rule means is not known, unless the last line says it of any.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from ipaddress import ip_network

from custodiet.reach.configs.lines import (
    NotUnderstood,
    Text,
    add_rule,
    address_range,
    date_in,
    mystery,
    shown,
    unread,
)
from custodiet.reach.network import Action, Binding, Device, Filter, Match, Reading, Rule, Segment
from custodiet.reach.place import zone_interface
from custodiet.reach.sets import Range, Ranges, ranges
from custodiet.reach.words import port, protocol, small

_HEADINGS = {
    "zone": "zone", "zone_id": "zone", "name": "zone", "subnet": "subnet", "network": "subnet", "cidr": "subnet",
    "interface": "interface", "device": "device", "firewall": "device", "from": "from", "from_zone": "from",
    "source": "from", "src": "from", "to": "to", "to_zone": "to", "destination": "to", "dst": "to",
    "protocol": "protocol", "proto": "protocol", "port": "port", "ports": "port", "service": "port", "action": "action",
    "comment": "", "description": "", "note": "", "nr": "", "id": "",
}  # fmt: skip
_ACTIONS: dict[str, Action] = {
    "permit": "permit", "allow": "permit", "accept": "permit", "pass": "permit", "yes": "permit",
    "deny": "deny", "drop": "deny", "reject": "deny", "block": "deny", "no": "deny",
}  # fmt: skip
ANY = frozenset({"", "any", "*", "all"})
MOST_ROWS = 50_000


def recognise(text: str) -> bool:
    """Whether its first line is such a heading."""
    found = {_HEADINGS.get(word) for word in _heading(text[:4000].split("\n"))[1]}
    return {"zone", "subnet"} <= found or {"from", "to", "action"} <= found


def read(text: Text) -> Reading:
    """Read one table."""
    reading = Reading()
    at, headings = _heading(text.lines)
    fields = [_HEADINGS.get(word) for word in headings]
    comma = ";" if text.lines[at].count(";") > text.lines[at].count(",") else ","
    device = Device(text.name, text.name, "tables", routes_told=False)
    rows = list(_rows(text, at, comma, fields))
    for number, line in enumerate(text.lines[:at], 1):
        if day := date_in(line):
            reading.dated, reading.dated_by = day, text.place(number)
    if "action" in fields:
        _rules(device, rows, text)
        reading.devices.append(device)
        for word, field in zip(headings, fields, strict=True):
            if field is None:
                why = "it may narrow the rules down"
                device.filters["rules"].rules = [
                    Rule(r.action, r.match, r.place, r.text, doubt=r.doubt or f"the column {word[:40]!r}")
                    for r in device.filters["rules"].rules
                ]
                unread(device, text.place(at + 1), f"column {word}", "stops", why)
    else:
        reading.segments += _segments(rows, text, device)
        if device.unread:
            reading.devices.append(device)
    return reading


def _heading(lines: list[str]) -> tuple[int, list[str]]:
    """The first line that is no comment, as words."""
    for at, line in enumerate(lines[:50]):
        if line.strip() and not line.lstrip().startswith("#"):
            comma = ";" if line.count(";") > line.count(",") else ","
            return at, [word.strip().strip('"').lower().replace(" ", "_") for word in line.split(comma)]
    return 0, []


def _rows(text: Text, at: int, comma: str, fields: list[str | None]) -> Iterator[tuple[int, dict[str, str], str]]:
    for number, line in enumerate(text.lines[at + 1 : at + 1 + MOST_ROWS], at + 2):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        cells = next(csv.reader([line], delimiter=comma), [])
        row = {field: cell.strip()[:200] for field, cell in zip(fields, cells, strict=False) if field}
        yield number, row, line


def _segments(rows: list[tuple[int, dict[str, str], str]], text: Text, device: Device) -> Iterator[Segment]:
    for number, row, line in rows:
        try:
            nets = [ip_network(one.strip(), strict=False) for one in row.get("subnet", "").split() if one.strip(",")]
        except ValueError:
            nets = []
        if not nets or not row.get("zone"):
            unread(device, text.place(number), line, "device")
        for net in nets:
            yield Segment(row["zone"], net, row.get("interface", ""), row.get("device", ""), text.place(number))


def _rules(device: Device, rows: list[tuple[int, dict[str, str], str]], text: Text) -> None:
    filter = device.filters["rules"] = Filter("rules", default="unknown", place=text.place(1))
    filter.default_text = "no rule of the table says what happens to the rest"
    device.bindings.append(Binding("rules", "through", place=text.place(1)))
    for number, row, line in rows:
        place = text.place(number)
        try:
            for rule in _row(row, place, shown(line)):
                add_rule(filter, rule)
        except NotUnderstood as fault:
            add_rule(filter, mystery(place, line, str(fault)))


def _row(row: dict[str, str], place: str, text: str) -> Iterator[Rule]:
    action = _ACTIONS.get(row.get("action", "").lower())
    if action is None:
        raise NotUnderstood(f"the action {row.get('action', '')[:40]!r}")
    versions: list[int] = [4, 6]
    sides: list[dict[int, Ranges | None]] = []
    zones: list[tuple[str, ...] | None] = []
    for name in (row.get("from", ""), row.get("to", "")):
        if name.lower() in ANY:
            sides.append({4: None, 6: None})
            zones.append(None)
        elif "/" in name or name.replace(".", "").isdigit() or ":" in name:
            version, span = address_range(name)
            versions = [v for v in versions if v == version]
            sides.append({version: (span,)})
            zones.append(None)
        else:
            sides.append({4: None, 6: None})
            zones.append((zone_interface(name),))
    named = row.get("protocol", "").lower()
    protocols = None if named in ANY else _protocols(named)
    ports = None if row.get("port", "").lower() in ANY else _ports(row["port"])
    if protocols is None and ports is not None:
        protocols = ranges([(6, 6), (17, 17)])
    for version in versions:
        match = Match(sides[0][version], sides[1][version], protocols, None, ports, None, version, *zones)
        yield Rule(action, match, place, text)


def _protocols(named: str) -> Ranges:
    found: list[Range] = []
    for word in named.replace("/", " ").replace("+", " ").split():
        meant = protocol(word)
        if meant is None:
            raise NotUnderstood(f"the protocol {word[:40]!r}")
        found += meant
    return ranges(found)


def _ports(written: str) -> Ranges:
    found: list[Range] = []
    for word in written.replace(",", " ").split():
        low, dash, high = word.partition("-")
        first = port(low)
        last = small(high, 65535) if dash else first
        if first is None or last is None or last < first:
            raise NotUnderstood(f"the port {word[:40]!r}")
        found.append((first, last))
    return ranges(found)
