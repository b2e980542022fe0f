"""Facts of a capture added up: the same fact of the same sender is one observation with a count.

Bounded: when more facts are held than the bound allows, they are given out in the order in which they were first
seen, and counting begins anew. The same file gives the same observations on every reading.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import inf

import msgspec

from custodiet.model import Observation
from custodiet.model.observation import content_ids

Fact = tuple[str, str]
"""Attribute and value."""

_MOST_FACTS = 80_000
_MOST_CHARACTERS = 24_000_000


class Held(msgspec.Struct, gc=False):
    """A fact and how often and when it was seen."""

    subject: str
    fact: Fact
    number: int
    """The first packet that showed it."""
    count: int
    first: float
    last: float


class Facts:
    """What was observed so far.

    Args:
        source: id of the source.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._clear()

    def _clear(self) -> None:
        self._seen: defaultdict[str, dict[Fact, Held]] = defaultdict(dict)
        self._held: list[Held] = []
        """In the order of first sight."""
        self._characters = 0

    def add(self, subject: str, facts: Iterable[Fact], number: int, time: float) -> None:
        """Add what one packet showed of one subject.

        Args:
            subject: ``ip:`` or ``mac:`` key.
            facts: attributes and values.
            number: the packet, from 1.
            time: when, seconds since 1970 UTC.
        """
        seen = self._seen[subject]
        for fact in facts:
            held = seen.get(fact)
            if held is None:
                if fact[1].strip():  # else it says nothing
                    seen[fact] = self._hold(Held(subject, fact, number, 1, time, time))
                continue
            held.count += 1
            if time > held.last:
                held.last = time
            if time < held.first:
                held.first = time

    def hold(self, subject: str, facts: Iterable[Fact], number: int) -> list[Held]:
        """Facts that packets show, to be handed to `add_many`; valid until facts are given out."""
        seen = self._seen[subject]
        said = [fact for fact in facts if fact[1].strip()]
        for fact in said:
            if fact not in seen:
                seen[fact] = self._hold(Held(subject, fact, number, 0, inf, -inf))
        return [seen[fact] for fact in said]

    def add_many(self, facts: Iterable[Held], count: int, first: float, last: float) -> None:
        """Add what so many packets between two times showed, of facts from `hold`."""
        for held in facts:
            held.count += count
            held.first = min(first, held.first)
            held.last = max(last, held.last)

    def _hold(self, held: Held) -> Held:
        self._held.append(held)
        self._characters += len(held.fact[1])
        return held

    @property
    def full(self) -> bool:
        """Is more held than the bound allows?"""
        return len(self._held) > _MOST_FACTS or self._characters > _MOST_CHARACTERS

    def finish(self) -> Iterator[Observation]:
        """Give out everything, in the order of first sight."""
        all_held, source = self._held, self._source
        make_id = content_ids("obs", source)
        self._clear()
        for held in all_held:
            subject, (attribute, value), locator = held.subject, held.fact, f"packet {held.number}"
            yield Observation(
                id=make_id(f"{subject}\x1f{attribute}\x1f{value}\x1f{locator}"),
                source=source,
                subject=subject,
                attribute=attribute,
                value=value,
                locator=locator,
                first_seen=held.first,
                last_seen=held.last,
                count=held.count,
            )
