"""``custodiet law``: what directives say, one by one and side by side, and the proof that we read them right."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from custodiet.cli.common import CatalogOption, JsonOption, QuietOption, load, read_sites, tell

if TYPE_CHECKING:
    from custodiet.catalog import Catalog
    from custodiet.model import Directive

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
    """Let every directive prove itself by its cases, and every public claim by its source. Exit code 1 otherwise."""
    from custodiet.catalog.check.directives import check_directives
    from custodiet.catalog.load import default_folder
    from custodiet.claims import check_claims
    from custodiet.judge import directives_for
    from custodiet.law.check import check_law
    from custodiet.report.guard import plain

    knowledge, here = load(catalog), folder or default_folder()
    asked = directives_for(knowledge, ids) if ids else tuple(knowledge.directives.values())
    faults = [fault for fault in check_directives(knowledge) if not ids or fault.record in ids]
    faults += check_law(knowledge, here, tuple(ids or ()))
    if not ids:
        beside = [] if here == default_folder() else [default_folder()]
        faults += [fault for one in (here, *(catalog or [])) for fault in check_claims(one, knowledge, beside)]
    for fault in faults:
        typer.echo(plain(f"{fault.file}: {fault.fault}. {fault.remedy}", 2000), err=True)
    if not quiet or faults:
        typer.echo(f"{len(faults)} fault(s)." if faults else f"Every directive proves itself: {len(asked)} asked.")
    raise typer.Exit(1 if faults else 0)


IdsArgument = Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of directives.")]
JurisdictionOption = Annotated[
    str, typer.Option("--jurisdiction", metavar="XX,...", help="Only these countries, as nl,gb,us or eu.")
]


@app.command("list")
def list_(
    jurisdiction: JurisdictionOption = "",
    status: Annotated[str, typer.Option("--status", help="Only texts of this status, such as 'in force'.")] = "",
    catalog: CatalogOption = None,
    json: JsonOption = False,
) -> None:
    """List the directives that we know."""
    from custodiet.catalog.spelling import nearest
    from custodiet.errors import UsageError
    from custodiet.report.law import FORCE, listed

    if status and status not in FORCE:
        step = nearest(status[:40], FORCE)
        raise UsageError(f"there is no status {status[:40]}", place="--status", next_step=step)
    found = [one for one in chosen(load(catalog), jurisdiction) if status in ("", one.status)]
    tell(found, lambda: [listed(found)], json=json)


@app.command()
def show(
    id: Annotated[str, typer.Argument(metavar="ID", help="Id of a directive.")],
    catalog: CatalogOption = None,
    json: JsonOption = False,
) -> None:
    """Show one directive, sentence by sentence, with its sources and what could not be confirmed."""
    from custodiet.judge import directives_for
    from custodiet.report.law import as_table, shown

    knowledge = load(catalog)
    (one,) = directives_for(knowledge, [id])
    tell(one, lambda: [as_table(shown(one, knowledge))], json=json)


@app.command()
def compare(ids: IdsArgument, catalog: CatalogOption = None, json: JsonOption = False) -> None:
    """Put directives side by side, question by question."""
    from custodiet.judge import directives_for
    from custodiet.law.compare import compare as table
    from custodiet.report.law import compared

    knowledge = load(catalog)
    directives = directives_for(knowledge, ids)
    tell(table(directives, knowledge), lambda: [compared(directives, knowledge)], json=json)


@app.command()
def calendar(
    jurisdiction: JurisdictionOption = "",
    sites: Annotated[
        Path | None, typer.Option("--sites", metavar="FILE", help="Days that deadlines run from (docs/sites-file.md).")
    ] = None,
    since: Annotated[str, typer.Option("--since", metavar="DATE", help="Only dates from this day on.")] = "",
    ics: Annotated[bool, typer.Option("--ics", help="Print a calendar file (iCalendar) instead of text.")] = False,
    catalog: CatalogOption = None,
    json: JsonOption = False,
) -> None:
    """List the dates of directives, earliest first; deadlines that run from an event stand below."""
    from datetime import date

    from custodiet.cli.audit import parsed_date
    from custodiet.law.calendar import as_ics, running
    from custodiet.law.calendar import calendar as dates
    from custodiet.report.law import dated

    knowledge = load(catalog)
    body = read_sites(sites, knowledge) if sites else None
    directives = chosen(knowledge, jurisdiction)
    first = parsed_date(since, "--since") if since else date.min
    entries = [one for one in dates(directives, body) if one.day >= first]
    if ics:
        sys.stdout.write(as_ics(entries, date.today()))
        return
    runs = running(directives)
    tell([entries, runs], lambda: [dated(entries, runs)], json=json)


def chosen(catalog: Catalog, jurisdiction: str) -> tuple[Directive, ...]:
    """The directives of these countries, separated by commas; empty: all. The UK is known as GB and as UK.

    Raises:
        UsageError: a country of which we know no directive.
    """
    from custodiet.catalog.spelling import nearest
    from custodiet.errors import UsageError

    wanted = [{"UK": "GB"}.get(code, code) for code in jurisdiction.upper().replace(" ", "").split(",") if code]
    known = {one.jurisdiction for one in catalog.directives.values()}
    for code in wanted:
        if code not in known:
            raise UsageError(
                f"no directive of {code[:20]} is known", place="--jurisdiction", next_step=nearest(code[:20], known)
            )
    return tuple(one for one in catalog.directives.values() if not wanted or one.jurisdiction in wanted)
