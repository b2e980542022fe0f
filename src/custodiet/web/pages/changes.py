"""What is other than it was on a day, and which devices were not seen for a while."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import msgspec
from django.utils.translation import gettext as _

from custodiet.errors import UsageError
from custodiet.web import labels
from custodiet.web.dates import before_today, day, midnight, today
from custodiet.web.knowledge import known_of
from custodiet.web.lists import Paging, page_of, table
from custodiet.web.page import Asked, File, Page
from custodiet.web.rows import groups
from custodiet.web.store.models import Change, Known, Published

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from custodiet.web import knowledge
    from custodiet.web.estate import Estate

DAYS = 30
"""How far back one looks who does not say."""

Word = Annotated[str, msgspec.Meta(max_length=254)]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is other than on a day."""

    since: Word = ""
    """ISO 8601 date; empty: `DAYS` ago."""
    field: Word = ""
    """``maker``, ``outcome``, ...; ``status``: what directives come to; empty: all."""
    page: int = 1


class Other(msgspec.Struct, frozen=True, kw_only=True):
    """One field of one device that is other than it was."""

    at: datetime
    """When it last changed."""
    device: str
    label: str
    field: str
    directive: str
    """Id of the directive, where it is what that comes to."""
    field_in_words: str
    before: str
    """On that day; empty: not known, or not there."""
    after: str
    """Now."""
    back: bool
    """Whether it changed, and changed back to what it was."""


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What is other than on a day, the latest first."""

    since: str
    """ISO 8601 date."""
    first: str
    """ISO 8601 date of the first results, before which nothing is known; empty: there are none."""
    fields: dict[str, str]
    """Fields to choose from -> for people."""
    there: tuple[str, ...]
    """Which of the devices of these rows are still among those of the body."""
    paging: Paging
    rows: tuple[Other, ...]


def _since(asked: Asked[Question]) -> date:
    since = day(asked.query.since) or before_today(DAYS)
    if since > today():
        step = _("Choose today or an earlier day.")
        raise UsageError(_("that day has not come"), place=asked.query.since[:40], next_step=step)
    return since


def _found(asked: Asked[Question]) -> QuerySet[Change]:
    """The last change of each field since the day."""
    found = asked.estate.rows(Change).filter(latest=True, at__gte=midnight(_since(asked)))
    if asked.query.field:
        found = found.filter(field=asked.query.field)
    return found.order_by("-at", "-number")


def _told(row: Change, was: str, known: knowledge.Known) -> Other:
    return Other(
        at=row.at,
        device=row.device,
        label=row.label,
        field=row.field,
        directive=row.directive,
        field_in_words=labels.field(row.field, row.directive, known.names),
        before=labels.value(row.field, was, known),
        after=labels.value(row.field, row.after, known),
        back=was == row.after,
    )


def _all(asked: Asked[Question], rows: Sequence[Change], known: knowledge.Known) -> Iterator[Other]:
    """The rows, with what stood there on the day: what the first change since found there."""
    since = asked.estate.rows(Change).filter(device__in={row.device for row in rows}, at__gte=midnight(_since(asked)))
    told = since.order_by("-number").values_list("device", "field", "directive", "before")
    was = {(device, field, directive): before for device, field, directive, before in told}  # the first comes last
    for row in rows:
        yield _told(row, was[row.device, row.field, row.directive], known)


def first_results(estate: Estate) -> datetime | None:
    """When something was first published of a body; none: nothing was."""
    at: datetime | None = estate.rows(Published).order_by("number").values_list("at", flat=True).first()
    return at


def fetch(asked: Asked[Question]) -> Changes:
    """What is other, the latest first."""
    rows, paging = page_of(_found(asked), asked.query.page)
    known = asked.estate.rows(Known).filter(device__in={row.device for row in rows})
    return Changes(
        since=_since(asked).isoformat(),
        first=first.date().isoformat() if (first := first_results(asked.estate)) else "",
        fields=labels.fields(),
        there=tuple(sorted(device for device, gone in known.values_list("device", "gone") if gone is None)),
        paging=paging,
        rows=tuple(_all(asked, rows, known_of(asked.estate))),
    )


def as_csv(asked: Asked[Question]) -> File:
    """All of it as a table."""
    found, known = _found(asked), known_of(asked.estate)
    columns = ("at", "device", "label", "field", "directive", "field_in_words", "before", "after", "back")

    def rows() -> Iterator[list[object]]:
        for group in groups(found.iterator(2000)):
            for one in _all(asked, group, known):
                told = msgspec.structs.asdict(one) | {"at": one.at.isoformat()}
                yield [told[name] for name in columns]

    return table("changes", columns, rows)


CHANGES = Page(
    name="changes",
    path="changes/",
    says="What is other than it was on a day.",
    query=Question,
    data=Changes,
    fetch=fetch,
    template="changes.html",
    files={"csv": as_csv},
)


class Longer(msgspec.Struct, frozen=True, kw_only=True):
    """Not seen for how long."""

    days: Annotated[int, msgspec.Meta(ge=1, le=36_500)] = DAYS
    page: int = 1


class Unseen(msgspec.Struct, frozen=True, kw_only=True):
    """A device that was not seen for a while."""

    device: str
    label: str
    last_seen: float
    """Seconds since 1970 UTC."""
    outcome: str
    site: str
    """Its name."""


class NotSeen(msgspec.Struct, frozen=True, kw_only=True):
    """Devices that were not seen for a while, the longest first."""

    days: int
    without_time: int
    """Devices that no source gives a time of: only in a register, for example."""
    paging: Paging
    rows: tuple[Unseen, ...]


_UNSEEN = ("id", "label", "last_seen", "outcome", "site")


def not_seen(asked: Asked[Longer]) -> NotSeen:
    """From the times of the sources themselves, counted from today as the list of devices does."""
    days = asked.query.days
    devices = asked.estate.devices()
    limit = midnight(before_today(days) + timedelta(days=1)).timestamp()
    found = devices.filter(last_seen__lt=limit).order_by("last_seen").values_list(*_UNSEEN)
    rows, paging = page_of(found, asked.query.page)
    known, names = known_of(asked.estate), ("device", *_UNSEEN[1:-1])
    told = tuple(Unseen(**dict(zip(names, row, strict=False)), site=known.site(row[-1])) for row in rows)
    return NotSeen(days=days, without_time=devices.filter(last_seen=None).count(), paging=paging, rows=told)


NOT_SEEN = Page(
    name="not-seen",
    path="not-seen/",
    says="Devices that no source saw for some days.",
    query=Longer,
    data=NotSeen,
    fetch=not_seen,
    template="not_seen.html",
)
