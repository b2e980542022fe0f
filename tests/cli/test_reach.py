"""``custodiet reach``: what is asked, what is told, what is kept, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from story import SITES, Town, camera_capture, custodiet, town

ROUTER = """\
! Last configuration change at 14:03:22 CET Tue Mar 3 2026 by admin
hostname r1
interface Vlan10
 ip address 10.0.0.1 255.255.255.0
 ip access-group CAMS in
interface Vlan90
 ip address 10.9.0.1 255.255.255.0
 ip access-group CORE in
ip access-list extended CAMS
 {0}
 deny ip any any
ip access-list extended CORE
 deny ip any any
"""
DECIDED = "core: {{ answer: {0}, decided_by: owner, decided_on: 2026-01-01 }}"


@pytest.fixture
def home(tmp_path: Path) -> Town:
    made = town(tmp_path)
    core = f"      - {{ id: core, subnets: [10.9.0.0/24], {DECIDED.format('yes')} }}\n"
    (tmp_path / "sites.yml").write_text(SITES + core, encoding="utf-8")
    made.put("camera.pcap", camera_capture())
    made.audit("--case", tmp_path / "c.sqlite")
    return made


def reach(home: Town, *more: object, rule: str = "remark none") -> object:
    (home.folder / "r1.cfg").write_text(ROUTER.format(rule), encoding="utf-8")
    return custodiet("reach", "--case", home.folder / "c.sqlite", *more)


def test_absence_is_told_with_its_file_and_date_and_ends_well(home: Town) -> None:
    told = reach(home, home.folder / "r1.cfg")
    assert told.code == 0
    text = " ".join(told.out.split())
    assert "It to the core zone hall/core: proved absent" in text
    assert "'deny ip any any' in" in text and "2026-03-03" in text
    assert "What this takes for granted" in text
    assert "built-in" in text


def test_an_open_path_names_its_rule_and_is_kept(home: Town) -> None:
    told = reach(home, home.folder / "r1.cfg", "--json", rule="permit tcp any any eq 443")
    (device,) = told.json["devices"]
    way = device["paths"][0]
    assert (way["way"], way["status"], way["lets"]) == ("to core", "open", ["tcp 443"])
    assert told.json["configurations"][0]["sha256"]
    again = reach(home, "--json")
    assert again.json == told.json
    assert "permit tcp any any eq 443" in " ".join(reach(home, "-v").out.split())


def test_without_a_configuration_it_says_so_and_is_incomplete(home: Town) -> None:
    told = reach(home)
    assert told.code == 4
    assert "No configuration was given" in " ".join(told.out.split())


def test_a_line_that_is_not_understood_is_incomplete(home: Town) -> None:
    told = reach(home, home.folder / "r1.cfg", rule="permit tcp any any wibble")
    assert told.code == 4
    assert "wibble" in told.out


def test_a_folder_is_read_and_one_device_can_be_asked_for(home: Town) -> None:
    (home.folder / "conf").mkdir()
    (home.folder / "conf" / "r1.cfg").write_text(ROUTER.format("permit ip any any"), encoding="utf-8")
    told = reach(home, home.folder / "conf", "--device", "10.0.0.5", "--as-of", "2026-11-01", "--json")
    assert told.json["configurations"][0]["of"] == "2026-11-01"
    assert told.json["configurations"][0]["dated_by"] == "told with --as-of"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["gone.cfg"], "there is no such configuration"),
        (["--as-of", "2026-11-01"], "Give CONFIG"),
        (["--device", "10.0.0.99"], "10.0.0.99"),
    ],
)
def test_wrong_use_is_one_sentence(home: Town, arguments: list[str], sentence: str) -> None:
    told = reach(home, *arguments)
    assert told.code == 2
    assert sentence in told.err


def test_a_file_of_no_known_format_is_refused(home: Town) -> None:
    (home.folder / "letter.txt").write_text("Dear reader", encoding="utf-8")
    told = reach(home, home.folder / "letter.txt")
    assert told.code == 1
    assert "no configuration we can read" in told.err
