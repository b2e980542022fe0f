"""``custodiet isolate plan`` through the real command line: it stops for a recorder, then writes and loads nothing."""

from __future__ import annotations

import hashlib
import json
import shlex
from pathlib import Path

import pytest

from story import Told, camera_capture, custodiet, scan, town

NAMED = ("--recorder", "10.0.9.2", "--time", "10.0.9.4")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = town(tmp_path_factory.mktemp("town"))
    home.put("camera.pcap", camera_capture())
    home.put("scan.xml", scan())
    assert home.audit("-q", "--case", home.folder / "c.sqlite").code == 3
    return home.folder / "c.sqlite"


def plan(case: Path, out: Path, *flags: str, target: str = "nftables") -> Told:
    return custodiet("isolate", "plan", "--case", case, "--for", target, "--out", out, *flags)


def test_without_a_recorder_it_stops_and_prints_the_command_that_goes_on(case: Path, tmp_path: Path) -> None:
    told = plan(case, tmp_path / "with a blank", "--time", "10.0.9.4")
    assert told.code == 2
    assert told.out == ""
    assert not (tmp_path / "with a blank").exists()
    again = shlex.split(told.err[told.err.index("custodiet isolate plan") :].strip())
    assert again[-2:] == ["--recorder", "ADDRESS"]
    assert custodiet(*again[1:-1], "10.0.9.2").code == 0
    assert (tmp_path / "with a blank" / "plan.json").is_file()


@pytest.mark.parametrize("target", ["nftables", "pf", "cisco-ios", "juniper", "aruba", "openwrt", "opnsense"])
def test_each_target_gets_its_files_and_their_hashes(case: Path, tmp_path: Path, target: str) -> None:
    told = plan(case, tmp_path / "rules", *NAMED, target=target)
    assert told.code == 0, told.err
    written = json.loads((tmp_path / "rules" / "plan.json").read_text())
    assert written["target"] == target
    assert [device["label"] for device in written["parties"]["devices"]] == ["10.0.0.5"]
    for file in written["files"]:
        assert hashlib.sha256((tmp_path / "rules" / file["name"]).read_bytes()).hexdigest() == file["sha256"]
    assert {path.name for path in (tmp_path / "rules").iterdir()} == {
        *(f["name"] for f in written["files"]),
        "plan.json",
    }
    assert "Nothing was loaded" in told.out
    assert "yntax" in told.out


def test_what_is_printed_fits_eighty_columns(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    told = plan(case, tmp_path, *NAMED, "-v")
    assert max(len(line) for line in told.out.splitlines()) <= 80
    for part in ("1 device to isolate", "recorder  10.0.9.2", "answers only", "What the rules do not stop"):
        assert part in told.out, part


def test_json_holds_the_plan_and_what_came_of_the_check(case: Path, tmp_path: Path) -> None:
    told = plan(case, tmp_path, *NAMED, "--json", target="cisco-ios").json
    assert told["plan"]["rules"][-1]["id"] == "no-way-in"
    assert told["syntax"]["state"] == "not checked"


def test_the_head_counts_all_who_get_through(case: Path, tmp_path: Path) -> None:
    told = plan(case, tmp_path, *NAMED, "--operator", "10.0.7.0/24")
    assert "let through: 1 recorder, 1 operator and 1 time server, and nothing else" in " ".join(told.out.split())


def test_cut_off_from_everybody(case: Path, tmp_path: Path) -> None:
    told = plan(case, tmp_path, "--recorder", "none", "--device", "10.0.0.5")
    assert told.code == 0
    assert "let through: nobody" in told.out
    assert plan(case, tmp_path, "--recorder", "none", "--recorder", "10.0.9.2").code == 2


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--dns", "10.0.0.53"), "resolver"),
        (("--zone", "hall"), "SITE/ZONE"),
        (("--device", "10.9.9.9"), "no device is called"),
        (("--recorder", "8.8.8.8"), "outside"),
        (("--operator", "0.0.0.0/0"), "nearly everybody"),
    ],
)
def test_what_cannot_be_is_refused_with_a_next_step(
    case: Path, tmp_path: Path, flags: tuple[str, ...], said: str
) -> None:
    told = plan(case, tmp_path / "rules", *NAMED, *flags)
    assert told.code == 2
    assert said in told.err
    assert not (tmp_path / "rules").exists()


def test_a_file_is_not_taken_for_a_folder(case: Path, tmp_path: Path) -> None:
    (tmp_path / "rules").write_text("mine")
    assert plan(case, tmp_path / "rules", *NAMED).code == 2
    assert (tmp_path / "rules").read_text() == "mine"
