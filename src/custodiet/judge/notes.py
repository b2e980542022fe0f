"""What people wrote about single devices in the sites file, found by any identifier of the device.

A note states facts, dates events and answers questions for one device; each stands with the name of who says so, and is
cited as what it is: the word of a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from custodiet.dates import day_of, parse_date
from custodiet.judge.events import WRITTEN
from custodiet.model import Asset, Body, DeviceNote, Identification, Observation, Site, Stated

KINDS = ("mac", "serial", "tag", "hostname", "ip")
"""What a note may know a device by, what is sure before what moves."""

_ATTRIBUTE = {what: attribute for attribute, what in WRITTEN.items()}


class Notes:
    """The notes of a body; made once, asked for each device."""

    def __init__(self, body: Body | None) -> None:
        self._by_name: dict[_Name, DeviceNote] = {}
        self._looking: dict[_Name, list[DeviceNote]] = {}
        for note in body.devices if body else ():
            for name in names_in(note):
                if not says_only_looks(note):
                    self._by_name[name] = note
                if note.looks_at:
                    self._looking.setdefault(name, []).append(note)

    def of(self, asset: Asset) -> DeviceNote | None:
        """The note about this device, or nothing; a MAC or a serial number comes before an address."""
        if not self._by_name:
            return None
        names = names_of(asset)
        found = (self._by_name.get(name) for kind in KINDS for name in names if name[0] == kind)
        return next((note for note in found if note), None)

    def looking(self, asset: Asset) -> tuple[DeviceNote, ...]:
        """Every note that says what this device looks at: several people may have said something."""
        if not self._looking:
            return ()
        found = [note for name in sorted(names_of(asset)) for note in self._looking.get(name, ())]
        return tuple({id(note): note for note in found}.values())


_Name = tuple[str, str]


def names_in(note: DeviceNote) -> set[_Name]:
    """What a note knows its device by: kind and value, written so that they can be compared."""
    return {(kind, _bare(value)) for kind in KINDS if (value := getattr(note, kind))}


def names_of(asset: Asset) -> set[_Name]:
    """What names a device, written in the same way."""
    return {(one.kind, _bare(one.value)) for one in asset.identifiers}


def says_only_looks(note: DeviceNote) -> bool:
    """Whether a note says what its device looks at and nothing else of it."""
    return bool(note.looks_at) and not (note.facts or note.events) and note.stated == Stated()


OF_A_BUILD = frozenset({"certificate", "data_goes_to", "administered_from"})
"""What is true of one firmware and may be false of the next."""


def as_observations(note: DeviceNote, changed: date | None = None) -> Iterator[Observation]:
    """What a note states, as observations that cite the person and not a source that was read.

    Args:
        note: the note.
        changed: the day since which another firmware runs, where that was seen. What was stated before about
            certificates, destinations and administrators is left out: an update re-opens the question.
    """
    who = f"{note.decided_by or 'not said by whom'}, {note.decided_on or 'not said when'}"
    stale = changed is not None and (not note.decided_on or parse_date(note.decided_on).last < changed)
    for field, value in msgspec.structs.asdict(note.stated).items():
        if value and not (stale and field in OF_A_BUILD):
            yield _observation(f"register.{field}", value, who)
    for event in note.events:
        by = ", ".join(part for part in (event.by or note.decided_by or "not said by whom", event.note) if part)
        yield _observation(_ATTRIBUTE[event.what], event.on, by)


def _observation(attribute: str, value: str, who: str) -> Observation:
    said = f"note:{attribute.removeprefix('register.')}={value} ({who})"
    return Observation(id=said, source="", subject="", attribute=attribute, value=value, locator="sites file")


def firmware_changed(identification: Identification, observations: Sequence[Observation]) -> date | None:
    """The day on which the newest of several firmwares was first seen; none where only one is known, or no days."""
    firmware = identification.get("firmware")
    said = {id: claim.value for claim in (*firmware.claims_for, *firmware.claims_against) for id in claim.observations}
    first: dict[str, float] = {}
    for seen in observations:
        if (build := said.get(seen.id)) and seen.first_seen is not None:
            first[build] = min(first.get(build, seen.first_seen), seen.first_seen)
    return day_of(max(first.values())) if len(first) > 1 else None


def at_site(note: DeviceNote, site: Site | None) -> Site | None:
    """The site as it is for this device: what was decided about the device comes before what was about the site."""
    if not note.facts:
        return site
    if site is None:
        return Site(id="?", name="a place that is not known", facts=note.facts)
    return msgspec.structs.replace(site, facts=site.facts | note.facts)


def _bare(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())
