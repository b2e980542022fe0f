"""Killed at any moment, the same command again ends where an undisturbed run ends."""

from __future__ import annotations

import signal
import sqlite3
from pathlib import Path

import pytest

from story import REGISTER, Town, camera_capture, custodiet, in_a_process, scan, town

DIES = """
import contextlib, os, signal
from custodiet import audit, casefile
audit.BATCH = 40  # many batches from few inputs
moments, real = 0, casefile.Case.transaction

@contextlib.contextmanager
def transaction(case):
    # between the last write and the commit: the moment at which most could be lost
    global moments
    with real(case):
        yield
        moments += 1
        if moments == {moment}:
            os.kill(os.getpid(), signal.SIGKILL)

casefile.Case.transaction = transaction
"""

DIES_IN = """
import importlib, os, signal

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

importlib.import_module("custodiet.{module}").{name} = die
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Town:
    made = town(tmp_path_factory.mktemp("town"))
    made.put("camera.pcap", camera_capture())
    made.put("register.csv", REGISTER.encode("cp1252"))
    made.put("broken.pcap", camera_capture()[:-20])
    hosts = "".join(
        f'<host><status state="up"/><address addr="10.0.1.{n}" addrtype="ipv4"/><ports>'
        '<port protocol="tcp" portid="80"><state state="open"/></port></ports></host>'
        for n in range(1, 120)
    )
    made.put("scan.xml", scan(hosts))
    return made


def run(home: Town, name: str, dies: str = "") -> int:
    """Audit into a case and a folder of this name; in a process of its own where it is to die."""
    arguments = (
        *home.options,
        home.inputs,
        "-q",
        "--case",
        home.folder / f"{name}.sqlite",
        "--out",
        home.folder / name,
    )
    told = (
        in_a_process("audit", *arguments, before=dies, folder=home.folder) if dies else custodiet("audit", *arguments)
    )
    assert told.err == "", told.err
    return told.code


def result(home: Town, name: str) -> bytes:
    return (home.folder / name / "assessment.json").read_bytes()


def rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Everything that a case holds."""
    db = sqlite3.connect(path)
    tables = [name for (name,) in db.execute("select name from sqlite_schema where type = 'table' order by name")]
    held = {name: sorted(db.execute(f"select * from {name}").fetchall()) for name in tables}
    db.close()
    return held


@pytest.fixture(scope="module")
def undisturbed(home: Town) -> bytes:
    assert run(home, "undisturbed") == 3
    return result(home, "undisturbed")


@pytest.mark.parametrize("moment", [1, 3, 6, 11, 18, 20])
def test_killed_before_a_commit(home: Town, undisturbed: bytes, moment: int) -> None:
    name = f"moment-{moment}"
    assert run(home, name, DIES.format(moment=moment)) == -signal.SIGKILL
    assert not (home.folder / name).exists()
    assert run(home, name) == 3
    assert result(home, name) == undisturbed
    assert rows(home.folder / f"{name}.sqlite") == rows(home.folder / "undisturbed.sqlite")


@pytest.mark.parametrize(
    ("module", "function"),
    [("concluding", "identify"), ("audit", "remember")],
)
def test_killed_while_concluding(home: Town, undisturbed: bytes, module: str, function: str) -> None:
    assert run(home, function, DIES_IN.format(module=module, name=function)) == -signal.SIGKILL
    assert run(home, function) == 3
    assert result(home, function) == undisturbed


def test_killed_while_writing_a_report_leaves_the_old_one(home: Town, undisturbed: bytes) -> None:
    assert run(home, "undisturbed", DIES_IN.format(module="report.json", name="json_bytes")) == -signal.SIGKILL
    assert result(home, "undisturbed") == undisturbed
    assert run(home, "undisturbed") == 3
    assert result(home, "undisturbed") == undisturbed
