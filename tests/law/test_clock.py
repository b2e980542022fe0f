"""Deadlines that run: business days, weekends and the holidays of US federal offices."""

from __future__ import annotations

from datetime import date

import pytest

from custodiet.judge.clock import due_after, is_business_day, us_federal_holidays


@pytest.mark.parametrize(
    ("day", "within", "due"),
    [
        ("2021-06-01", "P1BD", "2021-06-02"),
        ("2021-06-04", "P1BD", "2021-06-07"),  # over a weekend
        ("2021-07-02", "P1BD", "2021-07-06"),  # Independence Day on a Sunday is kept on Monday
        ("2021-12-30", "P1BD", "2022-01-03"),  # New Year's Day of 2022 is kept on Friday, 31 December 2021
        ("2021-06-17", "P1BD", "2021-06-21"),  # Juneteenth of 2021 is kept on Friday the 18th
        ("2020-06-18", "P1BD", "2020-06-19"),  # it was no holiday yet
        ("2024-11-15", "P10BD", "2024-12-02"),  # over Thanksgiving
        ("2021-06-01", "P30D", "2021-07-01"),
    ],
)
def test_the_last_day_of_a_deadline(day: str, within: str, due: str) -> None:
    assert due_after(date.fromisoformat(day), within, "US").isoformat() == due


def test_the_federal_holidays_of_a_year() -> None:
    days = {day.isoformat() for day in us_federal_holidays(2024)}
    assert days == {
        "2024-01-01", "2024-01-15", "2024-02-19", "2024-05-27", "2024-06-19", "2024-07-04", "2024-09-02",
        "2024-10-14", "2024-11-11", "2024-11-28", "2024-12-25",
    }  # fmt: skip


def test_elsewhere_only_the_weekend_is_free() -> None:
    assert is_business_day(date(2024, 12, 25), "NL")
    assert not is_business_day(date(2024, 12, 25), "US")
    assert not is_business_day(date(2024, 12, 28), "NL")


@pytest.mark.parametrize("within", ["P0D", "1BD", "P1W", "P10000D", ""])
def test_what_is_no_deadline_is_refused(within: str) -> None:
    with pytest.raises(ValueError, match="P1BD"):
        due_after(date(2024, 1, 1), within, "US")
