"""Dates of partial precision: what is known decides, what is not known stays open."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodiet.dates import Span, day_of, moment_of, on_or_after, parse_date


def test_a_month_is_all_its_days() -> None:
    assert parse_date("2022-04") == Span(date(2022, 4, 1), date(2022, 4, 30))
    assert parse_date("2024-02").last == date(2024, 2, 29)
    assert parse_date("2021") == Span(date(2021, 1, 1), date(2021, 12, 31))
    assert parse_date("2022-11-24") == Span(date(2022, 11, 24), date(2022, 11, 24))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2022-13",
        "2022-02-30",
        "22-04-01",
        "2022/04/01",
        "2022-4-1",
        "0000",
        "2022-04-01T10:00",
        "٢٠٢٢",
        "²022",
        "-1",
    ],
)
def test_what_is_no_date_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a date|no year|no such"):
        parse_date(text)


@pytest.mark.parametrize("text", ["2022-04-13", "2022-04", "2022", "0001", "9999-12-31"])
def test_it_is_written_as_it_was_read(text: str) -> None:
    assert str(parse_date(text)) == text


@pytest.mark.parametrize(
    ("event", "start", "expected"),
    [
        ("2022-11-23", "2022-11-24", False),
        ("2022-11-24", "2022-11-24", True),
        ("2022-11-25", "2022-11-24", True),
        ("2022-11", "2022-11-24", None),
        ("2022-10", "2022-11-24", False),
        ("2022-12", "2022-11-24", True),
        ("2022-04-15", "2022-04", None),
        ("2022-04-30", "2022-04", True),
        ("2022-03-31", "2022-04", False),
        ("2022", "2022-11-24", None),
    ],
)
def test_comparison_goes_no_further_than_the_precision(event: str, start: str, expected: bool | None) -> None:
    assert on_or_after(parse_date(event), parse_date(start)) is expected


@given(st.dates(), st.dates())
def test_known_days_are_always_decided(event: date, start: date) -> None:
    assert on_or_after(Span(event, event), Span(start, start)) is (event >= start)


@given(st.text(max_size=12))
def test_any_text_is_a_date_or_a_value_error(text: str) -> None:
    try:
        span = parse_date(text)
    except ValueError:
        return
    assert span.first <= span.last and str(span) == text


def test_a_time_that_no_calendar_holds_has_no_day() -> None:
    assert day_of(1669248000.0) == date(2022, 11, 24)
    assert moment_of(float("nan")) is None
    assert day_of(float("inf")) is None
    assert day_of(float("nan")) is None
    assert day_of(1e300) is None
