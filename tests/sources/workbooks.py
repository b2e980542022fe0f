"""Workbooks made for tests: honest ones, and ones made to harm."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Sequence

import xlsxwriter

XML = '<?xml version="1.0" encoding="UTF-8"?>'
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def xlsx(fill: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    """A workbook as a spreadsheet program writes it."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    fill(book)
    book.close()
    return stream.getvalue()


def xlsx_rows(rows: Sequence[Sequence[object]], name: str = "Blad1") -> bytes:
    """A workbook with one sheet."""

    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)

    return xlsx(fill)


def archive(parts: dict[str, str | bytes]) -> bytes:
    """A zip archive of these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            # The format asks for its type in plain bytes, so that programs see it without unpacking.
            made.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else None)
    return stream.getvalue()


def bare_xlsx(sheet: str | bytes, texts: str = "", extra: dict[str, str | bytes] | None = None) -> bytes:
    """A workbook whose parts are written by hand, so that they can be wrong."""
    parts: dict[str, str | bytes] = {
        "xl/workbook.xml": f'{XML}<workbook xmlns:r="r"><sheets><sheet name="S" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": (
            f'{XML}<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>'
        ),
        "xl/worksheets/sheet1.xml": sheet,
    }
    if texts:
        parts["xl/sharedStrings.xml"] = texts
    return archive(parts | (extra or {}))


def ods(tables: str) -> bytes:
    """An OpenDocument spreadsheet with these ``table:table`` elements."""
    content = (
        f'{XML}<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    return archive({"mimetype": ODS_TYPE, "content.xml": content})


def understate(data: bytes, part: str, size: int) -> bytes:
    """The same archive with a smaller unpacked size in its directory and in the part's own header."""
    changed = bytearray(data)
    name = part.encode()
    for magic, offset, name_offset in ((b"PK\x01\x02", 24, 46), (b"PK\x03\x04", 22, 30)):
        place = changed.find(magic)
        while place >= 0:
            if changed[place + name_offset : place + name_offset + len(name)] == name:
                struct.pack_into("<I", changed, place + offset, size)
            place = changed.find(magic, place + 4)
    return bytes(changed)
