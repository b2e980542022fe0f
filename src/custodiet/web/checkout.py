"""The tables of a body -> a case again, so that more can be read into it and everything concluded anew.

Every row gets the place it had, so that `publish` of the case that is made adds only what came after. The case is there
whole or not at all: it is made under another name, and gets its own when all of it is on the disk.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from django.db import connection

from custodiet.casefile import Case
from custodiet.web.estate import entry_of
from custodiet.web.generation import ADDED
from custodiet.web.publish import DECIDED, WHOLE, columns_of
from custodiet.web.rows import BATCH, as_read, groups
from custodiet.web.store import models

Beat = Callable[[], None]


def checkout(body: models.Body, path: Path, beat: Beat = lambda: None, *, concluded: bool = True) -> None:
    """Make a case of what the tables hold of a body.

    Args:
        body: whose; with nothing in its tables it becomes an empty case.
        path: of the case; a file that stands there is replaced.
        beat: called now and then; whoever wants to stop raises from it.
        concluded: with what was concluded; whoever concludes all of it anew needs only what was read.
    """
    body = models.Body.objects.get(id=body.id)
    part = path.with_name(f"{path.name}.part")
    for old in (part, path):
        # a journal that a killed worker left beside an old file must not be played back into a new one
        for ending in ("", "-journal", "-wal", "-shm"):
            old.with_name(old.name + ending).unlink(missing_ok=True)
    with Case(part) as case, sqlite3.connect(part) as rows:
        rows.execute("pragma synchronous = off")
        rows.execute("pragma journal_mode = off")
        last = {table: getattr(body, column) for table, _, column in ADDED}
        for table, model in (*((table, model) for table, model, _ in ADDED), DECIDED, *WHOLE):
            names = columns_of(model)
            ordered = (table, model) not in WHOLE
            into, marks = ["rowid", *names] if ordered else names, len(names) + ordered
            sql = f"insert into {table} ({', '.join(into)}) values ({', '.join('?' * marks)})"  # noqa: S608 (ours)
            asked = model._base_manager.filter(body=body).order_by("number")
            if table in last:  # what comes after is being put in, or was left by whoever was killed at it
                asked = asked.filter(number__lte=last[table])
            found = asked.values_list(*(["number", *names] if ordered else names))
            told = _as_read(found.iterator(BATCH)) if model is models.Observation else found.iterator(BATCH)
            rows.executemany(sql, _beating(told, beat))
        for group in groups(_beating(_concluded(body, case), beat), 200) if concluded else ():
            rows.executemany("insert into asset values (?, ?, ?, ?)", (row for _, row, _ in group))
            rows.executemany("insert into place values (?, ?)", ((place, row[0]) for place, row, _ in group))
            told = ((*subject.split("/", 1), row[0]) for _, row, subjects in group for subject in subjects)
            rows.executemany("insert into membership values (?, ?, ?)", told)
        rows.commit()
    rows.close()
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(path)


def _concluded(body: models.Body, case: Case) -> Iterator[tuple[int, tuple[Any, ...], tuple[str, ...]]]:
    """Place, row of the asset, and the subjects that it is."""
    for row in models.Device.objects.filter(body=body).order_by("place").only("place", "entry").iterator(200):
        entry = entry_of(row)
        id, _, identification, findings = case.pack(entry.asset, entry.identification, entry.findings)
        yield row.place, (id, msgspec.msgpack.encode(entry.asset), identification, findings), entry.asset.subjects


def _as_read(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    return rows if connection.vendor != "postgresql" else ((row[0], *as_read(row[1:])) for row in rows)


def _beating(rows: Iterator[tuple[Any, ...]], beat: Beat) -> Iterator[tuple[Any, ...]]:
    for number, row in enumerate(rows):
        if number % BATCH == 0:
            beat()
        yield row
