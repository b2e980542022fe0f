"""The devices of a body: what each is, how sure that is, how fresh, and what it means."""

from __future__ import annotations

import msgspec

from custodiet.report import order, summary
from custodiet.web.estate import entry_of
from custodiet.web.knowledge import names_of
from custodiet.web.page import Asked, Page

AT_A_TIME = 50
"""Devices on one page."""


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Which devices, and how many pages of them were seen."""

    q: str = ""
    """Words that all have to stand in the label, an identifier or a name."""
    outcome: str = ""
    maker: str = ""
    page: int = 1


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A device in the list."""

    id: str
    label: str
    what: str
    how_sure: str
    how_fresh: str
    what_it_means: str
    outcome: str


class Devices(msgspec.Struct, frozen=True, kw_only=True):
    """A page of devices."""

    total: int
    """How many there are that fit."""
    page: int
    pages: int
    rows: tuple[Row, ...]


def fetch(asked: Asked[Filters]) -> Devices:
    """The devices that fit, the worst first."""
    query, estate = asked.query, asked.estate
    found = estate.devices()
    if query.outcome:
        found = found.filter(outcome=query.outcome)
    if query.maker:
        found = found.filter(maker=query.maker)
    for word in query.q.lower().split()[:10]:
        found = found.filter(words__contains=word)
    total = found.count()
    pages = max(1, -(-total // AT_A_TIME))
    page = min(max(1, query.page), pages)
    head, names = estate.assessment(), names_of(estate)
    entries = [entry_of(row) for row in found.order_by("place")[(page - 1) * AT_A_TIME : page * AT_A_TIME]]
    return Devices(
        total=total,
        page=page,
        pages=pages,
        rows=tuple(
            Row(
                id=entry.asset.id,
                label=entry.asset.label,
                what=summary.what(entry, names),
                how_sure=summary.how_sure(entry),
                how_fresh=summary.how_fresh(entry, head) if head else "",
                what_it_means=summary.what_it_means(entry, names),
                outcome=order.state(entry),
            )
            for entry in entries
        ),
    )


PAGE = Page(
    name="devices",
    path="devices/",
    says="The devices: what each is, how sure that is, how fresh, and what it means.",
    query=Filters,
    data=Devices,
    fetch=fetch,
    template="devices.html",
)
