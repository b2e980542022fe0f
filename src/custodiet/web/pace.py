"""How many files somebody may take in a minute: each costs as much as a hundred pages, and carries the estate away.

Counted in this process, so several servers of one database each allow as many.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

SPAN = 60.0
"""Seconds."""
_MOST = 10_000
"""People who are remembered; more do not take files in a minute."""


class Pace:
    """Who took how many, and when.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._taken: dict[str, deque[float]] = {}

    def wait(self, who: str, most: int) -> int:
        """Count one.

        Args:
            who: takes it.
            most: of them in a minute.

        Returns:
            0: it may be taken; else seconds to wait, and nothing is counted.
        """
        with self._lock:
            now = self._clock()
            if len(self._taken) >= _MOST:
                self._taken = {one: when for one, when in self._taken.items() if when and now - when[-1] < SPAN}
            mine = self._taken.setdefault(who, deque())
            while mine and now - mine[0] >= SPAN:
                mine.popleft()
            if len(mine) >= most:
                return int(SPAN - (now - mine[0])) + 1
            mine.append(now)
            return 0


files = Pace()
"""Of this process."""
