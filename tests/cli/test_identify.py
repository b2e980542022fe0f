"""``custodiet identify``: who made each, how sure, why; nothing is judged, and nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from story import REGISTER, Told, Town, camera_capture, custodiet, scan, town


@pytest.fixture
def home(tmp_path: Path) -> Town:
    made = town(tmp_path)
    made.put("camera.pcap", camera_capture())
    made.put("register.csv", REGISTER.encode("cp1252"))
    return made


def identify(home: Town, *arguments: object, given: bytes = b"") -> Told:
    return custodiet("identify", "--catalog", home.catalog, *arguments, given=given)


def said(told: Told) -> str:
    return " ".join(told.out.split())


def test_it_says_what_who_how_sure_which_label_and_why(home: Town) -> None:
    told = identify(home, home.inputs)
    assert told.code == 0, told.err
    for part in (
        "1. Camera, Acme Cameras Ltd AC-1234, sold as SeeS 10.0.0.5",
        "maker Acme Cameras Ltd, certain",
        "label SeeS, likely",
        "why its reply to the maker's own discovery: ssdp.server was «AcmeCam/»1.0 AC-1234 at",
        "camera.pcap, packet 1",
        "Not a surveillance device",
        "2 devices: 1 for surveillance, 1 other",
    ):
        assert part in said(told), part
    assert "directive" not in told.out


def test_the_next_command_explains_the_first_device(home: Town) -> None:
    case = home.folder / "c.sqlite"
    told = identify(home, home.inputs, "--case", case)
    command = told.out.strip().splitlines()[-1].split()
    assert command[:2] == ["custodiet", "explain"]
    explained = custodiet(*command[1:])
    assert explained.code == 0, explained.err
    assert "no directive was applied" in explained.out


def test_json_has_each_device_with_its_answers(home: Town) -> None:
    document = identify(home, home.inputs, "--json").json
    assert [device["asset"]["label"] for device in document["devices"]] == ["10.0.0.5", "10.0.0.7"]
    answers = {c["field"]: c["value"] for c in document["devices"][0]["identification"]["conclusions"]}
    assert (answers["manufacturer"], answers["brand"]) == ("acme", "sees")
    assert document["skipped"] == []
    assert "findings" not in document["devices"][0]


def test_what_could_not_be_read_is_said_and_changes_the_exit_code(home: Town) -> None:
    told = identify(home, home.inputs, home.folder / "none.pcap")
    assert told.code == 4
    assert "there is no such file" in said(told)
    assert identify(home, home.put("broken.xml", scan(end=""))).code == 4


def test_nothing_read_is_an_incomplete_result(home: Town) -> None:
    told = identify(home, home.put("x.bin", b"\x00\x01\x02"))
    assert told.code == 4
    assert "0 devices" in said(told)


def test_usage_is_told(home: Town) -> None:
    assert identify(home).code == 2
    assert identify(home, home.inputs, "--column", "x").code == 2


def test_a_judged_case_keeps_its_findings(home: Town) -> None:
    case = home.folder / "c.sqlite"
    assert home.audit("-q", "--case", case).code == 3
    before = case.read_bytes()
    told = identify(home, home.inputs, "--case", case)
    assert told.code == 2
    assert "findings" in told.err
    assert case.read_bytes() == before


def test_a_case_can_be_identified_again_and_then_judged(home: Town) -> None:
    case = home.folder / "c.sqlite"
    first, again = (identify(home, home.inputs, "--case", case) for _ in range(2))
    assert first.out == again.out
    assert home.audit("-q", "--case", case).code == 3


def test_lines_of_text_are_read_line_by_line(home: Town) -> None:
    told = custodiet("identify", "-", given=b"20x DS-2CD2143G2-I 2.8mm dome\n\nkantoorstoelen\n")
    assert told.code == 0, told.err
    assert "20 × Camera" in told.out
    assert "DS-2CD2143G2-I" in told.out
    assert "standard input, line 1" in said(told)


def test_text_that_steers_a_terminal_does_not(home: Town) -> None:
    told = custodiet("identify", "-", given="Hikvision DS-2CD2143G2-I \x1b[31m\u202ecamera\n".encode())
    assert "\x1b" not in told.out
    assert "\u202e" not in told.out


def test_bytes_that_are_no_text_are_not_taken_for_lines(home: Town) -> None:
    told = custodiet("identify", "-", given=b"DS-2CD2143G2-I \xff\xfe")
    assert told.code == 4
    assert "things" not in told.out


def test_lines_are_in_the_json_too(home: Town) -> None:
    told = custodiet("identify", "-", "--json", given=b"20x DS-2CD2143G2-I dome\n")
    (line,) = json.loads(told.out)["lines"]
    assert (line["number"], line["item"]["quantity"], line["item"]["model"]) == (1, 20, "DS-2CD2143G2-I")


@pytest.mark.parametrize("width", ["40", "80"])
def test_no_line_is_wider_than_the_terminal(home: Town, width: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", width)
    lines = identify(home, home.inputs, "-vv").out.splitlines()
    assert max(len(line) for line in lines if "custodiet identify" not in line) <= int(width)
