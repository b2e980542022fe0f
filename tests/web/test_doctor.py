"""Each thing that can be wrong with a server is broken here, and the doctor says so with its cure."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from custodiet.web import beside, doctor, outside, traces, whole
from custodiet.web.backup import back_up
from custodiet.web.config import Config
from custodiet.web.doctor import examine
from story import in_a_process
from web.servers import Listener, Mailbox

NOW = datetime.now(UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of a server that has no database yet, with all else right."""
    path = tmp_path / "server"
    path.mkdir(mode=0o700)
    (path / "web.key").write_text("x" * 64)
    (path / "web.key").chmod(0o600)
    return path


def wrong(folder: Path, now: datetime | None = None, **environ: str) -> dict[str, str]:
    """What is wrong, with its cure, but for the database that is not there."""
    told = {one.what: f"{one.wrong}. {one.mend}" for one in examine(folder, environ, now) if one.wrong}
    told.pop(f"database {folder / 'custodiet.sqlite'}", None)
    return told


def test_nothing_is_wrong_where_nothing_is(folder: Path) -> None:
    assert wrong(folder) == {}


def test_too_little_room(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_ROOM", shutil.disk_usage(folder).free * 2)
    assert "Make at least" in wrong(folder)["room"]


def test_a_backup_that_is_old_or_was_never_made(folder: Path) -> None:
    assert "none was ever made" in wrong(folder, NOW + timedelta(days=8))["backup"]
    traces.backed_up(folder, Path("b.tar"), NOW)
    assert "backup" not in wrong(folder, NOW + timedelta(days=6))
    told = wrong(folder, NOW + timedelta(days=9))["backup"]
    assert "9 days ago" in told and "custodiet backup" in told


def test_a_server_that_others_reach_without_https(folder: Path) -> None:
    traces.serving(folder, "0.0.0.0", 8000)
    assert "without HTTPS" in wrong(folder)["server on 0.0.0.0, port 8000"]
    assert "server on 0.0.0.0, port 8000" not in wrong(folder, CUSTODIET_HTTPS="1", CUSTODIET_HOSTS="a.example.org")
    traces.serving(folder, "127.0.0.1", 8000)
    assert wrong(folder) == {}


def test_one_of_several_servers_that_ends_leaves_the_others(folder: Path) -> None:
    traces.serving(folder, "127.0.0.1", 8000)
    mine = folder / traces.SERVING.format(process=os.getpid())
    other = folder / traces.SERVING.format(process=os.getppid())
    other.write_text(mine.read_text().replace(f'"process":{os.getpid()}', f'"process":{os.getppid()}'))
    traces.ended(folder)
    assert [one.process for one in traces.who_serve(folder)] == [os.getppid()]
    assert "anew" in wrong(folder, datetime.now(UTC) + timedelta(minutes=5))["worker of the server"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("CUSTODIET_HTTP", "CUSTODIET_HTTPS"),
        ("CUSTODIET_DATABASE", "CUSTODIET_DATABASE_URL"),
        ("CUSTODIET_DB_URL", "CUSTODIET_DATABASE_URL"),
        ("CUSTODIET_SMTP", "CUSTODIET_SMTP_URL"),
        ("CUSTODIET_METRICS", "CUSTODIET_METRICS_TOKEN"),
        ("CUSTODIET_ALLOWED_HOSTS", "CUSTODIET_HOSTS"),
        ("custodiet_hosts", "CUSTODIET_HOSTS"),
        ("CUSTODIET_HOSTS_FILE", "CUSTODIET_HOSTS"),
        ("CUSTODIET_TRUSTED_PROXY", "CUSTODIET_PROXY"),
        ("CUSTODIET_PROXIES", "CUSTODIET_PROXY"),
        ("CUSTODIET_IDLE", "CUSTODIET_SESSION_IDLE"),
        ("CUSTODIET_DEBUG", ""),
    ],
)
def test_settings_that_there_are_not(folder: Path, name: str, meant: str) -> None:
    said = f"Perhaps {meant} was meant" if meant else "Leave it out"
    assert said in wrong(folder, **{name: "1"})[f"setting {name}"]


def test_settings_of_other_commands_are_nothing_wrong(folder: Path) -> None:
    assert wrong(folder, CUSTODIET_SNMP_COMMUNITY="a word", LANG="C") == {}


def test_settings_that_say_neither_yes_nor_no(folder: Path) -> None:
    assert "neither yes nor no" in wrong(folder, CUSTODIET_SECOND_FACTOR="yes")["configuration"]


def test_a_fault_of_the_settings_without_a_place(folder: Path) -> None:
    told = wrong(folder, CUSTODIET_SMTP_URL="smtp://mail.example.invalid")["configuration"]
    assert told.startswith("e-mail needs a sender")


def test_secrets_that_stand_in_files_are_read_once(folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("a token that nobody guesses\n")
    assert wrong(folder, CUSTODIET_METRICS_TOKEN_FILE=str(kept)) == {}
    kept.write_text("\n")
    assert "this file is empty" in wrong(folder, CUSTODIET_METRICS_TOKEN_FILE=str(kept))["configuration"]


def test_programs_of_postgresql_that_are_not_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (folder / "web.key").unlink()  # without it the database is not asked
    told = wrong(folder, CUSTODIET_DATABASE_URL="postgresql://u@127.0.0.1:1/x")["programs of PostgreSQL"]
    assert "pg_dump, pg_restore" in told and "postgresql-client" in told
    assert "programs of PostgreSQL" not in wrong(folder)
    for name in ("pg_dump", "pg_restore"):
        (tmp_path / name).write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)'\n")
        (tmp_path / name).chmod(0o755)
    assert "programs of PostgreSQL" not in wrong(folder, CUSTODIET_DATABASE_URL="postgresql://u@127.0.0.1:1/x")
    assert beside.version(15).wrong == "" and "pg_dump 15" in beside.version(16).wrong


def test_a_server_for_mail_that_does_not_answer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def told(where: str) -> dict[str, str]:
        environ = {"SMTP_URL": where, "MAIL_FROM": "c@example.org", "ADDRESS": "https://c.example.org"}
        return wrong(folder, **{f"CUSTODIET_{name}": value for name, value in environ.items()})

    box = Mailbox()
    with Listener(box) as there:
        assert told(f"smtp://me:word@127.0.0.1:{there.port}") == {}
        monkeypatch.setattr(outside, "_here", lambda _: False)  # as if it were another machine
        [said] = told(f"smtp://127.0.0.1:{there.port}").values()
        assert "does not offer TLS" in said
        assert told(f"smtp+plain://127.0.0.1:{there.port}") == {}
    assert box.messages == [] and not any(line.upper().startswith(("AUTH", "MAIL")) for line in box.said)
    assert (
        "cannot be reached"
        in told(f"smtp://127.0.0.1:{there.port}")[f"server for e-mail, 127.0.0.1, port {there.port}"]
    )
    monkeypatch.setattr(beside, "ANSWERS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        [said] = told(f"smtp://127.0.0.1:{silent.getsockname()[1]}").values()
    assert "does not answer" in said


def test_a_key_that_can_be_guessed(folder: Path) -> None:
    (folder / "web.key").write_text("12345")
    assert "can be guessed" in wrong(folder)["configuration"]


def test_a_worker_that_is_not_heard_of(folder: Path) -> None:
    traces.serving(folder, "127.0.0.1", 8000)
    later = datetime.now(UTC) + timedelta(minutes=5)
    assert "anew" in wrong(folder, later)["worker of the server"]
    (folder / traces.WORKER).touch()
    os.utime(folder / traces.WORKER, (later.timestamp(), later.timestamp()))
    assert wrong(folder, later) == {}


def test_a_server_whose_process_is_gone_is_none(folder: Path) -> None:
    traces.serving(folder, "0.0.0.0", 8000)
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    noted = folder / traces.SERVING.format(process=os.getpid())
    noted.write_text(noted.read_text().replace(f'"process":{os.getpid()}', f'"process":{pid}'))
    assert wrong(folder) == {}
    noted.write_text("{")
    assert wrong(folder) == {}


def test_a_database_that_does_not_answer(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"postgresql://nobody@127.0.0.1:{free.getsockname()[1]}/nothing"
    monkeypatch.setenv("CUSTODIET_DATABASE_URL", address)
    told = in_a_process("doctor", "--folder", folder, folder=tmp_path)
    assert told.code == 1 and "does not answer" in told.out and "CUSTODIET_DATABASE_URL is right" in told.out


@pytest.mark.parametrize("state", ["broken", "later", "earlier"])
def test_a_database_of_another_state(tmp_path: Path, folder: Path, state: str) -> None:
    path = folder / "custodiet.sqlite"
    db = sqlite3.connect(path)
    db.execute("create table django_migrations (id integer primary key, app text, name text, applied text)")
    names = ["0999_later"] if state == "later" else []
    db.executemany(
        "insert into django_migrations (app, name, applied) values ('store', ?, '2026-01-01')", [(n,) for n in names]
    )
    db.commit()
    db.close()
    if state == "broken":
        path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 4096)
    told = in_a_process("doctor", "--folder", folder, folder=tmp_path)
    said = {"broken": "it is damaged", "later": "later version", "earlier": "brings them up to date"}
    assert told.code == 1 and said[state] in told.out, told.out + told.err


def test_pages_of_the_database_that_nobody_asked_for_yet_are_damaged(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "custodiet.sqlite"
    db = sqlite3.connect(path)
    db.execute("create table device (name text)")
    db.executemany("insert into device values (?)", [(f"device {n}" * 20,) for n in range(2000)])
    db.commit()
    db.close()
    assert doctor._file(path).wrong == ""
    goes_on = threading.Event()  # as for one that is too large to be looked through while somebody waits
    with monkeypatch.context() as large:
        large.setattr(doctor, "LOOKED", 0.1)
        large.setattr(whole, "look_through", lambda connection: str(goes_on.wait(60) or ""))
        assert "not to its end" in doctor._file(path).what
    goes_on.set()
    data = bytearray(path.read_bytes())
    data[4096 * 30 : 4096 * 32] = b"\xeb" * 4096 * 2
    path.write_bytes(data)
    assert "custodiet restore" in wrong(folder)["file of the database"]


def test_a_value_that_is_none_in_a_file_that_is_whole(tmp_path: Path, folder: Path) -> None:
    made = "import os; from pathlib import Path; from custodiet.web.config import read_config; "
    made += f"import custodiet.web.start as s; s.start(read_config(Path({str(folder)!r}), os.environ)); s.migrate(); "
    made += "from custodiet.web import log; log.write(who='me', what='one'); from django.db import connection; "
    made += """connection.cursor().execute("update logged set about = cast(x'1beb' as text)"); connection.close()"""
    told = in_a_process("doctor", "--folder", folder, before=made, env={"CUSTODIET_DATABASE_URL": ""}, folder=tmp_path)
    assert told.code == 1 and "it cannot be read" in told.out, told.out + told.err
    assert "\x1b" not in told.out


def asked(now: datetime | None = None, *, open_to_others: bool = False) -> dict[str, str]:
    from custodiet.web.examined import examine_tables

    found = examine_tables(now or datetime.now(UTC), open_to_others=open_to_others)
    return {one.what.partition(",")[0]: f"{one.wrong}. {one.mend}" for one in found if one.wrong}


@pytest.fixture
def administrator(person: Callable[..., Any]) -> Any:
    """One who can sign in, so that nothing is wrong."""
    from custodiet.web.store.models import Person

    person("administrator", administrator=True)
    one = Person.objects.filter(administrator=True).last()
    one.set_password("a long password of no use")
    one.save()
    return one


def test_nothing_is_wrong_with_these_tables(administrator: Any) -> None:
    assert asked() == {}


def test_a_log_that_was_changed(administrator: Any) -> None:
    from django.db import connection

    from custodiet.web import log

    for what in ("one", "two"):
        log.write(who="me", what=what)
    with connection.cursor() as cursor:
        cursor.execute("update logged set why = 'never said' where what = 'one'")
    assert "audit-log verify" in asked()["log"]


def test_a_clock_that_was_put_back(administrator: Any) -> None:
    from custodiet.web import log

    log.write(who="me", what="one")
    assert "time server" in asked(NOW - timedelta(days=1))["clock and log"]


def test_an_administrator_whom_a_password_alone_lets_in(administrator: Any) -> None:
    from custodiet.web.store.models import Passkey, Person

    told = asked(open_to_others=True)["second factor of administrators"]
    assert administrator.email in told and "CUSTODIET_SECOND_FACTOR=1" in told
    Passkey.objects.create(person=administrator, credential="k", public=b"k", counter=0, label="k", since=NOW)
    assert asked(open_to_others=True) == {}
    Person.objects.filter(administrator=True).update(is_active=False)
    assert "prints a link" in asked()["administrator"]


def test_jobs_that_stand_still(administrator: Any) -> None:
    from custodiet.web.jobs import queue
    from custodiet.web.jobs.kinds import Again
    from custodiet.web.store.models import Body

    queue.ask(Body.objects.get(id="waterdorp"), "again", Again(), "me")
    assert asked() == {}
    assert "does not come up" in asked(NOW + timedelta(hours=1))["jobs"]
    queue.take()
    assert asked() == {}
    assert "goes on with it" in asked(NOW + timedelta(hours=1))["jobs"]


def test_messages_that_are_not_delivered(administrator: Any) -> None:
    from custodiet.web.store.models import Alert, Body, Delivery

    body = Body.objects.get(id="waterdorp")
    alert = Alert.objects.create(body=body, at=NOW, event="e", key="k", parts="[]")
    told = Delivery.objects.create(body=body, alert=alert, person=administrator, id="1", due=NOW - timedelta(days=2))
    assert "worker sends them" in asked()["messages to people and programs"]
    Delivery.objects.filter(number=told.number).update(state="failed", came="refused", ended=NOW)
    assert (
        "1 given up in the last day, the last of them by e-mail: refused" in asked()["messages to people and programs"]
    )
    assert asked(NOW + timedelta(days=2)).keys() == set()


def test_a_backup_is_noted_for_the_doctor(tmp_path: Path, folder: Path) -> None:
    sqlite3.connect(folder / "custodiet.sqlite").close()
    back_up(Config(folder=folder, secret="x" * 64), tmp_path / "b.tar")
    told = traces.last_backup(folder)
    assert told is not None and told.to == str(tmp_path / "b.tar")
