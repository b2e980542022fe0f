"""A finding in the making: the seven answers so far, and what outcome, severity and confidence follow from them.

Severity says how bad it would be, by the strength of the sentence and the place; confidence says how sure we are, and
is the least of what the verdict rests on. The two are never merged.
"""

from __future__ import annotations

from typing import get_args

from custodiet.judge.events import OR_ELSE, Told
from custodiet.model import Answered, Directive, Finding, Requirement
from custodiet.model.finding import Outcome, Question, Severity, Status

QUESTIONS: tuple[Question, ...] = ("body", "equipment", "entity", "place", "network", "verb", "exception")
"""The seven, in the order in which they are asked and shown."""


_BEGINS = {outcome: outcome[:1].upper() + outcome[1:] for outcome in get_args(Outcome)}
"""Outcome -> how a sentence begins with it."""


class Verdict:
    """One sentence on one device: the answers so far, and the words of the outcome."""

    def __init__(
        self, asset: str, directive: Directive, requirement: Requirement, on: str, asked: dict[Question, Told]
    ) -> None:
        self.asset = asset
        self.directive = directive
        self.requirement = requirement
        self.on = on
        """ISO 8601."""
        self.asked = asked

    def reasons(self) -> str:
        """What the verdict rests on, from what was asked and is a yes."""
        order: tuple[Question, ...] = ("entity", "equipment", "place", "network", "verb")
        return "; ".join(self.asked[q].because for q in order if q in self.asked and self.asked[q].holds)

    def open(self, sensitive: bool, opening: str = "") -> Finding:
        """It cannot be judged; every open question is named with what would settle it."""
        unknown = [told for told in self.asked.values() if told.holds is None]
        because = opening + "; ".join(told.because for told in unknown)
        needed = [way for told in unknown for way in (told.missing or told.because).split(OR_ELSE)]
        missing = tuple(dict.fromkeys(needed))
        return self.of("cannot judge", "undetermined", because, missing=missing, sensitive=sensitive)

    def of(
        self,
        outcome: Outcome,
        status: Status,
        because: str,
        decided_by: Told | None = None,
        *,
        missing: tuple[str, ...] = (),
        sensitive: bool = False,
        deadline: str = "",
    ) -> Finding:
        """The finding; its confidence is that of the one answer that decides, else the least of all that were asked."""
        confidence = decided_by.confidence if decided_by else min([told.confidence for told in self.asked.values()])
        return Finding(
            asset=self.asset,
            directive=self.directive.id,
            requirement=self.requirement.id,
            strength=self.requirement.strength,
            on=self.on,
            status=status,
            outcome=outcome,
            severity=_severity(self.directive, self.requirement, outcome, status, sensitive),
            confidence=confidence,
            because=f"{_BEGINS[outcome]}: {because}.",
            missing=missing,
            deadline=deadline or (self.requirement.deadline if outcome in ("must be gone", "overdue") else ""),
            since=(self.requirement.applies_from or self.directive.in_force) if outcome == "prohibited" else "",
            force=self.directive.status,
            answers=answers_of(self.asked),
        )


_NOT_ASKED = {
    question: Answered(question=question, answer="not asked", because="the sentence does not ask it")
    for question in QUESTIONS
}
_NOT_NEEDED = {
    question: Answered(question=question, answer="not asked", because="a no before it ends the matter")
    for question in QUESTIONS
}


def answers_of(asked: dict[Question, Told]) -> tuple[Answered, ...]:
    """The seven answers in order; what was not asked says so."""
    ended = "entity" in asked and "verb" not in asked
    rest = _NOT_NEEDED if ended else _NOT_ASKED
    return tuple([told.answered(one) if (told := asked.get(one)) else rest[one] for one in QUESTIONS])


def _severity(
    directive: Directive, requirement: Requirement, outcome: Outcome, status: Status, sensitive: bool
) -> Severity:
    """How bad it would be, by strength and place: how sure we are has no part in it."""
    weighed = directive.status in ("in force", "local decision", "guidance", "what if")
    if status in ("satisfied", "not_applicable") or not weighed:
        return "none"
    if directive.status == "guidance":
        return "low"
    if requirement.strength == "must":
        return "high" if sensitive and outcome != "must be gone" else "medium"
    if requirement.strength == "should":
        return "medium" if sensitive else "low"
    return "medium" if sensitive and requirement.where else "low"
