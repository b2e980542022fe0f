"""Sites files that people bring in: read, compared with the body, looked at, and taken over."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec
from django.utils.translation import gettext as _

from custodiet.errors import UsageError
from custodiet.judge.notes import KINDS, names_in, says_only_looks
from custodiet.judge.notes import names_of as names_of_device
from custodiet.model import Asset, Body, DeviceNote, Site
from custodiet.returns.questions import QUESTIONS
from custodiet.sites import read_sites
from custodiet.web.columns import columns_of
from custodiet.web.dates import today
from custodiet.web.estate import Estate, entry_of
from custodiet.web.knowledge import catalog, names_of
from custodiet.web.own_sites import Said
from custodiet.web.places_in_view import views_of
from custodiet.web.store.models import SiteDecision, SitesFile

_decode = msgspec.msgpack.Decoder(Body).decode

MOST_LISTED = 500
"""Sites that are told one by one."""

LEFT = ("id", "name", "kind", "country", "also", "facts")
"""Fields of a body that no file changes here; of single devices, it changes only what they look at."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of one site."""

    id: str
    name: str
    theirs: bool
    """Whether it is a place of others."""
    what: Literal["added", "changed"]
    fields: tuple[str, ...]
    """Of the site that change."""
    zones: int
    """It has afterwards."""
    answers: int
    """Of people, about the site and its zones, that the file has."""
    held: int
    """Of those, the ones that do nothing, since somebody answered here."""


class Looking(msgspec.Struct, frozen=True, kw_only=True):
    """A place that a device looks at, as a file says."""

    device: str
    """Id of the asset."""
    label: str
    site: str
    """Id of the site, or of a place of others."""
    place: str
    """Its name."""
    said_by: str
    """Who says so, as the file has it; empty: nobody signed it."""
    on: str
    """ISO 8601 date; empty: it is not told."""


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
    looks: tuple[Looking, ...]
    """What devices look at, as far as that is not known already."""
    unknown: tuple[str, ...]
    """By what the file knows devices of which it says what they look at, and which the body does not have."""
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
    return read_sites(data, Path(name), kinds=catalog().body_kinds, conditions=conditions, today=today())


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
    """What a file says of sites and places of others that are not so already: each in whole."""
    here, theirs = _places(body), {site.id for site in body.others}
    return tuple(
        Said(site=site.id, whole=True, theirs=site in told.others, noun=over)
        for site in (*told.sites, *told.others)
        if here.get(site.id) != (over := _over(here.get(site.id), site)) or (site in told.others) != (site.id in theirs)
    )


def _places(body: Body) -> dict[str, Site]:
    return {site.id: site for site in (*body.sites, *body.others)}


def _over(here: Site | None, site: Site) -> Site:
    """A site of a file over that of the body; a place that the file does not tell stays."""
    if here is None or site.position is not None:
        return site
    return msgspec.structs.replace(site, position=here.position)


def compared(estate: Estate, body: Body, draft: tuple[int, str, Body]) -> Draft:
    """What a file would change."""
    number, name, told = draft
    here, said = _places(body), words(body, told)
    looks, unknown = looking(estate, told)
    given = set(estate.rows(SiteDecision).values_list("site", "zone", "condition"))
    listed = (_difference(here.get(one.site), one, one.noun, given) for one in said[:MOST_LISTED] if one.noun)
    added = sum(one.site not in here for one in said)
    left = [field for field in LEFT if getattr(told, field) != getattr(body, field)]
    if _beyond(told) - _beyond(body):
        left.append("devices")
    return Draft(
        number=number,
        name=name,
        added=added,
        changed=len(said) - added,
        same=len(_places(told)) - len(said),
        sites=tuple(listed),
        looks=looks,
        unknown=unknown,
        left=tuple(left),
        missing=tuple(site.name for id, site in here.items() if id not in _places(told))[:MOST_LISTED],
    )


def _beyond(body: Body) -> set[bytes]:
    """What is said of single devices beyond what they look at."""
    every = (msgspec.structs.replace(note, looks_at=()) for note in body.devices if not says_only_looks(note))
    return set(map(msgspec.msgpack.encode, every))


def looking(estate: Estate, told: Body) -> tuple[tuple[Looking, ...], tuple[str, ...]]:
    """What devices look at as a file says, without what is known already; and devices that the body does not have.

    Raises:
        UsageError: it says so of more devices than can be looked for here.
    """
    places = {id: site.name for id, site in _places(told).items()}
    notes = [note for note in told.devices if note.looks_at]
    if len(notes) > MOST_LISTED:
        reason = _("it says of more than {most} devices what they look at").format(most=MOST_LISTED)
        raise UsageError(reason, next_step=_("Bring in several files."))
    found: dict[tuple[str, str], Looking] = {}
    unknown = []
    for note in notes:
        assets = _devices(estate, note)
        if not assets:
            unknown.append(next(value for kind in KINDS if (value := getattr(note, kind))))
        for asset in assets:
            known = {seen.site for seen in views_of(estate, asset).seen} | {asset.site}
            for site in note.looks_at:
                if site not in known:
                    who = {"said_by": note.decided_by, "on": note.decided_on}
                    one = Looking(device=asset.id, label=asset.label, site=site, place=places[site], **who)
                    found[asset.id, site] = one
    return tuple(found.values()), tuple(unknown)


def _devices(estate: Estate, note: DeviceNote) -> list[Asset]:
    """The devices that a note is about; those in whose words one of its names stands are looked at one by one."""
    columns, wanted = columns_of(estate), names_in(note)
    places: set[int] = set()
    for kind, bare in wanted:
        parted = ":".join(bare[at : at + 2] for at in range(0, len(bare), 2))  # as addresses of cards are written here
        for text in {getattr(note, kind), parted if kind == "mac" else bare}:
            places |= set(columns.places(columns.search(text.split()), stop=MOST_LISTED))
    rows = estate.devices().filter(place__in=[place + 1 for place in places]).order_by("place")
    return [asset for asset in (entry_of(row).asset for row in rows) if names_of_device(asset) & wanted]


def _difference(here: Site | None, one: Said, site: Site, given: set[tuple[str, str, str]]) -> Difference:
    answers = list(_answers(site))
    return Difference(
        id=site.id,
        name=site.name,
        theirs=one.theirs,
        what="changed" if here else "added",
        fields=tuple(f for f in Site.__struct_fields__ if here and getattr(here, f) != getattr(site, f)),
        zones=len(site.zones),
        answers=len(answers),
        held=sum(one in given for one in answers),
    )


def _answers(site: Site) -> Iterator[tuple[str, str, str]]:
    yield from ((site.id, "", condition) for condition in site.facts)
    yield from ((site.id, zone.id, "") for zone in site.zones if zone.core.answer != "unknown")
