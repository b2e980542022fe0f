"""A body is added: an organisation that answers for its devices, by an administrator of the installation."""

from __future__ import annotations

import hashlib
import re

import msgspec
from django.utils.text import slugify
from django.utils.translation import gettext as _

from custodiet.errors import UsageError
from custodiet.web import log
from custodiet.web.page import Asked, Deed, Nothing, Page
from custodiet.web.pages.whose import Choices, Told, checked, choices
from custodiet.web.rights import Right, Role
from custodiet.web.store.models import Body, Membership

_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")


class Described(msgspec.Struct, frozen=True, kw_only=True):
    """A body as somebody describes it."""

    id: str = ""
    """As it is to stand in addresses: small letters, digits and hyphens; empty: it is made of the name. It cannot be
    changed."""
    name: str
    """For people."""
    country: str
    """ISO 3166 code."""
    kind: str
    """A word of the vocabulary of body kinds: which directives address it depends on it."""


def fetch(asked: Asked[Nothing]) -> Choices:
    """The kinds and countries of the vocabulary."""
    return choices()


def add(asked: Asked[Described]) -> str:
    """Make the body; whoever does becomes its administrator, and brings in the first file or gives others a role."""
    told = asked.query
    if told.id and not _ID.fullmatch(told.id):
        step = _("Use small letters, digits and hyphens, at most 64, for example waterwijk.")
        raise UsageError(_("this cannot stand in an address"), place=told.id[:80], next_step=step)
    name = checked(Told(name=told.name, country=told.country, kind=told.kind)).name
    id = told.id or short_name(name)
    body, made = Body.objects.get_or_create(id=id, defaults={"name": name, "country": told.country, "kind": told.kind})
    if not made:
        step = _("Choose another, for example with the place behind it.")
        raise UsageError(_("there is a body of this id already"), place=id, next_step=step)
    Membership.objects.create(person=asked.person, body=body, role=Role.ADMINISTRATOR)
    log.write(
        who=asked.person.email,
        what="body added",
        body=body.id,
        about=body.id,
        said={"name": name, "country": told.country, "kind": told.kind, "administrator": asked.person.email},
    )
    return f"/b/{body.id}/imports/"


def short_name(name: str) -> str:
    """What a body is called in addresses where nobody chose it, made of its name for people."""
    made = slugify(name.replace("_", "-"))[:64].strip("-")
    return made or f"body-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


PAGE = Page(
    name="body-add",
    path="bodies/add/",
    says="Add a body: who it is decides which directives address it.",
    within="installation",
    query=Nothing,
    data=Choices,
    fetch=fetch,
    template="body_add.html",
)

ADD = Deed(
    name="body-make",
    path="bodies/make/",
    says="Add a body.",
    within="installation",
    right=Right.ADMINISTER,
    form=Described,
    do=add,
)
