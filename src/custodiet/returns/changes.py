"""What changed since the return before: rows that are new or gone, and cells that say something else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from custodiet.errors import UsageError
from custodiet.returns.paper import SCHEMA_VERSION, Changed, Return, Table

LARGEST = 64 * 1024 * 1024
"""Bytes of a return that is read back."""


def read_return(path: Path) -> Return:
    """Read a return that was written as JSON.

    Raises:
        UsageError: it cannot be read, or is no return of this version.
    """
    step = "Give the .json of an earlier return, or leave --previous out."
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as fault:
        raise UsageError(f"it cannot be read: {fault.strerror or fault}", place=str(path), next_step=step) from fault
    if len(data) > LARGEST:
        raise UsageError("it is too large for a return", place=str(path), next_step=step)
    try:
        found = msgspec.json.decode(data, type=Return)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise UsageError("this is no return", place=str(path), next_step=step) from fault
    if found.schema != SCHEMA_VERSION:
        raise UsageError(f"this return is of version {found.schema[:20]}", place=str(path), next_step=step)
    return found


def check_previous(before: Return, now: Return, place: str) -> None:
    """Refuse to compare what cannot be compared.

    Raises:
        UsageError: another regime, another body, or a later date.
    """
    for what, was, now_is in (("regime", before.regime, now.regime), ("body", before.body_id, now.body_id)):
        if was != now_is:
            step = f"Give a return of {now_is}, or leave --previous out."
            raise UsageError(f"the return before is of another {what}: {was[:60]}", place=place, next_step=step)
    if before.as_of > now.as_of:
        step = "Give an earlier one, or another --on."
        raise UsageError(f"the return before is of a later day, {before.as_of[:10]}", place=place, next_step=step)


def compare(before: Return, now: Return) -> Iterator[Changed]:
    """The differences, in the order of this return; both are of one regime and one body.

    A column that only one of them has, as a restricted one beside a public one, is passed over.
    """
    was = {(section.id, table.id): table for section in before.sections for table in section.tables}
    for section in now.sections:
        for table in section.tables:
            earlier = was.get((section.id, table.id))
            if earlier is not None:
                yield from _of_table(earlier, table)


def _of_table(before: Table, now: Table) -> Iterator[Changed]:
    places = {column.id: at for at, column in enumerate(before.columns)}
    old = {row.key: row for row in before.rows}
    for row in now.rows:
        name = str(row.cells[0]) if row.cells else row.key
        earlier = old.pop(row.key, None)
        if earlier is None:
            yield Changed(table=now.title, row=name, column="", was=None, now=None, how="new")
            continue
        for at, column in enumerate(now.columns):
            place = places.get(column.id, len(earlier.cells))
            if place < len(earlier.cells) and at < len(row.cells) and earlier.cells[place] != row.cells[at]:
                yield Changed(
                    table=now.title,
                    row=name,
                    column=column.title,
                    was=earlier.cells[place],
                    now=row.cells[at],
                    how="changed",
                )
    for row in old.values():
        name = str(row.cells[0]) if row.cells else row.key
        yield Changed(table=now.title, row=name, column="", was=None, now=None, how="gone")
