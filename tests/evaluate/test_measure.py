"""Counts that can fail: each trap of the made file moves exactly the number that is about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from custodiet.catalog import load_catalog
from custodiet.evaluate import Evaluation, Fold
from custodiet.evaluate.lines import fold_of
from custodiet.evaluate.measure import calibrate, same_class
from labels import TRAPS, line, measure


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    return measure(tmp_path_factory.mktemp("traps"), TRAPS)


def test_every_line_counts_once(found: Evaluation) -> None:
    assert found.lines == len(TRAPS) == found.maker.lines
    counted = found.maker
    assert counted.right + counted.wrong + counted.unknown + counted.rightly_unknown == counted.lines
    for table in (found.by_maker, found.by_class, found.by_kind, found.classes):
        assert sum(one.lines for one in table.values()) == found.lines


def test_the_counts_of_the_maker(found: Evaluation) -> None:
    counted = found.maker
    assert (counted.right, counted.wrong, counted.unknown, counted.rightly_unknown) == (3, 3, 4, 1)


def test_a_wrong_maker_is_listed_with_what_spoke(found: Evaluation) -> None:
    assert [(one.id, one.said, one.same_group) for one in found.named_wrongly] == [
        ("wrong", "acme", False),
        ("same-group", "acme", True),
    ]
    assert found.named_wrongly[0].records == ("acme-server",)
    assert found.named_wrongly[0].place == "line 4"


def test_a_maker_named_where_nobody_knows_him_is_listed_apart(found: Evaluation) -> None:
    assert [(one.id, one.said, one.verdict) for one in found.named_on_unknowable] == [("trap-named", "rival", "wrong")]


def test_a_thing_that_is_called_surveillance_is_listed_apart(found: Evaluation) -> None:
    assert [one.id for one in found.called_surveillance] == ["accused"]
    assert [one.id for one in found.wrong_class] == ["wrong", "trap-named"]


def test_what_is_no_accusation_is_not_listed(tmp_path: Path) -> None:
    found = measure(tmp_path, [line("a"), line("b", "Server: Plain", "Zorg", category="not-surveillance")])
    assert not found.named_wrongly + found.named_on_unknowable + found.called_surveillance + found.wrong_class


def test_unknown_answers_are_told_apart(found: Evaluation) -> None:
    assert (found.unknown_answers, found.unknown_right, found.unknown_not_in_payload) == (5, 1, 1)


def test_recall_leaves_out_what_nobody_can_know_and_says_how_many(found: Evaluation) -> None:
    recall = found.recall
    assert (recall.known.lines, recall.known.right) == (9, 3)
    assert (recall.knowable.lines, recall.knowable.right) == (6, 2)
    assert recall.left_out == {"nobody knows": 2, "shared with another maker": 2, "address of another": 1}


def test_makers_that_the_catalog_does_not_know_are_named(found: Evaluation) -> None:
    assert found.not_in_catalog == ("Printers Inc", "Zorg")


def test_kinds_of_evidence_are_those_that_spoke(found: Evaluation) -> None:
    assert {name: (one.right, one.wrong) for name, one in found.by_technique.items()} == {"protocol-reply": (3, 3)}


def test_general_classes_are_counted_apart(tmp_path: Path) -> None:
    found = measure(tmp_path, [line("a", "Server: Watch", "Zorg"), line("b")])
    assert (found.classes["camera"].right, found.only_surveillance) == (2, 1)


def test_a_fold_measures_its_brands_only(tmp_path: Path) -> None:
    lines = [line(f"n{number}", maker=f"Maker {number}") for number in range(30)]
    parts = [measure(tmp_path, lines, Fold(part, 3)) for part in (1, 2, 3)]
    assert sum(part.lines for part in parts) == 30
    assert parts[0].lines == sum(fold_of(f"Maker {number}", 3) == 1 for number in range(30))
    assert parts[0].fold == "1/3"


def test_calibration_is_the_distance_weighted_by_answers() -> None:
    found = calibrate([(0.9, "likely", True), (0.9, "likely", False), (0.5, "possible", True), (0.5, "possible", True)])
    assert [(one.name, one.answers, one.share_right, one.stated) for one in found.bands] == [
        ("likely", 2, 0.5, 0.9),
        ("possible", 2, 1.0, 0.5),
    ]
    assert found.error == pytest.approx(0.45)


def test_bins_see_what_a_band_hides() -> None:
    found = calibrate([(0.94, "likely", False), (0.76, "likely", True)])
    assert found.error_fine > found.error


def test_a_perfect_forecast_has_no_error_and_nothing_answered_has_none() -> None:
    assert calibrate([(1.0, "certain", True)] * 3).error == 0.0
    assert calibrate([]).error == 0.0


@pytest.mark.parametrize("confidence", [0.95, 0.9, 0.4, 0.15, 0.7])
def test_a_bin_begins_at_its_name(confidence: float) -> None:
    (one,) = calibrate([(confidence, "likely", True)]).bins
    assert one.name == f"{confidence:.2f}"


def test_an_encoder_is_a_camera_only_for_labels_without_a_word_for_it() -> None:
    known = load_catalog()
    assert same_class("encoder", "camera", known, encoders=False)
    assert not same_class("encoder", "camera", known, encoders=True)
    assert not same_class("camera", "encoder", known, encoders=False)
    assert not same_class("encoder", "recorder", known, encoders=False)
    assert not same_class("encoder", "not_surveillance", known, encoders=False)
