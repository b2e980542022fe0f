"""What cannot be told: losses of a sensor, silence, gaps and doubts of files, statements that are not sound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from custodiet.egress.watched import SPOIL
from custodiet.egress.words import duration, how_many
from custodiet.model import Source, Tally, content_id
from custodiet.model.news import News
from custodiet.model.source import SILENCE


def cannot_be_told(label: str, what: str, says: str, at: float | None, place: str = "") -> News:
    """One news about the watching itself.

    Args:
        label: what was watched.
        what: makes it a thing of its own, so that the next one is told too.
        says: in sentences.
        at: seconds since 1970 UTC.
        place: where it shows.
    """
    return News(
        id=content_id("nws", "cannot be told", label, what),
        kind="cannot be told",
        severity="look today",
        label=label,
        says=says,
        at=at,
        place=place,
    )


class Silence:
    """Notices that nothing at all is heard any more.

    Args:
        label: what is listened on.
        after: seconds without anything.
    """

    def __init__(self, label: str, after: float = SILENCE) -> None:
        self._label, self._after = label, after
        self._seen = -1
        self._since: float | None = None
        self._told = False

    def look(self, seen: int, now: float) -> News | None:
        """What is to be told, if anything.

        Args:
            seen: frames that came by since the beginning.
            now: seconds since 1970 UTC.
        """
        if seen != self._seen or self._since is None:
            was, self._seen, since, self._since = self._told, seen, self._since, now
            self._told = False
            if not (was and since is not None):
                return None
            says = f"It is heard again, after {duration(now - since)} in which devices may have done anything."
            return cannot_be_told(self._label, f"heard {now}", says, now)
        if self._told or now - self._since < self._after:
            return None
        self._told = True
        says = (
            f"Nothing at all was heard for {duration(now - self._since)}: whether anybody still watches is not known. "
        )
        says += "Look after the cable, the mirror port and the interface."
        return cannot_be_told(self._label, f"silent {self._since}", says, self._since)


def of_files(sources: Mapping[str, Source], tallies: Iterable[Tally]) -> Iterator[News]:
    """Gaps of files, and what spoils that silence in them means anything.

    Args:
        sources: those that were read just now, by id.
        tallies: of all.
    """
    for tally in tallies:
        source = sources.get(tally.source)
        if source is None or tally.watched is None:
            continue
        told = []
        gaps = [later[0] - earlier[1] for earlier, later in pairwise(tally.watched.spans)]
        long = [gap for gap in gaps if gap > SILENCE]
        if long:
            told.append(f"nothing was seen in {how_many(len(long), 'gap')}, the longest {duration(max(long))}")
        told += [said for word, said in SPOIL.items() if word in tally.watched.doubts]
        if told:
            says = f"News may have been missed: {'; '.join(told)}."
            yield cannot_be_told(source.name, source.id, says, tally.first_seen)


def of_statements(unsound: Mapping[str, str]) -> Iterator[News]:
    """Statements on isolation that cannot be trusted: their devices are not watched as isolated ones."""
    for id, why in unsound.items():
        says = f"Devices of this statement are not watched as isolated ones: {why}."
        yield cannot_be_told(f"statement {id[:60]}", id + why, says, None)
