"""``custodiet serve``: the estate in the browser."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from custodiet.cli.settings import EnvFileOption, settings


def serve(
    case: Annotated[
        Path | None, typer.Option("--case", metavar="FILE", help="A case to show; it is read, and never changed.")
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option("--folder", metavar="DIR", help="Where accounts and the database stand. [default: custodiet-web]"),
    ] = None,
    host: Annotated[str, typer.Option("--host", help="Address to listen on; beyond this machine, behind HTTPS.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")] = 8000,
    new_link: Annotated[
        str,
        typer.Option(
            "--new-link",
            metavar="EMAIL",
            help="Start nothing: print a link by which somebody who cannot sign in chooses a new password. Their "
            "second factors are taken away and their sessions end.",
        ),
    ] = "",
    env_file: EnvFileOption = None,
) -> None:
    """Show the estate in the browser.

    The first start makes the tables and prints a link that works once, for the administrator's password. Without
    CUSTODIET_DATABASE_URL everything stands in one folder.
    """
    environ = settings(env_file)
    from custodiet.web.config import begun, read_config
    from custodiet.web.environment import unknown
    from custodiet.web.serve import beyond, let_in, listen, prepare, reached, run

    where = folder or Path("custodiet-web")
    if new_link:
        begun(where, environ)
    os.umask(0o077)  # what is kept here is for its owner alone, also in a folder that was there before
    config = read_config(where, environ)
    for name, mend in unknown(environ).items():
        typer.echo(f"{name}: there is no such setting. {mend}", err=True)
    address = reached(config, host, port)
    if new_link:
        let_in(config, new_link, typer.echo, address)
        return
    sockets = listen(host, port)
    prepare(config, case, typer.echo, address)
    for line in beyond(config, host, address):
        typer.echo(line)
    run(host, port, sockets)
