"""Who began a conversation, from records that tell only one direction each.

In this order: what the source says itself; the port on which servers listen, where only one side has such; a first
packet of TCP that stands alone; the side that was seen earlier; the end that many others talk to; the lower port, or,
where only one side was seen, that side. Only the first two are told from one record; for the rest the records of a
batch are put together by conversation, and what was decided is remembered for later batches, within bounds.
"""

from __future__ import annotations

import numpy as np

from custodiet.sources.flow_columns import ACK, SYN, TCP, Bits, Ints, Records, Salt, Words
from custodiet.sources.server_ports import SERVER_PORTS

_MOST_REMEMBERED = 500_000
_TICK = 0.001
"""Seconds: routers keep time in milliseconds, so what differs by less does not."""


class Sides:
    """Decides batch by batch.

    Args:
        salt: of the source.
    """

    def __init__(self, salt: Salt) -> None:
        self._salt = salt
        # Two generations of (hash of a conversation, whether its smaller end began), each sorted.
        self._young = (np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.bool_))
        self._old = self._young

    def sender_began(self, records: Records) -> Bits:
        """For each record whether its sender began the conversation."""
        at_sender, at_receiver = SERVER_PORTS[records.src_port], SERVER_PORTS[records.dst_port]
        began: Bits = at_receiver & ~at_sender
        began |= records.began > 0
        began &= records.began >= 0
        open_rows = np.flatnonzero((at_receiver == at_sender) & (records.began == 0))
        if len(open_rows):
            began[open_rows] = self._by_conversation(records.rows(open_rows))
        return began

    def _by_conversation(self, records: Records) -> Bits:
        swapped, ends = _ends(records)
        names = [*ends, records.protocol.view(np.uint64)]
        order, begins = self._salt.grouped(names)
        rows = order[begins]
        of_row = np.empty(len(order), dtype=np.int64)
        of_row[order] = np.repeat(np.arange(len(begins)), np.diff(begins, append=len(order)))
        hashes = self._salt.hashes([name[rows] for name in names])
        known, decided = self._recall(hashes)

        number = len(begins)
        opened = (records.protocol == TCP) & (records.flags & (SYN | ACK) == SYN)
        from_small = np.zeros(number, dtype=np.bool_)
        from_large = np.zeros(number, dtype=np.bool_)
        from_small[of_row[opened & ~swapped]] = True
        from_large[of_row[opened & swapped]] = True
        first = np.full((2, number), np.inf)
        np.minimum.at(first[0], of_row[~swapped], records.first[~swapped])
        np.minimum.at(first[1], of_row[swapped], records.first[swapped])
        both = np.isfinite(first).all(axis=0)
        with np.errstate(invalid="ignore"):
            earlier = np.where(both, first[1] - first[0], 0.0)
        crowd = self._crowds([name[rows] for name in names], number)
        small_port, large_port = names[-2][rows] & np.uint64(0xFFFF), names[-2][rows] >> np.uint64(16)
        small = np.select(
            [
                from_small != from_large,
                np.abs(earlier) >= _TICK,
                crowd[0] != crowd[1],
                both & (small_port != large_port),
            ],
            [from_small, earlier > 0, crowd[0] < crowd[1], small_port > large_port],
            np.isfinite(first[0]),
        )
        small = np.where(known, decided, small)
        self._remember(hashes[~known], small[~known])
        began: Bits = small[of_row] ^ swapped
        return began

    def _crowds(self, names: list[Words], number: int) -> Ints:
        """For both ends of each conversation, in how many of them that end takes part."""
        half = (len(names) - 2) // 2
        ports = names[-2]
        small = [*names[:half], ports & np.uint64(0xFFFF), names[-1]]
        large = [*names[half : 2 * half], ports >> np.uint64(16), names[-1]]
        order, begins = self._salt.grouped([np.concatenate(pair) for pair in zip(small, large, strict=True)])
        sizes = np.diff(begins, append=len(order))
        crowd = np.empty(2 * number, dtype=np.int64)
        crowd[order] = np.repeat(sizes, sizes)
        return crowd.reshape(2, number)

    def _recall(self, hashes: Words) -> tuple[Bits, Bits]:
        known = np.zeros(len(hashes), dtype=np.bool_)
        decided = np.zeros(len(hashes), dtype=np.bool_)
        for keys, values in (self._old, self._young):
            if len(keys):
                at = np.minimum(np.searchsorted(keys, hashes), len(keys) - 1)
                found = keys[at] == hashes
                decided[found] = values[at[found]]
                known |= found
        return known, decided

    def _remember(self, hashes: Words, small: Bits) -> None:
        if len(self._young[0]) > _MOST_REMEMBERED:
            self._old, self._young = self._young, (np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.bool_))
        keys = np.concatenate((self._young[0], hashes))
        values = np.concatenate((self._young[1], small))
        order = np.argsort(keys, kind="stable")
        self._young = (keys[order], values[order])


def _ends(records: Records) -> tuple[Bits, list[Words]]:
    """Which rows go from the larger end to the smaller one, and both ends, the smaller first.

    The words of the smaller address, those of the larger one, and in one word the port of the larger and the smaller.
    """
    src_port, dst_port = records.src_port.view(np.uint64), records.dst_port.view(np.uint64)
    swapped: Bits = records.src_low > records.dst_low
    swapped |= (records.src_low == records.dst_low) & (src_port > dst_port)
    src, dst = [records.src_low], [records.dst_low]
    if records.src_high is not None and records.dst_high is not None:
        same = records.src_high == records.dst_high
        swapped = (records.src_high > records.dst_high) | (same & swapped)
        src, dst = [records.src_high, records.src_low], [records.dst_high, records.dst_low]
    small = [np.where(swapped, there, here) for here, there in zip(src, dst, strict=True)]
    large = [np.where(swapped, here, there) for here, there in zip(src, dst, strict=True)]
    ports = np.where(swapped, src_port << np.uint64(16) | dst_port, dst_port << np.uint64(16) | src_port)
    return swapped, [*small, *large, ports]
