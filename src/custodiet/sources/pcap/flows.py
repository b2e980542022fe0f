"""Who sent how much to whom: packets of a window added up by NumPy, windows added up in a table.

Inside, a conversation is two addresses, two ports and a protocol; outside, a `Flow` is what one address had with one
port of another, so the hundred short-lived ports a client asks from are one flow. The table is bounded: when it is
full, the conversations that were silent longest are given out and forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from custodiet.model import Flow
from custodiet.model.observation import content_ids
from custodiet.sources.pcap.columns import Columns, address_text
from custodiet.sources.pcap.links import Ints, Words
from custodiet.sources.pcap.window import Window

_MOST_CONVERSATIONS = 120_000
_MOST_FLOWS = 60_000

_TCP, _UDP = 6, 17
_TRANSPORT = {_TCP: "tcp", _UDP: "udp"}
_SYN, _ACK = 0x02, 0x10

_SERVER_PORTS = np.zeros(65536, dtype=np.bool_)
"""Ports on which servers listen: decides who began a conversation whose beginning was not captured."""
_SERVER_PORTS[1:1024] = True
_SERVER_PORTS[
    [
        *(1433, 1521, 1883, 1900, 1935, 2049, 3128, 3306, 3389, 3478, 3702, 5000, 5060, 5061, 5353, 5355, 5432, 5900),
        *(6379, 8000, 8008, 8080, 8081, 8443, 8554, 8800, 8883, 9000, 9443, 34567, 34568, 37020, 37777, 37778, 37810),
    ]
] = True


class Groups(msgspec.Struct, frozen=True):
    """Packets of one window that have sender, receiver, ports, MAC and VLAN in common."""

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
        self._source = source
        self._multipliers = tuple(np.frombuffer(salt[:32].ljust(32, b"\x9e"), dtype="<u8") | np.uint64(1))
        self._slots: dict[bytes, int] = {}
        """What stands in ``names``, as bytes -> its place there."""
        self._used = 0
        self._leader = np.zeros(65536, dtype=np.int64)
        self._make(4096)
        self._flows: dict[tuple[str, str, str, int], list[float]] = {}

    def _make(self, room: int) -> None:
        self.names = np.zeros((5, room), dtype=np.uint64)
        """a high, a low, b high, b low, and ports, protocol and version in one word; a is the smaller side."""
        self.bytes = np.zeros(room * 2, dtype=np.int64)
        self.packets = np.zeros(room * 2, dtype=np.int64)
        self.first = np.full(room, np.inf)
        self.last = np.full(room, -np.inf)
        self.number = np.zeros(room, dtype=np.int64)
        self.first_side = np.zeros(room, dtype=np.int64)
        self.client_side = np.full(room, -1, dtype=np.int64)
        self.stream_base = np.full(room * 2, -1, dtype=np.int64)
        """For each direction, the sequence number its payload begins with; -1 while unknown."""
        self.stream_limit = np.zeros(room * 2, dtype=np.int64)
        """For each direction, how many bytes from there on are still of interest."""

    # --- adding a window

    def add(self, window: Window, columns: Columns, limit: int) -> Groups:
        """Add the packets of a window.

        Args:
            limit: the ``stream_limit`` of a new conversation.
        """
        # Rows that are not IP are a kind of their own, which is left out behind.
        kind = (columns.ip.view(np.uint8) << np.uint8(1) | columns.v6).astype(np.uint64)
        ports = (columns.protocol << 32 | columns.src_port << 16 | columns.dst_port).view(np.uint64)
        link = columns.mac | columns.vlan.view(np.uint64) << np.uint64(48)
        parts = [columns.src_low, columns.dst_low, ports | kind << np.uint64(48), link]
        if columns.v6.any():
            parts += [columns.src_high, columns.dst_high]
        leader = self._leaders(parts)
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
        sizes = np.bincount(of_row, columns.length, minlength=len(row))[: len(row)]
        self._count(window, columns, groups, sizes.astype(np.int64))
        self._openings(columns, groups)
        return groups

    def _leaders(self, parts: list[Words]) -> Ints:
        """For each row, the first row in which all parts are the same.

        Every row goes to one of 65,536 slots, and the first in a slot leads those that are like it. The others try
        again with other bits of their hash: hardly any, since nobody can foresee which fall together.
        """
        hashed = self._hash(parts)
        leader = np.empty(len(hashed), dtype=np.int64)
        rows = np.arange(len(hashed))
        shift = 48
        while len(rows):
            slot = (hashed >> np.uint64(shift) & np.uint64(0xFFFF)).view(np.int64)
            self._leader[slot[::-1]] = rows[::-1]  # of those that share a slot the last one written stays
            found = self._leader[slot]
            alike = np.ones(len(rows), dtype=np.bool_)
            for part in parts:
                alike &= (part if len(rows) == len(part) else part[rows]) == part[found]
            leader[rows] = found
            others = np.flatnonzero(~alike)
            rows, hashed, shift = rows[others], hashed[others], (shift - 16) % 64
        return leader

    def _hash(self, parts: list[Words]) -> Words:
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
            self._grow(len(self._slots))
        found = np.array(slots, dtype=np.int64)
        new = found >= self._used
        if new.any():
            self.names[:, found[new]] = names[new].T
            self.stream_limit[self._used * 2 : len(self._slots) * 2] = limit
            self.number[self._used : len(self._slots)] = np.iinfo(np.int64).max
            self._used = len(self._slots)
        place: Ints = found * 2 + swapped
        return place

    def _grow(self, needed: int) -> None:
        room = self.names.shape[1]
        if needed <= room:
            return
        old = self.__dict__.copy()
        self._make(max(needed, room * 2))
        self.names[:, :room] = old["names"]
        for name in ("bytes", "packets", "stream_base", "stream_limit"):
            getattr(self, name)[: room * 2] = old[name]
        for name in ("first", "last", "number", "first_side", "client_side"):
            getattr(self, name)[:room] = old[name]

    def _count(self, window: Window, columns: Columns, groups: Groups, sizes: Ints) -> None:
        slot, side = groups.place >> 1, groups.place & 1
        np.add.at(self.bytes, groups.place, sizes)
        np.add.at(self.packets, groups.place, groups.packets)
        np.minimum.at(self.first, slot, groups.first)
        np.maximum.at(self.last, slot, groups.last)
        numbers = groups.row + window.number
        before = self.number[slot]
        np.minimum.at(self.number, slot, numbers)
        began = (numbers == self.number[slot]) & (before != numbers)
        self.first_side[slot[began]] = side[began]

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
        return self._used > _MOST_CONVERSATIONS or len(self._flows) > _MOST_FLOWS

    def make_room(self, dropped: Callable[[dict[int, int]], None]) -> Iterator[Flow]:
        """When the table is full, give out what was silent longest.

        Args:
            dropped: told where each conversation that stays moved, as old number -> new number, before anything
                is given out.
        """
        if self._used > _MOST_CONVERSATIONS:
            last = self.last[: self._used]
            silent = last <= np.median(last)
            kept = np.flatnonzero(~silent)
            dropped(dict(zip(kept.tolist(), range(len(kept)), strict=True)))
            self._merge(np.flatnonzero(silent))
            self._keep(kept)
        if len(self._flows) > _MOST_FLOWS:
            yield from self._emit()

    def finish(self) -> Iterator[Flow]:
        """Give out all that is left."""
        self._merge(np.arange(self._used))
        self._keep(np.zeros(0, dtype=np.int64))
        yield from self._emit()

    def _keep(self, kept: Ints) -> None:
        places = np.stack((kept * 2, kept * 2 + 1), axis=1).ravel()
        old = self.__dict__.copy()
        self._make(max(4096, len(kept) * 2))
        self.names[:, : len(kept)] = old["names"][:, kept]
        for name in ("bytes", "packets", "stream_base", "stream_limit"):
            getattr(self, name)[: len(places)] = old[name][places]
        for name in ("first", "last", "number", "first_side", "client_side"):
            getattr(self, name)[: len(kept)] = old[name][kept]
        keys = rows_as_bytes(np.ascontiguousarray(self.names[:, : len(kept)].T))
        self._slots = {key: slot for slot, key in enumerate(keys)}
        self._used = len(kept)

    def _merge(self, slots: Ints) -> None:
        """Add conversations to the flows they belong to, oldest first."""
        slots = slots[np.argsort(self.number[slots], kind="stable")]
        names = self.names[:, slots]
        ports = names[4]
        a_port, b_port = (ports >> np.uint64(32)).astype(np.int64), (ports >> np.uint64(16)).astype(np.int64) & 0xFFFF
        protocol = (ports >> np.uint64(1)).astype(np.int64) & 0xFF
        first_side = self.first_side[slots]
        first_port = np.where(first_side == 0, a_port, b_port)
        other_port = np.where(first_side == 0, b_port, a_port)
        # Only where the beginning was not seen: an answer that came first is told by its port.
        answered = _SERVER_PORTS[first_port] & ~_SERVER_PORTS[other_port]
        client = np.where(self.client_side[slots] >= 0, self.client_side[slots], first_side ^ answered)
        outward = client == 0
        near, far = np.where(outward, names[:2], names[2:4]), np.where(outward, names[2:4], names[:2])
        port = np.where(outward, b_port, a_port)
        kind = (ports & np.uint64(1)) | protocol.view(np.uint64) << np.uint64(1) | port.view(np.uint64) << np.uint64(16)
        leader = self._leaders([*near, *far, kind])
        row = np.flatnonzero(leader == np.arange(len(leader)))
        counts = (
            self.bytes[slots * 2 + client],
            self.bytes[slots * 2 + 1 - client],
            self.packets[slots * 2 + client],
            self.packets[slots * 2 + 1 - client],
        )
        # Conversations of one flow are added up here, so that plain Python sees each flow only once.
        sums = np.zeros((len(counts), len(leader)), dtype=np.int64)
        for total, count in zip(sums, counts, strict=True):
            np.add.at(total, leader, count)
        first, last = self.first[slots], self.last[slots]
        np.minimum.at(first, leader, first.copy())
        np.maximum.at(last, leader, last.copy())
        rows = zip(
            *(half[row].tolist() for half in (*near, *far)),
            (ports[row] & np.uint64(1)).tolist(),
            protocol[row].tolist(),
            port[row].tolist(),
            *(total[row].tolist() for total in sums),
            first[row].tolist(),
            last[row].tolist(),
            self.number[slots[row]].tolist(),
            strict=True,
        )
        flows = self._flows
        for high, low, far_high, far_low, v6, number, port_number, *added in rows:
            transport = _TRANSPORT.get(number) or f"ip/{number}"
            key = (address_text(high, low, v6), address_text(far_high, far_low, v6), transport, port_number)
            known = flows.get(key)
            if known is None:
                flows[key] = added
                continue
            for at in range(4):
                known[at] += added[at]
            known[4] = min(known[4], added[4])
            known[5] = max(known[5], added[5])
            known[6] = min(known[6], added[6])

    def _emit(self) -> Iterator[Flow]:
        flows, self._flows = self._flows, {}
        make_id = content_ids("flow", self._source)
        for (subject, peer, transport, port), sums in flows.items():
            bytes_out, bytes_in, packets_out, packets_in, first, last, number = sums
            subject, peer, locator = f"ip:{subject}", f"ip:{peer}", f"packet {number}"
            yield Flow(
                id=make_id(f"{subject}\x1f{peer}\x1f{transport}\x1f{port}\x1f{locator}"),
                source=self._source,
                subject=subject,
                peer=peer,
                transport=transport,
                port=port,
                bytes_out=bytes_out,  # type: ignore[arg-type]  # counters are integers, times are floats
                bytes_in=bytes_in,  # type: ignore[arg-type]
                packets_out=packets_out,  # type: ignore[arg-type]
                packets_in=packets_in,  # type: ignore[arg-type]
                first_seen=first,
                last_seen=last,
                locator=locator,
            )


def rows_as_bytes(table: Words) -> list[bytes]:
    """Each row of a table as one key."""
    found: list[bytes] = table.view(f"V{table.itemsize * table.shape[1]}").ravel().tolist()
    return found
