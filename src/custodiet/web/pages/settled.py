"""What somebody said to be in order of what register, network and purchases say: said, listed and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import msgspec
from django.http import Http404

from custodiet.errors import UsageError
from custodiet.web import log
from custodiet.web.generation import locked
from custodiet.web.lists import Paging, page_of, table
from custodiet.web.page import Asked, Deed, File, Page
from custodiet.web.pages.reconciliation import COLUMNS, Row, cells, purchase_records, sites_of, told
from custodiet.web.rights import Right
from custodiet.web.rows import groups
from custodiet.web.store.models import Settled, Standing
from custodiet.web.written import Reason

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from custodiet.web.estate import Estate


class Pages(msgspec.Struct, frozen=True, kw_only=True):
    """Which page of the list."""

    page: int = 1


class AllSettled(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that somebody settled and that did not change since."""

    sites: dict[str, str]
    """Names of sites, by id."""
    sources: dict[str, str]
    """Names of the sources of purchases, by id."""
    paging: Paging
    rows: tuple[Row, ...]


def all_settled(asked: Asked[Pages]) -> AllSettled:
    """Of every kind and standing, the devices that are worst judged first."""
    estate, head = asked.estate, asked.estate.assessment()
    rows, paging = page_of(_settled(estate), asked.query.page)
    of_rows = tuple(told(estate, rows))
    return AllSettled(sites=sites_of(head), sources=purchase_records(head), paging=paging, rows=of_rows)


def _settled(estate: Estate) -> QuerySet[Standing]:
    return estate.rows(Standing).filter(settled=True).order_by("place")


_WHY = ("settled_because", "settled_by", "settled_at")


def settled_as_csv(asked: Asked[Pages]) -> File:
    """All of them, as a table."""

    def rows() -> Iterator[list[object]]:
        for some in groups(_settled(asked.estate).iterator(2000), 500):
            for row, of_row in zip(some, told(asked.estate, some), strict=True):
                why = of_row.settled
                yield [*cells(row), *((why.why, why.who, why.at.isoformat()) if why else ("", "", ""))]

    return table("settled", (*COLUMNS, *_WHY), rows)


class Settling(msgspec.Struct, frozen=True, kw_only=True):
    """Why a row is in order."""

    found: Annotated[str, msgspec.Meta(max_length=64)]
    """Hash of what was seen when it was settled."""
    reason: Reason


def _row(asked: Asked[Settling]) -> Standing:
    row = asked.estate.rows(Standing).filter(device=asked.path["device"]).first()
    if row is None:
        raise Http404
    if row.found != asked.query.found:  # it was concluded anew, and came out otherwise
        step = "Load the page again and look at what stands there now."
        raise UsageError("what there is to settle changed meanwhile", next_step=step)
    return row


def _back(asked: Asked[Settling], row: Standing) -> str:
    return f"/b/{asked.estate.id}/reconciliation/?kind={row.kind}&standing={row.standing}"


def settle(asked: Asked[Settling]) -> str:
    """Settle a row; it folds away until the device changes."""
    row, why = _row(asked), asked.query.reason
    said = {"standing": row.standing, "registered": row.registered, "seen": row.seen}
    _is(asked, row, settled=True)
    log.write(who=asked.person.email, what="row settled", body=asked.estate.id, about=row.device, said=said, why=why)
    Settled.objects.create(
        body=asked.estate.row,
        device=row.device,
        standing=row.standing,
        found=row.found,
        why=why,
        who=asked.person.email,
        at=datetime.now(UTC),
    )
    return _back(asked, row)


def reopen(asked: Asked[Settling]) -> str:
    """Open a settled row again; who settled it and why stays in the log."""
    row, why = _row(asked), asked.query.reason
    _is(asked, row, settled=False)
    log.write(who=asked.person.email, what="row opened again", body=asked.estate.id, about=row.device, why=why)
    return f"/b/{asked.estate.id}/settled/"


def _is(asked: Asked[Settling], row: Standing, *, settled: bool) -> None:
    asked.estate.rows(Settled).filter(found=row.found).delete()
    # what is being put in meanwhile, and is not to be seen yet, has the same thing to settle
    locked(asked.estate.id)
    Standing.everything.filter(body=asked.estate.row, device=row.device, found=row.found).update(settled=settled)


SETTLED = Page(
    name="settled",
    path="settled/",
    says="What somebody said to be in order of what register, network and purchases say.",
    query=Pages,
    data=AllSettled,
    fetch=all_settled,
    template="settled.html",
    files={"csv": settled_as_csv},
)
SETTLE = Deed(
    name="settle-row",
    path="reconciliation/<str:device>/settle/",
    says="Says why it is in order what register, network and purchases say of a device.",
    right=Right.EDIT,
    form=Settling,
    do=settle,
)
REOPEN = Deed(
    name="reopen-row",
    path="reconciliation/<str:device>/open/",
    says="Opens a settled row again.",
    right=Right.EDIT,
    form=Settling,
    do=reopen,
)
