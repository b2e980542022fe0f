"""Any bytes as a register: as CSV, as a workbook, and as the XML inside one."""

from __future__ import annotations

import io
import zipfile

from drain import drain
from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.sources.tables.reader import CSV, WORKBOOK


def target(data: bytes) -> None:
    """Read the bytes as CSV and as a workbook."""
    drain(CSV, data, "register.csv")
    drain(WORKBOOK, data, "register.xlsx")


def packed(parts: dict[str, bytes]) -> bytes:
    """A zip archive of these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


BOOK = {
    "xl/workbook.xml": b'<workbook><sheets><sheet name="S" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": b'<R><Relationship Id="r1" Target="worksheets/sheet1.xml"/></R>',
    "xl/sharedStrings.xml": b"<sst><si><t>Merk</t></si><si><t>Model</t></si><si><t>A</t></si></sst>",
    "xl/styles.xml": b'<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
}
SHEET = {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData/></worksheet>"}


def target_sheet(data: bytes) -> None:
    """Read the bytes as each part of a workbook whose other parts are right."""
    drain(WORKBOOK, packed(BOOK | {"xl/worksheets/sheet1.xml": data}), "register.xlsx")
    for part in BOOK:
        drain(WORKBOOK, packed(BOOK | SHEET | {part: data}), "register.xlsx")


def target_content(data: bytes) -> None:
    """Read the bytes as the content of an OpenDocument spreadsheet."""
    drain(WORKBOOK, packed({"content.xml": data}), "register.ods")


@FUZZ
@given(st.binary(max_size=400) | mutations(seeds("tables_csv")))
def test_any_bytes_as_csv(data: bytes) -> None:
    target(data)


@FUZZ
@given(mutations(seeds("tables_workbook")))
def test_any_workbook(data: bytes) -> None:
    target(data)


@FUZZ
@given(mutations(seeds("tables_xlsx_sheet")))
def test_any_part_of_a_workbook(data: bytes) -> None:
    target_sheet(data)


@FUZZ
@given(mutations(seeds("tables_ods_content")))
def test_any_content_of_an_opendocument_spreadsheet(data: bytes) -> None:
    target_content(data)
