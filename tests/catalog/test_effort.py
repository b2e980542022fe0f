"""Bounds on the steps of an expression: never below what it takes, and small for what cannot run away."""

from __future__ import annotations

import math

import pytest

from custodiet.catalog.check.result import FEW_STEPS
from custodiet.catalog.effort import most_steps
from custodiet.catalog.load import load_catalog
from custodiet.catalog.runaway import HOSTILE_LENGTH, LONGEST_TRIAL, slowest_trial


@pytest.mark.parametrize(
    "regex",
    [
        "^ExampleCam-RTSP/([\\d.]+)$",
        r"\bExample ?Cam\b",
        r"(?<!\S)EX-\d{3,4}[A-Z]{0,4}(?!\w)",
        r"\bexample\w*",  # what follows nothing is read once
        r"\b(?:Example|Sample)(?: (?:Dome|Bullet))?\b",
        "(?i)^(?:one|two|three)-[a-z]+",
        "^a++b",
        "(?:a?b)",
    ],
)
def test_what_cannot_run_away_takes_few_steps(regex: str) -> None:
    assert most_steps(regex, HOSTILE_LENGTH) <= FEW_STEPS


@pytest.mark.parametrize(
    "regex",
    [
        "(a+)+b",
        "(?:a|aa)*b",
        "(?:a|a){0,40}b",
        "(?:a?){30}b",
        "a.*a.*b",
        "^a.*a.*b",
        ".*b",  # from every place to the end
        r"(?:\w*)\b!",
        "(?m)^.*b",
        "(a)?(?(1)b|c)",
        r"(\w)\1",
    ],
)
def test_what_might_is_left_for_the_trial(regex: str) -> None:
    assert not most_steps(regex, HOSTILE_LENGTH) <= FEW_STEPS


def test_the_steps_of_a_pinned_expression_are_counted_once() -> None:
    assert most_steps("^abc", 1000) == 1000 + 4
    assert most_steps("abc", 1000) == 3003
    assert most_steps("^a{0,9}b", 1000) == 1000 + 1 + 9 + 10
    assert most_steps("^(?:ab|c)*d", 1000) == math.inf


def test_the_longer_the_text_the_more_steps() -> None:
    assert most_steps("a.*b", 10_000) > 50 * most_steps("a.*b", 1_000)


def test_no_expression_of_ours_takes_longer_than_its_bound_allows() -> None:
    """Every fortieth that is let off the trial is tried all the same."""
    expressions = sorted({record.when.regex for record in load_catalog().fingerprints if record.when.regex})
    spared = [regex for regex in expressions if most_steps(regex, HOSTILE_LENGTH) <= FEW_STEPS]
    assert len(spared) > len(expressions) / 2
    for regex in spared[::40]:
        seconds, text = slowest_trial(regex)
        assert seconds < LONGEST_TRIAL, (regex, text)
