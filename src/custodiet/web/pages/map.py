"""The map of sites: how each stands, by its place; and what is on no map."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import quote

import msgspec

from custodiet.errors import UsageError
from custodiet.web import log
from custodiet.web.lists import AT_A_TIME, Paging
from custodiet.web.own_map import own_map
from custodiet.web.page import RECORDED, Asked, Deed, Page
from custodiet.web.rights import Right
from custodiet.web.site_places import Pin, elsewhere, others, pin, pins
from custodiet.web.store.models import SitePlace

MOST = 2_000
"""Sites that are put on the map at most: those that stand worst."""


class Pages(msgspec.Struct, frozen=True, kw_only=True):
    """Which page of the table."""

    page: int = 1


class Map(msgspec.Struct, frozen=True, kw_only=True):
    """The sites of a body on the map, and beside it."""

    on: str
    """ISO 8601 date for which devices were judged; empty: they were not yet."""
    shown: tuple[Pin, ...]
    """On the map, those that stand worst first; at most `MOST`."""
    others: tuple[Pin, ...]
    """Places of others, which devices look at; those with a position are on the map too."""
    more: int
    """Sites of which is known where they are, and which are not on the map, since there are too many."""
    nowhere: tuple[Pin, ...]
    """Sites of which nobody said where they are; at most `MOST`."""
    without: int
    """How many those are in all."""
    elsewhere: int
    """Devices at no known site."""
    paging: Paging
    sites: tuple[Pin, ...]
    """The page of the table of all sites that was asked for."""
    own: bool
    """Whether this installation has map data of its own."""


def fetch(asked: Asked[Pages]) -> Map:
    """As devices were last judged."""
    every = pins(asked.estate)
    there = [one for one in every if one.position is not None]
    nowhere = [one for one in every if one.position is None]
    count = max(1, -(-len(every) // AT_A_TIME))
    page = min(max(1, asked.query.page), count)
    return Map(
        on=asked.estate.row.on or "",
        shown=tuple(there[:MOST]),
        others=tuple(others(asked.estate)),
        more=max(0, len(there) - MOST),
        nowhere=tuple(nowhere[:MOST]),
        without=len(nowhere),
        elsewhere=elsewhere(asked.estate),
        paging=Paging(total=len(every), more=False, page=page, pages=count),
        sites=tuple(every[(page - 1) * AT_A_TIME : page * AT_A_TIME]),
        own=own_map() is not None,
    )


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """Where a site is, in degrees of WGS 84; without either number, what was said here is taken back."""

    site: Annotated[str, msgspec.Meta(max_length=254)]
    """Id of the site."""
    latitude: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = None


def place(asked: Asked[Placed]) -> str:
    """Say where a site is; it is on the map at once."""
    told, estate = asked.query, asked.estate
    found = pin(estate, told.site)
    if found is None:
        raise UsageError("the body has no such site", next_step="Choose one of the sites listed.")
    if (told.latitude is None) != (told.longitude is None):
        raise UsageError("a place has two numbers", next_step="Give latitude and longitude, or neither.")
    after = {"latitude": told.latitude, "longitude": told.longitude}
    said = {"before": found.position, "after": after}
    log.write(who=asked.person.email, what="site placed", body=estate.id, about=told.site, said=said)
    SitePlace.objects.create(body=estate.row, site=told.site, who=asked.person.email, at=datetime.now(UTC), **after)
    return f"/b/{estate.id}/sites/{quote(told.site)}/"


PAGE = Page(
    name="map",
    path="map/",
    says="The sites of the body on a map, and how each stands.",
    query=Pages,
    data=Map,
    fetch=fetch,
    template="map.html",
)
PLACE = Deed(
    name="place-site",
    path="site-place/",
    says="Say where a site is.",
    right=Right.DECIDE,
    form=Placed,
    do=place,
    done=RECORDED,
)
