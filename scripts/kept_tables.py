"""All rows of the web's tables as bytes, and back: a small database of each released version is kept in that form.

It is read and written through the tables as a migration knows them, and so holds on SQLite and PostgreSQL alike.
"""

from __future__ import annotations

import lzma
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec


def fill(case: Path) -> None:
    """Put a case into the tables that are there, and a row into each table that has none then."""
    from django.apps import apps
    from django.core.management.utils import get_random_secret_key
    from django.db import models

    from custodiet.web import log
    from custodiet.web.first import first_administrator, put_case
    from custodiet.web.rights import Role
    from custodiet.web.store.models import Body, Membership, Person
    from custodiet.web.store.models.numbered import Numbered

    first_administrator()
    body = Body.objects.get(id=put_case(case))
    person = Person.objects.get(administrator=True)
    person.set_password("correct horse battery")
    person.save()
    Membership.objects.get_or_create(person=person, body=body, defaults={"role": Role.ADMINISTRATOR})
    log.write(who=person.email, what="rows made", why="so that each table has one")
    values: dict[type[models.Field[Any, Any]], Any] = {
        models.DateTimeField: datetime(2026, 11, 22, 12, tzinfo=UTC),
        models.DateField: date(2026, 11, 22),
        models.BooleanField: False,
        models.IntegerField: 1,
        models.FloatField: 1.0,
        models.BinaryField: b"x",
        models.JSONField: {},
    }

    def value(field: Any) -> Any:
        if field.choices:
            return field.choices[0][0]
        for kind, made in values.items():
            if isinstance(field, kind):
                return made
        return get_random_secret_key()[: field.max_length or 40]

    left = [model for model in apps.get_app_config("store").get_models() if not model.objects.exists()]
    while left:
        for model in left:
            fields = [
                field
                for field in model._meta.concrete_fields
                if not (
                    field.null or field.auto_created or isinstance(field, models.AutoField | models.CompositePrimaryKey)
                )
            ]
            keys = [field for field in fields if field.remote_field]
            if not all(field.remote_field.model.objects.exists() for field in keys):
                continue
            told = {field.name: value(field) for field in fields if not field.remote_field}
            if issubclass(model, Numbered):  # the body gives it
                told.pop("number")
            model.objects.create(**told, **{field.name: field.remote_field.model.objects.first() for field in keys})
        before, left = left, [model for model in left if not model.objects.exists()]
        if left == before:
            raise SystemExit(f"no row could be made for {left}")


def tables(version: str) -> Any:
    """The tables as they stand after a migration."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    return MigrationLoader(connection).project_state([("store", version)]).apps


def packed(version: str) -> bytes:
    """All rows of tables that stand at this version."""
    told = {}
    for model in tables(version).get_models(include_auto_created=True):
        if model._meta.app_label == "store":
            names = [field.attname for field in model._meta.local_concrete_fields]
            rows = [
                [bytes(v) if isinstance(v, memoryview) else v for v in row] for row in model.objects.values_list(*names)
            ]
            told[model._meta.model_name] = (names, rows)
    return lzma.compress(msgspec.msgpack.encode((version, told)), preset=9)


def version_of(kept: bytes) -> str:
    """After which migration the tables stood."""
    return str(msgspec.msgpack.decode(lzma.decompress(kept))[0])


def unpack(kept: bytes) -> dict[str, int]:
    """Put all rows into empty tables that stand at their version.

    Returns:
        Table -> number of rows.
    """
    from django.core.management.color import no_style
    from django.db import connection, transaction

    version, told = msgspec.msgpack.decode(lzma.decompress(kept))
    models = [
        model for model in tables(version).get_models(include_auto_created=True) if model._meta.app_label == "store"
    ]
    with transaction.atomic():
        with connection.constraint_checks_disabled():
            ordered = sorted(models, key=lambda model: -len(model._meta.related_objects))
            for model in _parents_first(ordered):
                names, rows = told[model._meta.model_name]
                model.objects.bulk_create([model(**dict(zip(names, row, strict=True))) for row in rows])
        connection.check_constraints()
        with connection.cursor() as cursor:
            for sql in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(sql)
    return {model._meta.db_table: len(told[model._meta.model_name][1]) for model in models}


def _parents_first(models: list[Any]) -> list[Any]:
    ordered: list[Any] = []
    while left := [model for model in models if model not in ordered]:
        ready = [
            model
            for model in left
            if all(
                field.remote_field.model in (*ordered, model) or field.remote_field.model not in models
                for field in model._meta.local_concrete_fields
                if field.remote_field
            )
        ]
        ordered += ready or left
    return ordered
