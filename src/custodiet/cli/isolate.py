"""``custodiet isolate``: rules that shut devices in, and the proof that they hold."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from custodiet.cli import proving
from custodiet.cli.common import CaseOption, CatalogOption, JsonOption, VerboseOption, load, tell, write_whole
from custodiet.errors import UsageError

if TYPE_CHECKING:
    from custodiet.casefile import Case as OpenCase
    from custodiet.isolation.parties import Case, Parties
    from custodiet.model import Body, Observation

EXIT_INCOMPLETE = 4

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Rules that shut devices in, and the proof that they hold."
)

app.command("verify", short_help="Say from captures whether devices are isolated.")(proving.verify)
app.command("check", short_help="Check a signed statement offline.")(proving.check)
app.command("key", short_help="Print the public half of the key that signs.")(proving.key)


class For(StrEnum):
    """What rules are written for."""

    nftables = "nftables"
    pf = "pf"
    cisco_ios = "cisco-ios"
    juniper = "juniper"
    aruba = "aruba"
    openwrt = "openwrt"
    opnsense = "opnsense"


@app.command("plan")
def plan(
    case: CaseOption,
    target: Annotated[For, typer.Option("--for", help="The firewall or switch that will load the rules.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where rules, undo and README.txt are written.")],
    device: Annotated[
        list[str] | None,
        typer.Option(
            "--device",
            metavar="WHAT",
            help="Isolate this device: its id, address, MAC, serial or tag; repeatable. [default: surveillance "
            "devices with a finding that is not satisfied]",
        ),
    ] = None,
    zone: Annotated[
        str, typer.Option("--zone", metavar="SITE/ZONE", help="Isolate all surveillance devices of this zone.")
    ] = "",
    recorder: Annotated[
        list[str] | None,
        typer.Option(
            "--recorder", metavar="ADDRESS", help="Let this recorder through; repeatable; none: cut off from all."
        ),
    ] = None,
    operator: Annotated[
        list[str] | None,
        typer.Option("--operator", metavar="NET", help="Network or address of viewing stations; repeatable."),
    ] = None,
    direct: Annotated[bool, typer.Option("--direct", help="Operators may open the devices themselves too.")] = False,
    time: Annotated[
        list[str] | None, typer.Option("--time", metavar="ADDRESS", help="A time server inside; repeatable.")
    ] = None,
    dns: Annotated[
        str, typer.Option("--dns", metavar="none", help="Name service for the devices; there is only: none.")
    ] = "none",
    catalog: CatalogOption = None,
    json: JsonOption = False,
    verbose: VerboseOption = 0,
) -> None:
    """Write rules that let the recorder and the operators through and nothing else.

    Nothing is loaded and nothing is sent. Exit code 4 when a device that was meant could not be put into the rules.
    """
    from custodiet import __version__
    from custodiet.casefile import Case as OpenCase
    from custodiet.isolation.parties import parties_of
    from custodiet.isolation.plan import PLAN_FILE, make_plan, with_files
    from custodiet.isolation.syntax import check_syntax
    from custodiet.isolation.targets import TARGETS
    from custodiet.isolation.wishes import NONE, Wish
    from custodiet.report import guard
    from custodiet.report.isolated import shown

    if dns != "none":
        raise UsageError(
            "a resolver inside passes questions on to outside, and data with them",
            place="--dns",
            next_step="Leave it out, and give the devices addresses instead of names.",
        )
    if out.exists() and not out.is_dir():
        raise UsageError("this is a file, not a folder", place=str(out), next_step="Give --out another name.")
    named = tuple(recorder or ())
    if NONE in named and len(named) > 1:
        raise UsageError("none and an address contradict each other", place="--recorder", next_step="Leave one out.")
    chosen = TARGETS[target.value]
    knowledge = load(catalog)
    with OpenCase(case, must_exist=True) as opened:
        wish = Wish(
            devices=_named(opened, device or ()),
            zone=_zone(zone),
            recorders=named,
            operators=tuple(operator or ()),
            direct=direct,
            times=tuple(time or ()),
        )
        parties = parties_of(_asked(opened), knowledge, wish)
    if not named:
        again = _again(case, target, out, device or (), zone, operator or (), direct, time or (), catalog or ())
        _refuse_without_recorder(parties, again)
    made = make_plan(
        parties,
        target=chosen.id,
        binds_mac=chosen.binds_mac,
        made_on=datetime.now(UTC).date().isoformat(),
        tool=f"custodiet {__version__}",
    )
    files = chosen.write(made)
    made = with_files(made, files)
    for name, text in files.items():
        _write(out / name, text.encode())
    _write(out / PLAN_FILE, guard.json_bytes(made) + b"\n")
    checked = check_syntax(chosen.id, out / chosen.rules_file)
    told = {"plan": made, "syntax": checked, "folder": str(out)}
    tell(told, lambda: shown(made, str(out), chosen.title, checked, verbose), json=json)
    if checked.state == "wrong":
        raise typer.Exit(1)
    missed = not chosen.binds_mac and any(not (one.v4 or one.v6) for one in parties.devices)
    raise typer.Exit(EXIT_INCOMPLETE if parties.left_out or missed else 0)


def _write(path: Path, content: bytes) -> None:
    def whole(unfinished: Path) -> None:
        unfinished.write_bytes(content)

    write_whole(path, whole)


def _named(opened: OpenCase, wanted: Sequence[str]) -> frozenset[str]:
    """Ids of the devices that are called so."""
    from custodiet.cli.explain import find_asset

    return frozenset(find_asset(opened, one).id for one in wanted)


def _zone(text: str) -> tuple[str, str] | None:
    if not text:
        return None
    site, slash, zone = text.partition("/")
    if not (site and slash and zone):
        raise UsageError("a zone is written SITE/ZONE", place="--zone", next_step="Write it as in the sites file.")
    return site, zone


def _asked(opened: OpenCase) -> Case:
    """What isolation asks of an open case."""
    from custodiet import audit as steps
    from custodiet.isolation.parties import Case

    context = steps.recalled(opened, "custodiet audit or custodiet identify")
    body: Body | None = context.body

    def observed(asset: str) -> list[Observation]:
        return next((found for _, found in opened.assets_with_observations(asset)), [])

    return Case(
        concluded=opened.conclusions,
        observations=observed,
        flows=opened.flows_of,
        sources={source.id: source for source in opened.sources()},
        body=body,
    )


def _again(
    case: Path,
    target: For,
    out: Path,
    devices: Sequence[str],
    zone: str,
    operators: Sequence[str],
    direct: bool,
    times: Sequence[str],
    catalogs: Sequence[Path],
) -> list[str]:
    """The words of the same command, without a recorder."""
    words = ["custodiet", "isolate", "plan", "--case", str(case), "--for", target.value, "--out", str(out)]
    for option, values in (("--device", devices), ("--operator", operators), ("--time", times)):
        words += [word for value in values for word in (option, value)]
    words += ["--zone", zone] if zone else []
    words += ["--direct"] if direct else []
    return [*words, *(word for folder in catalogs for word in ("--catalog", str(folder)))]


def _refuse_without_recorder(parties: Parties, again: list[str]) -> None:
    """Stop: who records is for a person to say, since whoever is let through can pass everything on."""
    how_many = f"{len(parties.devices)} {'device' if len(parties.devices) == 1 else 'devices'}"
    if not parties.proposed:
        reason = f"no recorder is named, and the case shows none that the {how_many} talk to"
        if parties.unseen:
            known = ", ".join(one.address for one in parties.unseen[:6])
            reason += f"; recorders it knows, not seen with them: {known}"
        step = "Name it, or none to cut them off from everybody: "
        raise UsageError(reason, next_step=step + shlex.join([*again, "--recorder", "ADDRESS"]))
    names = "; ".join(
        f"{one.address}{f' ({one.name})' if one.name else ''}, {one.because}" for one in parties.proposed[:6]
    )
    confirmed = [word for one in parties.proposed for word in ("--recorder", one.address)]
    raise UsageError(
        f"no recorder is confirmed. Proposed by the case, for {how_many}: {names}",
        next_step=f"If that is right, run: {shlex.join([*again, *confirmed])}",
    )
