"""The pcapng file format: sections, interfaces, packets in three kinds of blocks; all other blocks are skipped."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from custodiet.sources.pcap.boundaries import Bytes, Layout, Positions, gather, record_starts, words
from custodiet.sources.pcap.plain import Report
from custodiet.sources.pcap.window import LARGEST, Memory, Window

MAGIC = b"\x0a\x0d\x0d\x0a"
_MOST_SECTIONS = 256
_MOST_INTERFACES = 65536
_MOST_STATISTICS = 4096


class _Interface(msgspec.Struct):
    link: int
    ticks: int
    """Ticks a second."""
    offset: int
    """Seconds to add."""
    snaplen: int


def read_pcapng(source: Memory, report: Report, lost: dict[int, int]) -> Iterator[Window]:
    """The packets of a pcapng file whose first window is in memory.

    Args:
        source: the bytes.
        report: told where and why reading had to stop, or what was missing.
        lost: gets the number of packets that were lost at each interface, where the file says so.
    """
    buffer = source.array
    packets = 0
    interfaces: list[_Interface] = []
    section = 0
    big = False
    position = 0
    sections_seen = 0
    numbers = words(buffer, big)
    last_time = 0.0
    while True:
        if source.end - position >= 12 and buffer[position : position + 4].tobytes() == MAGIC:
            order = buffer[position + 8 : position + 12].tobytes()
            if order not in (b"\x4d\x3c\x2b\x1a", b"\x1a\x2b\x3c\x4d"):
                report(packets, "a section header has no byte order mark", "Repair the file and read it again.")
                return
            big = order == b"\x1a\x2b\x3c\x4d"
            numbers = words(buffer, big)
            section = len(interfaces)
        layout = BIG if big else LITTLE
        starts, following = record_starts(source.memory, buffer, numbers, position, source.end, layout)
        heads = gather(buffer, starts, _block_layout(big))
        sizes = heads["size"].astype(np.int64)
        damaged = np.flatnonzero((sizes > LARGEST) | (sizes < 12))
        if len(damaged):
            following = int(starts[damaged[0]])
            starts, sizes, heads = starts[: damaged[0]], sizes[: damaged[0]], heads[: damaged[0]]
        kinds = heads["kind"].astype(np.int64)
        # A new section may change the byte order, so what lies behind it is read afresh.
        sections = np.flatnonzero(kinds == 0x0A0D0D0A)
        again = len(sections) > 0 and (sections[0] > 0 or len(sections) > 1)
        if again:
            cut = int(sections[0] if sections[0] > 0 else sections[1])
            following = int(starts[cut])
            starts, sizes, kinds, heads = starts[:cut], sizes[:cut], kinds[:cut], heads[:cut]
        for at in np.flatnonzero(kinds == 1):
            block = buffer[int(starts[at]) : int(starts[at] + sizes[at])].tobytes()
            if len(interfaces) < _MOST_INTERFACES:
                interfaces.append(_interface(block, ">" if big else "<"))
        # Statistics count from the beginning of the capture, so of many blocks the last ones say it all.
        for at in np.flatnonzero(kinds == 5)[-_MOST_STATISTICS:]:
            block = buffer[int(starts[at]) : int(starts[at] + sizes[at])].tobytes()
            which, count = _lost(block, ">" if big else "<")
            if section + which < len(interfaces):
                lost[section + which] = max(lost.get(section + which, 0), count)
        window = _packets(buffer, heads, big, starts, sizes, kinds, interfaces, section, last_time, packets, report)
        if window is not None:
            last_time = float(window.time[-1])
            packets += len(window.start)
            yield window
        if again or (following > position and buffer[following : following + 4].tobytes() == MAGIC):
            position = following
            sections_seen += 1
            if sections_seen > _MOST_SECTIONS:
                report(packets, f"the file has more than {_MOST_SECTIONS} sections", "Split it with editcap.")
                return
            if source.end - following >= 28:
                continue
        if source.end - following >= 12:
            claimed = int(numbers[following + 4])
            if claimed > LARGEST or claimed < 12:
                report(
                    packets,
                    f"a block claims {claimed:,} bytes, so the rest cannot be found",
                    "Repair the file, for example with pcapfix, and read it again.",
                )
                return
        if not source.carry(following):
            if source.end:
                report(packets, "the file ends inside a block", "The packets before it were read.")
            return
        position = 0


def _packets(
    buffer: Bytes,
    heads: NDArray[Any],
    big: bool,
    starts: Positions,
    sizes: NDArray[np.int64],
    kinds: NDArray[np.int64],
    interfaces: list[_Interface],
    section: int,
    last_time: float,
    number: int,
    report: Report,
) -> Window | None:
    """The packets among these blocks: enhanced (6), obsolete (2) and simple (3) ones."""
    packets = (kinds == 6) & (sizes >= 32) | (kinds == 2) & (sizes >= 32) | (kinds == 3) & (sizes >= 16)
    if not packets.all():
        starts, sizes, kinds, heads = starts[packets], sizes[packets], kinds[packets], heads[packets]
    if not len(starts):
        return None
    which = heads["interface"].astype(np.int64)
    obsolete = kinds == 2
    if obsolete.any():
        which[obsolete] = which[obsolete] >> 16 if big else which[obsolete] & 0xFFFF
    simple = kinds == 3
    which[simple] = 0
    which += section
    unknown = which >= len(interfaces)
    if unknown.any():
        report(
            number + int(np.argmax(unknown)),
            f"{int(unknown.sum())} packets name an interface that the file does not describe",
            "They were read as Ethernet; check the file with capinfos.",
        )
    table = [*interfaces, _Interface(1, 1_000_000, 0, 0)]
    which[unknown] = len(interfaces)
    ticks = np.array([one.ticks for one in table], np.uint64)[which]
    offset = np.array([one.offset for one in table], np.float64)[which]
    stamp = heads["time_high"].astype(np.uint64) << np.uint64(32) | heads["time_low"].astype(np.uint64)
    time = (stamp // ticks).astype(np.float64) + (stamp % ticks).astype(np.float64) / ticks + offset
    captured = heads["captured"].astype(np.int64)
    length = heads["length"].astype(np.int64)
    data = starts + 28
    room = sizes - 32
    if simple.any():
        length[simple] = heads["interface"][simple]  # there the length stands in its place
        snaplen = np.array([one.snaplen or LARGEST for one in table], np.int64)[which]
        captured[simple] = np.minimum(length, snaplen)[simple]
        data[simple] = starts[simple] + 12
        room[simple] = sizes[simple] - 16
        # Simple blocks carry no time; they lie after what was read before them.
        latest = np.maximum.accumulate(np.where(simple, last_time, time))
        time[simple] = latest[simple]
    link = np.array([one.link for one in table], np.int64)[which]
    return Window(buffer, data, np.clip(captured, 0, room), length, time, link, number + 1)


def _block_layout(big: bool) -> np.dtype[Any]:
    names = ("kind", "size", "interface", "time_high", "time_low", "captured", "length")
    return np.dtype([(name, ">u4" if big else "<u4") for name in names])


def _interface(block: bytes, order: str) -> _Interface:
    """Read an interface description block; a broken option leaves what the standard says is usual."""
    if len(block) < 20:
        return _Interface(1, 1_000_000, 0, 0)
    link, _reserved, snaplen = struct.unpack_from(order + "HHI", block, 8)
    found = _Interface(link, 1_000_000, 0, snaplen)
    for code, value in _options(block, 16, order):
        size = len(value)
        if code == 9 and size >= 1:
            power = value[0] & 0x7F
            if value[0] & 0x80 and power < 64:
                found.ticks = 1 << power
            elif not value[0] & 0x80 and power < 20:
                found.ticks = 10**power
        elif code == 14 and size >= 8:
            offset = struct.unpack_from(order + "q", value)[0]
            found.offset = offset if abs(offset) < 1 << 40 else 0
    return found


def _lost(block: bytes, order: str) -> tuple[int, int]:
    """Read an interface statistics block: which interface, and how many packets it and the system dropped."""
    if len(block) < 24:
        return 0, 0
    (which,) = struct.unpack_from(order + "I", block, 8)
    count = 0
    for code, value in _options(block, 20, order):
        if code in (5, 7) and len(value) == 8:
            (dropped,) = struct.unpack(order + "Q", value)
            count += dropped if dropped < 1 << 63 else 0  # all bits set: not known
    return which, count


def _options(block: bytes, at: int, order: str) -> Iterator[tuple[int, bytes]]:
    """The options of a block, by code, as far as they are whole."""
    while at + 4 <= len(block) - 4:
        code, size = struct.unpack_from(order + "HH", block, at)
        value = block[at + 4 : at + 4 + size]
        if code == 0 or len(value) < size:
            return
        yield code, value
        at += 4 + (size + 3 & ~3)


def _guess_pcapng(
    window: Bytes, numbers: NDArray[np.uint32], start: int, at: Positions, end: int, *, big: bool
) -> Positions:
    """Positions of enhanced packet blocks whose length stands at both ends."""
    at = at[(numbers[at] == 6) & (numbers[at + 4] >= 32) & (numbers[at + 4] < 1 << 18)]
    closed = numbers[np.minimum(at + numbers[at + 4], end) - 4] == numbers[at + 4]
    found: Positions = at[closed]
    return found


def _layout(big: bool) -> Layout:
    packet_block = b"\0\0\0\6" if big else b"\6\0\0\0"
    return Layout(
        length_at=4,
        overhead=0,
        header=12,
        pad=4,
        mark=lambda _window, _start: (packet_block, 0),
        guess=lambda *arguments: _guess_pcapng(*arguments, big=big),
    )


LITTLE, BIG = _layout(False), _layout(True)
