"""Columns give the same as asking each device, whatever is asked."""

from __future__ import annotations

import random
import zlib
from array import array
from collections import Counter
from datetime import date

import msgspec
import pytest

pytest.importorskip("django", reason="the extra `web` is not installed")

NUMBER = 700
SEVERAL = {"source", "directive", "due"}


@pytest.fixture(scope="module")
def told() -> dict[str, list[str]]:
    """Field -> the value of each device."""
    seeded = random.Random(3)
    made = {
        "outcome": ["not_satisfied", "undetermined", "rest"],
        "maker": ["", "acme", "bolt"],
        "model": [f"m-{n}" for n in range(400)],
        "seen": ["", "2025-01-01", "2025-06-01", "2025-11-01"],
        "source": ["scan", "capture\nscan", "", "register"],
    }
    return {field: [seeded.choice(values) for _ in range(NUMBER)] for field, values in made.items()}


@pytest.fixture(scope="module")
def columns(started: None, told: dict[str, list[str]]) -> object:
    from custodiet.web.column_writer import SEVERAL, SINGLE
    from custodiet.web.columns import Columns

    rows = {}
    for field in (*SINGLE, *SEVERAL):
        values = told.get(field, [""] * NUMBER)
        names = sorted(set(values))
        codes = array("I", map(names.index, values))
        rows[field] = (msgspec.msgpack.encode(names), zlib.compress(codes.tobytes()))
    words = "\n".join(f"10.0.{n // 256}.{n % 256} {model}" for n, model in enumerate(told["model"]))
    rows["words"] = (b"", zlib.compress(words.encode()))
    rows["by_label"] = (b"", zlib.compress(array("I", reversed(range(NUMBER))).tobytes()))
    return Columns(rows)


def test_what_fits_is_what_each_value_says(columns, told) -> None:
    for field in ("outcome", "maker", "model"):
        for value in sorted(set(told[field]))[:5]:
            fits = [255 * (one == value) for one in told[field]]
            assert list(columns[field].where(lambda name, value=value: name == value)) == fits
    scanned = [255 * ("scan" in one.split("\n")) for one in told["source"]]
    assert list(columns["source"].where(lambda word: word == "scan")) == scanned


@pytest.mark.parametrize("field", ["outcome", "maker", "model"])
def test_counts_are_those_of_the_chosen(columns, told, field: str) -> None:
    from custodiet.web.columns import both

    assert columns[field].count(None) == Counter(told[field])
    chosen = both(columns["maker"].where(lambda name: name == "acme"), columns["seen"].where(bool))
    pairs = zip(told[field], told["maker"], told["seen"], strict=True)
    assert columns[field].count(chosen) == Counter(value for value, maker, seen in pairs if maker == "acme" and seen)


def test_of_several_words_each_is_counted(columns, told) -> None:
    every = Counter(word for one in told["source"] for word in one.split("\n") if word)
    assert columns["source"].count(None) == every
    assert columns["source"].count(bytes(NUMBER)) == Counter()


@pytest.mark.parametrize(
    "terms",
    [
        ["m-7"],
        ["10.0.1."],
        ["10"],
        ["nowhere"],
        [".255"],
        ["M-7", "10.0.1"],
        ["10.0.2.1", "m-", "3"],
        ["10.0.0.0", "x"],
    ],
)
def test_a_search_finds_where_all_words_stand(columns, told, terms: list[str]) -> None:
    lines = [f"10.0.{n // 256}.{n % 256} {model}" for n, model in enumerate(told["model"])]
    fits = [255 * all(term.lower() in line for term in terms) for line in lines]
    for _ in range(2):  # the second time it is remembered
        assert list(columns.search(terms)) == fits


def test_few_devices_are_searched_one_by_one(columns, told) -> None:
    every = columns._search(("10",))
    assert columns._among(every, b"m-7") == columns._hits(b"m-7")
    assert columns._among(bytes(NUMBER), b"m-7") == bytes(NUMBER)


def test_orders_put_what_is_not_known_last(columns, told) -> None:
    for by in ("seen", "-seen"):
        values = [told["seen"][place] for place in columns.places(None, by)]
        known = [value for value in values if value]
        assert values == known + [""] * (NUMBER - len(known))
        assert known == sorted(known, reverse=by == "-seen")
    assert columns.places(None, "label", 0, 2) == [NUMBER - 1, NUMBER - 2]
    chosen = columns["maker"].where(lambda name: name == "bolt")
    assert columns.places(chosen, "", 1, 4) == [n for n, maker in enumerate(told["maker"]) if maker == "bolt"][1:4]


def test_no_device_is_no_fault(started: None) -> None:
    from custodiet.web.columns import Columns

    empty = Columns({})
    assert (empty.total, empty.places(None), empty.search(["x"]), empty["maker"].count(None)) == (0, [], b"", Counter())


@pytest.mark.parametrize(
    ("days", "latest"), [(1, "2025-11-30"), (30, "2025-11-01"), (31, "2025-10-31"), (9999, "1998")]
)
def test_days_not_seen_are_counted_from_today(columns, told, monkeypatch, days: int, latest: str) -> None:
    from custodiet.web import dates
    from custodiet.web.chosen import Chosen
    from custodiet.web.filters import Filters

    monkeypatch.setattr(dates, "today", lambda: date(2025, 12, 1))
    chosen = Chosen(columns, Filters(unseen=days, maker="acme"))
    fits = [
        bool(seen) and seen <= latest and maker == "acme"
        for seen, maker in zip(told["seen"], told["maker"], strict=True)
    ]
    assert chosen.total == sum(fits)
    assert columns.places(chosen.all) == [place for place, fit in enumerate(fits) if fit]
