"""What a publication brings that people may want to hear of, gathered while it is put in: no table is asked again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from custodiet.web.changes import ITSELF, THERE

FIRST = 10
"""Devices of one topic that are named; the others are counted."""

_KNOWN_FOR_NOTHING = ("", "not_surveillance")
"""Classes of a device of which nobody has to hear that the register does not know it."""


class News:
    """How many devices there are to tell of by topic, and the first of them, (id, label)."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.first: dict[str, list[tuple[str, str]]] = {}

    def device(
        self, id: str, label: str, changes: Mapping[str, tuple[str, str]], *, outcome: str, is_stray: bool
    ) -> None:
        """Take a device that is not as it was.

        Args:
            id: of the device.
            label: its label now.
            changes: field -> (before, after).
            outcome: its outcome now.
            is_stray: whether it is surveillance that the register does not know, and nobody settled that.
        """
        came = changes.get(ITSELF, ("", ""))[1] == THERE
        if outcome == "not_satisfied" and (came or "outcome" in changes):
            self._add("not-satisfied", id, label)
        # one that was there may only now be known for what it is
        if is_stray and (came or changes.get("device_class", ("?", ""))[0] in _KNOWN_FOR_NOTHING):
            self._add("unregistered", id, label)

    def gone(self, devices: Iterable[tuple[str, str]]) -> None:
        """Take devices that are there no more, (id, label)."""
        for id, label in devices:
            self._add("gone", id, label)

    def _add(self, topic: str, id: str, label: str) -> None:
        self.counts[topic] += 1
        first = self.first.setdefault(topic, [])
        if len(first) < FIRST:
            first.append((id, label))
