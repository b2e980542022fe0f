"""Labelled lines: what is read, what is refused and goes on, and which fold a brand lies in."""

from __future__ import annotations

from pathlib import Path

import pytest

from custodiet.errors import UsageError
from custodiet.evaluate import Fold, parse_fold
from custodiet.evaluate.lines import fold_of
from labels import KNOWLEDGE, line, read
from small import catalog


def test_a_line_is_read_with_its_truth_apart_from_its_facts(tmp_path: Path) -> None:
    (one,), issues = read(tmp_path, [line("a", truth_model="M-1", note="registered to: Acme")], catalog(tmp_path / "c"))
    assert not issues
    assert (one.id, one.place, one.maker, one.model, one.device_class) == ("a", "line 1", "Acme", "M-1", "camera")
    assert one.facts == (("http.server", "Acme 1.0"),)
    assert one.registered_to == "Acme"


@pytest.mark.parametrize(
    ("category", "device_class"),
    [("access-control", "access_controller"), ("not-surveillance", "not_surveillance"), ("thermal", "thermal_camera")],
)
def test_the_words_of_labels_become_ours(tmp_path: Path, category: str, device_class: str) -> None:
    (one,), _ = read(tmp_path, [line("a", category=category)], catalog(tmp_path / "c"))
    assert one.device_class == device_class


@pytest.mark.parametrize(
    "bad",
    [
        "no json",
        "[]",
        '{"id": "a"}',
        line("a", category="toaster"),
        line("a", certainty="surely"),
        line("a", kind="telepathy"),
        line("a", kind="mac", payload="not a MAC"),
        line("a", payload=7),
        '{"id": "a' + "x" * (1 << 20) + '"}',
    ],
)
def test_a_bad_line_is_an_issue_and_the_rest_goes_on(tmp_path: Path, bad: str) -> None:
    good, (issue,) = read(tmp_path, [line("first"), bad, "", line("last")], catalog(tmp_path / "c"))
    assert [one.id for one in good] == ["first", "last"]
    assert issue.place == "line 2"
    assert issue.reason
    assert issue.severity == "incomplete"


@pytest.mark.parametrize(
    ("maker", "certainty", "known"),
    [
        ("Acme", "certain", True),
        ("Acme", "likely", True),
        ("Acme", "brand-only", False),
        ("unknown (Acme?)", "certain", False),
        ("generic (a library)", "certain", False),
        ("", "certain", False),
    ],
)
def test_where_nobody_knows_the_maker(tmp_path: Path, maker: str, certainty: str, known: bool) -> None:
    (one,), _ = read(tmp_path, [line("a", maker=maker, certainty=certainty)], catalog(tmp_path / "c", *KNOWLEDGE))
    assert one.maker_known is known


def test_every_brand_lies_in_one_fold_however_it_is_spelt() -> None:
    for brand in ("Axis", "Hikvision", "D-Link", ""):
        assert sum(Fold(part, 5).holds(brand) for part in range(1, 6)) == 1
    assert fold_of("D-Link", 7) == fold_of("d link", 7) == fold_of("DLINK", 7)
    assert {fold_of(f"brand {number}", 5) for number in range(200)} == {1, 2, 3, 4, 5}


def test_folds_stay_where_they_are() -> None:
    # a fold that moved would let a brand be measured by what was fitted on it
    assert [fold_of(brand, 5) for brand in ("Axis", "Bosch", "Hikvision", "Dahua", "Uniview")] == [5, 1, 4, 4, 5]


def test_a_fold_is_read() -> None:
    assert parse_fold("") is None
    assert parse_fold("2/5") == Fold(2, 5)


@pytest.mark.parametrize("text", ["0/5", "6/5", "5", "a/b", "1/0", "-1/5", "1/99999999999", "²/5"])
def test_what_is_no_fold_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no fold"):
        parse_fold(text)
