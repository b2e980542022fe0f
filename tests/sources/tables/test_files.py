"""Which files are workbooks, and what stands in the parts of one."""

from __future__ import annotations

import io

import pytest
from workbooks import XML, archive, bare_xlsx, ods, xlsx_rows

from custodiet.errors import SourceError
from custodiet.sources.tables.archive import Archive, open_archive
from custodiet.sources.tables.files import is_workbook, workbook_sheets
from custodiet.sources.tables.grid import Filler, Line, MergedRange, widen
from custodiet.sources.tables.text import find_separator
from custodiet.sources.tables.xlsx import column_number, shows_date


def sheet_lines(data: bytes) -> list[Line]:
    sheets, _ = workbook_sheets(io.BytesIO(data), "x")
    return list(sheets[0].lines())


def test_workbooks_are_known_by_content() -> None:
    assert is_workbook(xlsx_rows([["a"]]), "zonder naam")
    assert is_workbook(ods(""), "zonder naam")
    assert is_workbook(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "oud.xls")
    assert not is_workbook(archive({"word/document.xml": ""}), "brief.docx")
    assert not is_workbook(b"Merk;Model", "register.xlsx")


def test_rows_and_cells_without_references_are_counted() -> None:
    sheet = f"{XML}<x:worksheet xmlns:x='n'><x:sheetData>"
    sheet += "<x:row><x:c><x:v>1</x:v></x:c><x:c t='b'><x:v>1</x:v></x:c></x:row>"
    sheet += "<x:row r='5'><x:c r='C5' t='inlineStr'><x:is><x:t>a</x:t><x:rPh><x:t>phonetic</x:t></x:rPh></x:is></x:c>"
    sheet += "<x:c t='e'><x:v>#N/A</x:v></x:c></x:row><x:row><x:c t='str'><x:v>_x0041_</x:v></x:c></x:row>"
    sheet += "</x:sheetData></x:worksheet>"
    assert sheet_lines(bare_xlsx(sheet)) == [Line(1, ["1", "yes"]), Line(5, ["", "", "a"]), Line(6, ["A"])]


def test_shared_text_that_is_missing_is_empty() -> None:
    sheet = "<worksheet><sheetData><row><c t='s'><v>7</v></c><c t='s'><v>0</v></c></row></sheetData></worksheet>"
    assert sheet_lines(bare_xlsx(sheet, "<sst><si><t>a</t></si></sst>")) == [Line(1, ["", "a"])]


@pytest.mark.parametrize(
    ("code", "date"),
    [
        ("dd-mm-yyyy", True),
        ("[$-413]d mmmm yyyy;@", True),
        ("General", False),
        ("0.00", False),
        ('0" dagen"', False),
        ("[h]:mm:ss", False),
        ("[Red]0", False),
        ("_-* #,##0.00_d", False),
    ],
)
def test_number_formats_that_show_a_date(code: str, date: bool) -> None:
    assert shows_date(code) is date


def test_letters_of_columns() -> None:
    assert [column_number(letters) for letters in ("A", "Z", "AA", "XFD")] == [0, 25, 26, 16383]


def test_merged_cells_fill_down_and_headings_fill_right() -> None:
    filler = Filler([MergedRange(2, 0, 4, 2)])
    assert filler.fill(Line(2, ["a", "", ""])) == ["a", "", ""]
    assert filler.fill(Line(3, ["", "b"])) == ["a", "b"]
    assert filler.fill(Line(4, [])) == ["a"]
    assert filler.fill(Line(5, ["", "c"])) == ["", "c"]
    assert filler.filled == 2
    assert widen(Line(1, ["a", "", "", "b"]), [MergedRange(1, 0, 1, 2)]) == ["a", "a", "a", "b"]
    assert len(widen(Line(1, ["a"]), [MergedRange(1, 0, 1, 16383)])) == 256


def test_separator_is_the_one_that_gives_known_headings() -> None:
    def known(cells: list[str]) -> int:
        return len({"Merk", "Model"} & set(cells))

    assert find_separator("Merk;Model\na, b, c;d\n", known) == ";"
    assert find_separator("Een zin, met komma's\nMerk|Model\n", known) == "|"
    assert find_separator("sep=\t\nMerk;Model\n", known) == "\t"
    assert find_separator('sep="\nMerk;Model\n', known) == ";"
    assert find_separator("geen tabel\n", known) == ""


def opened(data: bytes) -> Archive:
    return open_archive(io.BytesIO(data), "x.xlsx")


def test_pieces_of_a_part_are_small_and_whole() -> None:
    content = bytes(range(256)) * 1024
    pieces = list(opened(archive({"a": content})).pieces("A"))
    assert b"".join(pieces) == content
    assert max(map(len, pieces)) <= 65536
    with pytest.raises(SourceError, match="lacks its part b"):
        list(opened(archive({"a": content})).pieces("b"))


def test_part_with_a_wrong_checksum_is_damaged() -> None:
    data = bytearray(archive({"a": b"x" * 5000}))
    data[40] ^= 0xFF
    with pytest.raises(SourceError, match="truncated or damaged"):
        list(opened(bytes(data)).pieces("a"))
