"""JSON objects one after another, whatever stands between them: lines, an array, or objects over many lines.

Knows nothing of what the objects mean. Memory holds one object and one piece of the file. The form is decided by the
first object: where each stands on a line of its own, a broken one costs only its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from custodiet.sources.lines import RawLines
from custodiet.sources.packing import plain_head

MAX_ROW = 16 << 20
"""Bytes of one object; a host with thousands of services has some million."""

Layout = Literal["lines", "objects"]

# A string as one step, so that a brace inside it does not count; no step can be taken back, so time stays linear.
_MARK = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}"]', re.DOTALL)
_BETWEEN = b" \t\r\n,[]\xef\xbb\xbf"


def first_row(head: bytes) -> tuple[bytes, bool, Layout]:
    """The first object in the first bytes of a file.

    Args:
        head: the first bytes, packed or not.

    Returns:
        The object, or the part of it that is there; whether it is whole; and how the objects of the file stand.
        Nothing where the file does not begin with an object or an array of objects.
    """
    data = plain_head(head)
    start = len(data) - len(data.lstrip(_BETWEEN))
    if data[start : start + 1] != b"{" or start > 4096:
        return b"", False, "lines"
    end = _end_of(data, start)
    if end < 0:
        # An array whose first object follows on the same line has them all there.
        together = b"\n" in data[start:] or b"[" in data[:start].rpartition(b"\n")[2]
        return data[start:], False, "objects" if together else "lines"
    row = data[start:end]
    behind = data[end : end + 200].lstrip(b" \t\r,]")
    return row, True, "objects" if b"\n" in row or (behind and not behind.startswith(b"\n")) else "lines"


def _end_of(data: bytes, start: int) -> int:
    """The place behind the object that begins here; -1 where it does not end."""
    depth = 0
    for mark in _MARK.finditer(data, start):
        sign = data[mark.start()]
        if sign == 0x7B:
            depth += 1
        elif sign == 0x7D:
            depth -= 1
            if depth == 0:
                return mark.end()
        elif mark.end() - mark.start() == 1:
            return -1
    return -1


class Rows:
    """The objects of a file with their number; None for one that is too long or that is no object at all.

    After the walk `cut` says why the file ended before its end; it is empty when it did not.
    """

    def __init__(self, pieces: RawLines, layout: Layout) -> None:
        self.unit = "line" if layout == "lines" else "object"
        self.cut = ""
        self._lines = pieces
        self._layout = layout

    def __iter__(self) -> Iterator[tuple[int, bytes | None]]:
        if self._layout == "lines":
            yield from self._by_line()
        else:
            yield from self._by_object()
        self.cut = self.cut or self._lines.cut

    def _by_line(self) -> Iterator[tuple[int, bytes | None]]:
        for number, line in self._lines:
            if not line:
                if line is None:
                    yield number, None
                continue
            if line[0] != 0x7B or line[-1] != 0x7D or line[1] == 0x66:
                line = _bare(line)
                if not line:
                    continue
            yield number, line

    def _by_object(self) -> Iterator[tuple[int, bytes | None]]:
        number = depth = place = 0
        start = -1
        buffer = b""
        for piece in self._lines.pieces:
            buffer = buffer + piece if buffer else piece
            for mark in _MARK.finditer(buffer, place):
                sign = buffer[mark.start()]
                if sign == 0x22:
                    if mark.end() - mark.start() == 1:
                        break  # a string that ends in a later piece
                    if depth == 0:
                        number += 1
                        yield number, b"?"
                elif sign == 0x7B:
                    if depth == 0:
                        if buffer[place : mark.start()].strip(_BETWEEN):
                            number += 1
                            yield number, b"?"
                        start = mark.start()
                    depth += 1
                elif depth:
                    depth -= 1
                    if depth == 0:
                        number += 1
                        yield number, buffer[start : mark.end()]
                        start = -1
                place = mark.end()
            if start < 0:
                # What stands between objects is looked at when the next one begins.
                buffer, place = buffer[place:], 0
                buffer = buffer.lstrip(_BETWEEN)
            else:
                buffer, place, start = buffer[start:], place - start, 0
            if len(buffer) > MAX_ROW:
                yield number + 1, None
                self.cut = f"an object is longer than {MAX_ROW >> 20} MiB, so that what follows cannot be told apart"
                return
        if buffer.strip(_BETWEEN):
            yield number + 1, b"{" if start >= 0 else b"?"


def _bare(line: bytes) -> bytes:
    """The object on a line without what an array puts around it; nothing where only that is there."""
    line = line.strip(b" \t\r,\xef\xbb\xbf")
    if (line.startswith(b"[") and not line.endswith(b"}")) or line.startswith(b"[{"):
        line = line[1:].lstrip()
    if line.startswith(b"{") and line.endswith(b"]"):
        line = line[:-1].rstrip(b" \t,")
    # masscan before version 1.3 ended its array with this, which is no JSON
    return b"" if line in (b"", b"[", b"]") or line.replace(b" ", b"").startswith(b"{finished:") else line
