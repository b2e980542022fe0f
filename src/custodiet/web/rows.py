"""Many rows into a table, as fast as the database takes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from django.db import connection

from custodiet.model import Observation
from custodiet.model.observation import is_itself

BATCH = 2_000
"""Rows written at a time."""

T = TypeVar("T")


def groups(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """The items in lists of at most as many."""
    left = iter(items)
    while group := list(islice(left, size)):
        yield group


def insert(table: str, columns: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Write rows; the columns and the table are ours, the values are bound."""
    quoted = ", ".join(map(connection.ops.quote_name, columns))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"copy {connection.ops.quote_name(table)} ({quoted}) from stdin") as into:
                for row in rows:
                    into.write_row(list(map(_visible, row)))
            return
        marks = ", ".join(["%s"] * len(columns))
        sql = f"insert into {connection.ops.quote_name(table)} ({quoted}) values ({marks})"  # noqa: S608
        for group in groups(rows):
            cursor.executemany(sql, group)


def take_out(table: str, where: str, values: list[Any], most: int = BATCH) -> int:
    """Take rows out, at most so many.

    Args:
        table, where: ours; the values are bound.
        values: as the database takes them.
        most: how many.

    Returns:
        How many were taken out.
    """
    # the last first: what is taken out in parts most often came last, and is then found without looking at the rest
    place, ordered = ("ctid", "") if connection.vendor == "postgresql" else ("rowid", "order by rowid desc")
    sql = f"delete from {table} where {place} in (select {place} from {table} where {where} {ordered} limit %s)"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, most])
        return int(cursor.rowcount)


def counted(tables: Iterable[str]) -> None:
    """Have PostgreSQL look at what is in tables now; by itself it does so a minute later, and is slow until then."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"analyze {', '.join(map(connection.ops.quote_name, tables))}")


def there(table: str, where: str, values: list[Any]) -> bool:
    """Whether a table has such a row; arguments as for `take_out`."""
    with connection.cursor() as cursor:
        cursor.execute(f"select 1 from {table} where {where} limit 1", values)  # noqa: S608
        return cursor.fetchone() is not None


def storable(value: Any) -> Any:
    """PostgreSQL takes no zero characters in text: a text of a device that has one is kept with it written visibly."""
    return _visible(value) if connection.vendor == "postgresql" else value


def _visible(value: Any) -> Any:
    return value.replace("\0", "\\x00") if isinstance(value, str) and "\0" in value else value


def as_read(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The fields of an observation as they were before they were made storable: its id says whether one had a zero."""
    if connection.vendor != "postgresql" or not any(isinstance(value, str) and "\\x00" in value for value in row):
        return row
    was = tuple(value.replace("\\x00", "\0") if isinstance(value, str) else value for value in row)
    return row if is_itself(Observation(*row)) else was
