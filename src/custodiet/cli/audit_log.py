"""``custodiet audit-log``: what people did in the browser; the proof that nothing in it was changed, and all of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from custodiet.cli.settings import EnvFileOption, settings
from custodiet.errors import CustodietError, IntegrityError

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

FolderOption = Annotated[
    Path | None,
    typer.Option("--folder", metavar="DIR", help="Where serve keeps its database. [default: custodiet-web]"),
]


@app.callback()
def _audit_log() -> None:
    """What people did in the browser: check or export it.

    CUSTODIET_DATABASE_URL says which database, as for serve.
    """


@app.command("verify")
def verify(
    folder: FolderOption = None,
    env_file: EnvFileOption = None,
    last: Annotated[
        str,
        typer.Option("--last", metavar="HASH", help="A hash that was kept elsewhere: finds rows cut off at the end."),
    ] = "",
) -> None:
    """Check that no row was changed, left out or put in.

    Prints the hash of the last row, to be kept where whoever can write to the database cannot. Exit code 5 where the
    log is not what was written.
    """
    with _opened(folder, env_file):
        from custodiet.web import log

        checked = log.check(last.strip().lower())
    step = "Compare it with a backup: the rows before this one are as they were written."
    if checked.broken is not None:
        reason = "the row is not what was written, or does not follow the one before"
        raise IntegrityError(reason, place=f"audit log, row {checked.broken}", next_step=step)
    if not checked.holds:
        reason = "no row has the hash that was kept: the end of the log was cut off, or this is another log"
        raise IntegrityError(reason, place="audit log", next_step="Compare it with a backup.")
    typer.echo(f"{checked.rows:,} rows, none changed and none taken out.")
    if checked.last:
        typer.echo(f"Last: {checked.last}")


@app.command("export")
def export(folder: FolderOption = None, env_file: EnvFileOption = None) -> None:
    """Print every row as a line of JSON, the oldest first, with the hashes that chain them."""
    with _opened(folder, env_file):
        from custodiet.report.guard import json_bytes
        from custodiet.web import log

        for row in log.rows():
            typer.echo(json_bytes(row))
        log.write(who="custodiet audit-log export", what="log exported")


@contextmanager
def _opened(folder: Path | None, env_file: Path | None) -> Iterator[None]:
    """The database of a server that was started before; none is made here, nor anything else."""
    environ = settings(env_file)
    from custodiet.web.config import begun, read_config
    from custodiet.web.start import start

    start(read_config(begun(folder or Path("custodiet-web"), environ), environ, begin=False))
    from django.db import DatabaseError

    from custodiet.web.store.standing import place

    try:
        yield
    except (DatabaseError, UnicodeDecodeError) as fault:
        reason = f"the database cannot be used: {(str(fault).splitlines() or ['it does not say why'])[0][:300]}"
        raise CustodietError(reason, place=place(), next_step="See what is wrong with: custodiet doctor") from fault
