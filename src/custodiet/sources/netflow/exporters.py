"""What exporters say of themselves: how much they sampled, when they started, and, by their numbers, what was lost."""

from __future__ import annotations

import numpy as np

from custodiet.sources.netflow.layout import Layout
from custodiet.sources.netflow.messages import Message

_MOST = 20_000
"""Exporters and domains that are told apart."""
_RESTART = 1_000_000
"""A jump by more than this is no loss, but a new beginning."""
_SAID = ("sampled", "sample_taken", "sample_left", "sample_size", "sample_of", "started_ms")


class Exporters:
    """What is known of the exporters of one file."""

    def __init__(self) -> None:
        self.sampled = 1
        """One of so many packets was counted, by whoever sampled most."""
        self._started: dict[tuple[int, int], float] = {}
        self._expected: dict[tuple[int, int], int | None] = {}
        self._messages = 0
        self._lost = {5: 0, 9: 0, 10: 0}
        self._gaps = 0
        self._first_gap = 0
        self._back = 0

    def started(self, message: Message) -> float:
        """When the exporter of a message started, seconds since 1970 UTC; 0 where it did not say."""
        return self._started.get((message.version, message.domain), 0.0)

    def saw(self, message: Message, records: int | None) -> None:
        """Take the number of a message.

        Args:
            records: how many records it held; none where that is not known.
        """
        key = (message.version, message.domain)
        self._messages += 1
        expected = self._expected.pop(key, None)
        if expected is not None:
            gap = (message.sequence - expected) & 0xFFFFFFFF
            if 0 < gap <= _RESTART:
                self._lost[message.version] += gap
                self._first_gap = self._first_gap if self._gaps else message.place
                self._gaps += 1
            elif gap:
                self._back += 1
        step = 1 if message.version == 9 else records
        self._expected[key] = None if step is None else (message.sequence + step) & 0xFFFFFFFF
        if len(self._expected) > _MOST:
            del self._expected[next(iter(self._expected))]
        if message.sampling > 1:
            self.sampled = max(self.sampled, message.sampling)

    def options(self, message: Message, layout: Layout, data: bytes) -> None:
        """Take records that speak of the exporter; ``data`` holds their fixed parts."""
        names = [name for name in _SAID if name in layout]
        if not names or not data:
            return
        rows = layout.rows(data)
        said = {name: layout.column(rows, name) for name in names}
        self.samples(said)
        if "started_ms" in said:
            self._started[message.version, message.domain] = float(said["started_ms"][-1]) / 1e3
            if len(self._started) > _MOST:
                del self._started[next(iter(self._started))]

    def samples(self, said: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.uint64]]]) -> None:
        """Take what records say of sampling, in any of its three spellings."""
        if "sampled" in said:
            self.sampled = max(self.sampled, int(said["sampled"].max(initial=1)))
        for taken, others, left in (("sample_taken", "sample_left", True), ("sample_size", "sample_of", False)):
            if taken in said and others in said:
                size = np.maximum(said[taken].astype(np.float64), 1)
                of = said[others] + size * left
                self.sampled = max(self.sampled, int(np.round(of / size).max(initial=1)))

    def lost(self) -> str:
        """The sentence on what is missing; empty where the numbers follow one another."""
        if self._back > 3 and self._back * 10 > self._messages:
            return (
                "the numbers of the messages jump back and forth, as where several exporters are in one file, "
                "so it cannot be said how many are missing"
            )
        units = {5: "records of NetFlow v5", 9: "packets of NetFlow v9", 10: "records of IPFIX"}
        said = [f"{number:,} {units[version]}" for version, number in self._lost.items() if number]
        if not said:
            return ""
        gaps = "one gap" if self._gaps == 1 else f"{self._gaps:,} gaps"
        return f"by their numbers {' and '.join(said)} are missing, in {gaps}, the first before byte {self._first_gap}"
