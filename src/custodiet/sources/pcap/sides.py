"""TCP conversations of which only one side was captured.

A side that is never heard may be absent: a camera whose calls a firewall swallows asks again and again, and that is an
answer, not a fault of the capture. But nobody acknowledges what never came. So one side was missed only where the other
goes on acknowledging new bytes, or sends more than anybody sends unanswered.
"""

from __future__ import annotations

import numpy as np

from custodiet.sources.pcap.columns import Columns
from custodiet.sources.pcap.links import Ints, Words

MOST_UNANSWERED = 200
"""Packets of a connection that nobody sends into silence: systems give up after some 15 repetitions."""
LEAST_PACKETS = 5
"""Fewer packets of a conversation say nothing: a capture begins and ends somewhere."""

_TCP = 6
_SYN, _RST, _ACK = 0x02, 0x04, 0x10


class Sides:
    """What was heard of each side of the conversations in a table; ``place`` is that of `Groups.place`."""

    def __init__(self) -> None:
        self.judged = 0
        """TCP conversations that are over and of which something can be said."""
        self.one_sided = 0
        """Those of them of which one side is missing."""
        self._make(4096)

    def _make(self, room: int) -> None:
        self._packets = np.zeros(room * 2, dtype=np.int64)
        self._ack = np.full(room * 2, -1, dtype=np.int64)
        """The number that each side acknowledged first; -1 while it was not asked for."""
        self._moved = np.zeros(room * 2, dtype=np.bool_)
        """It acknowledged another number later."""

    def resize(self, room: int, places: Ints) -> None:
        """Make room for so many conversations, keeping these places in this order."""
        old = self.__dict__.copy()
        self._make(room)
        for name in ("_packets", "_ack", "_moved"):
            getattr(self, name)[: len(places)] = old[name][places]

    def add(self, columns: Columns, row: Ints, packets: Ints, of_row: Ints, place: Ints) -> None:
        """Add the groups of a window; see `Groups` for the arguments."""
        np.add.at(self._packets, place, packets)
        # Only where the other side was never heard is it worth to look into packets.
        lonely = np.zeros(len(row) + 1, dtype=np.bool_)
        lonely[:-1] = (columns.protocol[row] == _TCP) & (self._packets[place ^ 1] == 0)
        if not lonely.any():
            return
        rows = np.flatnonzero(lonely[of_row] & columns.plain)
        rows = rows[columns.flags[rows] & (_SYN | _RST | _ACK) == _ACK]
        at = place[of_row[rows]]
        number = (columns.frame[5][rows] >> np.uint64(16) & np.uint64(0xFFFFFFFF)).view(np.int64)
        first = np.flatnonzero(self._ack[at] < 0)[::-1]  # the first is written last
        self._ack[at[first]] = number[first]
        self._moved[at[self._ack[at] != number]] = True

    def over(self, names: Words, slots: Ints) -> None:
        """Judge conversations that will be forgotten.

        Args:
            names: the last word of the name of each, as in `FlowTable.names`.
            slots: where they stand.
        """
        slots = slots[names >> np.uint64(1) & np.uint64(0xFF) == _TCP]
        one, two = self._packets[slots * 2], self._packets[slots * 2 + 1]
        enough = one + two >= LEAST_PACKETS
        heard = np.where(one > 0, slots * 2, slots * 2 + 1)
        alone = enough & ((one == 0) | (two == 0)) & (self._ack[heard] >= 0)
        alone &= self._moved[heard] | (one + two >= MOST_UNANSWERED)
        self.one_sided += int(alone.sum())
        self.judged += int((alone | enough & (one > 0) & (two > 0)).sum())
