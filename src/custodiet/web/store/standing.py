"""How the tables of a database stand to this version: none yet, earlier, as they ought to be, later, or of no version.

The format of the tables is the number of the last migration that was applied. Before the first release the first
migration was written anew now and then: a database of such a state has the number and other columns.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from custodiet.errors import CustodietError, UsageError


class Standing(StrEnum):
    """How the tables stand."""

    EMPTY = "empty"
    EARLIER = "earlier"
    HERE = "here"
    LATER = "later"
    UNFINISHED = "unfinished"


def standing() -> Standing:
    """Look at the database that is configured; nothing is changed.

    Raises:
        DatabaseError: it does not answer.
    """
    loader = MigrationLoader(connection)
    ours = {name for app, name in loader.disk_migrations or () if app == "store"}
    applied = {name for app, name in loader.applied_migrations or () if app == "store"}
    if applied - ours:
        return Standing.LATER
    if not applied:
        return Standing.EMPTY
    if applied == ours:
        models = apps.get_app_config("store").get_models(include_auto_created=True)
        # tables of other packages may be behind, too
        whole = all(key in (loader.applied_migrations or ()) for key in loader.graph.leaf_nodes())
        return Standing.UNFINISHED if _other(models) else Standing.HERE if whole else Standing.EARLIER
    [last] = [key for key in loader.graph.nodes if key == ("store", max(applied))]
    state = loader.project_state([last])
    return Standing.UNFINISHED if _other(state.apps.get_models(include_auto_created=True)) else Standing.EARLIER


def refuse(found: Standing) -> None:
    """Raise what a person is told where this version cannot use the tables.

    Raises:
        UsageError: a later version made them.
        CustodietError: no version that was released did.
    """
    if found is Standing.LATER:
        step = "Use that version, or restore a backup that was made before it into another folder or database."
        raise UsageError("the tables were made by a later version of custodiet", place=place(), next_step=step)
    if found is Standing.UNFINISHED:
        step = "Keep a copy of it, and begin with another folder or database: custodiet serve --case CASE --folder NEW."
        reason = "the tables were made by an unfinished version of custodiet, and cannot be brought up to date"
        raise CustodietError(reason, place=place(), next_step=step)


def place() -> str:
    """What to call the database."""
    told = connection.settings_dict
    return str(told["NAME"]) if connection.vendor == "sqlite" else f"database {told['NAME']} on {told['HOST']}"


def _other(models: Any) -> list[str]:
    """Tables that are not there, or not with the columns that they ought to have."""
    wanted = {
        model._meta.db_table: {field.column for field in model._meta.local_concrete_fields}
        for model in models
        if model._meta.managed and not model._meta.proxy and model._meta.app_label == "store"
    }
    there: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS[connection.vendor])
        for table, column in cursor.fetchall():
            there.setdefault(table, set()).add(column)
    return sorted(table for table, columns in wanted.items() if columns != there.get(table))


_COLUMNS = {
    "sqlite": "select t.name, c.name from sqlite_schema t, pragma_table_info(t.name) c where t.type = 'table'",
    "postgresql": "select table_name, column_name from information_schema.columns "
    "where table_schema = any(current_schemas(false))",
}
