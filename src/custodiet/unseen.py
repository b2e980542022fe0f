"""What we could not see, in sentences: a part of every result, made from what was read and what was not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from custodiet.model import Issue, Source, Tally, Totals

_HOUR = 3600.0


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How much there is of each kind, counted once while everything is judged."""

    totals: Totals
    """The numbers a reader wants first."""
    peers: int
    """Addresses outside that were left out as mere peers."""
    recorders: int
    """Recorders, behind which cameras can hide."""
    silent: int
    """Devices that gave no sign at all of what they are."""
    unplaced_purchases: int
    """Purchase lines of surveillance devices that could not be tied to a device seen elsewhere."""
    crowded: int
    """Devices with more observations than are weighed."""
    makers: dict[str, int] = {}
    """Band -> devices whose maker is as sure as that."""


def not_whole(sources: Sequence[Source], tallies: Sequence[Tally], issues: Sequence[Issue]) -> list[str]:
    """Ids of the sources that were not read to their end: nobody knows how much the rest of them holds."""
    counted, told = {tally.source: tally.whole for tally in tallies}, {issue.source for issue in issues}
    return [source.id for source in sources if not counted.get(source.id, source.id not in told)]


def what_we_could_not_see(
    sources: Sequence[Source],
    tallies: Sequence[Tally],
    skipped: Sequence[Issue],
    counts: Counts,
    has_sites: bool,
    unfinished: Sequence[str],
    issues: Sequence[Issue] = (),
) -> tuple[str, ...]:
    """The limits of this result.

    Args:
        sources: what was read.
        tallies: how much of it.
        skipped: what was not read at all.
        counts: how much there is of each kind.
        has_sites: whether a sites file was given.
        unfinished: ids of sources whose reading was cut short.
        issues: what could not be read of the sources.

    Returns:
        Sentences, the weightiest first.
    """
    kinds = {source.kind for source in sources}
    said: list[str] = []
    lost = sum(1 for issue in skipped if issue.severity == "incomplete")
    if lost:
        said.append(f"Inputs that could not be read at all: {lost}. Devices that only they show are missing here.")
    # What is said behind -- was a slip of the pen, and no input.
    if aside := sum(1 for issue in skipped if issue.severity == "note" and not issue.source.startswith("--")):
        said.append(f"Inputs of a kind that is not read: {aside}.")
    if unfinished:
        said.append(f"Sources not read to the end: {len(unfinished)}. Run the same command again to finish them.")
    if broken := not_whole(sources, tallies, issues):
        said.append(f"Sources that could not be read, or not to the end: {len(broken)}.")
    problems = sum(tally.issues for tally in tallies)
    if problems:
        said.append(f"Rows or packets that could not be read: {problems}.")
    said += _not_covered(tallies)
    said += _captures(sources, tallies)
    if kinds and not kinds & {"capture", "scan", "log", "live"}:
        said.append(
            "Nothing of the network was read, only what people wrote down: labels and registers can be wrong, and "
            "devices that nobody registered do not appear."
        )
    if kinds and not kinds & {"register", "purchase_record"}:
        said.append("No register or purchase record was read, so devices that were off or elsewhere do not appear.")
    if counts.recorders:
        said.append(
            f"Recorders found: {counts.recorders}. Cameras on a recorder's own sockets are hidden behind it and are "
            "not counted."
        )
    if counts.silent:
        said.append(
            f"Devices that gave no sign of what they are, and were not judged: {counts.silent}. A camera that kept "
            "silent would be among them."
        )
    if counts.unplaced_purchases:
        said.append(
            f"Purchase lines that could not be tied to a device: {counts.unplaced_purchases}. What they bought may be "
            "counted here beside the same device seen elsewhere, or stand where nobody looked."
        )
    if counts.crowded:
        said.append(
            f"Devices of which so much was observed that only a part was weighed: {counts.crowded}. All of it is kept "
            "in the case."
        )
    if counts.peers:
        said.append(
            f"Addresses outside the network, seen as the other side of traffic and not as devices: {counts.peers}."
        )
    if not has_sites:
        said.append("No sites file was given, so no device could be tied to a body, a site or a core network.")
    said.append("A device that changes its address, or is off, can be missed or counted twice.")
    return tuple(said)


def _not_covered(tallies: Sequence[Tally]) -> list[str]:
    left: Counter[str] = Counter()
    for tally in tallies:
        left.update(tally.not_covered)
    parts = [f"{number} {what}" for what, number in sorted(left.items()) if number]
    return [f"Present, but not read by this version: {', '.join(parts)}."] if parts else []


def _captures(sources: Sequence[Source], tallies: Sequence[Tally]) -> list[str]:
    kinds = {source.id: source.kind for source in sources}
    spans = [
        (tally.first_seen, tally.last_seen)
        for tally in tallies
        if kinds.get(tally.source) == "capture" and tally.first_seen is not None and tally.last_seen is not None
    ]
    if not spans:
        return ["No capture was read, so what the devices talk to is not known."] if sources else []
    said = [
        f"Captures read: {len(spans)}, {_duration(sum(last - first for first, last in spans))} in all. Traffic at "
        "other times, and traffic that did not pass the place of capture, was not seen."
    ]
    if between := _between(spans):
        said.append(f"Between the first and the last of these captures nobody watched for {_duration(between)} in all.")
    return said


def _between(spans: Sequence[tuple[float, float]]) -> float:
    """Seconds between captures in which none was made; less than one is no gap."""
    until, between = min((first for first, _last in spans), default=0.0), 0.0
    for first, last in sorted(spans):
        between += first - until if first - until >= 1 else 0.0
        until = max(until, last)
    return between


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} seconds"
    if seconds < 2 * _HOUR:
        return f"{seconds / 60:.0f} minutes"
    if seconds < 72 * _HOUR:
        return f"{seconds / _HOUR:.1f} hours"
    return f"{seconds / (24 * _HOUR):,.0f} days"
