"""A count on the terminal, as CSV and as Parquet: scope first, the table, what the number is, what it leaves out."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from rich.console import Console
from rich.table import Table

from custodiet.count.result import CountResult, CountRow
from custodiet.report import summary, words
from custodiet.report.guard import cell, styled
from custodiet.report.summary import Names

FEW = 40
"""Rows shown; all of them stand in the files."""

NUMBERS = ("devices", "certain", "likely", "possible")


def show(console: Console, result: CountResult, names: Names, *, limit: int | None = FEW) -> None:
    """Print a count.

    Args:
        console: made by `custodiet.report.guard.console`.
        result: the count.
        names: names for the ids of the catalog.
        limit: rows shown at most; none: all.
    """
    read = f"{words.count(result.records, 'record')} of {words.count(len(result.sources), 'file')}"
    console.print(styled(f"Read {read}: {words.count(result.devices, 'device')}.", "bold"))
    for number, what in (
        (result.surveillance, "surveillance devices"),
        (result.other, "other things"),
        (result.unclear, "of which nothing seen says what they are"),
    ):
        console.print(styled(f"{number:>12,}  {what}"))
    console.print()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for word in result.by:
        table.add_column(word, overflow="fold")
    for word in NUMBERS:
        table.add_column(word, justify="right", no_wrap=True)
    rows = result.rows if limit is None else result.rows[:limit]
    for row in rows:
        table.add_row(*(styled(value) for value in _said(row, result, names)), *_numbers(row))
    console.print(table if rows else styled("No such device was seen."))
    if left := len(result.rows) - len(rows):
        console.print(styled(f"and {left:,} more rows: -v shows all, --out FILE writes them.", "dim"))
    console.print()
    console.print(styled(result.means))
    for sentence in unseen(result):
        console.print(styled(sentence))


def unseen(result: CountResult) -> Iterator[str]:
    """What the count leaves out."""
    if result.shown == "surveillance" and result.unclear:
        what, whom = ("it is", "it") if result.unclear == 1 else ("they are", "them")
        yield f"{words.count(result.unclear, 'device')} said too little to tell what {what}; --all shows {whom}."
    if result.unowned:
        yield (
            f"{words.count(result.unowned, 'record')} came from addresses with several devices behind them and did not "
            "show whose they are; they were not counted as devices."
        )
    for issue in result.issues[:FEW]:
        place = f"{issue.source} {issue.place}".rstrip()
        yield f"{place}: {summary.advice(issue.reason, issue.next_step)}"
    if len(result.issues) > FEW:
        yield f"and {len(result.issues) - FEW:,} more issues with the input; --json has them all."


def write_csv(file: IO[str], result: CountResult, names: Names) -> None:
    """Write the table as CSV, ids and names both."""
    table = csv.writer(file)
    concluded = [word for word in result.by if word in _NAMED]
    table.writerow([*result.by, *(f"{word}_name" for word in concluded), *NUMBERS])
    for row in result.rows:
        said = dict(zip(result.by, _said(row, result, names), strict=True))
        table.writerow([*map(cell, row.values), *(cell(said[word]) for word in concluded), *_counts(row)])


def write_parquet(path: Path, result: CountResult) -> None:
    """Write the table as Parquet; what the number is stands in its metadata."""
    import pyarrow as pa
    from pyarrow import parquet

    columns = {word: [row.values[at] for row in result.rows] for at, word in enumerate(result.by)}
    columns |= {word: [getattr(row, word) for row in result.rows] for word in NUMBERS}
    types = [(word, pa.string()) for word in result.by] + [(word, pa.int64()) for word in NUMBERS]
    told = {
        "means": result.means,
        "catalog": result.catalog,
        "first_day": result.first_day,
        "last_day": result.last_day,
    }
    parquet.write_table(pa.table(columns, schema=pa.schema(types, metadata=told)), path)


def _said(row: CountRow, result: CountResult, names: Names) -> Iterator[str]:
    for word, value in zip(result.by, row.values, strict=True):
        yield _NAMED.get(word, _as_it_is)(value, names) if value else "unknown"


def _as_it_is(value: str, _names: Names) -> str:
    return value


_NAMED: dict[str, Callable[[str, Names], str]] = {
    "maker": lambda value, names: names.company(value),
    "brand": lambda value, names: names.brand(value),
    "class": lambda value, _names: words.CLASSES.get(value, value),
}


def _counts(row: CountRow) -> list[int]:
    return [getattr(row, word) for word in NUMBERS]


def _numbers(row: CountRow) -> list[str]:
    return [f"{number:,}" for number in _counts(row)]
