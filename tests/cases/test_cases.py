"""Stories that begin with files: each folder whose case.yml says what makes its input is audited and compared.

Compared is what matters: who made a device, what it is, where it was seen and stands, and what is asked of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from custodiet.plain_yaml import read_plain
from story import ROOT, custodiet

CASES = {
    path.parent.name: read_plain(text, path, "See the case beside it")[0]
    for path in sorted(Path(__file__).parent.glob("*/case.yml"))
    if "\nmade_by:" in (text := path.read_text(encoding="utf-8"))
}
DEVICES = [(name, device) for name, case in CASES.items() for device in case["devices"]]
BANDS = ["unknown", "possible", "likely", "certain"]


@cache
def audited(name: str) -> tuple[int, Any]:
    """How the audit of a case ended, and its assessment."""
    case = CASES[name]
    with TemporaryDirectory() as folder:
        kept = Path(folder) / "kept" / "case.sqlite"
        kept.parent.mkdir()
        subprocess.run([sys.executable, ROOT / case["made_by"], Path(folder) / "input"], check=True)
        audit = (
            "audit", Path(folder) / "input", "--sites", ROOT / case["sites"], "--catalog", ROOT / case["catalog"],
            "--on", case["on"], "--case", kept,
        )  # fmt: skip
        if "configurations" in case:  # ways are asked of a case, and judged by the audit after that
            assert custodiet(*audit, "--quiet").err == ""
            assert custodiet("reach", "--case", kept, ROOT / case["configurations"], "--quiet").err == ""
        told = custodiet(*audit, "--json")
    assert told.err == ""
    return told.code, json.loads(told.out)


def entry_of(document: Any, asset: str) -> Any:
    """The one device that carries this address or tag."""
    found = [e for e in document["entries"] if asset in {i["value"] for i in e["asset"]["identifiers"]}]
    assert len(found) == 1, f"{len(found)} devices are called {asset}"
    return found[0]


def holds(conclusion: Any, wanted: object) -> bool:
    """Whether a conclusion is what a case wants of it."""
    if isinstance(wanted, list):
        return any(holds(conclusion, one) for one in wanted)
    value, _, band = str(wanted).partition(", ")
    if value == "unknown":
        return conclusion["band"] == "unknown" and conclusion["value"] == "" and bool(conclusion["settle"])
    sure_enough = BANDS.index(conclusion["band"]) >= BANDS.index(band or "possible")
    return conclusion["value"] == value and sure_enough


def test_there_is_a_story() -> None:
    assert "example_town" in CASES
    assert all((Path(__file__).parent / name / "README.md").is_file() for name in CASES)


@pytest.mark.parametrize("name", CASES)
def test_the_audit_ends_as_told(name: str) -> None:
    code, document = audited(name)
    assert code == int(CASES[name]["exit_code"])
    assert document["skipped"] == []


@pytest.mark.parametrize(("name", "device"), DEVICES, ids=[f"{name}-{device['asset']}" for name, device in DEVICES])
def test_a_device_comes_out_as_told(name: str, device: Any) -> None:
    _, document = audited(name)
    entry = entry_of(document, device["asset"])
    concluded = {c["field"]: c for c in entry["identification"]["conclusions"]}
    wrong = {
        field: (concluded[field]["value"], concluded[field]["band"])
        for field, wanted in device["names"].items()
        if not holds(concluded[field], wanted)
    }
    assert wrong == {}, device["story"]
    for field in device.get("silent", []):
        assert not concluded[field]["claims_for"], f"{device['story']}: something was said of its {field}"
    if "against" in device:
        assert [c["field"] for c in concluded.values() if c["claims_against"]] == device["against"]
    names = {source["id"]: Path(source["name"]).name for source in document["sources"]}
    assert {names[key.split("/")[0]] for key in entry["asset"]["subjects"]} == set(device["seen_in"])
    if "place" in device:
        assert "/".join(filter(None, (entry["asset"]["site"], entry["asset"]["zone"]))) == device["place"]
    if "talks_to" in device:
        assert entry["egress"]["outcome"] == device["talks_to"], entry["egress"]["says"]
    if "reach" in device:
        known = {path["way"]: path["status"] for path in entry["reach"]["paths"]}
        assert {way: known[way] for way in device["reach"]} == device["reach"], device["story"]
    # what is no surveillance device at all need not be judged sentence by sentence
    outcomes = {f["requirement"]: f["outcome"] for f in entry["findings"]}
    judged = {key: outcomes.get(key, "out of scope") for key in device["verdicts"]}
    assert judged == device["verdicts"], device["story"]


def test_the_comparison_can_fail() -> None:
    sure = {"value": "axis", "band": "likely", "settle": "x"}
    assert holds(sure, "axis, likely")
    assert not holds(sure, "axis, certain")
    assert not holds(sure, "dahua")
    assert not holds(sure, "unknown")
    assert not holds({"value": "", "band": "unknown", "settle": ""}, "unknown"), "open, and nothing would settle it"
