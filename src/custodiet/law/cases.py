"""Cases of a directive: small stories with the verdict that its text gives, by which a record proves itself.

A case says a body, a site, a device and a day, and the outcome that must come out. The cases of a directive stand in
one file beside the records, `cases/<id>.yml`; what they share is said once at its head. They are written from the text
of the law and never from what the program answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import msgspec

from custodiet.catalog import Catalog
from custodiet.catalog.files import read_record
from custodiet.dates import parse_date
from custodiet.judge import Judge, judge_asset
from custodiet.judge.entity import FACTS
from custodiet.judge.events import WRITTEN
from custodiet.model import (
    FIELDS,
    UNDECIDED,
    Asset,
    Body,
    Conclusion,
    Decision,
    DeviceNote,
    Directive,
    Finding,
    Identification,
    Identifier,
    Observation,
    Site,
    Zone,
    observe,
)
from custodiet.model.finding import Outcome
from custodiet.model.identification import Band

Side = Literal["yes", "no", "depends"]

SIDES: Mapping[Outcome, Side] = {
    "prohibited": "yes",
    "must be gone": "yes",
    "overdue": "yes",
    "report due": "yes",
    "decision required": "yes",
    "allowed, discouraged": "yes",
    "allowed": "no",
    "out of scope": "no",
    "not addressed": "no",
    "cannot judge": "depends",
}
"""Outcome -> whether the sentence asks something here, does not, or depends on a fact that is missing."""

LEAST: Mapping[Side, int] = {"yes": 10, "no": 10, "depends": 5}
"""Cases that a directive in force needs of each side."""


class Of(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of a case."""

    kind: str = "other"
    """A word of the body kinds."""
    also: tuple[str, ...] = ()
    """Further kinds."""
    facts: dict[str, str] = {}
    """Condition id -> yes, no or unknown, answered for the body; a day after yes is the day it was decided."""


class Thing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The device of a case. Whatever is left out is not known."""

    device_class: str = "camera"
    maker: str = ""
    sure: float = 0.97
    """Confidence in the maker."""
    brand: str = ""
    model: str = ""
    firmware: str = ""
    status: str = ""
    """Its status in a register."""
    bought: str = ""
    installed: str = ""
    renewed: str = ""
    imported: str = ""
    authorised: str = ""
    removed: str = ""
    seen: str = ""
    """A day on which it was seen on the network."""
    made_in: str = ""
    component: str = ""
    certificate: str = ""
    data_goes_to: str = ""
    administered_from: str = ""
    supplier: str = ""


class Case(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One story with its verdict."""

    asks: str
    """Id of the requirement."""
    on: str
    """ISO 8601 day for which it is judged."""
    says: Outcome
    """What must come out."""
    why: str
    """What the text says about it, in a few words."""
    body: Of
    site: dict[str, str] | None = None
    """Condition id -> yes, no or unknown at its site; none: the site is not known."""
    looks_at: dict[str, str] | None = None
    """Condition id -> yes, no or unknown at another place that it looks at; none: it looks at no other."""
    core: str = "unknown"
    """Whether its network zone is core: yes, no or unknown."""
    device: Thing | None = None
    """None: the verdict on the body itself, for a sentence that asks it to look."""


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands in a file: what the cases share, and the cases, each with what differs."""

    id: str
    """Id of the directive."""
    body: dict[str, Any] = {}
    site: dict[str, str] | None = None
    core: str = "unknown"
    device: dict[str, Any] = {}
    cases: tuple[dict[str, Any], ...]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A case and what came out."""

    case: Case
    finding: Finding

    @property
    def right(self) -> bool:
        """Whether the verdict is the one of the text."""
        return self.finding.outcome == self.case.says


def read_cases(path: Path) -> tuple[Case, ...]:
    """The cases of one file, each whole.

    Raises:
        CatalogError: with file, line and remedy.
        msgspec.ValidationError: a case has a wrong shape; the message names the field.
    """
    file = read_record(path, _File)
    return tuple(_whole(file, differs) for differs in file.cases)


def _whole(file: _File, differs: dict[str, Any]) -> Case:
    """A case with what the file says for all: inside body, site and device, what differs comes on top, and an empty
    value takes away."""
    whole: dict[str, Any] = {"core": file.core, **differs}
    for name, shared in (("body", file.body), ("site", file.site), ("device", file.device)):
        own = differs.get(name, {})
        if own in ("none", None):
            whole[name] = None
            continue
        merged = {**(shared or {}), **own}
        if name == "body" and ("facts" in own or "facts" in file.body):
            merged["facts"] = {**file.body.get("facts", {}), **own.get("facts", {})}
        whole[name] = merged if merged or name != "site" else file.site
    return msgspec.convert(whole, Case, strict=False)


def run(directive: Directive, cases: tuple[Case, ...], catalog: Catalog) -> Iterator[Told]:
    """Judge every case by the directive alone."""
    for case in cases:
        finding = _judged(directive, case, catalog)
        if finding is not None:
            yield Told(case=case, finding=finding)


def _judged(directive: Directive, case: Case, catalog: Catalog) -> Finding | None:
    """The finding of the sentence that is asked; none where the directive has no such sentence."""
    site = None if case.site is None else _site(case)
    body = Body(
        id="body",
        name="The body",
        kind=case.body.kind,
        also=case.body.also,
        country=directive.jurisdiction,
        facts=_facts(case.body.facts),
        sites=(site,) if site else (),
        others=()
        if case.looks_at is None
        else (Site(id="seen", name="The place in view", facts=_facts(case.looks_at)),),
        devices=() if case.looks_at is None else (_LOOKS,),
    )
    on = parse_date(case.on).first
    if case.device is None:
        found = Judge(body, [directive], catalog, on).inventories()
    else:
        asset = Asset(
            id="ast-case",
            label="device",
            subjects=(),
            identifiers=(Identifier(kind="serial", value=_LOOKS.serial, identity=True),),
            site=site.id if site else None,
            zone="zone" if site else None,
        )
        dossier = _dossier(case.device)
        found = judge_asset(asset, dossier, _observations(case.device), (), body, [directive], catalog, on)
    return next((one for one in found if one.requirement == case.asks), None)


def _site(case: Case) -> Site:
    facts = _facts(case.site or {})
    return Site(id="site", name="The site", facts=facts, zones=(Zone(id="zone", core=_decision(case.core)),))


def _facts(told: Mapping[str, str]) -> dict[str, Decision]:
    return {condition: _decision(said) for condition, said in told.items()}


_LOOKS = DeviceNote(serial="CASE1", looks_at=("seen",), decided_by="security officer", decided_on="2000-01-01")


def _decision(said: str) -> Decision:
    """``yes``, ``no`` or ``unknown``; behind it from and to which day: ``yes 2021-01-01 2021-12-31``."""
    answer, since, until = [*said.split(" "), "", ""][:3]
    if answer == "unknown":
        return UNDECIDED
    given = {"answer": answer, "decided_by": "security officer", "decided_on": since or "2000-01-01"}
    given |= {"since": since, "until": until}
    return msgspec.convert(given, Decision)


def _dossier(device: Thing) -> Identification:
    values = {
        "device_class": device.device_class,
        "manufacturer": device.maker,
        "brand": device.brand,
        "model": device.model,
        "firmware": device.firmware,
    }

    def concluded(field: str) -> Conclusion:
        value = values.get(field, "")
        sure = (device.sure if field == "manufacturer" else 0.97) if value else 0.0
        band: Band = "unknown" if not value else "certain" if sure >= 0.95 else "likely" if sure >= 0.75 else "possible"
        return Conclusion(field=field, value=value, confidence=sure, band=band)

    return Identification(asset="ast-case", conclusions=tuple(concluded(field) for field in FIELDS), catalog="")


def _observations(device: Thing) -> list[Observation]:
    stated = {attribute: getattr(device, happening) for attribute, happening in WRITTEN.items()}
    stated |= {name: getattr(device, name.removeprefix("register.")) for name in (*FACTS, "register.status")}
    found = [observe("src-case", "row:1", name, value, "row 1") for name, value in stated.items() if value]
    if device.seen:
        seconds = (parse_date(device.seen).first - date(1970, 1, 1)).total_seconds()
        found.append(observe("src-case", "row:1", "net.ip", "10.0.0.1", "row 1", first_seen=seconds))
    return found


def days_to_ask(directive: Directive) -> dict[date, str]:
    """Every day for which a case must ask: the day before, the day and the day after each date of the text.

    A date cut to a month or a year is asked before its first day, on its last, and after it.
    """
    dates = {"in_force": directive.in_force, "until": directive.until}
    for sentence in directive.requirements:
        for name in ("applies_from", "applies_until", "deadline"):
            dates[f"{name} of {sentence.id}"] = getattr(sentence, name)
    for number, window in enumerate(directive.suspensions, start=1):
        dates[f"begin of suspension {number}"] = window.since
        dates[f"end of suspension {number}"] = window.until
    asked: dict[date, str] = {}
    for name, text in dates.items():
        if text:
            span, step = parse_date(text), timedelta(days=1)
            for day in (span.first - step, span.last, span.last + step):
                asked.setdefault(day, f"{name} ({text})")
    return asked
