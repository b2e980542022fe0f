"""``custodiet identify``: who made each device, how sure, why; nothing is judged."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from custodiet.cli.common import CatalogOption, JsonOption, QuietOption, VerboseOption, ZoneOption, checked_zone, load
from custodiet.errors import UsageError

if TYPE_CHECKING:
    from custodiet.audit import Context
    from custodiet.casefile import Case

EXIT_INCOMPLETE = 4


def identify(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT...", help="Captures, scans, logs, registers, lines of text; or - for stdin."),
    ],
    case: Annotated[
        Path | None, typer.Option("--case", metavar="FILE", help="Keep everything in this case file and go on with it.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column", metavar="HEADING=FIELD", help="Read this heading of a table as this field; repeatable."
        ),
    ] = None,
    zone: ZoneOption = "",
    catalog: CatalogOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> None:
    """Read files and say of each device who made it, how sure we are, and why. Nothing is judged.

    Exit code 4 when something could not be read.
    """
    name_devices(inputs, case=case, column=column, zone=zone, catalog=catalog, json=json, quiet=quiet, verbose=verbose)


def name_devices(
    inputs: list[str],
    *,
    case: Path | None,
    column: list[str] | None = None,
    zone: str = "",
    catalog: list[Path] | None,
    json: bool,
    quiet: bool,
    verbose: int,
    find: dict[str, Any] | None = None,
) -> NoReturn:
    """What `identify` does, also for commands that have just asked or listened.

    Args:
        find: for JSON, what that came to; none where nothing was asked.
    """
    from custodiet import audit as steps
    from custodiet.cli.audit import columns_of, complain_of_unread, opened_case, shown_progress
    from custodiet.cli.prose import prose_of
    from custodiet.identify import Matcher
    from custodiet.report.order import worst_first
    from custodiet.sources import READERS

    gc.set_threshold(100_000, 20, 20)  # observations hold no circles: looking for them often is waste
    knowledge = load(catalog)
    gc.freeze()  # nor does the catalog, which stays to the end
    atexit.register(gc.freeze)  # nor what is left at the end
    columns = columns_of(column or [], READERS)
    checked_zone(zone)
    with opened_case(case, inputs) as (opened, scratch):
        _refuse_judged(opened)
        with shown_progress(quiet or json, verbose) as progress:
            matcher = Matcher(knowledge)
            skipped = steps.read_inputs(
                opened, inputs, READERS, scratch, columns=columns, progress=progress, matcher=matcher, zone=zone
            )
            counts = steps.conclude(opened, matcher, None, worst_first, progress=progress)
        lines, skipped = prose_of(skipped, scratch, matcher)
        context = steps.Context(
            on=date.today().isoformat(),
            chosen=False,
            body=None,
            directives=(),
            body_findings=(),
            catalog=knowledge.version,
            folders=tuple(str(folder.resolve()) for folder in catalog or ()),
            skipped=skipped,
            counts=counts,
        )
        steps.remember(opened, context)
        assessment = steps.assess(opened, context)
        if json:
            from custodiet.report.identified import write_json

            write_json(sys.stdout.buffer, assessment, steps.entries(opened), lines, find=find)
        elif not quiet:
            from custodiet.cli.show import names_for
            from custodiet.report import guard
            from custodiet.report.identified import show

            console = guard.console(sys.stdout, colour=guard.wants_colour(sys.stdout, os.environ))
            names = names_for(opened, knowledge)
            found = steps.entries(opened)
            show(console, assessment, found, lines, names, counts.makers, verbosity=verbose, case=str(case or ""))
        else:
            complain_of_unread(assessment)
    unread = not (assessment.sources or lines) or any(
        issue.severity == "incomplete" for issue in (*assessment.issues, *assessment.skipped)
    )
    raise typer.Exit(EXIT_INCOMPLETE if unread else 0)


def refuse_judged(path: Path | None) -> None:
    """As `_refuse_judged`, before anything is asked or heard for a case; one that is not there yet is welcome.

    Raises:
        UsageError: it was judged.
    """
    from custodiet.casefile import Case

    if path is not None and path.exists():
        with Case(path) as case:
            _refuse_judged(case)


def _refuse_judged(case: Case) -> None:
    """A case that was judged would lose its findings: they belong to the answers that would be replaced."""
    from custodiet import audit as steps

    context: Context | None = steps.recall(case)
    if context is not None and context.directives:
        raise UsageError(
            "this case was judged, and identify would drop its findings",
            place=str(case.path),
            next_step="Use custodiet audit with it, or give --case another name.",
        )
