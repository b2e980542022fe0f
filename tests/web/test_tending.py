"""What is wrong is said with its cure, and a backup that was made while somebody writes is put back as it was."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import sys
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from custodiet.errors import CustodietError, IntegrityError, UsageError
from custodiet.web import parts, traces
from custodiet.web.backup import back_up, restore
from custodiet.web.config import Config
from custodiet.web.doctor import examine
from story import custodiet, in_a_process


@pytest.fixture
def server(tmp_path: Path) -> Config:
    """A folder as a server leaves it, with rows that somebody is writing."""
    folder = tmp_path / "server"
    (folder / "jobs" / "7").mkdir(parents=True)
    folder.chmod(0o700)
    (folder / "jobs" / "7" / "register.csv").write_text("a;b\n")
    (folder / "web.key").write_text("x" * 64)
    (folder / "web.key").chmod(0o600)
    with sqlite3.connect(folder / "custodiet.sqlite") as rows:
        rows.execute("pragma journal_mode=wal")
        rows.execute("create table thing (name text)")
        rows.executemany("insert into thing values (?)", [(f"thing {n}",) for n in range(5000)])
    rows.close()
    return Config(folder=folder, secret="x" * 64)


def things(folder: Path) -> int:
    rows = sqlite3.connect(folder / "custodiet.sqlite")
    [(count,)] = rows.execute("select count(*) from thing").fetchall()
    rows.close()
    return int(count)


def test_a_backup_is_put_back_as_it_was(server: Config, tmp_path: Path) -> None:
    writer = sqlite3.connect(server.folder / "custodiet.sqlite", isolation_level=None)
    writer.execute("begin immediate")
    writer.execute("insert into thing values ('not yet')")
    out = tmp_path / "backup.tar"
    told = back_up(server, out)
    writer.execute("commit")
    writer.close()
    assert out.stat().st_mode & 0o777 == 0o600
    assert set(told.files) == {"custodiet.sqlite", "web.key", "jobs/7/register.csv"}
    (tmp_path / "new").mkdir()
    new = Config(folder=tmp_path / "new", secret="y")
    assert restore(out, new) == told
    noted = traces.last_backup(new.folder)
    assert noted is not None
    assert (noted.at.isoformat(), noted.to) == (told.made, str(out))
    assert (things(server.folder), things(new.folder)) == (5001, 5000)
    assert (new.folder / "jobs/7/register.csv").read_text() == "a;b\n"
    assert (new.folder / "web.key").read_text() == "x" * 64
    assert (new.folder / "web.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(UsageError, match="already"):
        restore(out, new)
    with pytest.raises(UsageError, match="already"):
        back_up(server, out)


def test_a_backup_in_the_folder_itself_is_refused(server: Config, tmp_path: Path) -> None:
    (tmp_path / "way").symlink_to(server.folder)
    for out in (server.folder / "b.tar", server.folder / "jobs" / "b.tar", tmp_path / "way" / "b.tar"):
        with pytest.raises(UsageError, match="another folder"):
            back_up(server, out)
        assert not out.exists()


def test_earlier_backups_in_the_folder_are_in_no_other(server: Config, tmp_path: Path) -> None:
    back_up(server, tmp_path / "monday.backup")
    shutil.copy(tmp_path / "monday.backup", server.folder)
    shutil.copy(tmp_path / "monday.backup", server.folder / "jobs" / "7" / "sent.tar")  # as somebody may send one
    told = back_up(server, tmp_path / "tuesday.backup")
    assert set(told.files) == {"custodiet.sqlite", "web.key", "jobs/7/register.csv", "jobs/7/sent.tar"}


@pytest.mark.parametrize("damage", ["cut", "bit", "more", "name", "empty"])
def test_a_backup_that_was_changed_is_not_put_back(server: Config, tmp_path: Path, damage: str) -> None:
    out = tmp_path / "backup.tar"
    back_up(server, out)
    data = bytearray(out.read_bytes())
    if damage == "cut":
        data = data[: len(data) // 2]
    elif damage == "bit":
        data[data.index(b"thing 77")] ^= 1
    elif damage == "empty":
        data = bytearray()
    out.write_bytes(data)
    if damage in ("more", "name"):
        with tarfile.open(out, "w") as packed:
            told = {
                "version": "1",
                "made": "",
                "database": "",
                "files": {"../x" if damage == "name" else "x": "0" * 64},
            }
            (tmp_path / "manifest.json").write_text(json.dumps(told))
            (tmp_path / "x").write_text("")
            packed.add(tmp_path / "manifest.json", "manifest.json")
            packed.add(tmp_path / "x", "x")
    (tmp_path / "new").mkdir()
    with pytest.raises(IntegrityError):
        restore(out, Config(folder=tmp_path / "new", secret="y"))
    assert list((tmp_path / "new").iterdir()) == []


def test_a_backup_of_a_later_format_is_told(server: Config, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"format": 2, "version": "9.0", "made": "", "database": "", "files": {}}')
    with tarfile.open(tmp_path / "b.tar", "w") as packed:
        packed.add(tmp_path / "manifest.json", "manifest.json")
    (tmp_path / "new").mkdir()
    with pytest.raises(UsageError, match=r"made by custodiet 9\.0"):
        restore(tmp_path / "b.tar", Config(folder=tmp_path / "new", secret="y"))


def test_what_a_killed_backup_left_is_in_no_other(server: Config, tmp_path: Path) -> None:
    (server.folder / "custodiet-unfinished-x").mkdir()
    (server.folder / "custodiet-unfinished-x" / "backup.tar").write_text("half")
    assert set(back_up(server, tmp_path / "b.tar").files) == {"custodiet.sqlite", "web.key", "jobs/7/register.csv"}


def test_a_damaged_database_makes_no_backup(server: Config, tmp_path: Path) -> None:
    database = server.folder / "custodiet.sqlite"
    data = bytearray(database.read_bytes())
    data[4096 * 3 : 4096 * 12] = b"\xaa" * 4096 * 9
    database.write_bytes(data)
    with pytest.raises(CustodietError):
        back_up(server, tmp_path / "backup.tar")
    assert not (tmp_path / "backup.tar").exists()


@pytest.mark.parametrize("where", ["names", "pages"])
def test_letters_that_are_none_in_a_damaged_database_are_told_in_words(
    server: Config, tmp_path: Path, where: str
) -> None:
    database = server.folder / "custodiet.sqlite"
    with sqlite3.connect(database) as rows:
        rows.execute("create unique index of_things on thing (name)")
        rows.execute("pragma wal_checkpoint(truncate)")
    rows.close()
    data = database.read_bytes()
    if where == "names":
        data = data.replace(b"CREATE UNIQUE INDEX of_things", b"\xebREATE UNIQUE INDEX of_thi\xebgs").replace(
            b"indexof_thingsthing", b"indexof_thi\xebgsthing"
        )
    else:
        data = data[: 4096 * 3] + b"\xeb" * 4096 + data[4096 * 4 :]
    database.write_bytes(data)
    with pytest.raises(IntegrityError, match="damaged"):
        back_up(server, tmp_path / "backup.tar")


def wrong(folder: Path, now: datetime | None = None, **environ: str) -> dict[str, str]:
    """What is wrong, with its cure."""
    return {one.what: f"{one.wrong}. {one.mend}" for one in examine(folder, environ, now) if one.wrong}


def test_the_doctor_of_nothing(tmp_path: Path) -> None:
    assert "custodiet serve" in "".join(wrong(tmp_path / "none").values())
    assert not (tmp_path / "none").exists()


def test_the_doctor_sees_who_else_may_read(server: Config) -> None:
    key, folder = server.folder / "web.key", server.folder
    (folder / "custodiet.sqlite").unlink()
    assert list(wrong(folder)) == [f"database {folder / 'custodiet.sqlite'}"]
    folder.chmod(0o755)
    key.chmod(0o644)
    told = wrong(folder)
    assert f"chmod 700 {folder}" in told[str(folder)]
    assert f"chmod 600 {key}" in told[str(key)]


@pytest.mark.parametrize(
    ("hosts", "https", "said"),
    [
        ("cameras.example.org", "", "unprotected"),
        ("", "1", "CUSTODIET_HOSTS"),
        ("https://cameras.example.org", "1", "not the name of a host"),
        ("cameras.example.org:8443", "1", "not the name of a host"),
        ("*", "1", "not the name of a host"),
        ("cameras.example.org, [::1]", "1", ""),
    ],
)
def test_the_doctor_reads_the_names(server: Config, hosts: str, https: str, said: str) -> None:
    (server.folder / "custodiet.sqlite").unlink()
    told = wrong(server.folder, CUSTODIET_HOSTS=hosts, CUSTODIET_HTTPS=https)
    found = [text for what, text in told.items() if what.startswith("names")]
    assert said in found[0] if said else not found


def test_the_doctor_knows_a_clock_that_is_wrong(server: Config) -> None:
    (server.folder / "custodiet.sqlite").unlink()
    assert "time server" in wrong(server.folder, datetime(2000, 1, 1, tzinfo=UTC))["clock"]


def test_the_commands_on_a_server_that_has_no_administrator_yet(tmp_path: Path) -> None:
    folder, other = tmp_path / "server", tmp_path / "other"
    made = "import os; from pathlib import Path; from custodiet.web.config import read_config; "
    made += f"import custodiet.web.start as s; s.start(read_config(Path({str(folder)!r}), os.environ)); s.migrate()"
    told = in_a_process("doctor", "--folder", folder, before=made, folder=tmp_path)
    assert told.code == 1, told.err
    assert "wrong  administrator: none can sign in" in told.out
    assert told.out.endswith("1 to mend.\n")
    assert "good   database" in told.out
    kept = in_a_process("backup", "--folder", folder, "--out", tmp_path / "b.tar", folder=tmp_path)
    assert kept.code == 0, kept.err
    rows = sqlite3.connect(folder / "custodiet.sqlite")
    assert rows.execute("select who, about from logged where what = 'backup made'").fetchall() == [
        ("custodiet backup", "b.tar")
    ]
    rows.close()
    assert custodiet("restore", tmp_path / "b.tar", "--folder", other).code == 0
    rows = sqlite3.connect(other / "custodiet.sqlite")
    assert rows.execute("select count(*) from django_migrations").fetchone()[0] > 0
    rows.close()
    (folder / "old.backup").write_bytes((tmp_path / "b.tar").read_bytes())
    kept = in_a_process("backup", "--folder", folder, "--out", tmp_path / "d.tar", folder=tmp_path)
    assert kept.code == 0 and "old.backup" in kept.err and "2 files" in kept.out
    assert custodiet("backup", "--folder", tmp_path / "none", "--out", tmp_path / "c.tar").code == 2
    assert not (tmp_path / "none").exists()


def test_settings_that_a_service_is_started_with(tmp_path: Path) -> None:
    """As they stand in /etc/default, for root alone, with an address that a shell would cut at its &."""
    (tmp_path / "default").write_text(
        "# of the server\nCUSTODIET_DATABASE_URL=postgresql://u:p@127.0.0.1:1/x?sslmode=disable&sslrootcert=/etc/x.pem\n"
        "export CUSTODIET_HTTPS=1\n"
    )
    folder = tmp_path / "server"
    folder.mkdir(mode=0o700)
    for name, given in ((tmp_path / "default", b""), ("-", (tmp_path / "default").read_bytes())):
        out = ("--folder", folder, "--env-file", name)
        told = in_a_process("audit-log", "verify", *out, given=given, folder=tmp_path)
        assert told.code == 1 and "database x on 127.0.0.1: the database cannot be used" in told.err
        assert "line 3: it sets nothing" in told.err
        told = in_a_process("doctor", *out, given=given, folder=tmp_path)
        assert "custodiet.sqlite" not in told.out
    assert not list(folder.iterdir())
    told = in_a_process("doctor", "--env-file", tmp_path / "none", folder=tmp_path)
    assert told.code == 2 and "cannot be read" in told.err


def test_what_is_not_installed_is_told_with_a_line_that_can_be_run(tmp_path: Path) -> None:
    """No registry has this program, so what is named is the folder of its source, or that one has to stand in it."""
    away = "import importlib.util as u; find = u.find_spec; "
    away += "u.find_spec = lambda name, *more: None if name == 'psycopg' else find(name, *more)"
    of = "; import custodiet.web.parts as p; from pathlib import Path; p._source = lambda: {}"
    env = {"CUSTODIET_DATABASE_URL": "postgresql://u@127.0.0.1:1/x"}
    (tmp_path / "server").mkdir(mode=0o700)
    where, pip = ("--folder", tmp_path / "server"), f"{sys.executable} -m pip install"
    for command in (("doctor",), ("serve",), ("audit-log", "verify"), ("backup", "--out", tmp_path / "b.tar")):
        told = in_a_process(*command, *where, before=away + of.format("Path('/src/x')"), env=env, folder=tmp_path)
        assert told.code and f"{pip} --editable '/src/x[web,postgresql]'" in told.out + told.err
        assert "Traceback" not in told.err
    told = in_a_process("doctor", *where, before=away + of.format("None"), env=env, folder=tmp_path)
    assert f'{pip} ".[web,postgresql]", in the folder of the source' in told.out
    source = parts._source()
    assert source is None or (source / "src" / "custodiet").is_dir()


def test_commands_that_only_look_make_nothing(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing"
    env = {"CUSTODIET_DATABASE_URL": "postgresql://u@127.0.0.1:1/x"}
    for command in (("audit-log", "verify"), ("audit-log", "export"), ("doctor",)):
        assert in_a_process(*command, "--folder", nothing, env=env, folder=tmp_path).code == 1
        assert not nothing.exists()
    nothing.mkdir()
    told = in_a_process("backup", "--folder", nothing, "--out", tmp_path / "b.tar", env=env, folder=tmp_path)
    assert told.code == 2 and "no server was started in this folder" in told.err
    assert not list(nothing.iterdir())


@pytest.mark.skipif(
    not os.environ.get("CUSTODIET_TEST_DATABASE_URL") or not shutil.which("pg_dump"),
    reason="no PostgreSQL to try it on",
)
def test_a_backup_of_postgresql(tmp_path: Path, started: None) -> None:
    from urllib.parse import urlsplit

    import psycopg
    from django.conf import settings

    server = os.environ["CUSTODIET_TEST_DATABASE_URL"]
    name = f"custodiet_back_{os.getpid()}"
    told = back_up(settings.CUSTODIET, tmp_path / "b.tar")
    assert told.database == "postgresql"
    (tmp_path / "new").mkdir()
    empty = Config(folder=tmp_path / "new", secret="y", database=urlsplit(server)._replace(path=f"/{name}").geturl())
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name}")
        try:
            restore(tmp_path / "b.tar", empty)
            with psycopg.connect(empty.database) as restored:
                assert restored.execute("select count(*) from body").fetchone() == (2,)
            with pytest.raises(UsageError, match="already"):
                restore(tmp_path / "b.tar", empty)
        finally:
            connection.execute(f"drop database {name} with (force)")


def test_the_doctor_sees_a_wire_on_which_anybody_may_answer(server: Config) -> None:
    (server.folder / "web.key").unlink()  # without it the database is not asked

    def told(query: str, host: str = "db.example.invalid") -> dict[str, str]:
        return wrong(server.folder, CUSTODIET_DATABASE_URL=f"postgresql://u:p@{host}:1/x{query}")

    assert "verify-full" in told("")["wire to the database"]
    assert "verify-full" in told("?sslmode=require")["wire to the database"]
    assert "wire to the database" not in told("?sslmode=verify-full&sslrootcert=/etc/ssl/db.pem")
    assert "wire to the database" not in told("", "127.0.0.1")
