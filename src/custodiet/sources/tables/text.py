"""Tables as text: CSV with any of the usual separators and encodings, as spreadsheet programs and people write them.

Read as a stream, twice where needed, so that the size of the file does not matter. An encoding is never guessed from
letters: it is UTF-8 when all bytes are, UTF-16 when it is marked or every other byte is zero, and Windows-1252 else.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

from custodiet.sources.tables.grid import MAX_CELL, MAX_COLUMNS, Line, Sheet

SEPARATORS = ";,\t|"
SAID_SEPARATORS = SEPARATORS + ":^~#"
"""Separators that a first line ``sep=`` may name."""
MAX_BREAKS = 50
"""Line breaks in one cell; more of them mean that a quotation mark was opened and never closed."""
MAX_LINE = 1 << 20
"""Characters of one line; a longer one is no row of a register."""
_SAMPLE_ROWS = 40
_PIECE = 1 << 20
_UNCLOSED = "a quotation mark is opened and not closed, or a field is far too long"


def decode_head(head: bytes) -> str | None:
    """The first bytes of a file as text, or none when they are no text."""
    encoding = marked_encoding(head)
    if not encoding:
        try:
            codecs.getincrementaldecoder("utf-8")().decode(head)
            encoding = "utf-8"
        except UnicodeDecodeError:
            encoding = "cp1252"
    if encoding.startswith("utf-16"):
        head = head[: len(head) & ~1]
    text = head.decode(encoding, "replace").removeprefix("\ufeff")
    return None if any(sign < " " and sign not in "\t\r\n\x0b\x0c\x1a" for sign in set(text)) else text


def marked_encoding(head: bytes) -> str:
    """The encoding that a mark or the zeros of UTF-16 give away; empty when there is none."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = head[: len(head[:400]) & ~1]
    half = len(sample) // 2
    if half >= 4:
        if sample[1::2].count(0) > 0.9 * half and not sample[::2].count(0):
            return "utf-16-le"
        if sample[::2].count(0) > 0.9 * half and not sample[1::2].count(0):
            return "utf-16-be"
    return ""


def find_separator(text: str, known: Callable[[list[str]], int]) -> str:
    """The separator of a table.

    Args:
        text: the first part of the file.
        known: tells how many cells of a row are headings of the vocabulary.

    Returns:
        one of `SEPARATORS` or what a first line ``sep=;`` says; empty when no separator makes columns.
    """
    lines = text.splitlines()[: 2 * _SAMPLE_ROWS]
    if lines and (said := _said_separator(lines[0])):
        return said
    best = (0, 0.0, 0.0)
    chosen = ""
    for separator in SEPARATORS:
        rows = _sample(lines, separator)
        widths = [len(row) for row in rows if any(row)]
        if not widths or max(widths) < 2:
            continue
        usual = max(set(widths), key=lambda width: (widths.count(width), width))
        score = (max(map(known, rows)), (usual > 1) * widths.count(usual) / len(widths), float(usual))
        if score > best:
            best, chosen = score, separator
    return chosen


def _said_separator(line: str) -> str:
    """What Excel's first line ``sep=;`` says; such a line may be quoted."""
    line = line.strip(' \r\n"')
    said = line[4:] if line[:4].lower() == "sep=" else ""
    return said if len(said) == 1 and said in SAID_SEPARATORS else ""


def _sample(lines: list[str], separator: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader([line[:MAX_LINE] + "\n" for line in lines], delimiter=separator):
            rows.append(row[:MAX_COLUMNS])
            if len(rows) >= _SAMPLE_ROWS:
                break
    except csv.Error:
        pass
    return rows


def text_sheet(path: Path, known: Callable[[list[str]], int], progress: Callable[[int], None]) -> Sheet:
    """The one table of a text file.

    Args:
        path: the file.
        known: see `find_separator`.
        progress: called with the number of bytes read. A table is walked through twice, first to see what its columns
            hold, so each time counts for half of it.
    """
    size, walked = path.stat().st_size, 0
    encoding, note = _encoding(path)
    with path.open(encoding=encoding, errors="replace", newline="") as stream:
        text = stream.read(65536).removeprefix("\ufeff")
    separator = find_separator(text, known) or ";"
    first = text.splitlines()[:1]
    skipped = 1 if first and _said_separator(first[0]) else 0

    def lines() -> Iterator[Line]:
        nonlocal walked
        before_this, walked = walked, size
        with (
            path.open("rb") as stream,
            io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="") as text,
        ):
            rows = csv.reader(_bounded(text.readline), delimiter=separator)
            for number in itertools.count(1):
                before = rows.line_num
                try:
                    row = next(rows)
                except StopIteration:
                    break
                except csv.Error:
                    yield Line(number, [], _UNCLOSED)
                    continue
                if number <= skipped:
                    continue
                if number % 1000 == 0:
                    progress((before_this + stream.tell()) // 2)
                # a cell of many lines took as many to read
                unclosed = rows.line_num - before > MAX_BREAKS and any(cell.count("\n") > MAX_BREAKS for cell in row)
                cells = [cell[:MAX_CELL].strip() for cell in row[:MAX_COLUMNS]]
                yield Line(number, cells, _UNCLOSED if unclosed else "")

    return Sheet(name="", lines=lines, notes=[note] if note else [])


def _bounded(readline: Callable[[int], str]) -> Iterator[str]:
    """Lines without zero characters, the overlong ones in pieces so that none of them fills the memory."""
    while line := readline(MAX_LINE):
        yield line.replace("\0", "").replace("\x1a", "")


def _encoding(path: Path) -> tuple[str, str]:
    """Encoding of the whole file, and a note where it was an assumption."""
    with path.open("rb") as stream:
        piece = stream.read(_PIECE)
        if marked := marked_encoding(piece):
            return marked, ""
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while piece:
                decoder.decode(piece)
                piece = stream.read(_PIECE)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252", "the file is not UTF-8 and was read as Windows-1252"
    return "utf-8", ""
