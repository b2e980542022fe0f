"""Answers to surveys and freedom of information requests: JSON lines, one body's answer a line.

An answer is a statement by people about many devices at once, so it becomes no device here: every field is kept as
``question=answer`` under the answer's own subject. An empty answer is not kept, and not read as “none”.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from custodiet.dates import parse_date
from custodiet.model import Source, observe
from custodiet.sources.base import LINES, Item, Reader, ReadOptions
from custodiet.sources.ledger import Ledger, plain
from custodiet.sources.lines import Lines, head_lines, object_of

MAX_LINE = 1 << 20
"""Bytes of one line."""
MAX_ANSWERS = 1000
"""Values of one line that are kept."""
_FORM = 'Each line needs the "body" that answered and at least one of "makers", "devices" and "answer"'
_ANSWERS = ("makers", "devices", "answer")


def _decode(line: str) -> dict[str, Any] | None:
    """The fields of an answer, or none where the line is something else."""
    value = object_of(line)
    if value is None or not isinstance(value.get("body"), str) or not value["body"].strip():
        return None
    return value if any(name in value for name in _ANSWERS) else None


def answers_of(fields: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(question, answer) of every value of a line; lists give one answer an element, tables name the key as well."""
    for question, value in fields.items():
        if isinstance(value, list):
            for element in value:
                yield question, _shown(element)
        elif isinstance(value, dict):
            for key, element in value.items():
                yield f"{question}, {key}", _shown(element)
        else:
            yield question, _shown(value)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | int | float):
        return " ".join(str(value).split()) if not isinstance(value, int) or abs(value) < 1 << 64 else ""
    return ""


def _moment(fields: dict[str, Any]) -> float | None:
    """The day of the answer as seconds since 1970 UTC; none where it is not said or makes no sense."""
    try:
        first, last = parse_date(str(fields.get("date", ""))[:10])
    except ValueError:
        return None
    if first != last or not 1990 <= first.year <= 2200:
        return None
    return datetime.datetime(first.year, first.month, first.day, tzinfo=datetime.UTC).timestamp()


def _recognise(head: bytes, name: str) -> bool:
    first = next((line for line in head_lines(head) if line.strip()), "")
    return first.startswith("{") and _decode(first) is not None


def _read(path: Path, source: Source, options: ReadOptions) -> Iterator[Item]:
    ledger = Ledger(source, "answers")
    lines = Lines(path, options.progress, limit=MAX_LINE)
    for number, line in lines:
        place = f"line {number}"
        if line is not None and not line.strip():
            continue
        fields = _decode(line) if line is not None else None
        if fields is None:
            yield from ledger.refuse(place, "this is no answer of a survey", _FORM)
            continue
        moment = _moment(fields)
        ledger.saw(moment)
        if fields.get("date") and moment is None:
            yield from ledger.remark(place, "the date of the answer cannot be read", "Write it as 2021-03-05")
        pairs = [f"{plain(question, 80)}={plain(answer)}" for question, answer in answers_of(fields) if answer.strip()]
        for pair in list(dict.fromkeys(pairs))[:MAX_ANSWERS]:
            yield observe(source.id, f"answer:{number}", "survey.answer", pair, place, first_seen=moment)
        ledger.read()
    yield from ledger.cut_short(lines.cut)
    yield from ledger.close()


READER = Reader(
    id="survey",
    title="answers to a survey (JSON lines)",
    kind="survey_answer",
    recognise=_recognise,
    read=_read,
    unpacks=LINES,
)
