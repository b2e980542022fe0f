"""Who sent how much to whom, and in which hour: packets of a window added up by NumPy, windows in a table.

Inside, a conversation is two addresses, two ports and a protocol; outside, a `Flow` is what one address had with one
port of another within an hour, so the hundred short-lived ports a client asks from are one flow. Who began is decided
once for all hours of a conversation. The table is bounded: when it is full, the conversations that were silent longest,
and hours that are over, are given out and forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from custodiet.model import Flow
from custodiet.sources.pcap.alike import Alike
from custodiet.sources.pcap.columns import Columns
from custodiet.sources.pcap.links import Ints, Mask, Words
from custodiet.sources.pcap.sides import Sides
from custodiet.sources.pcap.volumes import HOUR, Volumes
from custodiet.sources.pcap.window import Window
from custodiet.sources.server_ports import SERVER_PORTS

_MOST_CONVERSATIONS = 120_000
_MOST_VOLUMES = 240_000
"""Each conversation has one that is its latest, so a table that is full of those can still be emptied by half."""

_MOST_HOURS = 1 << 14
"""Hours of a window that find room in a word beside other things."""

_SYN, _ACK = 0x02, 0x10


class Groups(msgspec.Struct, frozen=True):
    """Packets of one window that have sender, receiver, ports, MAC, VLAN and the hour in common."""

    row: Ints
    """First packet of each group, in rising order."""
    packets: Ints
    first: NDArray[np.float64]
    last: NDArray[np.float64]
    of_row: Ints
    """Group of every packet of the window; the number of groups for those that are not IP."""
    place: Ints
    """``conversation * 2 + side`` of each group, the key for what is known of one direction."""


class FlowTable:
    """All conversations seen lately.

    Args:
        source: id of the source.
        salt: bytes that depend on the whole source, so that nobody can write a capture that is slow to sort.
    """

    def __init__(self, source: str, salt: bytes) -> None:
        self.alike = Alike(salt)
        self.sides = Sides()
        self._volumes = Volumes(source, self.alike)
        self._slots: dict[bytes, int] = {}
        """What stands in ``names``, as bytes -> its place there."""
        self._used = 0
        self._make(4096)

    def _make(self, room: int) -> None:
        self.names = np.zeros((5, room), dtype=np.uint64)
        """a high, a low, b high, b low, and ports, protocol and version in one word; a is the smaller side."""
        self.last = np.full(room, -np.inf)
        self.first_side = np.zeros(room, dtype=np.int64)
        self.client_side = np.full(room, -1, dtype=np.int64)
        self.decided = np.full(room, -1, dtype=np.int64)
        """The side that began, once an hour was given out in which it is the subject."""
        self.latest = np.full(room, -1, dtype=np.int64)
        """Where the volume of the latest hour stands."""
        self.stream_base = np.full(room * 2, -1, dtype=np.int64)
        """For each direction, the sequence number its payload begins with; -1 while unknown."""
        self.stream_limit = np.zeros(room * 2, dtype=np.int64)
        """For each direction, how many bytes from there on are still of interest."""

    def _resize(self, room: int, kept: Ints) -> None:
        """Make the table anew with these conversations, in this order."""
        places = np.stack((kept * 2, kept * 2 + 1), axis=1).ravel()
        old = self.__dict__.copy()
        self._make(room)
        self.names[:, : len(kept)] = old["names"][:, kept]
        for name in ("last", "first_side", "client_side", "decided", "latest"):
            getattr(self, name)[: len(kept)] = old[name][kept]
        for name in ("stream_base", "stream_limit"):
            getattr(self, name)[: len(places)] = old[name][places]
        self.sides.resize(room, places)

    # --- adding a window

    def add(self, window: Window, columns: Columns, limit: int) -> Groups:
        """Add the packets of a window.

        Args:
            limit: the ``stream_limit`` of a new conversation.
        """
        # Rows that are not IP are a kind of their own, which is left out behind.
        kind = (columns.ip.view(np.uint8) << np.uint8(1) | columns.v6).astype(np.uint64)
        hour, hours = _hours(window.time)
        many = hours is not None and hours.max() >= _MOST_HOURS
        if hours is not None and not many:
            kind |= hours.view(np.uint64) << np.uint64(2)
        ports = (columns.protocol << 32 | columns.src_port << 16 | columns.dst_port).view(np.uint64)
        link = columns.mac | columns.vlan.view(np.uint64) << np.uint64(48)
        parts = [columns.src_low, columns.dst_low, ports | kind << np.uint64(48), link]
        if columns.v6.any():
            parts += [columns.src_high, columns.dst_high]
        if hours is not None and many:
            parts.append(hours.view(np.uint64))
        leader = self.alike.leaders(parts)
        row = np.flatnonzero((leader == np.arange(len(leader))) & columns.ip)
        group = np.full(len(leader), len(row))
        group[row] = np.arange(len(row))
        of_row = group[leader]
        first, last = np.full(len(row) + 1, np.inf), np.full(len(row) + 1, -np.inf)
        np.minimum.at(first, of_row, window.time)
        np.maximum.at(last, of_row, window.time)
        groups = Groups(
            row=row,
            packets=np.bincount(of_row, minlength=len(row))[: len(row)],
            first=first[:-1],
            last=last[:-1],
            of_row=of_row,
            place=self._places(columns, row, limit),
        )
        sizes = np.bincount(of_row, columns.length, minlength=len(row))[: len(row)].astype(np.int64)
        self._volumes.add(
            self.latest,
            groups.place,
            np.full(len(row), hour) if hours is None else hours[row] + hour,
            sizes,
            groups.packets,
            (groups.first, groups.last),
            row + window.number,
        )
        np.maximum.at(self.last, groups.place >> 1, groups.last)
        self._openings(columns, groups)
        self.sides.add(columns, row, groups.packets, groups.of_row, groups.place)
        return groups

    def _places(self, columns: Columns, row: Ints, limit: int) -> Ints:
        """The conversation and side of each group; new conversations get a place."""
        source_high, source_low = columns.src_high[row], columns.src_low[row]
        target_high, target_low = columns.dst_high[row], columns.dst_low[row]
        source_port, target_port = columns.src_port[row], columns.dst_port[row]
        swapped = (source_high > target_high) | (source_high == target_high) & (
            (source_low > target_low) | (source_low == target_low) & (source_port > target_port)
        )
        a_port, b_port = np.where(swapped, target_port, source_port), np.where(swapped, source_port, target_port)
        names = np.empty((len(row), 5), dtype=np.uint64)
        names[:, 0] = np.where(swapped, target_high, source_high)
        names[:, 1] = np.where(swapped, target_low, source_low)
        names[:, 2] = np.where(swapped, source_high, target_high)
        names[:, 3] = np.where(swapped, source_low, target_low)
        names[:, 4] = a_port << 32 | b_port << 16 | columns.protocol[row] << 1 | columns.v6[row]
        keys = rows_as_bytes(names)
        get = self._slots.get
        slots = [get(key, -1) for key in keys]
        if -1 in slots:
            for at, slot in enumerate(slots):
                if slot < 0:
                    slots[at] = self._slots.setdefault(keys[at], len(self._slots))
            if len(self._slots) > len(self.last):
                self._resize(max(len(self._slots), len(self.last) * 2), np.arange(self._used))
        found = np.array(slots, dtype=np.int64)
        new = found >= self._used
        if new.any():
            self.names[:, found[new]] = names[new].T
            self.first_side[found[new][::-1]] = swapped[new][::-1]  # the first is written last
            self.stream_limit[self._used * 2 : len(self._slots) * 2] = limit
            self._used = len(self._slots)
        place: Ints = found * 2 + swapped
        return place

    def _openings(self, columns: Columns, groups: Groups) -> None:
        """Who opened each TCP connection."""
        opening = np.flatnonzero(columns.flags & _SYN)
        if not len(opening):
            return
        place = groups.place[groups.of_row[opening]]
        answered = (columns.flags[opening] & _ACK) >> 4
        unknown = np.flatnonzero(self.client_side[place >> 1] < 0)[::-1]  # the first is written last
        self.client_side[(place >> 1)[unknown]] = ((place & 1) ^ answered)[unknown]

    # --- giving out

    @property
    def full(self) -> bool:
        """Is more held than the bounds allow?"""
        return self._used > _MOST_CONVERSATIONS or self._volumes.used > _MOST_VOLUMES or self._volumes.full

    def make_room(self, dropped: Callable[[dict[int, int]], None]) -> Iterator[Flow]:
        """When the table is full, give out what was silent longest, then hours that are over.

        Args:
            dropped: told where each conversation that stays moved, as old number -> new number, before anything
                is given out.
        """
        if self._used > _MOST_CONVERSATIONS:
            last = self.last[: self._used]
            silent = last <= np.median(last)
            kept = np.flatnonzero(~silent)
            dropped(dict(zip(kept.tolist(), range(len(kept)), strict=True)))
            yield from self._give(silent[self._volumes.slot[: self._volumes.used]], kept)
        if self._volumes.used > _MOST_VOLUMES:
            over = np.ones(self._volumes.used, dtype=np.bool_)
            over[self.latest[: self._used]] = False
            slots = self._volumes.slot[: self._volumes.used][over]
            self.decided[slots] = self._clients(slots)
            yield from self._give(over, np.arange(self._used))
        if self._volumes.full:
            yield from self._volumes.emit()

    def finish(self) -> Iterator[Flow]:
        """Give out all that is left."""
        at = np.arange(self._volumes.used)
        slots = self._volumes.slot[at]
        self.sides.over(self.names[4, : self._used], np.arange(self._used))
        yield from self._volumes.finish(at, self.names[:, slots], self._clients(slots))

    def _give(self, volumes: Mask, kept: Ints) -> Iterator[Flow]:
        """Give out some volumes, and keep only these conversations."""
        at = np.flatnonzero(volumes)
        slots = self._volumes.slot[at]
        yield from self._volumes.gather(at, self.names[:, slots], self._clients(slots))
        moved = np.full(self._used, -1, dtype=np.int64)
        moved[kept] = np.arange(len(kept))
        places = self._volumes.keep(~volumes, moved)
        self.latest[: self._used] = places[self.latest[: self._used]]
        if len(kept) == self._used:
            return
        gone = np.flatnonzero(moved < 0)
        self.sides.over(self.names[4, gone], gone)
        self._resize(max(4096, len(kept) * 2), kept)
        keys = rows_as_bytes(np.ascontiguousarray(self.names[:, : len(kept)].T))
        self._slots = {key: slot for slot, key in enumerate(keys)}
        self._used = len(kept)

    def _clients(self, slots: Ints) -> Ints:
        """The side that began each of these conversations."""
        ports = self.names[4, slots]
        a_port, b_port = (ports >> np.uint64(32)).astype(np.int64), (ports >> np.uint64(16)).astype(np.int64) & 0xFFFF
        first_side = self.first_side[slots]
        first_port = np.where(first_side == 0, a_port, b_port)
        other_port = np.where(first_side == 0, b_port, a_port)
        # Only where the beginning was not seen: an answer that came first is told by its port.
        answered = SERVER_PORTS[first_port] & ~SERVER_PORTS[other_port]
        opened = self.client_side[slots]
        decided = self.decided[slots]
        client: Ints = np.where(decided >= 0, decided, np.where(opened >= 0, opened, first_side ^ answered))
        return client


def _hours(time: NDArray[np.float64]) -> tuple[int, Ints | None]:
    """The first hour of a window, and how many later each packet lies; none where all lie in it, as they mostly do."""
    first, last = int(time.min() // HOUR), int(time.max() // HOUR)
    return first, None if first == last else (time // HOUR).astype(np.int64) - first


def rows_as_bytes(table: Words) -> list[bytes]:
    """Each row of a table as one key."""
    found: list[bytes] = table.view(f"V{table.itemsize * table.shape[1]}").ravel().tolist()
    return found
