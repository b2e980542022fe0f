"""A file of the sensor -> observations, read by the reader of captures like any other capture.

Every file is a source of its own, so that each fact can be walked back to a packet in bytes whose hash we kept, and a
file that is handed over twice is read once. Listening for weeks hears the same again and again: a device of which a
file says nothing that was not said on the same day is left out of what goes into the case, and so the case grows with
the days and not with the files. What is known of a device is told together, so that what joins it to others is there.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from hashlib import blake2b

import msgspec

from custodiet.model import Issue, Observation, Source, Tally
from custodiet.probes.sensor.listen import Batch
from custodiet.sources.base import Item, ReadOptions
from custodiet.sources.intake import make_source
from custodiet.sources.pcap.reader import READER

_MOST_REMEMBERED = 500_000
_MOST_HELD = 50_000


class Today:
    """What was said on the current day, as hashes; bounded, the oldest is forgotten first.

    Args:
        most: how many facts are remembered.
    """

    def __init__(self, most: int = _MOST_REMEMBERED) -> None:
        self._most = most
        self._day = ""
        self._known: dict[bytes, None] = {}

    def new(self, observation: Observation) -> bool:
        """Was this not said today?"""
        day = time.strftime("%Y-%m-%d", time.gmtime(observation.last_seen or 0))
        if day > self._day:
            self._day = day
            self._known.clear()
        said = f"{observation.subject}\x1f{observation.attribute}\x1f{observation.value}"
        key = blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if key in self._known:
            return False
        if len(self._known) >= self._most:
            del self._known[next(iter(self._known))]
        self._known[key] = None
        return True


def source_of(batch: Batch) -> Source:
    """The source that a file is.

    Raises:
        OSError: it cannot be read.
    """
    source = make_source(batch.path, f"{batch.interface}, {batch.path.stem}", READER)
    since = batch.stats.since if batch.stats else None
    return msgspec.structs.replace(source, collected_at=since)


def read_batch(batch: Batch, source: Source, today: Today | None = None) -> Iterator[Item]:
    """What a file says.

    Args:
        batch: the file.
        source: as from `source_of`.
        today: what was said today; none: everything is given out.

    Yields:
        Observations, flows and issues, and the tally last; among the issues what was lost while listening.

    Raises:
        SourceError: it is no capture any more.
    """
    held: list[Observation] = []
    for item in READER.read(batch.path, source, ReadOptions()):
        if isinstance(item, Tally):
            yield from _news(held, today)
            yield from _losses(batch, source)
            yield _with_left_out(item, batch)
        elif isinstance(item, Observation) and today is not None:
            held.append(item)
            if len(held) >= _MOST_HELD:
                yield from _news(held, today)
                held.clear()
        else:
            yield item


def _news(held: list[Observation], today: Today | None) -> Iterator[Observation]:
    if today is None:
        return
    told = {observation.subject for observation in held if today.new(observation)}
    yield from (observation for observation in held if observation.subject in told)


def _losses(batch: Batch, source: Source) -> Iterator[Issue]:
    stats = batch.stats
    if stats is not None and stats.lost:
        yield Issue(
            source=source.id,
            place="",
            reason=f"{stats.lost:,} of {stats.passed:,} frames were lost while listening, as the kernel counted",
            next_step="Listen where less passes by, or on a machine with a core to spare.",
            severity="incomplete",
        )
    if stats is not None and stats.trouble:
        yield Issue(
            source=source.id,
            place="",
            reason=stats.trouble,
            next_step="Look after the interface and the disk, and listen again.",
            severity="incomplete",
        )


def _with_left_out(tally: Tally, batch: Batch) -> Tally:
    if batch.stats is None or not batch.stats.left_out:
        return tally
    words = "frames that the filter left out, whose bytes are in no flow"
    return msgspec.structs.replace(tally, not_covered={**tally.not_covered, words: batch.stats.left_out})
