"""Sites and places of others that people described here, put into the body over those that it came with.

Sites of the sites file that the body came with stay as they are: spellings and zones are added to them. What was said
here of a site in whole takes its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from custodiet.model import Assessment, Body, Site
from custodiet.web.estate import Estate
from custodiet.web.store import models
from custodiet.web.store.models import OwnSite

_decode = msgspec.msgpack.Decoder(Site).decode


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said of a site."""

    site: str
    """Its id."""
    whole: bool
    """Whether this is all there is of the site; else it is added to what the sites file says of it."""
    noun: Site | None
    """None: it was taken away."""
    theirs: bool = False
    """Whether it is a place of others, which devices look at."""

    @property
    def what(self) -> str:
        """What it is, as the log says it."""
        return "place of others" if self.theirs else "site"


def said_of(estate: Estate) -> tuple[Said, ...]:
    """All that was said of the sites of a body, in the order in which it was."""
    return tuple(map(_said, estate.rows(OwnSite).order_by("number").values_list(*_COLUMNS)))


_COLUMNS = ("site", "whole", "theirs", "noun")


def _said(row: tuple[str, bool, bool, bytes | None]) -> Said:
    site, whole, theirs, noun = row
    return Said(site=site, whole=whole, theirs=theirs, noun=_decode(bytes(noun)) if noun else None)


def body_of(estate: Estate, head: Assessment | None, said: Iterable[Said]) -> Body | None:
    """The body as it was last judged, with what was said of its sites since.

    Args:
        estate: of the body.
        head: of its last assessment; none: it was never judged.
        said: of its sites.
    """
    body = as_told(head.body if head else None, estate.row)
    return with_sites(body, said) if body else None


def as_told(body: Body | None, row: models.Body) -> Body | None:
    """A body with the name, kind and country that its row has, which people can change; none: nobody said the kind."""
    if not row.kind:
        return body
    told = body or Body(id=row.id, name=row.name, kind=row.kind, country=row.country)
    return msgspec.structs.replace(told, name=row.name, kind=row.kind, country=row.country)


def with_sites(body: Body, said: Iterable[Said]) -> Body:
    """The body with the sites that people described here; the body may be one in which they stand already."""
    every: dict[str, list[Said]] = {}
    for one in said:
        every.setdefault(one.site, []).append(one)
    if not every:
        return body
    sites, others = ({site.id: site for site in places} for places in (body.sites, body.others))
    for id, words in every.items():
        last = words[-1]
        if last.noun is None or last.whole:
            here, there = (others, sites) if last.theirs else (sites, others)
            there.pop(id, None)
            if last.noun is None:
                here.pop(id, None)
            else:
                here[id] = last.noun
        else:  # what is added to a site that the file does not have any more is nothing
            for places in (sites, others):
                if id in places:
                    places[id] = _added(places[id], words, last.noun)
    return msgspec.structs.replace(body, sites=tuple(sites.values()), others=tuple(others.values()))


def _added(site: Site, words: Iterable[Said], last: Site) -> Site:
    """A site of the file with what is said here now, and without what was said here before."""
    once = [one.noun for one in words if one.noun]
    names = {name for noun in once for name in noun.names}
    zones = {zone.id for noun in once for zone in noun.zones}
    return msgspec.structs.replace(
        site,
        names=(*(name for name in site.names if name not in names), *last.names),
        zones=(*(zone for zone in site.zones if zone.id not in zones), *last.zones),
    )


def last_said(estate: Estate, site: str) -> Said | None:
    """What was last said of a site; none: nothing."""
    row = estate.rows(OwnSite).filter(site=site).order_by("-number").values_list(*_COLUMNS).first()
    return _said(row) if row else None


def say(estate: Estate, who: str, said: Iterable[Said]) -> None:
    """Keep what somebody says of sites; pages show it at once, and devices are put there when they are next judged."""
    now = datetime.now(UTC)
    rows = (
        OwnSite(
            body=estate.row,
            site=one.site,
            whole=one.whole,
            theirs=one.theirs,
            noun=None if one.noun is None else msgspec.msgpack.encode(one.noun),
            who=who,
            at=now,
        )
        for one in said
    )
    OwnSite.objects.bulk_create(rows, batch_size=100)
    models.Body.objects.filter(id=estate.id).update(described=now)
    estate.row.described = now
