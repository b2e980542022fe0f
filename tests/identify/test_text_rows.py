"""A row that names several things becomes several subjects; a row about one device stays what it was."""

from __future__ import annotations

from collections import defaultdict

import pytest

from custodiet.identify import Matcher
from custodiet.identify.text.cuts import MOST_PARTS
from custodiet.identify.text.rows import SILENT, split_rows
from custodiet.model import Issue, Observation, Tally, observe
from custodiet.sources.base import Item
from ours import our_matcher


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return our_matcher()


def row(number: int = 2, **columns: str) -> list[Item]:
    return [
        observe("src-1", f"row:{number}", f"register.{name}", value, f"row {number}") for name, value in columns.items()
    ]


def parts(items: list[Item], matcher: Matcher, *, prose: bool = False) -> dict[str, dict[str, str]]:
    """Subject -> attribute -> value."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for item in split_rows(items, matcher, prose=prose):
        assert isinstance(item, Observation)
        assert item.attribute not in found[item.subject]
        found[item.subject][item.attribute.removeprefix("register.")] = item.value
    return dict(found)


def test_each_thing_of_a_row_gets_its_own_subject_and_number(matcher: Matcher) -> None:
    text = "4x DS-2CD2143G2-I en 1x DS-7608NI-K2"
    found = parts(row(text=text, supplier="Installer", bought_on="2024-05-01"), matcher)
    shared = {"supplier": "Installer", "bought_on": "2024-05-01", "line": text}
    assert found == {
        "row:2/1": {"text": "4x DS-2CD2143G2-I", "quantity": "4", **shared},
        "row:2/2": {"text": "1x DS-7608NI-K2", "quantity": "1", **shared},
    }


def test_every_part_keeps_the_place_of_its_row(matcher: Matcher) -> None:
    items = list(split_rows(row(7, text="2 Hikvision camera's, 1 Axis recorder"), matcher))
    assert {item.locator for item in items if isinstance(item, Observation)} == {"row 7"}
    assert len({item.id for item in items if isinstance(item, Observation)}) == len(items)


def test_a_row_about_one_device_stays_as_it_is(matcher: Matcher) -> None:
    for items in (
        row(text="Hikvision DS-2CD2143G2-I dome met beugel, voeding"),
        row(brand="Hikvision", model="DS-2CD2143G2-I", text="vervangt Dahua IPC-HFW2831TP-ZAS"),
        row(model="DS-7608NI-K2", text="incl. 4 camera's en 1 switch"),
        row(text="bureaustoel"),
        row(brand="Axis"),
    ):
        assert list(split_rows(items, matcher)) == items


@pytest.mark.parametrize("column", ["mac", "ip", "serial", "tag", "hostname"])
def test_a_row_that_names_one_device_is_never_split(matcher: Matcher, column: str) -> None:
    items = row(text="2x DS-2CD2143G2-I, 1x DS-7608NI-K2", **{column: "AB12345"})
    assert list(split_rows(items, matcher)) == items


def test_a_number_in_the_words_is_kept_where_no_column_says_it(matcher: Matcher) -> None:
    assert parts(row(text="20x DS-2CD2143G2-I 2.8mm dome"), matcher)["row:2"]["quantity"] == "20"
    assert parts(row(text="20x DS-2CD2143G2-I", quantity="19"), matcher)["row:2"]["quantity"] == "19"
    assert "quantity" not in parts(row(text="camera 2.8mm, ca. 20 stuks"), matcher)["row:2"]


def test_a_number_of_the_row_is_that_of_things_without_one(matcher: Matcher) -> None:
    found = parts(row(text="Axis P3245-LVE, 2x DS-7608NI-K2", quantity="10"), matcher)
    assert [one["quantity"] for one in found.values()] == ["10", "2"]


def test_brand_and_kind_of_the_row_go_only_with_what_they_fit(matcher: Matcher) -> None:
    found = parts(
        row(brand="Hikvision", **{"class": "camera"}, text="4x DS-2CD2143G2-I; 1x DS-7608NI-K2; 1x Axis P3245-LVE"),
        matcher,
    )
    assert [(one.get("brand"), one.get("class")) for one in found.values()] == [
        ("Hikvision", "camera"),
        ("Hikvision", None),
        (None, "camera"),
    ]


def test_rows_do_not_run_into_one_another(matcher: Matcher) -> None:
    found = parts([*row(2, text="4x DS-2CD2143G2-I"), *row(3, text="1x DS-7608NI-K2")], matcher)
    assert list(found) == ["row:2", "row:3"]


def test_what_is_no_observation_keeps_its_place(matcher: Matcher) -> None:
    issue = Issue(source="src-1", place="row 3", reason="broken")
    tally = Tally(source="src-1", unit="rows", total=2, read=1, issues=1)
    items: list[Item] = [*row(2, text="camera"), issue, *row(4, text="camera"), tally]
    assert list(split_rows(items, matcher)) == items


def test_lines_of_a_text_that_name_no_device_are_counted(matcher: Matcher) -> None:
    tally = Tally(source="src-1", unit="lines", total=4, read=4, issues=0)
    items: list[Item] = [
        *row(1, text="De camera's dienen minimaal 4 megapixel te zijn."),
        *row(2, text="Wij leveren 12 Axis P3245-LVE."),
        *row(3, text="Met vriendelijke groet"),
        *row(4, text="Hikvision is niet toegestaan."),
        tally,
    ]
    *told, last = split_rows(items, matcher, prose=True)
    assert {item.subject for item in told if isinstance(item, Observation)} == {"row:2"}
    assert isinstance(last, Tally)
    assert last.not_covered == {SILENT: 3}
    assert last.total == 4


def test_a_device_of_a_text_does_not_take_the_words_of_what_stands_beside_it(matcher: Matcher) -> None:
    found = parts(row(1, text="3 x Axis Q6135-LE PTZ, 1 x HPE switch"), matcher, prose=True)
    assert {(one["text"], one["quantity"]) for one in found.values()} == {("3 x Axis Q6135-LE PTZ", "3")}


def test_a_hostile_row_makes_few_subjects(matcher: Matcher) -> None:
    text = ", ".join(f"1x DS-2CD21{n:02}G2-I" for n in range(500))
    assert len(parts(row(text=text), matcher)) <= MOST_PARTS
