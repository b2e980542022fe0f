"""What a value can begin with, against asking every expression."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.identify.patterns import PatternSet
from custodiet.identify.starts import LONGEST, Starts
from custodiet.model.fingerprint import When

REGEXES = [
    r"(?i)(?<!\S)(?P<model>AB-\d{2})",
    r"(?<!\S)(?:XY|9[ab])?C\d",
    r"\A\s*QR",
    r"(?i)^[a-f]+\d",
    r"(?m)^Z\w*$",
    r"(?i)(?<!\S)ſk",
    r"(?<!\S)(?=M)\w+",
    r"",
    r"(?<!\S)[^a-z]{2}Z",
    r"(?<!\S)(?:\d|_)?K",
]


def holding(regexes: list[str], value: str) -> list[int]:
    return [place for place, regex in enumerate(regexes) if regex and re.search(regex, value)]


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ("ab-12", 0),
        ("x AB-12", 0),
        ("C1", 1),
        ("9aC1", 1),
        (" \t QR", 2),
        ("AE5", 3),
        ("a\nZoo", 4),
        ("Mx", 6),
        ("sk", 5),
    ],
)
def test_what_holds_is_proposed(value: str, place: int) -> None:
    assert place in holding(REGEXES, value)
    proposed = Starts([*REGEXES, *["(?<!\\S)W"] * 20]).candidates(value)
    assert proposed is not None
    assert place in proposed


def test_what_begins_with_another_letter_is_not_asked() -> None:
    starts = Starts([r"(?i)(?<!\S)AB\d", r"(?i)(?<!\S)CD\d", r"\A\d{2}x"])
    assert starts.candidates("cd1") == [1]
    assert starts.candidates("77") == [2]
    assert starts.candidates("x AB1") == [0]
    assert starts.candidates("") == []


@pytest.mark.parametrize("value", ["ab\u00e91", "\u017fk", "a" * (LONGEST + 1)])
def test_odd_and_long_values_are_asked_of_all(value: str) -> None:
    assert Starts([r"(?<!\S)A"]).candidates(value) is None


def test_expressions_that_stand_anywhere_are_not_worth_it() -> None:
    assert Starts([r"A", r"B", r"(?<!\S)C"]).candidates("A") is None


@settings(deadline=None, max_examples=300, derandomize=True)
@given(st.text(alphabet="aAbBcCkKmMqQrRsSxXyYzZ19_- \t\n\x1c\x0bſK", max_size=12))
def test_the_answers_are_those_of_asking_all(value: str) -> None:
    regexes = [*REGEXES, *["(?<!\\S)W"] * 20]
    asked = PatternSet([(str(n), When(regex=regex)) for n, regex in enumerate(regexes)])
    for _ in range(30):
        asked.holding("W")
    assert asked.holding(value) == holding(regexes, value)
