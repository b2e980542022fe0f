"""Floor plans: brought in as pictures, with a pin for each device, and which way it looks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from django.http import Http404
from django.utils.translation import gettext as _

from custodiet.errors import UsageError
from custodiet.web import log
from custodiet.web.generation import locked
from custodiet.web.jobs.folders import name_of
from custodiet.web.knowledge import known_of
from custodiet.web.page import Asked, Deed, File, Page
from custodiet.web.pictures import MOST_BYTES, Picture, clean
from custodiet.web.plans import MOST_PINS, MOST_PLANS, Drawing, Pinned, Unpinned, pins_of, plan_of, unpinned
from custodiet.web.rights import Right
from custodiet.web.store.models import Plan, PlanPin
from custodiet.web.written import WRITTEN, Reason

Thousandths = Annotated[int, msgspec.Meta(ge=0, le=1000)]
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=254)]


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """What of the devices without a pin is wanted."""

    q: Annotated[str, msgspec.Meta(max_length=100)] = ""
    """Only those with this in their name."""
    device: Annotated[str, msgspec.Meta(max_length=254)] = ""
    """Id of the device that the form begins with."""


class OnePlan(msgspec.Struct, frozen=True, kw_only=True):
    """A floor plan with its pins."""

    site: str
    """Name of the site."""
    plan: Drawing
    pins: tuple[Pinned, ...]
    left: tuple[Unpinned, ...]
    """Devices of the site that are not on it, the worst first."""
    left_in_all: int
    """How many there are of them."""


def _plan(asked: Asked[Any]) -> Drawing:
    site, number = asked.path["site"], int(asked.path["plan"])
    plan = plan_of(asked.estate, site, number) if site in known_of(asked.estate).sites else None
    if plan is None:
        raise Http404
    return plan


def _address(asked: Asked[Any], site: str, rest: str = "") -> str:
    return f"/b/{asked.estate.id}/sites/{quote(site)}/{rest}"


def fetch(asked: Asked[Query]) -> OnePlan:
    """By the number in the address."""
    plan = _plan(asked)
    pins = pins_of(asked.estate, plan)
    left, in_all = unpinned(asked.estate, plan, pins, asked.query.q.strip())
    site = known_of(asked.estate).site(plan.site)
    return OnePlan(site=site, plan=plan, pins=pins, left=left, left_in_all=in_all)


def picture(asked: Asked[Query]) -> File:
    """The picture, which we wrote."""
    plan = _plan(asked)
    content = asked.estate.rows(Plan).values_list("picture", flat=True).get(number=plan.number)
    return File(name=f"plan-{plan.number}.{plan.kind}", kind=f"image/{plan.kind}", content=bytes(content))


class Added(msgspec.Struct, frozen=True, kw_only=True):
    """What the form says beside the picture, which is its field ``picture``."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100, extra=WRITTEN)]
    """For example Ground floor."""


def look(asked: Asked[Added]) -> Picture:
    """Decode the picture and write it anew; this takes seconds.

    Raises:
        UsageError: there is none, or it is not taken.
    """
    if asked.path["site"] not in known_of(asked.estate).sites:
        raise Http404
    sent = asked.request.FILES.getlist("picture")
    if len(sent) != 1:
        raise UsageError(_("one picture is wanted"), next_step=_("Choose the picture of the plan, and send it again."))
    _room(asked)
    data = sent[0].read(MOST_BYTES + 1)
    return clean(data, name=name_of(sent[0].name))


def _room(asked: Asked[Added]) -> None:
    if asked.estate.rows(Plan).count() >= MOST_PLANS:
        reason = _("a body has at most {most} floor plans").format(most=MOST_PLANS)
        raise UsageError(reason, next_step=_("Remove one first."))


def add(asked: Asked[Added]) -> str:
    """Keep a plan."""
    made, site, name = asked.ready, asked.path["site"], asked.query.name
    assert isinstance(made, Picture)
    said = {"name": name, "width": made.width, "height": made.height}
    locked(asked.estate.id)  # so that no two count the same room
    _room(asked)
    row = Plan.objects.create(
        body=asked.estate.row,
        site=site,
        name=name,
        kind=made.kind,
        width=made.width,
        height=made.height,
        picture=made.content,
        who=asked.person.email,
        at=datetime.now(UTC),
    )
    log.write(who=asked.person.email, what="plan added", body=asked.estate.id, about=site, said=said)
    return _address(asked, site, f"plans/{row.number}/")


class Removed(msgspec.Struct, frozen=True, kw_only=True):
    """Why a plan is removed."""

    reason: Reason


def remove(asked: Asked[Removed]) -> str:
    """Remove a plan with its pins; what it was stays in the log."""
    plan = _plan(asked)
    said = {"name": plan.name, "pins": plan.pins}
    why = asked.query.reason
    log.write(who=asked.person.email, what="plan removed", body=asked.estate.id, about=plan.site, said=said, why=why)
    asked.estate.rows(PlanPin).filter(plan__number=plan.number).delete()
    asked.estate.rows(Plan).filter(number=plan.number).delete()
    return _address(asked, plan.site)


class Put(msgspec.Struct, frozen=True, kw_only=True):
    """Where a device hangs."""

    device: Word
    x: Thousandths
    """Of the width, from the left."""
    y: Thousandths
    """Of the height, from the top."""
    direction: Annotated[int, msgspec.Meta(ge=0, le=359)] | None = None
    """Degrees clockwise from the top of the plan; empty: not said."""


def put(asked: Asked[Put]) -> str:
    """Put a device on the plan, or move it."""
    plan, told, estate = _plan(asked), asked.query, asked.estate
    row = estate.devices().filter(id=told.device).only("label", "site").first()
    if row is None or row.site != plan.site:
        raise UsageError(_("the site has no such device"), next_step=_("Choose one of those listed."))
    said = {"plan": plan.name, "number": plan.number} | {n: getattr(told, n) for n in ("x", "y", "direction")}
    log.write(who=asked.person.email, what="pin put", body=estate.id, about=told.device, said=said)
    there = estate.rows(PlanPin).filter(plan__number=plan.number)
    if not there.filter(device=told.device).exists() and there.count() >= MOST_PINS:
        reason = _("a plan has at most {most} pins").format(most=MOST_PINS)
        raise UsageError(reason, next_step=_("Bring in a plan of each part of the floor."))
    fields = {"label": row.label, "x": told.x, "y": told.y, "direction": told.direction}
    fields |= {"who": asked.person.email, "at": datetime.now(UTC)}
    id = estate.rows(Plan).values_list("id", flat=True).get(number=plan.number)
    PlanPin.objects.update_or_create(body=estate.row, plan_id=id, device=told.device, defaults=fields)
    return _address(asked, plan.site, f"plans/{plan.number}/")


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """Which device is taken off the plan."""

    device: Word


def take(asked: Asked[Taken]) -> str:
    """Take a device off the plan; one that is not known any more can be, too."""
    plan, device = _plan(asked), asked.query.device
    found = asked.estate.rows(PlanPin).filter(plan__number=plan.number, device=device)
    if not found.exists():
        raise UsageError(_("this device is not on the plan"), next_step=_("Load the page again."))
    said = {"plan": plan.name, "number": plan.number}
    log.write(who=asked.person.email, what="pin removed", body=asked.estate.id, about=device, said=said)
    found.delete()
    return _address(asked, plan.site, f"plans/{plan.number}/")


PAGE = Page(
    name="plan",
    path="sites/<path:site>/plans/<int:plan>/",
    says="A floor plan of a site, with the devices on it and which way they look.",
    query=Query,
    data=OnePlan,
    fetch=fetch,
    template="plan.html",
    restricted="shows a building from inside",
    pictures={"picture": picture},
)
ADD = Deed(
    name="add-plan",
    path="sites/<path:site>/plans/add/",
    says="Brings in a floor plan (multipart/form-data, the picture as `picture`: PNG, JPEG or WebP).",
    right=Right.EDIT,
    form=Added,
    do=add,
    before=look,
)
REMOVE = Deed(
    name="remove-plan",
    path="sites/<path:site>/plans/<int:plan>/remove/",
    says="Removes a floor plan with its pins.",
    right=Right.EDIT,
    form=Removed,
    do=remove,
)
PUT = Deed(
    name="put-pin",
    path="sites/<path:site>/plans/<int:plan>/pin/",
    says="Puts a device on a floor plan, or moves it there.",
    right=Right.EDIT,
    form=Put,
    do=put,
)
TAKE = Deed(
    name="take-pin",
    path="sites/<path:site>/plans/<int:plan>/unpin/",
    says="Takes a device off a floor plan.",
    right=Right.EDIT,
    form=Taken,
    do=take,
)
ALL: list[Page[Any, Any] | Deed[Any]] = [PAGE, ADD, REMOVE, PUT, TAKE]
"""Before the page of a site in the registry: the address of that takes all that stands behind ``sites/``."""
