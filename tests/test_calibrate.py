"""How the steps of the calibration are fitted: little data gives little confidence, and nothing exceeds its most."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from custodiet.catalog import load_catalog
from custodiet.catalog.contents import Step

SCRIPT = runpy.run_path(str(Path(__file__).resolve().parents[1] / "scripts" / "calibrate.py"))
bound, fit, Answer = SCRIPT["bound"], SCRIPT["fit"], SCRIPT["Answer"]


def step(id: str, support: float, most: float = 1.0, field: str = "manufacturer") -> Step:
    return Step(id=id, field=field, support=support, states=0.5, most=most, answers=0, right=0, means="x")


def answers(of: Step, right: int, wrong: int = 0) -> list[Any]:
    return [Answer(of, number < right, 1) for number in range(right + wrong)]


@pytest.mark.parametrize(("right", "of", "least", "most"), [(0, 5, 0, 0.01), (1, 1, 0.3, 0.45), (10, 10, 0.8, 0.9)])
def test_little_data_bounds_low(right: int, of: int, least: float, most: float) -> None:
    assert least <= bound(right, of) <= most


def test_more_data_bounds_higher_and_never_above_the_share() -> None:
    assert bound(9, 10) < bound(90, 100) < bound(900, 1000) < 0.9
    assert bound(1000, 1000) < 1.0


def test_a_step_may_count_those_under_it_but_not_those_above() -> None:
    high, low = step("high", 0.9), step("low", 0.5)
    fitted = fit([high, low], [*answers(high, 3), *answers(low, 100)])
    assert [one.states for one in fitted] == [round(bound(103, 103), 3), round(bound(100, 100), 3)]
    fitted = fit([high, low], [*answers(high, 100), *answers(low, 3)])
    assert fitted[1].states == round(bound(3, 3), 3)


def test_what_is_wrong_below_does_not_lower_what_is_above() -> None:
    high, low = step("high", 0.9), step("low", 0.5)
    fitted = fit([high, low], [*answers(high, 50), *answers(low, 5, 20)])
    assert fitted[0].states == round(bound(50, 50), 3)


def test_nothing_states_more_than_its_most() -> None:
    hint = step("hint", 0.4, most=0.749)
    assert fit([hint], answers(hint, 500))[0].states == 0.749


def test_without_data_the_evidence_itself_is_stated_within_the_most() -> None:
    assert fit([step("a", 0.9)], [])[0].states == 0.9
    assert fit([step("a", 0.9, most=0.6)], [])[0].states == 0.6


def test_fields_are_fitted_apart() -> None:
    maker, kind = step("maker", 0.9), step("kind", 0.5, field="device_class")
    fitted = fit([maker, kind], [*answers(maker, 5, 5), *answers(kind, 100)])
    assert fitted[0].states == round(bound(5, 10), 3)
    assert (fitted[0].answers, fitted[0].right, fitted[1].answers) == (10, 5, 100)


def test_a_block_that_is_likely_by_itself_names_its_own_registrant_or_its_group() -> None:
    known = load_catalog()
    loud = [
        block
        for block in known.address_blocks.values()
        if "manufacturer" in block.says and known.strengths[block.strength].weight >= 0.4
    ]
    assert len(loud) > 50
    own = {block.id: {block.company, known.companies[block.company].group} for block in loud}
    assert [block.id for block in loud if block.says["manufacturer"] not in own[block.id]] == []
