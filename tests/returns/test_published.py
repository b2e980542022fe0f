"""Small numbers are withheld, and no subtraction brings them back: tried against somebody who knows the rule."""

from __future__ import annotations

from itertools import product

import pytest

from custodiet.returns.paper import Column, Return, Row, Section, Table
from custodiet.returns.published import THRESHOLD, few, public, withheld


def paper(*sections: Section, threshold: int = THRESHOLD, **over: object) -> Return:
    given = {
        "regime": "x", "title": "X", "language": "en", "publication": "restricted", "threshold": threshold,
        "body_id": "b", "body": "B", "as_of": "2026-02-01", "signed_by": "", "missing": (), "sections": sections,
        "method": (), "unseen": (),
    }  # fmt: skip
    return Return(**(given | over))  # type: ignore[arg-type]


def test_large_numbers_and_zero_are_shown() -> None:
    shown = withheld({"a": 12, "b": 0, "c": 5})
    assert (shown.parts, shown.total) == ({"a": 12, "b": 0, "c": 5}, 17)


def test_a_small_number_takes_the_total_and_one_more_with_it() -> None:
    shown = withheld({"a": 20, "b": 3, "c": 9})
    assert (shown.parts, shown.total) == ({"a": 20, "b": None, "c": None}, None)
    assert shown.sum_of("a") == 20
    assert shown.sum_of("a", "b") is None


def every_way(count: int) -> list[tuple[int, ...]]:
    return list(product(range(12 if count < 4 else 8), repeat=count))


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_what_is_printed_leaves_every_small_number_open(count: int) -> None:
    """All ways to fill the parts, by what is printed of them: where one is small, it may be any small number."""
    behind: dict[object, list[tuple[int, ...]]] = {}
    for numbers in every_way(count):
        shown = withheld({str(at): number for at, number in enumerate(numbers)})
        behind.setdefault((tuple(shown.parts.values()), shown.total), []).append(numbers)
    for (parts, _), candidates in behind.items():
        for at in range(count):
            values = {numbers[at] for numbers in candidates}
            if values & set(range(1, THRESHOLD)):
                assert parts[at] is None
                assert values >= set(range(1, THRESHOLD)), (parts, candidates[:9])


@pytest.mark.parametrize("count", [2, 3, 4])
def test_whoever_knows_the_total_from_elsewhere_cannot_subtract_either(count: int) -> None:
    behind: dict[object, list[tuple[int, ...]]] = {}
    for numbers in every_way(count):
        shown = withheld({str(at): number for at, number in enumerate(numbers)})
        behind.setdefault((tuple(shown.parts.values()), sum(numbers)), []).append(numbers)
    for candidates in behind.values():
        for numbers in candidates:
            if all(number < THRESHOLD for number in numbers):
                continue  # nothing else is there to be withheld with them
            for at, number in enumerate(numbers):
                if 0 < number < THRESHOLD:
                    assert len({other[at] for other in candidates}) > 1, candidates


def test_these_tests_can_fail_against_withholding_the_small_number_alone() -> None:
    naive = {"a": 20, "b": None, "c": 9}
    total = 32
    assert total - sum(number for number in naive.values() if number) == 3


def test_small_numbers_in_sentences_are_withheld_and_dates_and_sizes_stay() -> None:
    one = paper()
    assert few("Recorders found: 2. Cameras hide.", one) == "Recorders found: fewer than 5. Cameras hide."
    assert few("Captures read: 12, 3.5 hours in all.", one) == "Captures read: 12, 3.5 hours in all."
    assert few("Recorders found: 2.", paper(threshold=0)) == "Recorders found: 2."
    assert few("Judged for 1 February 2026.", one) == "Judged for 1 February 2026."
    assert few("Judged for 1 Marchers.", one) == "Judged for fewer than 5 Marchers."


def test_restricted_sections_columns_and_keys_are_left_out() -> None:
    columns = (Column(id="site", title="Site", publication="restricted"), Column(id="n", title="Number", kind="number"))
    rows = (Row(key="secret-site", cells=("Secret House", 7)),)
    open_section = Section(
        id="a", title="A", publication="public", tables=(Table(id="t", title="T", columns=columns, rows=rows),)
    )
    closed = Section(id="b", title="Secret House", publication="restricted")
    left = public(paper(open_section, closed))
    assert [section.id for section in left.sections] == ["a"]
    assert left.sections[0].tables[0].rows == (Row(key="1", cells=(7,)),)
    assert "ecret" not in str(left)


def test_numbers_of_any_public_table_are_withheld_where_a_text_forbids_naming_sites() -> None:
    columns = (Column(id="kind", title="Kind"), Column(id="n", title="Number", kind="number"))
    rows = (Row(key="a", cells=("camera", 3)), Row(key="b", cells=("recorder", 9)), Row(key="c", cells=("door", 20)))
    table = Table(id="t", title="T", columns=columns, rows=(*rows, Row(key="total", cells=("All", 32))))
    section = Section(id="a", title="A", publication="public", tables=(table,))
    left = public(paper(section)).sections[0].tables[0]
    assert [row.cells[1] for row in left.rows] == ["withheld", "withheld", 20, "withheld"]
    free = public(paper(section, threshold=0)).sections[0].tables[0]
    assert [row.cells[1] for row in free.rows] == [3, 9, 20, 32]
