"""When the next packet may leave: a rate in packets a second, fractions included, held by all jobs of a machine.

The rate is a promise about every second, so nothing is saved up while we are late: after a pause the next packets leave
at the rate and not in a burst. It knows packets and seconds, nothing of addresses. Jobs that share a `Shared` file take
turns in one queue, so that two of them beside each other send no more than one alone may.
"""

from __future__ import annotations

import fcntl
import os
import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from custodiet.errors import UsageError

BURST = 0.02
"""Seconds by which packets may leave early, since timers are no more exact; the rate holds over every 20 seconds. (In
one second there may be some 20 more: those of conversations that have just begun come together.)"""

MOST_RETURNED = 4.0, 0.1
"""Turns that are used later although their moment has passed: so many packets, or so many seconds of the rate."""

_RATE = re.compile(r"(\d{1,6}(?:\.\d{1,4})?)(?:/(s|m|min|h))?")
_SECONDS = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


def parse_rate(text: str) -> float:
    """Packets a second from ``50``, ``50/s``, ``0.5/s``, ``30/min`` or ``6/h``.

    Raises:
        UsageError: it is not written so, or is nothing.
    """
    found = _RATE.fullmatch(text.strip())
    rate = float(found[1]) / _SECONDS[found[2] or ""] if found else 0.0
    if not rate:
        raise UsageError(f"{text[:40]!r} is no rate", next_step="Write it as 50/s, 0.5/s or 30/min.")
    return rate


class Turns(Protocol):
    """Who says when the next packets may leave."""

    def take(self, now: float, packets: float, rate: float) -> float:
        """The moment from which so many packets may leave, which may have passed already; fewer than 0 go back."""


class Own:
    """Turns of one job alone."""

    def __init__(self) -> None:
        self._next = 0.0

    def take(self, now: float, packets: float, rate: float) -> float:
        """As in `Turns`."""
        begin, self._next = _turn(self._next, now, packets, rate)
        return begin


class Shared:
    """Turns that all jobs take which open the same file; the slowest job's rate does not bind the others.

    Args:
        path: a file that every job may write; made where it is missing.
    """

    def __init__(self, path: Path) -> None:
        # O_NOFOLLOW: in a folder that others may write, a link must not lead us to another file
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)

    def take(self, now: float, packets: float, rate: float) -> float:
        """As in `Turns`; ``now`` must be a clock that all jobs share, as the monotonic clock of one machine is."""
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            kept = os.pread(self._file, 8, 0)
            after = struct.unpack("<d", kept)[0] if len(kept) == 8 else 0.0
            # a moment far ahead is of a clock that began anew with the machine
            begin, after = _turn(after if after - now < 3600 else 0.0, now, packets, rate)
            os.pwrite(self._file, struct.pack("<d", after), 0)
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        return begin

    def close(self) -> None:
        """Give the file back."""
        os.close(self._file)


def _turn(after: float, now: float, packets: float, rate: float) -> tuple[float, float]:
    begin = max(after, now - BURST)
    return begin, begin + packets / rate


class Pace:
    """A rate for one job.

    What a connection will cost is only known when it is over, and the kernel sends some packets by itself. So turns are
    taken for what is expected (`wait`), given back where it was less (`return_turns`), and taken for what was seen to
    leave beyond that (`left`): in the end there was a turn for every packet.

    Args:
        rate: packets a second; none: as fast as it goes.
        clock: seconds that only grow.
        turns: who says when; none: this job alone.
    """

    def __init__(self, rate: float | None, clock: Callable[[], float], turns: Turns | None = None) -> None:
        self.rate = rate
        self._clock = clock
        self._turns = turns or Own()
        self._taken = 0.0
        self._returned = 0.0
        self._left = 0

    def wait(self, packets: float = 1) -> float:
        """Seconds to wait before so many packets may leave; their turn is taken with this call."""
        if self.rate is None:
            return 0.0
        now = self._clock()
        self._taken += packets
        again = min(self._returned, packets)
        self._returned -= again
        if again == packets:
            return 0.0
        return max(0.0, self._turns.take(now, packets - again, self.rate) - now)

    def return_turns(self, packets: float) -> None:
        """So many packets for which turns were taken will not leave; of a negative number: more left than that."""
        if self.rate is None or not packets:
            return
        self._taken -= packets
        now = self._clock()
        begin = self._turns.take(now, -packets, self.rate)
        if packets < 0:
            return
        # the moment of some may have passed while nobody used it; these few may leave at once instead
        passed = (now - BURST - begin) * self.rate + packets
        few, of_a_second = MOST_RETURNED
        self._returned = min(max(few, of_a_second * self.rate), self._returned + min(packets, max(0.0, passed)))

    def left(self, packets: int = 1) -> None:
        """So many packets were seen to leave, with or without a turn."""
        if self.rate is None:
            return
        self._left += packets
        beyond = self._left - self._taken
        if beyond > 0:
            self._taken += beyond
            self._turns.take(self._clock(), beyond, self.rate)
