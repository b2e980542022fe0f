"""``custodiet doctor``, ``backup`` and ``restore``: what whoever runs a server needs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from custodiet.cli.settings import EnvFileOption, read_settings, settings
from custodiet.errors import UsageError

FolderOption = Annotated[
    Path, typer.Option("--folder", metavar="DIR", help="Where serve keeps its database, key and files.")
]
HERE = Path("custodiet-web")


def doctor(folder: FolderOption = HERE, env_file: EnvFileOption = None) -> None:
    """Say what is wrong with the server of this machine, and how to mend it.

    Nothing is changed. CUSTODIET_DATABASE_URL, CUSTODIET_HOSTS and CUSTODIET_HTTPS are read as serve reads them. Exit
    code 1 where something is wrong.
    """
    from custodiet.report.guard import plain
    from custodiet.web.doctor import examine

    wrong = 0
    for one in examine(folder, read_settings(env_file)):
        # what is damaged may have turned into anything
        said = plain(f"{one.what}: {one.wrong}" if one.wrong else one.what, 2000)
        typer.echo(f"{'wrong' if one.wrong else 'good '}  {said}")
        if one.wrong:
            wrong += 1
            typer.echo(f"       {one.mend}")
    if wrong:
        typer.echo(f"{wrong} to mend.")
        raise typer.Exit(1)
    typer.echo("Nothing to mend.")


def backup(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write; it must not be there yet.")],
    folder: FolderOption = HERE,
    env_file: EnvFileOption = None,
) -> None:
    """Write all that the server keeps into one file, while it runs.

    The database is copied by its own means (SQLite's backup, or pg_dump), so that the copy is of one moment. Keep the
    file as safe as the folder: the key that signs sessions is in it.
    """
    from custodiet.web.backup import back_up, earlier_backups
    from custodiet.web.config import read_config
    from custodiet.web.start import start

    if not folder.is_dir():
        raise UsageError("there is no such folder", place=str(folder), next_step="Name it with --folder.")
    config = read_config(folder, settings(env_file), begin=False)
    if config.database and not (folder / "web.key").exists():
        step = "Name the folder of the server with --folder: its key and its files are part of a backup."
        raise UsageError("no server was started in this folder", place=str(folder), next_step=step)
    told = back_up(config, out)
    start(config)
    from django.db import DatabaseError

    from custodiet.web import log

    try:
        log.write(who="custodiet backup", what="backup made", about=out.name)
    except DatabaseError:
        typer.echo("The backup is whole; the log could not be told of it.", err=True)
    if left := [path.name for path in earlier_backups(folder)]:
        typer.echo(f"Not in it, since they are backups themselves: {', '.join(left)}. Keep them elsewhere.", err=True)
    typer.echo(f"{out}: {len(told.files):,} files, {out.stat().st_size:,} bytes, each with its hash.")


def restore(
    backup: Annotated[Path, typer.Argument(metavar="FILE", help="What backup wrote.")],
    folder: FolderOption = HERE,
    env_file: EnvFileOption = None,
) -> None:
    """Put back what a backup holds, into an empty folder or an empty PostgreSQL database.

    Every file is held to its hash first. Exit code 5 where the backup is not what was written.
    """
    from custodiet.web.backup import restore as put_back
    from custodiet.web.config import read_config

    os.umask(0o077)
    told = put_back(backup, read_config(folder, settings(env_file)))
    typer.echo(f"Put back as it was on {told.made}. Start custodiet serve, which brings the tables up to date.")
