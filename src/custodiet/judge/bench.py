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
from custodiet.judge.answers import equipment_told
from custodiet.judge.events import history, there
from custodiet.judge.maker import MakerTest, cited
from custodiet.judge.sentences import Device, Sentence
from custodiet.model import Asset, Body, Directive, Finding, Flow, Identification, Observation
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

    Returns:
        one finding for each sentence of each directive, in their order.
    """
    return Judge(body, directives, catalog, on).asset(asset, identification, observations, flows)


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
        self._on = on
        self._sites = {site.id: site for site in body.sites} if body else {}
        self.places = Places(body) if body else None
        self._named = {company for directive in directives for company in directive.covers.companies}
        self._rules: list[tuple[Directive, MakerTest, list[Sentence]]] = []
        for directive in directives:
            _check_dates(directive)
            sentences = [Sentence(directive, r, body, self.places, catalog, on) for r in directive.requirements]
            self._rules.append((directive, MakerTest(directive, catalog, on), sentences))

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
    ) -> tuple[Finding, ...]:
        """One finding for each sentence of each directive, in their order; see `judge_asset`."""
        past = history(asset, observations)
        site = self._sites.get(asset.site or "")
        zone = next((zone for zone in site.zones if zone.id == asset.zone), None) if site else None
        device = Device(asset, past, flows, site, zone, there(past, self._on))
        made_by = past.not_made_after()
        kind, maker = identification.get("device_class"), identification.get("manufacturer")
        brand = identification.get("brand").value
        kind_by, maker_by = cited(kind), cited(maker)
        findings: list[Finding] = []
        for directive, test, sentences in self._rules:
            in_scope = equipment_told(directive, kind, kind_by, self._catalog)
            hits, through = test.ask(maker, brand, maker_by, made_by)
            findings.extend(sentence.judge(device, in_scope, hits, through) for sentence in sentences)
        return tuple(findings)

    def inventories(self) -> tuple[Finding, ...]:
        """One finding for each sentence that asks the body for an inventory; its asset is empty.

        A register that lists none is no inventory: only a recorded look at the devices themselves satisfies.
        """
        asked = [sentence for _, _, sentences in self._rules for sentence in sentences]
        return tuple(sentence.judge_body() for sentence in asked if sentence.requirement.demands == "inventory")


def _check_dates(directive: Directive) -> None:
    dates = [directive.in_force or "?", directive.until]
    dates += [text for sentence in directive.requirements for text in (sentence.applies_from, sentence.deadline)]
    for text in dates:
        try:
            if text:
                parse_date(text)
        except ValueError as error:
            step = "Correct in_force, until, applies_from and deadline in the record"
            raise CatalogError(str(error), place=f"directive {directive.id}", next_step=step) from error
