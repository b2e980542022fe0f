from __future__ import annotations

from pathlib import Path

import pytest

from catalog.factories import kinds
from custodiet.catalog.check import check_catalog


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("made_by: example-optics", "made_by: nobody", "nobody is no company we know"),
        ("    made_by: example-optics\n", "", "the series 'S line' is confirmed and names no maker"),
        ("certainty: confirmed", "certainty: sure", "sure is not a known certainty"),
        ("until: 2023", "until: 2019", "since and until of S line are not in order"),
        ("where: teardown, read: 2024", "where: teardown", "the series 'S line' has no source with a date"),
        ("name: T line", "name: S line", "the series 'S line' stands twice"),
        (r"'S-\d+'", r"'S-(\d+)+'", "an endless repeat stands inside an endless repeat"),
        (r"'S-\d+'", r"'S-(\d+'", "this is not a regular expression"),
    ],
)
def test_a_fault_is_told(tmp_path: Path, old: str, new: str, fault: str) -> None:
    path = kinds(tmp_path) / "brands/sees.yml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    told = [result.fault for result in check_catalog(tmp_path)]
    assert any(fault in one for one in told), told
