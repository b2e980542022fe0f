"""Text files of any size in bounded memory: bytes in pieces, and lines with their number.

Knows byte order marks, UTF-16, and Windows-1252 for lines that are not UTF-8; what is packed with gzip or zstd is
unpacked on the way. What a line means is not known here.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from custodiet.errors import WireError
from custodiet.sources.packing import PIECE, Packed, packing_of, plain_head, unpacked
from custodiet.wire.json import json_object


class Pieces:
    """A file as pieces of bytes: unpacked when it is packed, turned into UTF-8 when it is UTF-16.

    After the walk `cut` says in plain words why the file ended before its end; it is empty when it did not.

    Args:
        path: the file, or a stream that is open for reading bytes.
        progress: called with the number of bytes of the file that are done.
    """

    def __init__(self, path: Path | BinaryIO, progress: Callable[[int], None]) -> None:
        self.path = path
        self.cut = ""
        self._progress = progress

    def __iter__(self) -> Iterator[bytes]:
        if isinstance(self.path, Path):
            with self.path.open("rb", buffering=0) as raw:
                yield from self._walk(raw)
        else:
            yield from self._walk(self.path)

    def _walk(self, raw: Any) -> Iterator[bytes]:
        first = raw.read(PIECE) or b""
        if packing := packing_of(first):
            yield from _as_utf8(self._unpacked(raw, first, packing))
        else:
            yield from _as_utf8(self._plain(raw, first))

    def _plain(self, raw: Any, piece: bytes) -> Iterator[bytes]:
        done = 0
        while piece:
            yield piece
            done += len(piece)
            self._progress(done)
            piece = raw.read(PIECE)

    def _unpacked(self, raw: Any, first: bytes, packing: str) -> Iterator[bytes]:
        try:
            yield from unpacked(self._plain(raw, first), packing)
        except Packed as why:
            self.cut = str(why)


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


class RawLines:
    """A file as (number, line) without line feeds; the line is None where it is longer than the limit.

    Args:
        path: the file, or an open stream.
        progress: called with the number of bytes of the file that are done.
        limit: the most bytes of one line.

    After the walk `cut` says why the file ended before its end, as with `Pieces`.
    """

    def __init__(self, path: Path | BinaryIO, progress: Callable[[int], None], *, limit: int = 1 << 16) -> None:
        self.pieces = Pieces(path, progress)
        self._limit = limit

    @property
    def cut(self) -> str:
        """Why the file ended before its end; empty when it did not."""
        return self.pieces.cut

    def __iter__(self) -> Iterator[tuple[int, bytes | None]]:
        number = 0
        carry = b""
        skipping = False  # inside a line that is already too long
        for piece in self.pieces:
            *whole, rest = piece.split(b"\n")
            for line in whole:
                number += 1
                if skipping:
                    skipping = False
                    yield number, None
                    continue
                if carry:
                    line, carry = carry + line, b""
                yield number, line if len(line) <= self._limit else None
            if not skipping:
                carry = carry + rest
                if len(carry) > self._limit:
                    carry, skipping = b"", True
        if skipping:
            yield number + 1, None
        elif carry:
            yield number + 1, carry


class Lines(RawLines):
    """A text file as (number, line) without line ends, as `RawLines`, each line as text."""

    def __iter__(self) -> Iterator[tuple[int, str | None]]:  # type: ignore[override]
        for number, line in super().__iter__():
            yield number, None if line is None else decoded(line)


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
    head, given = plain_head(head), head
    if given and not head:
        return []
    text = b"".join(_as_utf8(iter([head])))
    return [decoded(line) for line in text.split(b"\n")]


def object_of(line: str) -> dict[str, Any] | None:
    """A line that is one JSON object; None where it is anything else."""
    try:
        return json_object(line.encode("utf-8", "surrogatepass"))
    except WireError:
        return None
