"""When a log shows that somebody was watching: records with their times become stretches without long silence.

Bounded: whatever a file says, no more stretches are kept than `MOST_SPANS`. What does not fit is left out, so that the
answer is rather too short than too long.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping

from custodiet.model.source import SILENCE, Doubt, Watched

MOST_SPANS = 20_000
"""Stretches that are kept; a year of nothing but hourly records has half as many."""
LONGEST = 400 * 86_400.0
"""Seconds; a conversation said to have lasted longer is a broken record, of which only both ends are taken."""


class WatchingTimes:
    """Takes the beginning and end of records, in any order, and gives the stretches they cover."""

    def __init__(self) -> None:
        self._begins: list[float] = []
        self._ends: list[float] = []
        self._at = 0
        self.left_out = 0
        """Records that lie outside of all stretches that are kept, because there are too many of them."""

    def add(self, first: float | None, last: float | None = None, packets: int | None = None) -> None:
        """Take a record.

        Args:
            first: seconds since 1970 UTC; a record without a time shows nothing.
            last: likewise, where it lasted; a time before its beginning counts as none.
            packets: how many it adds up; with less than one in each silence only its ends were surely watched.
        """
        if first is None:
            return
        last = first if last is None or last < first else last
        if last - first > LONGEST or (packets is not None and is_thin(last - first, packets)):
            self._add(last, last)
            last = first
        self._add(first, last)

    def _add(self, first: float, last: float) -> None:
        begins, ends, at = self._begins, self._ends, self._at
        if at < len(begins) and begins[at] <= first and last <= ends[at]:
            return  # the stretch of the record before: nearly always
        # Stretches lie more than a silence apart, so those that this record touches stand side by side.
        low = bisect_left(ends, first - SILENCE)
        high = bisect_right(begins, last + SILENCE)
        if low == high:
            if len(begins) >= MOST_SPANS:
                self.left_out += 1
                return
            begins.insert(low, first)
            ends.insert(low, last)
        else:
            begins[low:high] = [min(first, begins[low])]
            ends[low:high] = [max(last, ends[high - 1])]
        self._at = low

    def spans(self) -> tuple[tuple[float, float], ...]:
        """The stretches, in order; seconds since 1970 UTC."""
        return tuple(zip(self._begins, self._ends, strict=True))

    def watched(self, doubts: Mapping[Doubt, str]) -> Watched:
        """The stretches with what makes their sums doubtful."""
        return Watched(spans=self.spans(), doubts=dict(doubts))


def is_thin(seconds: float, packets: int) -> bool:
    """Whether so few packets are so far apart that nobody need have been watching between them."""
    return seconds > SILENCE * max(0, packets - 1)


class Directions:
    """Counts conversations over TCP of which only one side was seen, though that side plainly got answers.

    Nobody sends six packets of TCP or more without a single answer, so where the log has none, none was seen.
    """

    _PLAIN = 6

    def __init__(self) -> None:
        self._all = 0
        self._one_sided = 0

    def add(self, transport: str, packets_out: int, packets_in: int) -> None:
        """Take a conversation."""
        if transport == "tcp" and packets_out + packets_in >= self._PLAIN:
            self._all += 1
            self._one_sided += not packets_out or not packets_in

    def doubt(self) -> str:
        """The sentence on it; empty where there is nothing to say."""
        if not self._one_sided:
            return ""
        return (
            f"of {self._one_sided:,} of {self._all:,} conversations over TCP only one side was seen, "
            "though nobody sends that much without an answer"
        )
