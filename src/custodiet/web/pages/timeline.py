"""One device over time: when it came, what changed, what people said and did; also where it is gone by now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.http import Http404

from custodiet.model import Asset
from custodiet.report import words
from custodiet.sources.label_reading import Printed
from custodiet.web import labels
from custodiet.web.estate import Estate
from custodiet.web.knowledge import names_of
from custodiet.web.page import Asked, Nothing, Page
from custodiet.web.people import Said, ToDo, said_of, work_of
from custodiet.web.places_in_view import places_of
from custodiet.web.store.models import Change, Known

MOST = 500
"""Changes that are shown, the latest."""


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
    found = [*_seen(row), *_known(known), *_changed(estate, id), *_done(estate, id)]
    found += _said(said_of(estate, id), work_of(estate, id))
    return Timeline(
        device=id,
        label=row.label if row else known.label,
        there=row is not None,
        events=tuple(sorted(found, key=lambda event: event.at, reverse=True)),
    )


def latest(asset: Asset, said: Iterable[Said], work: Iterable[ToDo], most: int) -> tuple[Event, ...]:
    """The last things that the page of a device knows by itself, the latest first; changes stand on the timeline.

    Args:
        asset: the device.
        said: what people said of it, as it was read already.
        work: what is to be done about it, likewise.
        most: how many.
    """
    found = [*_seen(asset), *_said(said, work)]
    return tuple(sorted(found, key=lambda event: event.at, reverse=True)[:most])


def _seen(row: object | None) -> Iterator[Event]:
    """Times of the sources themselves."""
    for name, what in (("first_seen", labels.SEEN["first"]), ("last_seen", labels.SEEN["last"])):
        moment = getattr(row, name, None)
        at = words.utc(moment)
        if at is not None:
            yield Event(at=at, kind="seen", what=str(what))


def _known(known: Known | None) -> Iterator[Event]:
    if known:
        yield Event(at=known.since, kind="known", what=str(labels.SEEN["known"]))


def _changed(estate: Estate, id: str) -> Iterator[Event]:
    names = names_of(estate)
    for one in estate.rows(Change).filter(device=id).order_by("-number")[:MOST]:
        before, after = (labels.value(one.field, text, names) for text in (one.before, one.after))
        yield Event(
            at=one.at, kind="changed", what=labels.field(one.field, one.directive, names), before=before, after=after
        )


DONE = (
    "label photo added", "label confirmed", "label photo removed", "view stated", "view withdrawn",
    "row settled", "row opened again", "row opened by itself", "pin put", "pin removed",
)  # fmt: skip
"""Deeds on a device of which rows elsewhere tell only how it came to be, so that the log is asked."""


def _done(estate: Estate, id: str) -> Iterator[Event]:
    places: dict[str, str] | None = None
    for row in estate.log().filter(about=id, what__in=DONE).order_by("-number")[:MOST]:
        told = msgspec.json.decode(row.said) if row.said else {}
        if "site" in told and places is None:
            places = places_of(estate)
        after = _told(row.what, told, places or {})
        yield Event(at=row.at, kind="done", what=labels.deed(row.what), after=after, who=row.who, why=row.why)


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
