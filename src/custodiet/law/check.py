"""Whether the directives of a catalog prove themselves by their cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from custodiet.catalog import Catalog
from custodiet.catalog.check.result import CheckResult
from custodiet.catalog.spelling import nearest
from custodiet.dates import parse_date
from custodiet.errors import CatalogError
from custodiet.judge.sentences import NOT_OF_A_DEVICE
from custodiet.law.cases import LEAST, SIDES, Case, Told, days_to_ask, read_cases, run
from custodiet.model import Directive


def check_law(catalog: Catalog, folder: Path, ids: tuple[str, ...] = ()) -> Iterator[CheckResult]:
    """Everything that is wrong with the cases of directives.

    Args:
        catalog: the directives and what they speak of.
        folder: the catalog folder whose `cases/` is read.
        ids: only these directives; empty: all.
    """
    files = {path.stem: path for path in sorted((folder / "cases").glob("*.yml"))}
    for id in sorted(set(files) - set(catalog.directives)):
        yield _fault(id, f"there are cases of {id} and no such directive", nearest(id, catalog.directives))
    for directive in catalog.directives.values():
        if ids and directive.id not in ids:
            continue
        path = files.get(directive.id)
        if path is None:
            if directive.status == "in force":
                yield _fault(directive.id, "a directive in force has no cases", f"Add cases/{directive.id}.yml")
            continue
        try:
            cases = read_cases(path)
        except CatalogError as error:
            yield _fault(directive.id, str(error), error.next_step or "Correct the file")
            continue
        except msgspec.ValidationError as error:
            yield _fault(directive.id, f"a case has a wrong shape: {error}", "See the head of custodiet/law/cases.py")
            continue
        yield from _of_one(directive, cases, catalog)


def _of_one(directive: Directive, cases: tuple[Case, ...], catalog: Catalog) -> Iterator[CheckResult]:
    asks = {sentence.id for sentence in directive.requirements}
    for case in cases:
        if case.asks not in asks:
            yield _fault(directive.id, f"a case asks {case.asks}, which is no sentence of it", nearest(case.asks, asks))
        for kind in (case.body.kind, *case.body.also):
            if kind not in catalog.body_kinds:
                yield _fault(directive.id, f"{kind} is no body kind we know", nearest(kind, catalog.body_kinds))
        for condition in (*case.body.facts, *(case.site or {})):
            if condition not in directive.conditions:
                yield _fault(directive.id, f"it has no condition {condition}", nearest(condition, directive.conditions))
    told = list(run(directive, cases, catalog))
    for one in told:
        if not one.right:
            said = f"{one.case.asks} on {one.case.on} ({one.case.why}): {one.case.says} by the case"
            fault = f"{said}, {one.finding.outcome} by the program: {one.finding.because}"
            yield _fault(directive.id, fault, "Read the text again: the case or the record is wrong")
    if directive.status == "in force":
        yield from _enough(directive, told)


def _enough(directive: Directive, told: list[Told]) -> Iterator[CheckResult]:
    sides = Counter(SIDES[one.case.says] for one in told)
    of_devices = any(sentence.demands not in NOT_OF_A_DEVICE for sentence in directive.requirements)
    for side, least in LEAST.items():
        if sides[side] < least and (of_devices or side == "no"):
            fault = f"{sides[side]} cases come out {side}, {least} are the least"
            yield _fault(directive.id, fault, "Add cases from the text")
    asked = {parse_date(one.case.on).first for one in told}
    for one in told:
        if one.case.device:
            dates = (one.case.device.installed, one.case.device.bought, one.case.device.renewed, one.case.device.seen)
            asked |= {parse_date(text).first for text in (*dates, one.case.device.authorised) if text}
    for day, name in sorted(days_to_ask(directive).items()):
        if day not in asked:
            yield _fault(directive.id, f"no case asks for {day}, a day at {name}", "Add a case with that day")


def _fault(id: str, fault: str, remedy: str) -> CheckResult:
    return CheckResult(file=f"cases/{id}.yml", record=id, fault=fault, remedy=remedy)
