"""The XML of a scan cut into the parts that are parsed alone: its hosts, and the scripts that asked the whole network.

Cutting looks for tags and knows nothing of what stands inside them. It reads the file in pieces and keeps one part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from custodiet.sources.base import ReadOptions
from custodiet.sources.lines import Pieces

MAX_HOST = 32 << 20
"""The most bytes of one host; one with all 65,535 ports open has about ten million."""

# What can begin between two hosts and matters. Names that only begin alike, as <hosts or <hosthint, do not match.
_NEXT = re.compile(rb"<!--|<!ENTITY|<(?:host|prescript|postscript|nmaprun|finished)(?=[\s>/])|</nmaprun")
_LONGEST_NAME = 16
_ATTRIBUTE = re.compile(rb"""\s([a-z]{1,20})\s{0,5}=\s{0,5}["']([^"'<>]{0,100})["']""")
_ENCODING = re.compile(rb"""\A\s{0,20}<\?xml[^>]{0,200}?encoding\s{0,5}=\s{0,5}["']([A-Za-z0-9._-]{1,40})["']""")
_SINGLE_BYTE = {"iso-8859-1": "latin-1", "iso-8859-15": "latin-9", "windows-1252": "cp1252"}


class Scan:
    """Walks over a file and cuts out the parts that are parsed: hosts and scripts that asked the whole network."""

    def __init__(self, path: Path, options: ReadOptions) -> None:
        self._pieces = Pieces(path, options.progress)
        self.codec = "utf-8"
        self.start: float | None = None
        self.end: float | None = None
        self.whole = False  # the end of the document was seen
        self.in_host = False  # the file ended inside a host

    @property
    def cut(self) -> str:
        return self._pieces.cut

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        """Yields (kind, part): ``host``, ``prescript``, ``postscript``; ``cut`` and ``entity`` come last and alone."""
        text = _Window(iter(self._pieces))
        text.grow()
        if match := _ENCODING.match(text.buffer):
            self.codec = _SINGLE_BYTE.get(match[1].decode().lower(), "utf-8")
        while word := text.seek():
            if word == b"<!ENTITY":
                yield "entity", b""
                return
            part, found = text.take(_END.get(word, b">"))
            if word in _PARSED:
                if not found and len(part) <= MAX_HOST:
                    self.in_host = True
                    yield "cut", b""
                    return
                yield word[1:].decode(), part
            elif word == b"<nmaprun":
                self.start = number_of(attributes_of(part).get("start", ""))
            elif word == b"<finished":
                self.end = number_of(attributes_of(part).get("time", ""))
            elif word == b"</nmaprun":
                self.whole = True


_PARSED = frozenset({b"<host", b"<prescript", b"<postscript"})
_END = {b"<!--": b"-->", b"<host": b"</host>", b"<prescript": b"</prescript>", b"<postscript": b"</postscript>"}


class _Window:
    """The part of the file that is in memory, and how far it was walked."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self.buffer = b""
        self._at = 0

    def grow(self) -> bool:
        """Forget what was walked and read on; False at the end of the file."""
        piece = next(self._pieces, None)
        if piece is None:
            return False
        self.buffer = self.buffer[self._at :] + piece
        self._at = 0
        return True

    def seek(self) -> bytes:
        """Walk to the next tag that matters: its beginning, or nothing at the end of the file."""
        while (match := _NEXT.search(self.buffer, self._at)) is None:
            self._at = max(self._at, len(self.buffer) - _LONGEST_NAME)  # a tag may lie across two pieces
            if not self.grow():
                return b""
        self._at = match.start()
        return match[0]

    def take(self, end: bytes) -> tuple[bytes, bool]:
        """Walk behind the next `end`: what was passed, and whether the end was there.

        Of more than `MAX_HOST` bytes only so much is kept that it is seen to be too much.
        """
        parts: list[bytes] = []
        size = 0
        while (at := self.buffer.find(end, self._at)) < 0:
            keep = max(self._at, len(self.buffer) - len(end))  # the end may lie across two pieces
            if size <= MAX_HOST:
                parts.append(self.buffer[self._at : keep])
                size += keep - self._at
            self._at = keep
            if not self.grow():
                at = len(self.buffer)
                break
        found = at < len(self.buffer)
        stop = at + len(end) if found else at
        if size <= MAX_HOST:
            parts.append(self.buffer[self._at : stop])
        self._at = stop
        return b"".join(parts), found


def attributes_of(tag: bytes) -> dict[str, str]:
    """Name -> value of the plain attributes in the first bytes of a tag."""
    return {match[1].decode(): match[2].decode("ascii", "replace") for match in _ATTRIBUTE.finditer(tag[:4096])}


def number_of(text: str | None) -> float | None:
    """A time as nmap writes it, whole seconds since 1970; None for anything else."""
    return float(text) if text and len(text) <= 12 and text.isascii() and text.isdigit() else None
