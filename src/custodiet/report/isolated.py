"""A plan of isolation for the terminal: whom it shuts in, who is let through and why, what it does not stop."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from custodiet.egress.words import listed
from custodiet.isolation.parties import Parties, Party
from custodiet.isolation.plan import Plan
from custodiet.isolation.syntax import Checked
from custodiet.report.guard import indented, styled
from custodiet.report.words import count

MOST_SHOWN = 10
"""Devices, and sentences of one kind, that are shown without -v."""


def shown(plan: Plan, folder: str, title: str, checked: Checked, verbosity: int) -> Iterator[RenderableType]:
    """The parts of a plan in reading order.

    Args:
        plan: the plan.
        folder: where its files are.
        title: the target's name for people.
        checked: what came of the check of syntax.
        verbosity: 0 for the outline, 1 for all devices and notes.
    """
    parties = plan.parties
    most = None if verbosity else MOST_SHOWN
    let = _let_through(parties)
    yield styled(f"{count(len(parties.devices), 'device')} to isolate; let through: {let}", "bold")
    for device in parties.devices[:most]:
        known = ", ".join((*device.v4, *device.v6)) or "no address"
        yield indented(f"{device.name}" + ("" if known in device.name else f"  {known}"), 2)
        if device.macs:
            yield indented(f"MAC {', '.join(device.macs)}", 6, "dim")
        ports = ", ".join(f"{service.transport}/{service.port}" for service in device.services)
        yield indented(f"ports for the recorder: {ports}", 6, "dim")
        for note in device.notes:
            yield indented(note, 6, "yellow")
    yield from _more(len(parties.devices), most)
    if parties.left_out:
        yield Text()
        yield styled(f"Not isolated: {count(len(parties.left_out), 'device')}", "bold")
        for one in parties.left_out[:most]:
            yield indented(f"{one.label}: {one.reason}", 2, "yellow")
        yield from _more(len(parties.left_out), most)
    yield Text()
    yield styled("Let through", "bold")
    for word, found in (("recorder", parties.recorders), ("operator", parties.operators), ("time", parties.times)):
        for party in found:
            yield indented(f"{word:9} {party.address}{f' ({party.name})' if party.name else ''}", 2)
        if not found:
            yield indented(f"{word:9} none", 2, "dim")
    if parties.proposed:
        names = ", ".join(_called(party) for party in parties.proposed[:4])
        yield indented(f"proposed, not confirmed and not let through: {names}", 2, "yellow")
    yield Text()
    yield styled("Rules, in the order in which they are asked", "bold")
    for number, rule in enumerate(plan.rules, 1):
        answers = ", answers only" if rule.answers else ""
        yield indented(f"{number:>2} {rule.action:5} {rule.source} to {rule.destination}: {rule.service}{answers}", 2)
        if verbosity:
            yield indented(rule.reason, 11, "dim")
    if parties.stops:
        yield Text()
        yield styled("Was seen, and will stop where it comes by the rules", "bold")
        for said in parties.stops[:most]:
            yield indented(said, 2)
        yield from _more(len(parties.stops), most)
    yield Text()
    yield styled("What the rules do not stop", "bold")
    for said in plan.limits:
        yield indented(said, 2)
    yield Text()
    yield styled(f"Written for {title} to {folder}", "bold")
    yield indented(", ".join(file.name for file in plan.files), 2)
    yield indented(f"Syntax {checked.says}.", 2, "" if checked.state == "fine" else "yellow")
    yield indented("Nothing was loaded. How to load, test and undo stands in README.txt.", 2)


def _called(party: Party) -> str:
    return f"{party.address} ({party.name})" if party.name else party.address


def _let_through(parties: Parties) -> str:
    """Who gets through, counted; "nobody" where the plan cuts the devices off from everybody."""
    counted = [
        count(len(found), noun)
        for found, noun in (
            (parties.recorders, "recorder"),
            (parties.operators, "operator"),
            (parties.times, "time server"),
        )
        if found
    ]
    return f"{listed(counted)}, and nothing else" if counted else "nobody"


def _more(total: int, most: int | None) -> Iterator[RenderableType]:
    if most is not None and total > most:
        yield indented(f"and {total - most:,} more; -v shows all", 2, "dim")
