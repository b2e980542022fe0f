"""Facts of a capture added up: the same fact of the same sender is one observation with a count.

Bounded: when more facts are held than the bound allows, they are given out in the order in which they were first
seen, and counting begins anew. The same file gives the same observations on every reading.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import inf

from custodiet.model import Observation
from custodiet.model.observation import content_ids

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
        self._seen: defaultdict[str, dict[Fact, int]] = defaultdict(dict)
        """Subject -> fact -> place in the lists below, which cost less than a record for each."""
        self._subject: list[str] = []
        self._fact: list[Fact] = []
        self._count: list[int] = []
        self._first: list[float] = []
        self._last: list[float] = []
        self._number: list[int] = []
        self._characters = 0

    def add(self, subject: str, facts: Iterable[Fact], number: int, time: float) -> None:
        """Add what one packet showed of one subject.

        Args:
            subject: ``ip:`` or ``mac:`` key.
            facts: attributes and values.
            number: the packet, from 1.
            time: when, seconds since 1970 UTC.
        """
        seen, counts, lasts = self._seen[subject], self._count, self._last
        for fact in facts:
            at = seen.get(fact)
            if at is None:
                at = self._make(subject, fact, number)
                if at < 0:
                    continue
            counts[at] += 1
            if time > lasts[at]:
                lasts[at] = time
            if time < self._first[at]:
                self._first[at] = time

    def places(self, subject: str, facts: Iterable[Fact], number: int) -> list[int]:
        """Places of facts that packets show, to be handed to `add_many`; they are valid until facts are given out."""
        seen = self._seen[subject]
        found = [seen[fact] if fact in seen else self._make(subject, fact, number) for fact in facts]
        return [at for at in found if at >= 0]

    def add_many(self, places: Iterable[int], count: int, first: float, last: float) -> None:
        """Add what so many packets between two times showed, at places from `places`."""
        for at in places:
            self._count[at] += count
            self._first[at] = min(first, self._first[at])
            self._last[at] = max(last, self._last[at])

    def _make(self, subject: str, fact: Fact, number: int) -> int:
        """The place of a fact that is new; -1 for one that says nothing."""
        if not fact[1].strip():
            return -1
        at = self._seen[subject][fact] = len(self._fact)
        self._subject.append(subject)
        self._fact.append(fact)
        self._count.append(0)
        self._first.append(inf)
        self._last.append(-inf)
        self._number.append(number)
        self._characters += len(fact[1])
        return at

    @property
    def full(self) -> bool:
        """Is more held than the bound allows?"""
        return len(self._fact) > _MOST_FACTS or self._characters > _MOST_CHARACTERS

    def finish(self) -> Iterator[Observation]:
        """Give out everything, in the order of first sight."""
        held = zip(self._subject, self._fact, self._count, self._first, self._last, self._number, strict=True)
        source = self._source
        make_id = content_ids("obs", source)
        self._clear()
        for subject, (attribute, value), count, first, last, number in held:
            locator = f"packet {number}"
            yield Observation(
                id=make_id(f"{subject}\x1f{attribute}\x1f{value}\x1f{locator}"),
                source=source,
                subject=subject,
                attribute=attribute,
                value=value,
                locator=locator,
                first_seen=first,
                last_seen=last,
                count=count,
            )
