"""A case -> the tables of a body, and back: the case is where things are concluded, the tables are what people see.

Rows of what was read are copied as they stand, and only those that are new; what was concluded takes the place of what
was concluded before, all in one transaction. A case that is made again of the tables holds the same rows.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from django.db import connection, transaction
from django.db.models import Max

from custodiet import audit as steps
from custodiet.casefile import Case
from custodiet.catalog.contents import Catalog
from custodiet.model import Entry
from custodiet.report import order
from custodiet.web.estate import packed
from custodiet.web.store import models

BATCH = 2_000
"""Rows written at a time."""

_ADDED = (
    ("observation", models.Observation),
    ("flow", models.Flow),
    ("issue", models.Issue),
    ("decision", models.Decided),
)
"""Tables of a case to which rows are only ever added."""

_WHOLE = (
    ("source", models.Source),
    ("replaced", models.Replaced),
    ("tally", models.Tally),
    ("heading", models.Heading),
    ("meta", models.Kept),
    ("membership", models.Member),
)
"""Tables of a case whose rows may change; they are small beside the others, or derived."""


class Scale(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of an overview, counted once when a case is put into the tables."""

    outcomes: dict[str, int] = {}
    """Surveillance devices, and those of unknown kind that say anything, by outcome."""
    makers: dict[str, int] = {}
    """The same by concluded maker; the empty name: unknown."""


def publish(case: Path, body: models.Body, catalog: Catalog, now: datetime | None = None) -> None:
    """Put what a case holds into the tables of a body.

    Args:
        case: a case that was concluded.
        body: whose it is; its rows are replaced or added to, those of no other body are touched.
        catalog: whose the other sides of conversations are.
        now: when; none: this moment.

    Raises:
        UsageError: nothing was concluded in the case.
        IntegrityError: the case is damaged.
    """
    with Case(case, must_exist=True) as opened, sqlite3.connect(f"file:{case}?mode=ro", uri=True) as rows:
        context = steps.recalled(opened)
        assessment = steps.assess(opened, context)
        with transaction.atomic():
            for table, model in _ADDED:
                held = model.objects.filter(body=body).aggregate(Max("number"))["number__max"] or 0
                _copy(rows, table, model, body, since=held)
            for table, model in _WHOLE:
                model.objects.filter(body=body).delete()
                _copy(rows, table, model, body)
            kinds = {source.id: str(source.kind) for source in assessment.sources}
            scale = _put_devices(steps.entries(opened, catalog=catalog), body, kinds)
            body.assessment = msgspec.msgpack.encode(assessment)
            body.on = assessment.on
            body.published = now or datetime.now(UTC)
            body.scale = msgspec.msgpack.encode(scale)
            if assessment.body:
                body.name, body.country, body.kind = assessment.body.name, assessment.body.country, assessment.body.kind
            body.save()


def _columns(model: type) -> list[str]:
    """Names of the columns that a table shares with that of a case."""
    return [field.name for field in model._meta.concrete_fields if field.name not in ("body", "number")]  # type: ignore[attr-defined]


def _copy(rows: sqlite3.Connection, table: str, model: Any, body: models.Body, *, since: int = 0) -> None:
    """Copy the rows of a table of a case that come after a place."""
    columns = _columns(model)
    ordered = table in {name for name, _ in _ADDED}
    place = "rowid" if ordered else "row_number() over ()"
    where = "where rowid > ? order by rowid" if ordered else ""
    sql = f"select {place}, {', '.join(columns)} from {table} {where}"  # noqa: S608 (names of ours)
    found = rows.execute(sql, (since,) if ordered else ())
    _insert(model._meta.db_table, ["body_id", "number", *columns], ((body.id, *row) for row in found))


def _insert(table: str, columns: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Write rows as fast as the database takes them; the columns and the table are ours, the values are bound."""
    quoted = ", ".join(map(connection.ops.quote_name, columns))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"copy {connection.ops.quote_name(table)} ({quoted}) from stdin") as into:
                for row in rows:
                    into.write_row([_storable(value) for value in row])
            return
        marks = ", ".join(["%s"] * len(columns))
        sql = f"insert into {connection.ops.quote_name(table)} ({quoted}) values ({marks})"  # noqa: S608
        left = iter(rows)
        while group := list(islice(left, BATCH)):
            cursor.executemany(sql, group)


def _storable(value: Any) -> Any:
    """PostgreSQL takes no zero characters in text: a text of a device that has one is kept with it written visibly."""
    return value.replace("\0", "\\x00") if isinstance(value, str) and "\0" in value else value


def _put_devices(entries: Iterable[Entry], body: models.Body, kinds: dict[str, str]) -> Scale:
    models.Device.objects.filter(body=body).delete()
    models.Judged.objects.filter(body=body).delete()
    outcomes: Counter[str] = Counter()
    makers: Counter[str] = Counter()
    judged: list[tuple[Any, ...]] = []

    def rows() -> Iterator[tuple[Any, ...]]:
        for place, entry in enumerate(entries, start=1):
            row = _row(entry, place, kinds)
            if row["kind"] != "other" and not order.is_silent(entry):
                outcomes[row["outcome"]] += 1
                makers[row["maker"]] += 1
            for directive, status in _worst_of_each(entry).items():
                judged.append((body.id, directive, entry.asset.id, status))
            yield (body.id, *row.values())

    _insert("device", ["body_id", *_DEVICE], rows())
    _insert("judged", ["body_id", "directive", "device", "status"], judged)
    return Scale(outcomes=dict(outcomes), makers=dict(makers))


_DEVICE = [
    "id", "place", "label", "outcome", "kind", "device_class", "maker", "band", "brand", "model", "site", "zone",
    "talks", "kinds_of_source", "first_seen", "last_seen", "words", "entry",
]  # fmt: skip


def _row(entry: Entry, place: int, kinds: dict[str, str]) -> dict[str, Any]:
    asset, concluded = entry.asset, entry.identification
    maker, brand, model = concluded.get("manufacturer"), concluded.get("brand"), concluded.get("model")
    sources = {subject.partition("/")[0] for subject in asset.subjects}
    said = (asset.label, *(i.value for i in asset.identifiers), maker.value, brand.value, model.value, asset.site)
    values = (
        asset.id,
        place,
        asset.label,
        order.state(entry),
        order.kind_of(entry),
        concluded.get("device_class").value,
        maker.value,
        maker.band,
        brand.value,
        model.value,
        asset.site or "",
        asset.zone or "",
        entry.egress.outcome if entry.egress else "",
        " ".join(sorted({kinds[source] for source in sources if source in kinds})),
        asset.first_seen,
        asset.last_seen,
        " ".join(dict.fromkeys(filter(None, said))).lower(),
        packed(entry),
    )
    return dict(zip(_DEVICE, values, strict=True))


def _worst_of_each(entry: Entry) -> dict[str, str]:
    """Directive -> the worst that any of its sentences comes to."""
    worst: dict[str, str] = {}
    for finding in sorted(entry.findings, key=order.badness):
        worst.setdefault(finding.directive, finding.status)
    return worst
