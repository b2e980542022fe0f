"""What a first start needs: an administrator, and the body of the case that was named."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from custodiet import audit as steps
from custodiet.casefile import SHAPE, Case, shape
from custodiet.errors import UsageError
from custodiet.web import log
from custodiet.web.accounts import make_link
from custodiet.web.alerts import tell
from custodiet.web.knowledge import catalog
from custodiet.web.publish import publish
from custodiet.web.rights import Role
from custodiet.web.store.models import Body, Kept, Logged, Membership, Person, Source

ADMINISTRATOR = "admin@localhost"
"""The address under which the first administrator signs in; it can be changed afterwards, under *People*."""


def first_administrator() -> str:
    """The path by which the first administrator chooses a password; empty where somebody already did."""
    with transaction.atomic():
        # by whatever address: the first may have another by now
        them = list(Person.objects.filter(administrator=True, is_active=True).order_by("pk"))
        if not them:
            person = Person(email=ADMINISTRATOR, name="Administrator", administrator=True)
            person.set_unusable_password()
            person.save()
            log.write(who="custodiet serve", what="person made", about=person.email)
            them = [person]
        return "" if any(one.has_usable_password() for one in them) else make_link(them[0])


def put_case(path: Path) -> str:
    """Put a case into the tables, as the body that it is of; where more was brought in since, that stays.

    Returns:
        id of the body.

    Raises:
        UsageError: nothing was concluded in the case, or it and the body each have what the other lacks.
    """
    with Case(path, must_exist=True) as case:
        context = steps.recalled(case)
        name = context.body.name if context.body else path.stem
        read, remembered = {source.id for source in case.sources()}, case.metas("") | {SHAPE: ""}
    id = slugify(name)[:80] or f"body-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    with transaction.atomic():
        body, made = Body.objects.get_or_create(id=id, defaults={"name": name})
        there = set(Source.objects.filter(body=body).values_list("id", flat=True))
        if read < there:
            return str(body.id)
        if there - read:
            raise UsageError(
                f"this case and {name} as it is kept here each hold files that the other does not",
                place=str(path),
                next_step="Start without --case, and bring in the files of the case under Imports.",
            )
        # what was concluded, of what and by which catalog, is part of what a case remembers; a case that is as it was
        # when it was put in has nothing new, whatever was judged here since
        mark = hashlib.sha256(msgspec.json.encode(sorted(remembered.items()))).hexdigest()
        if read == there and (mark == _last_put_in(body) or _kept(body) == remembered):
            return str(body.id)
        news = publish(path, body, catalog())
        if context.body:
            body.name, body.country, body.kind = context.body.name, context.body.country, context.body.kind
            body.save(update_fields=("name", "country", "kind"))
        _in_our_shape(body)
        tell.published(body, news)
        log.write(who="custodiet serve", what="case put in", body=body.id, about=path.name, said={"remembers": mark})
        if made:
            for person in Person.objects.filter(administrator=True):
                Membership.objects.create(person=person, body=body, role=Role.ADMINISTRATOR)
    return str(body.id)


def _kept(body: Body) -> dict[str, str]:
    """What the body remembers, as a case of it does."""
    return dict(Kept.objects.filter(body=body).values_list("key", "value")) | {SHAPE: ""}


def _last_put_in(body: Body) -> str:
    """The mark of the last case that was put in at a start; empty: none was, or an earlier version did it."""
    rows = Logged.objects.filter(body=body.id, what="case put in").order_by("-number")
    said = rows.values_list("said", flat=True).first()
    told = msgspec.json.decode(said) if said else None
    return str(told.get("remembers", "")) if isinstance(told, dict) else ""


def _in_our_shape(body: Body) -> None:
    """Another version may have concluded the case; what was read of it and put in has the form of this one."""
    kept = Kept.objects.filter(body=body)
    if not kept.filter(key=SHAPE).update(value=shape()):
        Kept.objects.create(
            body=body, number=(kept.aggregate(Max("number"))["number__max"] or 0) + 1, key=SHAPE, value=shape()
        )
