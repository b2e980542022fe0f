"""gzip and zstd, unpacked piece by piece within bounds.

Recognised by content, never by name. What is packed twice is refused: nobody does that by accident, and each layer
multiplies what a small file can cost. zstd needs the package ``zstandard`` (the extra ``bulk``).
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from typing import Any

try:
    import zstandard
except ImportError:  # an extra
    zstandard = None  # type: ignore[assignment]

PIECE = 1 << 18
"""Bytes that are handed on at a time."""
MOST_GROWTH = 200
"""Logs shrink to a tenth, rarely to a hundredth; what grows more than this was made to fill a disk."""
FREE_GROWTH = 64 << 20
"""Bytes up to which growth is not looked at."""
INSTALL_ZSTD = "Install it with: pip install 'custodiet[bulk]', or unpack the file with zstd -d"

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_SKIPPABLE = b"\x2a\x4d\x18"  # behind one byte from 0x50 to 0x5f: parallel zstd begins with such a frame
_LARGEST_WINDOW = 1 << 27  # what the zstd program accepts; also the memory that one file can ask for
# A block of a few bytes can stand for 128 KiB: so many bytes at a time can never unfold to more than 64 MiB.
_SLICE = 2048


class Packed(Exception):
    """The packed data cannot be unpacked further; its text says why in plain words."""


def packing_of(head: bytes) -> str:
    """``gzip``, ``zstd`` or nothing, by the first bytes."""
    if head.startswith(_GZIP):
        return "gzip"
    if head.startswith(_ZSTD) or (0x50 <= (head[:1] or b"\0")[0] <= 0x5F and head[1:4] == _SKIPPABLE):
        return "zstd"
    return ""


def can_unpack(packing: str) -> bool:
    """Whether what is needed for it is installed."""
    return packing != "zstd" or zstandard is not None


def plain_head(head: bytes, most: int = 1 << 16) -> bytes:
    """The first bytes of a file as they are when unpacked; nothing where they cannot be.

    Must not raise on any bytes.
    """
    packing = packing_of(head)
    if not packing:
        return head
    try:
        if packing == "gzip":
            return zlib.decompressobj(31).decompress(head, most)
        parts: list[bytes] = []
        size = 0
        for part in _zstd(iter([head])):
            parts.append(part)
            size += len(part)
            if size >= most:
                break
    except Packed:
        pass  # the head ends in the middle, as heads do
    except zlib.error:
        return b""
    return b"".join(parts)[:most]


def unpacked(pieces: Iterator[bytes], packing: str) -> Iterator[bytes]:
    """Unpack a file.

    Args:
        pieces: the packed bytes.
        packing: as `packing_of` told.

    Raises:
        Packed: damaged, cut, packed twice, growing too much, or the package for it is not installed.
    """
    counted = _Counted(pieces)
    grown = 0
    for piece in _gzip(counted) if packing == "gzip" else _zstd(iter(counted)):
        if grown == 0 and packing_of(piece):
            raise Packed("the data is compressed twice")
        grown += len(piece)
        if grown > FREE_GROWTH + MOST_GROWTH * counted.done:
            raise Packed("the compressed data grows more than two hundred times")
        yield piece


class _Counted:
    """The packed pieces as an iterator and as a file, counted on the way."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.done = 0
        self._pieces = pieces
        self._left = b""

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.done += len(piece)
            yield piece

    def read(self, size: int = -1) -> bytes:
        """What a file would give, at most one piece."""
        if not self._left:
            self._left = next(self._pieces, b"")
            self.done += len(self._left)
        if size < 0:
            size = len(self._left)
        part, self._left = self._left[:size], self._left[size:]
        return part


def _gzip(packed: _Counted) -> Iterator[bytes]:
    source: Any = packed
    with gzip.GzipFile(fileobj=source, mode="rb") as stream:
        while True:
            try:
                # read1 gives what is there before it finds that the rest is missing.
                piece = stream.read1(PIECE)
            except (OSError, EOFError, zlib.error) as error:
                raise Packed("the compressed data is damaged or ends in the middle") from error
            if not piece:
                return
            yield piece


def _zstd(packed: Iterator[bytes]) -> Iterator[bytes]:
    if zstandard is None:
        raise Packed("the package zstandard is not installed, which zstd needs")
    engine = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW)
    frame = engine.decompressobj()
    begun = False
    for piece in packed:
        for start in range(0, len(piece), _SLICE):
            left = piece[start : start + _SLICE]
            while left:
                begun = True
                try:
                    part = frame.decompress(left)
                except zstandard.ZstdError as error:
                    raise Packed("the compressed data is damaged or asks for more than 128 MiB of memory") from error
                left = frame.unused_data if frame.eof else b""
                if frame.eof:
                    frame, begun = engine.decompressobj(), False
                if part:
                    yield part
    if begun:
        raise Packed("the compressed data is damaged or ends in the middle")
