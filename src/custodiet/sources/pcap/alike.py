"""Rows that have everything in common, found without sorting and without a hash that a sender could foresee."""

from __future__ import annotations

import numpy as np

from custodiet.sources.pcap.links import Ints, Words

_SLOTS = 65536


class Alike:
    """Finds rows that are alike.

    Args:
        salt: bytes that depend on the whole source, so that nobody can write a capture that is slow to sort.
    """

    def __init__(self, salt: bytes) -> None:
        self._multipliers = tuple(np.frombuffer(salt[:32].ljust(32, b"\x9e"), dtype="<u8") | np.uint64(1))
        self._leader = np.zeros(_SLOTS, dtype=np.int64)

    def leaders(self, parts: list[Words]) -> Ints:
        """For each row, the first row in which all parts are the same.

        Every row goes to one of 65,536 slots, and the first in a slot leads those that are like it. The others try
        again with other bits of their hash: hardly any, since nobody can foresee which fall together.
        """
        hashed = self.hashed(parts)
        leader = np.empty(len(hashed), dtype=np.int64)
        rows = np.arange(len(hashed))
        shift = 48
        while len(rows):
            slot = (hashed >> np.uint64(shift) & np.uint64(_SLOTS - 1)).view(np.int64)
            self._leader[slot[::-1]] = rows[::-1]  # of those that share a slot the last one written stays
            found = self._leader[slot]
            alike = np.ones(len(rows), dtype=np.bool_)
            for part in parts:
                alike &= (part if len(rows) == len(part) else part[rows]) == part[found]
            leader[rows] = found
            others = np.flatnonzero(~alike)
            rows, hashed, shift = rows[others], hashed[others], (shift - 16) % 64
        return leader

    def hashed(self, parts: list[Words]) -> Words:
        """One word for many; which fall together cannot be foreseen without the whole source."""
        found = np.zeros(len(parts[0]), dtype=np.uint64)
        shift = np.uint64(32)
        for at, part in enumerate(parts):
            found += part
            found *= self._multipliers[at & 3]
            found ^= found >> shift
        found *= self._multipliers[3]
        found ^= found >> np.uint64(29)
        return found
