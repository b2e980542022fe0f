"""Floor plans of a site and the pins on them, as pages show them. The picture is one that we wrote ourselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from django.db.models import Q

from custodiet.web.estate import Estate
from custodiet.web.store.models import Plan, PlanPin

MOST_PLANS = 200
"""Of a body."""
MOST_PINS = 2000
"""On a plan."""
MOST_LEFT = 500
"""Devices without a pin that are offered at once; a search narrows them down."""
_ASKED = 1000


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """A floor plan, without its picture."""

    number: int
    site: str
    """Id of the site."""
    name: str
    kind: str
    """``png`` or ``jpeg``."""
    width: int
    """In pixels."""
    height: int
    who: str
    at: datetime
    pins: int
    """How many devices are on it."""


class Pinned(msgspec.Struct, frozen=True, kw_only=True):
    """A device on a plan."""

    place: int
    """Its number on the plan, from 1."""
    device: str
    """Id of the asset."""
    label: str
    described: str
    """How a register describes it; empty: none does."""
    known: bool
    """Whether there still is such a device."""
    here: bool
    """Whether it still hangs at the site of the plan."""
    stands: str
    """``not_satisfied``, ``undetermined``, ``rest``, ``not_judged``, or ``none`` where it is not known any more."""
    x: int
    """Thousandths of the width, from the left."""
    y: int
    """Thousandths of the height, from the top."""
    direction: int | None
    """Degrees clockwise from the top of the plan; none: nobody said."""
    who: str
    at: datetime


class Unpinned(msgspec.Struct, frozen=True, kw_only=True):
    """A device of the site that is not on the plan."""

    device: str
    label: str
    described: str
    """How a register describes it; empty: none does."""
    stands: str
    elsewhere: str
    """Name of another plan that it is on; empty: it is on none."""


def plans_of(estate: Estate, site: str) -> tuple[Drawing, ...]:
    """The plans of a site, in the order in which they came."""
    from django.db.models import Count

    rows = estate.rows(Plan).filter(site=site).defer("picture").annotate(pins=Count("planpin")).order_by("number")
    return tuple(map(_drawing, rows[:MOST_PLANS]))


def plan_of(estate: Estate, site: str, number: int) -> Drawing | None:
    """One plan; none where the site has no such plan."""
    row = estate.rows(Plan).filter(site=site, number=number).defer("picture").first()
    if row is not None:
        row.pins = estate.rows(PlanPin).filter(plan__number=number).count()
    return None if row is None else _drawing(row)


def _drawing(row: Any) -> Drawing:
    return Drawing(**{name: getattr(row, name) for name in Drawing.__struct_fields__})


def pins_of(estate: Estate, plan: Drawing) -> tuple[Pinned, ...]:
    """The pins of a plan, in the order in which devices were first put on it."""
    rows = list(estate.rows(PlanPin).filter(plan__number=plan.number).order_by("number")[:MOST_PINS])
    known = _devices(estate, [row.device for row in rows])
    found = []
    for place, row in enumerate(rows, start=1):
        label, described, stands, site = known.get(row.device, (row.label, "", "none", plan.site))
        found.append(
            Pinned(
                place=place,
                device=row.device,
                label=label,
                described=described,
                known=row.device in known,
                here=site == plan.site,
                stands=stands,
                x=row.x,
                y=row.y,
                direction=row.direction,
                who=row.who,
                at=row.at,
            )
        )
    return tuple(found)


def unpinned(estate: Estate, plan: Drawing, pins: tuple[Pinned, ...], q: str) -> tuple[tuple[Unpinned, ...], int]:
    """Devices of the site that are not on the plan, the worst first; and how many there are of them in all.

    Args:
        estate: the body.
        plan: the plan.
        pins: those on it.
        q: only those with this in their name, or in how a register describes them.
    """
    named = Q(label__icontains=q) | Q(described__icontains=q)
    rows = estate.devices().filter(named, site=plan.site).order_by("place")
    on_it = {pin.device for pin in pins}
    found = rows.values_list("id", "label", "described", "outcome")[: MOST_LEFT + len(on_it)]
    left = [row for row in found if row[0] not in on_it][:MOST_LEFT]
    names = dict(estate.rows(Plan).filter(site=plan.site).values_list("number", "name"))
    other: dict[str, str] = {}
    for begin in range(0, len(left), _ASKED):
        some = [id for id, *_ in left[begin : begin + _ASKED]]
        asked = estate.rows(PlanPin).filter(device__in=some).values_list("device", "plan__number")
        other |= {device: names[number] for device, number in asked if number in names}
    words = q.casefold()
    taken = sum(
        pin.known and pin.here and any(words in text.casefold() for text in (pin.label, pin.described)) for pin in pins
    )
    told = tuple(
        Unpinned(device=id, label=label, described=described, stands=stands, elsewhere=other.get(id, ""))
        for id, label, described, stands in left
    )
    return told, max(len(told), rows.count() - taken)


def _devices(estate: Estate, ids: list[str]) -> dict[str, tuple[str, str, str, str]]:
    """Id of a device that is known -> its name, how it is described, how it stands and the site where it hangs."""
    found: dict[str, tuple[str, str, str, str]] = {}
    for begin in range(0, len(ids), _ASKED):
        rows = estate.devices().filter(id__in=ids[begin : begin + _ASKED])
        found |= {
            id: (label, *rest) for id, label, *rest in rows.values_list("id", "label", "described", "outcome", "site")
        }
    return found
