"""One device: all that is said of it, each statement with what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec
from django.http import Http404
from django.utils.translation import gettext as _

from custodiet.model import Claim, Conclusion, Entry, Fingerprint
from custodiet.report import order, summary, telling, words
from custodiet.report.retold import in_words
from custodiet.report.summary import Names
from custodiet.web import dossiers
from custodiet.web.cites import Cited, cited_in
from custodiet.web.knowledge import catalog, known_of
from custodiet.web.leads import Lead, leads_of
from custodiet.web.named import place_of
from custodiet.web.page import Asked, Elsewhere, Nothing, Page
from custodiet.web.pages import timeline
from custodiet.web.people import People, people_of
from custodiet.web.photos import Photo, photos_of
from custodiet.web.rights import Right
from custodiet.web.store import models

REASONS = 2
"""Claims that stand on the first screen; all others stand further down."""


EVENTS = 5
"""The last things that happened to it; its own page has all."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of what was observed that tells something by itself."""

    text: str
    technique: str
    """The kind of evidence that it is."""
    note: str
    """What the record that read it says of it, in English; empty: nothing."""


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why something is said of a device."""

    claim: Claim
    means: str
    """What a match of this kind of evidence means, for somebody who never heard of it."""
    note: str
    """As in `Part`."""
    parts: tuple[Part, ...]
    """What else tells it in the same text, the strongest first."""
    marks: tuple[tuple[int, int], ...]
    """Where the match and these parts stand in what was observed."""


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """One device."""

    what: str
    """What it is, in a line."""
    described: str
    """How a register describes it, or what was bought; empty: neither says."""
    outcome: str
    """As `report.order.outcome` says."""
    site: str
    """Name of the site at which it is; empty: it is at none."""
    named: dict[str, str]
    """Field of its identification -> what was concluded, as people call it."""
    differs: str
    """Where label, register, what it says of itself and its maker differ, in a sentence; empty: nowhere."""
    how_sure: str
    why: tuple[Reason, ...]
    """The strongest that stands behind that, one of each kind of evidence."""
    line: str
    """What the line says that is all that is known of it, where nobody knows its maker; empty: it is not like that."""
    leads: tuple[Lead, ...]
    """Devices of the same label as in that line, of which the maker is known; nothing is concluded from them."""
    how_fresh: str
    what_it_means: str
    what_to_do: tuple[str, ...]
    """What helps most now, in sentences."""
    people: People
    """What people said, decided and set about it."""
    events: tuple[timeline.Event, ...]
    """The last things that happened to it or were said of it, the latest first; the timeline has all."""
    photos: tuple[Photo, ...]
    """Of its label, the latest first."""
    entry: Entry
    """All that is said of it."""
    cited: Cited
    """What ids in that stand for: directives with their sentences, questions, sources."""


def fetch(asked: Asked[Nothing]) -> Device:
    """By the id in the address; by what else names it, its address is told."""
    row = _row(asked)
    entry = asked.estate.whole(row)
    known = known_of(asked.estate)
    people = people_of(asked.estate, entry, setting=asked.may(Right.EDIT))
    unnamed = summary.is_written_of(entry) and not entry.identification.get("manufacturer").value
    line = row.described if unnamed else ""
    return Device(
        what=summary.what(entry, known.names),
        described=row.described,
        outcome=order.outcome(entry),
        site=known.site(entry.asset.site) if entry.asset.site else "",
        named={
            item.field: item.value
            for item in (*summary.five_names(entry, known.names), *summary.more_fields(entry, known.names))
            if item.value
        },
        differs=summary.contradiction(entry, known.names, known.sources.values()),
        how_sure=summary.how_sure(entry),
        why=reasons(entry),
        line=line,
        leads=leads_of(asked.estate, entry, line) if line else (),
        how_fresh=summary.how_fresh(entry, known.head) if known.head else "",
        what_it_means=summary.what_it_means(entry, known.names, missing=False),
        what_to_do=what_to_do(entry, known.names),
        people=people,
        events=timeline.latest(asked.estate, entry.asset, people, EVENTS),
        photos=photos_of(asked.estate, entry),
        entry=entry,
        cited=cited_in(entry, known),
    )


def _row(asked: Asked[Nothing]) -> models.Device:
    """Of the device; where the address holds another name of it, its address is told."""
    row = asked.estate.devices().filter(id=asked.path["device"]).first()
    if row is None:
        if place := place_of(asked.estate, asked.path["device"]):
            raise Elsewhere(place)
        raise Http404
    return row


def reasons(entry: Entry) -> tuple[Reason, ...]:
    """The strongest claims for what a reader wants first, one of each kind of evidence."""
    found: dict[str, Claim] = {}
    answer = summary.telling_answer(entry)
    for claim in sorted(answer.claims_for, key=lambda one: -one.strength):
        found.setdefault(words.evidence_of(claim), claim)
    return tuple(_reason(claim, answer) for claim in list(found.values())[:REASONS])


def _reason(claim: Claim, answer: Conclusion) -> Reason:
    others = telling.within(claim, answer)
    return Reason(
        claim=claim,
        means=telling.MEANINGS.get(words.evidence_of(claim)),
        note=_note(claim),
        parts=tuple(Part(text=one.observed, technique=words.evidence_of(one), note=_note(one)) for one in others),
        marks=tuple(telling.spans(claim, others)),
    )


def _note(claim: Claim) -> str:
    """What the record that matched says of itself."""
    shelves: dict[str, Mapping[str, Any]] = {
        "address-block": catalog().address_blocks,
        "traffic": catalog().endpoints,
        "own-brand": catalog().brands,
    }
    record = shelves.get(claim.technique, _fingerprints()).get(claim.record)
    return record.note if record else ""


@cache
def _fingerprints() -> dict[str, Fingerprint]:
    return {record.id: record for record in catalog().fingerprints}


def what_to_do(entry: Entry, names: Names) -> tuple[str, ...]:
    """What helps most now: what the worst finding asks for, or what would settle what is open."""
    state, finding = order.outcome(entry), order.worst(entry)
    if state == "not_judged" and order.kind_of(entry) == "unknown":
        return (_look_at(entry),)
    if state in ("rest", "not_judged") or finding is None:
        return (_("Nothing now, as far as the sources show."),)
    if state == "undetermined":
        return tuple(summary.would_settle(entry)[:2]) or (_look_at(entry),)
    asked = {
        "decision required": _("Somebody who may decide has to decide, and the decision is to be kept."),
        "report due": _("Report it, and keep what was reported."),
        "allowed, discouraged": _("Plan to replace it."),
    }
    first = asked.get(finding.outcome, _("Keep it off other networks until it is gone, and say who does that by when."))
    requirement = summary.requirement_of(finding, names)
    demand = catalog().demands.get(requirement.demands) if requirement else None
    if demand is None:
        return (first,)
    asks, day = demand.means, finding.deadline
    if day and asks.endswith(_BY_A_DATE):
        asks = in_words(f"{asks.removesuffix(_BY_A_DATE)} by {day}")
    else:
        asks = in_words(asks) + (f" ({words.day(day)})" if day else "")
    return (_("The directive asks: {demand}.").format(demand=asks), first)


_BY_A_DATE = " by a date"
"""How the vocabulary says that a demand has a last day, which a finding knows."""


def _look_at(entry: Entry) -> str:
    if summary.label_was_read(entry):
        return _("Look at its own page: its label was read, and does not say enough.")
    return _("Look at it: its label or its own page names it.")


PAGE = Page(
    name="device",
    path="devices/<str:device>/",
    says="One device, and what every statement about it rests on.",
    query=Nothing,
    data=Device,
    fetch=fetch,
    template="device.html",
    files={
        "dossier": lambda asked: dossiers.as_json(asked.estate, _row(asked)),
        "dossier-page": lambda asked: dossiers.as_page(asked.estate, _row(asked)),
    },
)
