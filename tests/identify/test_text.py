"""Lines people write: what they name, how many, what each name stands for, and how often we are right.

The labelled lines stand in ``text_lines.yml``. The thresholds are below what is reached, so that a changed record may
lose a line, and a maker that is named wrongly may not happen at all.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count, zip_longest
from pathlib import Path
from typing import Any

import pytest
import yaml

from custodiet.identify import Matcher, claims_of_value
from custodiet.identify.text import LineItem, read_line
from custodiet.identify.text.mentions import LONGEST_LINE
from custodiet.identify.text.quantities import quantities
from custodiet.identify.text.spelling import distance
from ours import our_matcher

FIELDS = ("quantity", "model", "brand", "manufacturer", "device_class")
LINES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("text_lines.yml").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return our_matcher()


def expected(case: dict[str, Any]) -> list[tuple[str, ...]]:
    return [tuple(part.strip() for part in item.split(",")) for item in case.get("is", ())]


def told(item: LineItem) -> tuple[str, ...]:
    return tuple("" if (value := getattr(item, field)) is None else str(value) for field in FIELDS)


def compared(cases: list[dict[str, Any]], matcher: Matcher) -> Iterator[tuple[str, str, str, str]]:
    """Line, field, what is right and what was said, for each thing of each line in order."""
    nothing = ("",) * len(FIELDS)
    for case in cases:
        said = [told(item) for item in read_line(case["line"], matcher) if item.role == "is"]
        for right, ours in zip_longest(expected(case), said, fillvalue=nothing):
            for field, one, other in zip(FIELDS, right, ours, strict=True):
                yield case["line"], field, one, other


@pytest.mark.parametrize(("batch", "precision", "recall"), [("first", 0.99, 0.99), ("later", 0.97, 0.97)])
def test_what_is_said_of_labelled_lines_is_right(matcher: Matcher, batch: str, precision: float, recall: float) -> None:
    answers = list(compared(LINES[batch], matcher))
    right = sum(one == other != "" for _, _, one, other in answers)
    said = sum(other != "" for *_, other in answers)
    there = sum(one != "" for *_, one, _ in answers)
    wrong = [answer for answer in answers if answer[2] != answer[3]]
    assert right / said >= precision, wrong
    assert right / there >= recall, wrong


def test_no_maker_is_named_wrongly(matcher: Matcher) -> None:
    answers = [answer for batch in LINES.values() for answer in compared(batch, matcher)]
    assert [a for a in answers if a[1] == "manufacturer" and a[3] and a[2] != a[3]] == []
    assert sum(len(batch) for batch in LINES.values()) >= 150


def test_names_that_stand_for_something_else_are_told_with_their_role(matcher: Matcher) -> None:
    wrong = []
    for case in (case for batch in LINES.values() for case in batch):
        asides = {f"{i.role}: {i.model or i.brand}" for i in read_line(case["line"], matcher) if i.role != "is"}
        if asides != set(case.get("aside", ())):
            wrong.append((case["line"], asides))
    assert wrong == []


def test_a_thing_says_where_it_stands(matcher: Matcher) -> None:
    line = "offerte: 4x DS-2CD2143G2-I, 1x DS-7608NI-K2 voor raadhuis"
    assert [line[item.start : item.end] for item in read_line(line, matcher)] == [
        "4x DS-2CD2143G2-I",
        "1x DS-7608NI-K2",
    ]


@pytest.mark.parametrize(
    ("line", "word", "right"),
    [
        ("Hikvison dome", "Hikvison", "hikvision"),
        ("DS 2CD2143G2-I dome", "DS 2CD2143G2-I", "DS-2CD2143G2-I"),
        ("DS-2CD2O43GO-I dome", "DS-2CD2O43GO-I", "DS-2CD2043G0-I"),
    ],
)
def test_what_was_misspelt_is_said(matcher: Matcher, line: str, word: str, right: str) -> None:
    (item,) = read_line(line, matcher)
    assert item.why == f"“{word}” was read as {right}"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("Hikvision dome camera", "Hikvison dome camera"), ("DS-2CD2143G2-I", "DS 2CD2143G2-I")],
)
def test_claims_from_a_misspelt_name_weigh_less_and_say_so(matcher: Matcher, right: str, wrong: str) -> None:
    plain, repaired = (
        {c.field: c for c in claims_of_value("register.text", text, matcher) if c.field == "manufacturer"}
        for text in (right, wrong)
    )
    assert repaired["manufacturer"].value == plain["manufacturer"].value == "hikvision"
    assert repaired["manufacturer"].strength < plain["manufacturer"].strength
    assert repaired["manufacturer"].read_as
    assert not plain["manufacturer"].read_as


@pytest.mark.parametrize("attribute", ["service.product", "upnp.friendly_name", "snmp.sys_descr"])
def test_what_a_device_says_is_not_repaired(matcher: Matcher, attribute: str) -> None:
    assert claims_of_value(attribute, "Hikvison camera DS 2CD2143G2-I", matcher) == ()


@pytest.mark.parametrize("model", ["DS2CD2143G2-I", "DS 2CD2143G2-I", "DS-2CD2O43GO-I"])
def test_a_misspelt_model_column_is_read(matcher: Matcher, model: str) -> None:
    makers = {c.value for c in claims_of_value("register.model", model, matcher) if c.field == "manufacturer"}
    assert makers == {"hikvision"}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("20x camera", [20]),
        ("20 x camera", [20]),
        ("(4x)", [4]),
        ("4 st.", [4]),
        ("aantal: 12", [12]),
        ("qty 3", [3]),
        ("twee dome camera's", [2]),
        ("levering van 8 Hanwha domes", [8]),
        ("camera x 4", [4]),
        ("ca. 20 stuks", [None]),
        ("max. 16 camera's", []),
        ("een tiental camera's", []),
        ("2.8 mm", []),
        ("2,8mm lens camera", []),
        ("8 MP camera", []),
        ("1920x1080 camera", []),
        ("2560 x 1440 camera", []),
        ("25x optical zoom", []),
        ("16 kanaals recorder", []),
        ("24-poorts switch", []),
        ("€ 20 camera", []),
        ("12-03-2021 camera", []),
        ("art. 4711 camera", []),
        ("hal 3 camera", []),
        ("4x HDMI", []),
        ("2024 camera", []),
        ("2x 100 m kabel", []),
    ],
)
def test_numbers_of_things_and_other_numbers(text: str, numbers: list[int | None]) -> None:
    assert [quantity.number for quantity in quantities(text)] == numbers


@pytest.mark.parametrize(
    ("left", "right", "steps"),
    [("", "", 0), ("ab", "ba", 1), ("hikvison", "hikvision", 1), ("dauha", "dahua", 1), ("axis", "sony", 3)],
)
def test_slips_are_counted(left: str, right: str, steps: int) -> None:
    assert distance(left, right, 2) == steps == distance(right, left, 2)


HOSTILE = [
    "Hikvision " * 40_000,
    "vervangt " * 45_000 + "Hikvision",
    "Hikvision " + "of " * 130_000 + "gelijkwaardig",
    "4x " * 130_000,
    "DS-2CD2143G2-I/" * 28_000,
    "DS-2" * 100_000,
    "voor de de de " * 28_000 + "Dahua",
    "a, " * 130_000,
    "camera" * 66_000,
    "twee " * 80_000,
    "1 a a a a " * 40_000,
    "(" * 400_000,
    "\u00a0–" * 200_000,
    "Hikvision\n" * 40_000,
]


@pytest.mark.parametrize("line", HOSTILE, ids=lambda line: repr(line[:12]))
def test_a_hostile_line_takes_no_time(matcher: Matcher, line: str) -> None:
    assert len(line) >= 390_000
    begin = time.process_time()
    read_line(line, matcher)
    claims_of_value("register.text", line, matcher)
    assert time.process_time() - begin < 5


def test_time_grows_with_the_line_and_not_with_its_square(matcher: Matcher) -> None:
    fresh = count()

    def once(line: str) -> float:
        line = f"{next(fresh)} {line}"  # a line that was read before is remembered and costs nothing
        begin = time.process_time()
        read_line(line, matcher)
        return time.process_time() - begin

    def spent(line: str) -> float:
        return min(once(line) for _ in range(5))  # what else the machine does disturbs some of them, hardly all

    for line in HOSTILE:
        short, long = spent(line[: LONGEST_LINE // 8]), spent(line[: LONGEST_LINE - 9])
        assert long < 0.02 + 30 * short, line[:20]  # eight times the length: its square would be 64 times


def test_a_repeated_line_is_remembered(matcher: Matcher) -> None:
    line = "8x Hikvision DS-2CD2143G2-I dome, incl. beugels"
    assert read_line(line, matcher) is read_line(line, matcher)
