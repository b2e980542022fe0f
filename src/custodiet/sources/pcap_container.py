"""The two capture file formats, pcap and pcapng, as windows of packets.

Knows file headers, byte order, time resolution, interfaces and damage; knows nothing of what is inside a packet.
One window of 16 MB is filled again and again, so that memory does not grow with the file: touching fresh memory costs
more than all the work on it.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from custodiet.errors import SourceError
from custodiet.sources.pcap_boundaries import Bytes, Layout, Positions, gather, record_starts, words

WINDOW = 16 << 20
"""Bytes read at a time."""
SLACK = 256
"""Bytes behind the window that may be looked at, so that a header can be gathered without asking how long it is."""
_LARGEST = 4 << 20
"""A record that claims more is damage: the largest snapshot length tools write is 256 KiB."""
_GZIP_RATIO = 200
"""A compressed capture may unfold to this many times its size (plus one window); more is an attack on our time."""

_MOST_SECTIONS = 1024
_MOST_INTERFACES = 65536

_PCAP_MAGIC = {
    b"\xd4\xc3\xb2\xa1": (False, 1e-6),
    b"\xa1\xb2\xc3\xd4": (True, 1e-6),
    b"\x4d\x3c\xb2\xa1": (False, 1e-9),
    b"\xa1\xb2\x3c\x4d": (True, 1e-9),
}
_PCAPNG_MAGIC = b"\x0a\x0d\x0d\x0a"
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(slots=True)
class Window:
    """The packets of one stretch of the file; valid until the next window is asked for."""

    data: Bytes
    """The bytes, with `SLACK` behind the last packet."""
    start: Positions
    """Where each packet's bytes begin in ``data``."""
    captured: NDArray[np.int64]
    """How many bytes of each packet are there."""
    length: NDArray[np.int64]
    """How many bytes each packet had on the wire."""
    time: NDArray[np.float64]
    """Seconds since 1970 UTC."""
    link: NDArray[np.int64]
    """Link type of each packet, in tcpdump's numbers."""
    number: int
    """Number of the first packet, counted from 1."""


@dataclass(frozen=True, slots=True)
class Damage:
    """A place where the file is not what it should be."""

    packet: int
    """The packet before which or in which reading stopped."""
    reason: str
    next_step: str


@dataclass(slots=True)
class _Interface:
    link: int
    ticks: int
    """Ticks a second."""
    offset: int
    """Seconds to add."""
    snaplen: int


@dataclass(slots=True)
class Container:
    """An open capture file.

    Args:
        path: the file.

    After the last window, ``damage`` tells what could not be read and ``packets`` how many were.
    """

    path: Path
    damage: list[Damage] = field(default_factory=list)
    packets: int = 0
    done: int = 0
    """Bytes read so far (of the packed file, where it is packed)."""

    def windows(self) -> Iterator[Window]:
        """Read the file once.

        Yields:
            Windows of packets in file order; the arrays of one are overwritten by the next.

        Raises:
            SourceError: the file is no capture that we know, or cannot be read.
        """
        try:
            with self.path.open("rb") as raw:
                packed = raw.read(2) == _GZIP_MAGIC
                raw.seek(0)
                if packed:
                    with gzip.open(raw) as unpacked:
                        yield from self._read(unpacked, raw)  # type: ignore[arg-type]
                else:
                    yield from self._read(raw, raw)
        except OSError as error:
            if isinstance(error, gzip.BadGzipFile):
                raise SourceError(
                    "the compressed capture is damaged", place=self.path.name, next_step="Copy the file again."
                ) from error
            raise SourceError(
                f"the file cannot be read ({error.strerror or error})",
                place=str(self.path),
                next_step="Check that it exists and that you may read it.",
            ) from error

    def _read(self, stream: BinaryIO, raw: BinaryIO) -> Iterator[Window]:
        memory = bytearray(WINDOW + SLACK)
        buffer: Bytes = np.frombuffer(memory, dtype=np.uint8)
        source = _Source(stream, raw, memory, buffer, self)
        source.fill(0)
        magic = buffer[:4].tobytes()
        if magic in _PCAP_MAGIC:
            yield from self._pcap(source, *_PCAP_MAGIC[magic])
        elif magic == _PCAPNG_MAGIC:
            yield from self._pcapng(source)
        else:
            raise SourceError(
                "this is no pcap or pcapng capture",
                place=self.path.name,
                next_step="Convert it with 'editcap -F pcapng IN OUT', or check that the right file was given.",
            )

    # --- pcap

    def _pcap(self, source: _Source, big: bool, unit: float) -> Iterator[Window]:
        buffer = source.buffer
        if source.end < 24:
            self._stop("the file ends inside its header", "Copy the file again.")
            return
        link = int(words(buffer, big)[20]) & 0xFFFF
        numbers = words(buffer, big)
        record = np.dtype([(name, ">u4" if big else "<u4") for name in ("seconds", "fraction", "captured", "length")])
        position = 24
        while True:
            starts, following = record_starts(
                source.memory, buffer, numbers, position, source.end, _PCAP_BIG if big else _PCAP_LITTLE
            )
            heads = gather(buffer, starts, record)
            captured = heads["captured"].astype(np.int64)
            damaged = np.flatnonzero(captured > _LARGEST)
            if len(damaged):
                following = int(starts[damaged[0]])
                starts, captured, heads = starts[: damaged[0]], captured[: damaged[0]], heads[: damaged[0]]
            if len(starts):
                yield self._window(
                    buffer,
                    starts + 16,
                    captured,
                    heads["length"].astype(np.int64),
                    heads["seconds"].astype(np.float64) + heads["fraction"].astype(np.float64) * unit,
                    np.full(len(starts), link, dtype=np.int64),
                )
            if source.end - following >= 16 and int(numbers[following + 8]) > _LARGEST:
                self._stop(
                    f"the record claims {int(numbers[following + 8]):,} bytes, so the rest cannot be found",
                    "Repair the file, for example with pcapfix, and read it again.",
                )
                return
            if not source.carry(following):
                if source.end:
                    self._stop("the file ends inside a packet", "The packets before it were read.")
                return
            position = 0

    # --- pcapng

    def _pcapng(self, source: _Source) -> Iterator[Window]:
        buffer = source.buffer
        interfaces: list[_Interface] = []
        section = 0
        big = False
        position = 0
        sections_seen = 0
        numbers = words(buffer, big)
        last_time = 0.0
        while True:
            if source.end - position >= 12 and buffer[position : position + 4].tobytes() == _PCAPNG_MAGIC:
                order = buffer[position + 8 : position + 12].tobytes()
                if order not in (b"\x4d\x3c\x2b\x1a", b"\x1a\x2b\x3c\x4d"):
                    self._stop("a section header has no byte order mark", "Repair the file and read it again.")
                    return
                big = order == b"\x1a\x2b\x3c\x4d"
                numbers = words(buffer, big)
                section = len(interfaces)
            layout = _PCAPNG_BIG if big else _PCAPNG_LITTLE
            starts, following = record_starts(source.memory, buffer, numbers, position, source.end, layout)
            heads = gather(buffer, starts, _block_layout(big))
            sizes = heads["size"].astype(np.int64)
            damaged = np.flatnonzero((sizes > _LARGEST) | (sizes < 12))
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
            window = self._blocks(buffer, heads, big, starts, sizes, kinds, interfaces, section, last_time)
            if window is not None:
                last_time = float(window.time[-1])
                yield window
            if again or (following > position and buffer[following : following + 4].tobytes() == _PCAPNG_MAGIC):
                position = following
                sections_seen += 1
                if sections_seen > _MOST_SECTIONS:
                    self._stop(f"the file has more than {_MOST_SECTIONS} sections", "Split it with editcap.")
                    return
                if source.end - following >= 28:
                    continue
            if source.end - following >= 12:
                claimed = int(numbers[following + 4])
                if claimed > _LARGEST or claimed < 12:
                    self._stop(
                        f"a block claims {claimed:,} bytes, so the rest cannot be found",
                        "Repair the file, for example with pcapfix, and read it again.",
                    )
                    return
            if not source.carry(following):
                if source.end:
                    self._stop("the file ends inside a block", "The packets before it were read.")
                return
            position = 0

    def _blocks(
        self,
        buffer: Bytes,
        heads: NDArray[Any],
        big: bool,
        starts: Positions,
        sizes: NDArray[np.int64],
        kinds: NDArray[np.int64],
        interfaces: list[_Interface],
        section: int,
        last_time: float,
    ) -> Window | None:
        """The packets among these blocks: enhanced (6), obsolete (2) and simple (3) ones."""
        packets = (kinds == 6) & (sizes >= 32) | (kinds == 2) & (sizes >= 32) | (kinds == 3) & (sizes >= 16)
        if not packets.all():
            starts, sizes, kinds, heads = starts[packets], sizes[packets], kinds[packets], heads[packets]
        number = self.packets
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
            self.damage.append(
                Damage(
                    number + int(np.argmax(unknown)) + 1,
                    f"{int(unknown.sum())} packets name an interface that the file does not describe",
                    "They were read as Ethernet; check the file with capinfos.",
                )
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
            snaplen = np.array([one.snaplen or _LARGEST for one in table], np.int64)[which]
            captured[simple] = np.minimum(length, snaplen)[simple]
            data[simple] = starts[simple] + 12
            room[simple] = sizes[simple] - 16
            # Simple blocks carry no time; they lie after what was read before them.
            latest = np.maximum.accumulate(np.where(simple, last_time, time))
            time[simple] = latest[simple]
        link = np.array([one.link for one in table], np.int64)[which]
        return self._window(buffer, data, np.clip(captured, 0, room), length, time, link)

    # --- both

    def _window(
        self,
        buffer: Bytes,
        start: Positions,
        captured: NDArray[np.int64],
        length: NDArray[np.int64],
        time: NDArray[np.float64],
        link: NDArray[np.int64],
    ) -> Window:
        number = self.packets + 1
        self.packets += len(start)
        return Window(buffer, start, captured, length, time, link, number)

    def _stop(self, reason: str, next_step: str) -> None:
        self.damage.append(Damage(self.packets + 1, reason, next_step))


@dataclass(slots=True)
class _Source:
    """The buffer and how it is filled again."""

    stream: BinaryIO
    raw: BinaryIO
    memory: bytearray
    buffer: Bytes
    container: Container
    end: int = 0
    unpacked: int = 0
    finished: bool = False

    def fill(self, kept: int) -> int:
        """Read behind the ``kept`` bytes that stand at the front; returns how many bytes came."""
        view = memoryview(self.memory)[:WINDOW]
        end = kept
        try:
            while end < WINDOW and not self.finished:
                got = self.stream.readinto(view[end:])  # type: ignore[attr-defined]
                if not got:
                    self.finished = True
                end += got
        except (EOFError, zlib.error) as error:
            self.finished = True
            self.container._stop(f"the compressed file is cut off or damaged ({error})", "Copy the file again.")
        self.container.done = self.raw.tell()
        self.unpacked += end - kept
        if self.stream is not self.raw and self.unpacked > self.container.done * _GZIP_RATIO + WINDOW:
            self.finished = True
            self.container._stop(
                f"the compressed file unfolds to more than {_GZIP_RATIO} times its size",
                "Unpack it yourself, look at it, and give the unpacked file.",
            )
        self.end = end
        return end - kept

    def carry(self, position: int) -> bool:
        """Move what is left behind ``position`` to the front and read on; False at the end of the file."""
        left = max(self.end - position, 0)
        if position:
            self.buffer[:left] = self.buffer[position : position + left].copy()
        return self.fill(left) > 0


def _block_layout(big: bool) -> np.dtype[Any]:
    names = ("kind", "size", "interface", "time_high", "time_low", "captured", "length")
    return np.dtype([(name, ">u4" if big else "<u4") for name in names])


def _interface(block: bytes, order: str) -> _Interface:
    """Read an interface description block; a broken option leaves what the standard says is usual."""
    if len(block) < 20:
        return _Interface(1, 1_000_000, 0, 0)
    link, _reserved, snaplen = struct.unpack_from(order + "HHI", block, 8)
    found = _Interface(link, 1_000_000, 0, snaplen)
    at = 16
    while at + 4 <= len(block) - 4:
        code, size = struct.unpack_from(order + "HH", block, at)
        value = block[at + 4 : at + 4 + size]
        if code == 0 or len(value) < size:
            break
        if code == 9 and size >= 1:
            power = value[0] & 0x7F
            if value[0] & 0x80 and power < 64:
                found.ticks = 1 << power
            elif not value[0] & 0x80 and power < 20:
                found.ticks = 10**power
        elif code == 14 and size >= 8:
            offset = struct.unpack_from(order + "q", value)[0]
            found.offset = offset if abs(offset) < 1 << 40 else 0
        at += 4 + (size + 3 & ~3)
    return found


def is_capture(head: bytes) -> bool:
    """Do these first bytes begin a capture that we read, packed with gzip or not?"""
    if head[:2] == _GZIP_MAGIC:
        try:
            head = zlib.decompressobj(31).decompress(head, 4)
        except zlib.error:
            return False
    return head[:4] in _PCAP_MAGIC or head[:4] == _PCAPNG_MAGIC


# --- guesses for `record_starts`


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


def _guess_pcapng(
    window: Bytes, numbers: NDArray[np.uint32], start: int, at: Positions, end: int, *, big: bool
) -> Positions:
    """Positions of enhanced packet blocks whose length stands at both ends."""
    at = at[(numbers[at] == 6) & (numbers[at + 4] >= 32) & (numbers[at + 4] < 1 << 18)]
    closed = numbers[np.minimum(at + numbers[at + 4], end) - 4] == numbers[at + 4]
    found: Positions = at[closed]
    return found


def _layouts(big: bool) -> tuple[Layout, Layout]:
    seconds = slice(0, 2) if big else slice(2, 4)  # the upper half: 18 hours in which it does not change
    packet_block = b"\0\0\0\6" if big else b"\6\0\0\0"
    return (
        Layout(
            length_at=8,
            overhead=16,
            header=16,
            pad=1,
            mark=lambda window, start: (window[start : start + 4][seconds].tobytes(), seconds.start),
            guess=lambda *arguments: _guess_pcap(*arguments, big=big),
        ),
        Layout(
            length_at=4,
            overhead=0,
            header=12,
            pad=4,
            mark=lambda _window, _start: (packet_block, 0),
            guess=lambda *arguments: _guess_pcapng(*arguments, big=big),
        ),
    )


_PCAP_LITTLE, _PCAPNG_LITTLE = _layouts(False)
_PCAP_BIG, _PCAPNG_BIG = _layouts(True)
