"""Counting on one machine: files are cut into blocks of lines, which one process or several turn into rows.

Nothing is kept beyond the count: what memory does not hold lies in a folder that goes with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

import pyarrow as pa

from custodiet.count.gather import Counted, gather, without_refused
from custodiet.count.rows import LINES, Gathering, rows_of_block
from custodiet.count.tally import Conclude
from custodiet.errors import SourceError
from custodiet.identify.batch import matcher_of
from custodiet.identify.evidence import conclude_evidence
from custodiet.identify.runners import Processes, processes
from custodiet.model import Issue, Source
from custodiet.sources.base import HEAD_SIZE, Item, Reader, ReadOptions
from custodiet.sources.exports.base import ScanRecord
from custodiet.sources.exports.reader import EXPORTS, records, records_of
from custodiet.sources.exports.rows import MAX_ROW, first_row
from custodiet.sources.intake import unreadable
from custodiet.sources.lines import Pieces

BLOCK = 1 << 20
"""Bytes of lines that are turned into rows at a time."""

COMBINATIONS = 1_000
"""Combinations of evidence that are concluded at a time."""

ROWS = 50_000
"""Rows made at a time from sources that are not cut into lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFile:
    """One file to be counted.

    Args:
        path: where it lies.
        name: for people.
        reader: whose format it is.
    """

    path: Path
    name: str
    reader: Reader

    @property
    def by_line(self) -> bool:
        """Whether each record stands on a line of its own, so that lines can be given to several workers."""
        if self.reader.id not in EXPORTS:
            return False
        with self.path.open("rb") as stream:
            _row, whole, layout = first_row(stream.read(HEAD_SIZE))
        return whole and layout == "lines"


def count_files(
    files: Sequence[ScanFile],
    scratch: Path,
    *,
    workers: int = 1,
    folders: tuple[str, ...] | None = None,
    progress: Callable[[str, int], None] = lambda _name, _done: None,
    columns: Mapping[str, str] | None = None,
) -> tuple[Counted, list[Issue]]:
    """Count the devices in scan exports.

    Args:
        files: what to read.
        scratch: an empty folder for rows that memory does not hold.
        workers: processes that read lines; 1: this one alone.
        folders: catalog folders; none: the catalog that came with the program.
        progress: called with (name of the file, bytes of it that are done).
        columns: for Parquet, heading -> field where the user corrects a guess.

    Returns:
        The count, and what could not be read.
    """
    issues: list[Issue] = []

    def batches(made: Processes | None) -> Iterator[pa.RecordBatch]:
        for file in files:
            try:
                if file.by_line:
                    yield from _rows_of_lines(file, made, folders, progress, issues)
                else:
                    yield from _rows_of(file, folders, progress, columns or {}, issues)
            except OSError as fault:
                issues.append(unreadable(file.name, fault))

    with processes(workers) if workers > 1 else nullcontext() as made:
        return gather(batches(made), concluder(folders, made), scratch), issues


def concluder(folders: tuple[str, ...] | None = None, made: Processes | None = None) -> Conclude:
    """What pieces of evidence add up to, by the catalog of these folders.

    Args:
        folders: none: the catalog that came with the program.
        made: processes that share the work; none: this one does it.
    """
    concluded = partial(_concluded, folders)

    def conclude(combinations: Sequence[tuple[str, ...]]) -> Iterator[Mapping[str, tuple[str, str]]]:
        parts = (combinations[at : at + COMBINATIONS] for at in range(0, len(combinations), COMBINATIONS))
        return chain.from_iterable(made.each(concluded, parts) if made else map(concluded, parts))

    return conclude


def _concluded(
    folders: tuple[str, ...] | None, combinations: Sequence[tuple[str, ...]]
) -> list[dict[str, tuple[str, str]]]:
    matcher = matcher_of(folders)
    return [{one.field: (one.value, one.band) for one in conclude_evidence(pieces, matcher)} for pieces in combinations]


def _rows_of(
    file: ScanFile,
    folders: tuple[str, ...] | None,
    progress: Callable[[str, int], None],
    columns: Mapping[str, str],
    issues: list[Issue],
) -> Iterator[pa.RecordBatch]:
    """Rows of a file of any other format, by its reader."""
    gathering = Gathering(matcher_of(folders))
    for record in _records(file, lambda done: progress(file.name, done), dict(columns), issues):
        gathering.add(record)
        if len(gathering) >= ROWS:
            yield gathering.take()
    yield gathering.take()


def _records(
    file: ScanFile, done: Callable[[int], None], columns: dict[str, str], issues: list[Issue]
) -> Iterator[ScanRecord]:
    format = file.reader.id
    lost = _Lost(file)
    try:
        if format in EXPORTS or format == "parquet":
            yield from records(file.path, format, progress=done, refused=lost.refuse, columns=columns)
        else:
            source = Source(id="", kind=file.reader.kind, format=format, name=file.name, sha256="", size=0)
            items = file.reader.read(file.path, source, ReadOptions(progress=done, columns=columns))
            yield from records_of(lost.listened(items))
    except SourceError as fault:
        lost.issue(fault.place, fault.reason, fault.next_step)
    issues.extend(lost.issues())


class _Lost:
    """What could not be read of one file: how often each reason came up, and where first."""

    def __init__(self, file: ScanFile) -> None:
        self._file = file
        self._first: dict[tuple[str, str], str] = {}
        self._times: Counter[tuple[str, str]] = Counter()

    def refuse(self, place: str, reason: str) -> None:
        self.issue(place, reason, "")

    def issue(self, place: str, reason: str, next_step: str, times: int = 1) -> None:
        self._first.setdefault((reason, next_step), place)
        self._times[reason, next_step] += times

    def listened(self, items: Iterator[Item]) -> Iterator[Item]:
        for item in items:
            if isinstance(item, Issue):
                self.issue(item.place, item.reason, item.next_step)
            yield item

    def issues(self) -> Iterator[Issue]:
        for (reason, next_step), times in self._times.items():
            place = self._first[reason, next_step]
            yield Issue(
                source=self._file.name,
                place=f"{place} and {times - 1:,} more" if times > 1 else place,
                reason=reason,
                next_step=next_step or "The rest of the file was counted.",
                severity="incomplete",
            )


def _rows_of_lines(
    file: ScanFile,
    made: Processes | None,
    folders: tuple[str, ...] | None,
    progress: Callable[[str, int], None],
    issues: list[Issue],
) -> Iterator[pa.RecordBatch]:
    """Rows of a file whose records stand on lines, by several processes if there are any."""
    lost = _Lost(file)
    pieces = Pieces(file.path, lambda done: progress(file.name, done))
    read = partial(rows_of_block, folders=folders)
    blocks = (_block(file, first, lines) for first, lines in whole_lines(larger(pieces), lost.refuse))
    for batch in made.each(read, blocks) if made else map(read, blocks):
        kept, refused = without_refused(batch)
        for reason, (times, first) in refused.items():
            lost.issue(f"line {first}", reason, "", times)
        yield kept
    if pieces.cut:
        lost.refuse("", pieces.cut)
    issues.extend(lost.issues())


def whole_lines(pieces: Iterable[bytes], refuse: Callable[[str, str], None]) -> Iterator[tuple[int, bytes]]:
    """Cut a file into blocks that end where a line ends.

    Args:
        pieces: the file as it comes.
        refuse: told of (place, reason) of a line that is too long to be held.

    Yields:
        The number of the first line, counted from 1, and the lines.
    """
    held: list[bytes] = []
    size, number = 0, 1
    for piece in pieces:
        end = piece.rfind(b"\n") + 1
        if not end:
            held.append(piece)
            size += len(piece)
            if size > MAX_ROW:
                held.clear()  # what is too long is not held, only measured
            continue
        if size > MAX_ROW:
            refuse(f"line {number}", f"the line is longer than {MAX_ROW >> 20} MiB")
            begin = piece.index(b"\n") + 1
            number += 1
            lines = piece[begin:end]
        else:
            lines = b"".join([*held, piece[:end]])
        if lines:
            yield number, lines
            number += lines.count(b"\n")
        held, size = [piece[end:]], len(piece) - end
    if size > MAX_ROW:
        refuse(f"line {number}", f"the line is longer than {MAX_ROW >> 20} MiB")
    elif size:
        yield number, b"".join(held)


def larger(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of at least `BLOCK` bytes: what repeats is sent and taken once for each block."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= BLOCK:
            yield b"".join(held)
            held.clear()
            size = 0
    if held:
        yield b"".join(held)


def _block(file: ScanFile, first: int, lines: bytes) -> pa.RecordBatch:
    columns = [pa.array([file.reader.id]), pa.array([first], pa.int64()), pa.array([lines], pa.large_binary())]
    return pa.RecordBatch.from_arrays(columns, schema=LINES)
