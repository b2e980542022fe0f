"""A case -> the tables of a body, and back: the case is where things are concluded, the tables are what people see.

Rows of what was read are copied as they stand, and only those that are new; what was concluded takes the place of what
was concluded before. Both are put there by many short transactions, of which nobody sees anything (`prepare`), until
one shows all of it (`show`). A case that is made again of the tables holds the same rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

import msgspec
from django.db import transaction

from custodiet import audit as steps
from custodiet.casefile import Case
from custodiet.catalog.contents import Catalog
from custodiet.concluding import MANY
from custodiet.model import Assessment
from custodiet.web import reopened
from custodiet.web.changes import Comparison
from custodiet.web.column_writer import Writer
from custodiet.web.generation import ADDED, Generation, locked
from custodiet.web.made import STANDING, STORED, Made, Maker, standings
from custodiet.web.news import News
from custodiet.web.progress import Progress
from custodiet.web.rows import groups, insert, storable
from custodiet.web.store import models

WHOLE: tuple[tuple[str, Any], ...] = (
    ("source", models.Source),
    ("replaced", models.Replaced),
    ("tally", models.Tally),
    ("heading", models.Heading),
    ("meta", models.Kept),
)
"""Tables of a case whose rows may change; they are small beside the others."""

DECIDED = ("decision", models.Decided)
"""What people decided, to which rows are only added too; they may do so here at any time."""


STRAY = ("stray", "surveillance")
"""Standing and kind of a device that the register should know."""

AT_ONCE = 500
"""Devices put in by one transaction: others wait no longer than that takes."""


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What is in the tables and not shown yet."""

    case: Path
    generation: Generation
    assessment: Assessment
    comparison: Comparison
    progress: Progress
    news: News
    added: dict[str, int]
    """Table of a case -> number of the last row that is there."""
    anew: tuple[tuple[str, Any], ...]
    """Tables of which rows of another case are there: only what shows this can put its own in their place."""


def publish(case: Path, body: models.Body, catalog: Catalog, now: datetime | None = None) -> News:
    """Put what a case holds into the tables of a body, and show it.

    Returns:
        what there is to tell of it.

    Args:
        case: a case that was concluded.
        body: whose it is; its rows are replaced or added to, those of no other body are touched.
        catalog: whose the other sides of conversations are.
        now: when; none: this moment.

    Raises:
        UsageError: nothing was concluded in the case.
        IntegrityError: the case is damaged.
        Overtaken: somebody else puts something into the tables of this body.
    """
    prepared = prepare(case, body, catalog, now)
    with transaction.atomic():
        show(prepared, locked(body.id))
    prepared.generation.tidy()
    body.refresh_from_db()
    return prepared.news


def prepare(
    case: Path,
    body: models.Body,
    catalog: Catalog,
    now: datetime | None = None,
    heed: Callable[[], None] = lambda: None,
) -> Prepared:
    """Put what a case holds into the tables, so that nobody sees it; arguments and faults as for `publish`.

    Args:
        heed: called before each of the transactions; whoever wants to stop raises from it.
    """
    with Case(case, must_exist=True) as opened, _rows_of(case) as rows:
        assessment = steps.assess(opened, steps.recalled(opened))
        generation = Generation(body, now or datetime.now(UTC), heed)
        added, anew, adding, new = {}, [], [], 0
        for table, model, column in ADDED:
            since = getattr(generation.body, column)
            sql = f"select coalesce(max(rowid), 0) from {table}"  # noqa: S608 (a name of ours)
            added[table] = int(rows.execute(sql).fetchone()[0])
            if _is_that(rows, table, model, generation.body, since):
                adding.append(_add(rows, table, model, generation, since))
                new += max(0, added[table] - since)
            else:
                anew.append((table, model))
        kinds = {source.id: str(source.kind) for source in assessment.sources}
        comparison, progress = Comparison(generation.body, generation.at, generation.number), Progress()
        news = News()
        found = Maker(case, catalog, kinds).all(opened)
        beside = chain.from_iterable(adding)
        _put_devices(found, generation, comparison, progress, news, beside, new // (opened.count_placed() or 1) + 1)
        for _ in beside:
            pass
        if opened.count_placed() >= MANY:
            generation.end()
    return Prepared(
        case=case,
        generation=generation,
        assessment=assessment,
        comparison=comparison,
        progress=progress,
        news=news,
        added=added,
        anew=tuple(anew),
    )


def show(prepared: Prepared, body: models.Body) -> None:
    """Show what was prepared, in the transaction in which this is called.

    Args:
        prepared: of this body; nothing else may have been shown since it was begun.
        body: its row as it is now, locked.
    """
    assessment, generation = prepared.assessment, prepared.generation
    with _rows_of(prepared.case) as rows:
        for table, model in (*prepared.anew, *WHOLE):
            model._base_manager.filter(body=body).delete()
            _copy(rows, table, model, body)
        there = models.Decided.objects.filter(body=body).order_by("-number").values_list("number", flat=True).first()
        _copy(rows, *DECIDED, body, since=there or 0)
    prepared.comparison.show()
    reopened.tell(body, generation.number, generation.at)
    prepared.progress.keep(body, generation.at, assessment.on)
    for table, _, column in ADDED:
        setattr(body, column, prepared.added[table])
    body.generation = generation.number
    body.assessment = msgspec.msgpack.encode(assessment)
    body.on = assessment.on
    body.published = generation.at
    body.save()


def _rows_of(case: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(f"file:{case}?mode=ro", uri=True))


def _is_that(rows: sqlite3.Connection, table: str, model: Any, body: models.Body, last: int) -> bool:
    """Whether the last row that is shown is that of this case; where it is, all before it are too."""
    if not last:
        return True
    columns = columns_of(model)
    there = model._base_manager.filter(body=body, number=last).values_list(*columns).first()
    sql = f"select {', '.join(columns)} from {table} where rowid = ?"  # noqa: S608 (names of ours)
    found = rows.execute(sql, (last,)).fetchone()
    return found is not None and tuple(map(storable, found)) == there


def columns_of(model: type) -> list[str]:
    """Names of the columns that a table shares with that of a case."""
    return [field.name for field in model._meta.concrete_fields if field.name not in ("body", "number")]  # type: ignore[attr-defined]


def _add(rows: sqlite3.Connection, table: str, model: Any, generation: Generation, since: int) -> Iterator[None]:
    """Add the rows of a table of a case that come after a place, some each time that the next is asked for."""
    columns, body = columns_of(model), generation.body.id
    for group in groups(_read(rows, table, columns, since)):
        with generation.writing():
            insert(model._meta.db_table, ["body_id", "number", *columns], ((body, *row) for row in group))
        yield


def _copy(rows: sqlite3.Connection, table: str, model: Any, body: models.Body, *, since: int = 0) -> None:
    """Copy the rows of a table of a case that come after a place."""
    columns = columns_of(model)
    found = _read(rows, table, columns, None if (table, model) in WHOLE else since)
    insert(model._meta.db_table, ["body_id", "number", *columns], ((body.id, *row) for row in found))


def _read(rows: sqlite3.Connection, table: str, columns: list[str], since: int | None) -> Iterator[tuple[Any, ...]]:
    """Rows with their places; none: those of a table that has no places of its own."""
    place = "rowid" if since is not None else "row_number() over ()"
    where = "where rowid > ? order by rowid" if since is not None else ""
    sql = f"select {place}, {', '.join(columns)} from {table} {where}"  # noqa: S608 (names of ours)
    return rows.execute(sql, () if since is None else (since,))


def _put_devices(
    found: Iterator[list[Made]],
    generation: Generation,
    comparison: Comparison,
    progress: Progress,
    news: News,
    beside: Iterator[None],
    share: int,
) -> None:
    """Put devices in, and after each group of them so many groups of other rows, while the next devices are made."""
    columns, key = Writer(), (generation.body.id, generation.number)
    for made in found:
        for one in made:
            columns.add(one.told)
            progress.add(one.site, one.outcome, one.directives, one.due)
            if one.standing:
                _, _, standing, kind, *_ = one.standing
                progress.stand(one.site, kind, standing)
        for some in groups(made, AT_ONCE):
            with generation.writing():
                insert("device", ["body_id", "generation", *STORED], ((*key, *one.row) for one in some))
                rows = list(standings(some))
                settled = _settled(generation.body, [row[-1] for row in rows])
                into = ["body_id", "generation", *STANDING, "settled"]
                insert("standing", into, ((*key, *row, row[-1] in settled) for row in rows))
                told = comparison.group([(one.id, one.label, one.facts) for one in some])
            strays = {row[0] for row in rows if (row[2], row[3]) == STRAY and row[-1] not in settled}
            for one in some if told else ():
                if changes := told.get(one.id):
                    news.device(one.id, one.label, changes, outcome=one.outcome, is_stray=one.id in strays)
        for _ in islice(beside, share):
            pass
    for gone in comparison.gone():
        with generation.writing():
            comparison.told_gone(gone)
        news.gone(gone)
    comparison.end()
    written = columns.rows(generation.body, generation.number)
    with generation.writing():
        models.Column.everything.bulk_create(written)


def _settled(body: models.Body, found: list[str]) -> set[str]:
    """Which of what there is to settle somebody settled."""
    rows = models.Settled.objects.filter(body=body, found__in=found)
    return set(rows.values_list("found", flat=True))
