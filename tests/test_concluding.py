"""A large case is concluded in several processes, and says what one process says, to the byte."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from pathlib import Path

import pytest

from custodiet import concluding
from story import REGISTER, Told, Town, camera_capture, scan, town

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux only")


@pytest.fixture
def home(tmp_path: Path) -> Town:
    made = town(tmp_path)
    made.put("camera.pcap", camera_capture())
    made.put("register.csv", REGISTER.encode("cp1252"))
    makers = ("Acme", "SeeS", "")
    hosts = "".join(
        f'<host><status state="up"/><address addr="10.0.{n % 3}.{n}" addrtype="ipv4"/><ports>'
        f'<port protocol="tcp" portid="80"><state state="open"/>'
        f'<service name="http" product="{makers[n % 3]} camera {n % 7}"/></port></ports></host>'
        for n in range(1, 250)
    )
    made.put("scan.xml", scan(hosts))
    return made


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Makes every case a large one of many groups; gets the number of copies whenever some are made."""
    numbers: list[int] = []
    real = concluding.copies

    def copies(begin, number):  # type: ignore[no-untyped-def]
        numbers.append(number)
        return real(begin, number)

    monkeypatch.setattr(concluding, "MANY", 10)
    monkeypatch.setattr(concluding, "processors", lambda: 3)
    monkeypatch.setattr(concluding, "copies", copies)
    monkeypatch.setattr(concluding, "RESULTS", 20)
    return numbers


def held(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Everything that a case holds."""
    db = sqlite3.connect(path)
    tables = [name for (name,) in db.execute("select name from sqlite_schema where type = 'table' order by name")]
    rows = {name: sorted(db.execute(f"select * from {name}").fetchall(), key=repr) for name in tables}
    db.close()
    return rows


def into_case(home: Town, name: str) -> tuple[Told, bytes]:
    told = home.audit("-q", "--case", home.folder / f"{name}.sqlite", "--out", home.folder / name)
    report = home.folder / name / "assessment.json"
    return told, report.read_bytes() if report.exists() else b""


def test_the_same_to_the_byte(home: Town, started: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    scratch, (_, kept) = home.audit("--json"), into_case(home, "several")
    assert started == [3, 3]
    monkeypatch.setattr(concluding, "MANY", 5_000)
    alone, (_, kept_alone) = home.audit("--json"), into_case(home, "one")
    assert started == [3, 3]
    assert any(entry["findings"] for entry in alone.json["entries"])
    assert any(entry["flows"] for entry in alone.json["entries"])
    assert any(entry["asset"]["site"] for entry in alone.json["entries"])
    assert scratch.out == alone.out
    assert kept == kept_alone
    assert held(home.folder / "several.sqlite") == held(home.folder / "one.sqlite")


def test_the_very_curious_hear_of_the_processes(home: Town, started: list[int]) -> None:
    assert "custodiet: identifying and judging: 4 processes" in home.audit("--json", "-vv").complaints
    assert home.audit("--json", "-v").err == ""


def test_a_killed_process_ends_the_command_and_the_next_run_is_whole(
    home: Town, started: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, whole = into_case(home, "whole")
    real, first, asked = concluding.identify, os.getpid(), 0

    def identify(*given: object) -> object:
        nonlocal asked
        asked += 1
        if asked > 30 and os.getpid() != first:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(concluding, "identify", identify)
    told, nothing = into_case(home, "killed")
    assert (told.code, nothing) == (1, b"")
    assert len(told.complaints) == 1
    assert "ended from outside" in told.err
    path = home.folder / "killed.sqlite"
    done = [row for row in held(path)["asset"] if row[2] is not None]
    assert len(done) % 20 == 0
    monkeypatch.setattr(concluding, "identify", real)
    assert into_case(home, "killed")[1] == whole
    assert held(path) == held(home.folder / "whole.sqlite")
