"""The lines of many rows, read by a copy of this process while this one makes something of the rows before them.

It knows how what was read of a line passes from one process to another: the copy reads as this process would, and what
it tells is put where this process keeps what it has read itself. So nothing is read in another way, and a line of which
nothing was told is read here.
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
from custodiet.identify.text.lines import KEPT_LINES, LineItem, lines_of, read_line
from custodiet.identify.text.mentions import Asks, Heard, keep_heard, known_to_be_heard, plain
from custodiet.identify.text.numbers import alike, keep_alike

MANY = 5_000
"""Rows that this process reads itself: for fewer it does not pay to make a copy of it."""

ROWS = 1_000
"""Rows whose lines the copy is asked at a time."""

T = TypeVar("T")


class _Told(msgspec.Struct):
    """What was read of some lines."""

    same: dict[str, str] = {}
    """Line -> the line of which the same is said."""
    items: dict[str, tuple[LineItem, ...]] = {}
    """Line -> its things."""
    heard: dict[str, list[tuple[str, dict[str, str], tuple[int, int], str]]] = {}
    """Line -> the records that hold on it, by id."""


_encode = msgspec.msgpack.Encoder().encode
_texts = msgspec.msgpack.Decoder(list[str]).decode
_told = msgspec.msgpack.Decoder(_Told).decode


def read_ahead(
    rows: Iterable[T],
    texts_of: Callable[[T], Iterable[str]],
    matcher: Asks,
    processes: Callable[[int], None] = lambda _number: None,
) -> Iterator[T]:
    """The rows as they come, with what `read_line` says of their lines kept at hand.

    Args:
        rows: taken some thousand ahead; what they raise is raised when those before were yielded.
        texts_of: the lines of a row that will be read.
        matcher: the records, made ready.
        processes: called once with in how many processes it is done.
    """
    rows = iter(rows)
    yield from islice(rows, MANY)
    faults: list[Exception] = []
    if processors() == 1 or not (batch := _some(rows, faults)):
        processes(1)
        yield from rows
    else:
        processes(2)
        waiting: deque[list[T]] = deque()
        with copies(partial(_reading, matcher), 1) as [copy]:
            while batch or waiting:
                if batch:
                    copy.ask(_encode([text for row in batch for text in texts_of(row)]))
                    waiting.append(batch)
                    batch = _some(rows, faults)
                if not batch or len(waiting) >= IN_FLIGHT:
                    _keep(_told(copy.answer()), matcher)
                    yield from waiting.popleft()
    for fault in faults:
        raise fault


def _some(rows: Iterator[T], faults: list[Exception]) -> list[T]:
    some: list[T] = []
    try:
        for row in islice(rows, ROWS):
            some.append(row)
    except (SourceError, OSError) as fault:
        faults.append(fault)
    return some


def _reading(matcher: Asks) -> Work:
    """How a copy answers: what it reads of lines and has not told before."""
    told: set[str] = set()

    def read(texts: bytes) -> bytes:
        new = _Told()
        for text in dict.fromkeys(_texts(texts)):
            read_line(text, matcher)
            line = plain(text)
            same = alike(line, matcher)
            if same is not line:
                new.same[line] = same
            for one in (same, line):
                if one in told or (items := lines_of(matcher.catalog).of(one, repair=True)) is None:
                    continue
                new.items[one] = items
                heard = known_to_be_heard(one, matcher, repair=True)
                if heard is not None:
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
    for line, items in told.items.items():
        lines_of(matcher.catalog).keep(line, True, items)
    for line, heard in told.heard.items():
        found = tuple(
            Heard(record, says, span, repaired)
            for id, says, span, repaired in heard
            if (record := matcher.catalog.fingerprint(id))
        )
        keep_heard(line, found, matcher, repair=True)
