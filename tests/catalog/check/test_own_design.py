"""A brand whose company makes what it sells: what the check refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.factories import kinds
from custodiet.catalog.check import check_catalog

BRAND = """\
id: plain
name: Plain
company: example-optics
makes: [example-optics]
own_design: usual
references:
  - { where: trade, read: 2025-01, note: 'general knowledge' }
added: 2025-01-31
"""


def faults(folder: Path, old: str = "", new: str = "") -> list[str]:
    path = kinds(folder) / "brands/plain.yml"
    assert old in BRAND
    path.write_text(BRAND.replace(old, new) if old else BRAND)
    return [result.fault for result in check_catalog(folder) if result.record == "plain"]


def test_a_brand_as_it_should_be(tmp_path: Path) -> None:
    assert faults(tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("company: example-optics\n", "", "needs a company"),
        ("own_design: usual", "own_design: all", "own_design: all rests on general knowledge"),
        ("own_design: usual", "own_design: mostly", "invalid enum value 'mostly'"),
        ("name: Plain\n", "name: Plain\nalso_words: [Simple]\n", "Simple is no name of this brand we know"),
    ],
)
def test_a_fault_is_told(tmp_path: Path, old: str, new: str, fault: str) -> None:
    told = faults(tmp_path, old, new)
    assert any(fault in one for one in told), told
