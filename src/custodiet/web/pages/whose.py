"""Which body it is: its name, its country and its kind, by which directives address it."""

from __future__ import annotations

from typing import Any

import msgspec
from django.utils.translation import gettext as _

from custodiet.errors import UsageError
from custodiet.web import log
from custodiet.web.generation import locked
from custodiet.web.jobs.kinds import Again
from custodiet.web.jobs.queue import ask
from custodiet.web.knowledge import catalog
from custodiet.web.page import Asked, Deed, Nothing, Page
from custodiet.web.rights import Right


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """What a body can be."""

    kinds: dict[str, str]
    """Kind of body -> what it is, for people."""
    countries: dict[str, str]
    """ISO 3166 code -> name, for people."""


class Whose(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a body itself."""

    name: str
    country: str
    """ISO 3166 code; empty: nobody said it."""
    kind: str
    """A word of the vocabulary of body kinds; empty: nobody said it, and no directive was asked."""
    choices: Choices


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A body as somebody describes it."""

    name: str
    country: str
    kind: str


def choices() -> Choices:
    """The kinds and countries of the vocabulary, in the order of the reader's language."""
    known = catalog()
    return Choices(
        kinds=_in_order({one.id: _(one.means) for one in known.body_kinds.values()}),
        countries=_in_order({one.id: _(one.means) for one in known.countries.values()}),
    )


def _in_order(words: dict[str, str]) -> dict[str, str]:
    return dict(sorted(words.items(), key=lambda pair: pair[1].casefold()))


def checked(told: Told) -> Told:
    """A description with blanks taken out of the name.

    Raises:
        UsageError: it has no name, or no such kind or country is known.
    """
    name, offered = " ".join(told.name.split()), choices()
    if not name or len(name) > 200:
        raise UsageError(_("a body needs a name of at most 200 characters"), next_step=_("Shorten it."))
    if told.kind not in offered.kinds or told.country not in offered.countries:
        raise UsageError(_("there is no such kind or country"), next_step=_("Choose them from the lists."))
    return msgspec.structs.replace(told, name=name)


def fetch(asked: Asked[Nothing]) -> Whose:
    """As it stands now."""
    row = asked.estate.row
    return Whose(name=row.name, country=row.country, kind=row.kind, choices=choices())


def describe(asked: Asked[Told]) -> str:
    """Keep it, and have all devices judged anew where another description was judged by."""
    told, row = checked(asked.query), locked(asked.estate.id)
    before = Told(name=row.name, country=row.country, kind=row.kind)
    if told != before:
        row.name, row.country, row.kind = told.name, told.country, told.kind
        row.save(update_fields=("name", "country", "kind"))
        changed: dict[str, Any] = {"before": before, "after": told}
        log.write(who=asked.person.email, what="body described", body=row.id, about=row.id, said=changed)
        if row.published is not None:
            ask(row, "again", Again(), asked.person.email)
    return f"/b/{row.id}/body/"


PAGE = Page(
    name="body",
    path="body/",
    says="Which body it is: its name, its country and its kind.",
    query=Nothing,
    data=Whose,
    fetch=fetch,
    template="whose.html",
)

DESCRIBE = Deed(
    name="describe-body",
    path="body/describe/",
    says="Says which body it is; all devices are judged anew.",
    right=Right.ADMINISTER,
    form=Told,
    do=describe,
)
