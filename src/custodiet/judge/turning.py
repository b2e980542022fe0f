"""The days on which a body may come out otherwise though nothing new was read: those of its directives and answers.

A rule begins or ends, a deadline passes, an exception or an answer ends. What turns on the dates of a single device is
not among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain

from custodiet.dates import parse_date
from custodiet.model import Body, Directive, Site
from custodiet.model.site import Decision


def turns_between(directives: Sequence[Directive], body: Body | None, since: date, today: date) -> bool:
    """Whether what was judged for a day may come out otherwise on a later one.

    Args:
        directives: by which it was judged.
        body: as it was judged; none: it is not known what it is.
        since: the day that was judged for. A last day is over on the day after it, so this day counts too.
        today: the later day.
    """
    if since >= today:
        return False
    spans = (parse_date(text) for text in chain(_of_directives(directives), _of_body(body)) if text)
    return any(since <= day <= today for span in spans for day in span)


def _of_directives(directives: Sequence[Directive]) -> Iterator[str]:
    for directive in directives:
        yield from (directive.in_force, directive.until)
        for window in directive.suspensions:
            yield from (window.since, window.until)
        for test in directive.covers.tests:
            yield from (test.since, test.until)
        for requirement in directive.requirements:
            yield from (requirement.applies_from, requirement.applies_until, requirement.deadline)


def _of_body(body: Body | None) -> Iterator[str]:
    if body is None:
        return
    places: tuple[Site, ...] = (*body.sites, *body.others)
    for facts in (body.facts, *(site.facts for site in places), *(device.facts for device in body.devices)):
        for decision in facts.values():
            yield from _of(decision)
    for site in places:
        for zone in site.zones:
            yield from _of(zone.core)


def _of(decision: Decision) -> Iterator[str]:
    yield from (decision.since, decision.until)
