"""One sentence of a directive, for one body on one date; asked of one device after another.

What is the same for all devices is worked out once: whether the sentence holds on that date, whether it addresses the
body, what people decided about a site. For a device the open questions are then asked in their order, a no to one of
them ends the matter, and what follows from seven answers depends on the strength of the sentence alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import msgspec

from custodiet.catalog import Catalog
from custodiet.dates import Span, on_or_after, parse_date
from custodiet.judge.answers import body_told, decide, exception_told, network_told, place_told
from custodiet.judge.clock import due_after
from custodiet.judge.events import Happening, History, Told, happened, still_there
from custodiet.judge.verdict import Verdict
from custodiet.judge.views import View
from custodiet.model import Asset, Body, Directive, Finding, Flow, Requirement, Site, Zone
from custodiet.model.finding import Outcome, Question, Status
from custodiet.model.reach import Connections
from custodiet.sites import Places

NOT_OF_A_DEVICE = {
    "publish": "it asks the government to tell parliament or the public, and nothing of a device",
    "flow-down": "it is about clauses in subcontracts, which no device shows",
    "exit-contract": "it is about a contract, which no device shows",
    "inventory": "it asks the body to look at what it has; it is judged for the body, not for one device",
    "do-not-export-to": "it is an export rule: it says nothing about buying, using or keeping such equipment",
    "end-operations": "it is an order to a company: it says nothing about equipment that was bought",
}
"""Demands that no single device can meet or break, and why."""

NO_RULE = {
    "proposed": "it is a proposal and binds nobody",
    "definition": "it says what words of other directives mean",
    "record": "it records what was found or held at a time, and asks nothing of a device",
}
"""Texts that give no verdict, by their status, and why."""

HAPPENING: dict[str, Happening] = {
    "installing": "installed",
    "buying": "bought",
    "funding": "bought",
    "renewing": "renewed",
    "importing": "imported",
    "authorising": "authorised",
}
"""Event of a sentence -> what must have befallen the device; the other events are about a device that is in use."""

RECORDED = ("report", "represent", "assess-risk", "obtain-approval")
"""Demands that are met by something a person records, whatever the device does."""

# A `no` to one of these ends the asking; the word is what it means for the device.
_ENDS: dict[Question, tuple[Outcome, Status]] = {
    "body": ("not addressed", "not_applicable"),
    "equipment": ("out of scope", "not_applicable"),
    "entity": ("allowed", "satisfied"),
    "place": ("out of scope", "not_applicable"),
    "network": ("allowed", "satisfied"),
    "verb": ("allowed", "satisfied"),
}


@dataclass(slots=True)
class Device:
    """One device with what its sources and the sites file say of it."""

    asset: Asset
    past: History
    flows: Sequence[Flow]
    site: Site | None
    zone: Zone | None
    presence: Told
    """Whether it was in use on the date judged."""
    own: str = ""
    """The device's id where people decided something about it alone, so that no other device is asked with it."""
    views: tuple[View, ...] = ()
    """The places that it looks at."""
    connections: Connections | None = None
    """What else is known of where it connects; none: nothing."""
    befell: dict[tuple[Happening, Span], Told] = field(default_factory=dict)
    """What was found of one happening since one day; many sentences ask the same."""
    spot: str | None = field(init=False)
    """What tells the place people answered for: its site, and the device where it has answers of its own."""

    def __post_init__(self) -> None:
        self.spot = f"{self.site.id}/{self.own}" if self.site else None


class Sentence:
    """One requirement of one directive, for one body on one date."""

    def __init__(
        self,
        directive: Directive,
        requirement: Requirement,
        body: Body | None,
        places: Places | None,
        catalog: Catalog,
        on: date,
    ) -> None:
        self.directive = directive
        self.requirement = requirement
        self.body = body
        self.places = places
        self.on = on
        self._on = on.isoformat()
        begins = requirement.applies_from or directive.in_force or directive.announced
        self._start = parse_date(begins)
        self._due = parse_date(requirement.deadline).last if requirement.deadline else None
        self._holds = self._in_force(self._start)
        self._addressed = body_told(directive, requirement, body, catalog)
        self._undefined = not_yet_defined(directive, catalog, on) if requirement.where else ""
        self.fixed = self._without_a_device()
        """The verdict where it is the same for every device, with an empty asset; else none."""
        zones = [
            (site.id, zone) for site in (body.sites if body and requirement.network else ()) for zone in site.zones
        ]
        self._cores = {(site, zone.id) for site, zone in zones if zone.core.answer == "yes"}
        # what people answered is the same for every device of a site
        self._place_of: dict[tuple[str, ...], Told | None] = {}
        self._exception_of: dict[str | None, Told | None] = {}

    def judge(self, device: Device, equipment: Told, entity: Told, through: str) -> Finding:
        """The finding for one device.

        Args:
            device: the device.
            equipment: whether its class is in the directive's scope.
            entity: whether the directive's test of the maker, brand, parts or data hits.
            through: the named company through which it hits.
        """
        if self.fixed:
            both: dict[Question, Told] = {"equipment": equipment, "entity": entity}
            answers = tuple(
                both[one.question].answered(one.question) if one.question in both else one for one in self.fixed.answers
            )
            return msgspec.structs.replace(self.fixed, asset=device.asset.id, answers=answers)
        body = self._addressed if self._holds.holds else self._holds
        asked: dict[Question, Told] = {"body": body, "equipment": equipment, "entity": entity}
        verdict = Verdict(device.asset.id, self.directive, self.requirement, self._on, asked)
        if equipment.holds is not False and entity.holds is not False:  # else one of the two ends the matter
            self._ask_the_rest(device, asked, through)
        opened = False
        for question, told in asked.items():
            if told.holds is None:
                opened = True
            elif not told.holds and question in _ENDS:
                outcome, status = _ENDS[question]
                unused = question == "verb" and self.requirement.event not in HAPPENING
                if unused or (outcome == "allowed" and self._of_others(device, through)):
                    # what is not in use, or what others decided for themselves, leaves nothing to allow
                    outcome, status = "out of scope", "not_applicable"
                return verdict.of(outcome, status, told.because, told)
        exempt = asked.get("exception")
        if exempt and exempt.holds:
            return verdict.of("allowed", "not_applicable", f"an exception applies: {exempt.because}", exempt)
        sensitive = _sensitive(asked.get("place"), self.requirement)
        return verdict.open(sensitive) if opened else self._hit(device, verdict, sensitive)

    def _of_others(self, device: Device, through: str) -> bool:
        """Whether it is a decision of some bodies for themselves, and nobody said that this body is one of them."""
        if self.directive.status != "local decision" or not self.requirement.where:
            return False
        place = self._place(device, through)
        return place is None or not place.holds

    def day_of_event(self, past: History) -> date:
        """The day for which people's answers are asked: the last on which its event may have been, else that judged."""
        what = HAPPENING.get(self.requirement.event)
        days = [span.last for span, _ in past.on(what)] if what else []
        return min(max(days, default=self.on), self.on)

    def judge_body(self) -> Finding:
        """The finding for the body itself, for a sentence that asks it to look at what it has; its asset is empty."""
        told = self._addressed if self._addressed.holds is False or self._holds.holds else self._holds
        asked: dict[Question, Told] = {"body": told}
        verdict = Verdict("", self.directive, self.requirement, self._on, asked)
        if told.holds is False:
            return verdict.of("not addressed", "not_applicable", told.because, told)
        if self.directive.status in NO_RULE:
            asked["verb"] = Told(False, NO_RULE[self.directive.status])
            return verdict.of("out of scope", "not_applicable", asked["verb"].because, asked["verb"])
        if self.directive.status == "political":
            because = f"{self.directive.instrument}, not a rule; it asks: {self.requirement.text}"
            return verdict.of("allowed, discouraged", "not_applicable", because)
        condition = f"decided-{self.requirement.id}"
        looked = decide(condition, None, self.body, self.on)
        question = self.directive.conditions.get(condition, "whether the devices themselves were looked at")
        missing = f"{question} (answer in the sites file: {condition})"
        asked["verb"] = Told(looked.holds, looked.because, looked.evidence, looked.confidence, missing)
        if told.holds is None or looked.holds is None:
            return verdict.open(False, "what a register lists is not an inventory; ")
        if looked.holds:
            return verdict.of("allowed", "satisfied", "the devices themselves were looked at", looked)
        because = "what a register lists is not an inventory, and nobody looked at the devices themselves"
        return verdict.of("report due", "not_satisfied", because, looked, missing=(missing,))

    # --- before any device

    def _without_a_device(self) -> Finding | None:
        """The verdict where it does not depend on the device; none where it does."""
        asked: dict[Question, Told] = {"body": self._addressed}
        verdict = Verdict("", self.directive, self.requirement, self._on, asked)
        if self._holds.holds is False:
            asked["body"] = self._holds
            return verdict.of("not addressed", "not_applicable", self._holds.because, self._holds)
        if self.directive.status in NO_RULE:
            asked["verb"] = Told(False, NO_RULE[self.directive.status])
            return verdict.of("out of scope", "not_applicable", asked["verb"].because, asked["verb"])
        if self.requirement.demands in NOT_OF_A_DEVICE:
            asked["verb"] = Told(False, NOT_OF_A_DEVICE[self.requirement.demands])
            return verdict.of("out of scope", "not_applicable", asked["verb"].because, asked["verb"])
        if self._addressed.holds is False:
            return verdict.of("not addressed", "not_applicable", self._addressed.because, self._addressed)
        return None

    def _in_force(self, start: Span) -> Told:
        directive = self.directive
        begun = on_or_after(Span(self.on, self.on), start)
        if begun is False:
            return Told(False, f"not yet in force on that date; it holds from {start}")
        if begun is None:
            missing = f"the day in {start} from which it holds: the text of the {directive.instrument}"
            return Told(None, f"it holds from {start}, and the day is not known", (), 0.0, missing)
        for window in directive.suspensions:
            if parse_date(window.since).first <= self.on and not (
                window.until and self.on > parse_date(window.until).last
            ):
                end = f" to {window.until}" if window.until else ", with no known end"
                return Told(False, f"suspended on that date, from {window.since}{end}: {window.text}")
        last = self.requirement.applies_until
        if last and self.on > parse_date(last).last:
            return Told(False, f"this sentence asked it until {last}")
        if directive.until and self.on > parse_date(directive.until).last:
            return Told(False, f"no longer in force on that date; it held until {directive.until}")
        if directive.status in ("superseded", "expired", "suspended") and not directive.until:
            missing = "from when on it no longer held: the text that ended it"
            return Told(None, f"it is {directive.status}, and the day is not known", (), 0.0, missing)
        return Told(True, f"in force on {self.on}")

    # --- the questions that depend on the device

    def _ask_the_rest(self, device: Device, asked: dict[Question, Told], through: str) -> None:
        """Place, network, verb and exception, as far as the sentence asks them, in the order of the seven."""
        site = device.spot
        place = self._place(device, through)
        if site not in self._exception_of:
            self._exception_of[site] = exception_told(self.directive, self.requirement, device.site, self.body, self.on)
        if place:
            asked["place"] = place
        if self.requirement.network:
            asked["network"] = network_told(
                device.site, device.zone, device.flows, self._cores, self.places, device.connections
            )
        asked["verb"] = self._verb(device)
        if exception := self._exception_of[site]:
            asked["exception"] = exception

    def _place(self, device: Device, through: str) -> Told | None:
        placed_by = "" if device.site else device.asset.placed_by
        # one that looks elsewhere has a name of its own, and is asked alone
        key = (through, device.spot or "", device.own, placed_by)
        if key not in self._place_of:
            self._place_of[key] = place_told(
                self.requirement,
                self.directive,
                through,
                device.site,
                self.body,
                self.on,
                self._undefined,
                placed_by,
                device.views,
            )
        return self._place_of[key]

    def _verb(self, device: Device) -> Told:
        """Whether the event of the sentence befell the device while the sentence held, up to the date judged."""
        if what := HAPPENING.get(self.requirement.event):
            told = device.befell.get((what, self._start))
            if told is None:
                told = device.befell[what, self._start] = happened(device.past, what, self._start, self.on)
            return told
        # what had to be reported or recorded by a day is still owed after it, whether or not the device has gone since
        must_go = self.requirement.demands not in RECORDED
        if must_go and self._due and self.on > self._due and device.presence.holds:
            return still_there(device.past, self._due)
        return device.presence

    def _hit(self, device: Device, verdict: Verdict, sensitive: bool) -> Finding:
        """All that is asked is a yes: what that means by the strength of the sentence and the force of its text."""
        directive, requirement = self.directive, self.requirement
        why = verdict.reasons()
        if directive.status == "political":
            because = f"{directive.instrument}, not a rule; it asks: {requirement.text} {why}"
            return verdict.of("allowed, discouraged", "not_applicable", because)
        advice = directive.status == "guidance" and requirement.strength in ("must", "should")
        if advice and not self._met_by_a_record():
            return verdict.of(
                "allowed, discouraged", "not_satisfied", f"advice, and no rule: {why}", sensitive=sensitive
            )
        if advice:
            why = f"advice, and no rule: {why}"
        if directive.status == "what if":
            why = f"only if its scope were wider, which it is not: {why}"
        if directive.status == "local decision":
            why = f"a decision of the body itself, and no law: {why}"
        recorded = decide(f"decided-{requirement.id}", device.site, self.body, self.on)
        if requirement.strength in ("may", "none"):
            return verdict.of("allowed", "satisfied", why)
        if requirement.strength == "consider" or self._met_by_a_record():
            done = recorded.holds if requirement.strength != "consider" else recorded.holds is not None
            if done:
                verdict.asked["verb"] = Told(True, recorded.because, recorded.evidence, recorded.confidence)
                return verdict.of("allowed", "satisfied", f"{why}; recorded: {recorded.because}", recorded)
            reporting = requirement.demands in ("report", "represent")
            question = directive.conditions.get(f"decided-{requirement.id}", "a recorded decision")
            missing = f"{question} (answer in the sites file: decided-{requirement.id})"
            outcome: Outcome = "report due" if reporting else "decision required"
            due = self._due_by(device) if reporting else ""
            said = f"{why}; by {due} at the latest" if due else why
            if requirement.within and not due:
                said += "; the day from which its time runs is not recorded, or had not come"
            return verdict.of(outcome, "undetermined", said, missing=(missing,), sensitive=sensitive, deadline=due)
        if requirement.strength == "should":
            return verdict.of("allowed, discouraged", "not_satisfied", why, sensitive=sensitive)
        if self._due is None:
            return verdict.of("prohibited", "not_satisfied", why, sensitive=sensitive)
        if self.on <= self._due:
            return verdict.of(
                "must be gone", "not_satisfied", f"by {self._due} at the latest: {why}", sensitive=sensitive
            )
        return verdict.of("overdue", "not_satisfied", f"it had to be gone by {self._due}: {why}", sensitive=sensitive)

    def _met_by_a_record(self) -> bool:
        """Whether a person's record meets the sentence; a certificate that the text tests for answers for itself."""
        if self.requirement.demands == "certify-product":
            return not any(test.kind == "certificate" for test in self.directive.covers.tests)
        return self.requirement.demands in RECORDED

    def _due_by(self, device: Device) -> str:
        """The last day of a deadline that runs from a recorded day; empty where no such day is recorded."""
        if not self.requirement.within:
            return self.requirement.deadline
        for facts in (device.site.facts if device.site else {}, self.body.facts if self.body else {}):
            after = self.requirement.after
            started = facts.get(after) or facts.get(f"decided-{after}")
            day = (started.since or started.decided_on) if started and started.answer == "yes" else ""
            if day and parse_date(day).first <= self.on:
                return due_after(
                    parse_date(day).first, self.requirement.within, self.directive.jurisdiction
                ).isoformat()
        return ""


def not_yet_defined(directive: Directive, catalog: Catalog, on: date) -> str:
    """A remark for dates before the day on which the words of its conditions were defined in public."""
    for other in catalog.directives.values():
        shared = set(other.conditions).intersection(directive.conditions)
        if other.status == "definition" and other.id != directive.id and shared:
            defined = parse_date(other.in_force)
            if on < defined.first:
                return f"no definition was published before {defined}, so the answers by its later words are used"
    return ""


def _sensitive(place: Told | None, requirement: Requirement) -> bool:
    """Whether the place is one that the text singles out; a text without a place singles out every one."""
    if not requirement.where:
        return True
    return bool(place and place.holds and not requirement.where_not)
