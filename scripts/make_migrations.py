"""Write the migration from the tables as they were to the tables as they are declared.

    python scripts/make_migrations.py NAME | --check | --renew

With ``--check`` nothing is written, and it fails where one is missing. With ``--renew`` the first migration is written
anew, which is right as long as no version with these tables was released.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from custodiet.web.config import Config
from custodiet.web.start import start

FOLDER = Path(__file__).resolve().parents[1] / "src" / "custodiet" / "web" / "store" / "migrations"


def main() -> None:
    """Ask Django for it; no database is opened but an empty one."""
    with tempfile.TemporaryDirectory() as folder:
        start(Config(folder=Path(folder), secret="of no use"))  # noqa: S106
        from django.core.management import call_command

        if "--check" in sys.argv:
            call_command("makemigrations", "store", check=True, dry_run=True)
        elif "--renew" in sys.argv:
            for old in FOLDER.glob("0*.py"):
                old.unlink()
            call_command("makemigrations", "store", name="first", verbosity=0)
        else:
            call_command("makemigrations", "store", name=sys.argv[1])


if __name__ == "__main__":
    main()
