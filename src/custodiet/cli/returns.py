"""``custodiet return``: the paper that a regime asks for, as a document for people or as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from custodiet.cli.audit import parsed_date
from custodiet.cli.common import CaseOption, CatalogOption, load, read_sites, write_whole
from custodiet.errors import UsageError


def make(
    regime: Annotated[
        str,
        typer.Argument(
            metavar="REGIME",
            help="The regime, as uk-department, us-889-initial or nl-council; a wrong name lists them all.",
        ),
    ],
    case: CaseOption,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to; the ending is .docx or .json.")],
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="As of this date. [default: today]")] = "",
    sites: Annotated[
        Path | None, typer.Option("--sites", metavar="FILE", help="A newer sites file. [default: that of the audit]")
    ] = None,
    signed: Annotated[str, typer.Option("--signed", metavar="NAME", help="Who answers for it.")] = "",
    previous: Annotated[
        Path | None, typer.Option("--previous", metavar="FILE", help="The return before (.json), to tell what changed.")
    ] = None,
    public: Annotated[bool, typer.Option("--public", help="Only what may be published.")] = False,
    catalog: CatalogOption = None,
) -> None:
    """Write the return of a regime from what a case holds.

    Facts that only people know are read from the sites file; what is missing stands at the top of the paper. Exit code
    4 while facts are missing.
    """  # fmt: skip
    from custodiet import audit as steps
    from custodiet.casefile import Case
    from custodiet.report import guard
    from custodiet.returns.changes import read_return
    from custodiet.returns.document import write_document
    from custodiet.returns.regimes import make_return
    from custodiet.returns.regimes import regime as chosen_regime

    chosen = chosen_regime(regime)
    ending = out.suffix.casefold()
    if ending not in (".docx", ".json"):
        raise UsageError("the ending tells what is written", place=str(out), next_step="Name a .docx or a .json file.")
    day = parsed_date(on, "--on")
    earlier = read_return(previous) if previous else None
    knowledge = load(catalog)
    with Case(case, must_exist=True) as opened:
        context = steps.recalled(opened)
        body = read_sites(sites, knowledge) if sites else context.body
        paper = make_return(
            chosen, opened, context, knowledge, body, day,
            signed_by=signed, previous=earlier, place=str(previous or ""), only_public=public,
        )  # fmt: skip

    def write_json(path: Path) -> None:
        path.write_bytes(guard.json_bytes(paper) + b"\n")

    if ending == ".json":
        write_whole(out, write_json)
    else:
        write_whole(out, lambda path: write_document(paper, path))
    typer.echo(f"Written: {out}" + (f"; facts that are missing: {len(paper.missing)}" if paper.missing else ""))
    raise typer.Exit(4 if paper.missing else 0)
