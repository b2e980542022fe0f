"""One device over time: when it came, what changed, what people said and did; also where it is gone by now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db.models import TextField, Value
from django.http import Http404

from custodiet.model import Asset
from custodiet.report import words
from custodiet.sources.label_reading import Printed
from custodiet.web import labels
from custodiet.web.estate import Estate
from custodiet.web.knowledge import known_of
from custodiet.web.page import Asked, Nothing, Page
from custodiet.web.people import People, Said, ToDo, said_of, work_of
from custodiet.web.places_in_view import places_of
from custodiet.web.store.models import Change, Known

MOST = 500
"""Changes and deeds that are shown, the latest."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to a device, or was said of it."""

    at: datetime
    kind: str
    """``seen``, ``known``, ``changed``, ``said``, ``withdrawn``, ``action`` or ``done``."""
    what: str
    """For people."""
    before: str = ""
    after: str = ""
    who: str = ""
    """Address of the person; empty: it was concluded."""
    why: str = ""


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """One device over time."""

    device: str
    label: str
    there: bool
    """Whether it is still among the devices of the body."""
    events: tuple[Event, ...]
    """The latest first."""


def fetch(asked: Asked[Nothing]) -> Timeline:
    """By the id in the address, also of a device that is gone."""
    estate, id = asked.estate, asked.path["device"]
    row = estate.devices().filter(id=id).only("label", "first_seen", "last_seen").first()
    known = estate.rows(Known).filter(device=id).first()
    if row is None and known is None:
        raise Http404
    found = [*_seen(row), *_happened(estate, id, MOST), *_said(said_of(estate, id), work_of(estate, id))]
    return Timeline(
        device=id,
        label=row.label if row else known.label,
        there=row is not None,
        events=tuple(sorted(found, key=lambda event: event.at, reverse=True)),
    )


def latest(estate: Estate, asset: Asset, people: People, most: int) -> tuple[Event, ...]:
    """The last things that happened to a device or were said of it, the latest first, as on the timeline.

    Args:
        estate: the body.
        asset: the device.
        people: what people said of it, as it was read already.
        most: how many.
    """
    found = [*_seen(asset), *_happened(estate, asset.id, most), *_said(people.said, people.work)]
    return tuple(sorted(found, key=lambda event: event.at, reverse=True)[:most])


def _seen(row: object | None) -> Iterator[Event]:
    """Times of the sources themselves."""
    for name, what in (("first_seen", labels.SEEN["first"]), ("last_seen", labels.SEEN["last"])):
        moment = getattr(row, name, None)
        at = words.utc(moment)
        if at is not None:
            yield Event(at=at, kind="seen", what=str(what))


def _happened(estate: Estate, id: str, most: int) -> Iterator[Event]:
    """Since when it is known, what came out otherwise, and what was done with it: the latest, by one statement."""
    done = estate.log().filter(about=id, what__in=DONE)
    changes, since = estate.rows(Change).filter(device=id), estate.rows(Known).filter(device=id)
    rows = changes.values_list("at", _kind("changed"), "field", "directive", "before", "after", "number").union(
        done.values_list("at", _kind("done"), "what", "who", "why", "said", "number"),
        since.values_list("since", _kind("known"), *[Value("")] * 4, Value(0)),
        all=True,
    )
    places: dict[str, str] | None = None
    known = known_of(estate)
    # by their places: in a union, columns have the names of its first table
    for at, kind, *told, _number in rows.order_by("-at", "-number")[:most]:
        if kind == "known":
            yield Event(at=at, kind=kind, what=str(labels.SEEN["known"]))
        elif kind == "changed":
            field, directive, *values = told
            before, after = (labels.value(field, text, known) for text in values)
            yield Event(at=at, kind=kind, what=labels.field(field, directive, known.names), before=before, after=after)
        else:
            what, who, why, text = told
            said = msgspec.json.decode(text) if text else {}
            if "site" in said and places is None:
                places = places_of(estate)
            after = _told(what, said, places or {})
            yield Event(at=at, kind=kind, what=labels.deed(what), after=after, who=who, why=why)


def _kind(word: str) -> Value:
    return Value(word, output_field=TextField())


DONE = (
    "label photo added", "label confirmed", "label photo removed", "view stated", "view withdrawn",
    "row settled", "row opened again", "row opened by itself", "pin put", "pin removed",
)  # fmt: skip
"""Deeds on a device of which rows elsewhere tell only how it came to be, so that the log is asked."""


def _told(what: str, said: dict[str, Any], places: dict[str, str]) -> str:
    """Half a sentence on what the log says of such a deed."""
    match what:
        case "label confirmed":
            return ", ".join(text for name in Printed.__struct_fields__ if (text := str(said.get(name) or "")))
        case "view stated" | "view withdrawn":
            return places.get(site := str(said.get("site", "")), site)
        case "row settled":
            return str(labels.STANDINGS.get(said.get("standing", ""), ("",))[0])
        case "row opened by itself":
            return str(labels.STANDINGS.get(said["after"]["standing"], ("",))[0])
        case "pin put" | "pin removed":
            return str(said.get("plan", ""))
    return ""


def _said(said: Iterable[Said], actions: Iterable[ToDo]) -> Iterator[Event]:
    for one in said:
        what = str(labels.DECISIONS[one.kind][0]) if one.kind in labels.DECISIONS else one.kind
        yield Event(at=one.at, kind="said", what=what, after=one.value, who=one.who, why=one.text)
        if one.withdrawn:
            yield Event(at=one.withdrawn, kind="withdrawn", what=what, who=one.withdrawn_by, why=one.withdrawn_why)
    for work in actions:
        what = str(labels.ACTIONS[work.action.kind])
        after = str(labels.STATES[work.action.state])
        yield Event(at=work.at.astimezone(UTC), kind="action", what=what, after=after, who=work.who)


PAGE = Page(
    name="timeline",
    path="devices/<str:device>/timeline/",
    says="One device over time: what changed, and what people said and did.",
    query=Nothing,
    data=Timeline,
    fetch=fetch,
    template="timeline.html",
)
