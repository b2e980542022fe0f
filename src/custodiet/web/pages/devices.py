"""The devices of a body: what each is, how sure that is, how fresh, and what it means."""

from __future__ import annotations

import msgspec

from custodiet.errors import UsageError
from custodiet.report import order, summary
from custodiet.web.asking import worst_at
from custodiet.web.chosen import Chosen, Facet
from custodiet.web.columns import columns_of
from custodiet.web.decided import Tag, decided, tags_of, with_tags
from custodiet.web.estate import entry_of
from custodiet.web.exports import Export
from custodiet.web.filters import SORTS, Filters
from custodiet.web.knowledge import known_of
from custodiet.web.listed import Listing
from custodiet.web.page import Asked, Page
from custodiet.web.pages.views import View, views_of

AT_A_TIME = 50
"""Devices on one page."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A device in the list."""

    id: str
    label: str
    """Short name for people: address, host name or row."""
    described: str
    """How a register describes it, or what was bought; empty: neither says."""
    site: str
    """Name of its site; empty: not known."""
    what: str
    how_sure: str
    how_fresh: str
    what_it_means: str
    outcome: str
    """As `report.order.outcome` says."""
    decided: tuple[Tag, ...]
    """Decisions of people that stand and hold, and open actions."""
    answer_at: str
    """Address of the page on which people can say what is missing; empty: there is none."""


class Devices(msgspec.Struct, frozen=True, kw_only=True):
    """A page of devices."""

    total: int
    """How many there are that fit."""
    all: int
    """How many the body has."""
    entries: bool
    """Whether some of the body stand for several devices, so that what is counted are entries."""
    several: int
    """How many of those that fit are rows of a purchase or register that stand for several devices."""
    counted: int
    """How many devices those that fit stand for."""
    undated: int
    """Devices beside these of which no day is known on which they were seen, where such a day is asked for."""
    page: int
    pages: int
    rows: tuple[Row, ...]
    facets: tuple[Facet, ...]
    """What else could be asked."""
    views: tuple[View, ...]
    """Questions that were saved."""


def fetch(asked: Asked[Filters]) -> Devices:
    """The devices that fit, in the order that is asked for."""
    query, estate = asked.query, asked.estate
    if query.sort not in SORTS:
        raise UsageError(f"there is no order called {query.sort[:40]}", next_step=f"Choose one of {', '.join(SORTS)}.")
    columns, known, on = columns_of(estate), known_of(estate), estate.row.on
    chosen = Chosen(columns, query, decided(estate, columns.total) if query.decided else None)
    pages = max(1, -(-chosen.total // AT_A_TIME))
    page = min(max(1, query.page), pages)
    places = columns.places(chosen.all, query.sort, (page - 1) * AT_A_TIME, page * AT_A_TIME)
    wanted = estate.devices().filter(place__in=[place + 1 for place in places])
    found = {row.place - 1: (entry_of(row), row.described, tags_of(row)) for row in with_tags(estate, wanted)}
    several, counted = columns.quantities(chosen.all)
    return Devices(
        entries=bool(columns.quantities(None)[0]),
        total=chosen.total,
        all=columns.total,
        undated=chosen.undated,
        several=several,
        counted=counted,
        page=page,
        pages=pages,
        rows=tuple(
            Row(
                id=entry.asset.id,
                label=entry.asset.label,
                described=described,
                site=known.site(entry.asset.site) if entry.asset.site else "",
                what=summary.what(entry, known.names),
                how_sure=summary.how_sure(entry),
                how_fresh=summary.freshness(
                    entry.asset.last_seen, columns.value("seen_in", place), on, columns.value("named", place)
                ),
                what_it_means=summary.what_it_means(entry, known.names),
                outcome=order.outcome(entry),
                decided=tags,
                answer_at=worst_at(estate, entry) if order.outcome(entry) == "undetermined" else "",
            )
            for place, entry, described, tags in ((place, *found[place]) for place in places if place in found)
        ),
        facets=chosen.facets(known),
        views=views_of(asked),
    )


def _list(asked: Asked[Filters]) -> Listing:
    address = asked.request.build_absolute_uri(f"/b/{asked.estate.id}/devices/")
    return Listing(asked.estate, asked.query, address)


def _findings(asked: Asked[Filters]) -> Export:
    return Export(asked.estate, asked.query)


PAGE = Page(
    name="devices",
    path="devices/",
    says="The devices: what each is, how sure that is, how fresh, and what it means.",
    query=Filters,
    data=Devices,
    fetch=fetch,
    template="devices.html",
    files={
        "csv": lambda asked: _list(asked).csv(),
        "xlsx": lambda asked: _list(asked).xlsx(),
        "rows": lambda asked: _list(asked).json(),
        "findings-csv": lambda asked: _findings(asked).csv(),
        "findings-xlsx": lambda asked: _findings(asked).xlsx(),
        "entries": lambda asked: _findings(asked).json(),
    },
)
