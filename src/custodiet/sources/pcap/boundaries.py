"""Where each record of a capture begins.

Records are a chain: only the length in one tells where the next begins, and following it one by one is what makes
reading captures slow. Here a window is cut into many stretches, a likely first record is guessed in each, and all
chains are followed together, one NumPy step for one record of every chain. A guess is never trusted: the chain that
begins at the known start is true, and a later one counts only if the chain before it ends exactly where it begins.
Where that fails, records are followed one by one until they meet a chain again. So a wrong guess costs time and
never changes the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Positions = NDArray[np.int64]
Words = NDArray[np.uint64]

STRETCH = 32768
"""Bytes of a stretch: about 50 records of usual traffic, so few steps and little guessing."""
_SEARCHED = 2048
"""Bytes of a stretch in which a first record is looked for: more than one full Ethernet frame."""
_STEPS = 24
"""Steps between two looks at which chains are through."""
_MANY = 8
"""Below this number of chains, following them together costs more than it saves."""


class Layout(msgspec.Struct, frozen=True):
    """How one format chains its records.

    Args:
        length_at: offset of the 32-bit length in a record.
        overhead: bytes to add to that length to reach the next record.
        header: bytes needed before the length can be believed.
        pad: records are padded to a multiple of this many bytes.
        mark: (window, position of a true record) -> bytes that stand in most records, and where they stand there.
        guess: (window, 32-bit words at every byte, position of a true record, positions that bear the mark, end)
            -> those of them that look like records.
    """

    length_at: int
    overhead: int
    header: int
    pad: int
    mark: Callable[[Bytes, int], tuple[bytes, int]]
    guess: Callable[[Bytes, NDArray[np.uint32], int, Positions, int], Positions]


def words(window: Bytes, big: bool) -> NDArray[np.uint32]:
    """A view of the 32-bit numbers that begin at every byte."""
    order = ">u4" if big else "<u4"
    return np.ndarray((len(window) - 3,), dtype=order, buffer=window.data, strides=(1,))


def gather_rows(data: Bytes, at: Positions, size: int) -> Bytes:
    """Copy so many bytes at every position into one table, a row for each."""
    every = np.ndarray((len(data) - size + 1,), dtype=f"V{size}", buffer=data.data, strides=(1,))
    return every[at].view(np.uint8).reshape(len(at), size)


def gather_words(data: Bytes, at: Positions, size: int) -> Words:
    """Bytes at every position as big-endian numbers of eight bytes: a row a number, a column a position."""
    table = np.empty((size // 8, len(at)), dtype=np.uint64)
    table[...] = gather_rows(data, at, size).view(">u8").T
    return table


def fields(rows: Bytes, layout: np.dtype[Any]) -> NDArray[Any]:
    """The same bytes as fields; built anew, since NumPy examines a view with fields at length."""
    return np.ndarray((len(rows),), dtype=layout, buffer=rows)


def gather(data: Bytes, at: Positions, layout: np.dtype[Any]) -> NDArray[Any]:
    """Copy the bytes at every position into one table of fields."""
    return fields(gather_rows(data, at, layout.itemsize), layout)


def record_starts(
    memory: bytearray, window: Bytes, numbers: NDArray[np.uint32], start: int, end: int, layout: Layout
) -> tuple[Positions, int]:
    """Find all whole records between two positions.

    Args:
        memory: the bytes.
        window: the same bytes as an array.
        numbers: their 32-bit words as from `words`.
        start: a position where a record is known to begin.
        end: end of the valid bytes.
        layout: how the format chains its records.

    Returns:
        The starts of all records that lie wholly before ``end``, and the position of the first that does not.
    """
    stop = end - layout.header + 1
    count = (end - start) // STRETCH - 1
    if count < _MANY:
        found = _one_by_one(numbers, start, stop, layout)
    else:
        found = _together(memory, window, numbers, start, stop, end, count, layout)
    # A last record may have its header here and its end in the next window.
    while len(found):
        after = _after(numbers, int(found[-1]), layout)
        if after <= end:
            return found, after
        start = int(found[-1])
        found = found[:-1]
    return found, start


def _stride(length: NDArray[np.uint32], layout: Layout) -> NDArray[np.int64]:
    """From lengths, how far it is from each record to the next."""
    stride = length + np.int64(layout.overhead)
    if layout.pad > 1:
        stride = -(-stride // layout.pad) * layout.pad
    # A length of nothing would never advance.
    return stride if layout.overhead >= layout.header else np.maximum(stride, layout.header)


def _after(numbers: NDArray[np.uint32], position: int, layout: Layout) -> int:
    length = int(numbers[position + layout.length_at])
    # A length of nothing would never advance.
    return position + max(-(-(length + layout.overhead) // layout.pad) * layout.pad, layout.header)


def _one_by_one(numbers: NDArray[np.uint32], position: int, stop: int, layout: Layout) -> Positions:
    found: list[int] = []
    while position < stop:
        found.append(position)
        position = _after(numbers, position, layout)
    return np.array(found, dtype=np.int64)


def _together(
    memory: bytearray,
    window: Bytes,
    numbers: NDArray[np.uint32],
    start: int,
    stop: int,
    end: int,
    count: int,
    layout: Layout,
) -> Positions:
    mark, at = layout.mark(window, start)
    find = memory.find
    first = start + STRETCH
    marked = [find(mark, here, here + _SEARCHED) for here in range(first, first + count * STRETCH, STRETCH)]
    candidates = np.array([here - at for here in marked if here > start + at], dtype=np.int64)
    heads = np.concatenate((np.array([start], np.int64), layout.guess(window, numbers, start, candidates, end)))
    limits = np.concatenate((heads[1:], np.array([stop], np.int64)))

    parts: list[Positions] = []
    owners: list[Positions] = []
    ends = heads.copy()
    alive = np.arange(len(heads))
    current, limit = heads, limits
    lengths = numbers[layout.length_at :]
    while len(alive):
        walked = np.empty((_STEPS + 1, len(alive)), dtype=np.int64)
        walked[0] = current
        for here, there in pairwise(walked):
            # A chain that is through goes on for nothing; its last length may have led far behind the window.
            np.add(here, _stride(lengths[np.minimum(here, stop)], layout), out=there)
        inside = walked[:-1] < limit
        steps = inside.sum(axis=0)
        parts.append(walked[:-1].T[inside.T])
        owners.append(np.repeat(alive, steps))
        current = walked[steps, np.arange(len(alive))]
        ends[alive] = current
        going = current < limit
        current, alive, limit = current[going], alive[going], limit[going]

    owner = np.concatenate(owners)
    order = np.argsort(owner, kind="stable")
    found = np.concatenate(parts)[order]
    if np.array_equal(ends[:-1], heads[1:]):
        return found
    return _linked(numbers, heads, ends, found, np.bincount(owner, minlength=len(heads)), stop, layout)


def _linked(
    numbers: NDArray[np.uint32],
    heads: Positions,
    ends: Positions,
    found: Positions,
    sizes: NDArray[np.int64],
    stop: int,
    layout: Layout,
) -> Positions:
    """Keep the chains that join up with the true one, and walk the gaps between them."""
    begins = np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes)))
    parts = [found[: begins[1]]]
    position = int(ends[0])
    for chain in range(1, len(heads)):
        head = int(heads[chain])
        if position < head:
            gap = _one_by_one(numbers, position, min(head, stop), layout)
            parts.append(gap)
            position = _after(numbers, int(gap[-1]), layout)
        if position == head:
            parts.append(found[begins[chain] : begins[chain + 1]])
            position = int(ends[chain])
    if position < stop:
        parts.append(_one_by_one(numbers, position, stop, layout))
    return np.concatenate(parts)
