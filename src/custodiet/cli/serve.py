"""``custodiet serve``: the estate in the browser."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from custodiet.errors import UsageError


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
) -> None:
    """Show the estate in the browser.

    The first start makes the tables and prints a link that works once, for the administrator's password. Without
    CUSTODIET_DATABASE_URL everything stands in one folder.
    """
    from custodiet.web.config import begun, extra_of, missing, read_config, with_files

    if away := missing(with_files(os.environ)):
        step = f"Install it with: {extra_of(away)}"
        raise UsageError("what this needs is not installed", place=", ".join(away), next_step=step)
    from custodiet.web.serve import let_in, prepare, run

    where = folder or Path("custodiet-web")
    if new_link:
        begun(where, os.environ)
    os.umask(0o077)  # what is kept here is for its owner alone, also in a folder that was there before
    # passkeys are tied to a name: of a bare address they know nothing
    shown = {"127.0.0.1": "localhost", "::1": "localhost"}.get(host) or (f"[{host}]" if ":" in host else host)
    config = read_config(where, os.environ)
    address = config.shown or f"http://{shown}:{port}"
    if new_link:
        let_in(config, new_link, typer.echo, address)
        return
    prepare(config, case, typer.echo, address)
    run(host, port)
