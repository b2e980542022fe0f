"""The dates of directives in their order, and as a calendar file.

A date cut to a month or a year is shown as it is known. A deadline that runs has a day only
where somebody recorded the day it runs from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Literal

import msgspec

from custodiet.dates import parse_date
from custodiet.judge.clock import due_after
from custodiet.law.compare import event_in_words
from custodiet.model import Body, Directive

Kind = Literal["holds from", "ends", "due", "suspended from", "suspended until", "runs"]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One date of one directive."""

    day: date
    """The first day that the date may mean where something begins, the last where something is due or ends."""
    as_known: str
    """The date as the text gives it, ISO 8601, cut to the precision known."""
    kind: Kind
    """What happens on that day."""
    directive: str
    """Id of the directive."""
    requirement: str = ""
    """Id of its sentence; empty: the whole text."""
    status: str
    """The status of the directive: only ``in force`` is a rule."""
    text: str
    """What is due or begins, in a sentence."""


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """A deadline that runs from an event, which has no day of its own."""

    directive: str
    """Id of the directive."""
    requirement: str
    """Id of its sentence."""
    within: str
    """``P1BD`` or ``P30D``."""
    after: str
    """What it runs from."""
    text: str
    """The sentence."""


def calendar(directives: Sequence[Directive], body: Body | None = None) -> tuple[Entry, ...]:
    """All dates of the directives, earliest first; with those that run from a day recorded for the body or a site."""
    found = [entry for directive in directives for entry in _dates(directive, body)]
    return tuple(sorted(found, key=lambda one: (one.day, one.directive, one.requirement, one.kind)))


def running(directives: Sequence[Directive]) -> tuple[Running, ...]:
    """The deadlines that run from an event."""
    return tuple(
        Running(directive=d.id, requirement=s.id, within=s.within, after=s.after, text=s.text)
        for d in directives
        for s in d.requirements
        if s.within
    )


def _dates(directive: Directive, body: Body | None) -> Iterator[Entry]:
    def entry(text: str, kind: Kind, said: str, requirement: str = "") -> Entry:
        span = parse_date(text)
        return Entry(
            day=span.first if kind in ("holds from", "suspended from") else span.last,
            as_known=text,
            kind=kind,
            directive=directive.id,
            requirement=requirement,
            status=directive.status,
            text=said,
        )

    if directive.in_force:
        yield entry(directive.in_force, "holds from", directive.title)
    if directive.until:
        yield entry(directive.until, "ends", directive.title)
    for window in directive.suspensions:
        yield entry(window.since, "suspended from", window.text)
        if window.until:
            yield entry(window.until, "suspended until", window.text)
    for sentence in directive.requirements:
        if sentence.applies_from and sentence.applies_from != directive.in_force:
            yield entry(sentence.applies_from, "holds from", sentence.text, sentence.id)
        if sentence.applies_until:
            yield entry(sentence.applies_until, "ends", sentence.text, sentence.id)
        if sentence.deadline:
            yield entry(sentence.deadline, "due", sentence.text, sentence.id)
        for where, day in _began(sentence.after, body) if sentence.within else ():
            due = due_after(day, sentence.within, directive.jurisdiction)
            yield entry(
                due.isoformat(),
                "due",
                f"{sentence.text} ({where}: {event_in_words(sentence.after)} on {day})",
                sentence.id,
            )


def _began(condition: str, body: Body | None) -> Iterator[tuple[str, date]]:
    """Where and on which day the event of a deadline was recorded."""
    if body is None:
        return
    for name, facts in ((body.name, body.facts), *((site.name, site.facts) for site in body.sites)):
        decision = facts.get(condition) or facts.get(f"decided-{condition}")
        day = (decision.since or decision.decided_on) if decision and decision.answer == "yes" else ""
        if day:
            yield name, parse_date(day).last


def as_ics(entries: Sequence[Entry], stamp: date) -> str:
    """The entries as an iCalendar file (RFC 5545), one whole day each.

    Args:
        entries: see `calendar`.
        stamp: the day the file is made for, which stands in every entry.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//custodiet//law calendar//EN", "CALSCALE:GREGORIAN"]
    for one in entries:
        uid = "-".join(
            part for part in (one.directive, one.requirement, one.kind.replace(" ", "-"), one.as_known) if part
        )
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_escaped(uid)}@custodiet",
            f"DTSTAMP:{stamp:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{one.day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(_summary(one))}",
            f"DESCRIPTION:{_escaped(f'{one.text} (date as known: {one.as_known}; status of the text: {one.status})')}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _summary(one: Entry) -> str:
    """The line that a calendar shows: it says so where a text is no rule, and where the day of a date is not known."""
    status = "" if one.status == "in force" else f"[{one.status}] "
    day = "" if len(one.as_known) == len("2022-11-24") else f" ({one.as_known}; the day is not known)"
    return f"{status}{one.kind}: {one.directive}{day}"


def _escaped(text: str) -> str:
    """A value of RFC 5545: no control character, and what separates values is escaped."""
    plain = "".join(" " if ord(sign) < 32 or ord(sign) == 127 else sign for sign in text)
    for sign in ("\\", ";", ","):
        plain = plain.replace(sign, f"\\{sign}")
    return plain


def _folded(line: str) -> Iterator[str]:
    """Lines of at most 75 octets; what goes on begins with a blank."""
    part = ""
    for sign in line:
        if len((part + sign).encode()) > 75:
            yield part
            part = " "
        part += sign
    yield part
