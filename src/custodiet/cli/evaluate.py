"""``custodiet evaluate``: how often are we right, and how often do we accuse wrongly."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from custodiet.cli.common import CatalogOption, JsonOption, VerboseOption, load
from custodiet.errors import SourceError, UsageError

EXIT_INCOMPLETE = 4


def evaluate(
    labelled: Annotated[
        Path, typer.Argument(metavar="LABELLED.jsonl", help="Labelled observations, one JSON object a line.")
    ],
    fold: Annotated[
        str,
        typer.Option(
            "--fold", metavar="K/N", help="Only the brands of part K of N, so that tuning and measuring stay apart."
        ),
    ] = "",
    catalog: CatalogOption = None,
    json: JsonOption = False,
    verbose: VerboseOption = 0,
) -> None:
    """Compare our answers with the truth, line by line.

    Prints what was right, wrong and unknown, every false accusation, and whether the bands mean what they say.
    """
    from custodiet.evaluate import evaluate as measure
    from custodiet.evaluate import parse_fold, read_labelled
    from custodiet.evaluate.table import table
    from custodiet.model import Issue
    from custodiet.report.guard import json_bytes, plain

    part = parse_fold(fold)
    if not labelled.is_file():
        raise UsageError("there is no such file", place=str(labelled), next_step="Check the path.")
    knowledge = load(catalog)
    found = list(read_labelled(labelled, knowledge))
    issues = [one for one in found if isinstance(one, Issue)]
    lines = [one for one in found if not isinstance(one, Issue)]
    if not lines:
        raise SourceError(
            "no labelled line could be read", place=str(labelled), next_step=issues[0].next_step if issues else ""
        )
    result = measure(lines, issues, knowledge, part)
    if json:
        typer.echo(json_bytes(result).decode())
    else:
        for line in table(result, name=labelled.name, verbose=verbose):
            typer.echo(plain(line, 200))
    raise typer.Exit(EXIT_INCOMPLETE if issues else 0)
