"""Printing and writing: a stored result to the terminal or to files, through the writers of `custodiet.report`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from custodiet import audit as steps
from custodiet.casefile import Case
from custodiet.catalog.contents import Catalog
from custodiet.cli.common import write_whole
from custodiet.errors import UsageError
from custodiet.model import Assessment, Egress, Entry
from custodiet.report import guard, terminal
from custodiet.report.languages import LANGUAGES, speech
from custodiet.report.names import CatalogNames
from custodiet.report.speech import spoken


def names_for(case: Case, catalog: Catalog) -> CatalogNames:
    """The names for a report of this case."""
    context = steps.recall(case)
    return CatalogNames(catalog, context.directives if context else ())


def _html(path: Path, entries: Iterable[Entry], assessment: Assessment, names: CatalogNames) -> None:
    from custodiet.report.html import write_html

    with path.open("w", encoding="utf-8", newline="\n") as stream:
        write_html(stream, assessment, entries, names)


def _json(path: Path, entries: Iterable[Entry], assessment: Assessment, names: CatalogNames) -> None:
    from custodiet.report.json import write_json
    from custodiet.report.laws import laws_of

    with path.open("wb") as stream:
        write_json(stream, assessment, entries, laws_of(assessment, names))


def _csv(path: Path, entries: Iterable[Entry], assessment: Assessment, names: CatalogNames) -> None:
    from custodiet.report.csv import write_csv

    with path.open("w", encoding="utf-8", newline="") as stream:
        write_csv(stream, assessment, entries, names)


def _xlsx(path: Path, entries: Iterable[Entry], assessment: Assessment, names: CatalogNames) -> None:
    from custodiet.report.xlsx import write_xlsx

    write_xlsx(path, assessment, entries, names)


Writer = Callable[[Path, Iterable[Entry], Assessment, CatalogNames], None]
WRITERS: dict[str, tuple[str, Writer]] = {
    "html": ("report.html", _html),
    "json": ("assessment.json", _json),
    "csv": ("findings.csv", _csv),
    "xlsx": ("findings.xlsx", _xlsx),
}
"""Format -> usual file name and writer, in the order in which they are named to people."""


def write_reports(
    folder: Path, case: Case, assessment: Assessment, catalog: Catalog, language: str = LANGUAGES[0]
) -> None:
    """Write every format into a folder, the page in a language."""
    if folder.exists() and not folder.is_dir():
        raise UsageError("this is a file, not a folder", place=str(folder), next_step="Give --out another name.")
    with steps.talks_of(case, catalog) as talks:
        for format, (name, _) in WRITERS.items():
            write_report(format, folder / name, case, assessment, catalog, talks, language)


def write_report(
    format: str,
    path: Path,
    case: Case,
    assessment: Assessment,
    catalog: Catalog,
    talks: Iterable[Egress] | None = None,
    language: str = LANGUAGES[0],
) -> None:
    """Write one format to a file, which appears only when it is whole.

    Args:
        format: one of `WRITERS`.
        path: the file.
        case: with what was concluded.
        assessment: the head.
        catalog: for names.
        talks: those of `audit.talks_of`, where they are at hand.
        language: of the page; what programs read is English.
    """
    names = names_for(case, catalog)
    entries = steps.entries(case, catalog=catalog, talks=talks)
    with spoken(speech(language if format == "html" else LANGUAGES[0])):
        write_whole(path, lambda unfinished: WRITERS[format][1](unfinished, entries, assessment, names))


def print_report(format: str, case: Case, assessment: Assessment, catalog: Catalog) -> None:
    """Write CSV or JSON to standard output."""
    if format == "json":
        from custodiet.report.json import write_json
        from custodiet.report.laws import laws_of

        laws = laws_of(assessment, names_for(case, catalog))
        write_json(sys.stdout.buffer, assessment, steps.entries(case, catalog=catalog), laws)
    else:
        from custodiet.report.csv import write_csv

        write_csv(sys.stdout, assessment, steps.entries(case, catalog=catalog), names_for(case, catalog))


def show_assessment(
    case: Case,
    assessment: Assessment,
    catalog: Catalog,
    *,
    json: bool,
    verbose: int,
    path: Path | None,
    out: Path | None,
) -> None:
    """Print an assessment as text or JSON; ``verbose`` shows more of the same stored result."""
    if json:
        print_report("json", case, assessment, catalog)
        return
    console = guard.console(sys.stdout, colour=guard.wants_colour(sys.stdout, os.environ))
    names = names_for(case, catalog)
    terminal.show(
        console, assessment, steps.entries(case), names, verbosity=verbose, case=str(path or ""), out=str(out or "")
    )


def show_dossier(
    case: Case,
    asset: str,
    catalog: Catalog,
    *,
    format: str,
    out: Path | None,
    verbose: int,
    language: str = LANGUAGES[0],
) -> None:
    """Show the dossier of one device as ``tree``, ``html`` or ``json``, on the terminal or in a file.

    The language is that of ``html``; the others are English.
    """
    from custodiet.identify import Matcher

    dossier = steps.dossier(case, Matcher(catalog), asset)
    if format == "json":
        from custodiet.report.json import dossier_bytes

        written = dossier_bytes(dossier)
        if out:
            write_whole(out, lambda unfinished: _bytes(unfinished, written))
            return
        sys.stdout.buffer.write(written)
        return
    context = steps.recall(case)
    assert context is not None  # or there would be no dossier
    assessment, names = steps.assess(case, context), names_for(case, catalog)
    whole = next(steps.entries(case, asset, catalog=catalog))
    entry = msgspec.structs.replace(whole, identification=dossier.identification)
    if format == "html":
        from custodiet.report.dossier_html import write_dossier

        def page(path: Path) -> None:
            with path.open("w", encoding="utf-8", newline="\n") as stream:
                write_dossier(stream, dossier, entry, assessment, names)

        with spoken(speech(language)):
            if out:
                write_whole(out, page)
            else:
                write_dossier(sys.stdout, dossier, entry, assessment, names)
        return
    from custodiet.report.dossier_tree import dossier_tree

    tree = dossier_tree(dossier, entry, assessment, names, verbosity=verbose)
    if out:

        def text(path: Path) -> None:
            with path.open("w", encoding="utf-8", newline="\n") as stream:
                guard.console(stream, colour=False, width=TEXT_WIDTH).print(tree)

        write_whole(out, text)
    else:
        guard.console(sys.stdout, colour=guard.wants_colour(sys.stdout, os.environ)).print(tree)


TEXT_WIDTH = 100
"""Columns of a tree in a file."""


def _bytes(path: Path, content: bytes) -> None:
    path.write_bytes(content)
