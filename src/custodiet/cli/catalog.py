"""``custodiet catalog``: what we know, and the proof that it holds together."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from custodiet.cli import knowledge as states
from custodiet.cli.common import CatalogOption, JsonOption, QuietOption, VerboseOption, load
from custodiet.errors import UsageError

app = typer.Typer(
    help="What we know: companies, brands, address blocks, fingerprints, endpoints, firmware, directives.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command()
def check(
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="A catalog folder. [default: ours]")] = None,
    quiet: QuietOption = False,
) -> None:
    """Let every record prove itself. Exit code 1 when one does not."""
    from custodiet.catalog.check import check_catalog
    from custodiet.catalog.load import default_folder
    from custodiet.report.guard import plain

    results = check_catalog(folder, beside=[default_folder()] if folder else ())
    for result in results:
        typer.echo(plain(f"{result.file}: {result.record}: {result.fault}. {result.remedy}", 2000), err=True)
    if not quiet or results:
        typer.echo(f"{len(results)} fault(s)." if results else "Every record proves itself.")
    raise typer.Exit(1 if results else 0)


FEW = 20
"""Makers and attributes that are shown without -v."""


@app.command()
def stats(catalog: CatalogOption = None, json: JsonOption = False, verbose: VerboseOption = 0) -> None:
    """Count what we know."""
    from custodiet.catalog.stats import stats as count

    counted = count(load(catalog))
    if json:
        from custodiet.report.guard import json_bytes

        typer.echo(json_bytes(counted).decode())
        return
    typer.echo(f"catalog {counted.version}")
    for name, number in counted.records.items():
        typer.echo(f"{number:>7,}  {name.replace('_', ' ')}")
    typer.echo(f"{counted.address_prefixes:>7,}  address prefixes")
    typer.echo(f"{counted.examples:>7,}  values that must match")
    typer.echo(f"{counted.counter_examples:>7,}  values that must stay silent")
    typer.echo(f"{len(counted.shelf):>7,}  records on the shelf, still thin on evidence")
    for title, counts in (("maker", counted.by_maker), ("attribute", counted.by_attribute)):
        typer.echo(f"\nfingerprints by {title}")
        for name, number in list(counts.items())[: None if verbose else FEW]:
            typer.echo(f"{number:>7,}  {name}")
        if not verbose and len(counts) > FEW:
            typer.echo(f"         and {len(counts) - FEW:,} more: -v shows them")


@app.command()
def show(
    id: Annotated[str, typer.Argument(metavar="ID", help="Id of any record.")], catalog: CatalogOption = None
) -> None:
    """Print one record with its sources; all of them where a company, a brand and an address block share the id."""
    from difflib import get_close_matches

    import msgspec

    from custodiet.report.guard import plain

    knowledge = load(catalog)
    records = knowledge.records(id)
    if not records:
        known = [
            *(f.id for f in knowledge.fingerprints),
            *knowledge.companies,
            *knowledge.brands,
            *knowledge.directives,
            *knowledge.endpoints,
            *knowledge.firmware,
            *knowledge.vulnerabilities,
        ]
        near = ", ".join(get_close_matches(id, dict.fromkeys([*known, *knowledge.address_blocks]), 5, 0.4))
        raise UsageError(f"there is no record {id!r}", next_step=f"Near it: {near}." if near else "")
    for number, (folder, record) in enumerate(records.items()):
        if len(records) > 1:
            typer.echo(f"{'---' if number else ''}\n# {folder.replace('_', ' ')}".lstrip())
        text = msgspec.yaml.encode(msgspec.to_builtins(record)).decode()
        typer.echo("\n".join(plain(line, 2000) for line in text.splitlines()))


app.command("diff")(states.diff)
app.command("import")(states.import_)
