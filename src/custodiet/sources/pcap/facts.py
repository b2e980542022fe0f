"""Facts of a capture added up: the same fact of the same sender is one observation with a count.

Bounded: when more facts are held than the bound allows, they are given out in the order in which they were first
seen, and counting begins anew. The same file gives the same observations on every reading.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

from custodiet.model import Observation
from custodiet.model.observation import content_id

Fact = tuple[str, str]
"""Attribute and value."""

_MOST_FACTS = 80_000
_MOST_CHARACTERS = 24_000_000


class Facts:
    """What was observed so far.

    Args:
        source: id of the source.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._clear()

    def _clear(self) -> None:
        self._seen: dict[tuple[str, str, str], int] = {}
        """Subject, attribute and value -> place in the lists below, which cost less than a record for each."""
        self._count: list[int] = []
        self._first: list[float] = []
        self._last: list[float] = []
        self._number: list[int] = []
        self._characters = 0
        self._places: dict[Hashable, list[int]] = {}

    def add(
        self,
        subject: str,
        facts: Iterable[Fact],
        number: int,
        first: float,
        last: float | None = None,
        count: int = 1,
        key: Hashable = None,
    ) -> None:
        """Add what one subject showed.

        Args:
            subject: ``ip:`` or ``mac:`` key.
            facts: attributes and values.
            number: packet that showed them, from 1.
            first: when, seconds since 1970 UTC.
            last: when for the last time, where several packets are added at once.
            count: how many packets.
            key: under which `add_again` is to know the same facts of the same subject.
        """
        last = first if last is None else last
        seen, counts, firsts, lasts = self._seen, self._count, self._first, self._last
        places = []
        for attribute, value in facts:
            fact = (subject, attribute, value)
            at = seen.get(fact)
            if at is not None:
                counts[at] += count
                if first < firsts[at]:
                    firsts[at] = first
                if last > lasts[at]:
                    lasts[at] = last
            elif not value.strip():
                continue
            else:
                at = seen[fact] = len(counts)
                counts.append(count)
                firsts.append(first)
                lasts.append(last)
                self._number.append(number)
                self._characters += len(value)
            places.append(at)
        if key is not None and places:
            self._places[key] = places

    def add_again(self, key: Hashable, first: float, last: float, count: int) -> bool:
        """Add facts that were added under a key before; False when there were none, or they were given out."""
        places = self._places.get(key)
        if places is None:
            return False
        for at in places:
            self._count[at] += count
            if first < self._first[at]:
                self._first[at] = first
            if last > self._last[at]:
                self._last[at] = last
        return True

    def make_room(self) -> Iterator[Observation]:
        """Give out everything when more is held than the bound allows."""
        if len(self._seen) > _MOST_FACTS or self._characters > _MOST_CHARACTERS:
            yield from self.finish()

    def finish(self) -> Iterator[Observation]:
        """Give out everything, in the order of first sight."""
        seen = zip(self._seen, self._count, self._first, self._last, self._number, strict=True)
        source = self._source
        self._clear()
        for (subject, attribute, value), count, first, last, number in seen:
            locator = f"packet {number}"
            yield Observation(
                id=content_id("obs", source, subject, attribute, value, locator),
                source=source,
                subject=subject,
                attribute=attribute,
                value=value,
                locator=locator,
                first_seen=first,
                last_seen=last,
                count=count,
            )
