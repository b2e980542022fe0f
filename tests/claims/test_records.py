"""The claims of the catalog stand on sources; one that does not is refused."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from custodiet.catalog import Catalog, load_catalog
from custodiet.catalog.load import default_folder
from custodiet.claims import check_claims, load_claims
from story import custodiet

GOOD = """
id: said
said_by: jane-doe
speaker: Jane Doe
about: [hikvision]
said: It is fine.
said_on: 2022-11
articles: [A1]
testable: 'yes'
test: destinations
references: [{ where: A paper, read: 2022-11 }]
added: 2026-11-22
"""


@cache
def catalog() -> Catalog:
    return load_catalog()


def faults(folder: Path, text: str) -> list[str]:
    (folder / "claims").mkdir(exist_ok=True)
    (folder / "claims" / "said.yml").write_text(text, encoding="utf-8")
    return [fault.fault for fault in check_claims(folder, catalog(), [default_folder()])]


def test_our_own_claims_prove_themselves() -> None:
    assert list(check_claims(default_folder(), catalog())) == []
    assert len(load_claims([default_folder()]).records) >= 31


def test_a_good_claim_has_no_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("was", "now", "fault"),
    [
        ("references: [{ where: A paper, read: 2022-11 }]", "references: []", "there is no source"),
        (", read: 2022-11", "", "the source A paper has no date"),
        ("said_on: 2022-11", "said_on: last year", "said_on is no date"),
        ("said_on: 2022-11", "said_on: ''", "said_on is no date"),
        ("test: destinations", "test: guessing", "guessing is no kind of test we know"),
        ("test: destinations", "test: none", "testable: yes, and its test is none"),
        ("[hikvision]", "[hikvison]", "hikvison is no company we know"),
        ("[hikvision]", "[]", "it has a test and is about no company"),
        ("[A1]", "[A9]", "A9 is no article we know"),
        ("said: It is fine.", "said: ' '", "said is empty"),
        ("jane-doe", "Jane Doe!", "Jane Doe! is no company and no short name"),
        ("added:", "contradicts: [nobody]\nadded:", "nobody is no claim we know"),
        ("added:", "contradicts: [said]\nadded:", "it contradicts itself"),
        ("added:", "holders: [cetc]\nadded:", "holders belong to a test of ownership"),
    ],
)
def test_a_claim_that_stands_on_nothing_is_refused(tmp_path: Path, was: str, now: str, fault: str) -> None:
    assert was in GOOD
    assert fault in faults(tmp_path, GOOD.replace(was, now, 1))


@pytest.mark.parametrize("line", ["surprise: yes", "testable: maybe", "id: other", "said: ["])
def test_a_broken_file_is_one_fault_with_its_place(tmp_path: Path, line: str) -> None:
    text = "\n".join(one for one in GOOD.splitlines() if not one.startswith(line.partition(":")[0] + ":")) + f"\n{line}"
    (fault,) = faults(tmp_path, text)
    assert "said.yml" in fault


def test_a_missing_source_is_a_broken_file(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, GOOD.replace("references:", "# references:"))
    assert "references" in fault


def test_law_check_refuses_it_too(tmp_path: Path) -> None:
    faults(tmp_path, GOOD.replace("destinations", "guessing"))
    said = custodiet("law", "check", "--folder", tmp_path)
    assert said.code == 1
    assert "claims/said.yml: guessing is no kind of test we know" in said.err


def test_a_users_folder_adds_a_claim_and_wins_on_the_same_id(tmp_path: Path) -> None:
    faults(tmp_path, GOOD)
    assert load_claims([default_folder(), tmp_path]).records["said"].said == "It is fine."
