"""Whether we ourselves are too slow: then silence says nothing, and is never taken for an answer.

A program that is starved of its processor hears answers late or not at all, without any error. So a tick is due every
few hundredths of a second, and how late each comes is kept for a while.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

TICK = 0.05
"""Seconds between two ticks."""
LATE = 0.5
"""Seconds that a tick may be late before a silence in that time counts for nothing."""
_KEPT = 2400


class Lag:
    """The ticks of one loop.

    Args:
        clock: seconds that only grow, those by which exchanges are timed.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._late: deque[tuple[float, float]] = deque(maxlen=_KEPT)
        self.worst = 0.0
        """The longest delay so far, in seconds."""

    def tick(self, due: float) -> None:
        """A tick that was due at some time comes now."""
        now = self._clock()
        if now - due >= LATE:
            self._late.append((due, now))
        self.worst = max(self.worst, now - due)

    def between(self, begun: float, ended: float) -> bool:
        """Whether we were too slow at some time between these two."""
        return any(due < ended and now > begun for due, now in self._late)

    async def run(self) -> None:
        """Tick until cancelled."""
        while True:
            due = self._clock() + TICK
            await asyncio.sleep(TICK)
            self.tick(due)
