"""What was told already: each news is kept in the case, so that a restart tells nothing twice and history stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from custodiet.casefile import Case
from custodiet.errors import IntegrityError
from custodiet.model.news import News
from custodiet.watch.losses import cannot_be_told

KEPT_UNDER = "news:"
"""Before the id of a news: the key under which a case keeps it."""

MOST_AT_ONCE = 200
"""News that are told one by one of what came at the same moment."""
_URGENCY = ("act now", "look today", "to know")


class Told:
    """The news of a case.

    Args:
        case: open.
        clock: seconds since 1970 UTC.
    """

    def __init__(self, case: Case, clock: Callable[[], float]) -> None:
        self._case, self._clock = case, clock

    def new(self, found: Iterable[News]) -> list[News]:
        """Those that were not told before, in order; they count as told from now on.

        Of more than `MOST_AT_ONCE` the most urgent are told, and how many were left out: who makes up devices by the
        thousand must not fill the case, nor hide what matters.
        """
        told: dict[str, News] = {}
        for one in found:
            if one.id not in told and self._case.meta(KEPT_UNDER + one.id) is None:
                told[one.id] = msgspec.structs.replace(one, told_at=self._clock())
        new = list(told.values())
        if len(new) > MOST_AT_ONCE:
            new.sort(key=lambda one: _URGENCY.index(one.severity))
            says = f"{len(new) - MOST_AT_ONCE:,} more news came at the same moment and are not told one by one."
            left_out = cannot_be_told("many news", new[MOST_AT_ONCE].id, says, new[MOST_AT_ONCE].at)
            new = [*new[:MOST_AT_ONCE], msgspec.structs.replace(left_out, told_at=self._clock())]
        self.keep(new)
        return new

    def keep(self, news: Iterable[News]) -> None:
        """Keep these, in the place of those of the same id."""
        kept = {KEPT_UNDER + one.id: msgspec.json.encode(one).decode() for one in news}
        if kept:
            self._case.set_metas(kept)


def history(case: Case) -> list[News]:
    """All news that were ever told of a case, oldest first.

    Raises:
        IntegrityError: one of them is not what was kept.
    """
    found = []
    for key, text in case.metas(KEPT_UNDER).items():
        try:
            found.append(msgspec.json.decode(text, type=News))
        except (msgspec.DecodeError, RecursionError) as fault:
            raise IntegrityError("a news in it is not what was kept", place=f"{case.path}, {key[:60]}") from fault
    return sorted(found, key=lambda one: (one.told_at, one.at or 0.0, one.id))
