"""One requirement judged on one asset at one date."""

from __future__ import annotations

from typing import Literal

import msgspec

Status = Literal["satisfied", "not_satisfied", "undetermined", "not_applicable"]
Outcome = Literal[
    "not addressed",
    "out of scope",
    "allowed",
    "allowed, discouraged",
    "decision required",
    "prohibited",
    "must be gone",
    "overdue",
    "report due",
    "cannot judge",
]
Question = Literal["body", "equipment", "entity", "place", "network", "verb", "exception"]
Severity = Literal["high", "medium", "low", "none"]


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """One of the seven answers behind a verdict."""

    question: Question
    """Which of the seven."""
    answer: Literal["yes", "no", "unknown", "not asked"]
    """The answer; unknown is one."""
    because: str
    """Why, in plain words."""
    evidence: tuple[str, ...] = ()
    """Ids of observations, claims' records or decisions."""
    confidence: float = 1.0
    """0 to 1."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Judgement of one requirement on one asset on one date."""

    asset: str
    """Id of the asset."""
    directive: str
    """Id of the directive."""
    requirement: str
    """Id of the requirement in it."""
    strength: str
    """must, should, consider, may or none."""
    on: str
    """ISO 8601 date for which it was judged."""
    status: Status
    """OSCAL's words with two more."""
    outcome: Outcome
    """A word of the closed list."""
    severity: Severity
    """How bad it would be; never mixed with confidence."""
    confidence: float
    """0 to 1: the least of the confidences the verdict rests on."""
    because: str
    """One sentence for people."""
    missing: tuple[str, ...] = ()
    """What fact is missing, where it cannot be judged, and how to get it."""
    deadline: str = ""
    """ISO 8601 date, where there is one."""
    since: str = ""
    """ISO 8601 date from which it is prohibited, where it is."""
    force: str = ""
    """The status of the directive: only ``in force`` is a rule for those it addresses."""
    answers: tuple[Answered, ...] = ()
    """The seven answers, in order."""
