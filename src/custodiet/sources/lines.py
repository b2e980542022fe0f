"""Text files of any size in bounded memory: bytes in pieces, and lines with their number.

Knows gzip, byte order marks, UTF-16, and Windows-1252 for lines that are not UTF-8. What a line means is not known
here.
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from custodiet.errors import WireError
from custodiet.wire.json import json_object

PIECE = 1 << 18
"""Bytes that are in memory at a time."""

_GZIP = b"\x1f\x8b"
# Logs shrink to a tenth, rarely to a hundredth; what grows more than this was made to fill a disk.
_MOST_GROWTH = 200
_FREE_GROWTH = 64 << 20


class Pieces:
    """A file as pieces of bytes: unpacked when it is gzip, turned into UTF-8 when it is UTF-16.

    After the walk `cut` says in plain words why the file ended before its end; it is empty when it did not.
    """

    def __init__(self, path: Path, progress: Callable[[int], None]) -> None:
        self.path = path
        self.cut = ""
        self._progress = progress

    def __iter__(self) -> Iterator[bytes]:
        with self.path.open("rb") as raw:
            magic = raw.read(2)
            raw.seek(0)
            pieces = self._unpacked(raw) if magic == _GZIP else self._plain(raw)
            yield from _as_utf8(pieces)

    def _plain(self, raw: IO[bytes]) -> Iterator[bytes]:
        done = 0
        while piece := raw.read(PIECE):
            yield piece
            done += len(piece)
            self._progress(done)

    def _unpacked(self, raw: IO[bytes]) -> Iterator[bytes]:
        grown = 0
        with gzip.GzipFile(fileobj=raw) as stream:
            while True:
                try:
                    # read1 gives what is there before it finds that the rest is missing.
                    piece = stream.read1(PIECE)
                except (OSError, EOFError, zlib.error):
                    self.cut = "the compressed data is damaged or ends in the middle"
                    return
                if not piece:
                    return
                grown += len(piece)
                if grown > _FREE_GROWTH + _MOST_GROWTH * raw.tell():
                    self.cut = "the compressed data grows more than two hundred times"
                    return
                yield piece
                self._progress(raw.tell())


def _as_utf8(pieces: Iterator[bytes]) -> Iterator[bytes]:
    first = next(pieces, b"")
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        decoder = codecs.getincrementaldecoder("utf-16")("replace")
        yield decoder.decode(first).encode("utf-8", "replace")
        for piece in pieces:
            yield decoder.decode(piece).encode("utf-8", "replace")
        yield decoder.decode(b"", final=True).encode("utf-8", "replace")
        return
    yield first.removeprefix(codecs.BOM_UTF8)
    yield from pieces


class Lines:
    """A text file as (number, line) without line ends; the line is None where it is longer than the limit.

    Args:
        path: the file.
        progress: called with the number of bytes of the file that are done.
        limit: the most bytes of one line.

    After the walk `cut` says why the file ended before its end, as with `Pieces`.
    """

    def __init__(self, path: Path, progress: Callable[[int], None], *, limit: int = 1 << 16) -> None:
        self._pieces = Pieces(path, progress)
        self._limit = limit

    @property
    def cut(self) -> str:
        """Why the file ended before its end; empty when it did not."""
        return self._pieces.cut

    def __iter__(self) -> Iterator[tuple[int, str | None]]:
        number = 0
        carry = b""
        skipping = False  # inside a line that is already too long
        for piece in self._pieces:
            *whole, rest = piece.split(b"\n")
            for line in whole:
                number += 1
                if skipping:
                    skipping = False
                    yield number, None
                    continue
                if carry:
                    line, carry = carry + line, b""
                yield number, decoded(line) if len(line) <= self._limit else None
            if not skipping:
                carry = carry + rest
                if len(carry) > self._limit:
                    carry, skipping = b"", True
        if skipping:
            yield number + 1, None
        elif carry:
            yield number + 1, decoded(carry)


def decoded(line: bytes) -> str:
    """One line as text: UTF-8 where it is valid, else Windows-1252, in which it was most likely written."""
    line = line.removesuffix(b"\r")
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "backslashreplace")


def head_lines(head: bytes) -> list[str]:
    """The lines in the first bytes of a file, for recognising it; the last one may be cut.

    Must not raise on any bytes.
    """
    if head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(31).decompress(head, 1 << 16)
        except zlib.error:
            return []
    text = b"".join(_as_utf8(iter([head])))
    return [decoded(line) for line in text.split(b"\n")]


def object_of(line: str) -> dict[str, Any] | None:
    """A line that is one JSON object; None where it is anything else."""
    try:
        return json_object(line.encode("utf-8", "surrogatepass"))
    except WireError:
        return None
