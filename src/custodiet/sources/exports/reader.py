"""Exports in JSON as a source for `audit`, and as a fast walk over records for counting.

Both go through the one function of each format. For `audit` each record becomes observations about its address; its
country and the holder of its network are no statements about a device and stay behind.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from custodiet.errors import SourceError, WireError
from custodiet.model import Observation, Source
from custodiet.sources.base import HEAD_SIZE, LINES, Item, Reader, ReadOptions
from custodiet.sources.exports.base import Export, Fact, ScanRecord, decoded
from custodiet.sources.exports.censys import CENSYS
from custodiet.sources.exports.masscan import MASSCAN
from custodiet.sources.exports.rows import MAX_ROW, Rows, first_row
from custodiet.sources.exports.shodan import SHODAN
from custodiet.sources.exports.zgrab2 import ZGRAB2
from custodiet.sources.ledger import Facts, Ledger
from custodiet.sources.lines import RawLines

# Those whose rows carry a name of their own come before masscan, whose names are anybody's.
EXPORTS: dict[str, Export] = {export.id: export for export in (SHODAN, ZGRAB2, CENSYS, MASSCAN)}
"""Formats of rows in JSON by their id."""

MOST_FACTS_OF_ONE = 10_000
"""Facts of one device that `records_of` puts into one record; what more there is goes into a second."""

_ANY = msgspec.json.Decoder(dict)


def _silent(_done: int) -> None:
    """Report progress to nobody."""


def _ignore(_place: str, _reason: str) -> None:
    """Tell nobody."""


def recognise(export: Export, head: bytes) -> bool:
    """Whether a file that begins so is such an export; must not raise on any bytes."""
    row, whole, _layout = first_row(head)
    if not whole:
        return sum(f'"{mark}"'.encode() in row for mark in export.marks) >= min(3, len(export.marks))
    try:
        return export.signs(decoded(row, _ANY))
    except WireError:
        return False


def records(
    path: Path | BinaryIO,
    format: str,
    *,
    progress: Callable[[int], None] = _silent,
    refused: Callable[[str, str], None] = _ignore,
    columns: dict[str, str] | None = None,
) -> Iterator[ScanRecord]:
    """Every record of an export, in the order of the file; packed with gzip or zstd or not.

    Args:
        path: the file, or a stream open for reading bytes (not for ``parquet``).
        format: ``shodan``, ``censys``, ``masscan``, ``zgrab2`` or ``parquet``.
        progress: called now and then with the bytes of the file that are done.
        refused: called with (place, reason) for each row that cannot be read, and for an end that came too early.
        columns: for ``parquet``, heading -> field where the user corrects a guess.

    Raises:
        SourceError: no such format, or a Parquet file that cannot be read.
        OSError: the file cannot be read.
    """
    if format == "parquet":
        from custodiet.sources.exports.parquet import parquet_records

        if not isinstance(path, Path):
            raise SourceError("Parquet is read from a file, not from a stream", next_step="Keep it in a file first")
        yield from parquet_records(path, path.name, progress=progress, refused=refused, columns=columns or {})
        return
    export = EXPORTS.get(format)
    if export is None:
        raise SourceError(f"“{format}” is no format of scan exports", next_step=f"Use one of: {', '.join(EXPORTS)}")
    rows = _rows(path, progress)
    decode = export.decode
    for number, row in rows:
        if row is None:
            refused(f"{rows.unit} {number}", f"the {rows.unit} is longer than {MAX_ROW >> 20} MiB")
            continue
        try:
            yield from decode(row)
        except WireError as error:
            refused(f"{rows.unit} {number}", error.reason)
    if rows.cut:
        refused("", rows.cut)


def _rows(path: Path | BinaryIO, progress: Callable[[int], None]) -> Rows:
    """The rows of a file, in whichever way they stand; a stream is read ahead to see that."""
    if isinstance(path, Path):
        with path.open("rb") as stream:
            head = stream.read(HEAD_SIZE)
    else:
        head = path.read(HEAD_SIZE)
        path = cast(BinaryIO, _Joined(head, path))
    _row, _whole, layout = first_row(head)
    return Rows(RawLines(path, progress, limit=MAX_ROW), layout)


class _Joined(io.RawIOBase):
    """A stream whose first bytes were read before."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        head, self._head = self._head, b""
        return head or self._rest.read(size)


def records_of(items: Iterable[Item]) -> Iterator[ScanRecord]:
    """What any other reader yields, as records: the observations of one subject that follow one another are one.

    Issues, flows and tallies are passed over; who needs them listens on the way. The port is that of the observations
    where they name a single one.
    """
    subject = ""
    facts: dict[Fact, None] = {}
    seen: float | None = None
    for item in items:
        if not isinstance(item, Observation):
            continue
        if item.subject != subject or len(facts) >= MOST_FACTS_OF_ONE:
            if facts:
                yield _joined(subject, facts, seen)
            subject, facts, seen = item.subject, {}, None
        facts[item.attribute, item.value] = None
        if item.last_seen is not None:
            seen = item.last_seen if seen is None else max(seen, item.last_seen)
    if facts:
        yield _joined(subject, facts, seen)


def _joined(subject: str, facts: dict[Fact, None], seen: float | None) -> ScanRecord:
    ports = [value for attribute, value in facts if attribute == "net.port"]
    transport, _, number = ports[0].partition("/") if len(ports) == 1 else ("", "", "")
    port = int(number) if number.isascii() and number.isdigit() and len(number) <= 5 else 0
    return ScanRecord(subject.removeprefix("ip:"), port, transport, seen, "", "", tuple(facts))


def observed(record: ScanRecord, facts: Facts, place: str) -> None:
    """Note what a record says as facts about its address."""
    subject = f"ip:{record.address}"
    facts.add(subject, "net.ip", record.address, place, record.at)
    if record.port:
        facts.add(subject, "net.port", f"{record.transport or 'tcp'}/{record.port}", place, record.at)
    for attribute, value in record.facts:
        facts.add(subject, attribute, value, place, record.at)


def _read(export: Export, path: Path, source: Source, options: ReadOptions) -> Iterator[Item]:
    rows = _rows(path, options.progress)
    ledger = Ledger(source, f"{rows.unit}s")
    facts = Facts(source.id)
    for number, row in rows:
        place = f"{rows.unit} {number}"
        if row is None:
            yield from ledger.refuse(place, f"the {rows.unit} is longer than {MAX_ROW >> 20} MiB", export.form)
            continue
        try:
            found = export.decode(row)
        except WireError as error:
            yield from ledger.refuse(place, error.reason, export.form)
            continue
        for record in found:
            ledger.saw(record.at)
            observed(record, facts, place)
        ledger.read()
        if facts.full:
            yield from facts.drain()
    yield from facts.drain()
    yield from ledger.cut_short(rows.cut)
    yield from ledger.close()


def reader_of(export: Export) -> Reader:
    """The reader of a format, for the list of readers."""
    return Reader(
        id=export.id,
        title=export.title,
        kind="scan",
        recognise=lambda head, _name: recognise(export, head),
        read=lambda path, source, options: _read(export, path, source, options),
        unpacks=LINES,
    )


SHODAN_READER = reader_of(SHODAN)
CENSYS_READER = reader_of(CENSYS)
ZGRAB2_READER = reader_of(ZGRAB2)
MASSCAN_READER = reader_of(MASSCAN)
