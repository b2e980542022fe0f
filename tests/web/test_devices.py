"""The list of devices: what it says, what it can be asked, kept views, and files of exactly what is shown."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

LIST = "/b/waterdorp/devices/"


def rows(client: Any, question: str = "") -> list[dict[str, Any]]:
    told = client.get(f"{LIST}?{question}&as=json")
    assert told.status_code == 200, told.content
    return told.json()["rows"]


def body_of(answer: Any) -> bytes:
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_each_row_says_four_things(person: Callable[..., Any]) -> None:
    first = next(row for row in rows(person()) if "Hikvision" in row["what"])
    assert "sold as HiLook" in first["what"]
    assert first["how_sure"].startswith("maker ")
    assert "in a register" in first["how_fresh"]
    assert first["what_it_means"]
    assert first["site"] == "Stadhuis"


@pytest.mark.parametrize(
    "question",
    [
        "maker=hikvision",
        "q=hilook",
        "q=HILOOK+10.0.0.5",
        "q=hilook+camera",
        "q=hilook+nothing",
        "brand=hilook",
        "site=stadhuis&kind=surveillance",
    ],
)
def test_filters_and_words_find_the_relabelled_camera(person: Callable[..., Any], question: str) -> None:
    found = rows(person(), question)
    if "nothing" in question:  # a word that stands nowhere in what a search looks in finds nothing
        assert found == []
    else:
        assert [row["label"] for row in found] == ["10.0.0.5"]


def test_every_value_that_is_offered_finds_as_many_as_it_says(person: Callable[..., Any]) -> None:
    client = person()
    for asked in ("", "site=stadhuis", "q=10.0.0", "directive=eu-gdpr-dpia-cctv"):
        told = client.get(f"{LIST}?{asked}&as=json").json()
        assert told["facets"]
        for facet in told["facets"]:
            for option in facet["options"]:
                others = "&".join(part for part in asked.split("&") if not part.startswith(f"{facet['field']}="))
                found = client.get(LIST, {facet["field"]: option["value"], "as": "json"} | _parts(others)).json()
                assert found["total"] == option["devices"], (asked, facet["field"], option)


def _parts(question: str) -> dict[str, str]:
    return dict(part.split("=") for part in question.split("&") if part)


def test_models_are_offered_on_every_list_and_found_by_their_beginning(
    person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from custodiet.web import chosen

    client = person()
    [models] = [one for one in client.get(f"{LIST}?as=json").json()["facets"] if one["field"] == "model"]
    assert {"IPC-T261H", "P3245-LVE"} <= {one["value"] for one in models["options"]}
    assert [row["label"] for row in rows(client, "model=p3245")] == ["10.0.0.8"]
    assert rows(client, "model=3245") == []
    [models] = [one for one in client.get(f"{LIST}?model=p3245&as=json").json()["facets"] if one["field"] == "model"]
    assert {"value": "p3245", "label": "p3245", "devices": 1} in models["options"]
    monkeypatch.setattr(chosen, "OPTIONS", 1)
    page = client.get(f"{LIST}?model=p3245").content.decode()
    assert '<input id="f-model" name="model" list="l-model"' in page and 'value="p3245"' in page


def test_what_is_not_known_can_be_asked_for(person: Callable[..., Any]) -> None:
    client = person()
    known = {row["id"] for row in rows(client, "site=stadhuis")}
    assert known
    assert {row["id"] for row in rows(client, "site=(none)")} == {row["id"] for row in rows(client)} - known


def test_not_seen_for_days_counts_only_what_has_a_time_and_tells_of_the_rest(person: Callable[..., Any]) -> None:
    client = person()
    assert rows(client, "unseen=1") == []
    there = len(rows(client, "site=stadhuis"))
    assert client.get(f"{LIST}?unseen=1&site=stadhuis&as=json").json()["undated"] == there
    assert f"{there} more fit" in client.get(f"{LIST}?unseen=1&site=stadhuis").content.decode()
    assert client.get(f"{LIST}?as=json").json()["undated"] == 0


@pytest.mark.parametrize("word", ["Zürich", "zurich", "ZÜRICH", "lobby"])
def test_a_device_is_found_by_the_site_that_its_register_names(
    person: Callable[..., Any], tmp_path: Path, word: str
) -> None:
    from custodiet.web.first import put_case
    from story import custodiet

    (tmp_path / "register.csv").write_text("Asset;Brand;Site;Room\nK-1;Axis;Amt Zürich;Lobby\nK-2;Axis;Amt Bern;\n")
    (tmp_path / "sites.yml").write_text("{ id: amt, name: Amt, kind: nl-municipality, country: NL, sites: [] }")
    told = custodiet(
        "audit", tmp_path / "register.csv", "--sites", tmp_path / "sites.yml", "--on", "2025-12-01",
        "--case", tmp_path / "case.sqlite", "--quiet",
    )  # fmt: skip
    assert told.code in (0, 3, 4), told.err
    put_case(tmp_path / "case.sqlite")
    found = person("viewer", "amt").get("/b/amt/devices/", {"q": word, "as": "json"}).json()["rows"]
    assert [row["label"] for row in found] == ["K-1"]


@pytest.mark.parametrize("question", ["sort=random", "unseen=x", "nothing=such", "page=one"])
def test_a_question_that_makes_no_sense_is_told(person: Callable[..., Any], question: str) -> None:
    answer = person().get(f"{LIST}?{question}&as=json")
    assert answer.status_code == 400
    assert answer.json()["reason"]


@pytest.mark.parametrize("page", [-5, 0, 999])
def test_a_page_beyond_the_end_is_the_last(person: Callable[..., Any], page: int) -> None:
    told = person().get(f"{LIST}?page={page}&as=json").json()
    assert (told["page"], len(told["rows"])) == (1, 3)


def test_pages_share_the_list_between_them(person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from custodiet.web.pages import devices

    monkeypatch.setattr(devices, "AT_A_TIME", 2)
    client = person()
    both = [row["id"] for number in (1, 2) for row in rows(client, f"page={number}")]
    assert len(set(both)) == len(both) == 3
    assert "?page=2" in client.get(LIST).content.decode()


def test_a_list_asks_the_database_little(person: Callable[..., Any]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from custodiet.web import columns, knowledge

    client = person()
    for address in (f"{LIST}?q=10&site=stadhuis&sort=seen", "/b/waterdorp/"):
        columns._held.forget()
        knowledge._held.forget()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(address).status_code == 200
        assert 3 <= len(asked) <= 8, [one["sql"][:120] for one in asked]


def table_of(client: Any, question: str) -> list[dict[str, str]]:
    text = body_of(client.get(f"{LIST}?{question}")).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("question", ["", "maker=hikvision", "outcome=undetermined", "sort=label", "sort=site&page=9"])
def test_files_of_the_list_have_its_rows_in_its_order(person: Callable[..., Any], question: str) -> None:
    client = person()
    shown = rows(client, question)
    assert shown
    told = table_of(client, f"{question}&as=csv")
    whole = json.loads(body_of(client.get(f"{LIST}?{question}&as=rows")))
    assert (whole["shown"], whole["of"], whole["judged_for"]) == (len(shown), 3, "2025-12-01")
    for name in ("id", "what", "how_sure", "how_fresh", "what_it_means", "outcome", "label", "site"):
        assert [row[name] for row in told] == [row[name] for row in shown]
        assert [row[name] for row in whole["devices"]] == [row[name] for row in shown]
    with zipfile.ZipFile(io.BytesIO(body_of(client.get(f"{LIST}?{question}&as=xlsx")))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
    assert sheet.count(b"<row ") == len(shown) + 1


def test_a_row_of_a_file_names_the_device_and_its_page(person: Callable[..., Any]) -> None:
    [row] = table_of(person(), "maker=hikvision&as=csv")
    assert (row["address"], row["site"], row["brand"], row["device_class"]) == (
        "10.0.0.5",
        "Stadhuis",
        "HiLook",
        "camera",
    )
    assert row["page"] == f"http://testserver{LIST}{row['id']}/"
    assert "Hikvision" in row["maker"]


def test_a_file_of_the_list_says_what_was_asked(person: Callable[..., Any]) -> None:
    told = json.loads(body_of(person().get(f"{LIST}?maker=hikvision&as=rows")))
    assert (told["asked"], told["body"]) == (["Maker: Hikvision"], "Waterdorp")
    assert told["devices"][0]["decisions"] == []


def test_all_pages_are_in_a_file(person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from custodiet.web import exports
    from custodiet.web.pages import devices

    monkeypatch.setattr(devices, "AT_A_TIME", 1)
    monkeypatch.setattr(exports, "_AT_A_TIME", 2)
    assert len(table_of(person(), "page=2&as=csv")) == 3


def test_findings_have_a_row_each_and_those_of_what_is_shown(person: Callable[..., Any]) -> None:
    client = person()
    table = table_of(client, "maker=hikvision&as=findings-csv")
    assert {row["label"] for row in table} == {"10.0.0.5"}
    assert len(table) > 1
    assert all(row["seen_in"].endswith("register-waterdorp.csv") for row in table)
    everything = table_of(client, "as=findings-csv")
    assert {row["label"] for row in everything if row["asset_id"]} == {row["label"] for row in rows(client)}


def test_what_people_decided_stands_in_the_list_and_its_files(person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Note

    client = person("decider")
    first, other, *_ = rows(client)
    here = f"{LIST}{first['id']}/"
    for kind in ({"kind": "accepted", "until": "2099-03-01"}, {"kind": "made-by", "maker": "=Kees"}):
        assert client.post(f"{here}decide/", kind | {"reason": "so it is"}).status_code == 302
    client.post(f"{LIST}{other['id']}/action/", {"kind": "replace", "due": "2099-07-01"})
    client.post(f"{LIST}{other['id']}/note/", {"text": "only a note"})
    page = client.get(LIST).content.decode()
    assert (
        "Accepted, up to and including 1 Mar 2099" in page
        and "Replace, due 1 July 2099" in page
        and "only a note" not in page
    )
    told = {row["id"]: row for row in table_of(client, "as=csv")}
    assert told[first["id"]]["decisions"] == "Accepted, up to and including 1 Mar 2099; Made by =Kees"
    assert (told[other["id"]]["decisions"], told[other["id"]]["actions"]) == ("", "Replace, due 1 July 2099")
    assert {row["id"] for row in rows(client, "decided=with")} == {first["id"], other["id"]}
    assert len(rows(client, "decided=without")) == 1
    assert [row["id"] for row in table_of(client, "decided=with&maker=hikvision&as=csv")] == [
        row["id"] for row in rows(client, "decided=with&maker=hikvision")
    ]
    everything = client.get(f"{LIST}?decided=with&as=json").json()
    assert sum(one["devices"] for one in everything["facets"][0]["options"]) == 2
    # what ended or was taken back counts no more
    Note.objects.filter(device=first["id"], kind="accepted").update(until="2020-01-01")
    [made_by] = Note.objects.filter(device=first["id"], kind="made-by")
    client.post(f"{here}withdraw/", {"number": made_by.number, "reason": "a slip"})
    assert [row["id"] for row in rows(client, "decided=with")] == [other["id"]]
    assert client.get(f"{LIST}?decided=with&as=json").json()["facets"] != everything["facets"]


def test_json_says_which_part_it_is(person: Callable[..., Any]) -> None:
    client = person()
    told = json.loads(body_of(client.get(f"{LIST}?maker=hikvision&as=entries")))
    assert [entry["asset"]["label"] for entry in told["entries"]] == ["10.0.0.5"]
    assert told["entries"][0]["evidence"]
    assert (told["totals"]["assets"], told["totals"]["surveillance"]) == (1, 1)
    assert "Only 1 of 3 devices" in told["unseen"][0]
    for finding in told["entries"][0]["findings"]:
        sentence = told["laws"][finding["directive"]]["requirements"][finding["requirement"]]
        assert sentence["text"] and (sentence["quoted_from"] or sentence["read_in"])
    whole = json.loads(body_of(client.get(f"{LIST}?as=entries")))
    assert whole["laws"] == told["laws"]
    assert len(whole["entries"]) == whole["totals"]["assets"] == 3
    assert not any("Only" in sentence for sentence in whole["unseen"])


@pytest.mark.parametrize("form", ["csv", "findings-csv", "findings-xlsx", "xlsx", "rows", "entries"])
def test_every_file_of_a_part_says_so(person: Callable[..., Any], form: str) -> None:
    """In its name, and where whoever opens it sees it: in each row of a table, on the first sheet of a workbook."""
    from python_calamine import CalamineWorkbook

    client, question = person(), "maker=hikvision&site=stadhuis"
    said = "Only 1 of 3 devices are in this file, those that fit: Maker: Hikvision; Site: Stadhuis."
    part, whole = (client.get(f"{LIST}?{asks}&as={form}") for asks in (question, ""))
    files = [body_of(one) for one in (part, whole)]
    name = "-part-maker-hikvision-site-stadhuis-2025-12-01."
    assert name in part["Content-Disposition"] and "part" not in whole["Content-Disposition"]
    if form.endswith("csv"):
        assert {row["part"] for row in table_of(client, f"{question}&as={form}")} == {said}
        assert "part" not in table_of(client, f"as={form}")[0]
    if form == "findings-xlsx":
        books = [CalamineWorkbook.from_filelike(io.BytesIO(one)) for one in files]
        sheets = [book.get_sheet_by_name("Summary").to_python() for book in books]
        told = [dict(row for row in sheet if len(row) == 2) for sheet in sheets]
        assert told[0]["Part of the assessment"] == said and "Scope" not in told[0]
        assert "Part of the assessment" not in told[1] and "3 devices found" in told[1]["Scope"]
        findings = table_of(client, f"{question}&as=findings-csv")
        judged = {row["directive"] for row in findings if row["status"] != "not_applicable"}
        named = told[0]["Directives that say something of these devices"]
        assert {text.rpartition("(")[2].rstrip(")") for text in named.split("; ")} == judged
        assert told[0]["Other directives that were looked at"] > 0


def test_a_workbook_has_the_devices(person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from custodiet.web import exports

    client = person()
    with zipfile.ZipFile(io.BytesIO(body_of(client.get(f"{LIST}?maker=hikvision&as=xlsx")))) as book:
        text = b"".join(book.read(name) for name in book.namelist())
    assert b"10.0.0.5" in text
    assert b"10.0.0.8" not in text
    monkeypatch.setattr(exports, "MOST", 2)
    refused = client.get(f"{LIST}?as=xlsx", headers={"accept": "application/json"})
    assert (refused.status_code, refused.json()["reason"]) == (400, "These are 3 devices; such a file holds 2.")


def test_a_file_is_broken_off_where_the_body_is_judged_meanwhile(person: Callable[..., Any]) -> None:
    from datetime import UTC, datetime

    from custodiet.errors import CustodietError
    from custodiet.web.store.models import Body

    pieces = person().get(f"{LIST}?as=csv").streaming_content
    Body.objects.filter(id="waterdorp").update(published=datetime.now(UTC))
    with pytest.raises(CustodietError, match="judged again"):
        b"".join(pieces)


def kept(client: Any) -> list[dict[str, Any]]:
    return client.get(f"{LIST}?as=json").json()["views"]


def test_a_view_is_kept_replaced_and_taken_away(person: Callable[..., Any]) -> None:
    client, other = person(), person()
    asks = {"name": "  Ours ", "question": "maker=hikvision&page=3"}
    answer = client.post(f"{LIST}views/", asks)
    assert (answer.status_code, answer["Location"]) == (302, f"{LIST}?maker=hikvision")
    again = asks | {"question": "q=dome"}
    assert (
        'name="replace"' in client.get(LIST).content.decode()
        and 'name="replace"' not in other.get(LIST).content.decode()
    )
    refused = client.post(f"{LIST}views/", again, headers={"accept": "application/json"})
    assert refused.status_code == 400 and refused.json()["reason"] == "You keep a view with this name already."
    [view] = kept(client)
    assert view["question"] == "maker=hikvision", "nothing is written over that nobody wanted gone"
    assert client.post(f"{LIST}views/", again | {"replace": "true"}).status_code == 302
    [view] = kept(client)
    assert (view["name"], view["question"], view["shared"], view["mine"]) == ("Ours", "q=dome", False, True)
    assert kept(other) == []
    assert other.post(f"{LIST}views/{view['id']}/remove/").status_code == 404
    assert "Ours" in client.get(LIST).content.decode()
    assert client.post(f"{LIST}views/{view['id']}/remove/").status_code == 302
    assert kept(client) == []


def test_views_are_shared_by_who_may_and_within_the_body(person: Callable[..., Any]) -> None:
    viewer, editor, stranger = person(), person("editor"), person("viewer", "geheimstad")
    shared = {"name": "For all", "question": "site=stadhuis", "shared": "true"}
    assert viewer.post(f"{LIST}views/", shared).status_code == 400
    assert editor.post(f"{LIST}views/", shared).status_code == 302
    [seen] = kept(viewer)
    assert (seen["name"], seen["mine"], seen["by"]) == ("For all", False, "editor")
    assert viewer.post(f"{LIST}views/{seen['id']}/remove/").status_code == 404
    assert stranger.get("/b/geheimstad/devices/?as=json").json()["views"] == []


@pytest.mark.parametrize(
    "form", [{"name": " "}, {"name": "x" * 81}, {"name": "x", "question": "sort=7&nothing=1"}, {"question": "q=x"}]
)
def test_a_view_that_makes_no_sense_is_not_kept(person: Callable[..., Any], form: dict[str, str]) -> None:
    client = person()
    assert client.post(f"{LIST}views/", form).status_code == 400
    assert kept(client) == []
