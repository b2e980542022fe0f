"""``custodiet catalog diff`` and ``custodiet catalog import``: what changed in what we know, and drafts of more."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from custodiet.cli.common import CatalogOption, JsonOption, load

_SHOWN = 400
"""Characters of a line."""


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A catalog folder, or a checkout that holds one.")],
    new: Annotated[Path | None, typer.Argument(metavar="[NEW]", help="The newer one. [default: ours]")] = None,
    json: JsonOption = False,
) -> None:
    """Say which records came, went or changed, field by field, and what of an identification could change by it.

    For a git revision: git archive REVISION catalog | tar -x -C FOLDER.
    """
    from custodiet.catalog.diff import diff as compare
    from custodiet.catalog.diff import load_state
    from custodiet.catalog.load import default_folder
    from custodiet.report.guard import json_bytes, plain

    found = compare(load_state(old), load_state(new or default_folder()))
    if json:
        sys.stdout.buffer.write(json_bytes(found) + b"\n")
        return
    typer.echo(f"catalog {found.old} to {found.new}")
    for change in found.changes:
        what = "" if change.what == "changed" else f" {change.what}"
        typer.echo(plain(f"{change.kind}/{change.id}:{what}", _SHOWN))
        for field in change.fields:
            typer.echo(plain(f"    {field.words}", _SHOWN))
    for reason in found.left_out:
        typer.echo(plain(f"left out: {reason}", _SHOWN), err=True)
    counts = {what: sum(change.what == what for change in found.changes) for what in ("added", "removed", "changed")}
    typer.echo(", ".join(f"{number:,} {what}" for what, number in counts.items()) + ".")
    touched = sorted({touch for change in found.changes for touch in change.touches})
    typer.echo("Identifications that could change:" if touched else "No identification could change.")
    for touch in touched:
        typer.echo(plain(f"    {touch}", _SHOWN))


def import_(
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="A list that you have on disk.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the drafts; nothing is overwritten.")],
    registrant: Annotated[
        list[str] | None,
        typer.Option("--registrant", metavar="NAME", help="Only registrants with this in their name; repeatable."),
    ] = None,
    catalog: CatalogOption = None,
) -> None:
    """Make drafts of records from a public list: an IEEE registry, the KEV list, a NetBox device type.

    A draft is no knowledge yet: what a person must confirm is printed and stands at the top of each file.
    """
    from custodiet.catalog.imports import import_list, write_drafts
    from custodiet.errors import UsageError
    from custodiet.report.guard import plain
    from custodiet.report.words import count

    if not source.is_file():
        raise UsageError("there is no such file", place=str(source), next_step="Check the path.")
    on = datetime.fromtimestamp(source.stat().st_mtime, UTC).date().isoformat()
    format, found = import_list(source, load(catalog), on=on, registrants=registrant or ())
    written = write_drafts(out, found.drafts)
    typer.echo(plain(f"{source.name}: {format.title} of {on}, {found.read:,} entries read", _SHOWN))
    for draft in found.drafts:
        typer.echo(plain(f"{draft.kind}/{draft.record.id}: confirm", _SHOWN))
        for point in draft.confirm:
            typer.echo(plain(f"    {point}", _SHOWN))
    for path in written.stood:
        typer.echo(plain(f"left as it is, since it stands there already: {path}", _SHOWN), err=True)
    for note in found.notes:
        typer.echo(plain(f"note: {note}", _SHOWN))
    if written.left:
        typer.echo(f"{written.left:,} more drafts were not written: ask for fewer with --registrant.", err=True)
    typer.echo(
        plain(
            f"{count(len(written.new), 'draft')} written to {out}"
            + (f"; {found.known:,} of what was read says nothing new." if found.known else "."),
            _SHOWN,
        )
    )
