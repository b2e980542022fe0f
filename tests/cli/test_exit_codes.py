"""Exit codes, each by a small story: 0 nothing found, 1 error, 2 usage, 3 findings, 4 incomplete, 5 integrity."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from small import write
from story import Told, Town, camera_capture, custodiet, in_a_process, scan, town

PRINTER = "Omschrijving;IP-adres\r\nPrinter balie;10.0.0.7\r\n"


@pytest.fixture
def home(tmp_path: Path) -> Town:
    return town(tmp_path)


def one_sentence(told: Told) -> str:
    """The one complaint of a command that did nothing else."""
    (line,) = told.complaints
    assert told.out == ""
    assert line.startswith("custodiet: ")
    return line


def test_0_when_nothing_is_found(home: Town) -> None:
    home.put("register.csv", PRINTER)
    assert home.audit().code == 0


def test_3_when_a_requirement_is_not_satisfied(home: Town) -> None:
    home.put("camera.pcap", camera_capture())
    assert home.audit().code == 3


def test_4_when_a_device_cannot_be_judged(home: Town) -> None:
    home.put("register.csv", "Omschrijving;IP-adres\r\nDome camera;10.0.0.7\r\n")
    assert home.audit().code == 4


def test_4_when_an_input_could_not_be_read(home: Town) -> None:
    home.put("register.csv", PRINTER)
    home.put("empty.pcap", b"")
    assert home.audit().code == 4


def test_0_when_something_of_no_interest_was_skipped(home: Town) -> None:
    home.put("register.csv", PRINTER)
    home.put("photo.jpg", b"\xff\xd8\xff\xe0")
    assert home.audit().code == 0


def test_3_outweighs_4(home: Town) -> None:
    home.put("camera.pcap", camera_capture())
    home.put("empty.pcap", b"")
    assert home.audit().code == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ["audit"],
        ["audit", "--no-such-option", "x"],
        ["audit", "x", "--on", "2022-13-01"],
        ["audit", "x", "--on", "01-12-2022"],
        ["audit", "x", "--column", "nothing"],
        ["audit", "x", "--directive", "no-such-directive"],
        ["audit", "x", "--sites", "absent.yml"],
        ["audit", "x", "--catalog", "absent"],
        ["explain", "10.0.0.5", "--case", "absent.sqlite"],
        ["report", "--case", "absent.sqlite"],
        ["report", "--case", "absent.sqlite", "--format", "docx"],
        ["apart", "a", "b", "--case", "absent.sqlite", "--by", "x", "--reason", "y"],
        ["catalog", "show", "no-such-record"],
        ["no-such-command"],
    ],
    ids=" ".join,
)
def test_2_when_the_command_cannot_be_meant(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = custodiet(*arguments)
    assert told.code == 2
    assert told.err
    assert "Traceback" not in told.err
    assert list(tmp_path.iterdir()) == [], "a command that is refused leaves nothing behind"


def test_1_when_the_report_cannot_be_written(home: Town) -> None:
    home.put("register.csv", PRINTER)
    told = home.audit("-q", "--out", "/proc/no-such-folder")
    assert told.code == 1
    assert "/proc/no-such-folder" in one_sentence(told)


def test_2_when_the_folder_for_reports_is_a_file(home: Town) -> None:
    home.put("register.csv", PRINTER)
    told = home.audit("-q", "--out", home.inputs / "register.csv")
    assert told.code == 2
    assert "not a folder" in one_sentence(told)


def test_1_when_a_record_of_the_users_catalog_is_broken(home: Town) -> None:
    home.put("register.csv", PRINTER)
    broken = write(home.folder / "broken", {"companies/acme.yml": "id: acme\nnaam: Acme\n"})
    told = home.audit("--catalog", broken)
    assert told.code == 1
    assert "acme.yml:2" in one_sentence(told)


def test_5_when_the_case_is_damaged(home: Town) -> None:
    home.put("camera.pcap", camera_capture())
    case = home.folder / "c.sqlite"
    case.write_bytes(b"SQLite format 3\0" + b"\xff" * 4000)
    told = home.audit("--case", case)
    assert told.code == 5
    assert str(case) in one_sentence(told)
    assert case.read_bytes()[16:20] == b"\xff" * 4, "a damaged case is left as it is"


def test_5_when_stored_evidence_is_gone(home: Town) -> None:
    home.put("camera.pcap", camera_capture())
    case = home.folder / "c.sqlite"
    home.audit("-q", "--case", case)
    with sqlite3.connect(case) as db:
        db.execute("delete from observation")
    db.close()
    told = custodiet("report", "--case", case, "--format", "json")
    assert told.code == 5
    assert "does not hold" in told.err


def test_2_when_the_case_is_another_database(home: Town) -> None:
    case = home.folder / "other.sqlite"
    with sqlite3.connect(case) as db:
        db.execute("create table t (x)")
    db.close()
    home.put("camera.pcap", camera_capture())
    assert "not a case" in one_sentence(home.audit("--case", case))
    assert home.audit("--case", case).code == 2


def test_a_traceback_is_for_very_verbose_only(home: Town) -> None:
    home.put("camera.pcap", camera_capture())
    assert "Traceback" not in home.audit("--on", "nonsense").err
    assert "Traceback" in home.audit("--on", "nonsense", "-vv").err


def test_hostile_names_do_not_act_in_complaints(home: Town) -> None:
    told = custodiet("explain", "\x1b[31mred\u202e", "--case", home.folder / "\x1b]0;x\x07.sqlite")
    assert told.code == 2
    assert "\x1b" not in told.err
    assert "\u202e" not in told.err


def test_the_module_runs_like_the_program() -> None:
    told = subprocess.run([sys.executable, "-m", "custodiet", "--version"], capture_output=True, text=True, check=True)
    assert told.stdout.startswith("custodiet ")


def test_shell_completion_is_there() -> None:
    assert "--show-completion" in custodiet("--help").out


def asked_by_shell(shell: str, line: str) -> dict[str, str]:
    """What the completion scripts of the shells hand over."""
    asked = {"_CUSTODIET_COMPLETE": f"complete_{shell}"}
    if shell == "bash":
        return {**asked, "COMP_WORDS": line, "COMP_CWORD": str(len(line.split()) - 1)}
    return {**asked, "_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(
    ("line", "completed"), [("custodiet ca", "catalog"), ("custodiet identify --verb", "--verbose")]
)
def test_a_command_and_an_option_are_completed(tmp_path: Path, shell: str, line: str, completed: str) -> None:
    before = "import sys; sys.argv[0] = 'custodiet'"
    told = in_a_process(env=asked_by_shell(shell, line), before=before, folder=tmp_path)
    assert completed in told.out
    assert "evaluate" not in told.out


def test_a_reader_of_our_output_may_go_away(home: Town) -> None:
    home.put("many.xml", scan("".join(
        f'<host><status state="up"/><address addr="10.{n // 250}.0.{n % 250 + 1}" addrtype="ipv4"/></host>'
        for n in range(900)
    )))  # fmt: skip
    command = [sys.executable, "-m", "custodiet", "audit", str(home.inputs), *home.options, "-vv"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        process.stdout.read(10)
        process.stdout.close()
        said = process.stderr.read().decode()
    assert "Traceback" not in said
    assert "Exception ignored" not in said


def test_4_when_nothing_at_all_could_be_read(home: Town) -> None:
    home.put("photo.jpg", b"\xff\xd8\xff\xe0" + bytes(300))
    assert home.audit("-q").code == 4
    home.put("register.csv", PRINTER)
    assert home.audit("-q").code == 0, "a picture beside what was read takes nothing away"
