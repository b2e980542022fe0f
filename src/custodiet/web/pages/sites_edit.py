"""Sites and zones that people describe here: added, changed and taken away by whoever decides about sites."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from django.utils.translation import gettext as _

from custodiet.errors import UsageError
from custodiet.model import Body, Site, Zone
from custodiet.web import log
from custodiet.web.describe_sites import (
    checked,
    hangs_on,
    id_of,
    ids_taken,
    line,
    lines,
    numbers,
    opened,
    zones_taken,
)
from custodiet.web.estate import Estate
from custodiet.web.generation import locked
from custodiet.web.knowledge import known_of
from custodiet.web.own_sites import Said, said_of, say
from custodiet.web.page import RECORDED, Asked, Deed
from custodiet.web.places_in_view import watchers_of
from custodiet.web.rights import Right
from custodiet.web.written import Reason

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=254)]
Long = Annotated[str, msgspec.Meta(max_length=30_000)]
MOST_NAMED = 10
"""Devices that a refusal names."""


def now_of(asked: Asked[Any]) -> tuple[Estate, Body]:
    """The body as it is, until the end of the transaction.

    Raises:
        UsageError: it is not known what it is.
    """
    estate = Estate(locked(asked.estate.id))
    body = known_of(estate).body
    if body is None:
        reason = _("nobody said which kind of body this is")
        raise UsageError(reason, next_step=_("Whoever administers it says so under Sites."))
    return estate, body


def keep(asked: Asked[Any], estate: Estate, body: Body, said: Said, what: str, why: str = "") -> str:
    """Check, log and keep what somebody says of a site; gives the address of the site."""
    checked(body, (said,), said_of(estate))
    before = next((site for site in (*body.sites, *body.others) if site.id == said.site), None)
    told = {"before": before, "after": said.noun}
    log.write(who=asked.person.email, what=what, body=estate.id, about=said.site, said=told, why=why)
    say(estate, asked.person.email, (said,))
    return f"/b/{estate.id}/sites/{quote(said.site)}/" if said.noun else f"/b/{estate.id}/sites/"


class Added(msgspec.Struct, frozen=True, kw_only=True):
    """A site."""

    name: Long
    """For people."""
    names: Long = ""
    """Other spellings that registers use, one a line."""
    theirs: bool = False
    """It is a place of others: nothing of the body hangs there, and devices look at it."""


def add(asked: Asked[Added]) -> str:
    """Add a site; it is there at once, and devices are put at it when they are next judged."""
    estate, body = now_of(asked)
    said = fresh(estate, body, asked.query.name, asked.query.names, theirs=asked.query.theirs)
    return keep(asked, estate, body, said, f"{said.what} added")


def fresh(estate: Estate, body: Body, name: str, names: str = "", *, theirs: bool) -> Said:
    """A site, or a place of others, that is not there yet, by its name."""
    name = line(name)
    site = Site(id=id_of(name, ids_taken(estate, body)), name=name, names=lines(names))
    return Said(site=site.id, whole=True, theirs=theirs, noun=site)


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """What a site is called."""

    site: Id
    names: Long = ""
    """Spellings that registers use, one a line; for a site of the sites file those beside its own."""
    name: Long = ""
    """Empty: it stays; that of a site of the sites file stays in any case."""


def change(asked: Asked[Changed]) -> str:
    """Rename a site, or say how registers spell it."""
    estate, body = now_of(asked)
    told, (site, last) = asked.query, opened(estate, body, asked.query.site)
    if told.name and line(told.name) != site.name and not last.whole:
        step = _("Add the name to its other spellings.")
        raise UsageError(_("a site of the sites file keeps its name"), next_step=step)
    noun = last.noun or site
    name, names = line(told.name) if told.name else site.name, lines(told.names)
    if not last.whole:
        own = {*site.names} - {*noun.names}
        names = tuple(one for one in names if one not in own)
    noun = msgspec.structs.replace(noun, name=name, names=names)
    return keep(asked, estate, body, msgspec.structs.replace(last, noun=noun), f"{last.what} changed")


class Removed(msgspec.Struct, frozen=True, kw_only=True):
    """Why a site is taken away."""

    site: Id
    reason: Reason


def remove(asked: Asked[Removed]) -> str:
    """Take a site away; answers about it are still told, and do nothing."""
    estate, body = now_of(asked)
    site, last = opened(estate, body, asked.query.site)
    if not last.whole:
        step = _("Take it out of that file.")
        raise UsageError(_("this site stands in the sites file that the body came with"), next_step=step)
    if hangs_on(estate, site.id).plans:
        raise UsageError(_("the site has floor plans"), next_step=_("Remove those first."))
    if looking := [one.label for one in watchers_of(estate, site.id) if one.known]:
        more = ", …" if len(looking) > MOST_NAMED else ""
        reason = _("devices still look at it: {devices}").format(devices=", ".join(looking[:MOST_NAMED]) + more)
        step = _("Say on the page of each of them first that it does not look there.")
        raise UsageError(reason, place=site.name[:80], next_step=step)
    said = msgspec.structs.replace(last, noun=None)
    return keep(asked, estate, body, said, f"{said.what} taken away", asked.query.reason)


class ZoneTold(msgspec.Struct, frozen=True, kw_only=True):
    """A zone of a site."""

    site: Id
    name: Long
    zone: Annotated[str, msgspec.Meta(max_length=254)] = ""
    """Its id; empty: a new one."""
    subnets: Long = ""
    """Address ranges in CIDR notation, one a line."""
    vlans: Long = ""
    """VLAN numbers, parted by commas."""


def set_zone(asked: Asked[ZoneTold]) -> str:
    """Add a zone, or change one that was added here."""
    estate, body = now_of(asked)
    told, (site, last) = asked.query, opened(estate, body, asked.query.site)
    noun = last.noun or site
    old = _own_zone(noun, told.zone) if told.zone else None
    zone = msgspec.structs.replace(
        old or Zone(id=id_of(line(told.name), zones_taken(estate, site))),
        name=line(told.name),
        subnets=lines(told.subnets),
        vlans=numbers(told.vlans),
    )
    zones = tuple(zone if one is old else one for one in noun.zones) if old else (*noun.zones, zone)
    said = msgspec.structs.replace(last, noun=msgspec.structs.replace(noun, zones=zones))
    return keep(asked, estate, body, said, "zone changed" if old else "zone added")


class ZoneRemoved(msgspec.Struct, frozen=True, kw_only=True):
    """Why a zone is taken away."""

    site: Id
    zone: Id
    reason: Reason


def remove_zone(asked: Asked[ZoneRemoved]) -> str:
    """Take away a zone that was added here."""
    estate, body = now_of(asked)
    site, last = opened(estate, body, asked.query.site)
    noun = last.noun or site
    gone = _own_zone(noun, asked.query.zone)
    noun = msgspec.structs.replace(noun, zones=tuple(one for one in noun.zones if one is not gone))
    said = msgspec.structs.replace(last, noun=noun)
    return keep(asked, estate, body, said, "zone taken away", asked.query.reason)


def _own_zone(noun: Site, id: str) -> Zone:
    found = next((zone for zone in noun.zones if zone.id == id), None)
    if found is None:
        raise UsageError(_("no such zone was added here"), next_step=_("Change it in the sites file."))
    return found


def _deed(name: str, path: str, says: str, form: type[Any], do: Any) -> Deed[Any]:
    return Deed(name=name, path=path, says=says, right=Right.DECIDE, form=form, do=do, done=RECORDED)


ALL = [
    _deed("add-site", "site-add/", "Adds a site.", Added, add),
    _deed("change-site", "site-change/", "Renames a site, or says how registers spell it.", Changed, change),
    _deed("remove-site", "site-remove/", "Takes a site away that was described here.", Removed, remove),
    _deed("set-zone", "zone-set/", "Adds a zone to a site, or changes one.", ZoneTold, set_zone),
    _deed("remove-zone", "zone-remove/", "Takes a zone away that was described here.", ZoneRemoved, remove_zone),
]
