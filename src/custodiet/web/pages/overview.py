"""What was looked at and what was not, and how many devices came out how: no score, only numbers that can be opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import compress
from urllib.parse import urlencode

import msgspec
from django.db.models import Count, Subquery
from django.utils.translation import gettext as _

from custodiet.model import Relied, Source, Tally, Totals
from custodiet.report import speech, summary, words
from custodiet.unseen import not_whole
from custodiet.web import labels
from custodiet.web.charts import OUTCOMES, Bar
from custodiet.web.columns import Columns, columns_of
from custodiet.web.exports import Export
from custodiet.web.filters import NONE, Filters, outcomes
from custodiet.web.knowledge import Known, known_of
from custodiet.web.page import Asked, File, Nothing, Page
from custodiet.web.pages.reconciliation import standing_now
from custodiet.web.store.models import Change, Published

MAKERS = 12
"""Makers with a bar of their own; the others are told together."""

SOURCES = 200
"""Sources that are listed."""

PLACES = 3
"""Inputs that are named of those that were not read for one reason."""

DUE = 12
"""Deadlines that are listed."""


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """What has to be done by a day."""

    by: str
    """ISO 8601 date, cut to the precision known."""
    directive: str
    """Its title."""
    devices: int
    """Devices that do not satisfy it."""
    passed: bool
    """Whether the day lies before the one that was judged for."""
    question: str
    """What the list of devices is asked for these."""


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """How often something came out otherwise than at the publication before."""

    field: str
    field_in_words: str
    changes: int


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """A source, and the time that it covers."""

    name: str
    kind: str
    """In words."""
    since: str
    """ISO 8601 date of the earliest thing in it; empty: not known."""
    until: str
    read: str
    """How much of it was read, in words."""
    whole: bool
    """False: it was not read to its end."""


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """Inputs that were not read for one reason."""

    places: tuple[str, ...]
    """Their names: the first of them."""
    more: int
    """How many more there are."""
    reason: str
    next_step: str
    """What can be done about it; empty: nothing is known."""


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """A body at a glance, its scope first."""

    name: str
    """Of the body."""
    on: str
    """ISO 8601 date that it was judged for; empty: never."""
    chosen: bool
    """Whether somebody chose that date, so that it stays until devices are next judged."""
    scope: str
    """What was read and found, in one sentence."""
    directives: str
    """By what was judged, in one sentence."""
    described: bool
    """Whether it is known what the body is; else no directive addresses it."""
    since: str
    """ISO 8601 date of the earliest thing in any source; empty: none gives a time."""
    until: str
    looked: tuple[Looked, ...]
    """What was looked at, and when."""
    sources: int
    """How many there are, listed or not."""
    relied: tuple[Relied, ...]
    """Files beside them on which answers on isolation and reach rest."""
    skipped: tuple[Left, ...]
    """Inputs that were not read at all, those with the same reason together."""
    unseen: tuple[str, ...]
    """What could not be seen, in sentences."""
    issues: int
    """What is wrong with files that were read, each with its place in the report and with its import."""
    totals: Totals | None
    """How many devices; none before the first assessment."""
    several: int
    """How many of them are rows of a purchase or register that stand for several devices."""
    counted: int
    """How many devices all of them stand for."""
    outcomes: tuple[Bar, ...]
    makers: tuple[Bar, ...]
    """Surveillance devices by who made them."""
    disagreeing: dict[str, int]
    """Word of `standing` -> surveillance devices on which register, network and purchases disagree, not settled."""
    due: tuple[Due, ...]
    """The earliest first."""
    due_more: int
    """Deadlines beyond these."""
    changed: tuple[Changed, ...]
    """What came out otherwise at the last publication."""
    first: bool
    """Whether that was the first, with nothing to compare it with."""


def fetch(asked: Asked[Nothing]) -> Overview:
    """From the last assessment, and from the same columns as the list to which its numbers lead."""
    estate = asked.estate
    columns, known = columns_of(estate), known_of(estate)
    head, due, (several, stand_for) = known.head, _due(columns, known), columns.quantities(None)
    tallies = head.tallies if head else ()
    before = estate.rows(Published).order_by("number").values("at")[:1]
    last = estate.rows(Published).annotate(first=Subquery(before)).order_by("-number").first()
    stands = standing_now(estate, last)
    first = last is not None and last.first == estate.row.published
    compared = estate.row.published is not None and not first
    changed = estate.rows(Change).filter(at=estate.row.published) if compared else None
    counted = changed.order_by("field").values_list("field").annotate(Count("number")) if changed is not None else ()
    return Overview(
        name=estate.name,
        on=head.on if head else "",
        chosen=head is not None and known.chosen,
        scope=summary.scope(head) if head else "",
        directives=summary.applied(head, known.names) if head else "",
        described=bool(known.body),
        since=_day(min, (tally.first_seen for tally in tallies)),
        until=_day(max, (tally.last_seen for tally in tallies)),
        looked=_looked(known),
        sources=len(head.sources) if head else 0,
        relied=head.relied[:SOURCES] if head else (),
        skipped=tuple(
            Left(places=tuple(places[:PLACES]), more=max(0, len(places) - PLACES), reason=reason, next_step=step)
            for places, reason, step in (summary.unread(head) if head else ())
        ),
        unseen=head.unseen if head else (),
        issues=len(head.issues) if head else 0,
        totals=head.totals if head else None,
        several=several,
        counted=stand_for,
        outcomes=by_outcome(columns),
        makers=by_maker(columns, known),
        disagreeing={word: one.open for word, one in stands.items() if one.open and word != "match"},
        due=due[:DUE],
        due_more=max(0, len(due) - DUE),
        changed=tuple(
            Changed(field=field, field_in_words=labels.fields().get(field, field), changes=number)
            for field, number in counted
        ),
        first=first,
    )


def _looked(known: Known) -> tuple[Looked, ...]:
    if known.head is None:
        return ()
    tallies = {tally.source: tally for tally in known.head.tallies}
    broken = set(not_whole(known.head.sources, known.head.tallies, known.head.issues))
    return tuple(_one(source, tallies, broken) for source in known.head.sources[:SOURCES])


def _one(source: Source, tallies: dict[str, Tally], broken: set[str]) -> Looked:
    tally = tallies.get(source.id)
    return Looked(
        name=source.name,
        kind=words.SOURCES.get(source.kind, source.kind),
        since=_day(min, (tally.first_seen,) if tally else ()),
        until=_day(max, (tally.last_seen,) if tally else ()),
        read=f"{speech.number(tally.read)} / {speech.number(tally.total)} {words.unit(tally.total, tally.unit)}"
        if tally
        else "",
        whole=source.id not in broken,
    )


def _day(which: Callable[[list[float]], float], moments: Iterable[float | None]) -> str:
    known = [moment for moment in moments if moment is not None]
    at = words.utc(which(known)) if known else None
    return at.date().isoformat() if at else ""


def by_outcome(columns: Columns) -> tuple[Bar, ...]:
    """All devices by outcome."""
    counted, named = columns["outcome"].count(None), outcomes()
    return tuple(
        Bar(label=named[one], question=urlencode({"outcome": one}), devices=counted[one], parts={one: counted[one]})
        for one in OUTCOMES
    )


def by_maker(columns: Columns, known: Known) -> tuple[Bar, ...]:
    """Surveillance devices by maker, each by outcome; the makers beyond the first few together, the unknown last."""
    chosen = columns["kind"].where(lambda kind: kind == "surveillance")
    makers, outcome = columns["maker"], columns["outcome"]
    pairs = Counter(zip(compress(makers.codes, chosen), compress(outcome.codes, chosen), strict=True))
    parts: dict[str, Counter[str]] = {}
    for (maker, came_out), number in pairs.items():
        parts.setdefault(makers.names[maker], Counter())[outcome.names[came_out]] += number
    unknown = parts.pop("", Counter())
    ranked = sorted(parts, key=lambda maker: (-parts[maker].total(), maker))
    shown = [_bar(known.maker(maker), parts[maker], maker) for maker in ranked[:MAKERS]]
    if rest := sum((parts[maker] for maker in ranked[MAKERS:]), Counter()):
        shown.append(_bar(_("{number} other makers").format(number=speech.number(len(ranked) - MAKERS)), rest, ""))
    if unknown:
        shown.append(_bar(_("Maker unknown"), unknown, NONE))
    return tuple(shown)


def _bar(label: str, parts: Counter[str], maker: str) -> Bar:
    asks = urlencode({"kind": "surveillance", "maker": maker}) if maker else ""
    return Bar(label=label, question=asks, devices=parts.total(), parts=dict(parts))


def _due(columns: Columns, known: Known) -> tuple[Due, ...]:
    on = known.head.on if known.head else ""
    found = []
    for word, number in columns["due"].count(None).items():
        directive, _at, by = word.rpartition("@")
        found.append(
            Due(
                by=by,
                directive=known.directive(directive),
                devices=number,
                # a month or a year has passed when its last day has
                passed=by < on[: len(by)],
                question=urlencode({"due": word}),
            )
        )
    return tuple(sorted(found, key=lambda due: (due.by, -due.devices, due.directive)))


def _report(asked: Asked[Nothing]) -> File:
    return Export(asked.estate, Filters()).html()


def _xlsx(asked: Asked[Nothing]) -> File:
    return Export(asked.estate, Filters()).xlsx()


PAGE = Page(
    name="overview",
    path="",
    says="What was looked at, what was found, and what could not be seen.",
    query=Nothing,
    data=Overview,
    fetch=fetch,
    template="overview.html",
    files={"report": _report, "xlsx": _xlsx},
)
