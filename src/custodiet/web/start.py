"""Django made ready with our settings; done once in a process, before anything else of the web is imported."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from custodiet.web.config import Config
from custodiet.web.settings import settings_of

if TYPE_CHECKING:
    from django.core.handlers.wsgi import WSGIHandler


def start(config: Config) -> None:
    """Make Django ready; a second call with the same configuration does nothing.

    Raises:
        RuntimeError: it was made ready with another configuration.
    """
    import django
    from django.conf import settings

    if settings.configured:
        if config != settings.CUSTODIET:
            raise RuntimeError("the web is running with another configuration in this process")
        return
    settings.configure(**settings_of(config))
    django.setup()


_LOCK = 0x63757374
"""Of the locks that a PostgreSQL database keeps by number, the one of who makes its tables."""


@contextmanager
def alone() -> Iterator[None]:
    """Make tables, and what a first start needs in them, while nobody else does: who starts meanwhile waits for it.

    The lock is that of a connection to PostgreSQL, or of the folder of the embedded database: either ends with us.
    """
    from django.conf import settings
    from django.db import Error, connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(%s)", [_LOCK])
        try:
            yield
        finally:
            with suppress(Error), connection.cursor() as cursor:  # where the connection is gone, the lock is too
                cursor.execute("select pg_advisory_unlock(%s)", [_LOCK])
        return
    import fcntl

    folder = os.open(settings.CUSTODIET.folder, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def migrate() -> None:
    """Bring the tables to the form that this version knows."""
    from django.core.management import call_command
    from django.db import connection

    if not connection.introspection.table_names():
        make_tables()
    call_command("migrate", interactive=False, verbosity=0)


def make_tables() -> None:
    """Make all tables in an empty database as they are declared, in one transaction; the steps to them are noted.

    To take these steps one by one makes the same tables, and costs most of a first start. Steps that do more than that,
    as where rows are changed, have nothing to do where there are none.
    """
    from django.apps import apps
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.recorder import MigrationRecorder

    recorder, steps = MigrationRecorder(connection), MigrationLoader(None).graph.nodes
    told = {app for app, _ in steps}
    with connection.schema_editor() as editor:
        for model in (recorder.Migration, *apps.get_models()):
            if model is recorder.Migration or model._meta.app_label in told:
                editor.create_model(model)
        for app, name in steps:
            recorder.record_applied(app, name)


def application() -> WSGIHandler:
    """What a server calls for each request."""
    from django.core.wsgi import get_wsgi_application

    return get_wsgi_application()
