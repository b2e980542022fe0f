"""Workbooks in Office Open XML (.xlsx, .xlsm), read row by row.

It knows sheets, shared texts, dates hidden in number formats and merged cells. Formulas are never computed: the value
that was stored with them is read. Charts, pictures, macros and comments are never unpacked.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from custodiet.errors import SourceError
from custodiet.sources.tables.archive import ASK_AGAIN, SAVE_SMALLER, Archive, Walker, walk
from custodiet.sources.tables.grid import MAX_CELL, MAX_COLUMNS, Line, MergedRange, Sheet
from custodiet.sources.tables.values import number_text, one_line, serial_text

MAX_SHEETS = 200
MAX_TEXTS = 1_000_000
"""Shared texts of one workbook; a register of 100,000 rows has about that many."""
MAX_ROW = 1_048_576
"""Rows of a sheet, by the format."""
MAX_MERGED = 20_000

_DATE_FORMATS = frozenset({14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)})
"""Built-in number formats that show a date."""
_NOT_FORMAT = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
"""Parts of a number format that are shown as they stand, so that a letter there means nothing."""
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")


def xlsx_sheets(archive: Archive) -> list[Sheet]:
    """The sheets of a workbook in their order.

    Raises:
        SourceError: a part that is needed is missing or broken, or a limit was passed.
    """
    if "xl/workbook.xml" not in archive:
        binary = "xl/workbook.bin" in archive
        reason = "this is a binary workbook (.xlsb)" if binary else "the archive holds no workbook"
        raise SourceError(reason, place=archive.name, next_step="Save it as .xlsx, .ods or .csv")
    book = _Book()
    _read(archive, "xl/workbook.xml", book)
    links = _Links()
    _read(archive, "xl/_rels/workbook.xml.rels", links)
    formats = _Formats()
    if "xl/styles.xml" in archive:
        _read(archive, "xl/styles.xml", formats)
    texts = _Texts(archive.name)
    if "xl/sharedstrings.xml" in archive:
        _read(archive, "xl/sharedStrings.xml", texts)
    sheets: list[Sheet] = []
    seen: set[str] = set()
    for name, link in book.sheets[:MAX_SHEETS]:
        part = posixpath.normpath(posixpath.join("/xl", links.targets.get(link, ""))).lstrip("/")
        # A chart sheet has no cells; a part named twice would be unpacked twice.
        if part in seen or "/worksheets/" not in f"/{part}".lower() or part not in archive:
            continue
        seen.add(part)
        sheets.append(_sheet(archive, part, name, texts.texts, formats.dates, book.epoch_1904))
    return sheets


def _sheet(archive: Archive, part: str, name: str, texts: list[str], dates: frozenset[int], epoch_1904: bool) -> Sheet:
    def lines() -> Iterator[Line]:
        sheet.merged.clear()
        rows = _Rows(archive.name, name, texts, dates, epoch_1904, sheet.merged)
        for _ in walk(archive, part, rows):
            yield from rows.ready
            rows.ready.clear()

    sheet = Sheet(name=name, lines=lines)
    return sheet


def _read(archive: Archive, part: str, walker: Walker) -> None:
    for _ in walk(archive, part, walker):
        pass


class _Book(Walker):
    """Names of the sheets, and the year from which the workbook counts days."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.epoch_1904 = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            link = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            self.sheets.append((one_line(attributes.get("name", ""), 80), link))
        elif tag == "workbookPr":
            self.epoch_1904 = attributes.get("date1904", "0") in ("1", "true")


class _Links(Walker):
    """Which part a sheet is in."""

    def __init__(self) -> None:
        self.targets: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")[:400]


class _Formats(Walker):
    """Which cell styles show a date."""

    def __init__(self) -> None:
        self._custom: set[int] = set()
        self._styles: list[int] = []
        self._inside = False

    @property
    def dates(self) -> frozenset[int]:
        """Style numbers whose format is a date."""
        known = _DATE_FORMATS | self._custom
        return frozenset(index for index, one in enumerate(self._styles) if one in known)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "cellXfs":
            self._inside = True
        elif tag == "numFmt" and shows_date(attributes.get("formatCode", "")):
            self._custom.add(_number(attributes.get("numFmtId", "")))
        elif tag == "xf" and self._inside:
            self._styles.append(_number(attributes.get("numFmtId", "")))

    def end(self, tag: str) -> None:
        if tag == "cellXfs":
            self._inside = False


def shows_date(code: str) -> bool:
    """Whether a number format shows a day or a year, as ``dd-mm-yyyy`` does and ``[h]:mm`` does not."""
    letters = _NOT_FORMAT.sub("", code[:255]).lower()
    return letters != "general" and ("y" in letters or "d" in letters)


class _Texts(Walker):
    """The texts that cells refer to by number."""

    def __init__(self, name: str) -> None:
        self.texts: list[str] = []
        self._name = name
        self._pieces: list[str] = []
        self._room = 0
        self._in_text = self._in_phonetic = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "si":
            self._pieces, self._room = [], MAX_CELL
        elif tag == "rPh":
            self._in_phonetic = True
        self._in_text = tag == "t" and not self._in_phonetic

    def text(self, text: str) -> None:
        if self._in_text and self._room > 0:
            self._pieces.append(text[: self._room])
            self._room -= len(text)

    def end(self, tag: str) -> None:
        if tag == "t":
            self._in_text = False
        elif tag == "rPh":
            self._in_phonetic = False
        elif tag == "si":
            if len(self.texts) >= MAX_TEXTS:
                raise SourceError(
                    f"the workbook holds more than {MAX_TEXTS:,} texts", place=self._name, next_step=SAVE_SMALLER
                )
            self.texts.append(_unescape("".join(self._pieces)))


class _Rows(Walker):
    """Rows of one sheet, gathered in `ready`."""

    def __init__(
        self,
        name: str,
        sheet: str,
        texts: list[str],
        dates: frozenset[int],
        epoch_1904: bool,
        merged: list[MergedRange],
    ) -> None:
        self.ready: list[Line] = []
        self._place = f"{name}, sheet {sheet}"
        self._texts, self._dates, self._epoch_1904, self._merged = texts, dates, epoch_1904, merged
        self._row = 0
        self._column = -1
        self._cells: list[str] = []
        self._kind = ""
        self._style = -1
        self._pieces: list[str] = []
        self._room = 0
        self._in_value = self._in_phonetic = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            reference = _REFERENCE.fullmatch(attributes.get("r", ""))
            self._column = column_number(reference[1]) if reference else self._column + 1
            self._kind = attributes.get("t", "")
            self._style = _number(attributes.get("s", ""))
            self._pieces, self._room = [], MAX_CELL
        elif tag == "v" or (tag == "t" and self._kind == "inlineStr" and not self._in_phonetic):
            self._in_value = True
        elif tag == "rPh":
            self._in_phonetic = True
        elif tag == "row":
            self._row = _number(attributes.get("r", "")) if "r" in attributes else self._row + 1
            if not 0 < self._row <= MAX_ROW:
                raise SourceError("a row has an impossible number", place=self._place, next_step=ASK_AGAIN)
            self._column, self._cells = -1, []
        elif tag == "mergeCell" and len(self._merged) < MAX_MERGED:
            first, _, last = attributes.get("ref", "").partition(":")
            a, b = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last)
            if a and b:
                self._merged.append(MergedRange(int(a[2]), column_number(a[1]), int(b[2]), column_number(b[1])))

    def text(self, text: str) -> None:
        if self._in_value and self._room > 0:
            self._pieces.append(text[: self._room])
            self._room -= len(text)

    def end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self._in_value = False
        elif tag == "rPh":
            self._in_phonetic = False
        elif tag == "c" and 0 <= self._column < MAX_COLUMNS:
            value = self._value()
            if value:
                self._cells.extend([""] * (self._column + 1 - len(self._cells)))
                self._cells[self._column] = value
        elif tag == "row":
            self.ready.append(Line(self._row, self._cells))

    def _value(self) -> str:
        raw = "".join(self._pieces)
        if self._kind == "s":
            index = _number(raw)
            return self._texts[index] if 0 <= index < len(self._texts) else ""
        if self._kind in ("str", "inlineStr"):
            return _unescape(raw)
        if self._kind == "b":
            return "yes" if raw.strip() in ("1", "true") else "no"
        if self._kind == "e":
            return ""  # an error such as #N/A says nothing about a device
        if self._kind == "d" or not raw:
            return raw
        return serial_text(raw, self._epoch_1904) if self._style in self._dates else number_text(raw)


def column_number(letters: str) -> int:
    """Column from 0 for its letters: A is 0, AA is 26."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
