"""A case -> the tables of a body, and back: the case is where things are concluded, the tables are what people see.

Rows of what was read are copied as they stand, and only those that are new; what was concluded takes the place of what
was concluded before, all in one transaction. A case that is made again of the tables holds the same rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from django.db import transaction

from custodiet import audit as steps
from custodiet.casefile import Case
from custodiet.catalog.contents import Catalog
from custodiet.model import Entry
from custodiet.report import order
from custodiet.web.changes import Comparison, facts_of
from custodiet.web.columns import Writer
from custodiet.web.estate import Estate, packed
from custodiet.web.progress import Progress
from custodiet.web.rows import groups, insert, storable
from custodiet.web.standing import Brands, Stands, stands
from custodiet.web.store import models

ADDED = (
    ("observation", models.Observation),
    ("flow", models.Flow),
    ("issue", models.Issue),
    ("decision", models.Decided),
)
"""Tables of a case to which rows are only ever added."""

WHOLE = (
    ("source", models.Source),
    ("replaced", models.Replaced),
    ("tally", models.Tally),
    ("heading", models.Heading),
    ("meta", models.Kept),
    ("membership", models.Member),
)
"""Tables of a case whose rows may change; they are small beside the others, or derived."""


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
            for table, model in ADDED:
                held = _held(rows, table, model, body)
                _copy(rows, table, model, body, since=held)
            for table, model in WHOLE:
                model.objects.filter(body=body).delete()
                _copy(rows, table, model, body)
            kinds = {source.id: str(source.kind) for source in assessment.sources}
            at = now or datetime.now(UTC)
            found = steps.entries(opened, catalog=catalog)
            progress = _put_devices(found, body, kinds, Brands(catalog), at)
            progress.keep(body, at, assessment.on)
            body.assessment = msgspec.msgpack.encode(assessment)
            body.on = assessment.on
            body.published = at
            if assessment.body:
                body.name, body.country, body.kind = assessment.body.name, assessment.body.country, assessment.body.kind
            body.save()


def _held(rows: sqlite3.Connection, table: str, model: Any, body: models.Body) -> int:
    """The last place up to which rows are there; those of another case are taken out, what people decided is not."""
    columns, there = columns_of(model), model.objects.filter(body=body)
    last = there.order_by("-number").values_list("number", *columns).first()
    if last is None or model is models.Decided:
        return last[0] if last else 0
    sql = f"select {', '.join(columns)} from {table} where rowid = ?"  # noqa: S608 (names of ours)
    found = rows.execute(sql, (last[0],)).fetchone()
    if found is not None and tuple(map(storable, found)) == last[1:]:
        return int(last[0])
    there.delete()
    return 0


def columns_of(model: type) -> list[str]:
    """Names of the columns that a table shares with that of a case."""
    return [field.name for field in model._meta.concrete_fields if field.name not in ("body", "number")]  # type: ignore[attr-defined]


def _copy(rows: sqlite3.Connection, table: str, model: Any, body: models.Body, *, since: int = 0) -> None:
    """Copy the rows of a table of a case that come after a place."""
    columns = columns_of(model)
    ordered = table in {name for name, _ in ADDED}
    place = "rowid" if ordered else "row_number() over ()"
    where = "where rowid > ? order by rowid" if ordered else ""
    sql = f"select {place}, {', '.join(columns)} from {table} {where}"  # noqa: S608 (names of ours)
    found = rows.execute(sql, (since,) if ordered else ())
    insert(model._meta.db_table, ["body_id", "number", *columns], ((body.id, *row) for row in found))


def _put_devices(
    entries: Iterable[Entry], body: models.Body, kinds: dict[str, str], brands: Brands, at: datetime
) -> Progress:
    for model in (models.Device, models.Standing):
        model.objects.filter(body=body).delete()
    progress, comparison, columns = Progress(), Comparison(body, at), Writer()
    for group in groups(enumerate(entries, start=1)):
        rows: list[dict[str, Any]] = []
        standing: dict[str, tuple[Any, ...]] = {}
        compared: list[tuple[str, str, dict[str, str]]] = []
        for place, entry in group:
            row, statuses = _row(entry, place, kinds), _worst_of_each(entry)
            progress.add(row["site"], row["outcome"], entry.findings)
            rows.append(row)
            columns.add(row, entry, kinds)
            compared.append(
                (entry.asset.id, row["label"], facts_of(row, entry.identification.get("firmware").value, statuses))
            )
            if told := stands(entry, kinds, brands):
                standing[told.found] = (body.id, *_standing(entry, row, told))
                progress.stand(row["site"], _kind(entry), told.standing)
        insert("device", ["body_id", *STORED], ((body.id, *map(row.__getitem__, STORED)) for row in rows))
        settled = set(
            models.Settled.objects.filter(body=body, found__in=list(standing)).values_list("found", flat=True)
        )
        insert("standing", ["body_id", *_STANDING], ((*row, found in settled) for found, row in standing.items()))
        comparison.group(compared)
    comparison.end()
    columns.write(Estate(body))
    return progress


_STANDING = [
    "device", "place", "standing", "kind", "site", "label", "registered", "seen", "bought", "found",
    "settled",
]  # fmt: skip


def _kind(entry: Entry) -> str:
    return "silent" if order.is_silent(entry) else order.kind_of(entry)


def _standing(entry: Entry, row: dict[str, Any], told: Stands) -> tuple[Any, ...]:
    stood = (
        told.standing,
        _kind(entry),
        row["site"],
        row["label"],
        told.registered,
        told.seen,
        told.bought,
        told.found,
    )
    return (entry.asset.id, row["place"], *stood)


STORED = ["id", "place", "label", "outcome", "site", "first_seen", "last_seen", "entry"]
"""Columns of the table of devices; the others of a row go into columns of their own (`columns.Writer`)."""

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
