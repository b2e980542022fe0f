from pathlib import Path
from typing import get_args

import pytest
import yaml

from custodiet.model import Claim
from custodiet.model.source import SourceKind
from custodiet.report import words

VOCABULARY = Path(__file__).parents[2] / "catalog" / "vocabulary"


def ids(name: str) -> set[str]:
    return {word["id"] for word in yaml.safe_load((VOCABULARY / f"{name}.yml").read_text(encoding="utf-8"))}


def test_each_word_of_the_vocabulary_has_a_name_for_people() -> None:
    assert set(words.CLASSES) == ids("device_classes") | {""}
    assert set(words.TECHNIQUES) == ids("techniques")
    assert set(words.SOURCES) == set(words.KINDS) == set(get_args(SourceKind))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2022-12-01", "1 Dec 2022"),
        ("2025-04", "Apr 2025"),
        ("2025", "2025"),
        ("", ""),
        ("soon", "soon"),
        ("2022-13-01", "2022-13-01"),
        ("2022-12-01-01", "2022-12-01-01"),
        ("9" * 5_000, "9" * 5_000),
        ("٢٠٢٢-١٢", "٢٠٢٢-١٢"),
    ],
)
def test_a_date_for_people(text: str, said: str) -> None:
    assert words.day(text) == said


def test_a_moment_for_people_and_for_programs() -> None:
    assert words.clock(1_669_012_200.0) == "21 Nov 2022 06:30 UTC"
    assert words.iso(1_669_012_200.25) == "2022-11-21T06:30:00.250Z"


@pytest.mark.parametrize("moment", [None, float("nan"), float("inf"), 1e300, -1e300])
def test_a_moment_that_cannot_be_is_not_known(moment: float | None) -> None:
    assert words.clock(moment) == "not known"
    assert words.iso(moment) is None


def test_numbers_for_people() -> None:
    assert words.count(1, "device") == "1 device"
    assert words.count(1204, "device") == "1,204 devices"
    assert words.count(2, "entry", "entries") == "2 entries"
    assert [words.size(n) for n in (0, 999, 1000, 64_000_000, 10**16)] == [
        "0 bytes",
        "999 bytes",
        "1.0 kB",
        "64.0 MB",
        "10,000.0 TB",
    ]


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.0, "0%"), (0.5, "50%"), (0.99, "99%"), (0.9951, "over 99%"), (0.9999, "over 99%"), (1.0, "100%")],
)
def test_what_is_not_certain_is_never_called_whole(share: float, said: str) -> None:
    assert words.percent(share) == said


def test_lists_for_people() -> None:
    assert [words.listed(list("abc")[:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]


@pytest.mark.parametrize(
    ("technique", "attribute", "said"),
    [
        ("stated", "service.product", "what another scanner concluded"),
        ("label", "service.product", "what another scanner concluded"),
        ("stated", "snmp.sys_descr", "what it calls itself"),
        ("stated", "register.text", "what people wrote down"),
        ("label", "register.brand", "what people read off the device or the order"),
        ("protocol-reply", "service.product", "how its services answer"),
    ],
)
def test_what_nobody_wrote_is_not_said_to_be_of_people(technique: str, attribute: str, said: str) -> None:
    claim = Claim(
        field="manufacturer", value="x", technique=technique, strength=0.5, record="r", observations=(),
        attribute=attribute, observed="x",
    )  # fmt: skip
    assert words.evidence(claim) == said
