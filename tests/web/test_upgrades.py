"""Tables of every released version are brought up to this one with all their rows, straight and by way of a backup.

`formats/` holds a small database of each released version (`scripts/make_migrations.py --freeze` writes it). Until
there is one, the version of today is made here; so the second migration is tried before it is the second.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from scripts import kept_tables

from custodiet import __version__

HERE = Path(__file__).resolve().parent
KEPT = sorted((HERE / "formats").glob("*.xz"))
MIGRATIONS = HERE.parents[1] / "src" / "custodiet" / "web" / "store" / "migrations"
SERVER = os.environ.get("CUSTODIET_TEST_DATABASE_URL", "")
LATER = """
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("store", "{before}")]
    operations = [migrations.RunSQL("update body set name = 'brought up to date'")]
"""


@pytest.fixture
def step(tmp_path: Path) -> Iterator[Callable[..., dict[str, Any]]]:
    """Does one step of `upgrade` in a process, with a database for each folder."""
    made: set[str] = set()

    def run(what: str, folder: str, file: Path | str = "", migrations: str = "") -> dict[str, Any]:
        environ = {name: value for name, value in os.environ.items() if name != "CUSTODIET_DATABASE_URL"}
        environ["CUSTODIET_TRY_MIGRATIONS"] = migrations
        if SERVER:
            name = f"custodiet_{folder}_{os.getpid()}"
            environ["CUSTODIET_DATABASE_URL"] = urlsplit(SERVER)._replace(path=f"/{name}").geturl()
            if name not in made:
                made.add(name)
                _ask(f"create database {name}")
        command = [sys.executable, str(HERE / "upgrade.py"), what, str(tmp_path / folder), str(file)]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr[-3000:]
        return dict(json.loads(done.stdout))

    yield run
    for name in made:
        _ask(f"drop database {name} with (force)")


def _ask(sql: str) -> None:
    import psycopg

    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(sql)


@pytest.fixture
def today(web: None, cases: dict[str, Path], tmp_path: Path) -> Path:
    """A small database of this version."""
    kept_tables.fill(cases["waterdorp"])
    path = tmp_path / "today.xz"
    path.write_bytes(kept_tables.packed(newest()))
    return path


def newest() -> str:
    return max(path.stem for path in MIGRATIONS.glob("0*.py"))


def frozen() -> dict[str, str]:
    """Migration that was released -> its hash."""
    lines = (MIGRATIONS / "frozen.txt").read_text(encoding="ascii").split("\n")
    return dict(line.split() for line in lines if line and not line.startswith("#"))  # type: ignore[misc]


def test_what_was_released_is_never_written_again() -> None:
    for name, digest in frozen().items():
        assert hashlib.sha256((MIGRATIONS / f"{name}.py").read_bytes()).hexdigest() == digest, name
    names = sorted(path.stem for path in MIGRATIONS.glob("0*.py"))
    # one that is not released may be rewritten; a second one shows that the first was meant to stay
    assert set(names[:-1]) <= frozen().keys() <= set(names)
    kept = {kept_tables.version_of(path.read_bytes()) for path in KEPT}
    assert kept <= frozen().keys() and (not frozen() or max(frozen()) in kept)


def assert_whole(told: dict[str, Any], rows: dict[str, int], before: str) -> None:
    assert told.get("before") == before, told
    assert told["after"] == "here" and told["broken"] is None
    assert set(told["pages"].values()) == {200}, told["pages"]
    # a start may add rows of its own, as to the log; it takes none away
    fewer = {name: (count, told["rows"].get(name)) for name, count in rows.items() if told["rows"].get(name, 0) < count}
    assert not fewer


@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.name)
def test_tables_of_a_released_version(step: Callable[..., dict[str, Any]], kept: Path, tmp_path: Path) -> None:
    made = step("make", "old", kept)
    before = "here" if made["version"] == newest() else "earlier"
    assert_whole(step("open", "old"), made["rows"], before)
    if (tmp_path / "old.backup").exists():
        step("restore", "new", tmp_path / "old.backup")
        assert_whole(step("open", "new"), made["rows"], before)


def test_tables_of_today_by_the_next_version_and_not_back(
    step: Callable[..., dict[str, Any]], today: Path, tmp_path: Path
) -> None:
    shutil.copytree(MIGRATIONS, tmp_path / "later", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "later" / "0999_later.py").write_text(LATER.format(before=newest()))
    made = step("make", "old", today)
    assert made["version"] == newest() and made["rows"] and all(made["rows"].values()), "each table has a row"
    folder = "old"
    if (tmp_path / "old.backup").exists():
        folder = "new"
        assert step("restore", folder, tmp_path / "old.backup") == {"made by": __version__}
    told = step("open", folder, migrations="later")
    assert_whole(told, made["rows"], "earlier")
    assert set(told["bodies"]) == {"brought up to date"}
    told = step("open", folder)
    assert "later version" in told["refused"] and "backup" in told["next_step"]


def test_tables_of_an_unfinished_version_are_told_apart(web: None) -> None:
    from django.db import connection

    from custodiet.errors import CustodietError
    from custodiet.web.store.standing import Standing, refuse, standing

    assert standing() is Standing.HERE
    refuse(Standing.HERE)
    with connection.cursor() as cursor:
        cursor.execute("alter table tally add column never integer")
    assert standing() is Standing.UNFINISHED
    with pytest.raises(CustodietError, match="unfinished version") as told:
        refuse(standing())
    assert "--folder NEW" in told.value.next_step
    with connection.cursor() as cursor:
        cursor.execute("alter table tally drop column never")
        assert standing() is Standing.HERE
        cursor.execute("drop table heading")
    assert standing() is Standing.UNFINISHED
