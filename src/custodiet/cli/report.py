"""``custodiet report``: an old result shown again, without reading sources again."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from custodiet.cli.common import CaseOption, CatalogOption, Language, LanguageOption, load
from custodiet.errors import UsageError


class Format(StrEnum):
    """The outputs, each a file of `custodiet.report`."""

    html = "html"
    json = "json"
    csv = "csv"
    xlsx = "xlsx"
    all = "all"


def report(
    case: CaseOption,
    format: Annotated[Format, typer.Option("--format", help="What to write.")] = Format.html,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="PATH",
            help="The file, or the folder of all; csv and json go to the terminal without it.",
        ),
    ] = None,
    language: LanguageOption = Language.en,
    catalog: CatalogOption = None,
) -> None:
    """Write a report of what the case holds; files for programs are always English."""
    from custodiet import audit as steps
    from custodiet.casefile import Case
    from custodiet.cli.show import WRITERS, print_report, write_report, write_reports

    if language != Language.en and format not in (Format.html, Format.all):
        raise UsageError(
            f"{format} is for programs and always English", place="--language", next_step="Leave it out, or write html."
        )
    with Case(case, must_exist=True) as opened:
        context = steps.recalled(opened)
        knowledge = load(catalog)
        assessment = steps.assess(opened, context)
        if format == Format.all:
            folder = out or Path()
            write_reports(folder, opened, assessment, knowledge, language)
            for name, _ in WRITERS.values():
                typer.echo(f"Written: {folder / name}")
        elif out is None and format in (Format.csv, Format.json):
            print_report(format.value, opened, assessment, knowledge)
        else:
            target = out or Path(DEFAULT_NAMES[format])
            write_report(format.value, target, opened, assessment, knowledge, language=language)
            typer.echo(f"Written: {target}")


DEFAULT_NAMES = {
    Format.html: "report.html",
    Format.json: "assessment.json",
    Format.csv: "findings.csv",
    Format.xlsx: "findings.xlsx",
}
