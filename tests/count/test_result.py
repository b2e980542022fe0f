"""The table of a count, and what it says the number is."""

from __future__ import annotations

from collections import Counter

import pytest

from custodiet.catalog.load import load_catalog
from custodiet.count.gather import Counted
from custodiet.count.result import CountResult, columns, summarise
from custodiet.count.tally import Kind
from custodiet.errors import UsageError


def kind(
    device_class: str = "camera", maker: str = "hikvision", band: str = "certain", brand: str = "", country: str = "NL"
) -> Kind:
    return Kind(device_class, maker, band, brand, "unknown" if not brand else "likely", "likely", country, "")


def result(
    kinds: dict[Kind, int], by: str, *, everything: bool = False, days: tuple[int, int] | None = None
) -> CountResult:
    first, last = days or (None, None)
    counted = Counted(kinds=Counter(kinds), rows=100, unowned=3, first_day=first, last_day=last)
    return summarise(counted, columns(by), load_catalog(), everything=everything, sources=["a.jsonl"], tool="test")


def rows(found: CountResult) -> list[tuple[tuple[str, ...], int]]:
    return [(row.values, row.devices) for row in found.rows]


def test_most_devices_first_and_what_is_not_asked_adds_up() -> None:
    kinds = {kind(country="NL"): 2, kind(country="BE"): 3, kind(maker="axis", country="NL"): 4}
    assert rows(result(kinds, "maker")) == [(("hikvision",), 5), (("axis",), 4)]
    assert rows(result(kinds, "country,maker"))[0] == (("NL", "axis"), 4)


def test_only_surveillance_devices_are_shown_unless_all_are_asked_for() -> None:
    kinds = {kind(): 2, kind(device_class="not_surveillance", maker="hp"): 7, kind(device_class="", maker=""): 5}
    assert rows(result(kinds, "maker")) == [(("hikvision",), 2)]
    assert rows(result(kinds, "maker", everything=True)) == [(("hp",), 7), (("",), 5), (("hikvision",), 2)]


def test_the_totals_are_the_same_whatever_is_shown() -> None:
    kinds = {kind(): 2, kind(device_class="not_surveillance", maker="hp"): 7, kind(device_class="", maker=""): 5}
    for everything in (False, True):
        found = result(kinds, "maker", everything=everything)
        assert (found.devices, found.surveillance, found.other, found.unclear) == (14, 2, 7, 5)


def test_how_sure_is_counted_by_the_first_concluded_column() -> None:
    kinds = {kind(band="certain"): 2, kind(band="possible"): 3, kind(maker="", band="unknown"): 4}
    row = next(row for row in result(kinds, "maker").rows if row.values == ("hikvision",))
    assert (row.devices, row.certain, row.likely, row.possible) == (5, 2, 0, 3)
    unknown = next(row for row in result(kinds, "maker").rows if row.values == ("",))
    assert (unknown.devices, unknown.certain, unknown.likely, unknown.possible) == (4, 0, 0, 0)
    assert result(kinds, "country").rows[0].likely == 9  # no maker and no brand asked: the class


@pytest.mark.parametrize(
    ("days", "when"),
    [(None, "the files do not tell"), ((20760, 20760), "on 2026-11-03"), ((20760, 20762), "2026-11-05")],
)
def test_the_number_says_what_it_is(days: tuple[int, int] | None, when: str) -> None:
    means = result({kind(): 1}, "maker", days=days).means
    assert when in means
    assert "never the installed base" in means


def test_a_time_that_is_no_day_is_left_out() -> None:
    assert result({kind(): 1}, "maker", days=(10**9, 10**9)).first_day == ""


@pytest.mark.parametrize("asked", ["", "owner", "maker,maker", "maker,,country"])
def test_columns_that_are_none_are_refused(asked: str) -> None:
    with pytest.raises(UsageError):
        columns(asked)


def test_columns_are_read_as_people_type_them() -> None:
    assert columns("Maker, country") == ("maker", "country")
