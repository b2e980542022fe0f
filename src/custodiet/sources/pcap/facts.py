"""Facts of a capture added up: the same fact of the same sender is one observation with a count.

Bounded: when more facts are held than the bound allows, they are given out in the order in which they were first
seen, and counting begins anew. The same file gives the same observations on every reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

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
        self._seen: dict[tuple[str, str, str], list[Any]] = {}
        """Key -> count, first time, last time, packet; a list, since very many are made."""
        self._characters = 0

    def add(
        self, subject: str, facts: Iterable[Fact], number: int, first: float, last: float | None = None, count: int = 1
    ) -> None:
        """Add what one subject showed.

        Args:
            subject: ``ip:`` or ``mac:`` key.
            facts: attributes and values.
            number: packet that showed them, from 1.
            first: when, seconds since 1970 UTC.
            last: when for the last time, where several packets are added at once.
            count: how many packets.
        """
        last = first if last is None else last
        seen = self._seen
        for attribute, value in facts:
            key = (subject, attribute, value)
            known = seen.get(key)
            if known is None:
                if not value.strip():
                    continue
                seen[key] = [count, first, last, number]
                self._characters += len(value)
                continue
            known[0] += count
            if first < known[1]:
                known[1] = first
            if last > known[2]:
                known[2] = last

    def make_room(self) -> Iterator[Observation]:
        """Give out everything when more is held than the bound allows."""
        if len(self._seen) > _MOST_FACTS or self._characters > _MOST_CHARACTERS:
            yield from self.finish()

    def finish(self) -> Iterator[Observation]:
        """Give out everything, in the order of first sight."""
        seen, self._seen = self._seen, {}
        self._characters = 0
        source = self._source
        for (subject, attribute, value), (count, first, last, number) in seen.items():
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
