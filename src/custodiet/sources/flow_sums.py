"""Flows out of records of one direction: a million at a time, added up by NumPy, held in bounded memory.

A `Flow` is what one address had with one port of another within one hour of the clock (UTC); the hundred short-lived
ports a client asks from are one flow. A record that lasted longer is spread over its hours in proportion. When more
flows are held than the bound allows, the oldest hours are given out and forgotten; what comes for them later makes
another flow of the same hour, which does not count anything twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import msgspec
import numpy as np

from custodiet.model import Flow, Observation, Source, observe
from custodiet.model.observation import content_ids
from custodiet.sources.flow_columns import (
    ACK,
    TCP,
    UDP,
    Bits,
    Floats,
    Ints,
    Records,
    Salt,
    Words,
    address_text,
    is_local,
)
from custodiet.sources.flow_sides import Sides

HOUR = 3600.0
MOST_FLOWS = 400_000
"""Flows that are held."""
MOST_ADDRESSES = 50_000
"""Local addresses that are remembered; one may then be told twice."""
LONGEST = 86_400.0
"""Seconds over which one record is spread; of a longer one, the last so many."""
_MOST_PENDING = 600_000  # rows that wait to be put together with the rest
_MOST_ROWS = 1 << 19  # so many counts of at most 2**42 fit into 64 bits
_MOST_SUM = 1 << 56  # 72 petabytes in an hour: more is no traffic, and
_MOST_PARTS = 64  # so many of them fit into 64 bits
_AT_ONCE = 20_000  # rows turned into flows at a time

_TRANSPORT = {TCP: "tcp", UDP: "udp"}


class _Rows(msgspec.Struct, frozen=True):
    """Flows as columns: name and sums."""

    names: list[Words]
    """Client, server, and in one word hour, port, protocol and version."""
    sums: list[Ints]
    """Bytes from and to the client, packets from and to the client."""
    first: Floats
    last: Floats
    place: Ints
    established: Bits
    """Whether a packet of TCP with an acknowledgement was among them."""

    def __len__(self) -> int:
        return len(self.place)

    def at(self, chosen: Bits | Ints) -> _Rows:
        return _Rows(
            [name[chosen] for name in self.names],
            [total[chosen] for total in self.sums],
            self.first[chosen],
            self.last[chosen],
            self.place[chosen],
            self.established[chosen],
        )


class FlowSums:
    """Adds records up.

    Args:
        source: what the records are from.
        unit: word before the place of a record in a `Flow.locator`: ``byte``, ``line``.
    """

    def __init__(self, source: Source, unit: str) -> None:
        self._source = source.id
        self._unit = unit
        self._salt = Salt(sha256(source.sha256.encode()).digest() * 2)
        self._sides = Sides(self._salt)
        self._held: dict[bool, list[_Rows]] = {False: [], True: []}
        self._waiting = 0
        self.shortened = 0
        """Records that lasted longer than `LONGEST`."""
        self.conversations = 0
        """Flows over TCP given out that were more than an attempt."""
        self.one_sided = 0
        """Of these, flows of which only one direction was seen."""
        self._used: dict[str, list[float]] = {}

    def add(self, records: Records) -> None:
        """Add a batch; see `Records` for what must hold of it."""
        if len(records) <= _MOST_ROWS:
            self._add(records)
            return
        for begin in range(0, len(records), _MOST_ROWS):
            self._add(records.rows(np.arange(begin, min(begin + _MOST_ROWS, len(records)))))

    def _add(self, records: Records) -> None:
        outward = self._sides.sender_began(records)
        port = np.where(outward, records.dst_port, records.src_port)
        kind = port << 16 | (records.protocol & 0xFF) << 8 | np.int64(records.v6)
        src, dst = [records.src_low], [records.dst_low]
        if records.src_high is not None and records.dst_high is not None:
            src, dst = [records.src_high, records.src_low], [records.dst_high, records.dst_low]
        if records.v6:
            near = [np.where(outward, here, there) for here, there in zip(src, dst, strict=True)]
            far = [np.where(outward, there, here) for here, there in zip(src, dst, strict=True)]
            names = [*near, *far]
        else:  # both addresses fit into one word
            up, down = src[0] << np.uint64(32) | dst[0], dst[0] << np.uint64(32) | src[0]
            names = [np.where(outward, up, down)]
        first, last = records.first, records.last
        too_long = last - first > LONGEST
        if too_long.any():
            self.shortened += int(np.count_nonzero(too_long))
            first = np.where(too_long, last - LONGEST, first)
        established = (records.protocol == TCP) & (records.flags & ACK != 0)
        begins, ends = (first // HOUR).astype(np.int64), (last // HOUR).astype(np.int64)
        whole = begins == ends

        def rows(at: Bits | Ints, hour: Ints, octets: Ints, packets: Ints, started: Floats, ended: Floats) -> _Rows:
            out = outward[at]
            sums = [np.where(side, count, 0) for count in (octets, packets) for side in (out, ~out)]
            name = (hour << 32 | kind[at]).view(np.uint64)
            return _Rows([*(one[at] for one in names), name], sums, started, ended, records.place[at], established[at])

        self._hold(
            records.v6,
            rows(whole, begins[whole], records.bytes[whole], records.packets[whole], first[whole], last[whole]),
        )
        left = np.flatnonzero(~whole)
        step = 0
        while len(left):
            hour = begins[left] + step
            from_, until = np.maximum(first[left], hour * HOUR), np.minimum(last[left], (hour + 1) * HOUR - 0.001)
            octets, packets = (
                _share(count[left], first[left], last[left], hour) for count in (records.bytes, records.packets)
            )
            told = (octets > 0) | (packets > 0) | (step == 0)
            self._hold(
                records.v6,
                rows(left[told], hour[told], octets[told], packets[told], from_[told], np.maximum(until, from_)[told]),
            )
            step += 1
            left = left[ends[left] >= begins[left] + step]

    def _hold(self, v6: bool, rows: _Rows) -> None:
        if not len(rows):
            return
        alike = _together(rows, self._salt)
        self._held[v6].append(alike)
        self._waiting += len(alike)
        if self._waiting > _MOST_PENDING or len(self._held[v6]) > _MOST_PARTS:
            self._settle()

    def _settle(self) -> None:
        """Put together what waits."""
        for v6, parts in self._held.items():
            if len(parts) > 1:
                self._held[v6] = [_together(_joined(parts), self._salt)]
        self._waiting = 0

    # --- giving out

    def make_room(self) -> Iterator[Flow]:
        """When too many flows are held, give out the oldest hours; to be called after each batch."""
        if sum(len(part) for parts in self._held.values() for part in parts) <= MOST_FLOWS:
            return
        self._settle()
        hours = {v6: [_hours(part) for part in parts] for v6, parts in self._held.items()}
        every = np.concatenate([hour for found in hours.values() for hour in found])
        if len(every) <= MOST_FLOWS:
            return
        until = np.partition(every, len(every) // 2)[len(every) // 2]
        leaving = {v6: [part.at(hour <= until) for part, hour in zip(self._held[v6], found, strict=True)]
                   for v6, found in hours.items()}  # fmt: skip
        self._held = {v6: [part.at(hour > until) for part, hour in zip(self._held[v6], found, strict=True)]
                      for v6, found in hours.items()}  # fmt: skip
        for v6, parts in leaving.items():
            for part in parts:
                yield from self._flows(part, v6)

    def finish(self) -> Iterator[Flow]:
        """Give out all that is left."""
        self._settle()
        held, self._held = self._held, {False: [], True: []}
        for v6, parts in held.items():
            for part in parts:
                yield from self._flows(part, v6)

    def _flows(self, rows: _Rows, v6: bool) -> Iterator[Flow]:
        tcp = (rows.names[-1] >> np.uint64(8) & np.uint64(0xFF)) == TCP
        out, back = rows.sums[2] + rows.sums[0], rows.sums[3] + rows.sums[1]
        plain = tcp & rows.established & (out + back > 0)
        self.conversations += int(np.count_nonzero(plain))
        self.one_sided += int(np.count_nonzero(plain & ((out == 0) | (back == 0))))
        make_id = content_ids("flow", self._source)
        order = np.lexsort((rows.place, _hours(rows)))
        for begin in range(0, len(order), _AT_ONCE):
            part = rows.at(order[begin : begin + _AT_ONCE])
            columns = [column.tolist() for column in (*part.sums, part.first, part.last, part.place)]
            name = part.names[-1]
            hours = (name >> np.uint64(32)).tolist()
            ports = (name >> np.uint64(16) & np.uint64(0xFFFF)).tolist()
            protocols = (name >> np.uint64(8) & np.uint64(0xFF)).tolist()
            half = (len(part.names) - 1) // 2 or 1
            ends = part.names[:half], part.names[half:-1]
            if not v6:
                ends = [part.names[0] >> np.uint64(32)], [part.names[0] & np.uint64(0xFFFFFFFF)]
            near, far = _texts(ends[0]), _texts(ends[1])
            self._use(ends[0], near, part, part.sums[0] + part.sums[2] > 0)
            self._use(ends[1], far, part, part.sums[1] + part.sums[3] > 0)
            for subject, peer, protocol, port, hour, *sums in zip(
                near, far, protocols, ports, hours, *columns, strict=True
            ):
                bytes_out, bytes_in, packets_out, packets_in, first, last, place = sums
                transport = _TRANSPORT.get(protocol) or f"ip/{protocol}"
                locator = f"{self._unit} {place}"
                yield Flow(
                    id=make_id(f"{subject}\x1f{peer}\x1f{transport}\x1f{port}\x1f{locator}\x1f{hour}"),
                    source=self._source,
                    subject=subject,
                    peer=peer,
                    transport=transport,
                    port=port,
                    bytes_out=bytes_out,
                    bytes_in=bytes_in,
                    packets_out=packets_out,
                    packets_in=packets_in,
                    first_seen=first,
                    last_seen=last,
                    locator=locator,
                )

    def _use(self, words: list[Words], texts: list[str], rows: _Rows, sent: Bits) -> None:
        """Remember the local addresses that sent something."""
        chosen = np.flatnonzero(sent & is_local(words[0] if len(words) > 1 else None, words[-1]))
        if not len(chosen):
            return
        order, begins = self._salt.grouped([word[chosen] for word in words])
        order = chosen[order]
        for at, first, last, place, number in zip(
            order[begins].tolist(),
            np.minimum.reduceat(rows.first[order], begins).tolist(),
            np.maximum.reduceat(rows.last[order], begins).tolist(),
            np.minimum.reduceat(rows.place[order], begins).tolist(),
            np.diff(begins, append=len(order)).tolist(),
            strict=True,
        ):
            known = self._used.setdefault(texts[at], [place, first, last, 0])
            known[:] = [min(known[0], place), min(known[1], first), max(known[2], last), known[3] + number]

    def used(self, *, all_of_them: bool = False) -> Iterator[Observation]:
        """The local addresses that sent something in what was given out, each once, as far as they fit."""
        if len(self._used) < MOST_ADDRESSES and not all_of_them:
            return
        used, self._used = self._used, {}
        for subject, (place, first, last, number) in used.items():
            where = f"{self._unit} {int(place)}"
            yield observe(
                self._source, subject, "net.ip", subject[3:], where, first_seen=first, last_seen=last, count=int(number)
            )


def _hours(rows: _Rows) -> Ints:
    return (rows.names[-1] >> np.uint64(32)).view(np.int64)


def _share(count: Ints, first: Floats, last: Floats, hour: Ints) -> Ints:
    """The part of a count that falls into an hour, so that the parts of all hours add up to it."""
    length = last - first
    begin = np.clip((hour * HOUR - first) / length, 0.0, 1.0)
    end = np.clip(((hour + 1) * HOUR - first) / length, 0.0, 1.0)
    part: Ints = np.floor(count * end).astype(np.int64) - np.floor(count * begin).astype(np.int64)
    return part


def _together(rows: _Rows, salt: Salt) -> _Rows:
    """Rows of one name as one row."""
    order, begins = salt.grouped(rows.names)
    return _Rows(
        [name[order[begins]] for name in rows.names],
        [np.minimum(np.add.reduceat(total[order], begins), _MOST_SUM) for total in rows.sums],
        np.minimum.reduceat(rows.first[order], begins),
        np.maximum.reduceat(rows.last[order], begins),
        np.minimum.reduceat(rows.place[order], begins),
        np.logical_or.reduceat(rows.established[order], begins),
    )


def _joined(parts: list[_Rows]) -> _Rows:
    return _Rows(
        [np.concatenate(column) for column in zip(*(part.names for part in parts), strict=True)],
        [np.concatenate(column) for column in zip(*(part.sums for part in parts), strict=True)],
        np.concatenate([part.first for part in parts]),
        np.concatenate([part.last for part in parts]),
        np.concatenate([part.place for part in parts]),
        np.concatenate([part.established for part in parts]),
    )


def _texts(words: list[Words]) -> list[str]:
    """Addresses as ``ip:`` keys; each is written once, and many rows share it."""
    if len(words) > 1:
        made: dict[tuple[int, int], str] = {}
        pairs = list(zip(words[0].tolist(), words[1].tolist(), strict=True))
        return [made.get(pair) or made.setdefault(pair, f"ip:{address_text(*pair, True)}") for pair in pairs]
    every, which = np.unique(words[0], return_inverse=True)
    texts = [f"ip:{address_text(0, low, False)}" for low in every.tolist()]
    return [texts[at] for at in which.tolist()]
