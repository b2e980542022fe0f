"""What only people can say of the places of a body: the questions, the answers that hold, and who gave them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from custodiet.model import UNDECIDED, Body, Decision, Directive, Site
from custodiet.returns.questions import QUESTIONS
from custodiet.web.estate import Estate
from custodiet.web.knowledge import known_of, names_of
from custodiet.web.progress import asking, counts_of
from custodiet.web.site_decisions import Recorded, recorded
from custodiet.web.store.models import Published


class Limb(msgspec.Struct, frozen=True, kw_only=True):
    """One question that only people can answer."""

    zone: str
    """Id of the zone that it is about; empty: the site, or the body."""
    condition: str
    """Its id; empty for a zone."""
    question: str
    asked_by: tuple[str, ...]
    """Titles of the directives that ask it."""
    decision: Decision
    """The answer that holds."""
    judged_before: bool
    """Whether devices were last judged before that answer was given."""
    counts: bool
    """Whether an answer does anything: of a place of others, only what is also asked of what a device looks at."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A site in the list."""

    id: str
    name: str
    devices: int
    not_satisfied: int
    undetermined: int
    undecided: int
    """Questions about it that nobody answered."""


class Limbs:
    """What is needed to tell of any site of a body.

    Args:
        estate: the body.
    """

    def __init__(self, estate: Estate) -> None:
        known = known_of(estate)
        self.body: Body | None = known.body
        self._was = known.gone
        last = estate.rows(Published).order_by("-number").first()
        self._counts = counts_of(last) if last else {}
        names = names_of(estate)
        self._directives = [d for d in map(names.directive, sorted(asking(last) if last else ())) if d]
        self.recorded = recorded(estate)
        self._answers = {(one.site, one.zone, one.condition): one for one in self.recorded}
        self._published = estate.row.published

    def limbs_of_body(self, body: Body) -> tuple[Limb, ...]:
        """What is asked of the body as a whole."""
        return tuple(self._limbs("", body.facts, ((d, d.conditions) for d in self._directives)))

    def limbs_of(self, site: Site) -> tuple[Limb, ...]:
        """What is asked of a site, then of its zones; of a place of others what is asked of what devices look at."""
        if self.body and site in self.body.others:
            wanted = [(d, [c for r in d.requirements for c in r.in_view]) for d in self._directives]
            return tuple(self._limbs(site.id, site.facts, wanted, theirs=True))
        wanted = [(d, [c for r in d.requirements for c in (*r.where, *r.purpose)]) for d in self._directives]
        return (*self._limbs(site.id, site.facts, wanted), *(self._limb(site.id, z.id, "", z.core) for z in site.zones))

    def _limbs(
        self,
        site: str,
        facts: Mapping[str, Decision],
        wanted: Iterable[tuple[Directive, Iterable[str]]],
        *,
        theirs: bool = False,
    ) -> Iterator[Limb]:
        asked: dict[str, dict[str, str]] = {condition: {} for condition in facts}
        asked |= {one.condition: {} for one in self.recorded if (one.site, one.zone) == (site, "")}
        for directive, conditions in wanted:
            for condition in conditions:
                asked.setdefault(condition, {})[directive.id] = directive.title
        for condition, by in asked.items():
            yield self._limb(site, "", condition, facts.get(condition, UNDECIDED), by, counts=bool(by) or not theirs)

    def _limb(
        self,
        site: str,
        zone: str,
        condition: str,
        decision: Decision,
        by: Mapping[str, str] | None = None,
        *,
        counts: bool = True,
    ) -> Limb:
        here = self._answers.get((site, zone, condition))
        questions = (d.conditions[condition] for d in self._directives if condition in d.conditions)
        return Limb(
            zone=zone,
            condition=condition,
            question=next(questions, "") or QUESTIONS.get(condition, {}).get("en", condition),
            asked_by=tuple((by or {}).values()),
            decision=here.decision if here else decision,
            judged_before=here is not None and (self._published is None or here.at > self._published),
            counts=counts,
        )

    def place(self, site: Site | None) -> Place:
        """A site with its numbers; none: devices at no known site."""
        limbs = self.limbs_of(site) if site else ()
        left = sum(limb.counts and limb.decision.answer == "unknown" for limb in limbs)
        return self._place(site.id, site.name, left) if site else self._place("", "")

    def _place(self, id: str, name: str, undecided: int = 0) -> Place:
        devices, bad, open = self._counts.get(id, (0, 0, 0))
        return Place(id=id, name=name, devices=devices, not_satisfied=bad, undetermined=open, undecided=undecided)

    def gone(self) -> tuple[Place, ...]:
        """Sites that were taken away, as long as devices stand there: until they are judged anew."""
        there = (id for id in self._counts if id and self.site(id) is None)
        return tuple(self._place(id, self._was.get(id, id)) for id in there)

    def left(self) -> tuple[Recorded, ...]:
        """Answers about what is not there any more."""
        there = {("", "")}
        for site in (*self.body.sites, *self.body.others) if self.body else ():
            there |= {(site.id, ""), *((site.id, zone.id) for zone in site.zones)}
        return tuple(one for one in self.recorded if (one.site, one.zone) not in there)

    def site(self, id: str) -> Site | None:
        """The site or place of others with an id."""
        return next((one for one in (*self.body.sites, *self.body.others) if one.id == id), None) if self.body else None
