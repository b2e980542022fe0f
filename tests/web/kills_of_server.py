"""Kills of the server while it upgrades its tables, starts, is backed up or restored, and answers; see `kills`."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

LATER = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("store", "{before}")]
    operations = [
        migrations.AddField("logged", "later", models.TextField(null=True)),
        migrations.RunSQL("update logged set later = 'all or nothing'", migrations.RunSQL.noop),
        migrations.AddIndex("logged", models.Index(fields=["later"], name="logged_later")),
    ]
"""


class Server:
    """A part of `kills.Run`: what a server does beside its jobs."""

    folder: Path
    random: Random
    kills: int
    faults: list[str]
    forked: Callable[..., bool]
    acknowledged = 0
    """Deeds of which the server said that they were done."""

    def sound(self) -> None:
        raise NotImplementedError

    def until(self, kills: int, work: Callable[[], None], look: Callable[[bool], None]) -> None:
        """Have work killed at random, until it was so often.

        Args:
            kills: how often.
            work: what is killed, in a process of its own.
            look: at what is there then, and makes ready for the next; told whether it was killed.
        """
        begin = time.monotonic()
        self.forked(work)
        took = time.monotonic() - begin
        look(False)
        while kills and not self.faults:
            killed = self.forked(work, self.random.uniform(0, took))
            kills, self.kills = kills - killed, self.kills + killed
            look(killed)
            self.sound()

    def upgrades(self, kills: int) -> None:
        """A later version brings the tables up to date."""
        from django.conf import settings
        from django.core.management import call_command
        from django.db import connection

        from custodiet.web.store import migrations

        [here] = [Path(path) for path in migrations.__path__]
        newest = max(path.stem for path in here.glob("0*.py"))
        shutil.copytree(here, self.folder / "later_tables", ignore=shutil.ignore_patterns("__pycache__"))
        (self.folder / "later_tables" / "0999_later.py").write_text(LATER.format(before=newest))

        def with_later(version: str) -> None:
            import sys

            sys.path.insert(0, str(self.folder))
            settings.MIGRATION_MODULES = {"store": "later_tables"}
            call_command("migrate", "store", version, verbosity=0)

        def look(_: bool) -> None:
            with connection.cursor() as cursor:
                names = {column.name for column in connection.introspection.get_table_description(cursor, "logged")}
                cursor.execute("select count(*) from django_migrations where app = 'store' and name = '0999_later'")
                noted = cursor.fetchone()[0]
                if "later" in names:
                    cursor.execute("select count(*) from logged where later is null")
                    if cursor.fetchone()[0]:
                        self.faults.append("half: an upgrade changed some rows and not all")
            connection.close()
            if noted != ("later" in names):
                self.faults.append("half: an upgrade is noted and not there, or there and not noted")
            if noted:
                self.forked(lambda: with_later(newest))

        self.until(kills, lambda: with_later("0999_later"), look)

    def starts(self, kills: int, case: Path) -> None:
        """A server starts with the case of a body that it does not know yet."""
        from django.db import connection

        from custodiet.web.first import put_case
        from custodiet.web.store.models import Body, Device, Logged

        [(whole,)] = _asked(case, "select count(*) from asset")
        number = 0

        def named() -> Path:
            """The case as that of a body of its own."""
            path = self.folder / f"body-{number}.sqlite"
            if not path.exists():
                made = shutil.copy(case, path.with_suffix(".made"))
                db = sqlite3.connect(made)
                sql = "update meta set value = json_set(value, '$.body.name', ?) where key = 'context'"
                db.execute(sql, (path.stem,))
                db.commit()
                db.close()
                Path(made).replace(path)  # whoever is killed here leaves all of it or nothing
            return path

        def look(killed: bool) -> None:
            nonlocal number
            body = Body.objects.filter(id=named().stem).first()
            told = (
                Device.objects.filter(body=named().stem).count(),
                Logged.objects.filter(body=named().stem, what="case put in").count(),
            )
            connection.close()
            if told != ((whole, 1) if body else (0, 0)) or not (body or killed):
                self.faults.append(f"half: a case put in at a start: {told} of {whole}, body {body}, killed {killed}")
            if body:
                number += 1

        self.until(kills, lambda: (put_case(named()), None)[1], look)

    def backups(self, kills: int) -> None:
        """A backup is made, and put back into another folder."""
        from django.conf import settings

        from custodiet.errors import UsageError
        from custodiet.web.backup import back_up, restore
        from custodiet.web.config import Config

        out, new = self.folder.parent / f"{self.folder.name}.backup", self.folder.parent / f"{self.folder.name}.new"
        whole = self.folder.parent / f"{self.folder.name}.whole"
        empty = Config(folder=new, secret="x")
        back_up(settings.CUSTODIET, whole)

        def backed(killed: bool) -> None:
            if out.exists():
                shutil.rmtree(new, ignore_errors=True)
                new.mkdir()
                self.forked(lambda: (restore(out, empty), None)[1])
                out.unlink()
            elif not killed:
                self.faults.append("lost: a backup was made and is not there")

        def put_back(killed: bool) -> None:
            with suppress(UsageError):  # whoever was killed in the middle does it again
                restore(whole, empty)
            if _asked(new / "custodiet.sqlite", "pragma integrity_check(1)") != [("ok",)]:
                self.faults.append("corrupt: what was put back")
            if (new / "web.key").read_bytes() != (self.folder / "web.key").read_bytes():
                self.faults.append("half: the database was put back, the key was not")
            shutil.rmtree(new)
            new.mkdir()

        self.until(kills // 2, lambda: (back_up(settings.CUSTODIET, out), None)[1], backed)
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        self.until(kills - kills // 2, lambda: (restore(whole, empty), None)[1], put_back)

    def answers(self, kills: int) -> None:
        """A server answers somebody who adds one body after the other: what it said is done is there afterwards."""
        import waitress
        from django.db import connection
        from django.test import Client

        from custodiet.web import log
        from custodiet.web.start import application
        from custodiet.web.store.models import Body, Logged, Membership, Person

        person, _ = Person.objects.get_or_create(email="kills@example.org", defaults={"administrator": True})
        browser = Client()
        browser.force_login(person)
        app = application()
        browser.get("/bodies/add/", headers={"host": "localhost"})  # servers are born with all that this needs
        cookie = f"session={browser.cookies['session'].value}"
        connection.close()
        given: set[str] = set()
        asked: set[str] = set()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]

        def look(_: bool) -> None:
            there = set(Body.objects.filter(id__startswith="asked-").values_list("id", flat=True))
            logged = set(
                Logged.objects.filter(what="body added", body__startswith="asked-").values_list("body", flat=True)
            )
            members = Membership.objects.filter(body__id__startswith="asked-").count()
            broken = log.first_broken()
            connection.close()
            if given - there:
                self.faults.append(f"lost: {len(given - there)} bodies of which the server said that they are there")
            if there - asked or there != logged or len(there) != members:
                self.faults.append(f"half: {len(there ^ logged)} bodies are there or in the log, and not in the other")
            if broken is not None:
                self.faults.append(f"corrupt: the chain of the log, at {broken}")

        def ask(begun: Callable[[], None]) -> None:
            """Until the server is gone; `begun` is told of the first answer."""
            server = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            try:
                server.request("GET", "/bodies/add/", headers={"Cookie": cookie})
                page = server.getresponse()
                held = "; ".join([cookie, *(one.split(";")[0] for one in page.headers.get_all("Set-Cookie", []))])
                [token] = re.findall(r'csrfmiddlewaretoken" value="([^"]+)', page.read().decode())[:1]
                begun()
                while True:
                    id = f"asked-{len(asked)}"
                    asked.add(id)
                    told = {"id": id, "name": id, "country": "NL", "kind": "nl-municipality"}
                    form = urlencode({**told, "csrfmiddlewaretoken": token})
                    kind = "application/x-www-form-urlencoded"
                    server.request("POST", "/bodies/make/", form, {"Cookie": held, "Content-Type": kind})
                    said = server.getresponse()
                    said.read()
                    if said.status == 302:
                        given.add(id)
                    else:
                        self.faults.append(f"the server answered {said.status}")
                        return
            except (OSError, http.client.HTTPException):
                return
            finally:
                server.close()

        for _ in range(kills):
            pid = os.fork()
            if pid == 0:
                waitress.serve(app, host="127.0.0.1", port=port, threads=2, _quiet=True)
            end = threading.Timer(self.random.uniform(0, 0.3), os.kill, (pid, signal.SIGKILL))
            _reached(port)
            ask(end.start)
            if end.ident is None:
                self.faults.append("a server did not answer")
                os.kill(pid, signal.SIGKILL)
            else:
                end.join()
            os.waitpid(pid, 0)
            self.kills += 1
            look(True)
            self.sound()
        if kills and not given:
            self.faults.append("no server lived long enough to answer")
        self.acknowledged = len(given)


def _reached(port: int) -> bool:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return True
        except OSError:
            time.sleep(0.02)
    return False


def _asked(path: Path, sql: str) -> list[tuple[Any, ...]]:
    db = sqlite3.connect(path)
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()
