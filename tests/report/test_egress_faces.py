"""What devices talk to in the files of a report: page, dossier, JSON, CSV and workbook."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import msgspec
from lxml import etree, html
from python_calamine import CalamineWorkbook

from custodiet.model import Entry
from custodiet.report.csv import EGRESS_COLUMNS, write_csv
from custodiet.report.egress_json import EGRESS_VERSION
from custodiet.report.egress_json import write_json as write_egress
from custodiet.report.html import TALKING, write_html
from custodiet.report.json import write_json
from custodiet.report.summary import worst_first
from custodiet.report.xlsx import write_xlsx

from .factory import FakeNames, allowed_camera, assessment, entries, printer, relabelled_camera, unknown_device
from .nasty import nasty_strings
from .talkative import EIGHT, inside, peer, silent, talker, unseen


def given() -> list[Entry]:
    pairs = [(relabelled_camera(), talker()), (unknown_device(), unseen()), (allowed_camera(), silent())]
    return [msgspec.structs.replace(entry, egress=egress) for entry, egress in pairs] + [printer()]


def page(found: list[Entry]) -> etree._Element:
    file = io.StringIO()
    write_html(file, assessment(), sorted(found, key=worst_first), FakeNames())
    return html.document_fromstring(file.getvalue().encode(), parser=html.HTMLParser(encoding="utf-8"))


def text_of(root: etree._Element, path: str) -> str:
    return " ".join("".join(next(root.iterfind(path)).itertext()).split())


def test_the_outcome_is_not_said_twice() -> None:
    """Neither before a sentence that begins with it, nor behind the heading that asks for it."""
    text = text_of(page(given()), ".//body").replace(":", "").casefold()
    for twice in ("cannot be said cannot be said", "nothing outside seen nothing", "talks to talks to its maker"):
        assert twice not in text


def test_the_page_has_sentence_picture_peers_and_numbers() -> None:
    root = page(given())
    section = ".//section[@id='talking']"
    text = text_of(root, section)
    for part in (
        "Talks to its maker: 1; cannot be said: 1; nothing outside seen: 1.",
        "Seen 1 cloud of its maker, 41.0 kB out in 23 hours of capture.",
        "Hangzhou Hikvision Digital Technology Co., Ltd. (its maker's own)",
        "Nothing outside seen in 26 hours of complete capture at this point.",
        "By what somebody could look in", "every verdict is open again", "What was not visible",
    ):  # fmt: skip
        assert part in text, part
    rows = [["".join(cell.itertext()) for cell in row] for row in root.iterfind(f"{section}//details//tr")]
    gap = ["17 Nov 2025 17:00 UTC", "17 Nov 2025 20:00 UTC", *["not known"] * 3, "not known to have been watched"]
    assert gap in rows, "where nobody watched the table says no number"
    assert len(list(root.iterfind(f"{section}//svg"))) == 2, "of what was not watched there is no picture"
    assert "The same in numbers" in text and "in numbers: too short a time for a picture" not in text


def test_without_a_picture_the_numbers_say_why_there_is_none() -> None:
    brief = talker(peers=(inside(),), spans=((EIGHT, EIGHT + 8.0),))
    text = text_of(page([msgspec.structs.replace(relabelled_camera(), egress=brief)]), ".//section[@id='talking']")
    assert "in numbers: too short a time for a picture" in text and "The same in numbers" not in text


def test_a_picture_of_doubtful_watching_says_that_what_is_empty_is_not_known() -> None:
    said = "Where nothing is drawn, something may have been"
    doubtful, sure = (
        page([msgspec.structs.replace(allowed_camera(), egress=egress)]) for egress in (silent(clean=()), silent())
    )
    assert said in text_of(doubtful, ".//section[@id='talking']")
    assert "none seen" in text_of(doubtful, ".//section[@id='talking']")
    assert said not in text_of(sure, ".//section[@id='talking']")


def test_card_and_section_lead_to_each_other() -> None:
    root = page(given())
    ids = {str(found.get("id")) for found in root.iter() if found.get("id")}
    links = {str(found.get("href"))[1:] for found in root.iterfind(".//section[@id='talking']//a")}
    links |= {
        str(found.get("href"))[1:] for found in root.iterfind(".//article//dd/a") if "talks" in str(found.get("href"))
    }
    assert links
    assert links <= ids


def test_without_traffic_there_is_no_section() -> None:
    assert not list(page(entries()).iterfind(".//section[@id='talking']"))


def test_the_page_keeps_those_that_show_most() -> None:
    many = []
    for number in range(2 * TALKING + 30):
        quiet = silent(asset=f"asset-{number}", label=f"quiet {number}", peers=())
        entry = relabelled_camera()
        asset = msgspec.structs.replace(entry.asset, id=f"asset-{number}")
        many.append(msgspec.structs.replace(entry, asset=asset, egress=quiet))
    many.append(msgspec.structs.replace(relabelled_camera(), egress=talker()))
    root = page(many)
    assert len(list(root.iterfind(".//section[@id='talking']/div"))) == TALKING
    text = text_of(root, ".//section[@id='talking']")
    assert f"{TALKING + 31} more devices are in assessment.json only." in text
    assert text.index("10.0.0.5") < text.index("quiet 0")


def test_nasty_text_makes_no_elements() -> None:
    usual = [found.tag for found in page(given()).iter() if found.tag != "mark"]
    for text in nasty_strings()[:60]:
        odd = talker(label=text, says=text, peers=(peer(names=(text,)), *talker().peers[1:]), doubts=(text,))
        first, *rest = given()
        assert [
            found.tag
            for found in page([msgspec.structs.replace(first, egress=odd), *rest]).iter()
            if found.tag != "mark"
        ] == usual


def test_json_has_it_beside_the_findings_with_times_in_iso_8601() -> None:
    file = io.BytesIO()
    write_json(file, assessment(), given())
    first, *_, last = json.loads(file.getvalue())["entries"]
    assert last["egress"] is None
    told = first["egress"]
    assert told["outcome"] == "maker's own seen"
    assert told["spans"][0] == ["2025-11-17T08:00:00.000Z", "2025-11-17T17:00:00.000Z"]
    assert told["peers"][0]["first_seen"] == "2025-11-17T08:01:00.000Z"
    assert told["peers"][0]["bars"][0] == {"begin": "2025-11-17T08:00:00.000Z", "bytes_out": 1577, "bytes_in": 846}


def test_the_command_has_a_head_with_its_version() -> None:
    file = io.BytesIO()
    write_egress(file, assessment(), [talker(), silent()])
    told = json.loads(file.getvalue())
    assert told["schema"] == EGRESS_VERSION
    assert {"tool", "catalog", "on", "sources", "tallies", "issues", "skipped", "devices"} < set(told)
    assert [device["label"] for device in told["devices"]] == ["10.0.0.5", "row 3 of the register"]


def test_csv_has_it_in_its_last_columns() -> None:
    file = io.StringIO()
    write_csv(file, assessment(), given(), FakeNames())
    rows = list(csv.DictReader(io.StringIO(file.getvalue().removeprefix("\ufeff"))))
    assert list(rows[0])[-len(EGRESS_COLUMNS) :] == list(EGRESS_COLUMNS)
    camera = next(row for row in rows if row["asset_id"] == "asset-camera")
    assert (camera["egress"], camera["outside_peers"], camera["outside_bytes_out"], camera["watched_hours"]) == (
        "maker's own seen", "2", "9241000", "23.0",
    )  # fmt: skip
    assert {row["egress"] for row in rows if row["asset_id"] == "asset-printer-1"} == {""}
    assert not rows[0]["asset_id"], "the body itself"
    assert rows[0]["egress"] == ""


def test_the_workbook_has_a_sheet_of_peers(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "f.xlsx", assessment(), given(), FakeNames())
    book = CalamineWorkbook.from_path(tmp_path / "f.xlsx")
    head, *rows = book.get_sheet_by_name("Talks to").to_python()
    assert len(rows) == 5
    first = dict(zip(head, rows[0], strict=True))
    assert (first["peer"], first["of_maker"], first["bytes_out"], first["looks_like"]) == (
        "203.0.113.80", "yes", 41_000, "keep-alive",
    )  # fmt: skip
    devices = book.get_sheet_by_name("Devices").to_python()
    assert devices[0][-len(EGRESS_COLUMNS) :] == list(EGRESS_COLUMNS)
