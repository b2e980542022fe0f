"""Answers about sites, zones and the body that people gave here, put into the body before it is next concluded.

`with_decisions` is what a conclusion calls; it asks no table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from custodiet.model import Body, Decision, Site, Zone
from custodiet.web.estate import Estate
from custodiet.web.store.models import SiteDecision


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that somebody gave here."""

    site: str
    """Id of the site; empty: the body as a whole."""
    zone: str
    """Id of the zone, where it is about whether that is part of a core network; empty: the site."""
    condition: str
    """Id of the condition; empty for a zone."""
    decision: Decision
    who: str
    """Address of the person who wrote it down here."""
    at: datetime


def recorded(estate: Estate) -> tuple[Recorded, ...]:
    """The answers that hold: the last on each matter, in the order in which they were given."""
    last = {(row.site, row.zone, row.condition): row for row in estate.rows(SiteDecision).order_by("number")}
    return tuple(_recorded(row) for row in sorted(last.values(), key=lambda row: int(row.number)))


def _recorded(row: SiteDecision) -> Recorded:
    decision = Decision(
        answer=row.answer,
        decided_by=row.decided_by,
        decided_on=row.decided_on,
        reason=row.reason,
        until=row.until,
    )
    names = ("site", "zone", "condition", "who", "at")
    return Recorded(decision=decision, **{name: getattr(row, name) for name in names})


def with_decisions(body: Body, decisions: Iterable[Recorded]) -> Body:
    """The body with the answers that were given here in the place of those that it came with.

    An answer about a site or zone that the body does not have changes nothing.
    """
    answers = {(one.site, one.zone, one.condition): one.decision for one in decisions}
    return msgspec.structs.replace(
        body,
        facts=_facts(body.facts, answers, ""),
        sites=tuple(_site(site, answers) for site in body.sites),
        others=tuple(_site(site, answers) for site in body.others),
    )


_Answers = Mapping[tuple[str, str, str], Decision]


def _site(site: Site, answers: _Answers) -> Site:
    zones = tuple(_zone(zone, answers.get((site.id, zone.id, ""))) for zone in site.zones)
    return msgspec.structs.replace(site, facts=_facts(site.facts, answers, site.id), zones=zones)


def _zone(zone: Zone, core: Decision | None) -> Zone:
    return zone if core is None else msgspec.structs.replace(zone, core=core)


def _facts(facts: Mapping[str, Decision], answers: _Answers, site: str) -> dict[str, Decision]:
    fresh = {condition: one for (at, zone, condition), one in answers.items() if (at, zone) == (site, "") and condition}
    return {**facts, **fresh}
