"""Labelled observations: JSON lines with an id, a kind and a payload, as in a test set of real devices.

Each line is one device. The labels themselves (maker, brand, model, certainty) are not read: the fields that hold them
are not among those this reader knows, so a label cannot leak into what is concluded.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from custodiet.errors import WireError
from custodiet.model import Source, observe
from custodiet.sources.base import LINES, Item, Reader, ReadOptions
from custodiet.sources.labelled.facts import facts_of
from custodiet.sources.ledger import Ledger, plain
from custodiet.sources.lines import Lines, head_lines

MAX_LINE = 1 << 20
"""Bytes of one line."""
_FORM = 'Each line needs "id", "kind" and "payload"'


class LabelledLine(msgspec.Struct, frozen=True):
    """The part of a line that is read; other fields are left where they are."""

    id: str
    kind: str
    payload: Any


def _decode(line: str | bytes) -> LabelledLine | None:
    try:
        return msgspec.json.decode(line, type=LabelledLine)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _recognise(head: bytes, name: str) -> bool:
    first = next((line for line in head_lines(head) if line.strip()), "")
    return first.startswith("{") and _decode(first.encode("utf-8", "replace")) is not None


def _read(path: Path, source: Source, options: ReadOptions) -> Iterator[Item]:
    ledger = Ledger(source, "lines")
    lines = Lines(path, options.progress, limit=MAX_LINE)
    for number, line in lines:
        place = f"line {number}"
        if line is None:
            yield from ledger.refuse(place, "the line is longer than 1 MiB", _FORM)
            continue
        if not line.strip():
            continue
        read = _decode(line.encode("utf-8", "replace"))
        if read is None:
            yield from ledger.refuse(place, "this is no labelled observation", _FORM)
            continue
        try:
            facts = list(facts_of(read.kind, read.payload))
        except WireError as error:
            yield from ledger.refuse(place, f"{plain(read.id, 100)}: {error.reason}", _FORM)
            continue
        subject = f"line:{plain(read.id.strip(), 100) or number}"
        for attribute, value in facts:
            yield observe(source.id, subject, attribute, value, place)
        if not facts:
            ledger.not_covered(f"{read.kind} payloads that say nothing")
        ledger.read()
    yield from ledger.cut_short(lines.cut)
    yield from ledger.close()


READER = Reader(
    id="labelled",
    title="labelled observations (JSON lines)",
    kind="labelled",
    recognise=_recognise,
    read=_read,
    unpacks=LINES,
)
