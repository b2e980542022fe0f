"""The records prove themselves by their cases, and the proof can fail."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from custodiet.catalog import load_catalog
from custodiet.catalog.load import default_folder
from custodiet.law.cases import days_to_ask, read_cases
from custodiet.law.check import check_law

DHSC = "uk-dhsc-hikvision-stop-2022-04"


def test_every_directive_of_ours_proves_itself() -> None:
    assert list(check_law(load_catalog(), default_folder())) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("says: prohibited", "says: allowed", "by the program"),
        ("asks: stop-buying", "asks: stop-selling", "no sentence of it"),
        ("kind: uk-dhsc", "kind: uk-dshc", "no body kind"),
        ("says: prohibited", "says: forbidden", "wrong shape"),
        ("cases:", "casus:", "casus"),
    ],
)
def test_a_wrong_case_is_told(tmp_path: Path, old: str, new: str, fault: str) -> None:
    (tmp_path / "cases").mkdir()
    copy = tmp_path / "cases" / f"{DHSC}.yml"
    shutil.copy(default_folder() / "cases" / f"{DHSC}.yml", copy)
    text = copy.read_text(encoding="utf-8")
    assert old in text
    copy.write_text(text.replace(old, new, 1), encoding="utf-8")
    faults = [one.fault for one in check_law(load_catalog(), tmp_path, (DHSC,))]
    assert any(fault in one for one in faults), faults


def test_a_directive_in_force_without_cases_is_told(tmp_path: Path) -> None:
    (tmp_path / "cases").mkdir()
    faults = list(check_law(load_catalog(), tmp_path, ("us-ndaa-889-a1B",)))
    assert [one.fault for one in faults] == ["a directive in force has no cases"]


def test_the_days_around_every_date_are_asked() -> None:
    known = load_catalog()
    days = {day.isoformat() for day in days_to_ask(known.directives["uk-co-removal-timeline-2024-04-29"])}
    assert {"2024-04-28", "2024-04-29", "2024-04-30", "2025-03-31", "2025-04-30", "2025-05-01"} <= days


def test_every_file_of_cases_can_be_read() -> None:
    files = sorted((default_folder() / "cases").glob("*.yml"))
    assert len(files) > 40
    for path in files:
        assert read_cases(path), path.name
