"""Rows of many batches -> counts, on one machine, in memory that does not grow with the input.

Three passes over rows that lie in parts: which identities are a factory's default, which device each row speaks about,
and what each device is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from custodiet.count.devices import default_identities, join
from custodiet.count.shelf import MOST_ROWS, Shelf
from custodiet.count.tally import Column, Conclude, Kind, tally

ROW = np.dtype(
    [("address", "u8"), ("identity", "u8"), ("device", "u8"), ("evidence", "i4"), ("country", "i4"), ("network", "i4")]
)

PAIR = np.dtype([("address", "u8"), ("identity", "u8")])

MOST_WORDS = 1_000_000
"""Different words of one column that are told apart; hostile input could invent one for every record."""

OTHER = "(more than can be told apart)"
"""What stands for every country and network beyond them. Evidence beyond them counts as none: its device is unclear."""


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """What was counted."""

    kinds: Counter[Kind]
    """Devices of each kind."""
    rows: int
    """Records that were counted."""
    unowned: int
    """Records at an address of several devices that do not show whose they are; they make no device of their own."""
    first_day: int | None
    """Days since 1970 of the earliest record that has a time."""
    last_day: int | None
    """Days since 1970 of the latest."""


class _Words:
    """Words of one column as numbers, the same for all batches.

    Args:
        other: the word that stands for those beyond `MOST_WORDS`.
    """

    def __init__(self, other: str) -> None:
        self._other = other
        self.words: list[str] = [""]
        self._codes: dict[str, int] = {"": 0}

    def codes_of(self, column: pa.DictionaryArray) -> npt.NDArray[np.int32]:
        translated = np.array([self._code(word) for word in column.dictionary.to_pylist()] or [0], np.int32)
        codes: npt.NDArray[np.int32] = translated[column.indices.to_numpy(zero_copy_only=False)]
        return codes

    def _code(self, word: str) -> int:
        code = self._codes.get(word)
        if code is None:
            if len(self.words) >= MOST_WORDS:
                return self._code(self._other) if word != self._other else self._new(word)
            code = self._new(word)
        return code

    def _new(self, word: str) -> int:
        code = self._codes[word] = len(self.words)
        self.words.append(word)
        return code


def gather(batches: Iterable[pa.RecordBatch], conclude: Conclude, scratch: Path, most: int = MOST_ROWS) -> Counted:
    """Count the devices that rows speak about.

    Args:
        batches: rows as `rows.SCHEMA` says.
        conclude: what pieces of evidence add up to.
        scratch: a folder for rows that memory does not hold.
        most: rows held in memory.
    """
    words = {"evidence": _Words(""), "country": _Words(OTHER), "network": _Words(OTHER)}
    seen = Shelf(scratch / "addresses", "address", most)
    shown = Shelf(scratch / "identities", "identity", most)
    days: list[int] = []
    total = 0
    for batch in batches:
        rows = np.zeros(batch.num_rows, ROW)
        for name in ("address", "identity"):
            rows[name] = batch.column(name).to_numpy()
        for name, known in words.items():
            rows[name] = known.codes_of(batch.column(name))
        seen.add(rows)
        named = rows[rows["identity"] != 0]
        pairs = np.empty(len(named), PAIR)
        pairs["address"], pairs["identity"] = named["address"], named["identity"]
        shown.add(pairs)
        total += batch.num_rows
        dated = batch.column("day").to_numpy()
        dated = dated[dated >= 0]
        if len(dated):
            days = [min([*days, int(dated.min())]), max([*days, int(dated.max())])]
    defaults = np.sort(np.concatenate([np.zeros(0, np.uint64), *_defaults(shown)]))
    devices = Shelf(scratch / "devices", "device", most)
    unowned = 0
    for rows in seen.parts():
        joined = join(rows["address"], rows["identity"], defaults)
        rows["device"] = joined.device
        unowned += int(len(rows) - joined.owned.sum())
        devices.add(rows[joined.owned])
    kinds: Counter[Kind] = Counter()
    for rows in devices.parts():
        columns = [Column(rows[name], known.words) for name, known in words.items()]
        kinds.update(tally(rows["device"], columns[0], columns[1], columns[2], conclude))
    first, last = days or (None, None)
    return Counted(kinds=kinds, rows=total, unowned=unowned, first_day=first, last_day=last)


def _defaults(shown: Shelf) -> Iterator[npt.NDArray[Any]]:
    for pairs in shown.parts():
        yield default_identities(pairs["identity"], pairs["address"])


def without_refused(batch: pa.RecordBatch) -> tuple[pa.RecordBatch, dict[str, tuple[int, int]]]:
    """The rows that could be read; and of the others, by reason: how many, and the number of the first line."""
    refused: dict[str, tuple[int, int]] = {}
    reasons = batch.column("refused")
    if set(reasons.dictionary.to_pylist()) <= {""}:
        return batch, refused
    unread = pc.not_equal(reasons.cast(pa.string()), "")
    lost = batch.filter(unread)
    for reason, number in zip(lost.column("refused").to_pylist(), lost.column("address").to_pylist(), strict=True):
        times, first = refused.get(reason, (0, number))
        refused[reason] = (times + 1, min(first, number))
    return batch.filter(pc.invert(unread)), refused
