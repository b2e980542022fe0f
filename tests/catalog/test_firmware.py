"""Versions to their parts: what the formats read, and what stays unread."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.factories import kinds
from custodiet.catalog import Catalog, load_catalog, read_firmware
from custodiet.catalog.firmware import LONGEST, iso_date


@pytest.fixture
def small(tmp_path: Path) -> Catalog:
    return load_catalog([kinds(tmp_path)], use_cache=False)


@pytest.fixture(scope="module")
def ours() -> Catalog:
    return load_catalog()


def test_all_parts_of_a_version(small: Catalog) -> None:
    reading = read_firmware(" E5.1-P1-SE 250102 ", small)
    assert reading is not None
    assert (reading.record, reading.company) == ("example-version", "example-optics")
    assert (reading.version, reading.build, reading.built_on) == ("5.1", "250102", "2025-01-02")
    assert (reading.platform, reading.device_class, reading.brand) == ("P1", "camera", "sees")


def test_what_stands_on_the_shelf_gives_no_answer(small: Catalog) -> None:
    reading = read_firmware("E5.1-P2-XX 250102", small)
    assert reading is not None
    assert (reading.platform, reading.device_class, reading.brand) == ("P2", "", "")


@pytest.mark.parametrize(
    "text", ["", "E5.1", "E5.1-P1-SE 250230", "x" * 10_000, "E5.1-P1-SE 250102" + " " * LONGEST + "x"]
)
def test_what_no_format_reads_is_nothing(small: Catalog, text: str) -> None:
    assert read_firmware(text, small) is None


def test_the_maker_decides_which_formats_are_asked(small: Catalog) -> None:
    assert read_firmware("E5.1-P1-SE 250102", small, "example-optics") is not None
    assert read_firmware("E5.1-P1-SE 250102", small, "somebody-else") is None


@pytest.mark.parametrize(
    ("text", "manufacturer", "version", "built_on", "brand"),
    [
        ("V5.5.3 build 171025", "hikvision", "5.5.3", "2017-10-25", ""),
        ("V5.3.0 build 220428", "ezviz", "5.3.0", "2022-04-28", ""),
        ("2.800.00IB003.0.T", "dahua", "2.800.00IB003.0.T", "", "intelbras"),
        ("2.800.00LR000.0.R.210907", "", "2.800.00LR000.0.R", "2021-09-07", "lorex"),
        ("2.420.AC00.18.R", "", "2.420.AC00.18.R", "", "amcrest"),
        ("2.800.106F004.0.R", "", "2.800.106F004.0.R", "", ""),
        ("2.800.030000000.3.R", "", "2.800.030000000.3.R", "", ""),
    ],
)
def test_versions_of_our_catalog(
    ours: Catalog, text: str, manufacturer: str, version: str, built_on: str, brand: str
) -> None:
    reading = read_firmware(text, ours, manufacturer)
    assert reading is not None
    assert (reading.version, reading.built_on, reading.brand) == (version, built_on, brand)


@pytest.mark.parametrize("text", ["10.12.114", "1.8.49", "V5.6.2", "FRITZ!OS 7.57", "2.800.00LR000.0.R.219907"])
def test_versions_of_others_stay_unread(ours: Catalog, text: str) -> None:
    assert read_firmware(text, ours) is None


@pytest.mark.parametrize(
    ("text", "layout", "expected"),
    [("250102", "yymmdd", "2025-01-02"), ("20250102", "yyyymmdd", "2025-01-02"), ("250230", "yymmdd", None),
     ("2025-01-02", "yyyy-mm-dd", "2025-01-02"), ("250102", "unknown", None), ("", "yymmdd", None)],
)  # fmt: skip
def test_dates(text: str, layout: str, expected: str | None) -> None:
    assert iso_date(text, layout) == expected
