"""Dates as the sources give them: a day, a month or a year, never more precise than what was written.

A month is every day from its first to its last. Two dates are compared only as far as both are known; where the
precision does not allow an answer, the answer is none. This module never fills in a day that nobody wrote.
It imports nothing of ours, so every package may use it.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple


class Span(NamedTuple):
    """The days that a date may mean."""

    first: date
    """The earliest day."""
    last: date
    """The latest day; the same as ``first`` where the day is known."""

    def __str__(self) -> str:
        """ISO 8601, cut to the precision known."""
        if self.first == self.last:
            return self.first.isoformat()
        if (self.first.year, self.first.month) == (self.last.year, self.last.month):
            return f"{self.first.year:04}-{self.first.month:02}"
        return f"{self.first.year:04}"


@lru_cache(10_000)  # records and registers repeat their days
def parse_date(text: str) -> Span:
    """Read ``2022-04-13``, ``2022-04`` or ``2022``.

    Raises:
        ValueError: anything else, with a plain sentence.
    """
    parts = text.split("-")
    shape = tuple(len(part) for part in parts)
    # isdigit alone would let superscripts and other scripts' digits through
    if shape not in {(4,), (4, 2), (4, 2, 2)} or not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError(f"{text[:40]!r} is not a date written as 2022-04-13, 2022-04 or 2022")
    numbers = [int(part) for part in parts]
    year = numbers[0]
    if year == 0:
        raise ValueError("there is no year 0")
    if len(numbers) == 1:
        return Span(date(year, 1, 1), date(year, 12, 31))
    month = numbers[1]
    if not 1 <= month <= 12:
        raise ValueError(f"{text!r} has no such month")
    days = monthrange(year, month)[1]
    if len(numbers) == 2:
        return Span(date(year, month, 1), date(year, month, days))
    if not 1 <= numbers[2] <= days:
        raise ValueError(f"{text!r} has no such day")
    day = date(year, month, numbers[2])
    return Span(day, day)


def on_or_after(event: Span, start: Span) -> bool | None:
    """Whether `event` happened on the day `start` or later; none where the precision does not tell."""
    if event.first >= start.last:
        return True
    if event.last < start.first:
        return False
    return None


def moment_of(seconds: float) -> datetime | None:
    """The moment of a time in seconds since 1970 UTC; none for one that no calendar holds, as broken clocks write."""
    try:
        return datetime.fromtimestamp(seconds, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def day_of(seconds: float) -> date | None:
    """The UTC day of a time in seconds since 1970; none for a time that no calendar holds."""
    moment = moment_of(seconds)
    return None if moment is None else moment.date()
