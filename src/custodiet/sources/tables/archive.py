"""Workbooks are zip archives of XML, and both can be made to explode: everything is bounded here before it is unpacked.

The directory of the archive is checked first, since that is cheap; because a directory can lie, what is really unpacked
is counted too, in small pieces that are never held together. XML is walked without building a tree, and a document type
or entity declaration ends the reading. Parts that nobody asks for are never unpacked at all.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

from custodiet.errors import SourceError

MIB = 1 << 20
MAX_FILE = 64 * MIB
"""Bytes of the workbook as it lies on the disk."""
MAX_UNPACKED = 64 * MIB
"""Bytes of all parts together once unpacked."""
MAX_ENTRIES = 2000
MAX_RATIO = 200
"""How often smaller than its content a part may be, for parts over 1 MiB: real sheets reach 20 to 60."""
MAX_MARKUP = MIB
"""Bytes of one tag, comment or instruction."""
PIECE = 65536

ASK_AGAIN = "Ask for the file again, or open it in a spreadsheet program and save it as a new .xlsx or .ods"
SAVE_SMALLER = "Save only the sheets with the register as a new .xlsx, or as .csv"
_ENTRY = b"PK\x01\x02"
_DAMAGE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    RuntimeError,
)
"""What `zipfile` raises on damaged archives (NotImplementedError is a RuntimeError)."""


class Archive:
    """A zip archive whose directory was checked; use `open_archive`."""

    def __init__(self, archive: zipfile.ZipFile, name: str, embedded: int) -> None:
        self.name = name
        self.embedded = embedded
        """Archives inside the archive, which are never opened."""
        self._zip = archive
        self._parts = {one.filename.lower(): one for one in archive.infolist()}

    def __contains__(self, part: str) -> bool:
        return part.lower() in self._parts

    def pieces(self, part: str) -> Iterator[bytes]:
        """The content of a part in pieces of at most 64 KiB.

        Raises:
            SourceError: the part is missing, damaged, or larger than the directory said.
        """
        entry = self._parts.get(part.lower())
        if entry is None:
            raise SourceError(f"the workbook lacks its part {part[:80]}", place=self.name, next_step=ASK_AGAIN)
        done = 0
        try:
            with self._zip.open(entry) as content:
                # ZipExtFile never unpacks more than one piece at a time and stops at the size the directory gives.
                while piece := content.read(PIECE):
                    done += len(piece)
                    if done > MAX_UNPACKED:
                        raise SourceError(
                            f"part {part[:80]} unpacks to more than {MAX_UNPACKED // MIB} MiB",
                            place=self.name,
                            next_step=SAVE_SMALLER,
                        )
                    yield piece
        except _DAMAGE as error:
            raise SourceError(
                f"the workbook is truncated or damaged in {part[:80]}", place=self.name, next_step=ASK_AGAIN
            ) from error


def open_archive(stream: IO[bytes], name: str) -> Archive:
    """Open a workbook after its directory was checked.

    Args:
        stream: the bytes of the workbook; stays the caller's to close.
        name: what the user calls it, for messages.

    Raises:
        SourceError: not a zip archive, damaged, protected, or over one of the limits above.
    """
    try:
        _check_file(stream, name)
        archive = zipfile.ZipFile(stream)
        return Archive(archive, name, _check_directory(archive.infolist(), name))
    except _DAMAGE as error:
        raise SourceError("the workbook is truncated or damaged", place=name, next_step=ASK_AGAIN) from error


def _check_file(stream: IO[bytes], name: str) -> None:
    """Size and number of directory entries, before anything makes an object of each entry."""
    size = entries = 0
    tail = b""
    while piece := stream.read(MIB):
        size += len(piece)
        entries += (tail + piece).count(_ENTRY)
        tail = piece[-3:]
        if size > MAX_FILE:
            _refuse(f"the workbook is larger than {MAX_FILE // MIB} MiB", name)
        if entries > MAX_ENTRIES:
            _refuse(f"the workbook holds more than {MAX_ENTRIES:,} parts", name)
    stream.seek(0)


def _check_directory(entries: list[zipfile.ZipInfo], name: str) -> int:
    """Refuse what the directory already gives away; returns the number of archives inside the archive."""
    total = embedded = 0
    for entry in entries:
        part = entry.filename.replace("\\", "/")
        if part.startswith("/") or ".." in part.split("/"):
            _refuse("the workbook holds a part whose name leads outside of it", name)
        if entry.flag_bits & 1:
            _refuse("the workbook is protected with a password", name, "Save a copy without a password")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            _refuse("the workbook is packed in a way spreadsheets never use", name, ASK_AGAIN)
        if entry.file_size > MIB and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            _refuse(
                f"a part unpacks to {entry.file_size // MIB} MiB, more than {MAX_RATIO} times its packed size",
                name,
            )
        total += entry.file_size
        if part.lower().endswith((".zip", ".xlsx", ".xlsm", ".ods", ".docx", ".jar", ".7z", ".gz")):
            embedded += 1
    if total > MAX_UNPACKED:
        _refuse(f"the workbook unpacks to {total // MIB} MiB and the limit is {MAX_UNPACKED // MIB} MiB", name)
    return embedded


def _refuse(reason: str, name: str, next_step: str = SAVE_SMALLER) -> None:
    raise SourceError(reason, place=name, next_step=next_step)


class Walker:
    """Receives the events of an XML part; names come without their prefix."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, tag: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """Text, possibly in several pieces."""


def walk(archive: Archive, part: str, walker: Walker) -> Iterator[None]:
    """Feed a part to a walker, pausing after each piece so that what was gathered can be passed on.

    Raises:
        SourceError: see `Archive.pieces`; also for XML that is broken or that declares a document type.
    """
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True

    def refuse_declaration(*_: object) -> None:
        _refuse(f"part {part[:80]} of the workbook declares a document type, which can hide a bomb", archive.name)

    def start(tag: str, attributes: dict[str, str]) -> None:
        walker.start(tag.rpartition(":")[2], attributes)

    def end(tag: str) -> None:
        walker.end(tag.rpartition(":")[2])

    parser.StartDoctypeDeclHandler = refuse_declaration
    parser.EntityDeclHandler = refuse_declaration
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = walker.text
    fed = 0
    try:
        for piece in archive.pieces(part):
            parser.Parse(piece, False)
            fed += len(piece)
            if fed - max(parser.CurrentByteIndex, 0) > MAX_MARKUP:
                _refuse(f"part {part[:80]} of the workbook holds a tag of more than 1 MiB", archive.name)
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as error:
        raise SourceError(
            f"part {part[:80]} of the workbook is broken in line {error.lineno}",
            place=archive.name,
            next_step=ASK_AGAIN,
        ) from error
