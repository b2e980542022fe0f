"""``custodiet law``: what directives say, one by one and side by side, and the proof that we read them right."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from custodiet.cli.common import CatalogOption, QuietOption, load

app = typer.Typer(
    help="What directives say: list, show, compare, calendar, and the proof by cases.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command()
def check(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID...]", help="Only these directives.")] = None,
    folder: Annotated[Path | None, typer.Option("--folder", metavar="DIR", help="A catalog folder.")] = None,
    catalog: CatalogOption = None,
    quiet: QuietOption = False,
) -> None:
    """Let every directive prove itself by its cases. Exit code 1 when one does not."""
    from custodiet.catalog.load import default_folder
    from custodiet.law.check import check_law
    from custodiet.report.guard import plain

    faults = list(check_law(load(catalog), folder or default_folder(), tuple(ids or ())))
    for fault in faults:
        typer.echo(plain(f"{fault.file}: {fault.fault}. {fault.remedy}", 2000), err=True)
    if not quiet or faults:
        typer.echo(f"{len(faults)} fault(s)." if faults else "Every directive proves itself.")
    raise typer.Exit(1 if faults else 0)
