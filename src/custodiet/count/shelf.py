"""Rows by the million in bounded memory: kept in parts on disk once there are too many.

A key decides the part, so that all rows of one address or device come back together. The files hold digests and
numbers of words, no text of any device, and are gone with their folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

MOST_ROWS = 2_000_000
"""Rows held in memory of one shelf, about 80 MB; to put them away needs as much again."""

PARTS = 64


class Shelf:
    """Rows to be read back by key.

    Args:
        folder: an empty folder for the parts.
        key: the column of unsigned 64-bit digests that keeps rows together.
        most: rows held before they go to disk.
    """

    def __init__(self, folder: Path, key: str, most: int = MOST_ROWS) -> None:
        self._folder = folder
        self._key = key
        self._most = most
        self._held: list[npt.NDArray[Any]] = []
        self._rows = 0
        self._dtype: np.dtype[Any] | None = None
        self._on_disk = False

    def add(self, rows: npt.NDArray[Any]) -> None:
        """Add rows of a structured array; all arrays have the same columns."""
        if not len(rows):
            return
        self._dtype = rows.dtype
        self._held.append(rows)
        self._rows += len(rows)
        if self._rows > self._most:
            self._put_away()

    def parts(self) -> Iterator[npt.NDArray[Any]]:
        """All rows, so that rows of one key are never apart; each row once."""
        if self._dtype is None:
            return
        if not self._on_disk:
            yield np.concatenate(self._held)
            return
        self._put_away()
        for number in range(PARTS):
            path = self._path(number)
            if path.is_file():
                yield np.fromfile(path, self._dtype)
                path.unlink()

    def _put_away(self) -> None:
        if not self._held:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        rows = np.concatenate(self._held)
        self._held, self._rows, self._on_disk = [], 0, True
        part = (rows[self._key] % np.uint64(PARTS)).astype(np.uint8)
        order = np.argsort(part, kind="stable")
        ends = np.searchsorted(part[order], np.arange(PARTS), side="right")
        begin = 0
        for number, end in enumerate(ends.tolist()):
            if end > begin:
                with self._path(number).open("ab") as stream:
                    rows[order[begin:end]].tofile(stream)
            begin = end

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:02d}.rows"
