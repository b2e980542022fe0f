"""Questions to the list of devices that somebody wants to ask again, kept under a name."""

from __future__ import annotations

from typing import Any, cast

import msgspec
from django.db.models import Q
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from custodiet.errors import UsageError
from custodiet.web import log
from custodiet.web.filters import Filters, question
from custodiet.web.page import Asked, Deed, Nothing
from custodiet.web.rights import Right
from custodiet.web.store.models import SavedView

MOST = 50
"""Views that a person may keep in a body."""

SHOWN = 100
"""Views that are offered: one's own, and those that others share."""


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A question under a name."""

    id: int
    """Its number in the body."""
    name: str
    question: str
    """What stands behind the question mark of the list."""
    shared: bool
    """Whether everybody in the body sees it."""
    mine: bool
    """Whether it is one's own, and can be taken away."""
    by: str
    """Name of whoever keeps it."""


class Keep(msgspec.Struct, frozen=True, kw_only=True):
    """A question to be kept."""

    name: str
    """At most 80 letters."""
    question: str = ""
    """What stands behind the question mark of the list."""
    shared: bool = False
    """Everybody in the body is to see it."""
    replace: bool = False
    """It takes the place of one's own view of that name, and for whom that is; else such a name is refused."""


def views_of(asked: Asked[Any]) -> tuple[View, ...]:
    """One's own views, and those that others share."""
    if asked.person.pk is None:  # a token keeps none
        return ()
    rows = asked.estate.rows(SavedView).filter(Q(person=asked.person) | Q(shared=True)).select_related("person")
    return tuple(
        View(
            id=row.number,
            name=row.name,
            question=row.question,
            shared=row.shared,
            mine=row.person_id == asked.person.pk,
            by=row.person.name,
        )
        for row in rows.order_by("name", "number")[:SHOWN]
    )


def keep(asked: Asked[Keep]) -> str:
    """Keep a question, and go to the list that it asks for."""
    form, estate = asked.query, asked.estate
    name = " ".join(form.name.split())
    if not name or len(name) > 80:
        raise UsageError(_("A view needs a name of at most 80 letters."), next_step=_("Go back and give it one."))
    if form.shared and not asked.may(Right.EDIT):
        raise UsageError(_("You may keep views for yourself, and not for others."), next_step=_("Leave out “for all”."))
    told = QueryDict(form.question[:4000])
    filters = msgspec.convert({field: told[field] for field in told if told[field]}, Filters, strict=False)
    asks = question(filters)
    own = estate.rows(SavedView).filter(person=asked.person)
    if own.exclude(name=name).count() >= MOST:
        raise UsageError(_("You keep as many views as there may be."), next_step=_("Take one away first."))
    if not form.replace and own.filter(name=name).exists():
        raise UsageError(
            _("You keep a view with this name already."),
            next_step=_("Give another name, or say that it takes the place of that one."),
        )
    own.update_or_create(
        body=estate.row, person=asked.person, name=name, defaults={"question": asks, "shared": form.shared}
    )
    log.write(
        who=asked.person.email,
        what="view kept",
        body=estate.id,
        about=name,
        said={"question": asks, "shared": form.shared},
    )
    return f"/b/{estate.id}/devices/?{asks}"


def remove(asked: Asked[Nothing]) -> str:
    """Take one of one's own views away."""
    row = asked.estate.rows(SavedView).filter(person_id=asked.person.pk, number=int(asked.path["view"])).first()
    if row is None:
        raise Http404
    row.delete()
    log.write(who=asked.person.email, what="view taken away", body=asked.estate.id, about=cast(str, row.name))
    return f"/b/{asked.estate.id}/devices/"


KEEP = Deed(
    name="view-keep",
    path="devices/views/",
    says="Keep a question to the list of devices under a name.",
    right=Right.SEE,
    form=Keep,
    own=True,
    do=keep,
)

REMOVE = Deed(
    name="view-remove",
    path="devices/views/<int:view>/remove/",
    says="Take a view away.",
    right=Right.SEE,
    form=Nothing,
    own=True,
    do=remove,
)
