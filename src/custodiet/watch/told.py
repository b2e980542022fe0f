"""What was told already: each news is kept in the case, so that a restart tells nothing twice and history stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from custodiet.casefile import Case
from custodiet.model.news import News

KEPT_UNDER = "news:"
"""Before the id of a news: the key under which a case keeps it."""


class Told:
    """The news of a case.

    Args:
        case: open.
        clock: seconds since 1970 UTC.
    """

    def __init__(self, case: Case, clock: Callable[[], float]) -> None:
        self._case, self._clock = case, clock

    def new(self, found: Iterable[News]) -> list[News]:
        """Those that were not told before, in order; they count as told from now on."""
        told: dict[str, News] = {}
        for one in found:
            if one.id not in told and self._case.meta(KEPT_UNDER + one.id) is None:
                told[one.id] = msgspec.structs.replace(one, told_at=self._clock())
        self.keep(told.values())
        return list(told.values())

    def keep(self, news: Iterable[News]) -> None:
        """Keep these, in the place of those of the same id."""
        kept = {KEPT_UNDER + one.id: msgspec.json.encode(one).decode() for one in news}
        if kept:
            self._case.set_metas(kept)


def history(case: Case) -> list[News]:
    """All news that were ever told of a case, oldest first."""
    kept = case.metas(KEPT_UNDER).values()
    return sorted((msgspec.json.decode(text, type=News) for text in kept), key=lambda one: (one.told_at, one.id))
