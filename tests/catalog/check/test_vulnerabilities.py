from __future__ import annotations

from pathlib import Path

import pytest

from catalog.factories import kinds
from custodiet.catalog.check import check_catalog


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("companies: [example-optics]", "companies: [nobody]", "nobody is no company we know"),
        ("device_classes: [camera]", "device_classes: [kite]", "kite is no device class we know"),
        ("exploited: listed", "exploited: perhaps", "perhaps is no state of exploitation we know"),
        ("login: none", "login: magic", "magic is no need of a login we know"),
        ("exploited_since: 2025-02-01\n", "", "listed and the day it was listed go together"),
        ("exploited_read: 2025-03-01\n", "", "the copy of the list of exploited vulnerabilities has no date"),
        ("cvss: 9.8", "cvss: 11", "11.0 is no base score"),
        ("build_before: 2025-01-01", "build_before: soon", "not all are dates"),
        ("version_before: '6.0'", "version_before: six", "six is no version to compare"),
        ("version_before: '6.0'", "all_firmware: true", "all firmware, and limits"),
        ("models: 'EX-1'", "models: '(E+)+'", "an endless repeat stands inside an endless repeat"),
        ("published: 2025-01-15", "published: once", "published: not all are dates"),
    ],
)
def test_a_fault_is_told(tmp_path: Path, old: str, new: str, fault: str) -> None:
    path = kinds(tmp_path) / "vulnerabilities/CVE-2025-10001.yml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    told = [result.fault for result in check_catalog(tmp_path)]
    assert any(fault in one for one in told), told


def test_a_number_that_is_none_is_told(tmp_path: Path) -> None:
    path = kinds(tmp_path) / "vulnerabilities/CVE-2025-10001.yml"
    path.rename(path.with_name("flaw-1.yml")).write_text(
        path.with_name("flaw-1.yml").read_text().replace("CVE-2025-10001", "flaw-1")
    )
    assert "flaw-1 is no CVE number" in [result.fault for result in check_catalog(tmp_path)]
