"""``custodiet reach``: could a device reach a core network or the outside, by the configurations of the owner."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from custodiet.cli.audit import parsed_date
from custodiet.cli.common import CaseOption, CatalogOption, JsonOption, QuietOption, VerboseOption, load, say, tell
from custodiet.errors import UsageError

EXIT_INCOMPLETE = 4
MOST_FILES = 2_000
"""Configurations of one run."""


def reach(
    case: CaseOption,
    configs: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[CONFIG]...",
            help="Configurations: Cisco IOS, Junos, nftables, pf, tables of rules and zones; files or folders.",
        ),
    ] = None,
    as_of: Annotated[
        str,
        typer.Option("--as-of", metavar="DATE", help="The day of which they are. [default: what each says of itself]"),
    ] = "",
    device: Annotated[
        str, typer.Option("--device", metavar="WHAT", help="One device: its id, address, MAC, serial or tag.")
    ] = "",
    catalog: CatalogOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> None:
    """Say of each device whether it could reach a core network, and whether that could reach it.

    Each way is open, proved absent, seen in traffic, or unknown, with the lines it rests on. The answers are kept in
    the case; without CONFIG they are shown again. Nothing is sent to any device or network. Exit code 4 when of a core
    network it cannot be said; else 0.
    """
    from custodiet import audit as steps
    from custodiet import reaching
    from custodiet.casefile import Case
    from custodiet.cli.explain import find_asset, remembered_folders
    from custodiet.reach import Configurations
    from custodiet.reach.configs import read_configurations
    from custodiet.report.reach import document, shown

    if as_of and not configs:
        raise UsageError("--as-of says of which day configurations are", next_step="Give CONFIG with it.")
    told = parsed_date(as_of, "--as-of").isoformat() if as_of else ""
    files = dict(_files(configs or []))
    with Case(case, must_exist=True) as opened:
        context = steps.recalled(opened, "custodiet audit or custodiet identify")
        only = find_asset(opened, device).id if device else None
        earlier = {} if files else reaching.kept(opened)
        if earlier:
            order = [asset.id for asset, _, _ in opened.conclusions(only)]
            found = [earlier[id] for id in order if id in earlier]
        else:
            knowledge = load(catalog or remembered_folders(opened))
            given = read_configurations(files, told) if files else Configurations((), (), ())
            concerned = (
                asset
                for asset, identification, _ in opened.conclusions(only)
                if only
                or knowledge.surveillance(identification.get("device_class").value)
                or (not identification.get("device_class").value and steps.gives_a_sign(identification))
            )
            found = list(reaching.reach_of_case(opened, given, context.body, list(concerned)))
            if files:
                reaching.keep(opened, found)
    if json or not quiet:
        answer = document(found)
        tell(answer, lambda: shown(answer, verbose), json=json)
        if files and not json:
            say(["", f"Kept in {case}; custodiet judge or audit with it takes the answers into the findings."])
    ways = [path for one in found for path in one.paths if path.way in ("to core", "from core")]
    if not ways or any(path.status == "unknown" for path in ways):
        raise typer.Exit(EXIT_INCOMPLETE)


def _files(given: list[Path]) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each file; of a folder all files in it, those below it not."""
    from custodiet.reach.configs import LARGEST_FILE

    number = 0
    for path in given:
        if not path.exists():
            raise UsageError("there is no such configuration", place=str(path), next_step="Check the path.")
        inner = [one for one in path.iterdir() if not one.name.startswith(".")] if path.is_dir() else [path]
        for one in sorted(inner):
            if not one.is_file():
                continue
            number += 1
            if number > MOST_FILES:
                step = "Give only what stands between the zones."
                raise UsageError(f"these are more than {MOST_FILES:,} configurations", place=str(path), next_step=step)
            with one.open("rb") as file:
                yield str(one), file.read(LARGEST_FILE + 1)
