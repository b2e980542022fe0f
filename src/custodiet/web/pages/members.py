"""Who is what in a body, for those who administer it."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from django.utils.translation import gettext as _

from custodiet.errors import UsageError
from custodiet.web import members
from custodiet.web.page import Asked, Deed, Page
from custodiet.web.rights import Right, Role
from custodiet.web.store.models import Person
from custodiet.web.written import WRITTEN

NONE = "none"
"""In place of a role: it is taken."""


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """Whose role is to be changed."""

    person: Annotated[str, msgspec.Meta(max_length=254)] = ""
    """Address."""


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody with a role in the body."""

    name: str
    email: str
    role: str
    active: bool
    """May sign in."""


class Members(msgspec.Struct, frozen=True, kw_only=True):
    """All who have a role in the body."""

    members: tuple[Member, ...]
    """By name."""
    chosen: Member | None
    """Whose role is to be changed."""


class Give(msgspec.Struct, frozen=True, kw_only=True):
    """A role for somebody."""

    email: Annotated[str, msgspec.Meta(max_length=254)]
    role: Annotated[str, msgspec.Meta(max_length=20)]
    """A role, or ``none`` to take the one they have."""
    why: Annotated[str, msgspec.Meta(max_length=1000, extra=WRITTEN)] = ""


def fetch(asked: Asked[Chosen]) -> Members:
    """All of the body, and the one that is to be changed."""
    rows = tuple(
        Member(
            name=row.person.name,
            email=row.person.email,
            role=row.role,
            active=row.person.is_active,
        )
        for row in members.members(asked.estate)
    )
    return Members(members=rows, chosen=next((row for row in rows if row.email == asked.query.person), None))


def give(asked: Asked[Give]) -> str:
    """Gives, changes or takes a role."""
    told = asked.query
    role = Role(told.role) if told.role in list(Role) else None
    if role is None and told.role != NONE:
        raise UsageError(_("There is no such role"), place=told.role)
    person = Person.objects.filter(email=told.email.strip().lower()).first()
    if person is None:
        step = _("An administrator of the installation can make one.")
        raise UsageError(_("There is no account with this address"), next_step=step)
    members.give(asked.estate, person, role, by=asked.person.email, why=told.why)
    # who takes their own administration away does not come back here
    mine = person.pk == asked.person.pk and role is not Role.ADMINISTRATOR
    return "/" if mine else f"/b/{asked.estate.id}/members/"


PAGE = Page(
    name="members",
    path="members/",
    says="Who is what in this body.",
    right=Right.ADMINISTER,
    also=Right.AUDIT,
    query=Chosen,
    data=Members,
    fetch=fetch,
    template="members.html",
)
DEEDS: list[Deed[Any]] = [
    Deed(
        name="members-give",
        path="members/give/",
        says="Give somebody a role, change it, or take it.",
        right=Right.ADMINISTER,
        form=Give,
        do=give,
    ),
]
