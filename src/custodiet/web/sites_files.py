"""Sites files that people bring in: read, compared with the body, looked at, and taken over."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from custodiet.model import Body, Site
from custodiet.returns.questions import QUESTIONS
from custodiet.sites import read_sites
from custodiet.web.estate import Estate
from custodiet.web.knowledge import catalog, names_of
from custodiet.web.own_sites import Said
from custodiet.web.store.models import SiteDecision, SitesFile

_decode = msgspec.msgpack.Decoder(Body).decode

MOST_LISTED = 500
"""Sites that are told one by one."""

LEFT = ("id", "name", "kind", "country", "also", "facts", "others", "devices")
"""Fields of a body that no file changes here."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of one site."""

    id: str
    name: str
    what: Literal["added", "changed"]
    fields: tuple[str, ...]
    """Of the site that change."""
    zones: int
    """It has afterwards."""
    answers: int
    """Of people, about the site and its zones, that the file has."""
    held: int
    """Of those, the ones that do nothing, since somebody answered here."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A sites file that somebody looks at."""

    number: int
    name: str
    """Of the file."""
    added: int
    changed: int
    same: int
    sites: tuple[Difference, ...]
    """The first of those that are added or changed."""
    left: tuple[str, ...]
    """Fields of the body that differ and stay as they are."""
    missing: tuple[str, ...]
    """Names of sites that the body has and the file has not; they stay."""


def read(estate: Estate, data: bytes, name: str) -> Body:
    """A sites file as somebody sent it; it may answer what our directives, those of the body, or returns ask.

    Raises:
        UsageError: with the file, the line and the next step.
    """
    directives = (*catalog().directives.values(), *names_of(estate).directives.values())
    conditions = {condition for one in directives for condition in one.conditions} | set(QUESTIONS)
    return read_sites(data, Path(name), kinds=catalog().body_kinds, conditions=conditions)


def put(estate: Estate, who: str, name: str, told: Body, at: object) -> None:
    """Keep a file until it is taken over, in the place of one that the same person sent before."""
    packed = zlib.compress(msgspec.msgpack.encode(told))
    fields = {"name": name, "told": packed, "at": at}
    estate.rows(SitesFile).filter(who=who).delete()
    SitesFile.objects.create(body=estate.row, who=who, **fields)


def draft_of(estate: Estate, who: str) -> tuple[int, str, Body] | None:
    """Number, name and content of the file that somebody looks at; none: there is none."""
    row = estate.rows(SitesFile).filter(who=who).values_list("number", "name", "told").first()
    return (row[0], row[1], _decode(zlib.decompress(row[2]))) if row else None


def words(body: Body, told: Body) -> tuple[Said, ...]:
    """What a file says of sites that are not so already: each in whole."""
    here = {site.id: site for site in body.sites}
    return tuple(
        Said(site=site.id, whole=True, noun=_over(here.get(site.id), site))
        for site in told.sites
        if here.get(site.id) != _over(here.get(site.id), site)
    )


def _over(here: Site | None, site: Site) -> Site:
    """A site of a file over that of the body; a place that the file does not tell stays."""
    if here is None or site.position is not None:
        return site
    return msgspec.structs.replace(site, position=here.position)


def compared(estate: Estate, body: Body, draft: tuple[int, str, Body]) -> Draft:
    """What a file would change."""
    number, name, told = draft
    here, said = {site.id: site for site in body.sites}, words(body, told)
    given = set(estate.rows(SiteDecision).values_list("site", "zone", "condition"))
    listed = (_difference(here.get(one.site), one.noun, given) for one in said[:MOST_LISTED] if one.noun)
    added = sum(one.site not in here for one in said)
    theirs = {site.id for site in told.sites}
    return Draft(
        number=number,
        name=name,
        added=added,
        changed=len(said) - added,
        same=len(told.sites) - len(said),
        sites=tuple(listed),
        left=tuple(field for field in LEFT if getattr(told, field) != getattr(body, field)),
        missing=tuple(site.name for site in body.sites if site.id not in theirs)[:MOST_LISTED],
    )


def _difference(here: Site | None, site: Site, given: set[tuple[str, str, str]]) -> Difference:
    answers = list(_answers(site))
    return Difference(
        id=site.id,
        name=site.name,
        what="changed" if here else "added",
        fields=tuple(f for f in Site.__struct_fields__ if here and getattr(here, f) != getattr(site, f)),
        zones=len(site.zones),
        answers=len(answers),
        held=sum(one in given for one in answers),
    )


def _answers(site: Site) -> Iterator[tuple[str, str, str]]:
    yield from ((site.id, "", condition) for condition in site.facts)
    yield from ((site.id, zone.id, "") for zone in site.zones if zone.core.answer != "unknown")
