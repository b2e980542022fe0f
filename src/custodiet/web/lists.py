"""Lists that are shown a page at a time, and given whole as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from custodiet.report.csv import BOM
from custodiet.report.guard import cell
from custodiet.web.page import File
from custodiet.web.rows import groups

AT_A_TIME = 50
"""Rows on one page."""

MOST = 10_000
"""Rows that are counted and paged through; whoever has more to see asks a narrower question, or takes the table."""


class Paging(msgspec.Struct, frozen=True, kw_only=True):
    """Where in a list one is."""

    total: int
    """How many rows there are, at most `MOST`."""
    more: bool
    """Whether there are more than that."""
    page: int
    """From 1."""
    pages: int


def page_of(found: Any, page: int) -> tuple[list[Any], Paging]:
    """The rows of one page of what a table was asked, and where that is; a page beyond the last is the last."""
    total = found[: MOST + 1].count()
    more, total = total > MOST, min(total, MOST)
    pages = max(1, -(-total // AT_A_TIME))
    page = min(max(1, page), pages)
    rows = list(found[(page - 1) * AT_A_TIME : page * AT_A_TIME])
    return rows, Paging(total=total, more=more, page=page, pages=pages)


def table(name: str, columns: Sequence[str], rows: Callable[[], Iterable[Sequence[Any]]]) -> File:
    """A list as CSV, written while it is sent; texts of devices become no formulas.

    Args:
        name: of the file, without its ending.
        columns: their headings.
        rows: makes the rows when they are wanted.
    """

    def lines() -> Iterator[bytes]:
        yield BOM.encode()
        for group in groups(_with(columns, rows())):
            text = io.StringIO()
            csv.writer(text).writerows([cell(v) if isinstance(v, str) else v for v in row] for row in group)
            yield text.getvalue().encode()

    return File(name=f"{name}.csv", kind="text/csv; charset=utf-8", content=lines)


def _with(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    yield columns
    yield from rows
