"""Workers killed at random moments, in one process from which they are forked so that each is there at once.

    python tests/web/kills.py FOLDER KILLS [SEED]

On the embedded database, or that of CUSTODIET_DATABASE_URL, which must be empty. Of ten kills one hits the making of
the tables, one an upgrade of them, one a start, one a backup or what is put back, two a server that answers, and the
others imports. After each it looks at the tables as another process sees them, and at the end it tells, as JSON, how
many kills there were and what was wrong.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kills_of_server import Server

ROWS = 8
"""Devices that each import adds."""


def forked(work: Callable[[], None], after: float | None = None) -> bool:
    """Whether it was killed, after so many seconds, before it was done.

    Raises:
        RuntimeError: it ended with a fault of its own.
    """
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    if after is not None:
        time.sleep(after)
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return True
    if os.waitstatus_to_exitcode(status):
        raise RuntimeError("a worker ended with a fault")
    return False


class Run(Server):
    """All kills of one run, and what was wrong after them."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.random = folder, random.Random(seed)
        self.kills, self.faults, self.forked = 0, [], forked
        self.done = 0
        """Imports that were told to be done."""

    def migrations(self, kills: int) -> None:
        """Make the tables, killed now and then."""
        from custodiet.web.start import migrate

        begin = time.monotonic()
        forked(lambda: (self.elsewhere(), migrate()))  # how long it takes
        took = time.monotonic() - begin
        while kills:
            begin = time.monotonic()
            killed = forked(migrate, self.random.uniform(0, took))
            took = took if killed else time.monotonic() - begin  # with all tables there it is soon done
            kills, self.kills = kills - killed, self.kills + killed
            self.sound()
        forked(migrate)

    def elsewhere(self) -> None:
        """In this process the embedded database is another one, which is thrown away."""
        from django.db import connection

        if connection.vendor == "sqlite":
            connection.settings_dict["NAME"] = str(self.folder / "measured.sqlite")

    def imports(self, kills: int) -> None:
        """Do import after import, killed now and then, until there were as many kills."""
        self.ask(0)
        self.work()  # here, so that workers are born with all that is made when it is first used
        self.look()
        took = self.one(1)
        number = 2
        while kills and not self.faults:
            self.ask(number)
            while self.seen()["open"] and not self.faults:
                after = self.random.uniform(0, took) if kills else None
                killed = forked(self.work, after)
                kills, self.kills = kills - killed, self.kills + killed
                self.look()
            number += 1
        if not self.faults:
            self.one(number)
            self.nothing_left()

    def nothing_left(self) -> None:
        """An import that nobody disturbed took out what was put in before and never shown."""
        from django.db import connection

        from custodiet.web.store.models import Body, Device, Known, Observation, Standing

        connection.close()
        body = Body.objects.get()
        told = {
            "devices": Device.everything.exclude(generation=body.generation).count(),
            "standings": Standing.everything.exclude(generation=body.generation).count(),
            "observations": Observation.objects.filter(number__gt=body.observations).count(),
            "known": Known.everything.filter(generation__gt=body.generation).count(),
        }
        self.faults += [f"left behind: {count} {name}" for name, count in told.items() if count]
        connection.close()

    def one(self, number: int) -> float:
        """An import that nobody disturbs; how many seconds it takes."""
        self.ask(number)
        begin = time.monotonic()
        forked(self.work)
        took = time.monotonic() - begin
        self.look()
        if self.seen()["open"]:
            self.faults.append("an import that nobody disturbed is not done")
        return took

    def work(self) -> None:
        from datetime import timedelta

        from custodiet.web.jobs.work import work_once

        work_once(self.folder, dead=timedelta(0))  # whoever had it was killed

    def ask(self, number: int) -> None:
        """Ask for an import of devices that are not there yet."""
        import hashlib

        from django.db import connection, transaction

        from custodiet.web.jobs import folders, queue
        from custodiet.web.jobs.kinds import Files
        from custodiet.web.store.models import Body

        rows = (f"X-{number}-{row};HiLook;IPC-T261H;10.{number % 200}.{row}.1" for row in range(ROWS))
        text = "\n".join(["Objectnr;Merk;Type;IP-adres", *rows]).encode()
        given = folders.Given(name=f"{number}.csv", size=len(text), sha256=hashlib.sha256(text).hexdigest())
        with transaction.atomic():
            body, _ = Body.objects.get_or_create(
                id="town", defaults={"name": "Town", "country": "NL", "kind": "nl-municipality"}
            )
            job = queue.ask(body, "import", Files(files=(given,)), "me@example.org")
            folders.keep(self.folder, job.id, 0, given.name, [text])
        connection.close()

    def seen(self) -> dict[str, Any]:
        """What the tables hold, in a connection of its own."""
        from django.db import connection
        from django.db.models import F

        from custodiet.web.store.models import Body, Device, Job, Known, Logged, Observation, Source

        connection.close()
        told = {
            "open": Job.objects.exclude(state="done").count(),
            "failed": Job.objects.filter(state="failed").count(),
            "done": Job.objects.filter(state="done").count(),
            "devices": Device.objects.count(),
            "compared": Known.objects.filter(gone=None).count(),
            "sources": Source.objects.filter(complete=1).count(),
            "subjects": Observation.objects.filter(number__lte=F("body__observations"))
            .values("source", "subject")
            .distinct()
            .count(),
            "logged": Logged.objects.filter(what="import done").count(),
            "put in": Body.objects.exclude(published=None).count(),
        }
        connection.close()
        return told

    def look(self) -> None:
        """Each import is there whole or not at all, and none that was done is lost."""
        told = self.seen()
        done = told["done"]
        whole = {"devices": done * ROWS, "compared": done * ROWS, "sources": done, "subjects": done * ROWS}
        whole |= {"logged": done, "put in": min(done, 1), "failed": 0}
        for name, wanted in whole.items():
            if told[name] != wanted:
                self.faults.append(f"half: {name} is {told[name]}, and {wanted} belong to {done} imports")
        if done < self.done:
            self.faults.append(f"lost: {self.done} imports were done, now {done}")
        self.done = done
        self.sound()

    def sound(self) -> None:
        """No file is damaged: the embedded database, and the case of each job that is under way."""
        for path in (*self.folder.glob("custodiet.sqlite"), *self.folder.glob("jobs/*/case.sqlite")):
            with sqlite3.connect(path, timeout=20) as db:
                [told] = db.execute("pragma integrity_check(1)").fetchone()
            db.close()
            if told != "ok":
                self.faults.append(f"corrupt: {path.name}: {told}")


def main(folder: Path, kills: int, seed: int) -> dict[str, Any]:
    """All of it."""
    from custodiet import audit
    from custodiet.web.config import read_config
    from custodiet.web.start import start

    audit.BATCH = 10  # many batches from few rows
    start(read_config(folder, os.environ))
    from django.db import connection

    from custodiet.web.checkout import checkout
    from custodiet.web.jobs import queue
    from custodiet.web.jobs import work as _work  # noqa: F401 (what workers need is there before they are)
    from custodiet.web.knowledge import catalog
    from custodiet.web.store.models import Body

    queue.MOST_BEGUN = 1_000_000  # a job that is killed more often than that is what this is about
    catalog()
    connection.close()
    run = Run(folder, seed)
    tenth = max(1, kills // 10)
    run.migrations(tenth)
    run.upgrades(tenth)
    run.imports(kills - 6 * tenth)
    case = folder.parent / f"{folder.name}.case"
    checkout(Body.objects.get(id="town"), case)
    connection.close()
    run.starts(tenth, case)
    if connection.vendor == "sqlite":
        run.answers(2 * tenth)
        run.backups(kills - run.kills)
    else:  # a backup of PostgreSQL is one program of its own, which does all or nothing
        run.answers(kills - run.kills)
    return {"kills": run.kills, "imports": run.done, "acknowledged": run.acknowledged, "faults": run.faults}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1)))
