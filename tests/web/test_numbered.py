"""Numbers that people see count in their body: one for each thing, given once, also where several are at it at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

AT = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def bodies(web: None) -> None:
    """Two in which nobody did anything."""
    from custodiet.web.store.models import Body

    for id in ("haven", "kade"):
        Body.objects.create(id=id, name=id)


def _token(body: str, mark: str) -> int:
    from custodiet.web.store.models import Token

    made = Token.objects.create(body_id=body, digest=mark, label="x", rights="see", made_by="", since=AT, until=AT)
    return int(made.number)


def test_a_number_counts_in_the_body_and_is_given_once(bodies: None) -> None:
    from custodiet.web.store.models import Token

    assert [_token("kade", f"k{n}") for n in range(3)] == [1, 2, 3]
    assert [_token("haven", f"h{n}") for n in range(2)] == [1, 2]
    row = Token.objects.get(body="haven", number=2)
    row.label = "changed"
    row.save()
    assert row.number == 2
    row.delete()
    assert _token("haven", "next") == 3


def test_imports_count_by_themselves(bodies: None) -> None:
    """People know them by their number, so other things leave no holes among them."""
    from custodiet.web.jobs import queue
    from custodiet.web.jobs.kinds import Again
    from custodiet.web.store.models import Body

    body = Body.objects.get(id="haven")
    _token("haven", "x")
    found = [queue.ask(body, "again", Again(), "x").number for _ in range(2)]
    assert found == [1, 2] and _token("haven", "y") == 2


def test_who_writes_to_the_log_takes_no_row_of_a_body_after_that(person: Callable[..., Any]) -> None:
    """On PostgreSQL two of whom each has what the other waits for would both wait until one is given up."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from web.robot import PAGES, walk

    client = person("administrator")
    wrong, tried, logged = [], 0, 0
    for _ in range(2):  # what is made the first time is changed the second
        for name, forms in walk(client, "robot", "/b/waterdorp/").forms.items():
            for form in forms if name in PAGES else ():
                with CaptureQueriesContext(connection) as asked:
                    client.post(form.address, form.sent())
                said = [one["sql"].lower() for one in asked]
                first = next((n for n, sql in enumerate(said) if 'insert into "logged"' in sql), len(said))
                before = any(_takes_body(sql) for sql in said[:first])
                wrong += [(name, sql) for sql in said[first:] if _takes_body(sql) and not before]
                tried, logged = tried + 1, logged + (first < len(said))
    assert tried > 60 and logged > 40
    assert not wrong


def _takes_body(sql: str) -> bool:
    """Whether a statement takes the row of a body; SQLite, which knows only the whole database, writes no ``for``."""
    from django.db import connection

    asked = 'from "body"' in sql and ("for no key" in sql or connection.vendor == "sqlite")
    return 'update "body"' in sql or asked


BEGIN = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from custodiet.web.config import Config
from custodiet.web.start import migrate, start

start(Config(folder=Path(sys.argv[1]), database=sys.argv[2], secret="only for tests " * 4))
from django.db import transaction
from custodiet.web import log
from custodiet.web.generation import locked
from custodiet.web.store.models import Body, SitesFile, Token

"""
WORK = """
for n in range(30):
    with transaction.atomic():
        if n % 3 == 0:
            locked("stad")
        at, who = datetime.now(UTC), f"{sys.argv[3]}-{n}"
        SitesFile.objects.create(body_id="stad", name="x", told=b"", who=who, at=at)
        Token.objects.create(body_id="stad", digest=who, label="x", rights="", made_by="", since=at, until=at)
        log.write(who=who, what="tried", body="stad")
"""
TELL = """
given = [number for table in (SitesFile, Token) for number in table.objects.values_list("number", flat=True)]
print(sorted(given) == [*range(1, 241)], log.check().broken)
"""


def test_several_workers_give_each_number_once(tmp_path: Path, empty_database: str) -> None:
    def run(script: str, *more: str) -> str:
        command = [sys.executable, "-c", BEGIN + script, str(tmp_path), empty_database, *more]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    run("migrate()\nBody.objects.create(id='stad', name='Stad')")
    with ThreadPoolExecutor(4) as pool:
        assert [*pool.map(lambda n: run(WORK, str(n)), range(4))] == [""] * 4
    assert run(TELL) == "True None\n"
