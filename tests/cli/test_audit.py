"""``custodiet audit`` as people type it: inputs of every kind, what is printed, and how."""

from __future__ import annotations

import json
import os
import pty
import re
import sys
from pathlib import Path

import pytest

from custodiet.casefile import Case
from custodiet.model import SCHEMA_VERSION
from story import REGISTER, ROOT, Town, camera_capture, custodiet, in_a_process, scan, town


@pytest.fixture
def home(tmp_path: Path) -> Town:
    made = town(tmp_path)
    made.put("camera.pcap", camera_capture())
    made.put("deep/er/scan.xml", scan())
    made.put("register.csv", REGISTER.encode("cp1252"))
    return made


def labels(document: dict) -> list[str]:
    return [entry["asset"]["label"] for entry in document["entries"]]


def test_a_folder_is_read_to_its_depths_and_the_worst_comes_first(home: Town) -> None:
    told = home.audit("--json")
    assert told.err == ""
    assert labels(told.json) == ["10.0.0.5", "10.0.0.9", "10.0.0.7"]
    assert {Path(s["name"]).name for s in told.json["sources"]} == {"camera.pcap", "scan.xml", "register.csv"}


def test_json_is_of_the_version_that_the_docs_describe(home: Town) -> None:
    document = home.audit("--json").json
    schema = json.loads((ROOT / "docs" / "reference" / "assessment.schema.json").read_text())
    assert document["schema"] == SCHEMA_VERSION == schema["properties"]["schema"]["const"]
    assert set(document) == set(schema["required"])
    assert document["on"] == "2025-12-01"
    assert document["directives"] == ["acme-rule"]
    assert document["body"]["id"] == "town"


def test_standard_input_is_an_input_like_others(home: Town) -> None:
    told = home.audit("-", home.inputs / "register.csv", "--json", given=camera_capture())
    assert labels(told.json)[0] == "10.0.0.5"
    assert {s["name"] for s in told.json["sources"]} == {"standard input", str(home.inputs / "register.csv")}


def test_nothing_on_standard_input_is_said(home: Town) -> None:
    told = home.audit("-", "--json")
    assert told.code == 4
    assert [(i["source"], i["reason"]) for i in told.json["skipped"]] == [("standard input", "the file is empty")]


def test_the_same_file_twice_is_read_once(home: Town) -> None:
    camera = home.inputs / "camera.pcap"
    once, twice = (
        home.audit(camera, "--json"),
        home.audit(camera, camera, home.inputs / "deep/../camera.pcap", "--json"),
    )
    assert once.json == twice.json


def test_the_same_bytes_under_two_names_are_one_source(home: Town) -> None:
    home.put("copy.pcap", camera_capture())
    assert len(home.audit("--json").json["sources"]) == 3


def test_quiet_still_says_what_could_not_be_read(tmp_path: Path) -> None:
    for command in ("audit", "identify"):
        told = custodiet(command, "-q", tmp_path / "none.pcap")
        assert (told.code, told.out) == (4, "")
        assert "none.pcap: there is no such file or folder." in told.err


def test_quiet_says_nothing_and_still_ends_with_its_answer(home: Town) -> None:
    told = home.audit("-q")
    assert (told.out, told.err) == ("", "")
    assert told.code == 3


def test_the_terminal_shows_scope_devices_totals_limits_and_the_next_command_in_this_order(home: Town) -> None:
    home.put("notes.bin", b"\x00nothing we know")
    told = home.audit("--case", home.folder / "c.sqlite")
    places = [
        told.out.index(part)
        for part in ("Town, judged for 1 Dec 2025", "Read", "Not read", "Devices, worst first", "Of 3 devices",
                     "What we could not see", "Next", "custodiet explain")
    ]  # fmt: skip
    assert places == sorted(places)
    assert "1 of 1 packet read" in told.out
    assert "notes.bin" in "".join(told.out.split())
    assert told.err == ""


def test_verbose_shows_more_of_the_same_stored_result(home: Town) -> None:
    hosts = "".join(
        f'<host><status state="up"/><address addr="10.0.0.{n}" addrtype="ipv4"/></host>' for n in range(10, 140)
    )
    home.put("many.xml", scan(hosts))
    case = home.folder / "c.sqlite"
    few, more, all_ = (home.audit("--case", case, *flags) for flags in ((), ("-v",), ("-vv",)))

    def shown(text: str) -> int:
        return len(re.findall(r"^ *\d+\. ", text, re.MULTILINE))

    assert (shown(few.out), shown(more.out), shown(all_.out)) == (20, 100, 133)
    assert few.code == more.code == all_.code
    head = few.out[: few.out.index("Devices, worst first")]
    assert more.out.startswith(head)
    assert all_.out.startswith(head)


def test_no_colour_and_no_bar_where_nobody_looks(home: Town) -> None:
    told = home.audit()
    assert "\x1b" not in told.out + told.err
    assert told.err == ""


TERMINAL = """
import sys
from custodiet.cli import main
main()
"""


def on_a_terminal(arguments: list[str], env: dict[str, str]) -> str:
    """What a command writes when both its streams are a terminal."""
    pid, master = pty.fork()
    if pid == 0:  # pragma: no cover - this is the child
        os.environ.update(env)
        os.execv(sys.executable, [sys.executable, "-c", TERMINAL, *arguments])
    said = b""
    try:
        while piece := os.read(master, 65536):
            said += piece
    except OSError:
        pass  # Linux ends a terminal this way
    os.waitpid(pid, 0)
    os.close(master)
    return said.decode()


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_terminal_gets_a_bar_and_colour_unless_it_says_no_colour(home: Town) -> None:
    arguments = ["audit", str(home.inputs), *home.options]
    colourful = on_a_terminal(arguments, {"TERM": "xterm-256color", "NO_COLOR": ""})
    assert "identifying and judging" in colourful
    assert "\x1b[1m" in colourful
    plain = on_a_terminal(arguments, {"TERM": "xterm-256color", "NO_COLOR": "1"})
    result = plain[plain.index("Town, judged for") :]
    assert not re.search(r"\x1b\[[0-9;]*m", result)


def test_out_writes_the_four_files_whole(home: Town) -> None:
    out = home.folder / "new" / "out"
    told = home.audit("--out", out, "--json")
    assert {path.name for path in out.iterdir()} == {"report.html", "assessment.json", "findings.csv", "findings.xlsx"}
    assert json.loads((out / "assessment.json").read_text()) == told.json
    assert (out / "report.html").read_text().rstrip().endswith("</html>")


def test_a_heading_can_be_corrected_and_is_remembered(home: Town) -> None:
    table = home.put("odd.csv", "Code;Ding;IP-adres\r\nX;AC-1234;10.0.0.33\r\n")
    case = home.folder / "c.sqlite"
    told = home.audit(table, "--column", "Ding=model", "--case", case, "--json")
    columns = told.json["tallies"][0]["columns"]
    assert columns["Ding"] == "model"
    home.put("odd2.csv", "Code;Ding;IP-adres\r\nY;AC-1235;10.0.0.34\r\n")
    again = home.audit(home.inputs / "odd2.csv", "--case", case, "--json")
    assert {tally["columns"]["Ding"] for tally in again.json["tallies"]} == {"model"}


def test_without_sites_the_body_is_not_named(home: Town) -> None:
    told = custodiet("audit", home.inputs, "--catalog", home.catalog, "--directive", "acme-rule")
    assert "Body not named" in told.out
    assert "No sites file was given" in told.out
    assert told.code == 4, "whose they are is not known, so nothing is a finding yet"


def test_nothing_is_left_behind_without_a_case(home: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = home.folder / "tmp"
    scratch.mkdir()
    told = in_a_process("audit", home.inputs, "-", *home.options, "-q", given=b"x", env={"TMPDIR": str(scratch)},
                        folder=home.folder)  # fmt: skip
    assert told.code == 3
    assert list(scratch.iterdir()) == []


def test_a_case_and_standard_input_leave_only_the_case(home: Town) -> None:
    case = home.folder / "kept" / "c.sqlite"
    assert home.audit("-", "--case", case, "-q", given=camera_capture()).code == 3
    assert [path.name for path in case.parent.iterdir()] == ["c.sqlite"]


def test_a_corrected_heading_is_read_again_remembered_and_shown(home: Town) -> None:
    table = home.put("list.csv", b"Artikel;Prijs;Leverancier\nAC-1;10;X\n")
    case = home.folder / "c.sqlite"
    custodiet("audit", table, "--case", case, "-q")
    custodiet("audit", table, "--case", case, "--column", "Artikel=text", "-q")
    custodiet("audit", table, "--case", case, "-q")
    with Case(case, must_exist=True) as opened:
        assert [(o.attribute, o.value) for o in opened.observations(["register.text", "register.model"])] == [
            ("register.text", "AC-1")
        ]
        assert opened.sources()[0].read_with == {"Artikel": "text"}


def test_a_heading_cannot_be_read_as_something_unknown(home: Town) -> None:
    table = home.put("list.csv", b"Artikel;Prijs\nAC-1;10\n")
    result = custodiet("audit", table, "--column", "Artikel=modle")
    assert result.code == 2
    assert "model" in result.err


def test_a_corrected_heading_that_no_table_has_is_told_and_forgotten(home: Town) -> None:
    table = home.put("list.csv", b"Artikel;Leverancier\nAC-1;X\n")
    case = home.folder / "c.sqlite"
    told = custodiet("audit", table, "--case", case, "--column", "Artikle=model")
    assert "no table that was read has this heading" in told.out
    assert "Artikel" in told.out
    with Case(case, must_exist=True) as opened:
        assert opened.remembered_columns() == {}


DROPPED = "2026-07-01 09:00:00 DROP TCP 10.0.0.5 192.0.2.1 40000 443 52 S - SEND"
WINDOWS_LOG = f"#Fields: date time action protocol src-ip dst-ip src-port dst-port size tcpflags info path\n{DROPPED}\n"


def test_a_log_without_a_zone_is_read_in_the_one_that_is_given_and_keeps_it(home: Town) -> None:
    log = home.put("pfirewall.log", WINDOWS_LOG.encode())
    case = home.folder / "c.sqlite"
    nine = 1782896400.0  # as UTC
    for given, hours in (("", 0), ("Europe/Amsterdam", 2), ("", 2), ("UTC", 0)):
        custodiet("audit", log, "--case", case, *(("--zone", given) if given else ()), "-q")
        with Case(case, must_exist=True) as opened:
            [tally] = opened.tallies()
            assert tally.first_seen == nine - hours * 3600
            assert tally.watched is not None
            assert ("local_time" in tally.watched.doubts) is (given == "" and hours == 0)


def test_a_zone_that_nobody_knows_is_refused(home: Town) -> None:
    for name in ("Europe/Amsterdm", "../../etc/passwd", "CET\0"):
        told = custodiet("audit", home.inputs, "--zone", name)
        assert told.code == 2
        assert "no time zone that this computer knows" in told.err
