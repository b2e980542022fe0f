"""``custodiet events``: what befell devices and sites, day by day, and who says so."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from custodiet.cli.common import CaseOption, CatalogOption, JsonOption, load
from custodiet.errors import UsageError


def events(
    case: CaseOption,
    asset: Annotated[str, typer.Argument(metavar="[ASSET]", help="Only this device: id, address, MAC or tag.")] = "",
    site: Annotated[str, typer.Option("--site", metavar="ID", help="Only this site, with its devices.")] = "",
    sites: Annotated[
        Path | None, typer.Option("--sites", metavar="FILE", help="A newer sites file. [default: that of the audit]")
    ] = None,
    catalog: CatalogOption = None,
    json: JsonOption = False,
) -> None:
    """List what befell devices and sites, earliest first: bought, installed, seen, updated, decided, removed."""
    from rich.table import Table

    from custodiet import audit as steps
    from custodiet.casefile import Case
    from custodiet.cli.explain import find_asset
    from custodiet.report import guard
    from custodiet.sites import load_sites
    from custodiet.timeline import timeline

    with Case(case, must_exist=True) as opened:
        context = steps.recalled(opened)
        body = load_sites(sites, kinds=load(catalog).body_kinds) if sites else context.body
        wanted = find_asset(opened, asset).id if asset else ""
        if site and site not in {one.id for one in (body.sites if body else ())}:
            raise UsageError(f"there is no site {site[:60]}", place="--site", next_step="Use an id of the sites file.")
        found = timeline(opened, body, asset=wanted, site=site)
    if json:
        sys.stdout.buffer.write(guard.json_bytes(found) + b"\n")
        return
    table = Table("day", "what", "of", "text", "who says so", box=None, pad_edge=False, header_style="bold")
    for one in found:
        table.add_row(*(guard.styled(text, limit=300) for text in (one.day, one.what, one.label, one.text, one.by)))
    screen = guard.console(sys.stdout, colour=guard.wants_colour(sys.stdout, os.environ))
    screen.print(table if found else guard.styled("No source gives a day for anything."))
