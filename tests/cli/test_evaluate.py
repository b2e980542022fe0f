"""``custodiet evaluate``: exit codes, JSON, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema

from custodiet.evaluate.measure import SCHEMA_VERSION, Evaluation
from labels import line
from story import custodiet

AXIS = line("a", "Server: Linux/4.9.94-axis5, UPnP/1.0, Portable SDK for UPnP devices/1.6.22", "Axis")


def labelled(folder: Path, *lines: str) -> Path:
    path = folder / "labelled.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_clean_file_gives_a_table_and_0(tmp_path: Path) -> None:
    told = custodiet("evaluate", labelled(tmp_path, AXIS))
    assert told.code == 0
    assert "False accusations" in told.out
    assert "1 of 1" in told.out


def test_a_bad_line_gives_4_and_is_told(tmp_path: Path) -> None:
    told = custodiet("evaluate", labelled(tmp_path, AXIS, "{"))
    assert told.code == 4
    assert "line 2" in told.out


def test_json_has_a_version_and_every_field(tmp_path: Path) -> None:
    told = custodiet("evaluate", labelled(tmp_path, AXIS), "--json")
    found = json.loads(told.out)
    assert found["schema"] == SCHEMA_VERSION
    assert set(found) == set(Evaluation.__struct_fields__)
    assert found["maker"]["right"] == 1
    schema = json.loads((Path(__file__).resolve().parents[2] / "docs/reference/evaluation.schema.json").read_text())
    jsonschema.validate(found, schema)


def test_a_fold_without_its_brand_is_empty(tmp_path: Path) -> None:
    codes = [
        custodiet("evaluate", labelled(tmp_path, AXIS), "--json", "--fold", f"{part}/4").out for part in range(1, 5)
    ]
    assert sorted(json.loads(out)["lines"] for out in codes) == [0, 0, 0, 1]


def test_what_is_no_labelled_file_is_an_error(tmp_path: Path) -> None:
    assert custodiet("evaluate", labelled(tmp_path, "hello")).code == 1
    assert custodiet("evaluate", labelled(tmp_path, "")).code == 1
    assert custodiet("evaluate", tmp_path / "absent.jsonl").code == 2
    assert custodiet("evaluate", labelled(tmp_path, AXIS), "--fold", "9/2").code == 2


def test_hostile_labels_do_not_act_on_the_terminal(tmp_path: Path) -> None:
    told = custodiet("evaluate", labelled(tmp_path, AXIS.replace('"Axis"', '"\\u001b]0;owned\\u0007Axis2"')), "-v")
    assert "\x1b" not in told.out
    assert "owned" in told.out
