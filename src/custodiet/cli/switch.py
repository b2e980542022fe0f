"""``custodiet find --switch``: the address tables of a switch or router of the owner, by SNMP, only read."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import typer

from custodiet.cli.common import say, time_in_words
from custodiet.cli.sending import agreed, new_log, state_folder
from custodiet.errors import UsageError

if TYPE_CHECKING:
    from custodiet.probes.plan import Plan
    from custodiet.probes.switch.account import Account, Community
    from custodiet.probes.switch.run import Asked, Told

CANNOT_SEE = (
    "What this cannot see: devices that said nothing for some minutes, since switches forget; those behind other "
    "switches are known by the port that leads there; and what the account may not see."
)

COMMUNITY, AUTH, PRIV = "CUSTODIET_SNMP_COMMUNITY", "CUSTODIET_SNMP_AUTH", "CUSTODIET_SNMP_PRIV"
"""Variables of the environment that hold the owner's words."""


def ask_switch(
    host: str,
    *,
    community_file: Path | None = None,
    user: str = "",
    auth_file: Path | None = None,
    priv_file: Path | None = None,
    auth: str = "sha",
    priv: str = "aes",
    rate: str = "",
    public: bool = False,
    yes: bool = False,
    case: Path | None = None,
    catalog: list[Path] | None = None,
    json: bool = False,
    quiet: bool = False,
    verbose: int = 0,
) -> None:
    """Ask one switch, keep the log and its ledger, and name what it knows of.

    Args:
        host: address of the switch, with ``:PORT`` where its agent has another port than 161.
        community_file: holds the community of version 2c.
        user: of an account of version 3; empty: version 2c.
        auth_file: holds the pass phrase of the account's proof.
        priv_file: holds that of its encryption.
        auth: name of the hash.
        priv: name of the cipher; ``none``: nothing is encrypted.
        rate: packets at most, as ``20/s``; empty: the usual.
        public: the address is public, and the user's own.
        yes: begin without asking.
        case: where all is kept.
        catalog, json, quiet, verbose: as for every command.

    Raises:
        UsageError: no address, no word, or a switch that answers nothing or refuses the word.
    """
    from custodiet.cli.identify import name_devices, refuse_judged
    from custodiet.cli.ledger import keep
    from custodiet.probes.pace import parse_rate
    from custodiet.probes.run import rights
    from custodiet.probes.switch.run import RATE, plan_of, run_switch
    from custodiet.signing import signing_key

    refuse_judged(case)
    address, port = _address(host)
    started = time.time()
    plan = plan_of(address, rate=parse_rate(rate) if rate else RATE, started=started, public=public, port=port)
    who = _who(community_file, user, auth_file, priv_file, auth, priv)
    show = not (quiet or json)
    if show:
        say(_plan_in_words(plan, address))
    if not (yes or agreed()):
        print("Nothing was sent.")
        raise typer.Exit(0)
    named = address.replace(":", "-").replace("%", "-")
    log = new_log(case, started, f"-switch-{named}")
    state = state_folder()
    before = signal.signal(signal.SIGTERM, _stopped)  # as Ctrl-C: the ledger is signed before the end
    try:
        told = run_switch(
            plan,
            address,
            who,
            log,
            signing_key(state / "ledger.key"),
            may=rights(),
            turns=state / "turns",
            port=port,
            look=_shown if show else lambda _: None,
        )
    finally:
        signal.signal(signal.SIGTERM, before)
    if show:
        say((*_came_of_it(told), ""))
    if case:
        keep(case, log)
    if not any(one.rows for one in told.tables):
        if told.stopped:
            raise KeyboardInterrupt
        raise UsageError(told.trouble or "it told nothing", place=address, next_step=_next_step(told))
    name_devices(
        [str(log)], case=case, catalog=catalog, json=json, quiet=quiet, verbose=verbose, find=_document(told, log)
    )


def _address(host: str) -> tuple[str, int]:
    """An address and the port of its agent: ``10.0.0.1``, ``10.0.0.1:1161``, ``fe80::1`` or ``[fe80::1]:1161``."""
    if host.startswith("["):
        address, _, port = host[1:].partition("]")
        port = port.removeprefix(":")
    elif host.count(":") == 1:
        address, _, port = host.partition(":")
    else:
        address, port = host, ""
    if port and not (port.isdecimal() and 0 < int(port[:6]) < 65536):
        raise UsageError(f"{host[:60]!r} names no port", next_step="Write it as 10.0.0.1 or 10.0.0.1:161.")
    return address, int(port) if port else 161


def _who(
    community_file: Path | None, user: str, auth_file: Path | None, priv_file: Path | None, auth: str, priv: str
) -> Community | Account:
    from custodiet.probes.switch.account import Account, Community, word_of

    def word(what: str, file: Path | None, variable: str) -> bytes:
        ask = _prompt if sys.stdin.isatty() else None
        return word_of(what, file=file, variable=variable, environment=os.environ, ask=ask)

    if not user:
        if auth_file or priv_file:
            raise UsageError("these files belong to an account", next_step="Name its user: --snmp-v3 USER.")
        return Community(word("the community", community_file, COMMUNITY))
    if community_file:
        raise UsageError("an account needs no community", next_step="Leave out --community-file or --snmp-v3.")
    auth_word = word("the pass phrase of the proof", auth_file, AUTH)
    if priv == "none":
        return Account(user, auth_word, auth=auth)
    return Account(user, auth_word, word("the pass phrase of the encryption", priv_file, PRIV), auth=auth, priv=priv)


def _prompt(what: str) -> str:
    return str(typer.prompt(f"{what[0].upper()}{what[1:]}", hide_input=True, err=True))


def _stopped(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _plan_in_words(plan: Plan, address: str) -> Iterator[str]:
    from custodiet.probes.switch.session import Bounds
    from custodiet.wire.mib import TABLES

    bounds = Bounds()
    yield f"Plan: {address} is asked about itself and for {len(TABLES)} tables, one question at a time."
    yield (
        f"At most {bounds.packets:,} packets, {plan.rate:g} a second, {bounds.rows:,} rows of a table and "
        f"{time_in_words(bounds.seconds)}; every packet can only read."
    )


def _shown(one: Asked) -> None:
    from custodiet.report import words

    if one.skipped:
        return
    rows = words.count(one.rows, "row") if one.rows else "nothing that our account may see"
    say([f"  {one.table.title}: {rows}" + (f", not whole: {one.fault}" if one.fault else "")])


def _came_of_it(told: Told) -> Iterator[str]:
    from custodiet.report import words

    if told.trouble and told.tables:
        yield f"It was left before all was asked: {told.trouble}."
    yield from told.remarks
    yield f"{words.count(told.packets, 'packet')} sent, each in the ledger, signed by key {told.key[:16]}."
    yield from told.gaps
    yield CANNOT_SEE


def _document(told: Told, log: Path) -> dict[str, object]:
    """The same for machines."""
    return {
        "log": str(log),
        "complete": not told.trouble,
        "trouble": told.trouble,
        "tables": [
            {"title": one.table.title, "rows": one.rows, "fault": one.fault} for one in told.tables if not one.skipped
        ],
        "remarks": list(told.remarks),
        "ledger": {"packets": told.packets, "signed_by": told.key, "gaps": list(told.gaps)},
        "cannot_see": CANNOT_SEE,
    }


def _next_step(told: Told) -> str:
    if told.denied:
        return "Ask whoever runs the switch; it was not tried again, so that no account is locked."
    return "Ask whoever runs the switch whether it answers this machine, and with which word."
