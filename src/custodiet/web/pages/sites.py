"""The sites of a body: what only people can say of them, limb by limb, with who said it and when."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from django.http import Http404
from django.utils.translation import gettext as _

from custodiet.errors import UsageError
from custodiet.model.site import Answer
from custodiet.web import log
from custodiet.web.dates import day
from custodiet.web.describe_sites import MOST_OTHERS, Told, told_of, unjudged
from custodiet.web.estate import Estate
from custodiet.web.jobs.kinds import Again
from custodiet.web.jobs.queue import ask
from custodiet.web.limbs import Limb, Limbs, Place
from custodiet.web.lists import AT_A_TIME, Paging
from custodiet.web.own_map import own_map
from custodiet.web.page import RECORDED, Asked, Deed, Nothing, Page
from custodiet.web.places_in_view import Watcher, watchers_of
from custodiet.web.plans import Drawing, plans_of
from custodiet.web.proposed_sites import Proposal, proposals
from custodiet.web.rights import Right
from custodiet.web.site_decisions import Recorded
from custodiet.web.site_places import Pin, around, pin
from custodiet.web.store.models import Job, SiteDecision
from custodiet.web.written import Reason

EARLIEST, LATEST = 2000, 2100
"""Years of the dates for which devices are judged: no directive is older, and none says anything of later ones."""

Word = Annotated[str, msgspec.Meta(max_length=254)]


class Sites(msgspec.Struct, frozen=True, kw_only=True):
    """The sites of a body, and what is asked of the body as a whole."""

    described: bool
    """Whether it is known what the body is."""
    unjudged: bool
    """Whether devices were last judged before somebody said something of its sites here."""
    judged: bool
    """Whether devices were judged at all."""
    proposed: tuple[Proposal, ...]
    """Places that registers name and that are no site."""
    limbs: tuple[Limb, ...]
    """About the body as a whole."""
    paging: Paging
    sites: tuple[Place, ...]
    gone: tuple[Place, ...]
    """Sites that were taken away, and at which devices stand until they are judged anew."""
    elsewhere: Place
    """Devices at no known site."""
    others: tuple[Place, ...]
    """Places of others, which devices look at."""
    again: str
    """State of the last judging anew that somebody asked for; empty: nobody did."""
    left: tuple[Recorded, ...]
    """Answers about sites or zones that are not there any more; they change nothing."""


class OneSite(msgspec.Struct, frozen=True, kw_only=True):
    """One site."""

    place: Place
    told: Told | None
    """None: it is not known what the body is."""
    unjudged: bool
    """Whether devices were last judged before somebody said something of sites here."""
    limbs: tuple[Limb, ...]
    zones: dict[str, str]
    """Id of a zone -> its name and address ranges."""
    pin: Pin | None
    """Where it is, and how its devices stand."""
    around: tuple[float, float, float, float] | None
    """West, south, east and north of all sites that are on the map; none: none is."""
    own: bool
    """Whether this installation has map data of its own."""
    plans: tuple[Drawing, ...]
    """Its floor plans."""
    watchers: tuple[Watcher, ...]
    """Devices that hang elsewhere and look at it."""


class Pages(msgspec.Struct, frozen=True, kw_only=True):
    """Which page of the list."""

    page: int = 1


def fetch(asked: Asked[Pages]) -> Sites:
    """As they were last concluded, with the answers that were given since."""
    known = Limbs(asked.estate)
    sites = known.body.sites if known.body else ()
    pages = max(1, -(-len(sites) // AT_A_TIME))
    page = min(max(1, asked.query.page), pages)
    return Sites(
        described=known.body is not None,
        unjudged=unjudged(asked.estate),
        judged=asked.estate.row.published is not None,
        proposed=proposals(asked.estate, known.body) if known.body else (),
        limbs=known.limbs_of_body(known.body) if known.body else (),
        paging=Paging(total=len(sites), more=False, page=page, pages=pages),
        sites=tuple(map(known.place, sites[(page - 1) * AT_A_TIME : page * AT_A_TIME])),
        gone=known.gone(),
        elsewhere=known.place(None),
        others=tuple(map(known.place, known.body.others[:MOST_OTHERS])) if known.body else (),
        again=_again(asked.estate),
        left=known.left(),
    )


def one(asked: Asked[Nothing]) -> OneSite:
    """By the id in the address."""
    known = Limbs(asked.estate)
    site = known.site(asked.path["site"])
    if site is None:
        raise Http404
    zones = {zone.id: " ".join((zone.name or zone.id, *zone.subnets)) for zone in site.zones}
    return OneSite(
        place=known.place(site),
        told=told_of(asked.estate, known.body, site),
        unjudged=unjudged(asked.estate),
        limbs=known.limbs_of(site),
        zones=zones,
        pin=pin(asked.estate, site.id),
        around=around(asked.estate),
        own=own_map() is not None,
        plans=plans_of(asked.estate, site.id),
        watchers=watchers_of(asked.estate, site.id),
    )


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that only a person can give."""

    answer: Answer
    reason: Reason
    site: Word = ""
    """Id of the site; empty: the body as a whole."""
    zone: Word = ""
    """Id of the zone, where it is about whether that is part of a core network."""
    condition: Word = ""
    """Id of the condition; empty for a zone."""
    by: Word = ""
    """Name or function of who decided; empty: who fills in the form."""
    on: Word = ""
    """ISO 8601 date of that, at the latest today; empty: today."""
    until: Word = ""
    """ISO 8601 date until which it holds; empty: no end."""


def decide(asked: Asked[Decided]) -> str:
    """Record an answer; it counts when devices are next concluded, and is shown at once."""
    told, known = asked.query, Limbs(asked.estate)
    limbs: tuple[Limb, ...] = ()
    if known.body is not None and not told.site:
        limbs = known.limbs_of_body(known.body)
    elif (site := known.site(told.site)) is not None:
        limbs = known.limbs_of(site)
    said = (told.zone, told.condition)
    limb = next((limb for limb in limbs if limb.counts and (limb.zone, limb.condition) == said), None)
    if limb is None:
        raise UsageError("nothing that was applied asks this here", next_step="Choose one of the questions listed.")
    now = datetime.now(UTC)
    on, until = day(told.on) or now.date(), day(told.until)
    if on > now.date():
        raise UsageError(_("this day is still to come"), place=told.on, next_step=_("Choose today or an earlier day."))
    if until and until < on:
        step = _("Choose a later day, or none.")
        raise UsageError(_("the answer would end before it was given"), place=told.until, next_step=step)
    fields = {
        "site": told.site,
        "zone": told.zone,
        "condition": told.condition,
        "answer": told.answer,
        "decided_by": told.by.strip() or asked.person.name or asked.person.email,
        "decided_on": on.isoformat(),
        "until": until.isoformat() if until else "",
    }
    change = {"before": limb.decision, "after": fields}
    why, about = told.reason, told.site or asked.estate.id
    log.write(who=asked.person.email, what="site decided", body=asked.estate.id, about=about, said=change, why=why)
    SiteDecision.objects.create(body=asked.estate.row, reason=why, who=asked.person.email, at=now, **fields)
    return f"/b/{asked.estate.id}/sites/{told.site}/" if told.site else f"/b/{asked.estate.id}/sites/"


def _again(estate: Estate) -> str:
    found = estate.rows(Job).filter(kind="again").order_by("-id").values_list("state", flat=True).first()
    return str(found or "")


class Anew(msgspec.Struct, frozen=True, kw_only=True):
    """For which day devices are to be judged."""

    on: Word = ""
    """ISO 8601 date; empty: the day on which it is done."""


def again(asked: Asked[Anew]) -> str:
    """Have all devices judged anew, with the answers and decisions that were given since."""
    if asked.estate.assessment() is None:
        raise UsageError("nothing was concluded yet", next_step="Bring in files first.")
    on = day(asked.query.on)
    if on and not EARLIEST <= on.year <= LATEST:
        step = _("Choose one from {first} to {last}.").format(first=EARLIEST, last=LATEST)
        raise UsageError(_("devices are not judged for such a year"), place=asked.query.on[:40], next_step=step)
    wanted = Again(on=on.isoformat() if on else "")
    waiting = asked.estate.rows(Job).filter(kind="again", state="waiting", wanted=msgspec.json.encode(wanted).decode())
    if not waiting.exists():
        ask(asked.estate.row, "again", wanted, asked.person.email)
    return f"/b/{asked.estate.id}/sites/"


LIST = Page(
    name="sites",
    path="sites/",
    says="The sites of the body, and what only people can say of them.",
    restricted="tells why places are sensitive",
    query=Pages,
    data=Sites,
    fetch=fetch,
    template="sites.html",
)
ONE = Page(
    name="site",
    path="sites/<path:site>/",
    says="One site, limb by limb: what was decided, by whom and when.",
    restricted="tells why places are sensitive",
    query=Nothing,
    data=OneSite,
    fetch=one,
    template="site.html",
)
DECIDE = Deed(
    name="decide-site",
    path="site-decision/",
    says="Records an answer about a site, a zone or the body as a whole.",
    right=Right.DECIDE,
    form=Decided,
    do=decide,
    done=RECORDED,
)
AGAIN = Deed(
    name="judge-again",
    path="judge-again/",
    says="Has all devices concluded and judged anew, with the answers that were given since.",
    right=Right.EDIT,
    form=Anew,
    do=again,
)
