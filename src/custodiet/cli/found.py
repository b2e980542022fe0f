"""What a sweep came to, for people and as JSON: coverage, what was heard by which question, the ledger and its gaps."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

if TYPE_CHECKING:
    from custodiet.probes.log import End

CANNOT_SEE = (
    "What this cannot see: other networks and VLANs, cameras behind a recorder, devices that were off or answer "
    "nobody, and whatever a firewall keeps from us."
)


class Heard(NamedTuple):
    """How many addresses one question brought to light."""

    question: str
    title: str
    addresses: int


def came_of_it(end: End) -> Iterator[str]:
    """The end of a sweep in sentences."""
    from custodiet.report import words

    for one in end.coverage:
        parts = [f"{one.answered:,} answered", f"{one.refused:,} refused", f"{one.silent:,} silent"]
        if one.not_asked:
            parts.append(f"{one.not_asked:,} not asked ({one.why_not})")
        yield f"{one.network}: {one.asked:,} asked: {', '.join(parts)}."
    if end.trouble:
        yield f"It was stopped: {end.trouble}. What is counted as silent of its last second may be no silence."
    if not end.complete:
        yield "It was stopped before all was asked; custodiet find --resume goes on."
    each = "as the ledger has them, which is not whole" if end.ledger.gaps else "each in the ledger"
    yield f"{words.count(end.ledger.packets, 'packet')} sent, {each}, signed by key {end.ledger.key[:16]}."
    yield from end.ledger.gaps
    if end.worst_lag > 0.5:
        yield f"This machine was {end.worst_lag:.1f} s late at worst; a silence at such a time counts for nothing."
    yield CANNOT_SEE


def heard_by(log: Path) -> list[Heard]:
    """What each question brought, most first."""
    from custodiet.probes.log import Exchanged, Knocked, read_log
    from custodiet.probes.questions import QUESTIONS

    titles = {question.id: question.title for question in QUESTIONS}
    heard: dict[str, set[str]] = {}
    for line in read_log(log):
        if isinstance(line, Exchanged) and line.exchange.answers:
            heard.setdefault(line.exchange.question, set()).add(line.exchange.sender or line.exchange.target)
        elif isinstance(line, Knocked) and line.heard == "open":
            heard.setdefault("knock", set()).add(line.address)
    ordered = sorted(heard.items(), key=lambda one: (-len(one[1]), one[0]))
    return [Heard(question, titles.get(question, "an open port"), len(who)) for question, who in ordered]


def by_method(log: Path) -> Iterator[str]:
    """How many devices each question brought to light, in lines, and which were left alone."""
    from custodiet.report import words

    heard = heard_by(log)
    if heard:
        yield "Heard by:"
    for one in heard:
        yield f"  {words.count(one.addresses, 'device')}: {one.title}"
    left = left_alone(log)
    if left:
        yield "Left alone at the first sign of distress, so that nothing more is known of them:"
    for address, why in left.items():
        yield f"  {address}: {why}"


def left_alone(log: Path) -> dict[str, str]:
    """Devices that were not asked any more -> why."""
    from custodiet.probes.log import LeftAlone, read_log

    return {line.address: line.why for line in read_log(log) if isinstance(line, LeftAlone)}


def document(end: End, log: Path) -> dict[str, Any]:
    """The same for machines."""
    return {
        "log": str(log),
        "complete": end.complete,
        "trouble": end.trouble,
        "coverage": msgspec.to_builtins(end.coverage),
        "heard_by": [one._asdict() for one in heard_by(log)],
        "left_alone": [{"address": address, "why": why} for address, why in left_alone(log).items()],
        "ledger": ledger(end),
        "packets_of_other_programs": end.other_packets,
        "seconds_late_at_worst": round(end.worst_lag, 3),
        "cannot_see": CANNOT_SEE,
    }


def ledger(end: End) -> dict[str, Any]:
    """What was sent, for machines."""
    sealed = end.ledger
    return {"packets": sealed.packets, "pages": sealed.pages, "signed_by": sealed.key, "gaps": list(sealed.gaps)}


def begins_with(path: Path, size: int, digest: str) -> bool:
    """Whether a file begins with the bytes of this number and SHA-256: then it is a later state of the same log."""
    if path.stat().st_size <= size:
        return False
    counted = sha256()
    with path.open("rb") as file:
        while size and (piece := file.read(min(size, 1 << 20))):
            counted.update(piece)
            size -= len(piece)
    return counted.hexdigest() == digest
