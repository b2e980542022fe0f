"""``custodiet explain``: the dossier of one device, shown or worked out again."""

from __future__ import annotations

import re
import sys
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from custodiet.cli.common import CatalogOption, JsonOption, Language, LanguageOption, VerboseOption, load
from custodiet.errors import UsageError

if TYPE_CHECKING:
    from custodiet.casefile import Case
    from custodiet.model import Asset


class Format(StrEnum):
    """How a dossier is shown."""

    tree = "tree"
    html = "html"
    json = "json"


def explain(
    asset: Annotated[
        str, typer.Argument(metavar="[ASSET]", help="Its id, address, MAC, serial number or tag.", show_default=False)
    ] = "",
    case: Annotated[
        Path | None, typer.Option("--case", metavar="FILE", help="The case file that audit or identify made.")
    ] = None,
    format: Annotated[Format, typer.Option("--format", help="A tree for the terminal, a page, or all as JSON.")] = (
        Format.tree
    ),
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write to this file instead of the terminal.")
    ] = None,
    recompute: Annotated[
        Path | None,
        typer.Option(
            "--recompute",
            metavar="FILE",
            help="Work a dossier out again from its JSON alone. Exit code 5 when it does not agree.",
        ),
    ] = None,
    language: LanguageOption = Language.en,
    catalog: CatalogOption = None,
    json: JsonOption = False,
    verbose: VerboseOption = 0,
) -> None:
    """Show the dossier of one device: each answer, what spoke for and against it, which record, read where."""
    if recompute is not None:
        if asset or case:
            raise UsageError(
                "a dossier is worked out again from its file alone",
                place="--recompute",
                next_step="Leave the device and --case out.",
            )
        raise typer.Exit(_recompute(recompute, json=json))
    if not asset or case is None:
        missing = "a device" if case else "a case"
        raise UsageError(
            f"{missing} is missing", next_step="Write: custodiet explain ASSET --case FILE, or --recompute FILE."
        )
    wanted = Format.json if json else format
    if language != Language.en and wanted != Format.html:
        raise UsageError(
            f"only the page is written in another language, and this is {wanted}",
            place="--language",
            next_step="Leave it out, or write --format html.",
        )
    from custodiet.casefile import Case
    from custodiet.cli.show import show_dossier

    with Case(case, must_exist=True) as opened:
        found = find_asset(opened, asset)
        knowledge = load(catalog or remembered_folders(opened))
        show_dossier(opened, found.id, knowledge, format=wanted.value, out=out, verbose=verbose, language=language)


EXIT_INTEGRITY = 5


def _recompute(path: Path, *, json: bool) -> int:
    """Work a dossier out again and say what came of it.

    Returns:
        The exit code.
    """
    from custodiet.identify.recompute import read_dossier, recompute
    from custodiet.report import guard, words
    from custodiet.report.dossier import speakers

    dossier = read_dossier(path)
    differences = recompute(dossier)
    if json:
        told = {"agrees": not differences, "differences": differences, "digest": dossier.digest}
        sys.stdout.buffer.write(guard.json_bytes(told) + b"\n")
        return EXIT_INTEGRITY if differences else 0
    answers = sum(bool(conclusion.value) for conclusion in dossier.identification.conclusions)
    typer.echo(f"{guard.plain(dossier.asset.label, 200)}, made by {guard.plain(dossier.tool, 60)}")
    for difference in differences:
        typer.echo(guard.plain(f"differs: {difference}", 600))
    held = (
        f"{words.count(len(dossier.observations), 'observation')}, "
        f"{words.count(speakers(dossier), 'record')}, "
        f"{words.count(answers, 'answer')}"
    )
    if differences:
        typer.echo(f"Does not agree: {words.count(len(differences), 'difference')} ({held}).")
        return EXIT_INTEGRITY
    typer.echo(f"Agrees: every answer follows from what the file cites ({held}).")
    typer.echo(f"digest {guard.plain(dossier.digest, 64)}")
    for strength in dossier.weights.strengths:
        typer.echo(guard.plain(f"weighed with {strength.id} at {strength.weight:g}", 200))
    typer.echo(
        "What a file cannot show by itself: whether it is the one that was handed over (compare the digest), and "
        f"whether the catalog lacks a record (it was {guard.plain(dossier.catalog, 60)})."
    )
    return 0


def remembered_folders(case: Case) -> list[Path]:
    """The user's catalog folders with which the case was judged, as far as they are still there."""
    from custodiet import audit as steps

    context = steps.recall(case)
    return [path for folder in (context.folders if context else ()) if (path := Path(folder)).is_dir()]


def find_asset(case: Case, wanted: str) -> Asset:
    """The one asset that is meant.

    Raises:
        UsageError: none or several are; the message names some.
    """
    folded = _folded(wanted)
    exact: list[Asset] = []
    near: list[Asset] = []
    some: list[str] = []
    for asset, *_ in case.conclusions():
        some.append(asset.label)
        names = [asset.id, asset.label, *(i.value for i in asset.identifiers), *asset.subjects]
        if any(folded == name.casefold() for name in names):
            exact.append(asset)
        elif any(folded in name.casefold() for name in names):
            near.append(asset)
    found = exact or near
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(
            f"no device is called {wanted!r}",
            place=str(case.path),
            next_step=f"There are: {'; '.join(some[:8])}{' ...' if some[8:] else ''}"
            if some
            else "Nothing was concluded in this case yet: run custodiet audit with it first.",
        )
    several = "; ".join(f"{asset.label} ({asset.id})" for asset in found[:8])
    raise UsageError(f"{len(found)} devices are called {wanted!r}", next_step=f"Choose one by its id: {several}")


def _folded(wanted: str) -> str:
    """What people type, as we write it: a MAC address in any of its notations, an IP address in any of its forms."""
    text = wanted.strip().casefold()
    digits = re.sub(r"[-:.]", "", text)
    if re.fullmatch(r"[0-9a-f]{12}", digits) and re.fullmatch(r"(?:..([-:.]?)(?:..\1){4}..|(?:....\.){2}....)", text):
        return ":".join(digits[at : at + 2] for at in range(0, 12, 2))
    try:
        return str(ip_address(text))
    except ValueError:
        return text
