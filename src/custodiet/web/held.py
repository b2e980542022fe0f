"""What was read of a body, kept in memory until it is judged again or something else it rests on changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from custodiet.web.estate import Estate

T = TypeVar("T")


class Held(Generic[T]):
    """The last things of a kind that were asked for, one a body.

    Args:
        read: reads one.
        room: how much may be kept at once; the last one asked for always is.
        size: how much of that room one takes.
        mark: what tells whether it has to be read again; when the body was judged, where nothing else matters.
    """

    def __init__(
        self,
        read: Callable[[Estate], T],
        *,
        room: int,
        size: Callable[[T], int] = lambda _: 1,
        mark: Callable[[Estate], object] = lambda estate: estate.row.published,
    ) -> None:
        self._read, self._room, self._size, self._mark = read, room, size, mark
        self._kept: OrderedDict[str, tuple[object, T]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, estate: Estate) -> T:
        """That of a body, as it is now."""
        with self._lock:
            kept = self._kept.get(estate.id)
            if kept and kept[0] == self._mark(estate):
                self._kept.move_to_end(estate.id)
                return kept[1]
        read = self._read(estate)
        with self._lock:
            self._kept[estate.id] = (self._mark(estate), read)
            self._kept.move_to_end(estate.id)
            while len(self._kept) > 1 and sum(self._size(one) for _, one in self._kept.values()) > self._room:
                self._kept.popitem(last=False)
        return read

    def forget(self) -> None:
        """Let all of them go."""
        with self._lock:
            self._kept.clear()
