"""``custodiet events``: what befell devices and sites, day by day, and who says so."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from custodiet.cli.common import CaseOption, CatalogOption, JsonOption, load, read_sites, tell
from custodiet.errors import UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from custodiet.timeline import Event


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
    from custodiet import audit as steps
    from custodiet.casefile import Case
    from custodiet.cli.explain import find_asset
    from custodiet.timeline import timeline

    with Case(case, must_exist=True) as opened:
        context = steps.recalled(opened)
        body = read_sites(sites, load(catalog)) if sites else context.body
        wanted = find_asset(opened, asset).id if asset else ""
        if site and site not in {one.id for one in (body.sites if body else ())}:
            raise UsageError(f"there is no site {site[:60]}", place="--site", next_step="Use an id of the sites file.")
        found = timeline(opened, body, asset=wanted, site=site)
    tell(found, lambda: [_table(found)], json=json)


def _table(found: Sequence[Event]) -> RenderableType:
    """The events below one another; what does not fit goes on in the next line."""
    from rich.table import Table

    from custodiet.report.guard import styled

    if not found:
        return styled("No source gives a day for anything.")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("day", "what", "of", "text", "who says so"):
        table.add_column(heading, overflow="fold")
    for one in found:
        table.add_row(*(styled(text, limit=300) for text in (one.day, one.what, one.label, one.text, one.by)))
    return table
