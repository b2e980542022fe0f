"""What nfdump prints with ``-o csv`` (1.6 and 1.7), and its own files, which are only recognised.

The columns are known by the headings, which differ between versions. Times carry no zone: they are those of the machine
that ran nfdump. The lines that sum all up at the end are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import numpy as np

from custodiet.errors import SourceError
from custodiet.model import Source
from custodiet.model.source import Doubt, Watched
from custodiet.sources.base import LINES, Item, Reader, ReadOptions
from custodiet.sources.flow_columns import MOST_COUNT, Records
from custodiet.sources.flow_sums import FlowSums
from custodiet.sources.ledger import Ledger
from custodiet.sources.lines import Lines, head_lines
from custodiet.sources.log_times import LogClock
from custodiet.sources.netflow.told import add_watching, one_sided
from custodiet.sources.watching_times import WatchingTimes

MAX_LINE = 1 << 14
"""The most bytes of one line."""
_ROWS = 1 << 17

_HEADINGS = {
    "first": ("ts", "firstSeen"),
    "last": ("te", "lastSeen"),
    "lasted": ("td", "duration"),
    "src": ("sa", "srcAddr"),
    "dst": ("da", "dstAddr"),
    "src_port": ("sp", "srcPort"),
    "dst_port": ("dp", "dstPort"),
    "protocol": ("pr", "proto"),
    "flags": ("flg", "flags"),
    "packets": ("ipkt", "packets", "inPackets"),
    "bytes": ("ibyt", "bytes", "inBytes"),
    "packets_back": ("opkt", "outPackets"),
    "bytes_back": ("obyt", "outBytes"),
}
"""Our name -> the headings of nfdump for it."""
_NEEDED = ("first", "src", "dst", "protocol", "packets", "bytes")
_PROTOCOLS = {"icmp": 1, "igmp": 2, "tcp": 6, "udp": 17, "ipv6": 41, "gre": 47, "esp": 50, "ah": 51, "icmp6": 58}
_PROTOCOLS |= {"ipip": 4, "ospf": 89, "pim": 103, "vrrp": 112, "sctp": 132}
_FLAGS = {"F": 1, "S": 2, "R": 4, "P": 8, "A": 16, "U": 32}
_CLOCK = re.compile(r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?\Z")
_LASTED = re.compile(r"(?:(\d{1,5})[d ] ?)?(?:(\d{1,3}):(\d\d):)?(\d{1,9}(?:\.\d{1,6})?)\Z")
_UNITS = {"K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}


def _columns(line: str) -> dict[str, int]:
    """Our names -> column, by the line of headings; nothing where it is none."""
    words = [word.strip() for word in line.split(",")]
    found = {
        name: words.index(heading)
        for name, headings in _HEADINGS.items()
        for heading in headings[::-1]
        if heading in words
    }
    return found if all(name in found for name in _NEEDED) else {}


def recognise(head: bytes, _name: str) -> bool:
    """Whether one of the first lines has nfdump's headings."""
    return any(_columns(line) for line in head_lines(head[:8192])[:3])


def read(path: Path, source: Source, options: ReadOptions) -> Iterator[Item]:
    """Read what nfdump printed.

    Raises:
        SourceError: there are no headings that can be understood.
    """
    lines = Lines(path, options.progress, limit=MAX_LINE)
    ledger = Ledger(source, "lines")
    rows = _Rows(source, options.zone, path)
    columns: dict[str, int] = {}
    summary = False
    for number, line in lines:
        if line is None:
            yield from ledger.refuse(f"line {number}", f"the line is longer than {MAX_LINE:,} bytes")
        elif not line.strip():
            continue
        elif found := _columns(line):
            columns, summary = found, False
        elif summary or line.startswith(("Summary", "flows,bytes,packets", "No matched flows", "Sys:", "Time window")):
            summary = True  # nfdump's sums: two or three lines at the end
        elif not columns:
            continue  # what nfdump says before the headings
        elif problem := rows.add(line.split(","), columns, number):
            yield from ledger.refuse(f"line {number}", problem)
        else:
            ledger.read()
            if len(rows) >= _ROWS:
                rows.flush(ledger)
                yield from rows.sums.make_room()
                yield from rows.sums.used()
    if not columns and not lines.cut:
        raise SourceError(
            "there are no headings of nfdump", place=source.name, next_step="Print it with: nfdump -r FILE -o csv"
        )
    rows.flush(ledger)
    yield from rows.sums.finish()
    yield from rows.sums.used(all_of_them=True)
    yield from ledger.cut_short(lines.cut)
    yield from ledger.close(rows.watched())


class _Rows:
    """Lines as numbers, a batch at a time."""

    def __init__(self, source: Source, zone: str, path: Path) -> None:
        self.sums = FlowSums(source, "line")
        self._clock = LogClock(zone, path.stat().st_mtime)
        self._watching = WatchingTimes()
        self._rows: dict[bool, list[tuple[float, ...]]] = {False: [], True: []}
        self._ends: dict[bool, list[tuple[int, int]]] = {False: [], True: []}

    def __len__(self) -> int:
        return len(self._rows[False]) + len(self._rows[True])

    def add(self, values: list[str], columns: dict[str, int], number: int) -> str:
        """Take a line; returns what is wrong with it, or nothing."""

        def of(name: str) -> str:
            at = columns.get(name, 1 << 20)
            return values[at].strip() if at < len(values) else ""

        try:
            src, dst = ip_address(of("src")), ip_address(of("dst"))
        except ValueError:
            return "a line without addresses that can be read"
        if src.version != dst.version:
            return "a line with addresses of two kinds"
        first = self._time(of("first"))
        if first is None:
            return "a line without a time that can be read"
        last = self._time(of("last")) if "last" in columns else None
        if last is None:
            last = first + _lasted(of("lasted"))
        word = of("protocol").lower()
        protocol = _PROTOCOLS.get(word, _number(word))
        octets, packets = _number(of("bytes")), _number(of("packets"))
        back, packets_back = _number(of("bytes_back")), _number(of("packets_back"))
        if protocol is None or protocol > 255 or octets is None or packets is None:
            return "a line without protocol or counters that can be read"
        src_port, dst_port = (_number(of(name)) or 0 for name in ("src_port", "dst_port"))
        began = 0
        if protocol in (1, 58) or max(src_port, dst_port) > 65535:
            kind = of("dst_port").partition(".")[0]
            began = {"8": 1, "128": 1, "129": -1}.get(kind, 0)
            src_port = dst_port = 0
        flags = sum(_FLAGS.get(sign, 0) for sign in set(of("flags")))
        v6 = src.version == 6
        row = (src_port, dst_port, protocol, first, max(first, last), octets, packets, flags, began, number)
        self._rows[v6].append(row)
        self._ends[v6].append((int(src), int(dst)))
        if back or packets_back:
            self._rows[v6][-1] = (*row[:8], 1, number)
            self._rows[v6].append(
                (dst_port, src_port, protocol, first, max(first, last), back or 0, packets_back or 0, 0, -1, number)
            )
            self._ends[v6].append((int(dst), int(src)))
        return ""

    def _time(self, text: str) -> float | None:
        match = _CLOCK.match(text)
        if match is None:
            # the quick form counts milliseconds
            return int(text) / 1e3 if text.isascii() and text.isdigit() and 9 < len(text) < 14 else None
        year, month, day, hour, minute, second, part = match.groups()
        micros = int(f"{part:0<6}") if part else 0
        when = self._clock.moment((int(year), int(month), int(day), int(hour), int(minute), int(second), micros))
        return when if when is not None and when < 1 << 32 else None

    def flush(self, ledger: Ledger) -> None:
        """Add up what was gathered."""
        for v6, rows in self._rows.items():
            if not rows:
                continue
            whole = list(zip(*rows, strict=True))
            src, dst = zip(*self._ends[v6], strict=True)
            low = (1 << 64) - 1
            counts = [np.array(column, dtype=np.int64) for column in (*whole[:3], *whole[5:])]
            src_port, dst_port, protocol, octets, packets, flags, began, place = counts
            records = Records(
                v6=v6,
                src_low=np.array([one & low for one in src], dtype=np.uint64),
                dst_low=np.array([one & low for one in dst], dtype=np.uint64),
                src_high=np.array([one >> 64 for one in src], dtype=np.uint64) if v6 else None,
                dst_high=np.array([one >> 64 for one in dst], dtype=np.uint64) if v6 else None,
                src_port=src_port,
                dst_port=dst_port,
                protocol=protocol,
                first=np.array(whole[3]),
                last=np.minimum(np.array(whole[4]), float((1 << 32) - 1)),
                bytes=octets,
                packets=packets,
                flags=flags,
                began=began,
                place=place,
            )
            ledger.saw(float(records.first.min()), float(records.last.max()))
            add_watching(self._watching, records)
            self.sums.add(records)
        self._rows, self._ends = {False: [], True: []}, {False: [], True: []}

    def watched(self) -> Watched:
        """How well whoever exported watched."""
        doubts: dict[Doubt, str] = {}
        if said := self._clock.zone_doubt():
            doubts["local_time"] = said
        if said := one_sided(self.sums):
            doubts["one_direction"] = said
        return self._watching.watched(doubts)


def _number(text: str) -> int | None:
    """A count, also as nfdump shortens it (``1.2 M``); None where it is none."""
    if text.isascii() and text.isdigit():
        return min(int(text), MOST_COUNT) if len(text) < 20 else MOST_COUNT
    digits, _, unit = text.partition(" ")
    if unit in _UNITS and len(digits) < 12 and digits.replace(".", "", 1).isdigit() and digits.isascii():
        return min(int(float(digits) * _UNITS[unit]), MOST_COUNT)
    return None


def _lasted(text: str) -> float:
    """Seconds of ``12.3``, ``00:00:12.3`` or ``1d 00:00:12.3``; 0 where it is none of these."""
    match = _LASTED.match(text)
    if match is None:
        return 0.0
    days, hours, minutes, seconds = match.groups()
    return int(days or 0) * 86_400 + int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds)


READER = Reader(
    id="nfdump",
    title="flow records printed by nfdump (CSV)",
    kind="log",
    recognise=recognise,
    read=read,
    unpacks=LINES,
    zoned=True,
)


def _is_nfcapd(head: bytes, _name: str) -> bool:
    return head[:4] in (b"\x0c\xa5\x01\x00", b"\x0c\xa5\x02\x00", b"\xa5\x0c\x00\x01", b"\xa5\x0c\x00\x02")


def _refuse_nfcapd(_path: Path, source: Source, _options: ReadOptions) -> Iterator[Item]:
    ledger = Ledger(source, "files")
    yield from ledger.refuse(
        "", "a file of nfcapd in its own format, which is not read", "Print it with: nfdump -r FILE -o csv > FILE.csv"
    )
    yield from ledger.close()


NFCAPD = Reader(
    id="nfcapd",
    title="file of nfcapd (not read; nfdump prints it)",
    kind="log",
    recognise=_is_nfcapd,
    read=_refuse_nfcapd,
)
