"""``custodiet egress``: what each device talks to, whose that is, how much, how often, and who could look in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from custodiet.cli.common import CaseOption, CatalogOption, JsonOption, QuietOption, VerboseOption, checked_zone, load
from custodiet.errors import UsageError

if TYPE_CHECKING:
    from datetime import tzinfo

    from custodiet.audit import Context
    from custodiet.casefile import Case
    from custodiet.catalog.contents import Catalog
    from custodiet.model import Egress

EXIT_INCOMPLETE = 4


def egress(
    case: CaseOption,
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[INPUT]...", help="Captures, flow exports, logs and scans to read into the case first."
        ),
    ] = None,
    device: Annotated[
        str, typer.Option("--device", metavar="WHAT", help="One device, whole: its id, address, MAC, serial or tag.")
    ] = "",
    located: Annotated[
        list[Path] | None,
        typer.Option(
            "--located",
            metavar="FILE.mmdb",
            help="Look outside addresses up in a database of your own (country, network owner); repeatable.",
        ),
    ] = None,
    zone: Annotated[
        str,
        typer.Option(
            "--zone",
            metavar="NAME",
            help="Time zone in which times are told, and that of logs that do not say theirs. [default: UTC]",
        ),
    ] = "",
    catalog: CatalogOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> None:
    """Say of each device what it talks to outside, whose that is, and by what somebody could look in.

    Nothing is sent to any device or network. Exit code 4 when of a device it cannot be said, or something could not be
    read; else 0. What was not seen may still happen: docs/egress.md says what this never says.
    """
    from zoneinfo import ZoneInfo

    from custodiet.casefile import Case
    from custodiet.cli.explain import find_asset, remembered_folders

    times = ZoneInfo(checked_zone(zone)) if zone else None
    for path in located or []:
        if not path.is_file():
            raise UsageError("there is no such database", place=str(path), next_step="Check --located.")
    if not inputs and not case.is_file():
        raise UsageError("there is no such case file", place=str(case), next_step="Give INPUT to make it, or check it.")
    knowledge = load(catalog) if catalog or inputs else None
    unread = _read(case, inputs, knowledge, catalog, zone, silent=quiet or json, verbose=verbose) if inputs else False
    with Case(case, must_exist=True) as opened:
        from custodiet import audit as steps
        from custodiet import talking

        context = steps.recalled(opened, "custodiet audit, or this command with INPUT,")
        knowledge = knowledge or load(remembered_folders(opened))
        if located:
            talking.locate(opened, located)
        only = find_asset(opened, device).id if device else None
        found = list(talking.egress_of_case(opened, knowledge, context.body, on=context.on, only=only))
        if only and not found:
            raise UsageError(
                "it is known to be no surveillance device, or gave no sign of anything",
                place=device,
                next_step="custodiet explain shows what is known of it.",
            )
        _tell(opened, context, knowledge, found, times, device=device, json=json, quiet=quiet, verbose=verbose)
    if unread or not found or any(one.outcome == "cannot be said" for one in found):
        raise typer.Exit(EXIT_INCOMPLETE)


def _read(
    case: Path,
    inputs: list[str],
    knowledge: Catalog | None,
    folders: list[Path] | None,
    zone: str,
    *,
    silent: bool,
    verbose: int,
) -> bool:
    """Read inputs into the case and conclude it again by the body, directives and date of its last audit.

    Returns:
        Whether something could not be read.
    """
    from custodiet import audit as steps
    from custodiet.cli.audit import complain_of_unread, opened_case, shown_progress
    from custodiet.report.order import worst_first
    from custodiet.sources import READERS

    with opened_case(case, inputs) as (opened, scratch):
        with shown_progress(silent, verbose) as progress:
            context = steps.read_more(
                opened, inputs, READERS, scratch, knowledge or load(folders), worst_first,
                folders=folders or (), progress=progress, zone=zone,
            )  # fmt: skip
        assessment = steps.assess(opened, context)
        complain_of_unread(assessment)
        return any(issue.severity == "incomplete" for issue in (*assessment.issues, *context.skipped))


def _tell(
    case: Case,
    context: Context,
    knowledge: Catalog,
    found: list[Egress],
    zone: tzinfo | None,
    *,
    device: str,
    json: bool,
    quiet: bool,
    verbose: int,
) -> None:
    import os

    from custodiet import audit as steps
    from custodiet.cli.show import names_for
    from custodiet.report import guard
    from custodiet.report.egress import worst_first
    from custodiet.report.egress_terminal import show

    found.sort(key=worst_first)
    if json:
        from custodiet.report.egress_json import write_json

        write_json(sys.stdout.buffer, steps.assess(case, context), found)
    elif not quiet:
        screen = guard.console(sys.stdout, colour=guard.wants_colour(sys.stdout, os.environ))
        names = names_for(case, knowledge)
        show(screen, found, names, zone=zone, whole=bool(device), verbose=verbose, case=str(case.path))
