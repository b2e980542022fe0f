"""The devices of a body -> its columns (see `columns`)."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Mapping
from typing import Any
from unicodedata import combining, normalize

import msgspec

from custodiet.model import Entry
from custodiet.report import order, summary
from custodiet.report.words import CLASSES, utc
from custodiet.web.store import models

SINGLE = (
    "outcome", "kind", "device_class", "maker", "brand", "model", "site", "zone", "band", "talks", "seen", "seen_in",
    "named", "quantity",
)  # fmt: skip
"""Fields with one value a device; ``seen`` is the day it was last seen, ``seen_in`` the kind of source that did,
``named`` the day on which something last said what it is where that is an earlier one, and ``quantity`` how many
devices it stands for."""

SEVERAL = ("source", "directive", "due")
"""Fields with several: kinds of source that know it, ``directive=status``, ``directive@deadline`` of what is due."""

BETWEEN = "\n"
"""Between several values of one device, and between the words of devices."""


class Writer:
    """Takes devices in the order of the list, and writes their columns."""

    def __init__(self) -> None:
        self._codes = {field: array("I") for field in (*SINGLE, *SEVERAL)}
        self._names: dict[str, dict[str, int]] = {field: {} for field in (*SINGLE, *SEVERAL)}
        self._words: list[str] = []
        self._labels: list[str] = []

    def add(self, told: Told) -> None:
        """Take the next device."""
        for codes, names, value in zip(self._codes.values(), self._names.values(), told.values, strict=True):
            codes.append(names.setdefault(value, len(names)))
        self._words.append(told.words)
        self._labels.append(told.label)

    def rows(self, body: models.Body, generation: int) -> list[models.Column]:
        """The columns, to be put into the table."""
        rows = [(field, *self._column(field)) for field in self._codes]
        words = zlib.compress(BETWEEN.join(self._words).encode("utf-8", "surrogatepass"), 1)
        by_label = array("I", sorted(range(len(self._labels)), key=self._labels.__getitem__))
        rows += [("words", b"", words), ("by_label", b"", _packed(by_label))]
        return [
            models.Column(body=body, generation=generation, field=field, names=names, codes=codes)
            for field, names, codes in rows
        ]

    def _column(self, field: str) -> tuple[bytes, bytes]:
        names = sorted(self._names[field])
        new = {name: code for code, name in enumerate(names)}
        moved = [new[name] for name in self._names[field]]
        codes = array("I", map(moved.__getitem__, self._codes[field]))
        return msgspec.msgpack.encode(names), _packed(codes)


class Told(msgspec.Struct, frozen=True, array_like=True):
    """What columns hold of one device."""

    values: list[str]
    """In the order of `SINGLE` and `SEVERAL`."""
    words: str
    """By which it is found."""
    label: str
    """By which it is sorted."""


def told_of(row: Mapping[str, Any], entry: Entry, kinds: Mapping[str, str]) -> Told:
    """What columns are to hold of a device.

    Args:
        row: its columns in the table of devices.
        entry: all that is said of it.
        kinds: id of a source -> its kind.
    """
    at = utc(entry.asset.last_seen)
    told = {field: str(row[field]) for field in SINGLE if field in row}
    told |= {"seen": at.date().isoformat() if at else "", "seen_in": summary.last_seen_in(entry, kinds)}
    told["named"] = summary.last_named(entry)
    told["quantity"] = str(entry.asset.quantity)
    told |= {"source": row["kinds_of_source"].replace(" ", BETWEEN), **judged(entry)}
    kind = CLASSES.get(str(row["device_class"]), "").lower()
    words = " ".join(f"{row['words']} {kind}".split())
    return Told(
        values=[told[field] for field in (*SINGLE, *SEVERAL)],
        words=f"{words}{_unaccented(words)}",
        label=entry.asset.label.casefold(),
    )


def _unaccented(words: str) -> str:
    """Those with marks again without them, as people type them: Zürich is found by zurich too; empty: none has any."""
    if words.isascii():
        return ""
    plain = ((word, "".join(c for c in normalize("NFKD", word) if not combining(c))) for word in words.split())
    return "".join(f" {bare}" for word, bare in plain if bare != word)


def _packed(codes: array[int]) -> bytes:
    return zlib.compress(codes.tobytes(), 1)


def judged(entry: Entry) -> dict[str, str]:
    """What directives come to for a device, and by when it is to be done, as the columns have it."""
    worst: dict[str, str] = {}
    due = set()
    for finding in sorted(entry.findings, key=order.badness):
        worst.setdefault(finding.directive, finding.status)
        if finding.status == "not_satisfied" and finding.deadline:
            due.add(f"{finding.directive}@{finding.deadline}")
    status = (f"{directive}={status}" for directive, status in worst.items() if directive)
    return {"directive": BETWEEN.join(sorted(status)), "due": BETWEEN.join(sorted(due))}
