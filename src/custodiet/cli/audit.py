"""``custodiet audit``: read, resolve, identify, judge, and say what came of it."""

from __future__ import annotations

import gc
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from custodiet.cli.common import (
    CatalogOption,
    JsonOption,
    Language,
    LanguageOption,
    QuietOption,
    VerboseOption,
    ZoneOption,
    checked_zone,
    load,
    read_sites,
)
from custodiet.errors import UsageError

if TYPE_CHECKING:
    from custodiet.audit import Progress
    from custodiet.casefile import Case
    from custodiet.model import Assessment
    from custodiet.sources.base import Reader

EXIT_FINDINGS, EXIT_INCOMPLETE = 3, 4


def audit(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT...", help="Captures, scans, logs, registers; files, folders, or - for stdin."),
    ],
    sites: Annotated[
        Path | None,
        typer.Option("--sites", metavar="FILE", help="Body, sites, zones and decisions (docs/sites-file.md)."),
    ] = None,
    on: Annotated[
        str, typer.Option("--on", metavar="DATE", help="Judge for this date, as 2022-12-01. [default: today]")
    ] = "",
    directive: Annotated[
        list[str] | None, typer.Option("--directive", metavar="ID", help="Judge by this directive only; repeatable.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Write report.html, assessment.json, findings.csv, .xlsx."),
    ] = None,
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
    language: LanguageOption = Language.en,
    catalog: CatalogOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> None:
    """Read files, find surveillance devices, name their makers and judge them.

    Nothing is sent to any device or network.
    """
    from custodiet import audit as steps
    from custodiet.cli.show import show_assessment, write_reports
    from custodiet.identify import Matcher
    from custodiet.judge import Judge, directives_for
    from custodiet.report.summary import worst_first
    from custodiet.sources import READERS

    # Observations and claims are made by the hundred thousand and hold no circles: looking for circles often is waste.
    gc.set_threshold(100_000, 20, 20)
    if language != Language.en and not out:
        raise UsageError(
            "only the page among the reports is written in another language",
            place="--language",
            next_step="Add --out DIR, or leave it out.",
        )
    judged_on = parsed_date(on, "--on")
    knowledge = load(catalog)
    directives = directives_for(knowledge, directive)
    body = read_sites(sites, knowledge) if sites else None
    if body is None and not directive:
        directives = ()  # nobody said whose devices these are: one open question, and not one for each text
    judge = Judge(body, directives, knowledge, judged_on)
    columns = columns_of(column or [], READERS)
    checked_zone(zone)
    with opened_case(case, inputs) as (opened, scratch):
        with shown_progress(quiet or json, verbose) as progress:
            matcher = Matcher(knowledge)
            skipped = steps.read_inputs(
                opened, inputs, READERS, scratch, columns=columns, progress=progress, matcher=matcher, zone=zone
            )
            counts = steps.conclude(opened, matcher, judge, worst_first, progress=progress)
        context = steps.Context(
            on=judged_on.isoformat(),
            chosen=bool(on),
            body=body,
            directives=directives,
            body_findings=(*judge.inventories(), *judge.fixed),
            catalog=knowledge.version,
            folders=tuple(str(folder.resolve()) for folder in catalog or ()),
            skipped=skipped,
            counts=counts,
        )
        steps.remember(opened, context)
        assessment = steps.assess(opened, context)
        if out:
            write_reports(out, opened, assessment, knowledge, language)
        if json or not quiet:
            show_assessment(opened, assessment, knowledge, json=json, verbose=verbose, path=case, out=out)
        else:
            complain_of_unread(assessment)
    raise typer.Exit(exit_code(assessment))


@contextmanager
def opened_case(path: Path | None, inputs: list[str]) -> Iterator[tuple[Case, Path]]:
    """The case to read into, and a folder for standard input; without a path a case that is thrown away at the end."""
    from custodiet.casefile import Case

    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
    scratch = nullcontext("") if path and "-" not in inputs else tempfile.TemporaryDirectory(prefix="custodiet-")
    with scratch as folder, Case(path or Path(folder, "scratch.sqlite"), durable=path is not None) as opened:
        yield opened, Path(folder)


def complain_of_unread(assessment: Assessment) -> None:
    """One sentence on the error stream for each input that could not be read at all: an error also for the quiet."""
    from custodiet.report.guard import plain
    from custodiet.report.summary import advice

    for issue in assessment.skipped:
        if issue.severity == "incomplete":
            place = f"{issue.source}, {issue.place}" if issue.place else issue.source
            print(f"custodiet: {plain(f'{place}: {advice(issue.reason, issue.next_step)}', 2000)}", file=sys.stderr)


def exit_code(assessment: Assessment) -> int:
    """3 when a finding is not satisfied; else 4 when something, or all, could not be read or judged; else 0."""
    if assessment.totals.not_satisfied:
        return EXIT_FINDINGS
    unread = not assessment.sources or any(
        issue.severity == "incomplete" for issue in (*assessment.issues, *assessment.skipped)
    )
    return EXIT_INCOMPLETE if unread or assessment.totals.undetermined else 0


def parsed_date(text: str, option: str) -> date:
    """The day that stands behind an option; today where nothing does."""
    if not text:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise UsageError(f"{text!r} is not a date", place=option, next_step="Write it as 2022-12-01.") from fault


def columns_of(pairs: list[str], readers: Iterable[Reader]) -> dict[str, str]:
    """Heading -> field, from what stands behind ``--column``; the fields are those of the formats that may be read."""
    from custodiet.catalog.spelling import nearest

    columns: dict[str, str] = {}
    if not pairs:
        return columns
    known = list(dict.fromkeys(field for reader in readers if reader.fields for field in sorted(reader.fields())))
    for pair in pairs:
        heading, mark, field = pair.rpartition("=")
        if not mark:
            raise UsageError(f"{pair!r} has no =", place="--column", next_step="Write it as 'Artikel=model'.")
        if field and field not in known:
            raise UsageError(f"a column cannot be read as {field!r}", place="--column", next_step=nearest(field, known))
        columns[heading] = field
    return columns


def shown_progress(silent: bool, verbose: int = 0) -> nullcontext[Progress]:
    """A progress bar on the terminal; nothing where nobody looks. The very curious hear of the processes at work."""
    from custodiet.audit import Progress

    told = _tell_processes if verbose > 1 else Progress().processes
    if silent or not sys.stderr.isatty():
        return nullcontext(Progress(processes=told))
    from custodiet.cli.progress import bar

    return bar(told)  # type: ignore[return-value]


def _tell_processes(doing: str, number: int) -> None:
    from custodiet.report.guard import plain

    print(f"custodiet: {plain(doing, 1000)}: {number} process{'es' * (number > 1)}", file=sys.stderr)
