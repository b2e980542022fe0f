"""Traffic with the outside over time: even slices, what went out and came in, and how much of each was watched.

A slice in which nobody watched is never one in which nothing was sent; the two are told apart here, once, for the
picture, its table and the line on the terminal.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from custodiet.model import Egress

WHOLE = 0.95
"""Share of a slice that must have been watched to say of the whole that nothing went out."""

_LONGEST = 3_660 * 86_400.0
"""Seconds of a picture; clocks that jump years would leave all bars in one."""


class Slice(NamedTuple):
    """Some time, and what went between the device and the outside in it."""

    begin: float
    """Seconds since 1970 UTC."""
    end: float
    """Seconds since 1970 UTC."""
    out: int
    """Bytes from the device, without those of `video`."""
    video: int
    """Bytes from the device to peers where it looks like moving pictures."""
    into: int
    """Bytes to the device."""
    watched: float
    """Share of it that was watched, 0 to 1; of what lies between the first and the last moment watched."""
    clean: float
    """Share of it that was watched so well that silence says something, 0 to 1."""

    @property
    def sent(self) -> int:
        """All bytes from the device."""
        return self.out + self.video

    @property
    def state(self) -> str:
        """``traffic``, ``nothing``, ``doubtful``, ``partly watched`` or ``not watched``.

        Never ``nothing`` where nobody looked, nor where a sample, one direction or a part alone was seen.
        """
        if self.sent or self.into:
            return "traffic"
        if self.watched >= WHOLE:
            return "nothing" if self.clean >= WHOLE else "doubtful"
        return "partly watched" if self.watched > 0 else "not watched"


def slices(egress: Egress, most: int) -> list[Slice]:
    """The time from the first to the last moment that was watched or showed traffic, in at most so many slices.

    Slices are a whole number of those of the device, so that its numbers add up; none where there is no time at all.
    """
    away = [peer for peer in egress.peers if peer.where == "outside"]
    bars = [(bar, peer.size == "video-sized") for peer in away for bar in peer.bars]
    moments = [moment for span in egress.spans for moment in span]
    moments += [edge for bar, _ in bars for edge in (bar.begin, bar.begin + egress.slice * 0.999)]
    moments = [moment for moment in moments if math.isfinite(moment)]
    if not moments or not (math.isfinite(egress.slice) and egress.slice > 0):
        return []
    step = egress.slice
    first = math.floor(min(moments) / step)
    last = max(first, math.ceil(min(max(moments), min(moments) + _LONGEST) / step) - 1)
    times = max(1, math.ceil((last - first + 1) / most))
    number = math.ceil((last - first + 1) / times)
    out, video, into = ([0] * number for _ in range(3))
    for bar, is_video in bars:
        if not math.isfinite(bar.begin):
            continue
        at = int((bar.begin / step - first) // times)
        if 0 <= at < number:
            (video if is_video else out)[at] += bar.bytes_out
            into[at] += bar.bytes_in
    found = []
    for at in range(number):
        begin, end = (first + at * times) * step, (first + (at + 1) * times) * step
        watched = _watched(egress.spans, begin, end)
        clean = _watched(egress.clean, begin, end, among=egress.spans)
        found.append(Slice(begin, end, out[at], video[at], into[at], watched, clean))
    return _clipped(found, egress.spans)


def _clipped(found: list[Slice], spans: Sequence[tuple[float, float]]) -> list[Slice]:
    """The first slice from when the watching began, the last until it ended: the rest of that hour was not watched."""
    if spans:
        begin, end = min(span[0] for span in spans), max(span[1] for span in spans)
        if found[0].begin < begin < found[0].end:
            found[0] = found[0]._replace(begin=begin)
        if found[-1].begin < end < found[-1].end:
            found[-1] = found[-1]._replace(end=end)
    return found


def length_of(found: Sequence[Slice]) -> float:
    """Seconds of a slice, the first and the last of which may be shorter."""
    return max(one.end - one.begin for one in found)


def _watched(
    spans: Sequence[tuple[float, float]], begin: float, end: float, among: Sequence[tuple[float, float]] = ()
) -> float:
    """The share of a stretch that was watched; what lies before the first or after the last of `among` does not count.

    Args:
        spans: when it was watched.
        begin: of the stretch.
        end: of the stretch.
        among: all that was watched at all; empty: the spans.
    """
    among = among or spans
    if not spans:
        return 0.0
    begin, end = max(begin, min(span[0] for span in among)), min(end, max(span[1] for span in among))
    if end <= begin:
        return 0.0
    return sum(max(0.0, min(end, until) - max(begin, since)) for since, until in spans) / (end - begin)


def gaps(egress: Egress) -> list[tuple[float, float]]:
    """Stretches between the first and the last moment watched in which nobody watched, in order."""
    found = []
    reached = -math.inf
    for since, until in sorted(egress.spans):
        if math.isfinite(reached) and since > reached:
            found.append((reached, since))
        reached = max(reached, until)
    return found


def stretches(found: Sequence[Slice]) -> list[tuple[Slice, int]]:
    """Slices for a table: neighbours without traffic and of one state are told as one, with how many they are."""
    told: list[tuple[Slice, int]] = []
    for one in found:
        if told and one.state != "traffic" and told[-1][0].state == one.state:
            before, number = told[-1]
            told[-1] = (before._replace(end=one.end), number + 1)
        else:
            told.append((one, 1))
    return told
