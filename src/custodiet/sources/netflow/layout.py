"""How records of one template lie in memory, and their fields as columns of numbers.

A template of fixed lengths becomes a NumPy type, so that a million records are decoded without looking at any. Where
fields have no fixed length, each record is walked once and only its fixed parts are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from custodiet.errors import WireError
from custodiet.sources.flow_columns import Words
from custodiet.sources.netflow.fields import FIELDS, FLOW, WIDEST

VARIABLE = 65535
"""Length of a field that says its length itself in each record."""

Field: TypeAlias = tuple[int, int, int]
"""Enterprise number, number and length."""
_Part: TypeAlias = tuple[str, int, int]
"""Name in the NumPy type, bytes, and by how many bits it is to be shifted."""


class Layout:
    """The records of one template.

    Args:
        fields: in their order.

    Raises:
        WireError: a record of it would have no length.
    """

    def __init__(self, fields: Sequence[Field]) -> None:
        self.runs: list[int] = [0]
        """Lengths of the fixed parts; between two of them stands a field of variable length."""
        self._parts: dict[str, list[_Part]] = {}
        self.offsets: dict[str, int] = {}
        size = 0
        for enterprise, number, length in fields:
            if length == VARIABLE:
                self.runs.append(0)
                continue
            known = FIELDS.get((enterprise, number))
            if known and length in WIDEST[known[1]] and known[0] not in self._parts:
                name, _kind = known
                self.offsets[name] = size
                self._parts[name] = _parts(name, length)
            self.runs[-1] += length
            size += length
        self.size = size
        """Bytes of the fixed parts of a record."""
        self.fixed = len(self.runs) == 1
        """Whether all records are equally long."""
        self.least = size + len(self.runs) - 1
        """Fewest bytes of a record."""
        if not self.least:
            raise WireError("a template whose records would have no length")
        self.is_flow = bool(FLOW & self._parts.keys())

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    @cached_property
    def _type(self) -> np.dtype[np.void]:
        names, formats, offsets = [], [], []
        for name, parts in self._parts.items():
            at = self.offsets[name]
            for part, length, _shift in parts:
                names.append(part)
                formats.append(f">u{length}")
                offsets.append(at)
                at += length
        return np.dtype({"names": names, "formats": formats, "offsets": offsets, "itemsize": self.size})

    def rows(self, data: bytes) -> NDArray[np.void]:
        """Records as rows; ``data`` is a whole number of them, without what is variable."""
        return np.frombuffer(data, dtype=self._type)

    def column(self, rows: NDArray[np.void], name: str) -> Words:
        """A field as numbers; of an IPv6 address the lower 64 bits."""
        parts = self._parts[name][-1:] if self._parts[name][-1][2] == -1 else self._parts[name]
        total: Words | None = None
        for part, _length, shift in parts:
            value = rows[part].astype(np.uint64)
            if shift > 0:
                value <<= np.uint64(shift)
            total = value if total is None else total | value
        assert total is not None
        return total

    def high(self, rows: NDArray[np.void], name: str) -> Words:
        """The upper 64 bits of an IPv6 address."""
        return rows[self._parts[name][0][0]].astype(np.uint64)

    def cut(self, body: bytes, most: int) -> tuple[bytes, list[int]]:
        """Records of which some fields have no fixed length, without these fields.

        Args:
            body: of a data set; what is left at its end and too short for a record is padding.
            most: the most records.

        Returns:
            the fixed parts of all records, and where in the body each record begins.

        Raises:
            WireError: a field says that it is longer than what is left.
        """
        pieces: list[bytes] = []
        begins: list[int] = []
        at, end, runs, least = 0, len(body), self.runs, self.least
        while end - at >= least and len(begins) < most:
            begins.append(at)
            pieces.append(body[at : at + runs[0]])
            at += runs[0]
            for run in runs[1:]:
                length = body[at] if at < end else 256
                at += 1
                if length == 255:
                    length = int.from_bytes(body[at : at + 2], "big")
                    at += 2
                at += length
                pieces.append(body[at : at + run])
                at += run
            if at > end:
                raise WireError("a field of variable length that is longer than its set")
        return b"".join(pieces), begins


def _parts(name: str, length: int) -> list[_Part]:
    if length == 16:  # an address: two halves, neither shifted
        return [(f"{name}.high", 8, -1), (f"{name}.low", 8, -1)]
    parts: list[_Part] = []
    left = length
    for width in (8, 4, 2, 1):
        if left >= width:
            left -= width
            parts.append((f"{name}.{left}", width, left * 8))
    return parts
