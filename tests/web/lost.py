"""A worker that loses its database again and again in the middle of an import goes on with it, and ends it once.

    python tests/web/lost.py FOLDER

On the PostgreSQL database of CUSTODIET_DATABASE_URL, which must be empty. Each import is broken off at another place:
while its case is made, while it is read, at each of the writings of its rows, and at its end. Tells as JSON, of each
import, how often it was begun and how it ended, and the devices that there are.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def broken_off(database: str) -> int:
    """End every connection to the database, as a server that is stopped does."""
    import psycopg

    with psycopg.connect(database, autocommit=True) as other:
        sql = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
        return len(other.execute(f"{sql} and pid <> pg_backend_pid()").fetchall())


def main(folder: Path) -> dict[str, Any]:
    """All of it."""
    import gc

    from custodiet.web.config import read_config
    from custodiet.web.start import migrate, start

    database = os.environ["CUSTODIET_DATABASE_URL"]
    start(read_config(folder, os.environ))
    migrate()
    from custodiet.web import publish
    from custodiet.web.jobs import folders, kinds, queue, work
    from custodiet.web.store.models import Body, Device, Job

    gc.set_threshold(100_000, 20, 20)  # as a worker has it
    body = Body.objects.create(id="town", name="Town", country="NL", kind="nl-municipality")
    places: list[tuple[Any, str, Callable[..., Any]]] = [
        (work, "checkout", work.checkout),
        (kinds, "_recalled", kinds._recalled),
        (publish, "insert", publish.insert),
        (publish, "insert", publish.insert),
        (publish, "insert", publish.insert),
        (publish, "_settled", publish._settled),
        (work, "show", work.show),
        (queue, "finish", queue.finish),
    ]
    told: dict[str, Any] = {"imports": [], "lost": 0}

    def once(number: int, module: Any, name: str, real: Callable[..., Any]) -> None:
        """An import in which the database goes away at the first call, or for rows at the call of its number."""
        text = f"Objectnr;Merk;Type;IP-adres\nX-{number};HiLook;IPC-T261H;10.9.{number}.1\n"
        given = folders.Given(name=f"{number}.csv", size=len(text), sha256=hashlib.sha256(text.encode()).hexdigest())
        job = queue.ask(body, "import", kinds.Files(files=(given,)), "me@example.org")
        folders.keep(folder, job.id, 0, given.name, [text.encode()])
        calls, lost = 0, 0

        def then(*args: Any, **more: Any) -> Any:
            nonlocal calls, lost
            calls += 1
            if not lost and (name != "insert" or calls > number):
                lost = broken_off(database)
            return real(*args, **more)

        setattr(module, name, then)
        work.work_once(folder)
        setattr(module, name, real)
        left = Job.objects.get(id=job.id)
        work.work_once(folder)
        now = Job.objects.get(id=job.id)
        told["imports"].append([name, left.state, left.reason, now.state, now.reason, now.begun])
        told["lost"] += bool(lost)

    for number, place in enumerate(places):
        once(number, *place)
    told["devices"] = Device.objects.count()
    return told


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
