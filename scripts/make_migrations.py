"""Write the migration from the tables as they were to the tables as they are declared.

    python scripts/make_migrations.py NAME | --check | --renew | --freeze

With ``--check`` nothing is written, and it fails where one is missing. With ``--renew`` the first migration is written
anew, which is right as long as no version with these tables was released. ``--freeze`` is for a release: the migrations
that there are stay as they are from then on, and a small database of this version is kept, which every later version
is tried on (tests/web/test_upgrades.py).
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

from custodiet.web.config import Config
from custodiet.web.start import migrate, start

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "src" / "custodiet" / "web" / "store" / "migrations"
FROZEN = FOLDER / "frozen.txt"
KEPT = ROOT / "tests" / "web" / "formats"
CASE = ROOT / "tests" / "casefile" / "formats"


def main() -> None:
    """Ask Django for it; no database is opened but an empty one."""
    with tempfile.TemporaryDirectory() as folder:
        start(Config(folder=Path(folder), secret="of no use"))  # noqa: S106
        from django.core.management import call_command

        if "--check" in sys.argv or "--freeze" in sys.argv:
            call_command("makemigrations", "store", check=True, dry_run=True)
            if "--freeze" in sys.argv:
                freeze(Path(folder))
        elif "--renew" in sys.argv:
            if frozen():
                raise SystemExit(f"{', '.join(frozen())} was released and stays: give the next migration a name")
            for old in FOLDER.glob("0*.py"):
                old.unlink()
            call_command("makemigrations", "store", name="first", verbosity=0)
        else:
            call_command("makemigrations", "store", name=sys.argv[1])


def frozen() -> list[str]:
    """Names of the migrations that were released."""
    lines = FROZEN.read_text(encoding="ascii").splitlines()
    return [line.split()[0] for line in lines if line and not line.startswith("#")]


def freeze(folder: Path) -> None:
    """Note the hashes of the migrations that there are, and keep a small database of this version."""
    import kept_tables

    new = [path for path in sorted(FOLDER.glob("0*.py")) if path.stem not in frozen()]
    if not new:
        raise SystemExit("nothing was added since the last release")
    case = folder / "case.sqlite"
    command = [
        sys.executable,
        "-m",
        "custodiet",
        "audit",
        str(CASE / "register.csv"),
        "--sites",
        str(CASE / "sites.yml"),
    ]
    subprocess.run([*command, "--on", "2025-12-01", "--case", str(case), "--quiet"], check=False)  # noqa: S603
    migrate()
    kept_tables.fill(case)
    KEPT.mkdir(exist_ok=True)
    (KEPT / f"{new[-1].stem}.xz").write_bytes(kept_tables.packed(new[-1].stem))
    with FROZEN.open("a", encoding="ascii") as file:
        file.writelines(f"{path.stem} {hashlib.sha256(path.read_bytes()).hexdigest()}\n" for path in new)


if __name__ == "__main__":
    main()
