"""Workbooks in OpenDocument (.ods), read row by row.

The format writes one row or cell with a number of repetitions, so a few bytes can stand for a billion cells: empty
repetitions only move the counter, and filled ones are bounded. Formulas are never computed, comments are not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from custodiet.errors import SourceError
from custodiet.sources.tables.archive import SAVE_SMALLER, Archive, Walker, walk
from custodiet.sources.tables.grid import MAX_CELL, MAX_COLUMNS, Line, MergedRange, Sheet
from custodiet.sources.tables.values import number_text, one_line

MAX_SHEETS = 200
MAX_ROW = 1_048_576
"""Rows of a sheet in the programs that write the format."""
MAX_REPEATED = 1000
"""How often one filled row may be repeated."""
MAX_CELLS = 4_000_000
"""Filled cells of one sheet."""
MAX_MERGED = 20_000


def ods_sheets(archive: Archive) -> list[Sheet]:
    """The sheets of a workbook in their order.

    Raises:
        SourceError: the content is missing or broken, or a limit was passed.
    """
    names = _Names()
    for _ in walk(archive, "content.xml", names):
        pass
    return [_sheet(archive, index, name) for index, name in enumerate(names.names[:MAX_SHEETS])]


def _sheet(archive: Archive, index: int, name: str) -> Sheet:
    def lines() -> Iterator[Line]:
        sheet.merged.clear()
        rows = _Rows(archive.name, index, name, sheet.merged)
        for _ in walk(archive, "content.xml", rows):
            yield from rows.ready
            rows.ready.clear()
            if rows.done:
                return

    sheet = Sheet(name=name, lines=lines)
    return sheet


def _attribute(attributes: dict[str, str], name: str) -> str:
    """The value of an attribute whatever prefix the file gives its namespace."""
    end = f":{name}"
    return next((value for key, value in attributes.items() if key.endswith(end)), "")


def _count(attributes: dict[str, str], name: str, most: int) -> int:
    text = _attribute(attributes, name)
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1
    return max(1, min(number, most))


class _Names(Walker):
    """Names of the sheets; a table inside a table is not a sheet."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table":
            self._depth += 1
            if self._depth == 1:
                self.names.append(one_line(_attribute(attributes, "name"), 80))

    def end(self, tag: str) -> None:
        if tag == "table":
            self._depth -= 1


class _Rows(Walker):
    """Rows of the sheet with one number, gathered in `ready`."""

    def __init__(self, name: str, wanted: int, sheet: str, merged: list[MergedRange]) -> None:
        self.ready: list[Line] = []
        self.done = False
        self._place = f"{name}, sheet {sheet}"
        self._wanted, self._merged = wanted, merged
        self._table = -1
        self._depth = 0
        self._row = 0
        self._repeat_row = self._repeat_cell = 1
        self._cells: list[str] = []
        self._column = 0
        self._filled = 0
        self._value = self._kind = ""
        self._span = (1, 1)
        self._pieces: list[str] = []
        self._room = 0
        self._in_cell = False
        self._paragraphs = self._hidden = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table":
            self._depth += 1
            self._table += self._depth == 1
        if self._table != self._wanted or self._depth != 1:
            return
        if tag == "table-row":
            self._repeat_row = _count(attributes, "number-rows-repeated", MAX_ROW)
            self._cells, self._column = [], 0
        elif tag in ("table-cell", "covered-table-cell"):
            self._repeat_cell = _count(attributes, "number-columns-repeated", 1 << 20)
            self._kind = _attribute(attributes, "value-type")
            self._value = self._typed(attributes)
            self._span = (
                _count(attributes, "number-rows-spanned", MAX_ROW),
                _count(attributes, "number-columns-spanned", MAX_COLUMNS),
            )
            self._pieces, self._room, self._in_cell, self._paragraphs = [], MAX_CELL, True, 0
        elif tag == "annotation":
            self._hidden += 1
        elif tag == "p":
            self._paragraphs += 1
            if self._paragraphs > 1:
                self.text("\n")
        elif tag == "s":
            self.text(" " * _count(attributes, "c", 100))
        elif tag in ("tab", "line-break"):
            self.text(" ")

    def _typed(self, attributes: dict[str, str]) -> str:
        if self._kind in ("float", "percentage", "currency"):
            return number_text(_attribute(attributes, "value"))
        if self._kind == "date":
            return _attribute(attributes, "date-value")[:40].removesuffix("T00:00:00")
        if self._kind == "boolean":
            return "yes" if _attribute(attributes, "boolean-value") == "true" else "no"
        return ""

    def text(self, text: str) -> None:
        if self._in_cell and self._paragraphs and not self._hidden and self._room > 0:
            self._pieces.append(text[: self._room])
            self._room -= len(text)

    def end(self, tag: str) -> None:
        if tag == "table":
            self.done = self.done or (self._table == self._wanted and self._depth == 1)
            self._depth -= 1
        if self._table != self._wanted or self._depth != 1:
            return
        if tag == "annotation":
            self._hidden -= 1
        elif tag in ("table-cell", "covered-table-cell"):
            self._in_cell = False
            self._end_cell(covered=tag == "covered-table-cell")
        elif tag == "table-row":
            self._end_row()

    def _end_cell(self, *, covered: bool) -> None:
        value = "" if covered else self._value or "".join(self._pieces)
        if value.startswith("#") and value.endswith(("!", "?", "/A", "/B")):
            value = ""  # an error such as #N/A says nothing about a device
        if value and self._column < MAX_COLUMNS:
            times = min(self._repeat_cell, MAX_COLUMNS - self._column)
            self._cells.extend([""] * (self._column - len(self._cells)))
            self._cells.extend([value] * times)
            rows, columns = self._span
            if (rows > 1 or columns > 1) and len(self._merged) < MAX_MERGED:
                top, left = self._row + 1, self._column
                self._merged.append(MergedRange(top, left, top + rows - 1, left + columns - 1))
        self._column += self._repeat_cell

    def _end_row(self) -> None:
        if self._cells:
            times = min(self._repeat_row, MAX_REPEATED)
            self._filled += times * len(self._cells)
            if self._filled > MAX_CELLS or self._row + times > MAX_ROW:
                raise SourceError(
                    f"the sheet holds more than {MAX_CELLS:,} filled cells", place=self._place, next_step=SAVE_SMALLER
                )
            self.ready.extend(Line(self._row + 1 + index, self._cells) for index in range(times))
        self._row += self._repeat_row
