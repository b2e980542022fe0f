"""Which local address sent with which MAC, as far as the exporter stood on the same network.

An exporter that stands further away sees only the MAC of the router in between. So a MAC that came with an outside
address, or with more than a few local ones, is left out: it is a router's.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from custodiet.sources.flow_columns import Floats, Ints, Salt, Words, address_text, is_local
from custodiet.sources.pcap.columns import mac_text

_MOST = 50_000
_MOST_ADDRESSES = 4
"""Of one MAC: IPv4, and the three or so that IPv6 gives to one device."""


class Neighbours:
    """Local addresses with their MAC.

    Args:
        salt: of the source.
    """

    def __init__(self, salt: Salt) -> None:
        self._salt = salt
        self._addresses: dict[int, dict[tuple[int, int, bool], list[float]]] = {}
        """MAC -> its addresses -> place, first and last time, and how often."""
        self._routers: set[int] = set()
        self.left_out = 0
        """Pairs that came when no more could be kept."""

    def add(self, mac: Words, high: Words | None, low: Words, place: Ints, first: Floats, last: Floats) -> None:
        """Take records that say which MAC an address had; all columns are of equal length."""
        here = is_local(high, low)
        names = [mac, here.astype(np.uint64), np.where(here, low, 0)]
        if high is not None:
            names.append(np.where(here, high, 0))
        order, begins = self._salt.grouped(names)
        rows = order[begins]
        numbers = np.diff(begins, append=len(order))
        v6 = high is not None
        if not len(rows):
            return
        for own, local, upper, lower, place_, begun, ended, number in zip(
            mac[rows].tolist(),
            here[rows].tolist(),
            (high[rows] if high is not None else np.zeros(len(rows), dtype=np.uint64)).tolist(),
            low[rows].tolist(),
            np.minimum.reduceat(place[order], begins).tolist(),
            np.minimum.reduceat(first[order], begins).tolist(),
            np.maximum.reduceat(last[order], begins).tolist(),
            numbers.tolist(),
            strict=True,
        ):
            if not own or own >> 40 & 1 or own in self._routers:
                continue
            if not local:
                self._is_router(own)
                continue
            mine = self._addresses.get(own)
            if mine is None:
                if len(self._addresses) >= _MOST:
                    self.left_out += 1
                    continue
                mine = self._addresses[own] = {}
            known = mine.get((upper, lower, v6))
            if known is None:
                mine[upper, lower, v6] = [place_, begun, ended, number]
                if len(mine) > _MOST_ADDRESSES:
                    self._is_router(own)
                continue
            known[:] = [min(known[0], place_), min(known[1], begun), max(known[2], ended), known[3] + number]

    def _is_router(self, mac: int) -> None:
        self._addresses.pop(mac, None)
        if len(self._routers) < _MOST:
            self._routers.add(mac)

    @property
    def routers(self) -> int:
        """How many MACs were left out since they are those of routers."""
        return len(self._routers)

    def pairs(self) -> Iterator[tuple[str, str, int, float, float, int]]:
        """(address, MAC, place, first and last time in seconds since 1970 UTC, how often)."""
        for mac, addresses in self._addresses.items():
            for (high, low, v6), (place, first, last, number) in addresses.items():
                yield address_text(high, low, v6), mac_text(mac), int(place), first, last, int(number)
