"""Lease files of DHCP servers: ISC dhcpd, dnsmasq, Kea's CSV, and the lists that Windows exports.

A server lends an address to one device today and to another tomorrow, so a lease is told about the MAC address that got
it, with the address and its dates. A lease of IPv6 without a MAC is told about its address.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from custodiet.errors import SourceError
from custodiet.model import Source
from custodiet.sources.base import LINES, Item, Reader, ReadOptions
from custodiet.sources.ledger import Facts, Ledger
from custodiet.sources.lines import Lines, head_lines
from custodiet.wire.address import ip_text, is_device_mac, mac_text

MAX_LINE = 1 << 16
"""The most bytes of one line."""
_MAX_STATEMENTS = 200  # of one lease of ISC dhcpd


@dataclass(slots=True)
class Lease:
    """One lease as a server keeps it."""

    place: str
    ip: str | None = None
    mac: str | None = None
    hostname: str = ""
    vendor_class: str = ""
    first: float | None = None
    last: float | None = None
    statements: int = 0


Step = Lease | str | None
"""What a line completed: a lease, or the reason why one cannot be read; None when nothing is complete."""


def recognise(head: bytes, _name: str) -> bool:
    """Whether the first lines that say something are those of a known lease file."""
    return _format(head_lines(head)) is not None


def _format(lines: list[str]) -> Callable[[], _Parser] | None:
    said = [line for line in lines if line.strip() and not line.startswith("#")][:50]
    if not said:
        return None
    if any(_ISC_START.match(line) for line in said) and any("}" in line or ";" in line for line in said):
        return _Isc
    if _KEA_HEADER.match(said[0]):
        return _Kea
    if _columns(said[0]) is not None:
        return _Windows
    if any(_NETSH.match(line) for line in said) and any(
        "dhcp" in line.lower() or "scope" in line.lower() for line in said
    ):
        return _Netsh
    if all(_DNSMASQ.match(line) or _DUID.match(line) for line in said[:-1] or said):
        return _Dnsmasq
    return None


class _Parser:
    """Takes one line after the other."""

    def line(self, line: str, place: str) -> Step:
        """Take a line."""
        raise NotImplementedError

    def end(self) -> Step:
        """The file has ended."""
        return None


# --- ISC dhcpd

_ISC_START = re.compile(r"\s{0,20}lease\s{1,20}([0-9A-Fa-f.:]{2,45})\s{0,20}\{")
_ISC_DATE = re.compile(r"(?:\d\s{1,5})?(\d{4})/(\d{1,2})/(\d{1,2})\s{1,5}(\d{1,2}):(\d{1,2}):(\d{1,2})")
_ISC_EPOCH = re.compile(r"epoch\s{1,5}(\d{1,11})")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.){0,1000})"')
_OCTAL = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)


class _Isc(_Parser):
    def __init__(self) -> None:
        self._lease: Lease | None = None

    def line(self, line: str, place: str) -> Step:
        done: Step = None
        if match := _ISC_START.match(line):
            done = f"the lease of {self._lease.place} has no end" if self._lease else None
            self._lease = Lease(place=place, ip=ip_text(match[1]))
            line = line[match.end() :]
        if self._lease is None:
            return None  # pools, failover state and the server's own id
        for statement in line.split(";"):
            self._lease.statements += 1
            if self._lease.statements <= _MAX_STATEMENTS:
                self._statement(self._lease, statement.strip())
        if line.rstrip().endswith("}"):
            lease, self._lease = self._lease, None
            return lease if done is None else done
        return done

    def end(self) -> Step:
        return f"the file ends in the middle of the lease of {self._lease.place}" if self._lease else None

    def _statement(self, lease: Lease, statement: str) -> None:
        word, _, rest = statement.partition(" ")
        rest = rest.strip()
        match word:
            case "starts":
                lease.first = _isc_time(rest)
            case "cltt":
                lease.last = _isc_time(rest)
            case "hardware":
                lease.mac = mac_text(rest.rpartition(" ")[2])
            case "client-hostname":
                lease.hostname = _isc_text(rest)
            case "set" if rest.startswith(("vendor-class-identifier", "vendor-class ")):
                lease.vendor_class = _isc_text(rest)


def _isc_time(text: str) -> float | None:
    if match := _ISC_EPOCH.search(text):
        return float(match[1])
    match = _ISC_DATE.search(text)
    try:
        return datetime(*(int(part) for part in match.groups()), tzinfo=UTC).timestamp() if match else None  # type: ignore[arg-type, misc]
    except ValueError:
        return None


def _isc_text(text: str) -> str:
    match = _QUOTED.match(text, max(text.find('"'), 0))
    if match is None:
        return ""
    raw = _OCTAL.sub(
        lambda octal: bytes([int(octal[1], 8) & 255]) if len(octal[1]) == 3 else octal[1],
        match[1].encode("utf-8", "surrogatepass"),
    )
    return raw.decode("utf-8", "backslashreplace")


# --- dnsmasq

_DNSMASQ = re.compile(
    r"\d{1,11} (?:\d{1,3}-)?([0-9A-Fa-f:]{1,17}|T?\d{1,11}) "  # ends at, hardware type and MAC (or a number with IPv6)
    r"([0-9A-Fa-f.:]{2,45}) (\S{1,255}) [0-9A-Fa-f:*]{1,400}\s{0,5}\Z"  # address, name, client id
)
_DUID = re.compile(r"duid [0-9A-Fa-f:]{2,400}\s{0,5}\Z")


class _Dnsmasq(_Parser):
    def line(self, line: str, place: str) -> Step:
        if _DUID.match(line):
            return None  # the server's own
        match = _DNSMASQ.match(line)
        ip = ip_text(match[2]) if match else None
        if match is None or ip is None:
            return "a line that is no lease of dnsmasq"
        # The time in front is when the lease will end, which says nothing about when the device was there.
        return Lease(place=place, ip=ip, mac=mac_text(match[1]), hostname="" if match[3] == "*" else match[3])


# --- tables: Kea and Windows

_KEA_HEADER = re.compile(r"address,(?:hwaddr|duid),")


def _cells(line: str, separator: str) -> list[str]:
    return next(csv.reader([line.replace("\0", "")], delimiter=separator), [])


class _Kea(_Parser):
    def __init__(self) -> None:
        self._columns: list[str] = []

    def line(self, line: str, place: str) -> Step:
        cells = _cells(line, ",")
        if _KEA_HEADER.match(line):
            self._columns = cells
            return None
        row = dict(zip(self._columns, cells, strict=False))
        ip = ip_text(row.get("address", ""))
        if ip is None or len(cells) != len(self._columns):
            return f"{len(cells)} columns where the header names {len(self._columns)}" if ip else "no address"
        lease = Lease(place=place, ip=ip, mac=mac_text(row.get("hwaddr", "")))
        lease.hostname = row.get("hostname", "").replace("&#x2c", ",").rstrip(".")
        expire, lifetime = row.get("expire", ""), row.get("valid_lifetime", "")
        if expire.isdecimal() and lifetime.isdecimal() and len(expire) <= 11 and len(lifetime) <= 11:
            renewed = int(expire) - int(lifetime)  # when the server last heard of the device
            lease.first = float(renewed) if renewed > 0 else None
        return lease


def _columns(header: str) -> tuple[str, list[str]] | None:
    """Separator and columns of a list that PowerShell or the DHCP console of Windows exported; None for others."""
    for separator in ",;\t":
        names = [name.strip().strip('"') for name in header.split(separator)]
        if {"IPAddress", "ClientId"} <= set(names) and "ScopeId" in names:
            return separator, names
    return None


class _Windows(_Parser):
    def __init__(self) -> None:
        self._header: tuple[str, list[str]] | None = None

    def line(self, line: str, place: str) -> Step:
        if self._header is None:
            self._header = _columns(line)
            return None
        separator, names = self._header
        cells = _cells(line, separator)
        row = dict(zip(names, cells, strict=False))
        ip = ip_text(row.get("IPAddress", ""))
        if ip is None or len(cells) != len(names):
            return f"{len(cells)} columns where the header names {len(names)}" if ip else "no address"
        return Lease(place=place, ip=ip, mac=mac_text(row.get("ClientId", "")), hostname=row.get("HostName", ""))


_NETSH = re.compile(
    r"\s{0,5}(\d{1,3}(?:\.\d{1,3}){3})\s{1,20}-\s{1,5}\d{1,3}(?:\.\d{1,3}){3}\s{0,20}-\s{0,5}([0-9A-Fa-f-]{11,40})(.{0,400})"
)


class _Netsh(_Parser):
    def line(self, line: str, place: str) -> Step:
        match = _NETSH.match(line)
        if match is None:
            # A line that begins with an address and is no lease is damaged; all others are headings.
            return "a line that is no lease" if ip_text((line.split() or [""])[0]) else None
        kind, dash, name = match[3].rpartition("- ")
        return Lease(
            place=place,
            ip=ip_text(match[1]),
            mac=mac_text(match[2].strip("-")),
            hostname=name.strip() if dash and kind.strip() else "",
        )


# --- all of them


def read(path: Path, source: Source, options: ReadOptions) -> Iterator[Item]:
    """Read a lease file.

    Raises:
        SourceError: it is none of the known ones.
    """
    with path.open("rb") as stream:
        make = _format(head_lines(stream.read(1 << 16)))
    if make is None:
        raise SourceError(
            "this is no lease file of a known server",
            place=source.name,
            next_step="Give the file as the server keeps it",
        )
    parser = make()
    ledger = Ledger(source, "leases")
    facts = Facts(source.id)
    lines = Lines(path, options.progress, limit=MAX_LINE)
    for number, line in lines:
        place = f"line {number}"
        if line is None:
            yield from ledger.refuse(place, f"the line is longer than {MAX_LINE:,} bytes")
            continue
        if not line.strip() or line.startswith("#"):
            continue
        try:
            step = parser.line(line, place)
        except csv.Error:
            step = "the line is no row of a table"
        yield from _take(step, place, facts, ledger)
    yield from _take(parser.end(), "end of the file", facts, ledger)
    yield from facts.drain()
    yield from ledger.cut_short(lines.cut)
    yield from ledger.close()


def _take(step: Step, place: str, facts: Facts, ledger: Ledger) -> Iterator[Item]:
    if isinstance(step, str):
        yield from ledger.refuse(place, step)
    if not isinstance(step, Lease):
        return
    if step.ip is None:
        yield from ledger.refuse(step.place, "a lease without an address that can be read")
        return
    ledger.read()
    mac = step.mac if step.mac and is_device_mac(step.mac) else None
    if mac is None and ":" not in step.ip:
        return  # an address that is free, or that the server gave up: no device
    ledger.saw(step.first, step.last)
    subject = f"mac:{mac}" if mac else f"ip:{step.ip}"
    pairs = [
        ("net.mac", mac or ""),
        ("net.ip", step.ip),
        ("dhcp.hostname", step.hostname),
        ("dhcp.vendor_class", step.vendor_class),
    ]
    for attribute, value in pairs:
        facts.add(subject, attribute, value.strip(), step.place, step.first, step.last)
    if facts.full:
        yield from facts.drain()


READER = Reader(
    id="leases",
    title="DHCP lease files",
    kind="log",
    recognise=recognise,
    read=read,
    unpacks=LINES,
)
