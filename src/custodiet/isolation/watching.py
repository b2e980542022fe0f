"""How long a device was watched, how long it must be, and with which sources silence counts.

A stretch counts while somebody watched and the device gave signs: a device that was switched off is silent too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from custodiet.egress.words import duration
from custodiet.model import Flow, Tally
from custodiet.model.source import SILENCE

HOUR = 3600.0
DAY = 86_400.0
"""Seconds: what happens once a day is not seen in less."""
NO_PROOF = {
    "clock_jump": "its clock jumped",
    "one_direction": "only one direction of conversations was seen",
    "sampled": "only a sample of the packets was counted",
    "translated": "several devices stand behind one address",
    "lost": "packets were lost while capturing",
    "denied_only": "it tells only what was stopped",
    "part_logged": "it tells only a part of the traffic",
}
"""Doubts with which a source can show a leak but no silence."""

Spans = Sequence[tuple[float, float]]


def fault_of(tally: Tally | None, *, broken: bool) -> str:
    """Why the silence of a source proves nothing; empty where it does."""
    if tally is None or tally.watched is None or not tally.watched.spans:
        return "it does not tell when somebody watched"
    told = [words for doubt, words in NO_PROOF.items() if doubt in tally.watched.doubts]
    if tally.watched.sampled > 1 and "sampled" not in tally.watched.doubts:
        told.append(NO_PROOF["sampled"])
    if broken:
        told.append("it could not be read in full")
    return ", ".join(told)


def joined(spans: Iterable[tuple[float, float]], within: float) -> list[tuple[float, float]]:
    """Stretches put together where not more than ``within`` seconds lie between them."""
    found: list[tuple[float, float]] = []
    for begin, end in sorted(spans):
        if found and begin - found[-1][1] <= within:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        elif end >= begin:
            found.append((begin, end))
    return found


def common(one: Spans, other: Spans) -> list[tuple[float, float]]:
    """What lies in both; each in order and without overlap."""
    found, at = [], 0
    for begin, end in one:
        while at < len(other) and other[at][1] < begin:
            at += 1
        next_ = at
        while next_ < len(other) and other[next_][0] <= end:
            found.append((max(begin, other[next_][0]), min(end, other[next_][1])))
            next_ += 1
    return found


class Length(NamedTuple):
    """How long a device was watched."""

    whole: float
    """Seconds in all."""
    longest: float
    """Seconds of the longest stretch without a gap."""


def length_of(flows: Iterable[Flow], spans: Mapping[str, Spans], sources: Iterable[str]) -> Length:
    """How long a device was watched by these sources.

    Args:
        flows: of the device with one other address; they show by which sources it is seen.
        spans: id of a source -> when somebody watched.
        sources: ids of those that count.
    """
    wanted = set(sources)
    mine = [flow for flow in flows if flow.source in wanted]
    seen = {flow.source for flow in mine}
    watched = joined((span for one in seen for span in spans.get(one, ())), SILENCE)
    alive = joined(((flow.first_seen, flow.last_seen) for flow in mine), HOUR)
    both = common(watched, alive)
    return Length(sum(end - begin for begin, end in both), max((end - begin for begin, end in both), default=0.0))


def needed_of(outside_before: Iterable[Sequence[Flow]]) -> tuple[float, str]:
    """How long without a gap a device must be watched before its silence counts, and why.

    Args:
        outside_before: for each address and port outside, the conversations before.

    Returns:
        Seconds: twice the longest pause between two conversations with the same one before, a day at least.
    """
    longest = 0.0
    for flows in outside_before:
        spans = joined(((flow.first_seen, flow.last_seen) for flow in flows), 0.0)
        longest = max([longest, *(later[0] - earlier[1] for earlier, later in pairwise(spans))])
    if 2 * longest > DAY:
        return 2 * longest, f"twice the longest pause before, {duration(longest)}, between two calls of one address"
    return DAY, "what happens once a day is not seen in less"
