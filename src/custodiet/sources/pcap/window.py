"""The bytes of a capture file, and the packets in them, a window at a time.

One window of 16 MB is filled again and again, so that memory does not grow with the file: touching fresh memory costs
more than all the work on it. Files packed with gzip are unpacked on the way, within bounds.
"""

from __future__ import annotations

import zlib
from typing import BinaryIO

import msgspec
import numpy as np
from numpy.typing import NDArray

from custodiet.sources.pcap.boundaries import Bytes, Positions, Words

WINDOW = 16 << 20
"""Bytes read at a time."""
SLACK = 256
"""Bytes behind the window that may be looked at, so that a header can be gathered without asking how long it is."""
FRAME = 56
"""Bytes of a frame that are looked at: an Ethernet header without tags and an IPv6 header, or one of IPv4 without
options and what is needed of TCP or UDP behind it."""
LARGEST = 4 << 20
"""A record that claims more is damage: the largest snapshot length tools write is 256 KiB."""
GZIP_MAGIC = b"\x1f\x8b"
_GZIP_RATIO = 200
"""A compressed capture may unfold to this many times its size (plus one window); more is an attack on our time."""
_PIECE = 1 << 18


class Window(msgspec.Struct):
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
    frame: Words | None = None
    """The first `FRAME` bytes from each start as from `gather_words`, where they were read along with something else;
    whoever decodes the window may write there."""


class Damage(msgspec.Struct, frozen=True):
    """A place where the file is not what it should be."""

    packet: int
    """The packet before which or in which it lies, counted from 1."""
    reason: str
    next_step: str


class Memory:
    """The buffer, and how it is filled.

    Args:
        file: the open file; packed or not.
    """

    def __init__(self, file: BinaryIO) -> None:
        # The arrays of every window are as large as those of the one before. Without this, glibc gives their memory
        # back and asks for it again each time, page by page; a large block that was freed once teaches it to keep it.
        np.empty(WINDOW, dtype=np.uint8)
        self.memory = bytearray(WINDOW + SLACK)
        self.array: Bytes = np.frombuffer(self.memory, dtype=np.uint8)
        self.end = 0
        """End of the valid bytes."""
        self.finished = False
        self.damage: tuple[str, str] | None = None
        """Why the file could not be unpacked to its end, and what to do."""
        self._file = file
        self._unpacked = 0
        self._packed = file.read(2) == GZIP_MAGIC
        file.seek(0)
        self._unpacker = zlib.decompressobj(31)
        self._input = b""
        self.fill(0)

    @property
    def done(self) -> int:
        """Bytes of the file that were read."""
        return self._file.tell()

    def fill(self, kept: int) -> int:
        """Read behind the ``kept`` bytes that stand at the front; returns how many bytes came."""
        end = kept
        view = memoryview(self.memory)
        while end < WINDOW and not self.finished:
            if self._packed:
                piece = self._unpack(WINDOW - end)
                got = len(piece)
                view[end : end + got] = piece
            else:
                got = self._file.readinto(view[end:WINDOW])  # type: ignore[attr-defined]
                self.finished = not got
            end += got
        self.end = end
        return end - kept

    def carry(self, position: int) -> bool:
        """Move what is left behind ``position`` to the front and read on; False at the end of the file."""
        left = max(self.end - position, 0)
        if position:
            self.array[:left] = self.array[position : position + left].copy()
        return self.fill(left) > 0

    def _unpack(self, most: int) -> bytes:
        """More bytes of a packed file; sets ``finished`` when there are none."""
        while True:
            if not self._input:
                self._input = self._file.read(_PIECE)
            if self._unpacker.eof:
                if not self._input.strip(b"\0"):
                    self.finished = True
                    return b""
                self._unpacker = zlib.decompressobj(31)  # files may be joined end to end
            if not self._input and not self._unpacker.eof:
                return self._broken("ends too early")
            try:
                piece = self._unpacker.decompress(self._input, most)
            except zlib.error as error:
                return self._broken(f"is damaged ({error})")
            self._input = self._unpacker.unused_data or self._unpacker.unconsumed_tail
            self._unpacked += len(piece)
            if self._unpacked > self.done * _GZIP_RATIO + WINDOW:
                self.finished = True
                self.damage = (
                    f"the compressed file unfolds to more than {_GZIP_RATIO} times its size",
                    "Unpack it yourself, look at it, and give the unpacked file.",
                )
                return b""
            if piece:
                return piece

    def _broken(self, how: str) -> bytes:
        self.finished = True
        self.damage = (f"the compressed file {how}", "Copy the file again.")
        return b""
