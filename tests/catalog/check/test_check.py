from __future__ import annotations

import time
from pathlib import Path

import pytest

from catalog.factories import blocks, company, fingerprint, relation, small_catalog, write
from custodiet.catalog import runaway
from custodiet.catalog.check import check_catalog


def faults(folder: Path) -> list[str]:
    return [result.fault for result in check_catalog(folder)]


def changed(path: Path, old: str, new: str) -> Path:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return path


def test_a_right_catalog_has_no_fault(tmp_path: Path) -> None:
    assert check_catalog(small_catalog(tmp_path)) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("'ExampleCam/5.1'", "'ExampleCan/5.1'", "does not match"),
        ("firmware: '5.1' }", "firmware: '5.2' }", "gives firmware: '5.1' and not '5.2'"),
        (", says: { firmware: '5.1' }", "", "no example shows what firmware becomes"),
        ("  - { value: 'ExampleCam/6.0' }\n", "", "fewer than two examples"),
        ("['ExampleCam viewer']", "['ExampleCam/9']", "counter-example 1, 'ExampleCam/9', matches"),
        ("['ExampleCam viewer']", "[]", "no counter-example"),
        ("  - { where: manual, read: 2025-01 }", "  []", "there is no source"),
        ("read: 2025-01 }", "read: someday }", "has no date"),
        ("added: 2025-01-31", "added: soon", "added is no date"),
        ("manufacturer: example-optics", "manufacturer: exmple-optics", "exmple-optics is no company we know"),
        ("manufacturer: example-optics", "brand: nobody", "nobody is no brand we know"),
        ("strength: strong", "strength: strong\nshelf: true", "a record on the shelf speaks low"),
    ],
)
def test_a_fault_of_a_fingerprint_is_told(tmp_path: Path, old: str, new: str, fault: str) -> None:
    changed(small_catalog(tmp_path) / "fingerprints/rtsp.server/rtsp-server-example.yml", old, new)
    told = check_catalog(tmp_path)
    assert any(fault in result.fault for result in told), told
    assert all(result.remedy and result.file for result in told)


def test_a_record_on_the_shelf_may_have_one_example(tmp_path: Path) -> None:
    path = small_catalog(tmp_path) / "fingerprints/rtsp.server/rtsp-server-example.yml"
    changed(path, "  - { value: 'ExampleCam/6.0' }\n", "")
    changed(path, "strength: strong", "strength: lead\nshelf: true")
    assert check_catalog(tmp_path) == []


def test_a_shadow_is_told(tmp_path: Path) -> None:
    small_catalog(tmp_path)
    company(tmp_path, "other-maker")
    fingerprint(tmp_path, "rtsp-server-broad", regex="Cam/(?P<firmware>.)", maker="other-maker")
    told = faults(tmp_path)
    assert "its example 'ExampleCam/5.1' is also read by rtsp-server-broad, which names other-maker" in told


def test_two_rules_for_one_maker_do_not_shadow_each_other(tmp_path: Path) -> None:
    small_catalog(tmp_path)
    path = fingerprint(tmp_path, "rtsp-server-second", regex=r"^Example\w+/(?P<firmware>[\d.]+)$")
    assert path.exists()
    assert check_catalog(tmp_path) == []


def test_spelling_twins_are_told(tmp_path: Path) -> None:
    small_catalog(tmp_path)
    company(tmp_path, "acme", name="A.C.M.E.")
    company(tmp_path, "acme-two", name="Acme")
    assert faults(tmp_path) == ["Acme has the same spelling as a name of acme"]


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        (relation("owns", "nobody"), "nobody is no end of a relation we know"),
        (relation("possesses", "example-optics"), "possesses is no relation we know"),
        (relation("owns", "example-optics", since="2024", until="2022-11"), "are not in order"),
        (relation("owns", "example-optics", since="long ago"), "not all are dates"),
        (relation("owns", "example-optics", share="140"), "140.0 is no share in per cent"),
        ("relations:\n  - { kind: owns, to: example-optics }\n", "the relation owns example-optics has no source"),
        ("seat: China\n", "China is no ISO 3166 code"),
        ("group: nobody\n", "nobody is no group we know"),
    ],
)
def test_a_fault_of_a_company_is_told(tmp_path: Path, more: str, fault: str) -> None:
    small_catalog(tmp_path)
    company(tmp_path, "acme", more=more)
    assert any(fault in told for told in faults(tmp_path)), faults(tmp_path)


def test_a_relation_that_ends_in_its_first_year_is_in_order(tmp_path: Path) -> None:
    small_catalog(tmp_path)
    company(tmp_path, "acme", more=relation("owns", "example-optics", since="2022-11", until="2022"))
    assert check_catalog(tmp_path) == []


def test_a_block_of_two_registrants_is_told(tmp_path: Path) -> None:
    small_catalog(tmp_path)
    blocks(tmp_path, "one", "AABBCC")
    blocks(tmp_path, "two", "AABBCC")
    blocks(tmp_path, "three", "AABBCCD")
    assert faults(tmp_path) == ["AABBCC is also in one", "AABBCCD lies inside AABBCC of one"]


@pytest.mark.parametrize("regex", ["(?P<firmware>(a+)+)b", "(?:x(?P<firmware>.*))*y", r"^(?P<firmware>(\w+\s?)*)$"])
def test_a_repeat_inside_a_repeat_is_refused_unrun(tmp_path: Path, regex: str) -> None:
    small_catalog(tmp_path)
    fingerprint(tmp_path, "rtsp-server-slow", regex=regex)
    assert "an endless repeat stands inside an endless repeat" in faults(tmp_path)


def test_an_expression_that_is_slow_on_its_own_letters_is_told(tmp_path: Path) -> None:
    small_catalog(tmp_path)
    fingerprint(tmp_path, "rtsp-server-slow", regex="a.*a.*a.*a(?P<firmware>.*)b$")
    assert any("s on a long string" in fault for fault in faults(tmp_path))


def test_a_busy_machine_makes_no_expression_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    waits = iter([0.3])

    class Interrupted:
        """An expression during which the machine once does something else."""

        def search(self, text: str) -> None:
            time.sleep(next(waits, 0))

    monkeypatch.setattr(runaway.re, "compile", lambda pattern: Interrupted())
    seconds, _ = runaway.slowest_trial("abc")
    assert seconds < runaway.LONGEST_TRIAL


def test_a_key_that_stands_twice_is_told_with_its_line(tmp_path: Path) -> None:
    small_catalog(tmp_path)
    write(
        tmp_path,
        "companies/acme.yml",
        "id: acme\nname: A\nname: B\nadded: 2025\nreferences: [{where: x, read: 2025}]\n",
    )
    (result,) = check_catalog(tmp_path)
    assert result.file == "companies/acme.yml, line 3"


def test_a_broken_record_is_told_among_the_others(tmp_path: Path) -> None:
    small_catalog(tmp_path)
    write(tmp_path, "companies/acme.yml", "id: acme\nnaam: A\n")
    (result,) = check_catalog(tmp_path)
    assert "unknown key naam" in result.fault
    assert result.remedy == "Did you mean name?"


DIRECTIVE = """\
id: rule
title: A rule
issuer: somebody
jurisdiction: NL
instrument: resolution
binding: policy
addressees: [other]
announced: 2022-01-01
in_force: 2022-02-01
status: in force
equipment: [camera]
covers: { tests: [{ kind: named, companies: [example-optics] }] }
requirements:
  - { id: a, demands: stop-buying, strength: must, event: buying, text: Stop, where: [sensitive] }
conditions: { sensitive: Is it? }
references: [{ where: gazette }]
confidence: high
added: 2025-01-31
"""


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("[other]", "[others]", "others is no body kind we know"),
        ("[camera]", "[cammera]", "cammera is no device class we know"),
        ("[example-optics]", "[nobody]", "nobody is no company we know"),
        ("stop-buying", "stop", "stop is no demand we know"),
        ("where: [sensitive]", "where: [secret]", "secret is no condition we know"),
        ("in_force: 2022-02-01", "in_force: 2021-02-01", "are not in order"),
        ("in_force: 2022-02-01", "in_force: February", "not all are dates"),
        ("references: [{ where: gazette }]", "references: []", "there is no source"),
        ("added:", "in_other_languages: { nl: { conditions: { secret: Is het? } } }\nadded:", "secret is no condition"),
        ("added:", "in_other_languages: { nl: { texts: { b: Houd op } } }\nadded:", "b is no requirement we know"),
        ("added:", "in_other_languages: { en: { title: A rule } }\nadded:", "it is written in English itself"),
    ],
)
def test_a_fault_of_a_directive_is_told(tmp_path: Path, old: str, new: str, fault: str) -> None:
    small_catalog(tmp_path)
    assert old in DIRECTIVE
    write(tmp_path, "directives/rule.yml", DIRECTIVE)
    assert check_catalog(tmp_path) == []
    write(tmp_path, "directives/rule.yml", DIRECTIVE.replace(old, new))
    assert any(fault in told for told in faults(tmp_path)), faults(tmp_path)


def test_a_users_folder_is_checked_beside_ours(tmp_path: Path) -> None:
    ours, theirs = small_catalog(tmp_path / "ours"), tmp_path / "theirs"
    fingerprint(theirs, "rtsp-server-local", regex=r"^LocalCam/(?P<firmware>[\d.]+)$")
    path = theirs / "fingerprints/rtsp.server/rtsp-server-local.yml"
    changed(path, "ExampleCam/", "LocalCam/")
    assert check_catalog(theirs, beside=[ours]) == []
