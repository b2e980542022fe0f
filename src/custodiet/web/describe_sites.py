"""What people say of sites here: ids made of names, bounds, what cannot be, and what hangs on a site."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

import msgspec
from django.utils.translation import gettext as _

from custodiet.errors import UsageError
from custodiet.model import Body, Site, Zone
from custodiet.sites import fault_of, folded
from custodiet.web.estate import Estate
from custodiet.web.own_sites import Said, last_said, with_sites
from custodiet.web.store.models import Device, InView, OwnSite, Plan, SiteDecision, SitePlace

MOST_SITES = 2_000
"""Sites of a body."""
MOST_OTHERS = 500
"""Places of others that devices of a body look at."""
MOST_ZONES = 200
"""Zones of a site."""
MOST_NAMES = 100
"""Spellings of a site, and address ranges of a zone."""
LONGEST = 200
"""Characters of a name or a spelling."""
LONGEST_ID = 40


class Hangs(msgspec.Struct, frozen=True, kw_only=True):
    """What would be left behind if a site were taken away."""

    devices: int
    """Put there when they were last judged."""
    plans: int
    answers: int
    """That people gave here."""
    looks: int
    """Words on devices that look at it or do not."""
    placed: bool
    """Whether somebody put it on the map here."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a site is called and which zones it has, as far as that can be changed here."""

    whole: bool
    """Whether all of it was said here; else the sites file says it, and something may be added."""
    names: tuple[str, ...]
    """Spellings that registers use, as the sites file says."""
    own_names: tuple[str, ...]
    """The same, as was said here."""
    zones: tuple[Zone, ...]
    """Those that the sites file says."""
    own_zones: tuple[Zone, ...]
    """Those that were said here."""
    hangs: Hangs
    theirs: bool
    """Whether it is a place of others: it has no zones."""


def hangs_on(estate: Estate, site: str) -> Hangs:
    """What hangs on a site."""
    last = estate.rows(SitePlace).filter(site=site).order_by("-number").values_list("latitude", flat=True).first()
    return Hangs(
        devices=estate.rows(Device).filter(site=site).count(),
        plans=estate.rows(Plan).filter(site=site).count(),
        answers=estate.rows(SiteDecision).filter(site=site).count(),
        looks=estate.rows(InView).filter(site=site).count(),
        placed=last is not None,
    )


def id_of(name: str, taken: Collection[str]) -> str:
    """A short id made of a name, which is not among those that are taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    id = re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST_ID].strip("-") or "site"
    more = (f"{id[: LONGEST_ID - 6].rstrip('-')}-{number}" for number in range(2, len(taken) + 3))
    return next(one for one in (id, *more) if one not in taken)


def ids_taken(estate: Estate, body: Body) -> set[str]:
    """Ids of sites that are, or were: a new site must not come by what was said of an old one."""
    were: set[str] = {site.id for site in (*body.sites, *body.others)}
    for table in (OwnSite, SiteDecision, Plan, InView, SitePlace):
        were |= set(estate.rows(table).values_list("site", flat=True).distinct())
    return were


def zones_taken(estate: Estate, site: Site) -> set[str]:
    """The same of the zones of a site."""
    return {zone.id for zone in site.zones} | set(
        estate.rows(SiteDecision).filter(site=site.id).values_list("zone", flat=True)
    )


def line(text: str) -> str:
    """A name as it is kept.

    Raises:
        UsageError: it is empty or too long.
    """
    name = " ".join(text.split())
    if not name or len(name) > LONGEST:
        reason = _("a name has at least one character, and at most {most}").format(most=LONGEST)
        raise UsageError(reason, place=name[:80], next_step=_("Write it shorter, and the rest on a line of its own."))
    return name


def lines(text: str) -> tuple[str, ...]:
    """One a line, each once, without those that are empty.

    Raises:
        UsageError: one is too long, or there are too many.
    """
    found = tuple(dict.fromkeys(line(one) for one in text.splitlines() if one.strip()))
    if len(found) > MOST_NAMES:
        raise UsageError(_("more than {most} lines").format(most=MOST_NAMES), next_step=_("Leave some out."))
    return found


def numbers(text: str) -> tuple[int, ...]:
    """VLAN numbers, parted by anything that is no digit.

    Raises:
        UsageError: one is none.
    """
    words = dict.fromkeys(re.split(r"[\s,;]+", text.strip())) if text.strip() else {}
    wrong = [word for word in words if not (re.fullmatch(r"[0-9]{1,4}", word) and 1 <= int(word) <= 4094)]
    if wrong:
        reason = _("this is not a VLAN number")
        raise UsageError(reason, place=wrong[0][:80], next_step=_("Write numbers from 1 to 4094, parted by commas."))
    return tuple(dict.fromkeys(int(word) for word in words))


def opened(estate: Estate, body: Body | None, id: str) -> tuple[Site, Said]:
    """A site of the body, or a place of others, and what is said here of it so far.

    Raises:
        UsageError: the body has no such site.
    """
    site = next((site for site in (*body.sites, *body.others) if site.id == id), None) if body else None
    if body is None or site is None:
        raise UsageError(_("the body has no such site"), next_step=_("Choose one of the sites listed."))
    first = Said(site=id, whole=False, theirs=site in body.others, noun=Site(id=id, name=site.name))
    return site, last_said(estate, id) or first


def unjudged(estate: Estate) -> bool:
    """Whether devices were last judged before somebody said something of sites here."""
    said, judged = estate.row.described, estate.row.published
    return said is not None and judged is not None and said > judged


def told_of(estate: Estate, body: Body | None, site: Site) -> Told | None:
    """What can be changed here of a site or a place of others; none: it is not known what the body is."""
    if body is None:
        return None
    last = opened(estate, body, site.id)[1]
    own = last.noun or site
    zones = {zone.id for zone in own.zones}
    return Told(
        whole=last.whole,
        names=tuple(name for name in site.names if name not in own.names),
        own_names=own.names,
        zones=tuple(zone for zone in site.zones if zone.id not in zones),
        own_zones=own.zones,
        hangs=hangs_on(estate, site.id),
        theirs=site in body.others,
    )


def checked(body: Body, said: Iterable[Said], before: Iterable[Said]) -> Body:
    """The body as it comes to be.

    Args:
        body: as it is.
        said: what somebody wants to say of its sites.
        before: what was said of them before.

    Raises:
        UsageError: it cannot be, or there is too much of it.
    """
    said = tuple(said)
    after = with_sites(body, (*before, *said))
    if len(after.sites) > max(MOST_SITES, len(body.sites)):
        reason = _("a body has at most {most} sites here").format(most=MOST_SITES)
        raise UsageError(reason, next_step=_("Take one away first."))
    if len(after.others) > max(MOST_OTHERS, len(body.others)):
        reason = _("a body has at most {most} places of others here").format(most=MOST_OTHERS)
        raise UsageError(reason, next_step=_("Take one away first."))
    touched = {one.site for one in said}
    _texts(site for site in (*after.sites, *after.others) if site.id in touched)
    for site in after.sites:
        if site.id in touched and (len(site.zones) > MOST_ZONES or len(site.names) > 2 * MOST_NAMES):
            reason = _("a site has at most {zones} zones and {names} spellings").format(
                zones=MOST_ZONES, names=2 * MOST_NAMES
            )
            raise UsageError(reason, place=site.name[:80], next_step=_("Take one away first."))
    _names(after, touched)
    gone = {one.site for one in said if one.noun is None}
    # what was taken back stands in the body until it is judged anew, also of a place that goes now
    notes = (
        msgspec.structs.replace(n, looks_at=tuple(id for id in n.looks_at if id not in gone)) for n in body.devices
    )
    fault = fault_of(msgspec.structs.replace(after, devices=tuple(notes)))
    if fault:
        raise UsageError(fault[1], next_step=fault[2])
    return after


def _texts(sites: Iterable[Site]) -> None:
    """What a form bounds already, a file may break."""
    for site in sites:
        answers = (*site.facts.values(), *(zone.core for zone in site.zones))
        short = [site.id, site.name, *site.names, *site.facts, *(one.decided_by for one in answers)]
        short += [text for zone in site.zones for text in (zone.id, zone.name)]
        if "/" in site.id or not site.id or not site.name.strip() or len(site.id) > 80:
            step = _("Write an id of at most 80 characters without a slash, and a name.")
            raise UsageError(_("a site needs an id that can stand in an address, and a name"), next_step=step)
        wrong = next((text for text in short if len(text) > LONGEST or not text.isprintable()), None)
        if wrong is not None or any(len(one.reason) > 4000 for one in answers):
            reason = _("a text is too long, or has characters that cannot be shown")
            step = _("Write names of at most {most} characters, and reasons of at most 4000.").format(most=LONGEST)
            raise UsageError(reason, place=site.id, next_step=step)


def _names(body: Body, touched: Collection[str]) -> None:
    """Two sites of one name would put no device anywhere, and nobody could choose between two places of one name."""
    whose: dict[str, list[Site]] = {}
    for site in (*body.sites, *body.others):
        for name in {folded(each) for each in (site.id, site.name, *site.names)}:
            whose.setdefault(name, []).append(site)
    for name, sites in whose.items():
        if len(sites) > 1 and any(site.id in touched for site in sites):
            other = next((site for site in sites if site.id not in touched), sites[0])
            reason = _("another site is called that already: {other}").format(other=other.name[:80])
            raise UsageError(reason, place=name[:80], next_step=_("Choose another name, or add it to that site."))
