"""``custodiet find``: ask a live network, sparingly, and name what answers; or only listen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from custodiet.cli.common import CatalogOption, JsonOption, QuietOption, VerboseOption, say, time_in_words
from custodiet.cli.sending import agreed, finds_of, new_log, state_folder
from custodiet.errors import UsageError

if TYPE_CHECKING:
    from custodiet.probes.log import End, Interrupted
    from custodiet.probes.plan import Plan
    from custodiet.probes.restraint import Override
    from custodiet.probes.run import Rights

BOD_DAYS = 7
"""Days within which CISA's directive BOD 23-01 asks that all addresses were looked at."""


def find(
    net: Annotated[
        list[str] | None,
        typer.Option("--net", metavar="NETWORK", help="A network to ask, as 10.20.0.0/16; repeatable."),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option("--exclude", metavar="NETWORK", help="What in it must not be asked; repeatable."),
    ] = None,
    public: Annotated[bool, typer.Option("--public", help="The network is public, and it is mine to ask.")] = False,
    preset: Annotated[
        str, typer.Option("--preset", metavar="NAME", help="silent, gentle or standard.", show_default=True)
    ] = "gentle",
    rate: Annotated[
        str, typer.Option("--rate", metavar="RATE", help="Packets at most, as 50/s or 0.5/s. [default: the preset's]")
    ] = "",
    override: Annotated[
        list[str] | None,
        typer.Option("--override", metavar="PORT:WHO:WHY", help="Somebody answers for a forbidden port; repeatable."),
    ] = None,
    listen: Annotated[
        str, typer.Option("--listen", metavar="INTERFACE", help="Only listen on this interface; send nothing.")
    ] = "",
    duration: Annotated[
        str, typer.Option("--for", metavar="TIME", help="How long to listen, as 90s, 15m, 24h or 7d.")
    ] = "",
    switch: Annotated[
        str, typer.Option("--switch", metavar="ADDRESS", help="Read the address tables of your own switch or router.")
    ] = "",
    community_file: Annotated[
        Path | None, typer.Option("--community-file", metavar="FILE", help="Holds the switch's SNMP community.")
    ] = None,
    snmp_v3: Annotated[
        str, typer.Option("--snmp-v3", metavar="USER", help="An account of SNMP version 3 instead of a community.")
    ] = "",
    auth_file: Annotated[
        Path | None, typer.Option("--auth-file", metavar="FILE", help="Holds the pass phrase of the account's proof.")
    ] = None,
    priv_file: Annotated[
        Path | None, typer.Option("--priv-file", metavar="FILE", help="Holds that of the account's encryption.")
    ] = None,
    auth: Annotated[
        str, typer.Option("--auth", metavar="HASH", help="sha, sha224, sha256, sha384, sha512 or md5.")
    ] = "sha",
    priv: Annotated[
        str,
        typer.Option("--priv", metavar="CIPHER", help="aes, aes192, aes256, aes192-cisco, aes256-cisco, des or none."),
    ] = "aes",
    case: Annotated[
        Path | None, typer.Option("--case", metavar="FILE", help="Keep everything in this case file and go on with it.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the sweep of this case that was stopped.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Begin without asking.")] = False,
    catalog: CatalogOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> None:
    """Find surveillance devices on a network: ask what it holds, a little at a time, or only listen.

    No password is tried and nothing is changed; every packet that is sent stands in a signed ledger.
    """
    if listen:
        from custodiet.cli.listening import hear

        hear(listen, duration, case, catalog, json=json, quiet=quiet, verbose=verbose)
        return
    if switch:
        if net or resume:
            raise UsageError("a switch is asked by itself", next_step="Leave out --net and --resume.")
        from custodiet.cli.switch import ask_switch

        ask_switch(
            switch,
            community_file=community_file,
            user=snmp_v3,
            auth_file=auth_file,
            priv_file=priv_file,
            auth=auth,
            priv=priv,
            rate=rate,
            public=public,
            yes=yes,
            case=case,
            catalog=catalog,
            json=json,
            quiet=quiet,
            verbose=verbose,
        )
        return
    from custodiet.cli import found
    from custodiet.cli.identify import refuse_judged
    from custodiet.probes import run

    refuse_judged(case)
    plan, log, before = _planned(net or [], exclude or [], public, preset, rate, case, resume)
    may = run.rights()
    overrides = [_override(text) for text in override or []]
    if not quiet and not json:
        say((*_plan_in_words(plan, verbose), *may.lost()))
    if not (yes or before or agreed()):
        print("Nothing was sent.")
        raise typer.Exit(0)
    log = log or new_log(case, plan.started)
    end = _sweep(plan, log, before, may, overrides, show=not (quiet or json))
    if not quiet and not json:
        say((*found.came_of_it(end), *found.by_method(log), ""))
    _name(log, case, catalog, json=json, quiet=quiet, verbose=verbose, find=found.document(end, log))


def _planned(
    networks: list[str], excluded: list[str], public: bool, preset: str, rate: str, case: Path | None, resume: bool
) -> tuple[Plan, Path | None, Interrupted | None]:
    """What to do, and where an earlier sweep is resumed its log and how far it came."""
    from custodiet.probes.log import interrupted
    from custodiet.probes.pace import parse_rate
    from custodiet.probes.plan import MOST_ADDRESSES, PRESETS, Plan
    from custodiet.probes.questions import questions_of, stages_of
    from custodiet.probes.restraint import Scope

    folder = finds_of(case)
    if resume:
        for path in sorted(folder.glob("*.find"), reverse=True):
            if "-switch-" in path.name:
                continue  # a switch is asked anew: it is quickly done
            before = interrupted(path)
            if before.end is None or not before.end.complete:
                return before.head.plan, path, before
        raise UsageError(
            "there is no sweep that was stopped",
            place=str(folder),
            next_step="Begin one: custodiet find --net NETWORK.",
        )
    chosen = next((one for one in PRESETS if one.id == preset), None)
    if chosen is None:
        raise UsageError(f"there is no preset {preset[:40]!r}", next_step="Use silent, gentle or standard.")
    if chosen.at_once == 0:
        raise UsageError(
            "the preset silent sends nothing", next_step="Listen with it: custodiet find --listen INTERFACE --for 1h."
        )
    scope = Scope(networks, exclude=excluded, public=public)
    first, *later = stages_of(preset)  # type: ignore[arg-type]
    started = time.time()
    plan = Plan(
        networks=tuple(map(str, scope.networks)),
        excluded=tuple(map(str, scope.excluded)),
        questions=tuple(question.id for question in questions_of(preset)),  # type: ignore[arg-type]
        first=first,
        rest=tuple(port for stage in later for port in stage),
        preset=preset,
        rate=parse_rate(rate) if rate else chosen.rate,
        seed=int(started),
        started=started,
    )
    if scope.count() > MOST_ADDRESSES:
        raise UsageError(
            f"these networks hold {scope.count():,} addresses, and one sweep at most {MOST_ADDRESSES:,}",
            next_step="Name smaller networks, one sweep after the other.",
        )
    if not scope.count():
        raise UsageError("no address is left to ask", next_step="Look at --net and --exclude.")
    return plan, None, None


def _override(text: str) -> Override:
    from custodiet.probes.restraint import override

    port, _, rest = text.partition(":")
    who, _, why = rest.partition(":")
    if not port.isdecimal():
        raise UsageError(f"{text[:60]!r} names no port", next_step="Write it as 9100:A. Jansen:printers are off.")
    return override(int(port[:6]), who, why)


def _plan_in_words(plan: Plan, verbose: int = 0) -> Iterator[str]:
    from custodiet.probes.plan import PRESETS, estimate
    from custodiet.probes.restraint import Scope
    from custodiet.probes.run import count_near, interfaces_of, questions_of

    count = Scope(plan.networks, exclude=plan.excluded, public=True).count()
    questions = questions_of(plan)
    near = count_near(plan.networks)
    likely = estimate(plan, questions, addresses=count, near=near)
    most = max(
        (estimate(plan, questions, addresses=count, share=share, near=near) for share in (0.0, 1.0)),
        key=lambda one: one.packets,
    )
    preset = next(one for one in PRESETS if one.id == plan.preset)
    yield f"Plan: {count:,} addresses in {', '.join(plan.networks)}" + (
        f", without {', '.join(plan.excluded)}" if plan.excluded else ""
    )
    yield f"Preset {preset.id}: {preset.means}."
    yield f"Every address is tried on the ports {_listed(plan.first)}, once more where it keeps silent."
    yield f"Only where something answers: the ports {_listed(plan.rest)}, and {len(questions)} questions:"
    if verbose:
        for question in questions:
            yield f"  {question.title}: {question.sends}. {question.harmless}"
    else:
        yield f"{'; '.join(question.title for question in questions)}."
        yield "-v says what each sends and why it is harmless."
    if links := interfaces_of(plan.networks):
        yield f"This machine is on such a network itself ({_listed(links)}): there searches also go once to everybody."
    yield (
        f"About {likely.packets:,} packets where one address in ten lives, {most.packets:,} at most; no password is "
        "tried and nothing is changed."
    )
    if plan.rate:
        about, longest = time_in_words(likely.seconds), time_in_words(most.seconds)
        yield f"At {plan.rate:g} packets a second: about {about}, at most {longest}."
        days = most.seconds / 86400
        yield (
            f"CISA's directive BOD 23-01 asks for all addresses within {BOD_DAYS} days: "
            f"{'this is well within' if days < BOD_DAYS else 'this is longer'}."
        )


def _listed(things: Sequence[object]) -> str:
    *most, last = map(str, things)
    return f"{', '.join(most)} and {last}" if most else last


def _sweep(
    plan: Plan, log: Path, before: Interrupted | None, may: Rights, overrides: list[Override], *, show: bool
) -> End:
    from custodiet.cli.watching import watching
    from custodiet.probes.run import sweep_until_stopped
    from custodiet.signing import signing_key

    state = state_folder()

    with watching(plan, show=show) as look:
        return sweep_until_stopped(
            plan,
            log,
            signing_key(state / "ledger.key"),
            may=may,
            turns=state / "turns",
            resume=before,
            overrides=overrides,
            look=look,
        )


def _name(
    log: Path,
    case: Path | None,
    catalog: list[Path] | None,
    *,
    json: bool,
    quiet: bool,
    verbose: int,
    find: dict[str, Any],
) -> None:
    """Read the log as a source, and say who made what answered."""
    from custodiet.cli.found import begins_with
    from custodiet.cli.identify import name_devices
    from custodiet.cli.ledger import keep

    if case:
        keep(case, log)
        _replace_earlier_states(case, lambda size, digest: begins_with(log, size, digest))
    name_devices([str(log)], case=case, catalog=catalog, json=json, quiet=quiet, verbose=verbose, find=find)


def _replace_earlier_states(path: Path, is_earlier: Callable[[int, str], bool]) -> None:
    """A log that went on after a stop takes the place of what was read of it before."""
    from custodiet.casefile import Case

    with Case(path) as case:
        case.replace(
            [one.id for one in case.sources() if one.format == "exchanges" and is_earlier(one.size, one.sha256)]
        )
