"""Judges one device by the sentences of directives on one date; seven answers stand behind each verdict.

A verdict says what a directive says and no more: four sentences of four strengths stay four findings, a political call
never prints as a rule, and there is no light, score or flag for a device. What is not known is an answer of its own:
the finding then names the missing fact and what would settle it. Nothing here reads a file, asks a clock or guesses.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from custodiet.catalog import Catalog
from custodiet.catalog.spelling import nearest
from custodiet.dates import parse_date
from custodiet.errors import CatalogError, UsageError
from custodiet.judge.answers import decide, equipment_told
from custodiet.judge.entity import EntityTests, entity_of
from custodiet.judge.entity.companies import Result
from custodiet.judge.entity.facts import cited
from custodiet.judge.events import Told, history, there
from custodiet.judge.notes import Notes, as_observations, at_site, firmware_changed
from custodiet.judge.parts import doubted_parts
from custodiet.judge.sentences import Device, Sentence
from custodiet.judge.verdict import answers_of
from custodiet.judge.views import views_of
from custodiet.model import Asset, Body, Directive, Finding, Flow, Identification, Observation
from custodiet.model.finding import Question
from custodiet.model.reach import Connections
from custodiet.sites import Places

_ORDER = {"not_satisfied": 0, "undetermined": 1, "satisfied": 2, "not_applicable": 3}
_WEIGHT = {"high": 0, "medium": 1, "low": 2, "none": 3}


def judge_asset(
    asset: Asset,
    identification: Identification,
    observations: Sequence[Observation],
    flows: Sequence[Flow],
    body: Body | None,
    directives: Sequence[Directive],
    catalog: Catalog,
    on: date,
    connections: Connections | None = None,
) -> tuple[Finding, ...]:
    """Judge one device; for many of them make one `Judge` and ask it.

    Args:
        asset: the device, with its site and zone where known.
        identification: who made it.
        observations: those of the device.
        flows: the conversations it took part in.
        body: whose device it is; none: no sites file was given.
        directives: by which to judge.
        catalog: companies, relations and vocabularies.
        on: the date judged.
        connections: what else is known of where it connects; none: nothing.

    Returns:
        one finding for each sentence of each directive, in their order.
    """
    judge = Judge(body, directives, catalog, on)
    return judge.asset(asset, identification, observations, flows, connections, whole=True)


def directives_for(catalog: Catalog, ids: Sequence[str] | None) -> tuple[Directive, ...]:
    """The directives of these ids, each once; none: all of the catalog.

    Raises:
        UsageError: an id that is not in the catalog, with the nearest that is.
    """
    if ids is None:
        return tuple(catalog.directives.values())
    for id in ids:
        if id not in catalog.directives:
            raise UsageError(f"there is no directive {id[:80]}", next_step=nearest(id[:80], catalog.directives))
    return tuple(catalog.directives[id] for id in dict.fromkeys(ids))


WHOSE = "whose device it is: give a sites file that names the body and its kind"
"""What is missing where nobody said whose devices these are."""


def worst_first(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Not satisfied before undetermined, severe before light; equal ones keep their order."""
    return tuple(sorted(findings, key=lambda found: (_ORDER[found.status], _WEIGHT[found.severity])))


class Judge:
    """Everything that is the same for all devices of one body on one date.

    Raises:
        CatalogError: a date in a directive is no date.
    """

    def __init__(self, body: Body | None, directives: Sequence[Directive], catalog: Catalog, on: date) -> None:
        self._catalog = catalog
        self.on = on
        """The date judged."""
        self.body = body
        """Whose devices; none: not known."""
        self.directives = tuple(directives)
        """By which it judges."""
        self._sites = {site.id: site for site in body.sites} if body else {}
        self.places = Places(body) if body else None
        naming = directives or tuple(catalog.directives.values())
        self._named = {company for directive in naming for company in directive.covers.companies}
        self._notes = Notes(body)
        self._rules: list[tuple[Directive, EntityTests, list[Sentence]]] = []
        alike: dict[tuple[object, ...], EntityTests] = {}  # many texts mean the same companies
        for directive in directives:
            _check_dates(directive)
            sentences = [Sentence(directive, r, body, self.places, catalog, on) for r in directive.requirements]
            tests = EntityTests(directive, catalog, on)
            self._rules.append((directive, alike.setdefault(tests.meaning, tests), sentences))
        self._sentences = [sentence for _, _, sentences in self._rules for sentence in sentences]
        self._depends = [
            (directive, tests, depends)
            for directive, tests, sentences in self._rules
            if (depends := [sentence for sentence in sentences if sentence.fixed is None])
        ]
        self.fixed = tuple(sentence.fixed for sentence in self._sentences if sentence.fixed is not None)
        """One finding, with an empty asset, for each sentence whose verdict is the same for every device."""

    def concerns(self, identification: Identification) -> bool:
        """Whether a device is to be judged at all.

        What gave no sign of being a surveillance device, or shows that it is none, is not: saying of every printer that
        no sentence applies would bury the rest. A device of a company that a directive names is always judged.
        """
        kind = identification.get("device_class")
        if self._catalog.surveillance(kind.value):
            return True
        maker = identification.get("manufacturer")
        if maker.value in self._named:
            return True
        return not kind.value and bool(maker.claims_for or identification.get("brand").claims_for or kind.claims_for)

    def asset(
        self,
        asset: Asset,
        identification: Identification,
        observations: Sequence[Observation],
        flows: Sequence[Flow],
        connections: Connections | None = None,
        *,
        whole: bool = False,
    ) -> tuple[Finding, ...]:
        """One finding for each sentence whose verdict depends on the device, in order; `fixed` holds the rest.

        `flows` are the largest conversations; `connections` tells what else is known of where it connects.
        With `whole`, one for every sentence: what a text would mean by this device is said even where it binds nobody
        here.
        """
        if self.body is None and not self.directives:
            return (_of_nobody(asset.id, self.on),)
        note = self._notes.of(asset)
        if note:
            changed = firmware_changed(identification, observations)
            observations = (*observations, *as_observations(note, changed))
        past = history(asset, observations, doubted_parts(asset, identification, observations))
        site = self._sites.get(asset.site or "")
        zone = next((zone for zone in site.zones if zone.id == asset.zone), None) if site else None
        views = views_of(self.body, self._notes.looking(asset), note, site.id if site else None)
        if note:
            site = at_site(note, site)
        own = asset.id if views or (note and note.facts) else ""
        device = Device(asset, past, flows, site, zone, there(past, self.on), own, views, connections)
        entity = entity_of(identification, observations, flows, past.not_made_after(), self._catalog, connections)
        kind = identification.get("device_class")
        kind_by = cited(kind)

        def ask(tests: EntityTests, day: date) -> Result:
            if (tests, day) not in results:
                results[tests, day] = tests.ask(entity, lambda condition: decide(condition, site, self.body, day))
            return results[tests, day]

        findings: list[Finding] = []
        scopes: dict[tuple[tuple[str, ...], tuple[str, ...]], Told] = {}  # many texts mean the same classes
        results: dict[tuple[EntityTests, date], Result] = {}  # and the same companies
        for directive, tests, sentences in self._rules if whole else self._depends:
            classes = (directive.equipment, directive.equipment_unclear)
            in_scope = scopes.get(classes)
            if in_scope is None:
                in_scope = scopes[classes] = equipment_told(*classes, kind, kind_by, self._catalog)
            for sentence in sentences:
                # who was debarred after a purchase was not when it was made
                hits, through = ask(tests, sentence.day_of_event(past) if tests.asks_people else self.on)
                fewer = sentence.requirement.equipment
                scope = equipment_told(fewer, (), kind, kind_by, self._catalog) if fewer else in_scope
                findings.append(sentence.judge(device, scope, hits, through))
        return tuple(findings)

    def inventories(self) -> tuple[Finding, ...]:
        """One finding for each sentence that asks the body for an inventory; its asset is empty.

        A register that lists none is no inventory: only a recorded look at the devices themselves satisfies.
        """
        return tuple(s.judge_body() for s in self._sentences if s.requirement.demands == "inventory")


def _of_nobody(asset: str, on: date) -> Finding:
    """The one finding where nobody said whose device it is and no directive was asked for: all of them stay open.

    To ask each sentence of each text, and get the same missing fact for each, would bury it.
    """
    asked: dict[Question, Told] = {"body": Told(None, "nobody said whose device it is", (), 0.0, WHOSE)}
    return Finding(
        asset=asset,
        directive="",
        requirement="",
        strength="none",
        on=on.isoformat(),
        status="undetermined",
        outcome="cannot judge",
        severity="low",
        confidence=0.0,
        because="Cannot judge: nobody said whose device it is.",
        missing=(WHOSE,),
        answers=answers_of(asked),
    )


def _check_dates(directive: Directive) -> None:
    dates = [directive.announced or "?", directive.in_force, directive.until]
    dates += [text for window in directive.suspensions for text in (window.since, window.until)]
    dates += [text for s in directive.requirements for text in (s.applies_from, s.applies_until, s.deadline)]
    for text in dates:
        try:
            if text:
                parse_date(text)
        except ValueError as error:
            step = "Correct in_force, until, applies_from and deadline in the record"
            raise CatalogError(str(error), place=f"directive {directive.id}", next_step=step) from error
