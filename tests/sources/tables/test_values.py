"""Cells as people fill them in."""

from __future__ import annotations

import pytest

from custodiet.sources.tables.values import (
    Problem,
    clean,
    day_order,
    number_text,
    read_date,
    read_ips,
    read_macs,
    read_quantity,
    read_yes_no,
    serial_text,
)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2021-03-05", "2021-03-05"),
        ("2021-03-05T12:30:00", "2021-03-05"),
        ("2021/3/5", "2021-03-05"),
        ("20210305", "2021-03-05"),
        ("05-03-2021", "2021-03-05"),
        ("5.3.21", "2021-03-05"),
        ("5 mrt 2021", "2021-03-05"),
        ("5 maart 2021", "2021-03-05"),
        ("5 März 2021", "2021-03-05"),
        ("5 août 2021", "2021-08-05"),
        ("March 5, 2021", "2021-03-05"),
        ("mrt 2021", "2021-03"),
        ("2021-03", "2021-03"),
        ("2021", "2021"),
        ("44260", "2021-03-05"),
        ("5-3-99", "1999-03-05"),
    ],
)
def test_dates(text: str, date: str) -> None:
    assert read_date(text) == date


def test_order_of_day_and_month() -> None:
    assert read_date("3/5/2021", month_first=True) == "2021-03-05"
    assert read_date("3.5.2021", month_first=True) == "2021-05-03"
    assert [day_order(text) for text in ("25/3/2021", "3/25/2021", "3/4/2021", "4/4/2021", "3.4.2021", "x")] == [
        "day",
        "month",
        "both",
        "",
        "",
        "",
    ]


@pytest.mark.parametrize(
    "text", ["31-02-2021", "2021-13-01", "5 foo 2021", "gisteren", "99", "5-3-1066", "1066", "1e9"]
)
def test_what_is_no_date_stays_none(text: str) -> None:
    found = read_date(text)
    assert isinstance(found, Problem) and found.next_step


@pytest.mark.parametrize(
    "text", ["00:11:22:AA:bb:cc", "00-11-22-aa-bb-cc", "0011.22aa.bbcc", "001122AABBCC", "00 11 22 aa bb cc"]
)
def test_macs(text: str) -> None:
    assert read_macs(text) == ["00:11:22:aa:bb:cc"]


def test_a_problem_quotes_a_cell_so_that_it_cannot_steer_a_terminal() -> None:
    found = read_macs("\x1b[31mred")
    assert isinstance(found, Problem) and "\\x1b[31mred" in found.reason and "\x1b" not in found.reason


def test_several_addresses_and_broken_ones() -> None:
    assert read_macs("00:11:22:33:44:55 / 00:11:22:33:44:56") == ["00:11:22:33:44:55", "00:11:22:33:44:56"]
    assert read_ips("10.0.0.5:80; [fe80::1]:80\n2001:DB8::1/64, 10.0.0.5") == ["10.0.0.5", "fe80::1", "2001:db8::1"]
    assert read_ips("http://10.0.0.5/") == ["10.0.0.5"]
    for text in ("1122334455", "00:11:22:33:44:5g", "onleesbaar"):
        assert isinstance(read_macs(text), Problem)
    for text in ("10.0.0", "10.0.0.256", "dhcp"):
        assert isinstance(read_ips(text), Problem)


@pytest.mark.parametrize(
    ("text", "number"),
    [("2", "2"), ("2,0", "2"), ("12 stuks", "12"), ("3x", "3"), ("1.000", "1000"), ("1,000", "1000"), ("0", "0")],
)
def test_quantities(text: str, number: str) -> None:
    assert read_quantity(text) == number


@pytest.mark.parametrize("text", ["-1", "2,5", "twee", "", "1.00.0", "9" * 40])
def test_what_is_no_quantity(text: str) -> None:
    assert isinstance(read_quantity(text), Problem)


def test_numbers_and_days_as_a_spreadsheet_stores_them() -> None:
    assert [number_text(raw) for raw in ("12.0", "1.25", "1.2E+11", "nan", "1e999", "abc")] == [
        "12",
        "1.25",
        "120000000000",
        "nan",
        "1e999",
        "abc",
    ]
    assert serial_text("44260") == "2021-03-05"
    assert serial_text("42798", epoch_1904=True) == "2021-03-05"
    assert serial_text("44260.5") == "2021-03-05T12:00:00"
    assert serial_text("59") == "1900-02-28" and serial_text("61") == "1900-03-01"
    assert serial_text("0.5") == "0.5" and serial_text("99999999") == "99999999" and serial_text("x") == "x"
    assert serial_text("2958465.9999999") == "2958465.9999999"


def test_words_for_yes_and_no() -> None:
    assert [read_yes_no(text) for text in ("Ja", "x", "NEE", "misschien")] == ["yes", "yes", "no", "misschien"]


def test_cleaned_text() -> None:
    assert clean("  a\n b\t") == "a b"
    assert clean("n.v.t.") == clean("#N/A") == clean("-") == ""
    assert clean("a\x1b[2Jb") == "a\\x1b[2Jb"
    assert clean("a" * 1000) == "a" * 400
