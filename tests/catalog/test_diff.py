"""Two states of the catalog, told apart field by field in words that a person without Python can read."""

from __future__ import annotations

from pathlib import Path

import pytest

from custodiet.catalog.diff import CatalogDiff, RecordChange, diff, load_state
from custodiet.errors import CatalogError

from .factories import blocks, company, fingerprint, relation, small_catalog


@pytest.fixture
def states(tmp_path: Path) -> tuple[Path, Path]:
    return small_catalog(tmp_path / "old"), small_catalog(tmp_path / "new")


def between(states: tuple[Path, Path]) -> CatalogDiff:
    return diff(*map(load_state, states))


def only(states: tuple[Path, Path]) -> RecordChange:
    (change,) = between(states).changes
    return change


def words(states: tuple[Path, Path]) -> list[str]:
    return [field.words for field in only(states).fields]


def test_the_same_state_differs_in_nothing(states: tuple[Path, Path]) -> None:
    found = between(states)
    assert found.changes == ()
    assert found.old == found.new


def test_a_relation_that_ended(states: tuple[Path, Path]) -> None:
    old, new = states
    for folder, until in ((old, {}), (new, {"until": "2024-03"})):
        company(folder, "example-optics", more=relation("owns", "partner", since="2018", **until))
        company(folder, "partner")
    assert words(states) == ["relation owns partner got until 2024-03"]
    change = only(states)
    assert (change.kind, change.id, change.what) == ("companies", "example-optics", "changed")
    assert change.fields[0].field == "relations, owns partner, until"
    assert change.touches == ()


def test_a_relation_that_came(states: tuple[Path, Path]) -> None:
    old, new = states
    for folder in states:
        company(folder, "partner")
    company(old, "example-optics")
    company(new, "example-optics", more=relation("owns", "partner", since="2018"))
    assert words(states) == ["got the relation owns partner (since 2018)"]


def test_records_that_came_and_went(states: tuple[Path, Path]) -> None:
    old, new = states
    company(old, "gone")
    company(new, "came")
    assert [(c.id, c.what, c.touches) for c in between(states).changes] == [
        ("came", "added", ("names of makers",)),
        ("gone", "removed", ("names of makers",)),
    ]


def test_a_changed_name_and_another_name(states: tuple[Path, Path]) -> None:
    old, new = states
    company(old, "other", "Other Ltd", "names: [OTHER, Others]\n")
    company(new, "other", "Other Inc", "names: [Others, OTH]\n")
    assert words(states) == ["changed name from Other Ltd to Other Inc", "lost the name OTHER", "got the name OTH"]
    assert only(states).touches == ("names of makers",)


def test_a_changed_expression_touches_what_it_reads_and_says(states: tuple[Path, Path]) -> None:
    fingerprint(states[1], regex=r"^ExampleCam[/ ](?P<firmware>[\d.]+)$")
    assert words(states) == [
        r"changed when, regex from ^ExampleCam/(?P<firmware>[\d.]+)$ to ^ExampleCam[/ ](?P<firmware>[\d.]+)$"
    ]
    assert only(states).touches == ("rtsp.server: manufacturer, firmware",)


def test_a_changed_source_touches_nothing(states: tuple[Path, Path]) -> None:
    path = states[1] / "fingerprints/rtsp.server/rtsp-server-example.yml"
    path.write_text(path.read_text().replace("read: 2025-01 ", "read: 2025-02 "))
    assert words(states) == ["source manual changed read from 2025-01 to 2025-02"]
    assert only(states).touches == ()


def test_blocks_that_came_and_went(states: tuple[Path, Path]) -> None:
    blocks(states[0], "holder", "00005E", "00005F")
    blocks(states[1], "holder", "00005F", "000060")
    assert words(states) == ["lost the block 00005E", "got the block 000060"]
    assert only(states).touches == ("net.mac: oui_registrant",)


def test_a_changed_weight_touches_every_confidence(states: tuple[Path, Path]) -> None:
    path = states[1] / "vocabulary/strengths.yml"
    path.write_text(path.read_text().replace("0.25", "0.3"))
    change = only(states)
    assert (change.kind, change.id) == ("vocabulary/strengths", "weak")
    assert [field.words for field in change.fields] == ["changed weight from 0.25 to 0.3"]
    assert change.touches == ("every confidence",)


def test_entries_in_another_order(states: tuple[Path, Path]) -> None:
    company(states[0], "other", more="names: [A, B]\n")
    company(states[1], "other", more="names: [B, A]\n")
    assert words(states) == ["names stand in another order"]


def test_a_checkout_that_holds_a_catalog_will_do(tmp_path: Path) -> None:
    small_catalog(tmp_path / "repo" / "catalog")
    assert load_state(tmp_path / "repo").fingerprints


def test_a_folder_without_a_catalog_is_refused_with_the_way_to_export_one(tmp_path: Path) -> None:
    with pytest.raises(CatalogError) as told:
        load_state(tmp_path)
    assert "git archive" in told.value.next_step


def test_a_record_of_another_shape_is_told_and_the_rest_compared(states: tuple[Path, Path]) -> None:
    (states[0] / "companies" / "older.yml").write_text("id: older\nname: Older\ncolour: red\n")
    found = between(states)
    assert found.changes == ()
    assert any("older.yml" in reason for reason in found.left_out)
