"""What befell devices and sites, day by day: from registers, purchases, captures and people, each with who says so.

Most rules turn on the date of an event and not on the state of today. Nothing is merged here: two sources that give two
days for one purchase are two entries, and which is right is for people to say.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from custodiet.audit import placed_asset
from custodiet.casefile import Case
from custodiet.dates import day_of, parse_date
from custodiet.judge.events import WRITTEN
from custodiet.judge.notes import Notes
from custodiet.model import Asset, Body, Decision, Identification, Observation
from custodiet.sites import Places


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened, as one source or person gives it."""

    day: str
    """ISO 8601 date, cut to the precision known."""
    what: str
    """What a source writes (bought, installed, removed ...), or: first seen, last seen, firmware, decided."""
    asset: str = ""
    """Id of the device; empty: the event is about a site or the body."""
    label: str = ""
    """Short name of the device, the site or the body."""
    site: str = ""
    """Id of the site, where known."""
    text: str = ""
    """More of it: a firmware, an answer, a note."""
    by: str
    """Who says so: the source with the place in it, or a person."""
    observation: str = ""
    """Id of the observation, where it rests on one."""


def timeline(case: Case, body: Body | None, *, asset: str = "", site: str = "") -> list[Event]:
    """All events of a case, earliest first.

    Args:
        case: the case.
        body: its sites and notes; none: only what sources say.
        asset: only this device (its id).
        site: only this site (its id), with its devices.
    """
    sources = {source.id: source.name for source in case.sources()}
    places = Places(body) if body else None
    notes = Notes(body)
    found: list[Event] = []
    for device, observations in case.assets_with_observations(asset or None):
        placed = placed_asset(device, observations, places)
        if site and placed.site != site:
            continue
        concluded = next(case.conclusions(device.id), None)
        found.extend(_of_device(placed, observations, concluded[1] if concluded else None, sources))
        if note := notes.of(device):
            at = {"asset": device.id, "label": device.label, "site": placed.site or ""}
            for event in note.events:
                by = event.by or note.decided_by or "not said by whom"
                found.append(Event(day=event.on, what=event.what, text=event.note, by=by, **at))
            found.extend(_decisions(note.facts, at))
    if body and not asset:
        for one in body.sites:
            if site in ("", one.id):
                found.extend(_decisions(one.facts, {"label": one.name, "site": one.id}))
        if not site:
            found.extend(_decisions(body.facts, {"label": body.name}))
    return sorted(found, key=lambda one: (parse_date(one.day).first, one.site, one.label, one.what, one.by, one.text))


def _of_device(
    asset: Asset, observations: list[Observation], identification: Identification | None, sources: dict[str, str]
) -> Iterator[Event]:
    at = {"asset": asset.id, "label": asset.label, "site": asset.site or ""}
    firmware = identification.get("firmware") if identification else None
    builds = (
        {id: c.value for c in (*firmware.claims_for, *firmware.claims_against) for id in c.observations}
        if firmware
        else {}
    )
    first: dict[str, Observation] = {}
    last: dict[str, Observation] = {}
    for seen in observations:
        by = f"{sources.get(seen.source, seen.source)}, {seen.locator}"
        if what := WRITTEN.get(seen.attribute):
            try:
                day = str(parse_date(seen.value.strip()[:10]))
            except ValueError:
                continue
            yield Event(day=day, what=what, by=by, observation=seen.id, **at)
        if seen.first_seen is None:
            continue
        if seen.id in builds and (day_seen := day_of(seen.first_seen)):
            text = builds[seen.id]
            yield Event(day=day_seen.isoformat(), what="firmware", text=text, by=by, observation=seen.id, **at)
        if seen.source not in first or seen.first_seen < (first[seen.source].first_seen or 0.0):
            first[seen.source] = seen
        ended = seen.last_seen or seen.first_seen
        kept = last.get(seen.source)
        if kept is None or ended > (kept.last_seen or kept.first_seen or 0.0):
            last[seen.source] = seen
    for name, ends in (("first seen", first), ("last seen", last)):
        for source, seen in ends.items():
            moment = seen.first_seen if name == "first seen" else seen.last_seen or seen.first_seen
            if moment is not None and (found := day_of(moment)):
                by = f"{sources.get(source, source)}, {seen.locator}"
                yield Event(day=found.isoformat(), what=name, by=by, observation=seen.id, **at)


def _decisions(facts: dict[str, Decision], at: dict[str, str]) -> Iterator[Event]:
    """Answers that people gave; one without a day has no place here."""
    for condition, decision in facts.items():
        if decision.decided_on and decision.answer != "unknown":
            said = f"{condition}: {decision.answer}"
            window = " ".join(
                f"{name} {day}" for name, day in (("from", decision.since), ("until", decision.until)) if day
            )
            text = "; ".join(part for part in (said, window, decision.reason) if part)
            by = decision.decided_by or "not said by whom"
            yield Event(day=decision.decided_on, what="decided", text=text, by=by, **at)
