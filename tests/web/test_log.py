"""The log: a chain that shows every change, on the command line too; a page that shows each person what is theirs."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import custodiet as custodiet_itself
from story import custodiet


@pytest.fixture
def told(web: None) -> Any:
    """A log of a few rows, with the tools to look at it."""
    from custodiet.web import log

    for number in range(3):
        log.write(
            who="ann@example.org", what="note kept", body="waterdorp", about=f"d{number}", said={"n": number}, why="so"
        )
    log.write(who="bob@example.org", what="signed in", body="waterdorp")
    log.write(who="eve@example.org", what="note kept", body="geheimstad", about="secret-device")
    return log


def _changed(sql: str) -> None:
    """What somebody with the database in hands would do."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_chain_holds(told: Any) -> None:
    checked = told.check()
    assert (checked.broken, checked.holds) == (None, True)
    assert checked.rows >= 5
    assert checked.last == list(told.rows())[-1].hash


@pytest.mark.parametrize(
    "sql",
    [
        "update logged set why = 'other' where about = 'd1'",
        "update logged set who = 'x@example.org' where about = 'd1'",
        "delete from logged where about = 'd1'",
    ],
)
def test_a_row_that_was_changed_or_taken_out_is_found(told: Any, sql: str) -> None:
    from custodiet.web.store.models import Logged

    places = {row.about: row.number for row in Logged.objects.all()}
    _changed(sql)
    assert told.first_broken() == (places["d2"] if sql.startswith("delete") else places["d1"])


def test_an_end_that_was_cut_off_is_found_by_a_hash_that_was_kept(told: Any) -> None:
    last = told.check().last
    assert told.check(last).holds
    _changed("delete from logged where about = 'secret-device'")
    assert told.check().broken is None
    assert not told.check(last).holds


def test_rows_are_refused_any_change(told: Any) -> None:
    from custodiet.web.store.models import Logged

    row = Logged.objects.order_by("number").first()
    assert row is not None
    for deed in (
        row.save,
        row.delete,
        Logged.objects.all().delete,
        lambda: Logged.objects.update(why=""),
        lambda: Logged.objects.bulk_update([row], ["why"]),
    ):
        with pytest.raises(TypeError, match="only ever added"):
            deed()


@pytest.fixture
def folder(told: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """The folder of the application that is running in this process."""
    from django.conf import settings

    monkeypatch.setattr("custodiet.web.config.read_config", lambda *_: settings.CUSTODIET)
    (settings.CUSTODIET.folder / "custodiet.sqlite").touch()
    return str(settings.CUSTODIET.folder)


def test_the_command_verifies(told: Any, folder: str) -> None:
    last = told.check().last
    answer = custodiet("audit-log", "verify", "--folder", folder, "--last", last)
    assert (answer.code, answer.out.splitlines()[-1]) == (0, f"Last: {last}")
    assert custodiet("audit-log", "verify", "--folder", folder, "--last", "0" * 64).code == 5
    _changed("update logged set why = 'other' where about = 'd1'")
    broken = custodiet("audit-log", "verify", "--folder", folder)
    assert broken.code == 5
    assert f"row {told.first_broken()}" in broken.err


def test_the_command_exports(told: Any, folder: str) -> None:
    lines = custodiet("audit-log", "export", "--folder", folder).out.splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["about"] for row in rows if row["what"] == "note kept"] == ["d0", "d1", "d2", "secret-device"]
    assert all(row["before"] == before["hash"] for before, row in pairwise(rows))
    last = list(told.rows())[-1]
    assert (last.what, last.who) == ("log exported", "custodiet audit-log export")


def test_a_folder_without_a_database_is_told(web: None, tmp_path: Any) -> None:
    answer = custodiet("audit-log", "verify", "--folder", tmp_path)
    assert (answer.code, "no database" in answer.err) == (2, True)


def _rows(client: Any, question: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"/b/waterdorp/history/?as=json{question}")
    assert answer.status_code == 200
    return list(answer.json()["rows"])


def test_who_checks_sees_all_others_what_concerns_devices(told: Any, person: Callable[..., Any]) -> None:
    assert {"signed in", "note kept"} <= {row["what"] for row in _rows(person("auditor"))}
    seen = {row["what"] for row in _rows(person("editor"))}
    assert "note kept" in seen
    assert "signed in" not in seen
    assert _rows(person("editor"), "&what=signed+in") == []


def test_nothing_of_another_body_is_in_it(told: Any, person: Callable[..., Any]) -> None:
    client = person("auditor")
    assert "secret-device" not in client.get("/b/waterdorp/history/").content.decode()
    assert "secret-device" not in b"".join(client.get("/b/waterdorp/history/?as=csv")).decode()
    assert _rows(client, "&device=secret-device") == []


def test_filters(told: Any, person: Callable[..., Any]) -> None:
    client = person("auditor")
    assert [row["about"] for row in _rows(client, "&device=d1")] == ["d1"]
    assert {row["who"] for row in _rows(client, "&who=BOB@example.org")} == {"bob@example.org"}
    assert {row["who"] for row in _rows(client, "&who=bob")} == {"bob@example.org"}
    assert _rows(client, "&who=eve") == []
    assert _rows(client, "&since=2999-01-01") == []
    assert len(_rows(client, "&until=2999-01-01&what=note+kept")) == 3
    assert client.get("/b/waterdorp/history/?since=yesterday&as=json").status_code == 400


def test_the_page_and_the_table_hold_the_same(told: Any, person: Callable[..., Any]) -> None:
    client = person("auditor")
    page = client.get("/b/waterdorp/history/?what=note+kept").content.decode()
    table = b"".join(client.get("/b/waterdorp/history/?what=note+kept&as=csv")).decode()
    assert len(table.splitlines()) == 4
    assert all(f"d{number}" in page and f"d{number}" in table for number in range(3))


def test_a_device_has_its_name_there(told: Any, person: Callable[..., Any]) -> None:
    client = person("auditor")
    id = client.get("/b/waterdorp/devices/?as=json").json()["rows"][0]["id"]
    told.write(who="ann@example.org", what="note kept", body="waterdorp", about=id)
    page = client.get(f"/b/waterdorp/history/?device={id}").content.decode()
    assert f"devices/{id}/timeline/" in page


def test_what_it_is_about_is_found_as_it_is_shown(told: Any, person: Callable[..., Any]) -> None:
    client = person("auditor")
    device = client.get("/b/waterdorp/devices/?as=json").json()["rows"][0]
    for what, about in (("note kept", device["id"]), ("site placed", "stadhuis"), ("import done", "4")):
        told.write(who="ann@example.org", what=what, body="waterdorp", about=about)
    told.write(who="ann@example.org", what="note kept", body="waterdorp", about="4")
    for typed, about in ((device["label"], device["id"]), ("dhui", "stadhuis"), ("import 4", "4")):
        rows = _rows(client, f"&device={typed}")
        assert [row["about"] for row in rows] == [about]
    assert "Import 4<" in client.get("/b/waterdorp/history/").content.decode()
    assert '<bdi class="value">Stadhuis</bdi>' in client.get("/b/waterdorp/history/").content.decode()
    assert {row["what"] for row in _rows(client, "&device=4")} == {"import done", "note kept"}


def test_an_import_that_is_there_is_linked_for_who_may_open_it(told: Any, person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Job

    job = Job.objects.create(body_id="waterdorp", kind="import", state="drafted", wanted="{}", at=datetime.now(UTC))
    for number in (job.id, job.id + 1):
        told.write(who="ann@example.org", what="import asked for", body="waterdorp", about=str(number))
    linked = {
        role: re.findall(r"\.\./imports/(\d+)/", person(role).get("/b/waterdorp/history/").content.decode())
        for role in ("administrator", "auditor")
    }
    assert linked == {"administrator": [str(job.id)], "auditor": []}


def test_a_question_asks_the_database_little(told: Any, person: Callable[..., Any]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = person("editor")
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/b/waterdorp/history/?who=ann&device=d1&what=note+kept").status_code == 200
    assert len(asked) <= 8, [one["sql"][:100] for one in asked]


def test_what_changed_is_told_by_name_and_folded_when_long(told: Any, person: Callable[..., Any]) -> None:
    from custodiet.web.log_words import pairs

    assert pairs("") == []
    assert pairs('{"before":{"state":"open","due":""},"after":{"state":"done","due":""}}') == [
        ("state", "open", "done")
    ]
    assert pairs('[["a"],["a","b"]]') == [("", "a", "a, b")]
    assert pairs('{"asset":"ast-1","site":"hall","looks":true,"until":""}') == [
        ("site", "", "hall"),
        ("looks", "", "yes"),
    ]
    client = person("auditor")
    told.write(who="ann@example.org", what="note kept", body="waterdorp", about="long", said={"text": "word " * 100})
    page = client.get("/b/waterdorp/history/?what=note+kept").content.decode()
    assert "{&#34;" not in page
    assert "{&quot;" not in page
    assert page.count('<details class="small">') == 1


def _words_written() -> set[str]:
    """Every word for a deed that the source writes to the log."""
    from custodiet.web.jobs.kinds import KINDS

    source, words = Path(custodiet_itself.__file__).parent, set()
    for path in source.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if not re.search(r"\blog\.write\(", text):
            continue
        for node in ast.walk(ast.parse(text)):
            found: list[ast.expr] = []
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name("log"), attr="write")):
                    found = [one.value for one in node.keywords if one.arg == "what"]
                case ast.Call(func=ast.Name("_log")):
                    found = node.args[1:2]
                case ast.Assign(targets=[ast.Name("what")]):
                    found = [node.value]
            for one in found:
                inner = [one.body, one.orelse] if isinstance(one, ast.IfExp) else [one]
                words |= {word.value for word in inner if isinstance(word, ast.Constant)}
    states = ("asked for", "stop asked for", "done", "failed", "stopped")
    return words | {f"{kind} {state}" for kind in KINDS for state in states}


def test_every_deed_has_words_for_people(web: None) -> None:
    from custodiet.web import labels
    from custodiet.web.pages.people import _DONE

    written = _words_written() | {word for word, _told in _DONE.values()}
    assert {"note kept", "role given", "role taken", "view stated", "label confirmed", "backup made"} <= written
    assert written - set(labels.DEEDS) == set()


@pytest.mark.parametrize("address", ["history/?who=a%00", "devices/a%00b/timeline/", "devices/?q=%00"])
def test_a_character_that_no_database_takes_is_refused(person: Callable[..., Any], address: str) -> None:
    assert person("auditor").get(f"/b/waterdorp/{address}").status_code == 400
