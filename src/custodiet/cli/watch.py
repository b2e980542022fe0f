"""``custodiet watch``: told at once what is new of devices, from an interface or from files."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from custodiet.cli.common import CaseOption, CatalogOption, JsonOption, QuietOption, checked_zone, load
from custodiet.errors import UsageError

if TYPE_CHECKING:
    from datetime import tzinfo

    from custodiet.casefile import Case
    from custodiet.model.news import News
    from custodiet.watch.isolated import Isolation
    from custodiet.watch.seen import Around

EXIT_BACK, EXIT_INCOMPLETE = 3, 4


def watch(
    case: CaseOption,
    inputs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[INPUT]...", help="Captures, flow exports and logs to read into the case."),
    ] = None,
    listen: Annotated[
        str, typer.Option("--listen", metavar="INTERFACE", help="Listen on this interface; send nothing.")
    ] = "",
    duration: Annotated[
        str, typer.Option("--for", metavar="TIME", help="How long to listen, as 90s, 15m, 24h or 7d. [default: on]")
    ] = "",
    near_side: Annotated[
        bool,
        typer.Option(
            "--near-side",
            help="What is heard is between the devices and the rules: what gets no answer counts as blocked.",
        ),
    ] = False,
    zone: Annotated[
        str,
        typer.Option(
            "--zone", metavar="NAME", help="Time zone in which times are told, and of logs without one. [default: UTC]"
        ),
    ] = "",
    again: Annotated[bool, typer.Option("--again", help="Show all that was ever told of this case.")] = False,
    bell: Annotated[bool, typer.Option("--bell", help="Ring the terminal's bell where somebody should act.")] = False,
    catalog: CatalogOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Tell at once what is new: a destination outside, a firmware, a device, or one back after isolation.

    Nothing is sent, and nothing is executed. Each news is told once and kept in the case. Exit code 3 when a device
    came back after isolation, else 4 when something could not be told, else 0.
    """
    from zoneinfo import ZoneInfo

    if [bool(listen), bool(inputs), again].count(True) != 1:
        raise UsageError(
            "watch listens, reads files or tells again what it told",
            next_step="Give --listen INTERFACE, INPUT or --again.",
        )
    if duration and not listen:
        raise UsageError("files last as long as they last", place="--for", next_step="Give it with --listen.")
    crier = Crier(ZoneInfo(checked_zone(zone)) if zone else None, json=json, quiet=quiet, bell=bell)
    if again:
        _again(case, crier)
        return
    if listen:
        from custodiet.cli.watching_live import follow

        whole = follow(listen, duration, case, catalog, crier, near_side=near_side)
    else:
        whole = _files(case, inputs or [], catalog, zone, crier, near_side=near_side)
    if crier.back:
        raise typer.Exit(EXIT_BACK)
    raise typer.Exit(0 if whole and not crier.missed else EXIT_INCOMPLETE)


class Crier:
    """Prints news as they come.

    Args:
        zone: of times; none: UTC.
        json: one object a line instead of text.
        quiet: print nothing.
        bell: ring where somebody should act, on a terminal alone.
    """

    def __init__(self, zone: tzinfo | None, *, json: bool, quiet: bool, bell: bool) -> None:
        from custodiet.report import guard

        self._zone, self._json, self._quiet = zone, json, quiet
        self._bell = bell and sys.stdout.isatty()
        self._screen = guard.console(sys.stdout, colour=guard.wants_colour(sys.stdout, os.environ))
        self.back = self.missed = self.number = 0

    def cry(self, found: Iterable[News]) -> None:
        """Print some."""
        from custodiet.report import watch as faces

        for one in found:
            self.number += 1
            self.back += one.kind == "back after isolation"
            self.missed += one.kind == "cannot be told"
            if self._json:
                faces.write(sys.stdout.buffer, one)
            elif not self._quiet:
                faces.line(self._screen, one, self._zone)
                if self._bell and one.severity == "act now":
                    sys.stdout.write("\a")
                sys.stdout.flush()

    def say(self, sentence: str) -> None:
        """A sentence on how it goes, on the error stream, so that standard output holds news alone."""
        from custodiet.report import guard

        if not (self._json or self._quiet):
            colour = guard.wants_colour(sys.stderr, os.environ)
            guard.console(sys.stderr, colour=colour).print(guard.styled(sentence, "dim"))


def _again(case: Path, crier: Crier) -> None:
    """All that was told, oldest first."""
    from custodiet.casefile import Case
    from custodiet.watch.told import history

    with Case(case, must_exist=True) as opened:
        crier.cry(history(opened))
    crier.say(f"{_count(crier.number, 'news', 'news')} told of this case so far.")


def _files(
    case: Path, inputs: list[str], folders: list[Path] | None, zone: str, crier: Crier, *, near_side: bool
) -> bool:
    """Read files into the case, and tell what they brought; whether all could be read."""
    from custodiet import audit as steps
    from custodiet.casefile import Case
    from custodiet.cli.audit import complain_of_unread, opened_case, shown_progress
    from custodiet.cli.explain import remembered_folders
    from custodiet.report.order import worst_first
    from custodiet.sources import READERS
    from custodiet.watch.files import around_of, devices_of, news_of_files
    from custodiet.watch.losses import of_statements
    from custodiet.watch.told import Told

    if case.is_file():
        with Case(case) as opened:
            folders = folders or remembered_folders(opened)
    knowledge = load(folders)
    with opened_case(case, inputs) as (opened, scratch):
        old = frozenset(source.id for source in opened.sources()) - frozenset(opened.unfinished())
        before = devices_of(opened, knowledge)
        with shown_progress(True, 0) as progress:
            context = steps.read_more(
                opened, inputs, READERS, scratch, knowledge, worst_first,
                folders=folders or (), progress=progress, zone=zone,
            )  # fmt: skip
        assessment = steps.assess(opened, context)
        complain_of_unread(assessment)
        around = around_of(opened, knowledge, context.body, context.on)
        isolation = isolation_of(opened, around, near_side=near_side)
        told = Told(opened, time.time)
        crier.cry(told.new(of_statements(isolation.unsound)))
        for one in news_of_files(opened, around, before, isolation, old):
            crier.cry(told.new([one]))
        read = len(opened.sources()) - len(old)
        crier.say(f"{_count(read, 'new source')} read; {_count(crier.number, 'news', 'news')}.")
        return not any(issue.severity == "incomplete" for issue in (*assessment.issues, *context.skipped))


def _count(number: int, one: str, many: str = "") -> str:
    from custodiet.report import words

    return words.count(number, one, many)


def isolation_of(case: Case, around: Around, *, near_side: bool) -> Isolation:
    """Whom the statements in a case call isolated."""
    from custodiet.statements import KEPT_UNDER
    from custodiet.watch.isolated import Isolation

    owners = around.owners

    def whose(name: str) -> str:
        record = owners.record(name)
        known = record is not None and not record.shelf
        return f"{record.purpose.replace('-', ' ')} of {owners.company(record.company)}" if known and record else ""

    return Isolation(case.metas(KEPT_UNDER), around.own, whose, near_side=near_side)
