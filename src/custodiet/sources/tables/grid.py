"""What every table file is turned into: sheets of numbered lines of text.

It knows rows, cells and merged ranges. It refuses to know what a column means; see `table_columns` for that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

MAX_COLUMNS = 256
"""Columns after this are not read: a register that wide is a pivot table, and hostile files are wider still."""

MAX_CELL = 4000
"""Characters of one cell that are kept."""


class Line(NamedTuple):
    """One row as it stands in the file."""

    number: int
    """Row number as a spreadsheet program shows it, from 1."""
    cells: list[str]
    """Text per column; may be shorter than other lines."""
    problem: str = ""
    """Why the row could not be read; empty when it could."""


class MergedRange(NamedTuple):
    """Cells that were merged into one; only the first holds a value."""

    top: int
    """First row, from 1."""
    left: int
    """First column, from 0."""
    bottom: int
    """Last row."""
    right: int
    """Last column."""


@dataclass(slots=True)
class Sheet:
    """One table of a file.

    Args:
        name: as the file calls it; empty for a text file.
        lines: walks through the rows from the start, each time it is called.
        merged: ranges of merged cells, complete once `lines` was walked to its end, since XLSX names them last.
        notes: what a reader of the report should know about the file, for example the encoding that was assumed.
    """

    name: str
    lines: Callable[[], Iterator[Line]]
    merged: list[MergedRange] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Filler:
    """Gives a row the values that merged cells above it stand for.

    Only downwards and only in the first column of a range: a title merged over all columns must not become the brand,
    the model and the serial number of a device.
    """

    def __init__(self, merged: list[MergedRange]) -> None:
        self._tall = {(one.top, one.left): one for one in merged if one.bottom > one.top}
        self._active: dict[int, tuple[int, str]] = {}
        self.filled = 0
        """How many cells were filled."""

    def fill(self, line: Line) -> list[str]:
        """Cells of the row, completed. Rows must come in the order of the file."""
        if not self._tall:
            return line.cells
        cells = list(line.cells)
        for column, (bottom, value) in list(self._active.items()):
            if line.number > bottom:
                del self._active[column]
            elif not _at(cells, column):
                cells.extend([""] * (column + 1 - len(cells)))
                cells[column] = value
                self.filled += 1
        for column, value in enumerate(line.cells):
            one = self._tall.get((line.number, column)) if value else None
            if one is not None:
                self._active[column] = (one.bottom, value)
        return cells


def widen(line: Line, merged: list[MergedRange]) -> list[str]:
    """Cells of a heading row in which a heading merged over several columns stands above each of them."""
    cells = list(line.cells)
    for one in merged:
        if one.top <= line.number <= one.bottom and one.right > one.left and (value := _at(cells, one.left)):
            last = min(one.right, MAX_COLUMNS - 1)
            cells.extend([""] * (last + 1 - len(cells)))
            for column in range(one.left + 1, last + 1):
                cells[column] = cells[column] or value
    return cells


def _at(cells: list[str], column: int) -> str:
    return cells[column] if column < len(cells) else ""
