"""The pcap file format: byte order, resolution of time, records, damage."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from custodiet.sources.pcap.boundaries import Bytes, Layout, Positions, Words, gather_words, record_starts, words
from custodiet.sources.pcap.window import FRAME, LARGEST, Memory, Window

MAGIC = {
    b"\xd4\xc3\xb2\xa1": (False, 1e-6),
    b"\xa1\xb2\xc3\xd4": (True, 1e-6),
    b"\x4d\x3c\xb2\xa1": (False, 1e-9),
    b"\xa1\xb2\x3c\x4d": (True, 1e-9),
}
"""First bytes -> big-endian, unit of the fraction in seconds."""

Report = Callable[[int, str, str], None]
"""(packets before, reason, next step)."""


def read_pcap(source: Memory, report: Report) -> Iterator[Window]:
    """The packets of a pcap file whose first window is in memory.

    Args:
        source: the bytes.
        report: told where and why reading had to stop.
    """
    buffer = source.array
    packets = 0
    big, unit = MAGIC[buffer[:4].tobytes()]
    if source.end < 24:
        report(packets, "the file ends inside its header", "Copy the file again.")
        return
    link = int(words(buffer, big)[20]) & 0xFFFF
    numbers = words(buffer, big)
    position = 24
    while True:
        starts, following = record_starts(source.memory, buffer, numbers, position, source.end, BIG if big else LITTLE)
        # Fetching bytes from all over the window is what takes time, so the record's and the packet's come together.
        table = gather_words(buffer, starts, 16 + FRAME)
        (seconds, captured), (fraction, length) = _halves(table[:2], big)
        damaged = np.flatnonzero(captured > LARGEST)
        whole = len(starts)
        if len(damaged):
            whole = int(damaged[0])
            following = int(starts[whole])
        if whole:
            packets += whole
            yield Window(
                buffer,
                starts[:whole] + 16,
                captured[:whole],
                length[:whole],
                (seconds.astype(np.float64) + fraction.astype(np.float64) * unit)[:whole],
                np.full(whole, link, dtype=np.int64),
                packets - whole + 1,
                table[2:, :whole],
            )
        if source.end - following >= 16 and int(numbers[following + 8]) > LARGEST:
            report(
                packets,
                f"the record claims {int(numbers[following + 8]):,} bytes, so the rest cannot be found",
                "Repair the file, for example with pcapfix, and read it again.",
            )
            return
        if not source.carry(following):
            if source.end:
                report(packets, "the file ends inside a packet", "The packets before it were read.")
            return
        position = 0


def _halves(table: Words, big: bool) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first and the second number of 32 bits in each of these."""
    # The words were read as big-endian: with their bytes in the other order, the second number comes first.
    pairs = table.astype("<u8", copy=False).view("<u4" if big else ">u4")
    return pairs[:, 1::2].astype(np.int64), pairs[:, 0::2].astype(np.int64)


def _guess_pcap(
    window: Bytes, numbers: NDArray[np.uint32], start: int, at: Positions, end: int, *, big: bool
) -> Positions:
    """Positions whose lengths make sense, and behind which another record seems to begin."""
    captured, length = numbers[at + 8], numbers[at + 12]
    at = at[(numbers[at + 4] < 1_000_000_000) & (captured <= length) & (captured > 0) & (length < 1 << 18)]
    high = 0 if big else 3
    after = np.minimum(at + 16 + numbers[at + 8], end - 16)
    alike = (window[after + high] == window[start + high]) & (numbers[after + 8] <= numbers[after + 12])
    found: Positions = at[alike]
    return found


def _layout(big: bool) -> Layout:
    seconds = slice(0, 2) if big else slice(2, 4)  # the upper half: 18 hours in which it does not change
    return Layout(
        length_at=8,
        overhead=16,
        header=16,
        pad=1,
        mark=lambda window, start: (window[start : start + 4][seconds].tobytes(), seconds.start),
        guess=lambda *arguments: _guess_pcap(*arguments, big=big),
    )


LITTLE, BIG = _layout(False), _layout(True)
