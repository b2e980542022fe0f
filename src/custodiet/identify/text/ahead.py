"""The words of many rows, read by a copy of this process while this one stores the rows before them.

It knows how what was read of a row passes from one process to another: the copy reads as this process would, and what
it heard in a line is put where this process keeps what it has heard itself. So nothing is read in another way, and a
line of which nothing was told is read here when it is asked for again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import TypeVar

import msgspec

from custodiet.errors import SourceError
from custodiet.identify.runners import IN_FLIGHT, Work, copies, processors
from custodiet.identify.text.cuts import AS_IS, Cut, Words, cut
from custodiet.identify.text.lines import KEPT_LINES
from custodiet.identify.text.mentions import Asks, Heard, keep_heard, known_to_be_heard, plain
from custodiet.identify.text.numbers import alike, keep_alike

MANY = 2_000
"""Rows that this process reads itself: for fewer it does not pay to make a copy of it."""

ROWS = 1_000
"""Rows whose lines the copy is asked at a time."""

T = TypeVar("T")


class _Told(msgspec.Struct):
    """What was read of the words of some rows."""

    cuts: list[Cut] = []
    """What is made of each row."""
    same: dict[str, str] = {}
    """Line -> the line of which the same is said."""
    heard: dict[str, list[tuple[str, dict[str, str], tuple[int, int], str]]] = {}
    """Line -> the records that hold on it, by id."""


_encode = msgspec.msgpack.Encoder().encode
_words = msgspec.msgpack.Decoder(list[Words]).decode
_told = msgspec.msgpack.Decoder(_Told).decode


def read_ahead(
    rows: Iterable[T],
    words_of: Callable[[T], Words | None],
    matcher: Asks,
    prose: bool = False,
    processes: Callable[[int], None] = lambda _number: None,
) -> Iterator[tuple[T, Cut]]:
    """The rows as they come, each with what its words make of it.

    What is said of their lines is kept at hand, for whoever asks the matcher of them again.

    Args:
        rows: taken some thousand ahead; what they raise is raised when those before were yielded.
        words_of: the words of a row that are read; none: it stays as it is.
        matcher: the records, made ready.
        prose: as for `cut`.
        processes: called once with in how many processes it is done.
    """
    rows = iter(rows)

    def here(row: T) -> tuple[T, Cut]:
        words = words_of(row)
        return row, cut(words, matcher, prose=prose) if words else AS_IS

    yield from map(here, islice(rows, MANY))
    faults: list[Exception] = []
    if processors() == 1 or not (batch := _some(rows, words_of, faults)):
        processes(1)
        yield from map(here, rows)
    else:
        processes(2)
        waiting: deque[list[tuple[T, Words | None]]] = deque()
        with copies(partial(_reading, matcher, prose), 1) as [copy]:
            while batch or waiting:
                if batch:
                    copy.ask(_encode([words for _, words in batch if words]))
                    waiting.append(batch)
                    batch = _some(rows, words_of, faults)
                if not batch or len(waiting) >= IN_FLIGHT:
                    told = _told(copy.answer())
                    _keep(told, matcher)
                    made = iter(told.cuts)
                    for row, words in waiting.popleft():
                        yield row, next(made) if words else AS_IS
    for fault in faults:
        raise fault


def _some(
    rows: Iterator[T], words_of: Callable[[T], Words | None], faults: list[Exception]
) -> list[tuple[T, Words | None]]:
    some: list[tuple[T, Words | None]] = []
    try:
        for row in islice(rows, ROWS):
            some.append((row, words_of(row)))
    except (SourceError, OSError) as fault:
        faults.append(fault)
    return some


def _reading(matcher: Asks, prose: bool) -> Work:
    """How a copy answers: what it makes of rows, and what it heard in their lines and has not told before."""
    told: set[str] = set()

    def read(asked: bytes) -> bytes:
        rows = _words(asked)
        new = _Told(cuts=[cut(words, matcher, prose=prose) for words in rows])
        for text in dict.fromkeys(text for words in rows for _, text in words.texts):
            line = plain(text)
            same = alike(line, matcher)
            if same is not line:
                new.same[line] = same
            for one in (same, line):
                if one in told or (heard := known_to_be_heard(one, matcher, repair=True)) is None:
                    continue
                new.heard[one] = [(each.fingerprint.id, each.says, each.span, each.repaired) for each in heard]
                if len(told) >= KEPT_LINES:
                    told.clear()
                told.add(one)
        return _encode(new)

    return read


def _keep(told: _Told, matcher: Asks) -> None:
    """Put what a copy told where what was read here is kept."""
    for line, same in told.same.items():
        keep_alike(line, same, matcher)
    for line, heard in told.heard.items():
        found = tuple(
            Heard(record, says, span, repaired)
            for id, says, span, repaired in heard
            if (record := matcher.catalog.fingerprint(id))
        )
        keep_heard(line, found, matcher, repair=True)
