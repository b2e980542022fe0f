"""How well a capture watched: when it saw anything, and what makes its sums doubtful.

All of it is looked for in passing, window by window, and only said where it is plain. Nothing here changes a sum: bytes
that two taps brought twice stay counted twice, and the doubt says so. What cannot be told from a capture is not guessed
at: whether it was filtered when it was made, and whether several devices share an address without ever showing it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from custodiet.model.source import SILENCE, Doubt, Watched
from custodiet.sources.flow_columns import address_text
from custodiet.sources.pcap.alike import Alike
from custodiet.sources.pcap.columns import Columns
from custodiet.sources.pcap.links import among
from custodiet.sources.pcap.sides import LEAST_PACKETS, Sides
from custodiet.sources.pcap.window import Window

MOST_SPANS = 10_000
"""More stretches than this are not kept apart. The shortest are given up, so that less is claimed, never more: what
comes once an hour makes stretches that have no length anyway."""
BACK = 1.0
"""Seconds by which times may go back: several queues or taps put into one file bring packets late by milliseconds."""
AHEAD = 366 * 86400.0
"""Seconds of silence that no capture waits for: the clock began at some year of its own and was set on the way."""
TWICE_WITHIN = 0.1
"""Seconds between two sights of one packet: a second tap brings it within milliseconds, while TCP repeats itself after
200 at the earliest and with another IP number."""
TWICE_SHARE = 0.01
"""A switch floods a frame to a mirror twice now and then; from here on the sums are off by more than what counts."""
TWICE_LEAST = 10
"""Fewer copies than this are no pattern."""
TWICE_LOOKED_AT = 4096
"""Packets at the front of each window that are compared: one in six or so of usual size, for a share that is enough."""
ONE_SIDED_SHARE = 0.2
"""A few conversations lose a side wherever routes differ; from here on the whole capture stands at one of two ways."""
BEHIND_ONE_HOP = (63, 127, 254)
"""Times to live that are one below what systems begin with: Linux and its like, Windows, network equipment."""
TURNS = 4
"""Changes between two of these within one address: an address that was given to another device changes once."""
TURNS_EACH = 5
"""Connections begun with each of them."""

_MOST_ADDRESSES = 4096
_MOST_BEGUN = 4096
_SYN, _ACK = 0x02, 0x10
_TCP = 6
_Times = NDArray[np.float64]


class Watching:
    """What is noticed about a capture while it is read.

    Args:
        alike: makes words of packets that can be compared.
        sides: what was heard of each side of TCP conversations.
    """

    def __init__(self, alike: Alike, sides: Sides) -> None:
        self._alike = alike
        self._sides = sides
        self._spans = Spans()
        self._latest: float | None = None
        self._back = self._ahead = 0
        self._first_back = self._first_ahead = (0, 0.0)
        """Packet number and seconds."""
        self._compared = self._twice = 0
        self._begun: dict[int, dict[int, int]] = {}
        """IPv4 address -> time to live -> connections begun with it; under 0, the latest one, and under -1, turns."""

    def add(self, window: Window, columns: Columns) -> None:
        """Look at the packets of a window."""
        time = window.time
        self._clock(window)
        self._spans.add(time)
        self._copies(window, columns)
        self._hops(columns)

    def _clock(self, window: Window) -> None:
        before = window.time[:1] if self._latest is None else np.array([self._latest])
        steps = np.diff(window.time, prepend=before)
        self._latest = float(window.time[-1])
        if steps.min() < -BACK:
            rows = np.flatnonzero(steps < -BACK)
            if not self._back:
                self._first_back = (window.number + int(rows[0]), -float(steps[rows[0]]))
            self._back += len(rows)
        if steps.max() > AHEAD:
            rows = np.flatnonzero(steps > AHEAD)
            if not self._ahead:
                self._first_ahead = (window.number + int(rows[0]), float(steps[rows[0]]))
            self._ahead += len(rows)

    def _copies(self, window: Window, columns: Columns) -> None:
        """Count packets that came again with the same IP number; without a number, as in IPv6, it cannot be told."""
        frame = columns.frame[:, :TWICE_LOOKED_AT]
        numbered = frame[2] & np.uint64(0xFFFF << 32) != 0
        rows = np.flatnonzero(columns.plain[:TWICE_LOOKED_AT] & numbered)
        self._compared += len(rows)
        if len(rows) < 2:
            return
        _ether, _type, two, three, four, five, six = frame[:, rows]
        tcp = columns.protocol[rows] == _TCP
        # Neither the time to live nor the checksum over it, which one more hop changes; of UDP the header alone.
        parts = [
            two & np.uint64(0xFFFFFFFFFFFF00FF),
            three & np.uint64(0xFFFFFFFFFFFF),
            four,
            np.where(tcp, five, five >> np.uint64(48)),
            np.where(tcp, six >> np.uint64(16), np.uint64(0)),
        ]
        hashed = self._alike.hashed(parts)
        order = np.argsort(hashed, kind="stable")
        hashed, time = hashed[order], window.time[rows[order]]
        self._twice += int(((hashed[1:] == hashed[:-1]) & (np.abs(np.diff(time)) <= TWICE_WITHIN)).sum())

    def _hops(self, columns: Columns) -> None:
        """Note with which times to live each address begins connections."""
        begun = np.flatnonzero(columns.flags & (_SYN | _ACK) == _SYN)[:_MOST_BEGUN]
        begun = begun[columns.plain[begun]]
        live = (columns.frame[2][begun] >> np.uint64(8) & np.uint64(0xFF)).view(np.int64)
        known = among(live, BEHIND_ONE_HOP)
        for address, hops in zip(columns.src_low[begun[known]].tolist(), live[known].tolist(), strict=True):
            seen = self._begun.get(address)
            if seen is None:
                if len(self._begun) >= _MOST_ADDRESSES:
                    continue
                seen = self._begun[address] = {0: hops, -1: 0}
            if seen[0] != hops:
                seen[-1] += 1
                seen[0] = hops
            seen[hops] = seen.get(hops, 0) + 1

    def watched(self, lost: int) -> Watched:
        """All that was noticed.

        Args:
            lost: packets that whoever captured says it lost.
        """
        doubts: dict[Doubt, str] = {}
        if said := self._said_of_clock():
            doubts["clock_jump"] = said
        if self._sides.one_sided > ONE_SIDED_SHARE * self._sides.judged:
            doubts["one_direction"] = (
                f"of {self._sides.one_sided:,} of {self._sides.judged:,} TCP conversations with at least "
                f"{LEAST_PACKETS} packets only one side was captured"
            )
        if self._twice >= TWICE_LEAST and self._twice > TWICE_SHARE * self._compared:
            share = 100 * self._twice / self._compared
            doubts["duplicates"] = (
                f"about {share:.0f}% of packets are copies of one just before, as from two taps: they count twice"
            )
        if several := self._several():
            more = f" and of {len(several) - 1:,} more addresses" if len(several) > 1 else ""
            doubts["translated"] = (
                f"several devices seem to stand behind {several[0]}{more}: connections begin there as from different "
                "systems in turn, one hop away"
            )
        if lost:
            doubts["lost"] = f"whoever captured says that {lost:,} packets were lost"
        return Watched(spans=self._spans.spans(), doubts=doubts)

    def _said_of_clock(self) -> str:
        said = []
        if self._back:
            number, seconds = self._first_back
            times = "once" if self._back == 1 else f"{self._back:,} times"
            said.append(f"times go back {times}, first at packet {number:,} by {seconds:,.0f} seconds")
        if self._ahead:
            number, seconds = self._first_ahead
            said.append(f"at packet {number:,} the clock leaps ahead by {seconds / 86400:,.0f} days")
        return "; ".join(said)

    def _several(self) -> list[str]:
        return [
            address_text(0, address, False)
            for address, seen in sorted(self._begun.items())
            if seen[-1] >= TURNS and sum(seen.get(hops, 0) >= TURNS_EACH for hops in BEHIND_ONE_HOP) > 1
        ]


class Spans:
    """Stretches of time in which something was seen at least every `SILENCE` seconds."""

    def __init__(self) -> None:
        self._begin: _Times = np.zeros(0)
        self._end: _Times = np.zeros(0)

    def add(self, time: _Times) -> None:
        """Add the times of packets, in any order."""
        steps = np.diff(time)
        if len(steps) and steps.min() < 0:
            time = np.sort(time)
            steps = np.diff(time)
        gaps = np.flatnonzero(steps > SILENCE)
        begin = np.concatenate((self._begin, time[:1], time[gaps + 1]))
        end = np.concatenate((self._end, time[gaps], time[-1:]))
        order = np.argsort(begin, kind="stable")
        begin, reached = begin[order], np.maximum.accumulate(end[order])
        new = np.flatnonzero(begin[1:] - reached[:-1] > SILENCE)
        self._begin = begin[np.concatenate(([0], new + 1))]
        self._end = reached[np.concatenate((new, [len(reached) - 1]))]
        if len(self._begin) > MOST_SPANS:
            longest = np.sort(np.argsort(self._begin - self._end, kind="stable")[:MOST_SPANS])
            self._begin, self._end = self._begin[longest], self._end[longest]

    def spans(self) -> tuple[tuple[float, float], ...]:
        """From and until, in order."""
        return tuple(zip(self._begin.tolist(), self._end.tolist(), strict=True))
