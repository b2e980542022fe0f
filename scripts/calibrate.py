"""Fits ``catalog/vocabulary/calibration.yml``: which confidence is stated for how much evidence.

    python scripts/calibrate.py ../shared/samples/observations.jsonl [--check]

Every answer of the labelled lines that nothing contradicts falls on one step. The step then states the share of its
answers that were right, read carefully: the lowest share that so few answers do not contradict (Wilson's bound, one
side, 90 %), and never more than the step may ever state. So little data gives little confidence. More evidence is not
less right, so a step with few answers may count those of the steps under it as well.

Only ``states``, ``answers`` and ``right`` are written; what a step is, and the most it may state, people decide.

The last lines tell what the fit is worth on brands it has not seen: five times it is fitted without one fifth of the
brands and asked about that fifth. ``--check`` writes nothing and says whether the file is in step.
"""

from __future__ import annotations

import dataclasses
import hashlib
import sys
from collections.abc import Sequence
from datetime import date
from math import sqrt
from pathlib import Path
from typing import NamedTuple

import msgspec

from custodiet.catalog import load_catalog
from custodiet.catalog.contents import Catalog, Step
from custodiet.evaluate import Labelled, evaluate, read_labelled
from custodiet.evaluate.lines import fold_of
from custodiet.evaluate.makers import Makers
from custodiet.evaluate.measure import calibrate, same_class
from custodiet.identify import Matcher, identify
from custodiet.identify.weigh import band_of, evidence_of, step_of
from custodiet.model import Asset, Identification, observe

FILE = Path(__file__).resolve().parents[1] / "catalog" / "vocabulary" / "calibration.yml"
FOLDS = 5
SURE = 1.2816
"""Standard deviations of a one-sided bound of 90 %: nine times in ten the share is higher than what is stated."""


class Answer(NamedTuple):
    """One answer that nothing contradicts."""

    step: Step
    right: bool
    fold: int
    """The fold of its brand."""


def bound(right: int, answers: int) -> float:
    """The lowest share of right answers that these do not contradict."""
    share, squared = right / answers, SURE**2
    middle = share + squared / (2 * answers)
    spread = SURE * sqrt(share * (1 - share) / answers + squared / (4 * answers**2))
    return (middle - spread) / (1 + squared / answers)


def fit(steps: Sequence[Step], answers: Sequence[Answer]) -> list[Step]:
    """The steps with what they state, in their order.

    More evidence is not less right. So what a step and some steps right under it share is a bound for the step too, and
    the highest of these bounds holds.
    """
    fitted: list[Step] = []
    for number, step in enumerate(steps):
        mine = [answer.right for answer in answers if answer.step.id == step.id]
        pool: list[bool] = []
        bounds = [step.support] if not mine else []
        for lower in steps[number:]:
            if lower.field == step.field:
                pool += [answer.right for answer in answers if answer.step.id == lower.id]
                bounds += [bound(sum(pool), len(pool))] if pool else []
        states = round(min(max(bounds), step.most), 3)
        fitted.append(msgspec.structs.replace(step, states=states, answers=len(mine), right=sum(mine)))
    return fitted


def answers_of(lines: Sequence[Labelled], catalog: Catalog) -> list[Answer]:
    """Every answer that nothing contradicts, with its step."""
    matcher, makers = Matcher(catalog), Makers(catalog)
    encoders = any(line.device_class == "encoder" for line in lines)
    found: list[Answer] = []
    for line in lines:
        observed = [observe("labelled", line.id, attribute, value, line.place) for attribute, value in line.facts]
        said = identify(Asset(id=line.id, label=line.id, subjects=()), observed, matcher)
        for field in ("manufacturer", "device_class"):
            step = _step(field, said, catalog)
            if step is not None:
                brand = fold_of(line.brand or line.maker, FOLDS)
                found.append(Answer(step, _right(field, said, line, makers, catalog, encoders), brand))
    return found


def _step(field: str, said: Identification, catalog: Catalog) -> Step | None:
    conclusion = said.get(field)
    if conclusion.claims_against or not conclusion.claims_for:
        return None
    return step_of(field, [evidence_of(conclusion.claims_for, catalog.techniques)], catalog)


def _right(field: str, said: Identification, line: Labelled, makers: Makers, catalog: Catalog, encoders: bool) -> bool:
    value = said.get(field).value or said.get(field).claims_for[0].value
    if field == "manufacturer":
        return line.maker_known and bool(makers.same(value, line.maker))
    return same_class(value, line.device_class, catalog, encoders)


def across(steps: Sequence[Step], answers: Sequence[Answer], field: str) -> tuple[float, float]:
    """Calibration error on brands that were not fitted on: over the bands, and in finer bins."""
    told: list[tuple[float, bool]] = []
    for fold in range(1, FOLDS + 1):
        states = {step.id: step.states for step in fit(steps, [a for a in answers if a.fold != fold])}
        told += [(states[a.step.id], a.right) for a in answers if a.fold == fold and a.step.field == field]
    found = calibrate([(confidence, band_of(confidence), right) for confidence, right in told])
    return found.error, found.error_fine


def text_of(steps: Sequence[Step], data: Path, on: str) -> str:
    """The file as it is written."""
    sha256 = hashlib.sha256(data.read_bytes()).hexdigest()
    lines = [
        "# Which confidence is stated for how much evidence, in the order asked: the first step that fits.",
        "# states: the share of its answers that were right, as a bound from below (Wilson, one side, 90 %), alone or",
        "# with steps under it; never more than `most`. answers and right: what was measured.",
        f"# Fitted on {on} on {data.name} (SHA-256 {sha256[:16]}) by: python scripts/calibrate.py {data.name}",
        "# What a step is, and the most it may state, people decide; the other numbers are not edited by hand.",
    ]
    for step in steps:
        lines += [
            f"- id: {step.id}",
            f"  field: {step.field}",
            f"  support: {step.support}",
            *([f"  technique: {step.technique}"] if step.technique else []),
            *(["  carries_certain: true"] if step.carries_certain else []),
            f"  states: {step.states}",
            f"  most: {step.most}",
            f"  answers: {step.answers}",
            f"  right: {step.right}",
            f'  means: "{step.means}"',
        ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Fit, write, and say what it is worth."""
    data = Path(next(word for word in sys.argv[1:] if not word.startswith("-")))
    catalog = load_catalog()
    lines = [line for line in read_labelled(data, catalog) if isinstance(line, Labelled)]
    steps = list(catalog.calibration.values())
    answers = answers_of(lines, catalog)
    fitted = fit(steps, answers)
    for step in fitted:
        print(f"{step.id:24}{step.right:>6} of {step.answers:<6}states {step.states:.3f} (at most {step.most})")
    for field in ("manufacturer", "device_class"):
        bands, bins = across(steps, answers, field)
        print(f"{field}: calibration error on brands not fitted on {bands:.3f} over bands, {bins:.3f} in finer bins")
    if fitted == steps:
        return 0
    if "--check" in sys.argv:
        print(f"{FILE.name} differs. Run this without --check.")
        return 1
    FILE.write_text(text_of(fitted, data, date.today().isoformat()), encoding="utf-8")
    after = dataclasses.replace(catalog, version=f"{catalog.version}+", calibration={s.id: s for s in fitted})
    error = evaluate(lines, [], after, None).calibration["manufacturer"].error
    print(f"Written: {FILE.name}. Calibration error of the maker over the bands now: {error:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
