"""Which address came with which MAC and VLAN.

Every packet says so, and nearly all say it again. So what they say is added up in arrays, one step for a whole window,
and becomes facts only when facts are given out.
"""

from __future__ import annotations

import numpy as np

from custodiet.sources.flow_columns import address_text
from custodiet.sources.pcap.columns import Columns, mac_text
from custodiet.sources.pcap.facts import Fact, Facts, Held
from custodiet.sources.pcap.flows import Groups, rows_as_bytes
from custodiet.sources.pcap.window import Window

_MOST = 100_000


class Neighbours:
    """Addresses with their MAC and VLAN, and how often and when each was seen.

    Args:
        facts: where what they say of the sender is put.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._clear()

    def _clear(self) -> None:
        self._known: dict[bytes, int] = {}
        """Address, MAC and VLAN as bytes -> place in what follows."""
        self._held: list[list[Held]] = []
        """Their facts; none where they say nothing of a device."""
        self._count = np.zeros(0, dtype=np.int64)
        self._first = np.zeros(0)
        self._last = np.zeros(0)

    def add(self, window: Window, columns: Columns, groups: Groups) -> None:
        """Add the packets of a window."""
        if len(self._known) > _MOST:
            self.settle()
        rows = groups.row
        names = np.empty((len(rows), 4), dtype=np.uint64)
        names[:, 0] = columns.src_high[rows]
        names[:, 1] = columns.src_low[rows]
        names[:, 2] = columns.v6[rows]
        names[:, 3] = columns.mac[rows] | columns.vlan[rows].astype(np.uint64) << np.uint64(48)
        keys = rows_as_bytes(names)
        get = self._known.get
        found = [get(key, -1) for key in keys]
        if -1 in found:
            for at, place in enumerate(found):
                if place < 0:
                    found[at] = self._place(keys[at], names[at].tolist(), int(rows[at]) + window.number)
            more = len(self._known) - len(self._count)
            self._count = np.append(self._count, np.zeros(more, dtype=np.int64))
            self._first = np.append(self._first, np.full(more, np.inf))
            self._last = np.append(self._last, np.full(more, -np.inf))
        at_all = np.array(found, dtype=np.int64)
        np.add.at(self._count, at_all, groups.packets)
        np.minimum.at(self._first, at_all, groups.first)
        np.maximum.at(self._last, at_all, groups.last)

    def _place(self, key: bytes, name: list[int], number: int) -> int:
        place = self._known.setdefault(key, len(self._known))
        if place == len(self._held):
            high, low, v6, link = name
            facts: list[Fact] = []
            if _is_somebody(high, low, bool(v6)):
                mac, vlan = link & (1 << 48) - 1, link >> 48
                if mac and not mac >> 40 & 1:
                    facts.append(("net.mac", mac_text(mac)))
                if vlan:
                    facts.append(("net.vlan", str(vlan)))
            subject = f"ip:{address_text(high, low, bool(v6))}"
            self._held.append(self._facts.hold(subject, facts, number) if facts else [])
        return place

    def settle(self) -> None:
        """Add to the facts what was added up since the last time; to be called before they are given out."""
        added = zip(self._held, self._count.tolist(), self._first.tolist(), self._last.tolist(), strict=True)
        for held, count, first, last in added:
            self._facts.add_many(held, count, first, last)
        self._clear()


def _is_somebody(high: int, low: int, v6: bool) -> bool:
    """Is this an address that a device can have: not unspecified, multicast or broadcast?"""
    if v6:
        return (high | low) != 0 and high >> 56 != 0xFF
    return low != 0 and low >> 28 < 0xE
