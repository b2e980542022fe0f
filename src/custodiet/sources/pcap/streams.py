"""The first bytes of both directions of TCP connections, put in order.

Only what can matter is looked at: NumPy picks the segments near the beginning of a direction, and those that begin
with a word of a text protocol or a TLS hello, with what follows them; the rest of a connection costs nothing here.
A direction is forgotten as soon as its message was read or turns out to be of no interest. The number of open ones
and their bytes are bounded; the oldest are then read as far as they came.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import numpy as np

from custodiet.sources.pcap.columns import Columns
from custodiet.sources.pcap.flows import FlowTable, Groups
from custodiet.sources.pcap.links import Ints, Mask, Words, among
from custodiet.sources.pcap.messages import MOST_STREAM, MOST_TEXT, STREAM_OPENERS
from custodiet.sources.pcap.window import Window

_MOST_OPEN = 4096
_MOST_BYTES = 24 << 20
_MOST_PENDING = 64
_TCP = 6
_SYN, _FIN_RST = 0x02, 0x05
_WRAP = 0xFFFFFFFF
_DNS = 53
_EVER = 1 << 31
"""A limit that no segment is behind: on connections that carry one question after another."""

_OPENERS = np.array(sorted({int.from_bytes(opener[:4], "big") for opener in STREAM_OPENERS}), dtype=np.uint64)
_OPENER_SET = frozenset(_OPENERS.tolist())
_ROOM = np.where(among(_OPENERS, (0x48545450, 0x52545350)), MOST_TEXT, 2048)
"""Answers (``HTTP``, ``RTSP``) may have bodies; of requests the head is enough."""
_OPENING_BYTE = np.zeros(256, dtype=np.bool_)
_OPENING_BYTE[[opener[0] for opener in STREAM_OPENERS]] = True
_OPENING_BYTE[0x16] = True

Ends = tuple[str, str, int, int]
"""Sender, receiver and their ports."""


class Run(msgspec.Struct):
    """Bytes of one direction that belong together."""

    place: int
    """Conversation and side, as in `Groups.place`."""
    number: int
    """Packet in which it began."""
    time: float
    """When it began."""
    start: int
    """Sequence number of its first byte."""
    next: int
    """Sequence number that comes next."""
    beginning: bool
    """It begins where the direction begins, not in the middle of it."""
    greets: bool
    """Its sender is the server, and the client had said nothing when it began."""
    ends: Ends
    data: bytearray = msgspec.field(default_factory=bytearray)
    pending: dict[int, bytes] = {}
    """Segments that came too early."""


Take = Callable[[Run, bytes, bool], bool]
"""(run, its bytes, there will be no more) -> True when nothing more is wanted of it."""


class Streams:
    """All runs that are not read yet.

    Args:
        table: knows where each direction begins and how much of it is still wanted.
        take: reads the bytes of a run.
    """

    def __init__(self, table: FlowTable, take: Take) -> None:
        self._table = table
        self._take = take
        self._open: dict[int, Run] = {}
        self._bytes = 0
        self._raised: list[int] = []

    def add(self, window: Window, columns: Columns, groups: Groups, ends: Callable[[int], Ends]) -> None:
        """Take in the segments of a window.

        Args:
            ends: row -> sender, receiver and their ports.
        """
        tcp = columns.ip & (columns.protocol == _TCP)
        filled = np.flatnonzero(tcp & (columns.payload_size > 0))
        place, seq = groups.place[groups.of_row[filled]], columns.seq[filled]
        opening, again = self._openings(columns, groups, np.flatnonzero(tcp & (columns.flags & _SYN > 0)))
        unknown = np.flatnonzero(self._table.stream_base[place] < 0)[::-1]
        self._table.stream_base[place[unknown]] = seq[unknown]
        openers, heads = _openers(columns, filled)
        wanted = self._near(place, seq) | _behind_openers(openers, heads, place, seq)
        opens = np.zeros(len(tcp), dtype=np.bool_)
        opens[filled[openers]] = True
        if len(opening):
            wanted |= self._flag(again)[place]
            rows = np.sort(np.concatenate((filled[wanted], opening[columns.payload_size[opening] == 0])))
        else:
            rows = filled[wanted]
        self._read(window, columns, groups, rows, opens, ends)
        while self._raised:
            # More is wanted of some than was thought when the rows were chosen.
            more, self._raised = self._flag(self._raised), []
            self._read(window, columns, groups, filled[more[place] & self._near(place, seq)], opens, ends)

    def _flag(self, places: Ints | list[int]) -> Mask:
        flags = np.zeros(len(self._table.stream_base), dtype=np.bool_)
        flags[places] = True
        return flags

    def _openings(self, columns: Columns, groups: Groups, syn: Ints) -> tuple[Ints, Ints]:
        """Learn where directions begin; returns the rows of those that begin anew, and their places."""
        base = self._table.stream_base
        place = groups.place[groups.of_row[syn]]
        begin = (columns.seq[syn] + 1) & _WRAP
        first = np.flatnonzero(base[place] < 0)[::-1]
        base[place[first]] = begin[first]
        # The same ports used again: the bytes so far belong to the connection before.
        anew = base[place] != begin
        return syn[anew], place[anew]

    def _near(self, place: Ints, seq: Ints) -> Mask:
        near: Mask = (seq - self._table.stream_base[place]) & _WRAP < self._table.stream_limit[place]
        return near

    def _read(
        self,
        window: Window,
        columns: Columns,
        groups: Groups,
        rows: Ints,
        opens: Mask,
        ends: Callable[[int], Ends],
    ) -> None:
        if not len(rows):
            return
        table, data, whole, running = self._table, window.data.data, columns.whole, self._open
        base, limit = table.stream_base, table.stream_limit
        chosen = zip(
            rows.tolist(),
            columns.payload[rows].tolist(),
            groups.place[groups.of_row[rows]].tolist(),
            columns.seq[rows].tolist(),
            columns.flags[rows].tolist(),
            opens[rows].tolist(),
            columns.payload_size[rows].tolist(),
            strict=True,
        )
        for row, at, place, seq, flags, opening, size in chosen:
            run = running.get(place)
            if run is None and not opening and not flags & _SYN and not limit.item(place):
                continue  # its message was read since the rows were chosen
            if flags & _SYN:
                seq = (seq + 1) & _WRAP
                if base.item(place) != seq:
                    if run is not None:
                        self._close(run)
                        run = None
                    base[place], limit[place] = seq, MOST_TEXT
            if not size:
                continue
            if run is not None and (seq - run.start) & _WRAP >= MOST_STREAM and opening:
                self._close(run)  # what was missing will not come any more
                run = None
            if run is None:
                beginning = (seq - base.item(place)) & _WRAP < limit.item(place)
                if not beginning:
                    if not opening:
                        continue
                    base[place], limit[place] = seq, MOST_TEXT
                run = self._begin(window, row, place, beginning, ends(row))
                payload = whole.get(row) or data[at : at + size].tobytes()
                if seq == run.start and self._take(run, payload, False):
                    # Most messages are whole in one segment.
                    run.next = (seq + size) & _WRAP
                    self._settle(run)
                    continue
                self._keep(run)
                if seq == run.start:
                    self._append(run, seq, payload)
                else:
                    self._segment(run, seq, payload)
            else:
                self._segment(run, seq, whole.get(row) or data[at : at + size].tobytes())
            if flags & _FIN_RST and place in self._open:
                self._close(run)
            while self._bytes > _MOST_BYTES:
                self._close(next(iter(self._open.values())))

    def _begin(self, window: Window, row: int, place: int, beginning: bool, who: Ends) -> Run:
        table, other = self._table, place ^ 1
        start = table.stream_base.item(place)
        return Run(
            place=place,
            number=window.number + row,
            time=window.time.item(row),
            start=start,
            next=start,
            beginning=beginning,
            greets=beginning
            and table.client_side.item(place >> 1) == other & 1
            and other not in self._open
            and table.stream_limit.item(other) == MOST_TEXT,
            ends=who,
        )

    def _keep(self, run: Run) -> None:
        if len(self._open) >= _MOST_OPEN:
            self._close(next(iter(self._open.values())))
        self._open[run.place] = run

    def _segment(self, run: Run, seq: int, payload: bytes) -> None:
        ahead = (seq - run.next) & _WRAP
        if 0 < ahead < 1 << 31:
            if len(run.pending) < _MOST_PENDING and seq not in run.pending:
                run.pending[seq] = payload
                self._bytes += len(payload)
            return
        # What was sent again is left out; what is behind it is new.
        if not self._append(run, seq, payload):
            return
        if run.pending:
            self._join(run)
        full = len(run.data) >= MOST_STREAM
        if self._take(run, bytes(run.data), full) or full:
            self._forget(run)
        elif len(run.data) >= MOST_TEXT // 2 and self._table.stream_limit[run.place] < MOST_STREAM:
            self._table.stream_limit[run.place] = MOST_STREAM
            self._raised.append(run.place)

    def _append(self, run: Run, seq: int, payload: bytes) -> bool:
        known = (run.next - seq) & _WRAP
        if known >= len(payload):
            return False
        run.data += payload[known:]
        run.next = (seq + len(payload)) & _WRAP
        self._bytes += len(payload) - known
        return True

    def _join(self, run: Run) -> None:
        """Append the segments that now fit."""
        while True:
            fitting = [seq for seq in run.pending if (run.next - seq) & _WRAP < 1 << 31]
            for seq in fitting:
                payload = run.pending.pop(seq)
                self._bytes -= len(payload)
                self._append(run, seq, payload)
            if not fitting:
                return

    def _forget(self, run: Run) -> None:
        self._open.pop(run.place, None)
        self._bytes -= len(run.data) + sum(map(len, run.pending.values()))
        self._settle(run)

    def _settle(self, run: Run) -> None:
        """Nothing more is wanted of this direction, unless it carries one question after another."""
        questions = _DNS in run.ends[2:]
        self._table.stream_base[run.place] = run.next
        self._table.stream_limit[run.place] = _EVER if questions else 0

    def _close(self, run: Run) -> None:
        """Read what is there; behind a gap, what begins with the first word of a message."""
        self._forget(run)
        if run.data:
            self._take(run, bytes(run.data), True)
        for seq in sorted(run.pending, key=lambda seq: (seq - run.next) & _WRAP):
            payload = run.pending[seq]
            if _opens(int.from_bytes(payload[:8].ljust(8, b"\0"), "big")):
                run.greets = False
                self._take(run, payload, True)

    def moved(self, numbers: dict[int, int]) -> None:
        """Conversations got new numbers; those without one are over."""
        for run in list(self._open.values()):
            if run.place >> 1 not in numbers:
                self._close(run)
        still = list(self._open.values())
        for run in still:
            run.place = numbers[run.place >> 1] * 2 + (run.place & 1)
        self._open = {run.place: run for run in still}

    def finish(self) -> None:
        """Read what is left."""
        for run in list(self._open.values()):
            self._close(run)


def _opens(head: int) -> bool:
    return head >> 32 in _OPENER_SET or (head >> 48 == 0x1603 and head >> 16 & 0xFF in (1, 2))


def _openers(columns: Columns, rows: Ints) -> tuple[Ints, Words]:
    """Which of the segments in these rows begin with an opener, and their first eight bytes."""
    words = np.flatnonzero(_OPENING_BYTE[columns.first_bytes(rows)])
    heads = columns.heads(rows[words])
    hello = (heads >> np.uint64(48) == 0x1603) & among(heads >> np.uint64(16) & np.uint64(0xFF), (1, 2))
    first = heads >> np.uint64(32)
    opens = hello | (_OPENERS[_nearest(first)] == first)
    return words[opens], heads[opens]


def _behind_openers(openers: Ints, heads: Words, place: Ints, seq: Ints) -> Mask:
    """Segments that begin with an opener, and those of the same direction shortly behind one."""
    found = np.zeros(len(place), dtype=np.bool_)
    if not len(openers):
        return found
    found[openers] = True
    room = np.zeros(len(place), dtype=np.int64)
    room[openers] = _room(heads)
    with_opener = np.zeros(int(place.max()) + 1, dtype=np.bool_)
    with_opener[place[openers]] = True
    rows = np.flatnonzero(with_opener[place])
    rows = rows[np.argsort(place[rows], kind="stable")]
    last = np.maximum.accumulate(np.where(found[rows], np.arange(len(rows)), -1))
    behind = (last >= 0) & (place[rows] == place[rows[last]])
    behind &= (seq[rows] - seq[rows[last]]) & _WRAP < room[rows[last]]
    found[rows[behind]] = True
    return found


def _room(heads: Words) -> Ints:
    """How many bytes behind an opener may still belong to its message."""
    return np.where(heads >> np.uint64(56) == 0x16, MOST_TEXT, _ROOM[_nearest(heads >> np.uint64(32))])


def _nearest(first: Words) -> Ints:
    """Where each four bytes stand among the openers, if they are one."""
    return np.minimum(np.searchsorted(_OPENERS, first), len(_OPENERS) - 1)
