"""Which kind of table a file is, and its sheets.

The workbooks are read by code of this package over standard library parts that work in small pieces. A library that
builds whole sheets in memory is not used here: a workbook of 5 KB with one cell in the last row and column makes it ask
for hundreds of gigabytes, which ends the process where no error can be caught.
"""

from __future__ import annotations

from typing import IO

from custodiet.errors import SourceError
from custodiet.sources.tables.archive import Archive, open_archive
from custodiet.sources.tables.grid import Sheet
from custodiet.sources.tables.ods import ods_sheets
from custodiet.sources.tables.xlsx import xlsx_sheets

ZIP = b"PK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WORKBOOK_NAMES = (".xlsx", ".xlsm", ".xlsb", ".ods", ".xls")


def is_workbook(head: bytes, name: str) -> bool:
    """Whether the first bytes are those of a spreadsheet, by content; a name only settles what a zip archive is."""
    if head.startswith(ZIP):
        named = name.lower().endswith(WORKBOOK_NAMES)
        return named or b"xl/" in head or b"application/vnd.oasis.opendocument.spreadsheet" in head
    return head.startswith(OLD_OFFICE) and (name.lower().endswith(WORKBOOK_NAMES) or _UTF16_WORKBOOK in head)


_UTF16_WORKBOOK = "Workbook".encode("utf-16-le")


def workbook_sheets(stream: IO[bytes], name: str) -> tuple[list[Sheet], Archive]:
    """The sheets of an XLSX or ODS workbook, and the archive they are read from.

    Args:
        stream: the bytes; must stay open while the sheets are read.
        name: what the user calls the file.

    Raises:
        SourceError: see `open_archive`, `xlsx_sheets` and `ods_sheets`; also for older and protected workbooks.
    """
    magic = stream.read(len(OLD_OFFICE))
    stream.seek(0)
    if magic == OLD_OFFICE:
        raise SourceError(
            "this is an old Excel workbook (.xls) or one that is protected with a password",
            place=name,
            next_step="Save it as .xlsx without a password, or as .csv",
        )
    archive = open_archive(stream, name)
    if "content.xml" in archive:
        return ods_sheets(archive), archive
    return xlsx_sheets(archive), archive
