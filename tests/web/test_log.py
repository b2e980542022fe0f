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

    monkeypatch.setattr("custodiet.web.config.read_config", lambda *_, **__: settings.CUSTODIET)
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


def test_a_row_of_a_list_is_named_in_the_language_of_the_reader(told: Any, person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Known

    client = person("auditor")
    id = client.get("/b/waterdorp/devices/?as=json").json()["rows"][0]["id"]
    Known.objects.filter(body="waterdorp", device=id).update(label="inkoop.csv, row 3")
    told.write(who="ann@example.org", what="note kept", body="waterdorp", about=id)
    client.post("/account/about/", {"name": "Ann", "language": "nl"})
    page = client.get(f"/b/waterdorp/history/?device={id}").content.decode()
    assert "inkoop.csv, rij 3" in page and "inkoop.csv, row 3" not in page


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

    told_of = {"kind": "import", "state": "drafted", "wanted": "{}", "at": datetime.now(UTC)}
    Job.objects.create(body_id="geheimstad", number=1, **told_of)
    job = Job.objects.create(body_id="waterdorp", number=1, **told_of)
    for number in (job.number, job.number + 1):
        told.write(who="ann@example.org", what="import asked for", body="waterdorp", about=str(number))
    linked = {
        role: re.findall(r"\.\./imports/(\d+)/", person(role).get("/b/waterdorp/history/").content.decode())
        for role in ("administrator", "auditor")
    }
    assert linked == {"administrator": [str(job.number)], "auditor": []}


def test_a_question_asks_the_database_little(told: Any, person: Callable[..., Any]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = person("editor")
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/b/waterdorp/history/?who=ann&device=d1&what=note+kept").status_code == 200
    assert len(asked) <= 8, [one["sql"][:100] for one in asked]


def test_what_changed_is_told_by_name_and_folded_when_long(told: Any, person: Callable[..., Any]) -> None:
    assert _said("note kept", "") == []
    work = '{"before":{"state":"open","due":""},"after":{"state":"done","due":""}}'
    assert _said("action changed", work) == [("State", "Open", "Done")]
    assert _said("view stated", '{"asset":"ast-1","site":"stadhuis","looks":true,"until":""}') == [
        ("Site", "", "Stadhuis"),
        ("Looks at it", "", "yes"),
    ]
    client = person("auditor")
    told.write(who="ann@example.org", what="note kept", body="waterdorp", about="long", said={"text": "word " * 100})
    page = client.get("/b/waterdorp/history/?what=note+kept").content.decode()
    assert "{&#34;" not in page
    assert "{&quot;" not in page
    assert page.count('<details class="small">') == 1


def _said(what: str, said: str) -> list[tuple[str, str, str]]:
    """What the page says of a row: (name, before, after)."""
    from custodiet.web.estate import Estate
    from custodiet.web.knowledge import known_of
    from custodiet.web.log_words import pairs
    from custodiet.web.store.models import Body

    known = known_of(Estate(Body.objects.get(id="waterdorp")))
    return [(pair.name, pair.before, pair.after) for pair in pairs(what, said, known)]


def test_codes_and_days_of_a_row_are_words(told: Any) -> None:
    assert _said("action set", '{"asset":"a","kind":"replace","owner":"ann","due":"2026-11-01","state":"open"}') == [
        ("Kind", "", "Replace"),
        ("Who answers for it", "", "ann"),
        ("Due by", "", "1 Nov 2026"),
        ("State", "", "Open"),
    ]
    assert _said("decision recorded", '{"kind":"not-ours","value":"","until":""}') == [("Kind", "", "Not ours")]
    assert _said("row settled", '{"standing":"match","registered":"HiLook","seen":""}')[0][2] == "Match"
    assert _said("alerts chosen", '["","not-satisfied gone"]') == [
        ("Hears of", "", "Devices that newly do not satisfy a directive; Devices that no source knows any more")
    ]
    assert _said("role given", '{"role":["viewer","decider"]}') == [("Role", "Viewer", "Decider")]
    assert _said("body described", '{"before":{"country":""},"after":{"country":"NL"}}')[0][2] == "Netherlands"
    assert _said("signed in", '{"by":"password and recovery code"}')[0][2] == "password and recovery code"
    # what is being put in, with all that a site can have
    site = '{"before":null,"after":{"id":"hal","name":"Hal","zones":[{"id":"z","name":"Z","vlans":[4010]}],"facts":{}}}'
    assert _said("site added", site)[2] == ("Zones", "", "Id: z, Name: Z, VLANs: 4010")


def test_a_name_that_is_not_known_stays_as_code(told: Any, person: Callable[..., Any]) -> None:
    said = {"sha512": "<b>", "due": "2026-11-01"}
    told.write(who="ann@example.org", what="action set", body="waterdorp", about="d", said=said)
    page = person("auditor").get("/b/waterdorp/history/?what=action+set", headers={"accept-language": "nl"})
    assert re.search(r"<code>[^/]*sha512.*?</code>: ", page.content.decode())
    assert "1 november 2026" in page.content.decode()


def test_a_list_that_was_taken_is_told_by_its_name_and_its_filters(told: Any) -> None:
    from custodiet.web.log_fields import FORMS
    from custodiet.web.log_words import PAGES, subject
    from custodiet.web.page import Page
    from custodiet.web.registry import ALL

    assert subject("taken as a file", "overview") == "Overview"
    pages = [page for page in ALL if isinstance(page, Page) and page.within == "body"]
    of_one = re.compile("<[a-z]+:(device|site)>")
    assert {page.name for page in pages if not of_one.search(page.path)} <= set(PAGES)
    said = _said("taken as a file", '{"as":"csv","asked":"site=stadhuis&band=likely&as=csv"}')
    assert {form for page in pages for form in page.files} <= {*FORMS, "csv", "json", "netbox", "glpi", "snipe-it"}
    assert _said("taken as a file", '{"as":"report"}') == [("As", "", "report")]
    assert said == [("As", "", "CSV"), ("Filters", "", "Site: Stadhuis, How sure of the maker: likely")]


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
                case ast.Assign(targets=[ast.Tuple(elts=[ast.Name("what"), *_])], value=ast.Tuple(elts=[one, *_])):
                    found = [one]
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


def _keys(told: ast.expr, function: ast.AST) -> set[str] | None:
    """Names of what is said in a row, as far as they stand in the source; none: it is a noun, or handed in."""
    match told:
        case ast.Dict():
            keys = {key.value for key in told.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
            if {"before", "after"} <= keys:  # what was and is: of these the names count
                return keys - {"before", "after"} | {n for one in told.values for n in _keys(one, function) or ()}
            return keys
        case ast.BinOp():
            return (_keys(told.left, function) or set()) | (_keys(told.right, function) or set())
        case ast.DictComp(generators=[ast.comprehension(iter=ast.Tuple(elts=names))]):
            return {name.value for name in names if isinstance(name, ast.Constant)}  # type: ignore[misc]
        case ast.Name(id=name):
            found: set[str] = set()
            for node in ast.walk(function):
                match node:
                    case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                        found |= _keys(value, function) or set()
            return found
    return None


def _fields_written() -> set[str]:
    """Every name that the source writes into what is said, and those of the nouns that are said whole."""
    from custodiet.model import Action, Position, Site, Zone
    from custodiet.model import Decision as Answer
    from custodiet.sources.label_reading import Printed
    from custodiet.web.pages.whose import Told

    found = {name for noun in (Action, Answer, Position, Printed, Site, Told, Zone) for name in noun.__struct_fields__}
    for path in (Path(custodiet_itself.__file__).parent / "web").rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                match node:
                    case ast.Call(func=ast.Attribute(value=ast.Name("log"), attr="write")):
                        said = [one.value for one in node.keywords if one.arg == "said"]
                    case ast.Call(func=ast.Name("_log")):
                        said = node.args[2:3]
                    case _:
                        continue
                for one in said:
                    found |= _keys(one, function) or set()
    return found


def test_every_field_of_what_is_said_has_a_word(web: None) -> None:
    from custodiet.web.log_fields import FIELDS, UNSAID

    written = _fields_written()
    assert {"standing", "pins", "latitude", "direction", "decided_by", "factor", "remembers", "wrong"} <= written
    assert written - FIELDS.keys() - UNSAID == set()
