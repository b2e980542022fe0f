"""Tables of a new database are those that the steps of older ones lead to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

import pytest

pytest.importorskip("django", reason="the extra `web` is not installed")

from web.kills_of_server import LATER

BOTH = """
import re, sys
from pathlib import Path
from custodiet.web import config, start

start.start(config.Config(folder=Path(sys.argv[1]), secret="of no use"))
from django.core.management import call_command
from django.db import connection

def made():
    # columns may come in another order; in keys and indexes their order counts
    with connection.cursor() as cursor:
        cursor.execute("select type || ' ' || name, coalesce(sql, '') from sqlite_schema where name not like 'sqlite%'")
        said = {name: told(name, sql) for name, sql in cursor.fetchall()}
        cursor.execute("select app, name from django_migrations")
        return said | {"steps": sorted(cursor.fetchall())}

def told(name, sql):
    words = re.sub("[(),]", " ", sql).split()
    return (sorted(words), re.findall("KEY [(].*?[)]", sql)) if name.startswith("table") else words

start.migrate()
quick = made()
connection.close()
Path(sys.argv[1], "custodiet.sqlite").unlink()
call_command("migrate", interactive=False, verbosity=0)
slow = made()
assert len(quick) > 60 and "table device" in quick and quick["steps"]
assert quick == slow, [(name, quick.get(name), slow.get(name)) for name in {*quick, *slow}
    if quick.get(name) != slow.get(name)]
"""


TOGETHER = """
import sys, time
from pathlib import Path
from custodiet.web import config, serve, start

folder, database, at, upgrade = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]), sys.argv[4]
told = config.Config(folder=folder, database=database, secret="of no use " * 4)
start.start(told)
from django.conf import settings
import custodiet.web.first  # what takes long is there before it begins

if upgrade:
    sys.path.insert(0, upgrade)
    settings.MIGRATION_MODULES = {"store": "later_tables"}
time.sleep(max(0, at - time.time()))
if upgrade:
    with start.alone():
        start.migrate()
    print("up to date")
else:
    serve.prepare(told, None, print, "http://localhost")
"""


def together(folder: Path, database: str, upgrade: str = "") -> list[str]:
    """What three servers say that begin to make the tables in the same moment."""
    at = str(time.time() + 3)
    command = [sys.executable, "-c", TOGETHER, str(folder), database, at, upgrade]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CUSTODIET_")}
    begun = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=kept) for _ in range(3)
    ]
    told = [one.communicate(timeout=120) for one in begun]
    assert [one.returncode for one in begun] == [0, 0, 0], [err[-2000:] for _, err in told]
    return [out for out, _ in told]


def test_servers_that_start_at_once_have_one_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from custodiet.web import config

    slow = config.secrets.token_urlsafe
    monkeypatch.setattr(config.secrets, "token_urlsafe", lambda length: (time.sleep(0.2), slow(length))[1])
    with ThreadPoolExecutor() as several:
        keys = list(several.map(lambda _: config.read_config(tmp_path / "new", {}).secret, range(4)))
    assert len({*keys}) == 1 and len(keys[0]) >= config.LEAST


def test_servers_that_start_at_once_make_the_tables_once(tmp_path: Path, empty_database: str) -> None:
    assert all("/welcome/" in said for said in together(tmp_path, empty_database))
    later = tmp_path / "later_tables"
    [here] = map(Path, import_module("custodiet.web.store.migrations").__path__)
    shutil.copytree(here, later, ignore=shutil.ignore_patterns("__pycache__"))
    before = max(path.stem for path in here.glob("0*.py"))
    (later / "0999_later.py").write_text(LATER.format(before=before))
    assert together(tmp_path, empty_database, str(tmp_path)) == ["up to date\n"] * 3


@pytest.mark.parametrize(
    ("database", "said"),
    [("", "file is not a database"), ("postgresql://u@127.0.0.1:1/x", "database x on 127.0.0.1: the database cannot")],
)
def test_a_database_that_cannot_be_used_is_told_in_words(tmp_path: Path, database: str, said: str) -> None:
    if database:
        pytest.importorskip("psycopg")
    (tmp_path / "custodiet.sqlite").write_bytes(b"no database" * 500)
    command = [sys.executable, "-m", "custodiet", "serve", "--folder", str(tmp_path), "--port", "8917"]
    environ = os.environ | {"CUSTODIET_DATABASE_URL": database}
    told = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environ)
    assert told.returncode == 1 and said in told.stderr and "custodiet doctor" in told.stderr
    assert "Traceback" not in told.stderr


def test_settings_that_there_are_not_are_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "custodiet.sqlite").write_bytes(b"no database" * 500)
    command = [sys.executable, "-m", "custodiet", "serve", "--folder", str(tmp_path), "--port", "8917"]
    environ = os.environ | {"CUSTODIET_DATABASE_URL": "", "CUSTODIET_DB_URL": "postgresql://u@127.0.0.1/x"}
    told = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environ)
    said = "CUSTODIET_DB_URL: there is no such setting. Perhaps CUSTODIET_DATABASE_URL was meant; else leave it out."
    assert said in told.stderr.splitlines()


def test_tables_made_at_once_are_those_made_step_by_step(tmp_path: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if name != "CUSTODIET_DATABASE_URL"}
    command = [sys.executable, "-c", BOTH, str(tmp_path)]
    told = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environ)
    assert told.returncode == 0, told.stderr[-3000:]


def test_a_link_for_who_cannot_sign_in_needs_a_database_and_an_account(tmp_path: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if name != "CUSTODIET_DATABASE_URL"}

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "custodiet", "serve", "--folder", str(tmp_path), *more]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, env=environ)

    told = run("--new-link", "admin@localhost")
    assert told.returncode == 2 and "no database in this folder" in told.stderr and not list(tmp_path.iterdir())
    begin = "from pathlib import Path; import sys; from custodiet.web import config, start; " + (
        "start.start(config.Config(folder=Path(sys.argv[1]), secret='of no use')); start.migrate(); "
        "from custodiet.web.first import first_administrator; first_administrator()"
    )
    subprocess.run([sys.executable, "-c", begin, str(tmp_path)], check=True, timeout=120, env=environ)
    told = run("--new-link", "Admin@localhost")
    assert told.returncode == 0 and "http://localhost:8000/welcome/" in told.stdout, told.stderr
    told = run("--new-link", "nobody@localhost")
    assert told.returncode == 2 and "Administrators of the installation: admin@localhost" in told.stderr


SERVED = """
import sys
from pathlib import Path
from custodiet.web import config, start

start.start(config.Config(folder=Path(sys.argv[1]), secret="of no use"))
start.application()
"""


def test_a_server_loads_what_stands_before_the_pages_first(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", SERVED, str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
