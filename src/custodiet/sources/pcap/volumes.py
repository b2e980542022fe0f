"""How much each conversation carried in each hour of the clock, and the flows that come of it.

A conversation's volume of one hour is one place in columns; the conversation remembers which place is its latest.
Where times jump back, an hour may have two places: they are added up when they are given out, as are the conversations
that one client had with one port from many of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from custodiet.model import Flow
from custodiet.model.observation import content_ids
from custodiet.sources.flow_columns import address_text
from custodiet.sources.pcap.alike import Alike
from custodiet.sources.pcap.links import Ints, Mask, Words

HOUR = 3600.0
"""Seconds of a slice."""
_MOST_FLOWS = 60_000
_PIECE = 8192
"""Flows made of columns at a time: as plain Python they take ten times the memory."""
_TRANSPORT = {6: "tcp", 17: "udp"}
_NEVER = np.iinfo(np.int64).max

_Key = tuple[str, str, str, int, int]
"""Client, server, transport, port and hour."""


class Volumes:
    """Volume by conversation and hour.

    Args:
        source: id of the source.
        alike: finds what belongs to one flow.
    """

    def __init__(self, source: str, alike: Alike) -> None:
        self._source = source
        self._alike = alike
        self._flows: dict[_Key, list[float]] = {}
        self.used = 0
        self._make(4096)

    def _make(self, room: int) -> None:
        self.slot = np.zeros(room, dtype=np.int64)
        """The conversation."""
        self.hour = np.zeros(room, dtype=np.int64)
        """Hours since 1970 UTC."""
        self.bytes = np.zeros((room, 2), dtype=np.int64)
        """From the smaller side, and from the other."""
        self.packets = np.zeros((room, 2), dtype=np.int64)
        self.first = np.full(room, np.inf)
        self.last = np.full(room, -np.inf)
        self.number = np.full(room, _NEVER, dtype=np.int64)

    def _resize(self, room: int, kept: Ints | slice, count: int) -> None:
        old = self.__dict__.copy()
        self._make(room)
        for name in ("slot", "hour", "bytes", "packets", "first", "last", "number"):
            getattr(self, name)[:count] = old[name][kept]
        self.used = count

    def add(
        self,
        latest: Ints,
        place: Ints,
        hour: Ints,
        sizes: Ints,
        packets: Ints,
        seen: tuple[NDArray[np.float64], NDArray[np.float64]],
        numbers: Ints,
    ) -> None:
        """Add up groups of packets.

        Args:
            latest: for every conversation, its latest place here, or -1; what is new is written into it.
            place: ``conversation * 2 + side`` of each group.
            hour: hour of each group.
            sizes: bytes.
            packets: their number.
            seen: first and last time.
            numbers: first packet.
        """
        slot, side = place >> 1, place & 1
        at = latest[slot]
        other = np.flatnonzero((at < 0) | (self.hour[at] != hour))
        if len(other):
            at[other] = self._begin(latest, slot[other], hour[other])
        np.add.at(self.bytes.reshape(-1), at * 2 + side, sizes)
        np.add.at(self.packets.reshape(-1), at * 2 + side, packets)
        np.minimum.at(self.first, at, seen[0])
        np.maximum.at(self.last, at, seen[1])
        np.minimum.at(self.number, at, numbers)

    def _begin(self, latest: Ints, slot: Ints, hour: Ints) -> Ints:
        """A new place for each conversation and hour among these."""
        order = np.lexsort((hour, slot))
        slot, hour = slot[order], hour[order]
        new = np.ones(len(order), dtype=np.bool_)
        new[1:] = (slot[1:] != slot[:-1]) | (hour[1:] != hour[:-1])
        found = np.cumsum(new) + (self.used - 1)
        end = int(found[-1]) + 1
        if end > len(self.slot):
            self._resize(max(end, len(self.slot) * 2), slice(0, self.used), self.used)
        self.slot[self.used : end], self.hour[self.used : end] = slot[new], hour[new]
        self.used = end
        latest[slot] = found  # of several hours of one conversation the last is written last
        at = np.empty_like(found)
        at[order] = found
        return at

    def keep(self, kept: Mask, moved: Ints) -> Ints:
        """Forget the others.

        Args:
            kept: which places stay.
            moved: old number of a conversation -> new number.

        Returns:
            Old place -> new place, -1 for those that are gone.
        """
        at = np.flatnonzero(kept)
        places = np.full(self.used + 1, -1, dtype=np.int64)  # one more, so that a place of -1 leads to -1
        places[at] = np.arange(len(at))
        self._resize(max(4096, len(at) * 2), at, len(at))
        self.slot[: self.used] = moved[self.slot[: self.used]]
        return places

    # --- flows

    @property
    def full(self) -> bool:
        """Are more flows held than the bound allows?"""
        return len(self._flows) > _MOST_FLOWS

    def gather(self, at: Ints, names: Words, client: Ints) -> Iterator[Flow]:
        """Add volumes to the flows they belong to; gives flows out only where they become too many.

        Args:
            at: places.
            names: the conversation of each, as in `FlowTable.names`.
            client: the side that began it.
        """
        for key, added in self._sums(at, names, client):
            known = self._flows.get(key)
            self._flows[key] = added if known is None else _together(known, added)
            if self.full:
                yield from self.emit()

    def finish(self, at: Ints, names: Words, client: Ints) -> Iterator[Flow]:
        """Give out these and all that was gathered; see `gather`."""
        make_id = content_ids("flow", self._source)
        for key, added in self._sums(at, names, client):
            known = self._flows.pop(key, None)
            yield self._flow(key, added if known is None else _together(known, added), make_id)
        yield from self.emit()

    def emit(self) -> Iterator[Flow]:
        """Give out what was gathered."""
        flows, self._flows = self._flows, {}
        make_id = content_ids("flow", self._source)
        for key, sums in flows.items():
            yield self._flow(key, sums, make_id)

    def _sums(self, at: Ints, names: Words, client: Ints) -> Iterator[tuple[_Key, list[float]]]:
        """What each flow has in these places, in the order of first packets."""
        order = np.argsort(self.number[at], kind="stable")
        at, names, client = at[order], names[:, order], client[order]
        ports = names[4]
        outward = client == 0
        near, far = np.where(outward, names[:2], names[2:4]), np.where(outward, names[2:4], names[:2])
        protocol = (ports >> np.uint64(1)).astype(np.int64) & 0xFF
        port = np.where(outward, ports >> np.uint64(16), ports >> np.uint64(32)).astype(np.int64) & 0xFFFF
        hour = self.hour[at]
        kind = (ports & np.uint64(1)) | protocol.view(np.uint64) << np.uint64(1) | port.view(np.uint64) << np.uint64(16)
        leader = self._alike.leaders([*near, *far, kind, hour.view(np.uint64)])
        row = np.flatnonzero(leader == np.arange(len(leader)))
        counts = (
            self.bytes[at, client],
            self.bytes[at, 1 - client],
            self.packets[at, client],
            self.packets[at, 1 - client],
        )
        # Conversations of one flow are added up here, so that plain Python sees each flow only once.
        sums = np.zeros((len(counts), len(leader)), dtype=np.int64)
        for total, count in zip(sums, counts, strict=True):
            np.add.at(total, leader, count)
        first, last = self.first[at], self.last[at]
        np.minimum.at(first, leader, first.copy())
        np.maximum.at(last, leader, last.copy())
        v6, number = ports & np.uint64(1), self.number[at]
        for begin in range(0, len(row), _PIECE):
            piece = row[begin : begin + _PIECE]
            columns = (*near, *far, v6, protocol, port, hour, *sums, first, last, number)
            for high, low, far_high, far_low, six, kind_number, port_number, when, *added in zip(
                *(column[piece].tolist() for column in columns), strict=True
            ):
                transport = _TRANSPORT.get(kind_number) or f"ip/{kind_number}"
                one, two = address_text(high, low, six), address_text(far_high, far_low, six)
                yield (one, two, transport, port_number, when), added

    def _flow(self, key: _Key, sums: list[float], make_id: Callable[[str], str]) -> Flow:
        subject, peer, transport, port, _hour = key
        bytes_out, bytes_in, packets_out, packets_in, first, last, number = sums
        subject, peer, locator = f"ip:{subject}", f"ip:{peer}", f"packet {number}"
        # A packet lies in one hour, so the first packet tells the hours of a flow apart.
        return Flow(
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


def _together(one: list[float], other: list[float]) -> list[float]:
    return [
        *(one[at] + other[at] for at in range(4)),
        min(one[4], other[4]),
        max(one[5], other[5]),
        min(one[6], other[6]),
    ]
