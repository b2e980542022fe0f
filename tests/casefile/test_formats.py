"""Case files of every earlier format are brought up to date without the loss of a row, or say what to do.

`formats/` holds a tiny case of each layout that there was, made by the version that last wrote it from `register.csv`
and `sites.yml`. Whoever makes format N + 1 adds the case of format N: without it these tests fail.
"""

from __future__ import annotations

import lzma
import os
import shutil
import signal
import sqlite3
import sys
from pathlib import Path

import pytest

from custodiet.casefile import FORMAT_VERSION, SHAPE, Case
from custodiet.errors import IntegrityError, UsageError
from custodiet.model.observation import is_itself
from story import custodiet

KEPT = sorted(Path(__file__).with_name("formats").glob("*.sqlite.xz"))
READ = ("source", "observation", "flow", "issue", "tally", "decision", "heading")


def unpacked(kept: Path, folder: Path) -> Path:
    path = folder / "case.sqlite"
    path.write_bytes(lzma.decompress(kept.read_bytes()))
    return path


def asked(path: Path, sql: str) -> list[tuple]:
    db = sqlite3.connect(path)
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()


def rows(path: Path) -> dict[str, list[tuple]]:
    """What was read, in columns by name."""
    db = sqlite3.connect(path)
    db.row_factory = sqlite3.Row
    found = {}
    for table in READ:
        ordered = "" if table in ("source", "tally", "heading") else "order by rowid"
        found[table] = [tuple(row[name] for name in row.keys() if name != "sha256")  # noqa: SIM118 (a Row is no dict)
                        for row in db.execute(f"select * from {table} {ordered}")]  # fmt: skip
    db.close()
    return found


def layout(path: Path) -> list[str]:
    return sorted(
        " ".join(sql.split()) for (sql,) in asked(path, "select sql from sqlite_schema where sql is not null")
    )


def test_a_case_of_each_earlier_format_is_kept() -> None:
    assert {int(path.name.partition("-")[0]) for path in KEPT} == set(range(1, FORMAT_VERSION))


def test_the_layout_changes_only_with_the_number(tmp_path: Path) -> None:
    Case(tmp_path / "new.sqlite").__exit__()
    written = Path(__file__).with_name("formats") / f"{FORMAT_VERSION}.sql"
    assert layout(tmp_path / "new.sqlite") == written.read_text().splitlines()


@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.name)
def test_an_earlier_case_is_brought_up_to_date(kept: Path, tmp_path: Path) -> None:
    path = unpacked(kept, tmp_path)
    before = rows(path)
    assert before["observation"] and before["source"]
    with Case(path) as case:
        case.check()
        assert all(map(is_itself, case.observations()))
        [source] = case.sources()
        assert case.unfinished() == ()
    assert rows(path) == before
    assert asked(path, "pragma user_version") == [(FORMAT_VERSION,)]
    assert asked(path, "select sha256 from source") == [(source.sha256,)]
    Case(tmp_path / "new.sqlite").__exit__()
    assert layout(path) == layout(tmp_path / "new.sqlite")


@pytest.mark.parametrize("kept", [KEPT[0], KEPT[-1]], ids=lambda path: path.name)
def test_conclusions_of_an_earlier_version_are_told_and_made_again(kept: Path, tmp_path: Path) -> None:
    path = unpacked(kept, tmp_path)
    for command in (("report", "--format", "json", "--out", tmp_path / "r.json"), ("explain", "10.0.0.5"), ("egress",)):
        told = custodiet(*command, "--case", path)
        assert told.code == 2 and "custodiet audit" in told.err, (command, told.err)
    kept_beside = Path(__file__).with_name("formats")
    inputs = [shutil.copy(kept_beside / name, tmp_path) for name in ("register.csv", "sites.yml")]
    again = ("audit", inputs[0], "--sites", inputs[1], "--on", "2025-12-01", "--case", path, "--quiet")
    assert custodiet(*again).code in (0, 3, 4)
    with Case(path) as case:
        assert [source.name.rpartition("/")[2] for source in case.sources()] == ["register.csv"]
    for command in (("report", "--format", "json", "--out", tmp_path / "r.json"), ("explain", "10.0.0.5")):
        told = custodiet(*command, "--case", path)
        assert told.code == 0, told.err


def test_a_record_that_was_damaged_is_not_taken_for_one_of_another_version(tmp_path: Path) -> None:
    inputs = Path(__file__).with_name("formats")
    path = tmp_path / "case.sqlite"
    assert custodiet("audit", inputs / "register.csv", "--case", path, "--quiet").code in (0, 3, 4)
    db = sqlite3.connect(path)
    db.execute("update asset set identification = x'3dff'")
    db.commit()
    with Case(path) as case, pytest.raises(IntegrityError):
        list(case.conclusions())
    db.execute("update meta set value = 'another' where key = ?", (SHAPE,))
    db.commit()
    db.close()
    with Case(path) as case, pytest.raises(UsageError, match="another version"):
        list(case.conclusions())


def test_killed_in_the_middle_of_it_a_case_is_as_it_was(tmp_path: Path) -> None:
    path = unpacked(KEPT[0], tmp_path)
    before, old = rows(path), layout(path)
    for statement in range(1, 12):
        pid = os.fork()
        if pid == 0:
            _upgrade_and_die_at(path, statement)
        _, status = os.waitpid(pid, 0)
        assert os.WIFSIGNALED(status), statement
        assert (rows(path), layout(path)) == (before, old)
        assert asked(path, "pragma integrity_check") == [("ok",)]


def _upgrade_and_die_at(path: Path, statement: int) -> None:
    left = [statement]

    def traced(_frame: object, event: str, function: object) -> None:
        if event == "c_call" and getattr(function, "__name__", "").startswith("execute"):
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

    from custodiet.casefile import unfinished

    db = sqlite3.connect(path, isolation_level=None)
    db.execute("begin immediate")
    sys.setprofile(traced)
    unfinished.to_second(db)
    os._exit(1)
