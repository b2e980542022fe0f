"""How one sheet is read: where its headings stand, what its columns mean, in which order its dates are written.

A sheet is walked through once to decide this, before a single row is passed on, since a date such as 3/5/2021 can only
be understood by the whole column.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from custodiet.catalog.files import read_record
from custodiet.catalog.load import default_folder
from custodiet.sources.base import ReadOptions
from custodiet.sources.tables.columns import (
    DATES,
    ColumnWords,
    Headings,
    column_words,
    guess_kind,
    heading_key,
    known_headings,
    map_columns,
    name_columns,
)
from custodiet.sources.tables.grid import Filler, Line, MergedRange, Sheet, widen
from custodiet.sources.tables.values import day_order, read_ip, read_mac

HEADING_ROWS = 25
"""How many filled rows may stand above the headings: titles, dates of printing, logos."""
SAMPLES = 200
"""Values per column that are looked at to see what a column holds."""


@functools.cache
def words() -> ColumnWords:
    """The vocabulary of headings that came with the program."""
    return column_words(read_record(default_folder() / "vocabulary" / "columns.yml", Headings))


def known(cells: Sequence[str]) -> int:
    """How many cells of a row are headings that the vocabulary knows."""
    return known_headings(cells, words())


@dataclass(slots=True)
class Plan:
    """How one sheet is read."""

    sheet: Sheet
    heading_row: int
    """Row of the headings; 0 when there are none."""
    names: list[str]
    fields: list[str]
    heading: list[str]
    """The cells of the heading row, to recognise it where it is repeated."""
    month_first: frozenset[int] = frozenset()
    notes: list[tuple[str, str]] = field(default_factory=list)
    """(reason, next step) about the sheet as a whole."""

    def place(self, row: int) -> str:
        """Locator of a row."""
        return f"sheet {self.sheet.name}, row {row}" if self.sheet.name else f"row {row}"

    def subject(self, row: int) -> str:
        """Subject of a row."""
        return f"row:{self.sheet.name}!{row}" if self.sheet.name else f"row:{row}"


def _heading_row(
    lines: Sequence[Line], merged: list[MergedRange], headings_in: Callable[[list[str]], int]
) -> Line | None:
    """The line that holds the headings, or none when the first filled line already holds data."""
    best: Line | None = None
    most = 0
    narrow = all(len(line.cells) <= 1 for line in lines)
    filler = Filler(merged)  # headings in two rows: one of them may be merged over both
    for line in lines:
        line = line._replace(cells=filler.fill(line))
        cells = widen(line, merged)
        number = headings_in(cells)
        if number > most and (number > 1 or narrow or sum(map(bool, cells)) > 1):
            best, most = line, number
    if best is not None:
        return best
    first = next((line for line in lines if sum(map(bool, line.cells)) > 1), None)
    if first is None or any(read_mac(cell) or read_ip(cell) for cell in first.cells):
        return None
    return first


def plan_sheet(sheet: Sheet, options: ReadOptions) -> Plan | None:
    """Walk through a sheet once and decide how to read it; none when no column of it is known."""
    said = {heading.removeprefix(f"{sheet.name}!"): value for heading, value in options.columns.items()}
    said_keys = {heading_key(heading) for heading, value in said.items() if value}

    def headings_in(cells: list[str]) -> int:
        return max(known(cells), sum(heading_key(cell) in said_keys for cell in cells if cell))

    first: list[Line] = []
    samples: list[list[str]] = []
    orders: list[set[str]] = []
    for line in sheet.lines():
        if not any(line.cells):
            continue
        if len(first) < HEADING_ROWS:
            first.append(line)
        for column, cell in enumerate(line.cells):
            if column == len(samples):
                samples.append([])
                orders.append(set())
            if cell and len(samples[column]) < SAMPLES:
                samples[column].append(cell)
            if cell[:1].isdigit() and len(cell) <= 30 and (order := day_order(cell)):
                orders[column].add(order)
    if not first:
        return None
    heading = _heading_row(first, sheet.merged, headings_in)
    cells = widen(heading, sheet.merged) if heading else []
    cells.extend([""] * (len(samples) - len(cells)))
    names = name_columns(cells)
    kind = options.kind or guess_kind(names, words())
    fields = map_columns(names, samples, words(), kind=kind, said=said)
    if not any(fields):
        return None
    plan = Plan(sheet, heading.number if heading else 0, names, fields, heading.cells if heading else [])
    plan.notes = [(note, "Check names with accents in the report") for note in sheet.notes]
    _settle_dates(plan, orders)
    return plan


def _settle_dates(plan: Plan, orders: Sequence[set[str]]) -> None:
    """Decide by the column as a whole whether 3/5/2021 is in March or in May."""
    month_first: set[int] = set()
    for column, (name, meaning, found) in enumerate(zip(plan.names, plan.fields, orders, strict=False)):
        if meaning not in DATES or not found:
            continue
        if "month" in found and "day" not in found:
            month_first.add(column)
        elif "both" in found and "day" not in found:
            plan.notes.append(
                (
                    f"the dates under {name} can be read in two ways and were read as day, month, year",
                    "Write them as 2021-03-05 where that is wrong",
                )
            )
        elif {"day", "month"} <= found:
            plan.notes.append((f"the dates under {name} have day and month in both orders", "Correct the column"))
    plan.month_first = frozenset(month_first)
