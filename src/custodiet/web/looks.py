"""What people said here of what devices look at, put into the body before it is next concluded.

Each statement is about one device and one place, and the last one holds: it takes the place of what the sites file
says of the two. `with_looks` is what a conclusion calls; it asks no table.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from custodiet.judge.notes import KINDS, names_in, names_of, says_only_looks
from custodiet.model import Asset, Body, DeviceNote
from custodiet.web.estate import Estate, entry_of
from custodiet.web.store.models import InView

MOST = 500
"""Statements on one device, and devices at one place, that are shown."""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said here of a device and a place."""

    device: str
    """Id of the asset."""
    label: str
    """Of the device, as it was then."""
    site: str
    """Id of the site, or of a place of others."""
    looks: bool
    """False: it does not, or not any more."""
    reason: str
    said_by: str
    """Name of the person."""
    who: str
    """Address of the person."""
    at: datetime


def looks_of(estate: Estate, **about: str) -> tuple[Look, ...]:
    """The last that was said of each device and place, in the order in which it was said.

    Args:
        estate: the body.
        about: ``device`` or ``site``, to hear of that alone.
    """
    rows = estate.rows(InView).filter(**about).order_by("number")
    last = {(row.device, row.site): row for row in rows.iterator(1000)}
    kept = sorted(last.values(), key=lambda row: int(row.number))
    return tuple(Look(**{name: getattr(row, name) for name in Look.__struct_fields__}) for row in kept)


def assets_of(estate: Estate, looks: Iterable[Look]) -> dict[str, Asset]:
    """The devices of which something was said, by id; one that is not known any more is not among them."""
    wanted = sorted({look.device for look in looks})
    parts = (wanted[begin : begin + MOST] for begin in range(0, len(wanted), MOST))
    return {row.id: entry_of(row).asset for part in parts for row in estate.devices().filter(id__in=part)}


def with_looks(body: Body, looks: Sequence[Look], assets: dict[str, Asset]) -> Body:
    """The body with what was said here in the place of what it came with.

    What is said of a device that is not known, or of a place that is not there, changes nothing.
    """
    places = {site.id for site in (*body.sites, *body.others)}
    said = [look for look in looks if look.device in assets]
    names = {look.device: names_of(assets[look.device]) for look in said}
    notes: list[DeviceNote] = []
    for note in body.devices:
        mine = names_in(note)
        taken = {look.site for look in said if note.looks_at and names[look.device] & mine}
        left = msgspec.structs.replace(note, looks_at=tuple(id for id in note.looks_at if id not in taken))
        if left.looks_at or not says_only_looks(note):
            notes.append(left)
    fresh = (_note(look, assets[look.device]) for look in said if look.looks and look.site in places)
    return msgspec.structs.replace(body, devices=(*notes, *(note for note in fresh if note)))


def _note(look: Look, asset: Asset) -> DeviceNote | None:
    """A note that knows the device by what names it best; none where nothing does."""
    for kind in KINDS:
        for sure in (True, False):
            value = next((one.value for one in asset.identifiers if (one.kind, one.identity) == (kind, sure)), "")
            if value:
                told = {kind: value, "looks_at": (look.site,)}
                told |= {"decided_by": look.said_by, "decided_on": look.at.date().isoformat()}
                return msgspec.convert(told, DeviceNote)
    return None
