"""``custodiet push``: a sensor sends what it found to a server that shows the estate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from custodiet.errors import UsageError
from custodiet.report import words

EXIT_INCOMPLETE = 4


def push(
    what: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Files, folders, or a case: what find wrote beside it is sent."),
    ],
    to: Annotated[
        str,
        typer.Option("--to", metavar="URL", help="The body's pages, as https://custodiet.example.org/b/waterwijk/."),
    ],
    token_file: Annotated[
        Path, typer.Option("--token-file", metavar="FILE", help="Holds a token of that body with the right to edit.")
    ],
    zone: Annotated[str, typer.Option("--zone", metavar="NAME", help="Time zone of logs that do not say theirs.")] = "",
    wait: Annotated[bool, typer.Option("--wait", help="Wait until they are read, and say what came of it.")] = False,
) -> None:
    """Send files to a server that shows the estate in the browser; it reads them at once.

    Nothing is sent to anybody else, and a redirect is not followed. A file that the server has read before adds
    nothing, so the same folder can be sent again and again. With --wait, exit code 4 when something could not be read.
    """
    from custodiet.report.guard import plain
    from custodiet.report.summary import advice
    from custodiet.web import push as sending

    try:
        token = token_file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as fault:
        step = "Write the token into it, for you alone to read."
        raise UsageError("the token cannot be read", place=str(token_file), next_step=step) from fault
    server = sending.server(to, token)
    failed = unread = False
    for files in sending.parcels(sending.gathered(what)):
        page = sending.push(server, files, zone)
        what_many = "1 file" if len(files) == 1 else f"{len(files)} files"
        typer.echo(f"{what_many} sent: {to.partition('/b/')[0]}{plain(page)}")
        if wait:
            came = sending.wait(server, page)
            failed = failed or came.state != "done"
            unread = unread or bool(came.skipped or came.incomplete)
            issues = words.count(came.issues, "issue")
            said = f"{came.state}: {came.read:,} read, {len(came.skipped):,} not read, {issues}."
            typer.echo(plain(f"{said} {came.reason} {came.next_step}".rstrip()))
            for name, reason, step in came.skipped:
                typer.echo(plain(f"custodiet: {advice(f'{name}: {reason}', step)}", 2000), err=True)
    raise typer.Exit(1 if failed else EXIT_INCOMPLETE if unread else 0)
