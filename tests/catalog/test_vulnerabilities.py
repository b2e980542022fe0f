"""Affected, not affected, cannot tell: and what is missing for an answer is never taken as good news."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.factories import company, kinds
from custodiet.catalog import Catalog, load_catalog, vulnerabilities_of
from custodiet.model import VulnerabilityAnswer


@pytest.fixture(scope="module")
def ours() -> Catalog:
    return load_catalog()


def only(folder: Path, model: str, firmware: str, **changed: str) -> VulnerabilityAnswer:
    path = kinds(folder) / "vulnerabilities/CVE-2025-10001.yml"
    text = path.read_text()
    for old, new in changed.items():
        text = text.replace({"before": "build_before: 2025-01-01", "models": "    models: 'EX-1'\n"}[old], new)
    path.write_text(text)
    (answer,) = vulnerabilities_of(load_catalog([folder], use_cache=False), "example-optics", model, firmware)
    return answer


@pytest.mark.parametrize(
    ("model", "firmware", "answer", "missing"),
    [
        ("EX-1", "E5.1-P1-SE 241231", "affected", ()),
        ("EX-1/W", "E5.1-P1-SE 241231", "affected", ()),
        ("EX-1", "E5.1-P1-SE 250101", "not_affected", ()),
        ("EX-2", "E5.1-P1-SE 241231", "not_affected", ()),
        ("", "E5.1-P1-SE 241231", "cannot_tell", ("model",)),
        ("", "E5.1-P1-SE 250101", "not_affected", ()),
        ("EX-1", "", "cannot_tell", ("firmware",)),
        ("", "", "cannot_tell", ("model", "firmware")),
        ("EX-1", "5.9", "affected", ()),
        ("EX-1", "V6.0.1", "not_affected", ()),
        ("EX-1", "the newest", "cannot_tell", ("build date",)),
    ],
)
def test_answers(tmp_path: Path, model: str, firmware: str, answer: str, missing: tuple[str, ...]) -> None:
    told = only(tmp_path, model, firmware)
    assert (told.answer, told.missing) == (answer, missing)
    assert told.because.endswith(".")


@pytest.mark.parametrize(
    ("day", "answer"), [("241130", "affected"), ("241215", "cannot_tell"), ("241231", "not_affected")]
)
def test_a_limit_without_a_day_leaves_its_month_open(tmp_path: Path, day: str, answer: str) -> None:
    told = only(tmp_path, "EX-1", f"E5.1-P1-SE {day}", before="build_before: 2024-12")
    assert told.answer == answer


def test_the_whole_family_is_asked_and_nobody_else(tmp_path: Path) -> None:
    kinds(tmp_path)
    company(tmp_path, "daughter", more="group: example-optics\n")
    company(tmp_path, "stranger")
    small = load_catalog([tmp_path], use_cache=False)
    assert len(vulnerabilities_of(small, "daughter", "EX-1")) == 1
    assert vulnerabilities_of(small, "stranger", "EX-1") == ()
    assert vulnerabilities_of(small, "", "EX-1") == ()


def test_a_hostile_model_ends_soon(ours: Catalog) -> None:
    assert vulnerabilities_of(ours, "hikvision", "DS-2CD" + "W" * 100_000, "V" * 100_000)


@pytest.mark.parametrize(
    ("maker", "model", "firmware", "number", "answer"),
    [
        ("hikvision", "DS-2CD2142FWD-I", "V5.4.0 build 160530", "CVE-2017-7921", "affected"),
        ("hikvision", "DS-2CD2142FWD-I", "V5.4.5 build 170123", "CVE-2017-7921", "not_affected"),
        ("hikvision", "N48PBB", "V3.4.106 build 200422", "CVE-2021-32941", "affected"),
        ("hikvision", "N48PBB", "V3.4.107 build 210101", "CVE-2021-32941", "not_affected"),
        ("hikvision", "DS-2CD2143G0-I", "V5.5.80 build 190909", "CVE-2021-36260", "affected"),
        ("hikvision", "DS-2CD2143G2-I", "V5.7.3 build 250901", "CVE-2021-36260", "not_affected"),
        ("hikvision", "C800", "V5.5.80 build 190909", "CVE-2021-36260", "cannot_tell"),
        ("hikvision", "DS-2CD2143G2-I", "V5.7.3 build 250806", "CVE-2025-66177", "affected"),
        ("hikvision", "DS-2CD2143G2-I", "V5.7.3 build 250807", "CVE-2025-66177", "not_affected"),
        ("hikvision", "DS-K1T341AM", "V3.7.79 build 250101", "CVE-2025-66176", "affected"),
        ("dahua", "DH-IPC-HFW3541T-ZAS", "2.800.0000000.8.R", "CVE-2021-33044", "cannot_tell"),
        ("dahua", "IPC-HFW3541T", "2.800.0000000.8.R,build:2021-05-01", "CVE-2021-33044", "affected"),
        ("dahua", "IPC-HFW3541T", "2.840.0000000.8.R,build:2022-05-01", "CVE-2021-33044", "not_affected"),
        ("geovision", "GV-VS2400", "", "CVE-2024-6047", "cannot_tell"),
    ],
)
def test_answers_of_our_catalog(ours: Catalog, maker: str, model: str, firmware: str, number: str, answer: str) -> None:
    told = {one.vulnerability: one for one in vulnerabilities_of(ours, maker, model, firmware)}
    assert told[number].answer == answer, told[number]


def test_programs_for_computers_are_no_devices(ours: Catalog) -> None:
    told = {one.vulnerability for one in vulnerabilities_of(ours, "hikvision", "DS-2CD2143G2-I")}
    assert "CVE-2023-28812" in ours.vulnerabilities
    assert "CVE-2023-28812" not in told
