"""Judges one device by one sentence of one directive on one date; seven answers stand behind each verdict.

A verdict says what a directive says and no more: four sentences of four strengths stay four findings, a political call
never prints as a rule, and there is no light, score or flag for a device. What is not known is an answer of its own:
the finding then names the missing fact and what would settle it. Nothing here reads a file, asks a clock or guesses.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from custodiet.catalog import Catalog
from custodiet.catalog.files import nearest
from custodiet.dates import Span, on_or_after, parse_date
from custodiet.errors import CatalogError, UsageError
from custodiet.judge.answers import (
    body_told,
    decide,
    equipment_told,
    exception_told,
    network_told,
    place_told,
)
from custodiet.judge.events import History, Told, happened, history, still_there, there
from custodiet.judge.maker import MakerTest
from custodiet.judge.verdict import QUESTIONS, Verdict
from custodiet.model import (
    Asset,
    Body,
    Directive,
    Finding,
    Flow,
    Identification,
    Observation,
    Requirement,
    Site,
    Zone,
)
from custodiet.model.finding import Outcome, Question, Status
from custodiet.sites import Places

NOT_OF_A_DEVICE = {
    "publish": "it asks the government to tell parliament or the public, and nothing of a device",
    "flow-down": "it is about clauses in subcontracts, which no device shows",
    "exit-contract": "it is about a contract, which no device shows",
    "inventory": "it asks the body to look at what it has; it is judged for the body, not for one device",
    "do-not-export-to": "it is an export rule: it says nothing about buying, using or keeping such equipment",
}
"""Demands that no single device can meet or break, and why."""

# A `no` to one of these ends the asking; the word is what it means for the device.
_ENDS: dict[Question, tuple[Outcome, Status]] = {
    "body": ("not addressed", "not_applicable"),
    "equipment": ("out of scope", "not_applicable"),
    "maker": ("allowed", "satisfied"),
    "place": ("out of scope", "not_applicable"),
    "network": ("allowed", "satisfied"),
    "verb": ("allowed", "satisfied"),
}
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
        self.body = body
        self.directives = tuple(directives)
        for directive in self.directives:
            _check_dates(directive)
        self.catalog = catalog
        self.on = on
        self._places = Places(body) if body else None
        self._sites = {site.id: site for site in body.sites} if body else {}
        self._body = {directive.id: body_told(directive, body, catalog) for directive in self.directives}
        self._makers = {directive.id: MakerTest(directive, catalog, on) for directive in self.directives}
        self._undefined = {directive.id: self._not_yet_defined(directive) for directive in self.directives}

    def asset(
        self,
        asset: Asset,
        identification: Identification,
        observations: Sequence[Observation],
        flows: Sequence[Flow],
    ) -> tuple[Finding, ...]:
        """One finding for each sentence of each directive, in their order; see `judge_asset`."""
        past = history(asset, observations)
        made_by = past.not_made_after()
        site = self._sites.get(asset.site or "")
        zone = next((zone for zone in site.zones if zone.id == asset.zone), None) if site else None
        device = _Device(asset, past, flows, site, zone)
        findings: list[Finding] = []
        for directive in self.directives:
            equipment = equipment_told(directive, identification.get("device_class"), self.catalog)
            maker, through = self._makers[directive.id].ask(identification, made_by)
            for requirement in directive.requirements:
                asked: dict[Question, Told] = {"equipment": equipment, "maker": maker}
                findings.append(self._judge(device, directive, requirement, asked, through))
        return tuple(findings)

    def inventories(self) -> tuple[Finding, ...]:
        """One finding for each sentence that asks the body for an inventory; its asset is empty.

        A register that lists none is no inventory: only a recorded look at the devices themselves satisfies.
        """
        findings = []
        for directive in self.directives:
            for requirement in directive.requirements:
                if requirement.demands == "inventory":
                    findings.append(self._inventory(directive, requirement))
        return tuple(findings)

    # --- one sentence

    def _judge(
        self,
        device: _Device,
        directive: Directive,
        requirement: Requirement,
        asked: dict[Question, Told],
        through: str,
    ) -> Finding:
        start = parse_date(requirement.applies_from or directive.in_force)
        verdict = Verdict(device.asset.id, directive, requirement, self.on, asked)
        holds = self._in_force(directive, start)
        if holds.holds is False:
            asked["body"] = holds
            return verdict.of("not addressed", "not_applicable", holds.because, holds)
        if requirement.demands in NOT_OF_A_DEVICE:
            because = NOT_OF_A_DEVICE[requirement.demands]
            asked["body"] = self._body[directive.id]
            asked["verb"] = Told(False, because)
            return verdict.of("out of scope", "not_applicable", because, asked["verb"])
        asked["body"] = self._body[directive.id]
        if asked["body"].holds is False:
            return verdict.of("not addressed", "not_applicable", asked["body"].because, asked["body"])
        if directive.status in ("proposed", "definition"):
            return verdict.of("out of scope", "not_applicable", f"its text is {directive.status} only, and no rule")
        if holds.holds is None:
            asked["body"] = holds
        self._ask_the_rest(device, directive, requirement, asked, through, start)
        for question in QUESTIONS:
            told = asked.get(question)
            if question in _ENDS and told and told.holds is False:
                outcome, status = _ENDS[question]
                if question == "verb" and requirement.event not in ("installing", "buying"):
                    # it is not in use on that date, so there is nothing to allow
                    outcome, status = "out of scope", "not_applicable"
                return verdict.of(outcome, status, told.because, told)
        exempt = asked.get("exception")
        if exempt and exempt.holds:
            return verdict.of("allowed", "not_applicable", f"an exception applies: {exempt.because}", exempt)
        sensitive = _sensitive(asked.get("place"), requirement)
        if any(told.holds is None for told in asked.values()):
            return verdict.open(sensitive)
        return self._hit(device, directive, requirement, verdict, sensitive)

    def _ask_the_rest(
        self,
        device: _Device,
        directive: Directive,
        requirement: Requirement,
        asked: dict[Question, Told],
        through: str,
        start: Span,
    ) -> None:
        """Place, network, verb and exception, as far as the sentence asks them."""
        place = place_told(
            requirement,
            directive,
            through,
            device.site,
            self.body,
            self.on,
            self._undefined[directive.id] if requirement.where else "",
            device.asset.placed_by,
        )
        network = network_told(requirement, device.site, device.zone, device.flows, self.body, self._places)
        exception = exception_told(directive, device.site, self.body, self.on)
        if place:
            asked["place"] = place
        if network:
            asked["network"] = network
        if exception:
            asked["exception"] = exception
        asked["verb"] = self._verb(device.past, requirement, start)

    def _verb(self, past: History, requirement: Requirement, start: Span) -> Told:
        """Whether the event of the sentence befell the device while the sentence held, up to the date judged."""
        if requirement.event == "installing":
            return happened(past, "installed", start, self.on)
        if requirement.event == "buying":
            return happened(past, "bought", start, self.on)
        told = there(past, self.on)
        if requirement.deadline and told.holds:
            due = parse_date(requirement.deadline).last
            if self.on > due:
                return still_there(past, due)
        return told

    def _hit(
        self,
        device: _Device,
        directive: Directive,
        requirement: Requirement,
        verdict: Verdict,
        sensitive: bool,
    ) -> Finding:
        """All that is asked is a yes: what that means by the strength of the sentence and the force of its text."""
        why = verdict.reasons()
        if directive.status == "political":
            because = f"{directive.instrument}, not a rule; it asks: {requirement.text} {why}"
            return verdict.of("allowed, discouraged", "not_applicable", because)
        recorded = decide(f"decided-{requirement.id}", device.site, self.body, self.on)
        if requirement.strength == "consider" or requirement.demands in ("report", "represent", "assess-risk"):
            done = recorded.holds if requirement.strength != "consider" else recorded.holds is not None
            if done:
                return verdict.of("allowed", "satisfied", f"{why}; recorded: {recorded.because}", recorded)
            reporting = requirement.demands in ("report", "represent")
            question = directive.conditions.get(f"decided-{requirement.id}", "a recorded decision")
            missing = f"{question} (answer in the sites file: decided-{requirement.id})"
            outcome: Outcome = "report due" if reporting else "decision required"
            return verdict.of(outcome, "undetermined", why, missing=(missing,), sensitive=sensitive)
        if requirement.strength == "should":
            return verdict.of("allowed, discouraged", "not_satisfied", why, sensitive=sensitive)
        if requirement.strength != "must":
            return verdict.of("allowed", "satisfied", why)
        if not requirement.deadline:
            return verdict.of("prohibited", "not_satisfied", why, sensitive=sensitive)
        due = parse_date(requirement.deadline).last
        if self.on <= due:
            return verdict.of("must be gone", "not_satisfied", f"by {due} at the latest: {why}", sensitive=sensitive)
        return verdict.of("overdue", "not_satisfied", f"it had to be gone by {due}: {why}", sensitive=sensitive)

    # --- the directive on that date

    def _in_force(self, directive: Directive, start: Span) -> Told:
        begun = on_or_after(Span(self.on, self.on), start)
        if begun is False:
            return Told(False, f"not yet in force on that date; it holds from {start}")
        if begun is None:
            missing = f"the day in {start} from which it holds: the text of the {directive.instrument}"
            return Told(None, f"it holds from {start}, and the day is not known", (), 0.0, missing)
        if directive.until and self.on > parse_date(directive.until).last:
            return Told(False, f"no longer in force on that date; it held until {directive.until}")
        if directive.status in ("superseded", "expired", "suspended") and not directive.until:
            missing = "from when on it no longer held: the text that ended it"
            return Told(None, f"it is {directive.status}, and the day is not known", (), 0.0, missing)
        return Told(True, f"in force on {self.on}")

    def _not_yet_defined(self, directive: Directive) -> str:
        """A remark for dates before the day on which the words of its conditions were defined in public."""
        for other in self.catalog.directives.values():
            shared = set(other.conditions).intersection(directive.conditions)
            if other.status == "definition" and other.id != directive.id and shared:
                defined = parse_date(other.in_force)
                if self.on < defined.first:
                    return f"no definition was published before {defined}, so the answers by its later words are used"
        return ""

    def _inventory(self, directive: Directive, requirement: Requirement) -> Finding:
        start = parse_date(requirement.applies_from or directive.in_force)
        asked: dict[Question, Told] = {"body": self._body[directive.id]}
        verdict = Verdict("", directive, requirement, self.on, asked)
        holds = self._in_force(directive, start)
        if asked["body"].holds is not False and not holds.holds:
            asked["body"] = holds
        if asked["body"].holds is False:
            return verdict.of("not addressed", "not_applicable", asked["body"].because, asked["body"])
        condition = f"decided-{requirement.id}"
        told = decide(condition, None, self.body, self.on)
        question = directive.conditions.get(condition, "whether the devices themselves were looked at")
        missing = f"{question} (answer in the sites file: {condition})"
        asked["verb"] = Told(told.holds, told.because, told.evidence, told.confidence, missing)
        if asked["body"].holds is None or told.holds is None:
            return verdict.open(False, "what a register lists is not an inventory; ")
        if told.holds:
            return verdict.of("allowed", "satisfied", "the devices themselves were looked at", told)
        because = "what a register lists is not an inventory, and nobody looked at the devices themselves"
        return verdict.of("report due", "not_satisfied", because, told, missing=(missing,))


class _Device:
    """One device with what its sources and the sites file say of it."""

    def __init__(
        self, asset: Asset, past: History, flows: Sequence[Flow], site: Site | None, zone: Zone | None
    ) -> None:
        self.asset = asset
        self.past = past
        self.flows = flows
        self.site = site
        self.zone = zone


def _sensitive(place: Told | None, requirement: Requirement) -> bool:
    """Whether the place is one that the text singles out; a text without a place singles out every one."""
    if not requirement.where:
        return True
    return bool(place and place.holds and not requirement.where_not)


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
