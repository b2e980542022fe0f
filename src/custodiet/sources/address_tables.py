"""Tables that link addresses: ``arp -a`` of Linux, BSD and Windows in any language, ``arp -n``, ``ip neigh``,
``/proc/net/arp``, ``show ip arp`` and ``show mac address-table`` of switches.

They are told apart by what a row holds and not by its words, which are in the language of the machine: an address and
the MAC that answers there, or a VLAN, a MAC and a port. The port of a switch is not kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from custodiet.errors import SourceError
from custodiet.model import Source
from custodiet.sources.base import LINES, Item, Reader, ReadOptions
from custodiet.sources.ledger import Facts, Ledger
from custodiet.sources.lines import Lines, head_lines
from custodiet.wire.address import ip_text, is_device_ip, is_device_mac, mac_text

MAX_LINE = 4096
"""The most bytes of one line; a row of these tables is shorter than 200."""

_INCOMPLETE = frozenset({"<incomplete>", "(incomplete)", "incomplete", "failed", "unreachable"})
_NO_MAC = "00:00:00:00:00:00"
_NAMED = re.compile(r"(\S{1,255}) \(([0-9A-Fa-f.:%a-z]{2,60})\) (?:at|auf|op) ")
_VLAN = re.compile(r"vlan\.?(\d{1,4})\Z", re.IGNORECASE)
_NUMBER = re.compile(r"[1-9]\d{0,3}\Z")
# Headings by which a file is recognised whose first rows say too little.
_HEADINGS = (
    re.compile(r"Address\s{1,40}HWtype\s{1,40}HWaddress"),
    re.compile(r"IP address\s{1,20}HW type\s{1,20}Flags"),
    re.compile(r"Protocol\s{1,20}Address\s{1,20}Age"),
    re.compile(r"\s{0,20}Mac Address Table", re.IGNORECASE),
    re.compile(r"\s{0,10}Vlan\s{1,20}Mac Address\s{1,20}Type", re.IGNORECASE),
    re.compile(r"[^\W\d]{3,20}\s?: \d{1,3}(?:\.\d{1,3}){3} --- 0x[0-9a-f]{1,8}", re.IGNORECASE),
)


@dataclass(frozen=True, slots=True)
class Row:
    """What one line links."""

    ip: str | None = None
    mac: str | None = None
    vlan: str = ""
    hostname: str = ""
    incomplete: bool = False
    router: bool = False


def parse_row(line: str) -> Row | None:
    """Read one line; None when it is a heading, a prompt or anything else that is no row."""
    words = line.split()[:20]
    # The mask of `arp -n` and the interface in a Windows heading look like addresses too; the first one is meant.
    ip = next((found for word in words if (found := ip_text(word.strip("()")))), None)
    mac = next((found for word in words if (found := mac_text(word))), None)
    missing = any(word.lower() in _INCOMPLETE for word in words)
    if ip is None:
        return _switch_row(words, mac) if mac else None
    if mac is None and not missing:
        return None
    named = _NAMED.match(line.strip())
    hostname = named[1] if named and named[1] != "?" and ip_text(named[1]) is None else ""
    vlan = next((match[1] for word in words if (match := _VLAN.match(word))), "")
    return Row(
        ip=ip,
        mac=mac,
        vlan=vlan,
        hostname=hostname,
        incomplete=missing or mac == _NO_MAC,
        router="lladdr" in words and "router" in words,
    )


def _switch_row(words: list[str], mac: str) -> Row | None:
    """A row of a table of MAC addresses: the number before the MAC, or the only one behind it, is the VLAN."""
    at = next(place for place, word in enumerate(words) if mac_text(word) == mac)
    before = [word for word in words[:at] if _NUMBER.match(word)]
    named = [match[1] for word in words if (match := _VLAN.match(word))]
    if not before and not named and len(words) < 2:
        return None
    vlan = (before or named or [""])[0]
    return Row(mac=mac, vlan=vlan if vlan and int(vlan) < 4095 else "")


def recognise(head: bytes, _name: str) -> bool:
    """Whether a known heading stands at the top, or most of the first lines are rows with an address and a MAC."""
    lines = [line[:MAX_LINE] for line in head_lines(head)[:200] if line.strip()][:60]
    if not lines or any(line.startswith(("<", "{", "#separator", "lease ")) for line in lines[:3]):
        return False
    rows = [parse_row(line) for line in lines]
    found = sum(1 for row in rows if row is not None and (row.ip or row.vlan))
    if any(heading.match(line) for line in lines[:10] for heading in _HEADINGS):
        return True
    shaped = sum(1 for line in lines if _SHAPE.search(line))
    return found > 0 and shaped > 0 and 2 * found >= len(lines)


# What only rows of these tables hold: "at MAC", "lladdr MAC", "ARPA", or the address and the MAC alone in columns.
_SHAPE = re.compile(
    r"\) (?:at|auf|op) |\blladdr [0-9A-Fa-f:]{11,17}\b|\bdev \S{1,20} (?:INCOMPLETE|FAILED)|\sARPA\b"
    r"|^\s{1,5}\d{1,3}(?:\.\d{1,3}){3}\s{2,30}(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}\s"
    r"|^[\s*+]{0,5}\d{1,4}\s{1,10}[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\s",
    re.IGNORECASE,
)


def read(path: Path, source: Source, options: ReadOptions) -> Iterator[Item]:
    """Read a table.

    Raises:
        SourceError: no line of the file is a row of one.
    """
    ledger = Ledger(source, "rows")
    facts = Facts(source.id)
    incomplete: list[str] = []
    missing = rows = 0
    lines = Lines(path, options.progress, limit=MAX_LINE)
    for number, line in lines:
        place = f"line {number}"
        if line is None:
            yield from ledger.refuse(place, f"the line is longer than {MAX_LINE:,} bytes")
            continue
        row = parse_row(line)
        if row is None:
            if _begins_with_address(line):
                yield from ledger.refuse(place, "an address without a MAC address that can be read")
            continue
        rows += 1
        ledger.read()
        if row.incomplete:
            missing += 1
            if len(incomplete) < 5:
                incomplete.append(f"{row.ip} ({place})")
            continue
        _add(row, place, facts)
        if facts.full:
            yield from facts.drain()
    yield from facts.drain()
    if missing:
        yield from ledger.remark(
            incomplete[0].partition("(")[2].rstrip(")"),
            f"{missing} addresses were asked for and nobody answered: {', '.join(incomplete)}"
            + (" and others" if missing > len(incomplete) else ""),
        )
    if not rows and not lines.cut:
        raise SourceError(
            "no line links an address to a MAC address",
            place=source.name,
            next_step="Give the output of arp -a or of show mac address-table",
        )
    yield from ledger.cut_short(lines.cut)
    yield from ledger.close()


def _begins_with_address(line: str) -> bool:
    words = line.split(maxsplit=2)
    return len(words) > 1 and ip_text(words[0].strip("()")) is not None


def _add(row: Row, place: str, facts: Facts) -> None:
    if row.mac is None or not is_device_mac(row.mac) or (row.ip and not is_device_ip(row.ip)):
        return  # a group or broadcast address is no device
    subject = f"ip:{row.ip}" if row.ip else f"mac:{row.mac}"
    facts.add(subject, "net.ip", row.ip or "", place)
    facts.add(subject, "net.mac", row.mac, place)
    facts.add(subject, "net.vlan", row.vlan, place)
    facts.add(subject, "net.hostname", row.hostname, place)
    facts.add(subject, "net.gateway", "yes" if row.router else "", place)


READER = Reader(
    id="address-tables",
    title="ARP and MAC address tables",
    kind="log",
    recognise=recognise,
    read=read,
    unpacks=LINES,
)
