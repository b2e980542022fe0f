from __future__ import annotations

from pathlib import Path

import pytest

from catalog.factories import fingerprint, kinds, write
from custodiet.catalog.check import check_catalog


def faults(folder: Path) -> list[str]:
    return [result.fault for result in check_catalog(folder)]


def test_a_right_record_has_no_fault(tmp_path: Path) -> None:
    assert faults(kinds(tmp_path)) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("purpose: device-cloud", "purpose: cloud", "cloud is no purpose we know"),
        ("asked_by: device", "asked_by: cats", "cats is no asker we know"),
        ("known_by: capture", "known_by: hearsay", "hearsay is no evidence we know"),
        ("specificity: unique", "specificity: rare", "rare is no specificity we know"),
        ("company: example-optics", "company: nobody", "nobody is no company we know"),
        ("manufacturer: example-optics", "manufacturer: nobody", "nobody is no company we know"),
        ("specificity: unique", "specificity: shared", "others ask for it too"),
        ("asked_by: device", "asked_by: people", "others ask for it too"),
        ("asked_by: device", "asked_by: app", "no device was seen asking for it, and it speaks as strong"),
        ("known_by: capture", "known_by: not-confirmed", "what is not confirmed stands on the shelf"),
        ("  - { where: capture, read: 2025-01 }", "  []", "there is no source"),
        ("read: 2025-01 }", "read: '' }", "has no date"),
        ("'*.acme.example', api.acme.example", "'acme'", "acme is no host name"),
        ("198.51.100.0/24", "198.51.100.1/24", "is no address"),
        ("strength: strong", "strength: enormous", "enormous is not a known strength"),
    ],
)
def test_a_fault_is_told(tmp_path: Path, old: str, new: str, fault: str) -> None:
    path = kinds(tmp_path) / "endpoints/acme-cloud.yml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    assert any(fault in told for told in faults(tmp_path)), faults(tmp_path)


def test_one_name_in_two_records_is_told(tmp_path: Path) -> None:
    text = (kinds(tmp_path) / "endpoints/acme-cloud.yml").read_text()
    write(tmp_path, "endpoints/acme-other.yml", text.replace("id: acme-cloud", "id: acme-other"))
    assert "*.acme.example is also in acme-cloud" in faults(tmp_path)


def test_a_rule_that_repeats_an_endpoint_is_told(tmp_path: Path) -> None:
    kinds(tmp_path)
    words = tmp_path / "vocabulary/attributes.yml"
    words.write_text(words.read_text() + "- { id: dns.query, means: a name asked for }\n")
    rule = fingerprint(tmp_path, "dns-acme", attribute="dns.query", regex=r"(?P<firmware>5|6|acme)")
    assert rule.exists()
    assert any("which the endpoint acme-cloud names" in told for told in faults(tmp_path))
