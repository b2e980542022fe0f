"""One fault and its remedy, and what every check asks: is the word known, is this a date, are they in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from typing import Any

import msgspec

from custodiet.catalog.contents import Catalog
from custodiet.catalog.effort import most_steps
from custodiet.catalog.runaway import HOSTILE_LENGTH, LONGEST_TRIAL, nested_repeat, slowest_trial
from custodiet.catalog.spelling import nearest
from custodiet.dates import parse_date
from custodiet.model import Fingerprint

FEW_STEPS = 5_000_000
"""Of an expression that need not be tried: a step takes some 10 ns, so that this is a fifth of `LONGEST_TRIAL`."""


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong."""

    file: str
    """The record's file, relative to its catalog folder."""
    record: str
    """Id of the record."""
    fault: str
    """What is wrong."""
    remedy: str
    """What to change."""


def file_of(kind: str, record: Any) -> str:
    """The file a record stands in, relative to its catalog folder."""
    if isinstance(record, Fingerprint):
        return f"fingerprints/{record.attribute}/{record.id}.yml"
    return f"{kind}/{record.id}.yml"


def wrong(kind: str, record: Any, fault: str, remedy: str) -> CheckResult:
    return CheckResult(file=file_of(kind, record), record=record.id, fault=fault, remedy=remedy)


def known(kind: str, record: Any, what: str, word: str, among: Iterable[str]) -> Iterator[CheckResult]:
    if word not in among:
        yield wrong(kind, record, f"{word} is no {what} we know", nearest(word, among))


def is_date(text: str) -> bool:
    try:
        parse_date(text)
    except ValueError:
        return False
    return True


def dates_in_order(record: Any, what: str, dates: list[str], kind: str = "directives") -> Iterator[CheckResult]:
    given = [date for date in dates if date]
    if not all(is_date(date) for date in given):
        yield wrong(kind, record, f"{what}: not all are dates", "Write 2022-11-24, 2022-11 or 2022")
    elif any(parse_date(later).last < parse_date(earlier).first for earlier, later in pairwise(given)):
        yield wrong(kind, record, f"{what} are not in order", "The earlier date comes first")


def says_known(kind: str, record: Any, says: dict[str, str], catalog: Catalog) -> Iterator[CheckResult]:
    if "{" not in says.get("manufacturer", ""):
        for field, among in (("manufacturer", catalog.companies), ("brand", catalog.brands)):
            if field in says and "{" not in says[field]:
                yield from known(kind, record, "company" if field == "manufacturer" else "brand", says[field], among)


def runaway(kind: str, record: Any, regex: str) -> Iterator[CheckResult]:
    """Whether a hostile string could keep this expression busy."""
    if found := _kept_busy(regex):
        yield wrong(kind, record, *found)


@cache  # one expression often stands in several records, one for each attribute
def _kept_busy(regex: str) -> tuple[str, str] | None:
    """Fault and remedy of an expression that can be kept busy."""
    if nested_repeat(regex):
        return "an endless repeat stands inside an endless repeat", "Bound one of the two, as in {1,40}"
    if most_steps(regex, HOSTILE_LENGTH) <= FEW_STEPS:
        return None
    seconds, text = slowest_trial(regex)
    if seconds <= LONGEST_TRIAL:
        return None
    fault = f"{seconds:.2f} s on a long string that begins {text!r}"
    return fault, "Anchor the expression, or bound its repeats"
