"""How well Zeek watched: connections show when, and their gaps and Zeek's logs about itself what it lost.

Only ``conn.log`` holds all traffic that Zeek saw; where a file has none of it, nothing is said of the time watched.
What ``capture_loss.log`` and ``stats.log`` say of losses holds for Zeek as a whole, not for the file they stand in.
"""

from __future__ import annotations

from collections.abc import Callable

from custodiet.model import Flow, Watched
from custodiet.model.source import Doubt
from custodiet.sources.watching_times import Directions, WatchingTimes
from custodiet.sources.zeek.logs import Row


class Watching:
    """What was seen so far."""

    def __init__(self) -> None:
        self._times = WatchingTimes()
        self._directions = Directions()
        self._connections = self._with_gaps = self._missed = 0
        self._measured = self._lossy = 0
        self._worst = 0.0
        self._packets = self._dropped = 0

    def conversation(self, flow: Flow, row: Row) -> None:
        """Take a line of ``conn.log``."""
        self._connections += 1
        self._times.add(flow.first_seen, flow.last_seen, flow.packets_out + flow.packets_in)
        self._directions.add(flow.transport, flow.packets_out, flow.packets_in)
        if missed := row.number("missed_bytes"):
            self._with_gaps += 1
            self._missed += missed

    def capture_loss(self, row: Row) -> None:
        """Take a line of ``capture_loss.log``: how many acknowledgements came for packets that Zeek did not see."""
        percent = row.time("percent_lost") or 0.0  # any number that is no less than nought
        self._measured += 1
        self._lossy += percent > 0
        self._worst = max(self._worst, min(percent, 100.0))

    def stats(self, row: Row) -> None:
        """Take a line of ``stats.log``; its counters begin anew with each line."""
        self._packets += row.number("pkts_proc")
        self._dropped += row.number("pkts_dropped")

    def watched(self) -> Watched | None:
        """How well Zeek watched; none where the file says nothing about it."""
        lost = []
        if self._with_gaps:
            lost.append(
                f"in {self._with_gaps:,} of {self._connections:,} connections {self._missed:,} bytes are missing that "
                "were answered"
            )
        if self._lossy:
            lost.append(
                f"in {self._lossy:,} of {self._measured:,} measurements Zeek missed packets, at worst "
                f"{self._worst:.1f} percent"
            )
        if self._dropped:
            lost.append(f"Zeek says that {self._dropped:,} packets were dropped and {self._packets:,} read")
        doubts: dict[Doubt, str] = {"lost": "; ".join(lost)} if lost else {}
        if one_sided := self._directions.doubt():
            doubts["one_direction"] = one_sided
        return self._times.watched(doubts) if self._connections or doubts else None


OWN_LOGS: dict[str, Callable[[Watching, Row], None]] = {
    "capture_loss": Watching.capture_loss,
    "stats": Watching.stats,
}
"""The logs in which Zeek tells about itself."""
