import re
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from python_calamine import CalamineWorkbook

from custodiet.model import Assessment, Entry
from custodiet.report.guard import cell
from custodiet.report.xlsx import write_xlsx

from .factory import FakeNames, assessment, entries, unknown_device, with_text_everywhere
from .nasty import nasty_strings


def book(path: Path, head: Assessment | None = None, given: list[Entry] | None = None, **over: int) -> CalamineWorkbook:
    write_xlsx(path, head or assessment(), iter(given or entries()), FakeNames(), **over)
    return CalamineWorkbook.from_path(str(path))


def sheet(of: CalamineWorkbook, name: str) -> list[list[Any]]:
    return of.get_sheet_by_name(name).to_python()


def test_the_sheets(tmp_path: Path) -> None:
    of = book(tmp_path / "f.xlsx")
    assert of.sheet_names == ["Summary", "Findings", "Devices", "Talks to", "Not seen", "Sources"]
    assert len(sheet(of, "Findings")) == 1 + 1 + 6
    assert len(sheet(of, "Devices")) == 1 + 4
    assert ["not seen", "", "No source covers the site Library.", "", ""] in sheet(of, "Not seen")
    assert "incomplete" in sheet(of, "Not seen")[-1]
    assert sheet(of, "Sources")[1][:5] == ["hall.pcap", "capture", "pcap", 64_000_000, "11" * 32]
    assert [row[0] for row in sheet(of, "Sources")[-2:]] == ["router.cfg", "uplink.pcap"]
    assert sheet(of, "Sources")[-1][13:15] == ["2022-11-12", "2022-11-13"]
    assert ["Devices that cannot be judged yet", 1] in sheet(of, "Summary")
    assert ["Devices that do not satisfy a requirement", 1] in sheet(of, "Summary"), "the plural, whatever the number"


def test_entries_and_devices_are_two_rows_where_they_differ(tmp_path: Path) -> None:
    assert ["Devices", 4] in sheet(book(tmp_path / "f.xlsx"), "Summary")
    head = assessment()
    head = msgspec.structs.replace(head, totals=msgspec.structs.replace(head.totals, devices=9))
    told = sheet(book(tmp_path / "g.xlsx", head), "Summary")
    assert ["Entries", 4] in told and ["Devices that they stand for", 9] in told and ["Devices", 4] not in told


def test_numbers_are_numbers(tmp_path: Path) -> None:
    heads, first, *_ = sheet(book(tmp_path / "f.xlsx"), "Devices")
    assert first[heads.index("manufacturer_confidence")] == 0.98
    assert first[heads.index("quantity")] == 1


def test_headings_stay_in_sight_and_filter(tmp_path: Path) -> None:
    book(tmp_path / "f.xlsx")
    with zipfile.ZipFile(tmp_path / "f.xlsx") as archive:
        findings = archive.read("xl/worksheets/sheet2.xml").decode()
    assert '<pane ySplit="1"' in findings
    assert "<autoFilter" in findings


def test_on_paper_the_summary_has_both_columns_and_every_page_its_headings(tmp_path: Path) -> None:
    book(tmp_path / "f.xlsx")
    with zipfile.ZipFile(tmp_path / "f.xlsx") as archive:
        assert b'fitToPage="1"' in archive.read("xl/worksheets/sheet1.xml")
        assert b'orientation="landscape"' in archive.read("xl/worksheets/sheet2.xml")
        assert b"Findings!$1:$1" in archive.read("xl/workbook.xml")


def test_all_nasty_texts_are_text(tmp_path: Path) -> None:
    given: list[Entry] = []
    for text in nasty_strings():
        head, found = with_text_everywhere(text)
        given += found
    of = book(tmp_path / "f.xlsx", head, given)
    labels = [row[1] for row in sheet(of, "Devices")[1:]]
    assert labels[::4] == [cell(text) for text in nasty_strings()]
    assert not [label for label in labels if label[:1] in tuple("=+-@＝＋－＠")]
    with zipfile.ZipFile(tmp_path / "f.xlsx") as archive:
        names = archive.namelist()
        raw = "".join(archive.read(name).decode() for name in names)
    assert not re.search(r"<f[ >]|<hyperlink|TargetMode|externalLink|DDE|vbaProject", raw)
    assert not [name for name in names if "rels" in name and "worksheets" in name]


def test_rows_without_room_are_counted(tmp_path: Path) -> None:
    of = book(tmp_path / "f.xlsx", given=[unknown_device(n) for n in range(20)], most_rows=11)
    assert len(sheet(of, "Devices")) == 11
    assert ["Rows without room in this workbook, all of them in findings.csv", 21] in sheet(of, "Summary")


@pytest.mark.parametrize("quantity", [2**53 + 1, 10**400])
def test_a_number_too_large_is_text(tmp_path: Path, quantity: int) -> None:
    asset = msgspec.structs.replace(unknown_device().asset, quantity=quantity)
    entry = msgspec.structs.replace(unknown_device(), asset=asset)
    heads, first = sheet(book(tmp_path / "f.xlsx", given=[entry]), "Devices")
    assert first[heads.index("quantity")] == str(quantity)
