"""The bodies that somebody may see."""

from __future__ import annotations

import msgspec

from custodiet.web.page import Asked, Nothing, Page
from custodiet.web.store.models import Body, Membership


class Mine(msgspec.Struct, frozen=True, kw_only=True):
    """A body, and what one is in it."""

    id: str
    """As it stands in addresses."""
    name: str
    """For people."""
    role: str
    """What one is in it."""
    on: str
    """ISO 8601 date that it was last judged for; empty: never."""


class Bodies(msgspec.Struct, frozen=True, kw_only=True):
    """The bodies that somebody may see."""

    bodies: tuple[Mine, ...]
    """By name."""
    any: bool
    """Whether there is a body at all; where there is none, somebody has to add one first."""


def fetch(asked: Asked[Nothing]) -> Bodies:
    """Those in which the person has a role."""
    mine = Membership.objects.select_related("body").filter(person=asked.person).order_by("body__name")
    bodies = tuple(Mine(id=m.body.id, name=m.body.name, role=m.role, on=m.body.on) for m in mine)
    return Bodies(bodies=bodies, any=bool(bodies) or (asked.person.administrator and Body.objects.exists()))


PAGE = Page(
    name="bodies",
    path="",
    says="The bodies whose devices you may see.",
    within="bodies",
    query=Nothing,
    data=Bodies,
    fetch=fetch,
    template="bodies.html",
)
