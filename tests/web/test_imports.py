"""Bringing in files: shown before they are read, by their content, and told afterwards; by people and by programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

B = "/b/waterdorp/imports/"
REGISTER = "Objectnr;Merk;Kleur;MAC-adres\nX-1;HiLook;wit;kapot\nX-2;Axis;zwart;00:40:8c:01:02:03\n=1+1;Bosch;<b>;\n"


@pytest.fixture
def root(web: None) -> Path:
    from custodiet.web import imports

    return imports.root()


def files(*told: tuple[str, bytes | str]) -> dict[str, Any]:
    """A form with files."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    return {"file": [SimpleUploadedFile(n, t if isinstance(t, bytes) else t.encode()) for n, t in told]}


def work(root: Path) -> None:
    from custodiet.web.jobs.work import work_once

    assert work_once(root, pulse=False)


def shown(client: Any, address: str) -> Any:
    return client.get(f"{address}?as=json").json()


def test_a_file_is_shown_corrected_and_read(person: Callable[..., Any], root: Path) -> None:
    client = person("editor")
    told = client.post(f"{B}send/", files(("C:\\mijn\\register.csv", REGISTER), ("foto.png", b"\x89PNG\r\n")))
    assert told.status_code == 302
    here = told["Location"]
    before = shown(client, here)
    register, picture = before["looked"]
    assert (before["state"], before["files"]) == ("drafted", ["register.csv", "foto.png"])
    assert "judged for 1 Dec 2025 now, a day that somebody chose" in client.get(here).content.decode()
    assert register["format"] == "asset register or purchase list (CSV)" and picture["format"] == ""
    assert "a picture" in picture["problem"]
    [table] = register["tables"]
    assert dict(zip(table["headings"], table["fields"], strict=True)) == {
        "Objectnr": "tag", "Merk": "brand", "Kleur": "", "MAC-adres": "mac"
    }  # fmt: skip
    assert table["rows"][1] == ["X-2", "Axis", "zwart", "00:40:8c:01:02:03"]
    page = client.get(here).content.decode()
    assert "&lt;b&gt;" in page and "<b>," not in page and 'name="field"' in page
    assert (
        "It is a picture" in page and "</summary>" in page.partition("It is a picture")[2].partition("Formats that")[0]
    )
    chosen = {"column": ["0:0:0", "0:0:1", "0:0:2", "0:0:3"], "field": ["tag", "", "brand", "mac"]}
    assert client.post(f"{here}begin/", chosen)["Location"] == here
    assert "hx-trigger" in client.get(here).content.decode()
    work(root)
    after = shown(client, here)
    assert after["state"] == "done" and after["thousandths"] == 1000
    assert [one["name"] for one in after["read"]] == ["register.csv"]
    tally = after["read"][0]["tally"]
    assert (tally["total"], tally["issues"], tally["columns"]["Kleur"]) == (3, 0, "brand")
    assert after["came"]["after"]["assets"] == after["came"]["before"]["assets"] + 3
    assert [one["source"] for one in after["came"]["skipped"]] == ["foto.png"]
    dutch = client.get(here, headers={"accept-language": "nl"}).content.decode()
    assert ">rij 2<" in dutch and "“kapot” is geen MAC-adres; het is bewaard als omschrijving" in dutch
    page = client.get(here).content.decode()
    assert "hx-trigger" not in page and "foto.png" in page and "row 2" in page
    [issue] = after["issues"]
    assert after["names"][issue["source"]] == "register.csv"
    assert '<bdi class="value">register.csv</bdi>, <bdi class="value">row 2' in page
    rows = list(csv.reader(io.StringIO(client.get(f"{here}?as=csv").getvalue().decode("utf-8-sig"))))
    assert rows[0][0] == "file" and [row[0] for row in rows[1:]] == ["foto.png", "register.csv"]
    told = json.loads(client.get(f"{here}?as=issues").getvalue())
    assert [one["file"] for one in told] == ["foto.png", "register.csv"]
    listed = shown(client, B)["rows"]
    assert [(one["state"], one["files"]) for one in listed] == [("done", ["register.csv", "foto.png"])]


def test_the_numbers_of_an_import_add_up(person: Callable[..., Any], root: Path) -> None:
    client = person("editor")
    text = "Merk;Model;MAC-adres\nAxis;A;\nAxis;B;\nAxis;C;\nAxis;D;kapot\n;;nvt\nTotaal;4;\n"  # row 5 was read in part
    here = client.post(f"{B}send/", files(("r.csv", text)) | {"at_once": "1"})["Location"]
    work(root)
    [read] = shown(client, here)["read"]
    tally = read["tally"]
    assert (tally["total"], tally["read"], tally["issues"]) == (6, 6, 0)
    assert sum(tally["not_covered"].values()) == 2
    assert "make up all that could be counted" in client.get(here).content.decode()


BROKEN_OFF = b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00" + b"\0" * 16 + b"\x99" * 40
"""A capture of which nothing can be found behind the first header of a packet."""


def test_what_could_not_be_read_is_a_part_of_every_result(person: Callable[..., Any], root: Path) -> None:
    client = person("editor")
    bad = ("r.csv", "Merk;Model;MAC-adres\nAxis;A;zz:zz\n")
    sent = files(bad, ("kapot.pcap", BROKEN_OFF), ("onbekend.bin", b"hallo\0\1\2niets")) | {"at_once": "1"}
    here = client.post(f"{B}send/", sent)["Location"]
    work(root)
    page = client.get(here).content.decode()
    assert "the file was not read to its end" in page
    over = client.get("/b/waterdorp/?as=json").json()
    assert "1 more not whole" in over["scope"] and "; 1 input not read" in over["scope"]
    assert {one["name"] for one in over["looked"] if not one["whole"]} == {"kapot.pcap"}
    assert [one["places"] for one in over["skipped"]] == [["onbekend.bin"]]
    assert not [one for one in over["unseen"] if "Rows or packets" in one], "something of that row was taken"
    assert {"Inputs of a kind that is not read: 1.", "Sources that could not be read, or not to the end: 1."} <= set(
        over["unseen"]
    )
    shown_there = client.get("/b/waterdorp/").content.decode()
    assert "onbekend.bin" in shown_there and "not to its end" in shown_there and 'href="imports/"' in shown_there
    report = client.get("/b/waterdorp/?as=report").getvalue().decode()
    assert "onbekend.bin" in report and "not to its end" in report and 'href="#issues"' in report
    # a file of that name that can be read takes its place
    client.post(f"{B}send/", files(("onbekend.bin", "Merk;Model;MAC-adres\nAxis;B;\n")) | {"at_once": "1"})
    work(root)
    assert client.get("/b/waterdorp/?as=json").json()["skipped"] == []


def test_an_overview_sends_only_those_to_imports_who_may_see_them(person: Callable[..., Any], root: Path) -> None:
    sent = files(("r.csv", "Merk;Model;MAC-adres\nAxis;A;zz:zz\n")) | {"at_once": "1"}
    person("editor").post(f"{B}send/", sent)
    work(root)
    page = person("viewer").get("/b/waterdorp/").content.decode()
    assert "row by row" in page and 'href="imports/"' not in page.partition("row by row")[2].partition("</p>")[0]


def test_a_program_pushes_a_file_that_is_read_at_once(person: Callable[..., Any], root: Path) -> None:
    client = person("editor")
    told = client.post(f"{B}send/", files(("scan.csv", REGISTER)) | {"at_once": "1"})
    assert shown(client, told["Location"])["state"] == "waiting"
    work(root)
    assert shown(client, told["Location"])["state"] == "done"


def test_a_program_pushes_with_a_token(person: Callable[..., Any], root: Path) -> None:
    from datetime import UTC, datetime

    from django.test import Client

    from custodiet.web.accounts.tokens import make_token
    from custodiet.web.estate import Estate
    from custodiet.web.rights import Right
    from custodiet.web.store.models import Body, Person

    estate, maker = Estate(Body.objects.get(id="waterdorp")), Person(email="me@example.org")
    made = {
        right: make_token(estate, f"sensor {right}", [Right.SEE, right], 1, maker, datetime.now(UTC))[1]
        for right in (Right.EDIT, Right.AUDIT)
    }
    client = Client(enforce_csrf_checks=True)
    sent = files(("scan.csv", REGISTER)) | {"at_once": "1"}
    told = client.post(f"{B}send/", sent, headers={"authorization": f"Bearer {made[Right.EDIT]}"})
    assert told.status_code == 302
    work(root)
    seen = client.get(told["Location"], headers={"authorization": f"Bearer {made[Right.EDIT]}"}).json()
    assert seen["state"] == "done" and "sensor" in seen["asked_by"]
    sent = files(("scan.csv", REGISTER)) | {"at_once": "1"}
    assert client.post(f"{B}send/", sent, headers={"authorization": f"Bearer {made[Right.AUDIT]}"}).status_code == 404
    elsewhere = "/b/geheimstad/imports/send/"
    sent = files(("scan.csv", REGISTER)) | {"at_once": "1"}
    assert client.post(elsewhere, sent, headers={"authorization": f"Bearer {made[Right.EDIT]}"}).status_code == 404


def test_a_workbook_is_shown_sheet_by_sheet(person: Callable[..., Any], tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "register.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, heading in (("Camera's", "Merk"), ("Inkoop", "Leverancier")):
            book.add_worksheet(name).write_row(0, 0, ["Model", heading, "Aantal"])
            book.get_worksheet_by_name(name).write_row(1, 0, ["M-1", "Axis", 3])
    client = person("editor")
    here = client.post(f"{B}send/", files(("register.xlsx", path.read_bytes())))["Location"]
    [looked] = shown(client, here)["looked"]
    assert [(one["sheet"], one["fields"][1]) for one in looked["tables"]] == [
        ("Camera's", "brand"), ("Inkoop", "supplier")
    ]  # fmt: skip
    from custodiet.web import imports
    from custodiet.web.store.models import Job

    [given] = imports.corrected(Job.objects.get(), ("0:1:1", "0:0:1"), ("brand", "brand")).files
    assert given.columns == {"Inkoop!Leverancier": "brand"}


@pytest.mark.parametrize(
    "chosen",
    [
        {"column": ["0:0:99"], "field": ["brand"]},
        {"column": ["x"], "field": ["brand"]},
        {"column": ["0:0:0"], "field": ["no such field"]},
        {"column": ["0:0:0", "0:0:1"], "field": ["brand"]},
        {"column": ["9:0:0"], "field": ["brand"]},
    ],
)
def test_columns_that_are_not_there_are_refused(person: Callable[..., Any], chosen: dict[str, Any]) -> None:
    client = person("editor")
    here = client.post(f"{B}send/", files(("r.csv", REGISTER)))["Location"]
    assert client.post(f"{here}begin/", chosen).status_code == 400
    assert shown(client, here)["state"] == "drafted"


def test_stopped_discarded_and_gone(person: Callable[..., Any], root: Path) -> None:
    client = person("editor")
    here = client.post(f"{B}send/", files(("r.csv", REGISTER)) | {"at_once": "1"})["Location"]
    assert client.post(f"{here}stop/").status_code == 302 and shown(client, here)["state"] == "stopped"
    assert client.post(f"{here}begin/").status_code == 302 and shown(client, here)["state"] == "waiting"
    assert client.post(f"{here}begin/").status_code == 400
    assert client.post(f"{here}discard/")["Location"] == B
    assert client.get(here).status_code == 404


def test_imports_are_of_one_body_and_for_who_may_edit(person: Callable[..., Any]) -> None:
    here = person("editor").post(f"{B}send/", files(("r.csv", REGISTER)))["Location"]
    number = here.rstrip("/").rpartition("/")[2]
    theirs = person("administrator", "geheimstad")
    for address in (f"/b/geheimstad/imports/{number}/", here, f"/b/geheimstad/imports/{number}/?as=csv"):
        assert theirs.get(address).status_code == 404
    for deed in ("begin", "stop", "discard"):
        assert theirs.post(f"/b/geheimstad/imports/{number}/{deed}/").status_code == 404
        assert person("viewer").post(f"{here}{deed}/").status_code == 404
    assert person("viewer").get(here).status_code == person("viewer").get(B).status_code == 404
    assert person("auditor").get(B).status_code == 200, "who checks reads them"
    assert "Imports" not in person("viewer").get("/b/waterdorp/").content.decode()


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({}, "no file was sent"),
        ({"zone": "Mars/Olympus"} | {"x": "1"}, "no file was sent"),
        (None, "time zone"),
    ],
)
def test_what_cannot_be_brought_in_is_refused(person: Callable[..., Any], told: Any, reason: str) -> None:
    sent = files(("r.csv", REGISTER)) | {"zone": "Mars/Olympus"} if told is None else told
    answer = person("editor").post(f"{B}send/?as=json", sent)
    assert answer.status_code == 400 and reason in answer.json()["reason"]


def test_too_many_files_are_refused(person: Callable[..., Any], root: Path) -> None:
    from custodiet.web.jobs.folders import MOST_FILES
    from custodiet.web.store.models import Job

    many = files(*((f"{n}.csv", "a") for n in range(MOST_FILES + 1)))
    assert person("editor").post(f"{B}send/", many).status_code == 400
    assert not Job.objects.exists()


def test_a_stranger_fills_no_disk(web: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.files.uploadhandler import TemporaryFileUploadHandler
    from django.test import Client

    def kept(*_: Any, **__: Any) -> None:
        raise AssertionError("a file was opened")

    monkeypatch.setattr(TemporaryFileUploadHandler, "new_file", kept)
    assert Client().post(f"{B}send/", files(("r.csv", REGISTER))).status_code == 302


def test_more_than_is_taken_is_refused_before_it_is_kept(
    person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from custodiet.web import uploads
    from custodiet.web.store.models import Job

    monkeypatch.setattr(uploads, "MOST", 1000)
    assert person("editor").post(f"{B}send/", files(("r.csv", "x" * 2000))).status_code in (400, 413)
    assert not Job.objects.exists()


def test_a_first_body_is_added_and_filled(person: Callable[..., Any], root: Path) -> None:
    from custodiet.web.store.models import Logged

    client = person("", administrator=True)
    assert "/bodies/add/" in client.get("/").content.decode()
    page = client.get("/bodies/add/").content.decode()
    assert "Dutch municipality" in page and "Netherlands" in page
    body = {"id": "nieuwstad", "name": " Nieuw  stad ", "country": "NL", "kind": "nl-municipality"}
    told = client.post("/bodies/make/", body)
    assert told["Location"] == "/b/nieuwstad/imports/"
    assert Logged.objects.filter(what="body added", body="nieuwstad").exists()
    client.post("/b/nieuwstad/imports/send/", files(("r.csv", REGISTER)) | {"at_once": "1"})
    work(root)
    assert "Nieuw stad" in client.get("/b/nieuwstad/").content.decode()
    assert shown(client, "/b/nieuwstad/devices/")["total"] == 3
    assert client.post("/bodies/make/", body).status_code == 400
    for wrong in ({"id": "a b"}, {"id": "../x"}, {"name": " "}, {"kind": "x"}, {"country": "XX"}):
        assert client.post("/bodies/make/", body | {"id": "other"} | wrong).status_code == 400
    unnamed = body | {"id": "", "name": "Gemeente 's-Hertogen_bosch (Süd)"}
    assert client.post("/bodies/make/", unnamed)["Location"] == "/b/gemeente-s-hertogen-bosch-sud/imports/"
    assert client.post("/bodies/make/", unnamed).status_code == 400
    assert client.post("/bodies/make/", body | {"id": "", "name": "東京"})["Location"].startswith("/b/body-")
    assert person("administrator").get("/bodies/add/").status_code == 404
    assert person("administrator").post("/bodies/make/", body | {"id": "mine"}).status_code == 404


def test_one_number_is_called_entries_and_one_devices(person: Callable[..., Any], root: Path) -> None:
    client = person("editor")
    bought = "Leverancier;Merk;Artikel;Aantal;Factuurnummer\nBeveiliging BV;Hikvision;DS-2CD2143G2-I;6;F-1\n"
    assert "entr" not in client.get("/b/waterdorp/").content.decode()
    here = client.post(f"{B}send/", files(("inkoop.csv", bought)) | {"at_once": "1"})["Location"]
    work(root)
    over = client.get("/b/waterdorp/?as=json").json()
    assert (over["totals"]["assets"], over["totals"]["devices"], over["several"], over["counted"]) == (4, 9, 1, 9)
    assert "4 entries for 9 devices found" in over["scope"]
    page = client.get("/b/waterdorp/").content.decode()
    assert "That is 4 entries." in page and "all of them stand for 9 devices" in page and "devices in all" not in page
    assert 'data-label="Entries"' in page
    assert "4 entries" in client.get("/b/waterdorp/devices/").content.decode()
    assert "Entries in all, for 9 devices" in client.get(here).content.decode()
    report = client.get("/b/waterdorp/?as=report").getvalue().decode()
    assert "Of 4 entries for 9 devices" in report and "is one entry" in report


def test_a_line_that_names_no_maker_says_so_and_leads_to_a_device_of_the_same_label(
    person: Callable[..., Any], root: Path
) -> None:
    client = person("editor")
    register = "Merk;Model;MAC-adres;IP-adres\nSafeSight;DS-2CD2143G2-I;44:19:b6:00:00:77;10.0.0.77\n"
    bought = "Leverancier;Omschrijving;Aantal;Factuurnummer\nKijkgoed;SafeSight ProDome 4MP;6;F-1\n"
    sent = files(("register2.csv", register), ("inkoop.csv", bought)) | {"at_once": "1"}
    client.post(f"{B}send/", sent)
    work(root)
    rows = client.get("/b/waterdorp/devices/?q=prodome&as=json").json()["rows"]
    [line] = [row for row in rows if "inkoop.csv" in row["label"]]
    assert line["how_sure"] == "unknown: nothing in the line names a maker that we know"
    told = client.get(f"/b/waterdorp/devices/{line['id']}/?as=json").json()
    assert told["line"] == "SafeSight ProDome 4MP"
    [lead] = told["leads"]
    assert (lead["brand"], lead["maker"], lead["label"]) == ("SafeSight", "Hikvision", "10.0.0.77")
    page = client.get(f"/b/waterdorp/devices/{line['id']}/").content.decode()
    assert "A lead, from which nothing is concluded" in page and lead["device"] in page
    other = client.get(f"/b/waterdorp/devices/{lead['device']}/?as=json").json()
    assert (other["line"], other["leads"]) == ("", [])
