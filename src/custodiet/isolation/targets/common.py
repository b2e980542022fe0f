"""What the targets share: the noun of a target, and the page that goes with its rules."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from custodiet.isolation.comments import LONGEST_COMMENT, comment
from custodiet.isolation.plan import Plan

README_FILE = "README.txt"
WIDTH = 78


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A firewall or switch that rules are written for.

    Args:
        id: the word of ``--for``.
        title: its name for people.
        rules_file: name of the file that is loaded.
        binds_mac: whether it knows devices by MAC address too.
        write: plan -> name of a file and its text, in the order in which they are used.
    """

    id: str
    title: str
    rules_file: str
    binds_mac: bool
    write: Callable[[Plan], dict[str, str]]


def head(plan: Plan, sign: str) -> list[str]:
    """The lines with which a file begins, behind the sign of a comment; nothing in them comes from a device."""
    parties = plan.parties
    said = [
        f"Isolation of {len(parties.devices)} devices, {plan.tool}, {plan.made_on}",
        f"Recorders let through: {_some(party.address for party in parties.recorders)}",
        f"Operators: {_some(party.address for party in parties.operators)}"
        + (", devices too" if parties.direct else ""),
        f"Time servers: {_some(party.address for party in parties.times)}",
        "Why each rule stands here, how to test and undo: README.txt",
    ]
    return [f"{sign} {line}" for line in said]


def _some(addresses: Iterable[str], most: int = 4) -> str:
    found = list(addresses)
    return ", ".join(found[:most]) + (f" and {len(found) - most} more" if len(found) > most else "") or "none"


def why(plan: Plan, id: str, limit: int = LONGEST_COMMENT) -> str:
    """The reason of a rule, fit for a comment."""
    return comment(next(rule.reason for rule in plan.rules if rule.id == id), limit)


def of_device(plan: Plan, id: str, name: str, limit: int = LONGEST_COMMENT) -> str:
    """A device's name and, in a few words, a rule, fit for a comment."""
    return comment(f"{name}: {next(rule.brief for rule in plan.rules if rule.id == id)}", limit)


def has(plan: Plan, id: str) -> bool:
    """Whether a plan has this rule."""
    return any(rule.id == id for rule in plan.rules)


def text(lines: Iterable[str]) -> str:
    """Lines as a file."""
    return "\n".join(lines) + "\n"


def readme(
    plan: Plan,
    title: str,
    *,
    rules: str,
    load: list[str],
    test: list[str],
    undo: list[str],
    limits: list[str],
    layer2: list[str],
) -> str:
    """The page that goes with the rules.

    Args:
        plan: the plan.
        title: what they are loaded into.
        rules: name of the file of rules.
        load: how to load them; a line that begins with four blanks is a command and stays as it is.
        test: how to see that they are there and hold, beside what holds for every target.
        undo: how to take them away.
        limits: what this target does not stop, beside the limits of the plan.
        layer2: how neighbours in one VLAN are kept apart.
    """
    return text(_page(plan, title, rules, load, test, undo, limits, layer2))


def _page(
    plan: Plan,
    title: str,
    rules: str,
    load: list[str],
    test: list[str],
    undo: list[str],
    limits: list[str],
    layer2: list[str],
) -> Iterator[str]:
    yield f"Isolation rules for {title}"
    yield "=" * (20 + len(title))
    yield from _wrapped(f"Made by {plan.tool} on {plan.made_on}. Read it before loading; a second person should too.")
    yield from ("", "What it does", "------------")
    for number, rule in enumerate(plan.rules, 1):
        what = f"{rule.source} to {rule.destination}: {rule.service}" + (", answers only" if rule.answers else "")
        yield from _wrapped(f"{number:>2}. {rule.action.upper():5} {what}", "    ")
        yield from _wrapped(f"    {rule.reason}", "    ")
    yield from ("", "Whom it isolates", "----------------")
    for device in plan.parties.devices:
        ports = ", ".join(f"{service.transport}/{service.port}" for service in device.services)
        yield device.name
        yield from _wrapped(f"    addresses {', '.join((*device.v4, *device.v6)) or 'none known'}", "    ")
        if device.macs:
            yield f"    MAC {', '.join(device.macs)}"
        yield from _wrapped(f"    ports opened to the recorder: {ports}", "    ")
        for note in device.notes:
            yield from _wrapped(f"    note: {note}", "    ")
    for one in plan.parties.left_out:
        yield from _wrapped(f"NOT isolated: {comment(one.label, 60)}: {one.reason}", "    ")
    if plan.parties.stops:
        yield from ("", "What was seen, and will stop where it comes by the rules", "-" * 56)
        for said in plan.parties.stops:
            yield from _wrapped(f"  - {said}", "    ")
    for heading, lines in (
        ("How to load", load),
        ("How to test", [*test, *_tests(plan, rules)]),
        ("How to undo", undo),
    ):
        yield from ("", heading, "-" * len(heading))
        yield from _told(lines)
    yield from ("", "What it does not stop", "---------------------")
    for said in (*plan.limits, *limits):
        yield from _wrapped(f"  - {said}", "    ")
    yield from ("", "Neighbours in one VLAN", "----------------------")
    yield from _told(layer2)


def _tests(plan: Plan, rules: str) -> Iterator[str]:
    """What holds for every target: pictures go on, and a capture shows that nothing else does."""
    parties = plan.parties
    yield (
        "Pictures must go on: open each camera at the recorder, look at the live picture and at a recording of the "
        "last minute."
    )
    yield (
        "Then let a capture run between the devices and the rules for a day or more, as long as what you fear could "
        "take to come back, and compare it with one from before:"
    )
    yield "    custodiet isolate verify --case CASE --before BEFORE.pcap \\"
    yield f"      --after AFTER.pcap --rules {rules} \\"
    passed = [party.address for party in (*parties.recorders, *parties.times, *parties.operators)]
    yield f"      {' '.join(f'--allowed {address}' for address in passed[:8])}".rstrip()


def _told(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if line.startswith("    "):
            yield line
        else:
            yield from _wrapped(line)


def _wrapped(line: str, indent: str = "") -> list[str]:
    return textwrap.wrap(line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
