"""The beginning of a table as it would be read, so that people can correct what a column means before it is."""

from __future__ import annotations

import itertools
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import msgspec

from custodiet.sources.base import ReadOptions
from custodiet.sources.tables.files import workbook_sheets
from custodiet.sources.tables.grid import Filler, Sheet
from custodiet.sources.tables.plan import known, plan_sheet
from custodiet.sources.tables.text import text_sheet

LOOKED_AT = 2_000
"""Rows of a sheet that are looked at; reading looks at all of them, and can in rare cases guess otherwise."""

SHOWN = 3
"""Rows below the headings that are shown."""

MOST_SHEETS = 10


class Beginning(msgspec.Struct, frozen=True, kw_only=True):
    """How a sheet begins."""

    sheet: str
    """As the file calls it; empty for a text file."""
    headings: tuple[str, ...]
    """As a correction names them; a column without one is called by its letter."""
    fields: tuple[str, ...]
    """What each column would be read as; empty: it is not read."""
    rows: tuple[tuple[str, ...], ...]
    """Cells of the first rows."""


def beginnings(path: Path, name: str, format: str) -> tuple[Beginning, ...]:
    """How the sheets of a table begin that have a column which is known.

    Args:
        path: the file.
        name: what people call it.
        format: id of its reader: ``csv`` or ``workbook``; of any other format nothing is known.

    Raises:
        SourceError: it cannot be read as a table.
    """
    if format not in ("csv", "workbook"):
        return ()
    with ExitStack() as opened:
        if format == "csv":
            sheets = [text_sheet(path, known, lambda _done: None)]
        else:
            sheets, _ = workbook_sheets(opened.enter_context(path.open("rb")), name)
        found = [_beginning(sheet) for sheet in sheets[:MOST_SHEETS]]
    return tuple(one for one in found if one is not None)


def _beginning(sheet: Sheet) -> Beginning | None:
    short = replace(sheet, lines=lambda: itertools.islice(sheet.lines(), LOOKED_AT))
    plan = plan_sheet(short, ReadOptions())
    if plan is None:
        return None
    filler, rows = Filler(sheet.merged), []
    for line in short.lines():
        if line.number > plan.heading_row and any(line.cells) and not line.problem:
            rows.append(tuple(filler.fill(line)))
        if len(rows) == SHOWN:
            break
    return Beginning(sheet=sheet.name, headings=tuple(plan.names), fields=tuple(plan.fields), rows=tuple(rows))
