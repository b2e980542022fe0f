"""The published test cases as stories: each folder of ``tests/cases`` whose case.yml describes a device and verdicts.

A story says what is known of the device and what must come out; the directives and companies are those of the catalog.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from custodiet.catalog import Catalog, load_catalog
from custodiet.judge import Judge, directives_for, judge_asset
from custodiet.model import FIELDS, Asset, Body, Conclusion, Decision, Finding, Identification, Observation, observe
from custodiet.plain_yaml import read_plain
from custodiet.sites import load_sites

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.parent.name for path in CASES.glob("*/case.yml") if path.read_text("utf-8").startswith("device:"))


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def dossier(device: dict[str, Any]) -> Identification:
    def concluded(field: str) -> Conclusion:
        value = device.get(field, "")
        sure = float(device["confidence"]) if field == "manufacturer" else 0.96 if value else 0.0
        band = "unknown" if not value else "certain" if sure >= 0.95 else "likely" if sure >= 0.75 else "possible"
        settle = device.get("settle", "") if field == "manufacturer" else ""
        return Conclusion(field=field, value=value, confidence=sure, band=band, settle=settle)  # type: ignore[arg-type]

    return Identification(asset="ast-1", conclusions=tuple(concluded(field) for field in FIELDS), catalog="")


def observed(device: dict[str, Any]) -> list[Observation]:
    found = []
    for fact in device["observations"]:
        seen = (date.fromisoformat(fact["seen"]) - date(1970, 1, 1)).total_seconds() if "seen" in fact else None
        found.append(observe("src-1", "row:1", fact["attribute"], fact["value"], "row 1", first_seen=seen))
    return found


def verdict(device: dict[str, Any], expected: dict[str, Any], body: Body, catalog: Catalog) -> Finding:
    facts = {condition: Decision(answer=said) for condition, said in expected.get("with", {}).items()}
    body = msgspec.structs.replace(body, facts=body.facts | facts)
    directives, on = directives_for(catalog, [expected["directive"]]), date.fromisoformat(expected["on"])
    if expected.get("of") == "body":
        findings = Judge(body, directives, catalog, on).inventories()
    else:
        asset = Asset(id="ast-1", label="camera", subjects=(), site=device["site"])
        findings = judge_asset(asset, dossier(device), observed(device), (), body, directives, catalog, on)
    return next(finding for finding in findings if finding.requirement == expected["requirement"])


@pytest.mark.parametrize("name", NAMES)
def test_the_story_comes_out(name: str, catalog: Catalog) -> None:
    path = CASES / name / "case.yml"
    conditions = {condition for directive in catalog.directives.values() for condition in directive.conditions}
    body = load_sites(CASES / name / "sites.yml", conditions=conditions)
    case, _ = read_plain(path.read_text("utf-8"), path, "")
    assert case["expect"]
    for expected in case["expect"]:
        found = verdict(case["device"], expected, body, catalog)
        place = f"{name}: {expected['requirement']} on {expected['on']}: {found.because}"
        assert (found.outcome, found.status) == (expected["outcome"], expected["status"]), place
        assert expected.get("because", "") in found.because, place
        assert expected.get("missing", "") in " ".join(found.missing), place
        if "entity" in expected:
            assert next(a.answer for a in found.answers if a.question == "entity") == expected["entity"], place
        if "confidence" in expected:
            assert found.confidence == pytest.approx(float(expected["confidence"])), place


def test_every_published_case_of_these_directives_has_its_story() -> None:
    published = {"uk-secret-site-camera", "uk-council-library", "uk-western-label", "us-contractor-car-park"}
    published |= {"us-town-grant", "us-radio-module", "us-dod-contract", "tw-school", "cz-cloud", "in-firmware"}
    assert published | {"eu-parliament-dome", "au-defence-register", "eu-wired-camera"} <= set(NAMES)
