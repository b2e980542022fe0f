"""The table: 80 columns, every accusation, every definition."""

from __future__ import annotations

from pathlib import Path

import pytest

from custodiet.evaluate import Evaluation
from custodiet.evaluate.table import WIDTH, table
from labels import TRAPS, line, measure


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    return measure(tmp_path_factory.mktemp("traps"), [*TRAPS, "broken"])


def shown(found: Evaluation, verbose: int = 0) -> str:
    return "\n".join(table(found, name="labelled.jsonl", verbose=verbose))


@pytest.mark.parametrize("verbose", [0, 1])
def test_it_fits_the_terminal(found: Evaluation, verbose: int) -> None:
    assert max(map(len, shown(found, verbose).splitlines())) <= WIDTH


def test_it_lists_every_accusation_and_every_issue(found: Evaluation) -> None:
    text = shown(found)
    for one in (*found.named_wrongly, *found.named_on_unknowable, *found.called_surveillance, *found.wrong_class):
        assert f"{one.id}, {one.place}: " in text
    assert "not used: line 12" in text
    assert "of the same group" in text


def test_it_says_what_the_words_mean(found: Evaluation) -> None:
    text = shown(found)
    for word in ("right:", "wrong:", "unknown:", "stated:", "calibration error", "A payload can tell"):
        assert word in text


def test_makers_with_few_lines_are_added_up_but_not_the_wrong_ones(tmp_path: Path) -> None:
    many = [line(f"n{number}", "Server: Zorg", maker=f"Maker{number}") for number in range(9)]
    found = measure(tmp_path, [*many, line("bad", maker="Rival Optics")])
    assert "9 others (-v shows them)" in shown(found)
    assert "Rival Optics" in shown(found)
    assert "Maker7" not in shown(found)
    assert "Maker7" in shown(found, 1)


def test_an_empty_measure_divides_by_nothing(tmp_path: Path) -> None:
    assert "none" in shown(measure(tmp_path, [line("a", maker="unknown", category="not-surveillance")]))
