"""``custodiet count``: how many devices of whom answered a scan, of all owners, without keeping any of them."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from custodiet.cli.common import CatalogOption, JsonOption, QuietOption, VerboseOption, load, write_whole
from custodiet.errors import UsageError

if TYPE_CHECKING:
    from custodiet.catalog.contents import Catalog
    from custodiet.count.result import CountResult

EXIT_INCOMPLETE = 4

COUNTED = ("scan", "labelled")
"""Kinds of sources whose records are answers to somebody who asked."""

NO_SCAN = "Use custodiet audit for it."


def count(
    scans: Annotated[
        list[str],
        typer.Argument(metavar="SCAN...", help="Exports of Shodan, Censys, masscan, zgrab2, nmap; Parquet; .gz, .zst."),
    ],
    by: Annotated[
        str, typer.Option("--by", metavar="COLUMNS", help="Any of maker,brand,class,country,network.")
    ] = "maker,country",
    everything: Annotated[
        bool, typer.Option("--all", help="Count all devices, not only surveillance devices.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the table as .csv, .json or .parquet.")
    ] = None,
    engine: Annotated[Literal["local", "spark"], typer.Option("--engine", help="Where to count.")] = "local",
    master: Annotated[str, typer.Option("--master", metavar="URL", help="Address of the Spark cluster.")] = "local[*]",
    jobs: Annotated[
        int, typer.Option("--jobs", min=0, metavar="N", help="Processes on this machine; 0: one for each core.")
    ] = 0,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="HEADING=FIELD", help="Read this column of a Parquet file so; repeatable."),
    ] = None,
    catalog: CatalogOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> None:
    """Count the devices in scan exports: each device once, however often it answered.

    Nothing is sent to any device and nothing is kept, unless --out names a file.
    """
    if out and out.suffix not in (".csv", ".json", ".parquet"):
        raise UsageError("no such kind of table", place=str(out), next_step="End the name in .csv, .json or .parquet.")
    try:
        import pyarrow as _arrow  # noqa: F401 - asked here, so that whoever lacks it hears it before a long work
    except ImportError as fault:
        raise UsageError(
            "counting works on Arrow batches, which are not installed",
            place="count",
            next_step="Install them: pip install 'custodiet[bulk]', or in a checkout: pip install '.[bulk]'.",
        ) from fault
    from custodiet.count.result import columns
    from custodiet.identify.runners import seldom_look_for_circles

    asked = columns(by)
    knowledge = load(catalog)
    seldom_look_for_circles()
    result = _counted(scans, asked, knowledge, catalog, everything, engine, master, jobs, column or [], quiet or json)
    if out:
        _write(out, result, knowledge)
    if json:
        from custodiet.report.guard import json_bytes

        sys.stdout.buffer.write(json_bytes(result) + b"\n")
    elif not quiet:
        from custodiet.report import counted, guard
        from custodiet.report.names import CatalogNames

        console = guard.console(sys.stdout, colour=guard.wants_colour(sys.stdout, os.environ))
        counted.show(console, result, CatalogNames(knowledge), limit=None if verbose else counted.FEW)
        if out:
            console.print()
            console.print(guard.styled(f"Written to {out}."))
    raise typer.Exit(EXIT_INCOMPLETE if not result.records or result.issues else 0)


def _counted(
    scans: list[str],
    asked: tuple[str, ...],
    knowledge: Catalog,
    catalog: list[Path] | None,
    everything: bool,
    engine: str,
    master: str,
    jobs: int,
    column: list[str],
    silent: bool,
) -> CountResult:
    from custodiet import __version__
    from custodiet.catalog.load import default_folder
    from custodiet.cli.audit import columns_of, shown_progress
    from custodiet.count.local import ScanFile, count_files
    from custodiet.count.result import summarise
    from custodiet.model import Issue
    from custodiet.sources import READERS
    from custodiet.sources.intake import expand, recognise

    folders = tuple(str(folder) for folder in (default_folder(), *catalog)) if catalog else None
    columns = columns_of(column, (reader for reader in READERS if reader.kind in COUNTED))
    files: list[ScanFile] = []
    issues: list[Issue] = []
    with tempfile.TemporaryDirectory(prefix="custodiet-") as scratch, shown_progress(silent) as progress:
        for found in expand(scans, Path(scratch)):
            reader = found if isinstance(found, Issue) else recognise(*found, READERS)
            if isinstance(found, Issue):
                issues.append(found)
            elif isinstance(reader, Issue):
                issues.append(reader)
            elif reader.kind not in COUNTED:
                issues.append(Issue(source=found[1], place="", reason=f"{reader.title}: not a scan", next_step=NO_SCAN))
            else:
                files.append(ScanFile(path=found[0], name=found[1], reader=reader))
        if engine == "spark":
            from custodiet.count.spark import count_in_spark, session

            progress.step("counting on Spark")
            spark = session(master)
            try:
                counted, lost = count_in_spark(spark, files, folders=folders)
            finally:
                spark.stop()
        else:
            begun: set[str] = set()

            def done(name: str, size: int) -> None:
                if name not in begun:
                    begun.add(name)
                    progress.file(name, next(file.path.stat().st_size for file in files if file.name == name))
                progress.done(size)

            workers = jobs or os.cpu_count() or 1
            counted, lost = count_files(
                files, Path(scratch), workers=workers, folders=folders, progress=done, columns=columns
            )
    return summarise(
        counted,
        asked,
        knowledge,
        everything=everything,
        sources=[file.name for file in files],
        issues=[*issues, *lost],
        tool=__version__,
    )


def _write(path: Path, result: CountResult, knowledge: Catalog) -> None:
    """Write the table in the form that the name's ending says; it appears only when it is whole."""
    from custodiet.report import counted, guard
    from custodiet.report.names import CatalogNames

    def write(unfinished: Path) -> None:
        if path.suffix == ".json":
            unfinished.write_bytes(guard.json_bytes(result) + b"\n")
        elif path.suffix == ".parquet":
            counted.write_parquet(unfinished, result)
        else:
            with unfinished.open("w", encoding="utf-8-sig", newline="") as stream:
                counted.write_csv(stream, result, CatalogNames(knowledge))

    write_whole(path, write)
