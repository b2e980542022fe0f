"""What every reader counts: facts that were seen again, things that could not be read, and the tally at the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from custodiet.model import Issue, Observation, Source, Tally, Watched, observe
from custodiet.wire.text import text

MOST_FACTS = 50_000
"""Distinct facts that wait to be counted before they are handed on; a fact may then come twice."""
_MOST_CHARACTERS = 16_000_000  # and the characters of their values
MOST_ISSUES = 500
"""Issues that are told one by one; the rest of a broken file is told as a number."""

# The attributes whose values are longer than 400 characters by their definition.
_LIMITS = {
    "http.body": 4000,
    "rtsp.sdp": 4000,
    "sadp.reply": 4000,
    "dhip.reply": 4000,
    "tls.subject": 1000,
    "tls.issuer": 1000,
}


def plain(value: str, limit: int = 400) -> str:
    """A value as it may be stored: control characters as ``\\xNN``, cut at the limit."""
    if len(value) <= limit and value.isprintable():
        return value
    return text(value[: 2 * limit].encode("utf-8", "surrogatepass"), limit)


class Facts:
    """Facts of one source; the same fact seen again is counted and its time stretched, not told twice."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._known: dict[tuple[str, str, str], tuple[str, float | None, float | None, int]] = {}
        self._characters = 0

    def add(
        self,
        subject: str,
        attribute: str,
        value: str,
        locator: str,
        first: float | None = None,
        last: float | None = None,
    ) -> None:
        """Add a fact; an empty value says nothing and is left out. Times are seconds since 1970 UTC."""
        if not value or value.isspace():
            return
        value = plain(value, _LIMITS.get(attribute, 400))
        key = (subject, attribute, value)
        last = first if last is None else last
        if earlier := self._known.get(key):
            place, began, ended, count = earlier
            began = first if began is None else began if first is None else min(began, first)
            ended = last if ended is None else ended if last is None else max(ended, last)
            self._known[key] = (place, began, ended, count + 1)
        else:
            self._known[key] = (locator, first, last, 1)
            self._characters += len(value)

    @property
    def full(self) -> bool:
        """Whether so many wait that they should be handed on."""
        return len(self._known) >= MOST_FACTS or self._characters >= _MOST_CHARACTERS

    def drain(self) -> Iterator[Observation]:
        """Hand on what waits, in the order in which it was first seen."""
        known, self._known, self._characters = self._known, {}, 0
        for (subject, attribute, value), (locator, first, last, count) in known.items():
            yield observe(
                self._source, subject, attribute, value, locator, first_seen=first, last_seen=last, count=count
            )


class Ledger:
    """Counts the units of a source, so that its tally adds up: total = read + issues.

    What is understood to hold nothing of interest, or named as not covered, counts as read.
    """

    def __init__(self, source: Source, unit: str) -> None:
        self._source = source
        self._unit = unit
        self._read = 0
        self._refused = 0
        self._told = 0
        self._whole = True
        self._first: float | None = None
        self._last: float | None = None
        self._not_covered: dict[str, int] = {}

    def read(self, number: int = 1) -> None:
        """One unit was read, or so many at once."""
        self._read += number

    def refuse(self, place: str, reason: str, next_step: str = "") -> Iterator[Issue]:
        """One unit could not be read."""
        self._refused += 1
        yield from self._tell(place, reason, next_step, "incomplete")

    def remark(
        self, place: str, reason: str, next_step: str = "", *, severity: Literal["note", "incomplete"] = "note"
    ) -> Iterator[Issue]:
        """Something about the source that is not one unit of it; ``incomplete``: nobody knows of how many."""
        self._whole &= severity != "incomplete"
        yield from self._tell(place, reason, next_step, severity)

    def _tell(
        self, place: str, reason: str, next_step: str, severity: Literal["note", "incomplete"]
    ) -> Iterator[Issue]:
        self._told += 1
        if self._told <= MOST_ISSUES:
            yield Issue(source=self._source.id, place=place, reason=reason, next_step=next_step, severity=severity)

    def cut_short(self, why: str) -> Iterator[Issue]:
        """The file ended before its end; nothing where ``why`` is empty."""
        if why:
            yield from self.remark("", why, "Copy the file again.", severity="incomplete")

    def saw(self, *times: float | None) -> None:
        """Stretch the time of the source."""
        for when in times:
            if when is not None:
                self._first = when if self._first is None else min(self._first, when)
                self._last = when if self._last is None else max(self._last, when)

    def not_covered(self, name: str, number: int = 1) -> None:
        """Something was there that this version does not read."""
        # Names come from the file: a made one must not fill the memory with a million of them.
        name = plain(name, 80)
        if name not in self._not_covered and len(self._not_covered) >= 100:
            name = "others"
        self._not_covered[name] = self._not_covered.get(name, 0) + number

    def close(self, watched: Watched | None = None) -> Iterator[Issue | Tally]:
        """What was held back of the issues, and the tally; for sources of traffic, with how well they watched."""
        if self._told > MOST_ISSUES:
            yield Issue(
                source=self._source.id,
                place="",
                reason=f"{self._told - MOST_ISSUES} more issues of this file are counted and not told one by one",
                next_step="Repair or export the file again.",
                severity="incomplete",
            )
        yield Tally(
            source=self._source.id,
            unit=self._unit,
            total=self._read + self._refused,
            read=self._read,
            issues=self._refused,
            whole=self._whole,
            first_seen=self._first,
            last_seen=self._last,
            not_covered=self._not_covered,
            watched=watched,
        )
