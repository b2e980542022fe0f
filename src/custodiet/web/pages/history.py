"""What people did in a body: all of it for who checks, what concerns devices and sites for everybody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import msgspec

from custodiet.errors import UsageError
from custodiet.web import labels, log_words, reads
from custodiet.web.dates import day, midnight
from custodiet.web.knowledge import known_of
from custodiet.web.lists import Paging, page_of, table
from custodiet.web.page import Asked, File, Page
from custodiet.web.rights import Right
from custodiet.web.store.models import Job, Known, Logged

if TYPE_CHECKING:
    from django.db.models import QuerySet

OF_DEVICES = frozenset(
    {
        "case put in", "import done", "again done", "body described",
        "note kept", "decision recorded", "decision withdrawn", "row settled", "row opened again",
        "row opened by itself",
        "site decided", "site placed", "action set", "action changed",
        "site added", "site changed", "site taken away",
        "place of others added", "place of others changed", "place of others taken away",
        "zone added", "zone changed", "zone taken away", "sites file taken over",
        "label photo added", "label confirmed", "label photo removed",
        "view stated", "view withdrawn", "plan added", "plan removed", "pin put", "pin removed",
    }
)  # fmt: skip
"""What everybody with a role may read, such as why devices came out otherwise; who else signed in, or looked at what,
is for who checks."""

Word = Annotated[str, msgspec.Meta(max_length=254)]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Which rows of the log."""

    who: Word = ""
    """Address of the person, or a part of it."""
    what: Word = ""
    """The word for the deed."""
    device: Word = ""
    """Id of the device or of what else it was done to, or a part of the name by which that is shown."""
    since: Word = ""
    """ISO 8601 date of the first day."""
    until: Word = ""
    """ISO 8601 date of the last day."""
    page: int = 1


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that somebody did."""

    number: int
    """Of the row in the log of the installation."""
    at: datetime
    who: str
    what: str
    about: str
    """Id of what it was done to."""
    said: str
    """What changed, as JSON."""
    why: str
    hash: str
    """By which a row is told from one that was changed."""


class History(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the log, the latest first."""

    whole: bool
    """Whether who asks may see all of it."""
    deeds: dict[str, str]
    """Words for deeds to choose from -> for people."""
    imports: tuple[str, ...]
    """Ids of those that rows are about, are still there, and may be opened by who asks."""
    sites: dict[str, str]
    """Id -> name of those that rows are about."""
    devices: dict[str, str]
    """Id -> label of those that rows are about, also where they are gone by now."""
    paging: Paging
    rows: tuple[Happened, ...]


def _found(asked: Asked[Question]) -> QuerySet[Logged]:
    query = asked.query
    found = asked.estate.log().order_by("-number")
    if not asked.may(Right.AUDIT):
        found = found.filter(what__in=OF_DEVICES)
    if query.what:
        found = found.filter(what=query.what)
    if query.who.strip():
        found = found.filter(log_words.done_by(asked.estate, query.who))
    if query.device.strip():
        found = found.filter(log_words.about(asked.estate, query.device))
    since, until = day(query.since), day(query.until)
    if since and until and until < since:
        raise UsageError("the last day comes before the first", next_step="Turn them round.")
    if since:
        found = found.filter(at__gte=midnight(since))
    if until:
        found = found.filter(at__lt=midnight(until) + timedelta(days=1))
    return found


def _told(row: Logged) -> Happened:
    return Happened(**{name: getattr(row, name) for name in Happened.__struct_fields__})


def fetch(asked: Asked[Question]) -> History:
    """The rows that fit, the latest first."""
    rows, paging = page_of(_found(asked), asked.query.page)
    if asked.may(Right.AUDIT) and getattr(asked.request, "token", None) is None:  # what a token reads is told anyway
        reads.note(asked.person.email, asked.estate.id, "", reads.READ)
    sites = known_of(asked.estate).sites
    known = asked.estate.rows(Known).filter(device__in={row.about for row in rows if row.about})
    return History(
        whole=asked.may(Right.AUDIT),
        deeds=_deeds(None if asked.may(Right.AUDIT) else OF_DEVICES),
        imports=_imports(asked, rows),
        sites={row.about: sites[row.about].name for row in rows if row.about in sites},
        devices=dict(known.values_list("device", "label")),
        paging=paging,
        rows=tuple(map(_told, rows)),
    )


def _imports(asked: Asked[Question], rows: list[Logged]) -> tuple[str, ...]:
    wanted = {int(row.about) for row in rows if row.what.startswith("import ") and row.about.isdecimal()}
    if not wanted or not asked.may(Right.EDIT):
        return ()
    found = asked.estate.rows(Job).filter(kind="import", number__in=wanted)
    return tuple(map(str, found.values_list("number", flat=True)))


def _deeds(only: frozenset[str] | None) -> dict[str, str]:
    found = {word: str(told) for word, told in labels.DEEDS.items() if only is None or word in only}
    return dict(sorted(found.items(), key=lambda deed: deed[1].casefold()))


def as_csv(asked: Asked[Question]) -> File:
    """All rows that fit, as a table."""
    # up to now: that it is taken is a row too, which comes while it is written
    last = Logged.objects.order_by("-number").values_list("number", flat=True).first() or 0
    found = _found(asked).filter(number__lte=last)
    names = Happened.__struct_fields__

    def rows() -> Iterator[list[object]]:
        for row in found.iterator(2000):
            yield [row.at.isoformat() if name == "at" else getattr(row, name) for name in names]

    return table("history", names, rows)


PAGE = Page(
    name="history",
    path="history/",
    says="Everything that people changed: who, when and why.",
    query=Question,
    data=History,
    fetch=fetch,
    template="history.html",
    files={"csv": as_csv},
)
