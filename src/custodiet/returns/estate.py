"""What a case holds, gathered for returns: devices with their place, their past, and what texts say of each.

It gathers and decides nothing: whether a text means a device is the judge's answer, whether it is in use is what its
dates say, and what people know is read from the sites file as they wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from custodiet.audit import FLOWS_SHOWN, Context, addresses, assess, placed_asset
from custodiet.casefile import Case
from custodiet.catalog import Catalog
from custodiet.dates import parse_date
from custodiet.judge import Judge
from custodiet.judge.events import History, Told, history, there
from custodiet.judge.notes import Notes, as_observations, firmware_changed
from custodiet.judge.parts import doubted_parts
from custodiet.judge.views import views_of
from custodiet.model import (
    SURE,
    Assessment,
    Asset,
    Decision,
    DeviceNote,
    Directive,
    Finding,
    Flow,
    Identification,
    Observation,
    Site,
)
from custodiet.reaching import Ground


@dataclass(frozen=True, slots=True)
class Device:
    """One device with everything that a return can say of it."""

    asset: Asset
    identification: Identification
    observations: tuple[Observation, ...]
    findings: tuple[Finding, ...]
    flows: tuple[Flow, ...]
    past: History
    presence: Told
    """Whether it is in use on the date of the return."""
    site: Site | None
    note: DeviceNote | None
    only_bought: bool
    """Whether only purchase records speak of it: what they bought may be counted elsewhere, or hang nowhere."""
    looks_at: tuple[str, ...] = ()
    """Names of the places that it looks at, beside its site."""

    @property
    def kind(self) -> str:
        """Its device class; empty: not known."""
        return self.identification.get("device_class").value

    def said(self, attribute: str) -> str:
        """What sources say under this attribute; several answers stand beside one another."""
        values = (o.value.strip() for o in self.observations if o.attribute == attribute)
        return "; ".join(dict.fromkeys(value for value in values if value))

    def dated(self, what: str) -> str:
        """The day on which something befell it; two that contradict each other both stand."""
        days = self.past.on(what)  # type: ignore[arg-type]
        return " / ".join(dict.fromkeys(str(span) for span, _ in days))

    @property
    def gone_on(self) -> str:
        """The day of its removal, where it is gone; empty: no day is written, or it is not gone."""
        return self.dated("removed") if self.presence.holds is False else ""

    @property
    def in_use(self) -> bool | None:
        """Whether it is in use; none: not known."""
        return self.presence.holds

    def finding(self, directive: str, requirement: str) -> Finding | None:
        """What one sentence says of it; none: the text was not applied."""
        wanted = (directive, requirement)
        return next((f for f in self.findings if (f.directive, f.requirement) == wanted), None)

    def answers(self, directive: str, question: str) -> str:
        """The answer to one of the seven questions, as any sentence of this text has it; not asked: unknown."""
        found = {
            answered.answer
            for finding in self.findings
            if finding.directive == directive
            for answered in finding.answers
            if answered.question == question
        }
        return next((word for word in ("yes", "unknown", "no") if word in found), "unknown")

    def meant_by(self, directive: str) -> str:
        """Whether a text means this device, by what it is and who made it: yes, no or unknown."""
        both = {self.answers(directive, "equipment"), self.answers(directive, "entity")}
        return "no" if "no" in both else "unknown" if "unknown" in both else "yes"

    @property
    def seen_on_network(self) -> bool:
        """Whether anything but a statement of people shows it."""
        return any(not o.attribute.startswith("register.") for o in self.observations)

    @property
    def registered(self) -> bool:
        """Whether a register or purchase record names it."""
        return any(o.attribute.startswith("register.") and o.source for o in self.observations)


@dataclass(frozen=True, slots=True)
class Answer:
    """What people wrote in the sites file."""

    text: str
    by: str
    on: str
    until: str


class Estate:
    """The devices of one case on one date, with the texts of one regime.

    Args:
        case: what was read and concluded.
        context: what the case remembers of its audit.
        judge: the body, the date, and the texts that the regime asks about.
        catalog: what we know.
        wanted: ids of the texts that the regime asks about, whether or not the catalog holds them.
        signed_by: who answers for the return; empty: nobody yet.
    """

    def __init__(
        self, case: Case, context: Context, judge: Judge, catalog: Catalog, wanted: Sequence[str], signed_by: str
    ) -> None:
        self.body = judge.body
        self.on: date = judge.on
        self.catalog = catalog
        self.signed_by = signed_by
        self.texts: dict[str, Directive] = {one.id: one for one in judge.directives}
        self.lacking = tuple(id for id in wanted if id not in self.texts)
        self.assessment: Assessment = assess(case, context)
        self.devices = tuple(sorted(_devices(case, judge), key=_by_place))

    def watching(self) -> tuple[Device, ...]:
        """The devices that are surveillance devices, or may be."""
        return tuple(d for d in self.devices if not d.kind or self.catalog.surveillance(d.kind))

    def at(self, site: str) -> tuple[Device, ...]:
        """The devices at one site."""
        return tuple(d for d in self.devices if d.asset.site == site)

    def addresses_body(self, directive: str) -> bool:
        """Whether a text addresses the body: false where it says so, or where nobody said whose devices these are."""
        found = (f for d in self.devices for f in d.findings if f.directive == directive)
        answers = {a.answer for f in found for a in f.answers if a.question == "body"}
        if not answers:
            text = self.texts.get(directive)
            return bool(text and self.body and {self.body.kind, *self.body.also} & set(text.addressees))
        return answers == {"yes"}

    def told(self, id: str, device: Device | None = None, site: Site | None = None) -> Answer | None:
        """What people answered: at the device, else at its site, else at the body; none: nobody did."""
        site = site or (device.site if device else None)
        note = device.note if device else None
        for facts in (note.facts if note else {}, site.facts if site else {}, self.body.facts if self.body else {}):
            decision = facts.get(id)
            if decision is not None and (text := self._text(decision)):
                return Answer(text, decision.decided_by, decision.decided_on, decision.until)
        return None

    def _text(self, decision: Decision) -> str:
        begun = not decision.since or parse_date(decision.since).first <= self.on
        if decision.answer == "unknown" or not begun:
            return ""
        if decision.answer == "no":
            return f"no: {decision.reason}" if decision.reason else "no"
        return decision.reason or "yes"

    # --- names

    def maker(self, device: Device) -> str:
        """The name of who made it, with how sure that is where it is not certain; empty: not known."""
        return self._named(device, "manufacturer")

    def brand(self, device: Device) -> str:
        """The name on the box; empty: not known."""
        return self._named(device, "brand") or device.said("register.brand")

    def model(self, device: Device) -> str:
        """Its model, as concluded, else as a register writes it."""
        return device.identification.get("model").value or device.said("register.model")

    def item(self, device: Device) -> str:
        """Brand, else maker, and model, as people call a device; empty: nothing of it is known."""
        name, model = self.brand(device) or self.maker(device), self.model(device)
        return item_name(name, model)

    def _named(self, device: Device, field: str) -> str:
        concluded = device.identification.get(field)
        if not concluded.value or concluded.band not in SURE:
            return ""
        record = self.catalog.companies.get(concluded.value) if field == "manufacturer" else None
        known = record or self.catalog.brands.get(concluded.value)
        return known.name if known else concluded.value


def item_name(brand: str, model: str) -> str:
    """Brand and model in a row; a model that begins with the brand already says both."""
    if model.casefold().startswith(brand.casefold()):
        return model or brand
    return f"{brand} {model}".strip()


def _by_place(device: Device) -> tuple[bool, str, list[tuple[int, str]], str]:
    """Site by site, and there in the order in which people count: 10.0.0.9 before 10.0.0.10."""
    parts = re.findall(r"\d{1,9}|\D+|\d+", device.asset.label)
    counted = [(int(part), "") if part.isdecimal() and len(part) < 10 else (-1, part) for part in parts]
    site = device.site
    return (site is None, site.name if site else "", counted, device.asset.id)


def _devices(case: Case, judge: Judge) -> Iterator[Device]:
    """Every device that is to be judged, what is no longer there included: many returns ask what ever was."""
    has_flows = case.has_flows()
    ground = Ground(case, judge.body, judge.places)
    notes = Notes(judge.body)
    kinds = {source.id: source.kind for source in case.sources()}
    sites = {site.id: site for site in judge.body.sites} if judge.body else {}
    for asset, observations in case.assets_with_observations():
        concluded = next(case.conclusions(asset.id), None)
        if concluded is None or not judge.concerns(concluded[1]):
            continue
        identification = concluded[1]
        placed = placed_asset(asset, observations, judge.places)
        flows = case.flows_of(addresses(asset), most=FLOWS_SHOWN) if has_flows else []
        note = notes.of(placed)
        known = list(observations)
        if note:
            known += as_observations(note, firmware_changed(identification, observations))
        past = history(placed, known, doubted_parts(placed, identification, known))
        views = views_of(judge.body, notes.looking(placed), note, placed.site)
        yield Device(
            asset=placed,
            identification=identification,
            observations=tuple(known),
            findings=judge.asset(placed, identification, observations, flows, ground.of(placed), whole=True),
            flows=tuple(flows),
            past=past,
            presence=there(past, judge.on),
            site=sites.get(placed.site or ""),
            note=note,
            only_bought={kinds.get(s.partition("/")[0]) for s in asset.subjects} == {"purchase_record"},
            looks_at=tuple(view.site.name for view in views),
        )
