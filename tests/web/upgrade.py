"""One step of an upgrade, in a process of its own: python upgrade.py make|restore|open FOLDER [FILE]; says JSON.

    make FOLDER KEPT        tables as they were at the version of a kept database, with its rows, and a backup of them
    restore FOLDER BACKUP   a backup put back, as custodiet restore does
    open FOLDER             what custodiet serve does before it answers, and then some pages

The database is the embedded one of the folder, or that of CUSTODIET_DATABASE_URL. CUSTODIET_TRY_MIGRATIONS names a
package of migrations to be used in the place of ours, in the folder above.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def make(folder: Path, kept: Path) -> dict[str, Any]:
    from django.core.management import call_command
    from scripts import kept_tables

    version = kept_tables.version_of(kept.read_bytes())
    call_command("migrate", "store", version, verbosity=0)
    rows = kept_tables.unpack(kept.read_bytes())
    from django.conf import settings

    from custodiet.web.backup import back_up

    if not settings.CUSTODIET.database or shutil.which("pg_dump"):
        back_up(settings.CUSTODIET, folder.parent / f"{folder.name}.backup")
    return {"version": version, "rows": rows}


def opened(config: Any) -> dict[str, Any]:
    from django.apps import apps
    from django.test import Client

    from custodiet.web import log
    from custodiet.web.serve import prepare
    from custodiet.web.store.models import Body, Person
    from custodiet.web.store.standing import standing

    before = standing()
    prepare(config, None, lambda _: None, "http://localhost:8000")
    rows = {model._meta.db_table: model.objects.count() for model in apps.get_app_config("store").get_models()}
    browser = Client()
    browser.force_login(Person.objects.get(administrator=True))
    ways = ("/", "/b/waterdorp/", "/b/waterdorp/devices/", "/b/waterdorp/history/")
    pages = {way: browser.get(way, HTTP_HOST="localhost").status_code for way in ways}
    return {
        "before": before,
        "after": standing(),
        "rows": rows,
        "broken": log.first_broken(),
        "pages": pages,
        "bodies": [str(body.name) for body in Body.objects.all()],
    }


def main(what: str, folder: Path, file: str = "") -> dict[str, Any]:
    from custodiet.errors import CustodietError
    from custodiet.web.config import read_config
    from custodiet.web.start import start

    config = read_config(folder, os.environ)
    if what == "restore":
        from custodiet.web.backup import restore

        return {"made by": restore(Path(file), config).version}
    start(config)
    if package := os.environ.get("CUSTODIET_TRY_MIGRATIONS"):
        from django.conf import settings

        sys.path.insert(0, str(folder.parent))
        settings.MIGRATION_MODULES = {"store": package}
    try:
        return make(folder, Path(file)) if what == "make" else opened(config)
    except CustodietError as fault:
        return {"refused": fault.reason, "next_step": fault.next_step}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])))
