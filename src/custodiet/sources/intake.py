"""From what the user typed to files with a reader: folders are walked, formats recognised by content, bytes hashed."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from custodiet.errors import SourceError
from custodiet.model import Issue, Source, content_id
from custodiet.model.source import SourceKind
from custodiet.sources.base import HEAD_SIZE, Item, Reader, ReadOptions
from custodiet.sources.packing import INSTALL_ZSTD, PIECE, Packed, can_unpack, packing_of, plain_head, unpacked

STDIN = "-"

MOST_UNPACKED = 8 << 30
"""Bytes of a packed file of a format that cannot be read while it is unpacked, and so is unpacked to disk first."""
_UNPACK = "Unpack it yourself, look at it, and give the unpacked file"


def expand(inputs: Sequence[str], scratch: Path) -> Iterator[tuple[Path, str] | Issue]:
    """The files behind the inputs.

    Args:
        inputs: files, folders and ``-`` for standard input.
        scratch: folder in which standard input is kept while it is read.

    Yields:
        (path, name for people), each file once, folders in the order of their names; an `Issue` for what cannot be
        reached.
    """
    seen: set[tuple[int, int]] = set()
    for given in dict.fromkeys(inputs):
        if given == STDIN:
            yield _keep_standard_input(scratch), "standard input"
            continue
        for found in _walk(Path(given)):
            if isinstance(found, Issue):
                yield found
                continue
            try:
                status = found.stat()
            except OSError as fault:
                yield unreadable(str(found), fault)
                continue
            if (status.st_dev, status.st_ino) not in seen:
                seen.add((status.st_dev, status.st_ino))
                yield found, str(found)


def _walk(path: Path) -> Iterator[Path | Issue]:
    try:
        is_folder, is_there = path.is_dir(), path.exists() or path.is_symlink()
    except OSError as fault:  # a folder above it is closed to us, or the name is too long
        yield unreadable(str(path), fault)
        return
    if not is_folder:
        if is_there:
            yield path
        else:
            yield Issue(
                source=str(path),
                place="",
                reason="there is no such file or folder",
                next_step="Check the spelling.",
                severity="incomplete",
            )
        return
    problems: list[Issue] = []
    for folder, folders, files in os.walk(path, onerror=lambda fault: problems.append(unreadable(str(path), fault))):
        folders.sort()
        for name in sorted(files):
            yield Path(folder, name)
    yield from problems


def unreadable(name: str, fault: OSError) -> Issue:
    """An issue for a file or folder that the system will not give us."""
    what = "a folder in it" if fault.filename and str(fault.filename) != name else "it"
    if isinstance(fault, PermissionError):
        reason = f"{what} may not be read by this user"
    elif isinstance(fault, FileNotFoundError):
        reason = f"{what} is not there any more"
    else:
        reason = f"{what} cannot be read: {fault.strerror or 'no reason given'}"
    return Issue(
        source=name,
        place="" if what == "it" else str(fault.filename),
        reason=reason,
        next_step="Give read permission, or leave it out.",
        severity="incomplete",
    )


def _keep_standard_input(scratch: Path) -> Path:
    """Readers look twice (recognise, then read), so a stream is kept in a file first."""
    with tempfile.NamedTemporaryFile(dir=scratch, prefix="stdin-", delete=False) as kept:
        shutil.copyfileobj(sys.stdin.buffer, kept)
    return Path(kept.name)


def recognise(path: Path, name: str, readers: Iterable[Reader]) -> Reader | Issue:
    """Ask the readers in their order whose format this is.

    A packed file is recognised by what is inside. Formats that are read from front to back are unpacked while they are
    read; for the others the reader that is answered unpacks to a temporary file first.

    Returns:
        The reader, or an `Issue` that says why the file is skipped.
    """
    try:
        if not path.is_file():
            return Issue(source=name, place="", reason="it is no regular file", next_step="Leave it out.")
        with path.open("rb") as stream:
            head = stream.read(HEAD_SIZE)
    except OSError as fault:
        return unreadable(name, fault)
    if not head:
        return Issue(
            source=name,
            place="",
            reason="the file is empty",
            next_step="Export it again if something should be in it.",
            severity="incomplete",
        )
    packing = packing_of(head)
    if not packing:
        found = next((reader for reader in readers if reader.recognise(head, name)), None)
        return found or Issue(source=name, place="", reason=_unknown_format(head), next_step=_known_formats(readers))
    if not can_unpack(packing):
        reason = f"it is compressed with {packing}, for which a package is not installed"
        return Issue(source=name, place="", reason=reason, next_step=f"{INSTALL_ZSTD}.", severity="incomplete")
    inside, known = plain_head(head, HEAD_SIZE), name
    for ending in (".gz", ".zst", ".zstd"):
        known = known.removesuffix(ending)
    if packing_of(inside):
        reason = "it is compressed twice, which is not read"
        return Issue(source=name, place="", reason=reason, next_step="Unpack it once.", severity="incomplete")
    for reader in readers if inside else ():
        if reader.recognise(inside, known):
            return reader if packing in reader.unpacks else _unpacking(reader, packing)
    what = _unknown_format(inside) if inside else "nothing in it can be unpacked"
    reason = f"it is compressed with {packing}, and inside: {what}" if inside else f"compressed with {packing}, {what}"
    return Issue(source=name, place="", reason=reason, next_step=_known_formats(readers))


def _unpacking(reader: Reader, packing: str) -> Reader:
    """A reader that unpacks the file to a temporary one before it reads."""

    def read(path: Path, source: Source, options: ReadOptions) -> Iterator[Item]:
        with _plain_copy(path, packing, source.name) as plain:
            whole = max(plain.stat().st_size, 1)

            def progress(done: int) -> None:
                options.progress(source.size * min(done, whole) // whole)

            yield from reader.read(plain, source, dataclasses.replace(options, progress=progress))

    def kind_of(path: Path, name: str) -> SourceKind:
        assert reader.kind_of is not None
        try:
            with _plain_copy(path, packing, name) as plain:
                return reader.kind_of(plain, name)
        except (SourceError, OSError):
            return reader.kind  # reading it will say what is wrong

    return dataclasses.replace(reader, read=read, kind_of=kind_of if reader.kind_of else None)


@contextlib.contextmanager
def _plain_copy(path: Path, packing: str, name: str) -> Iterator[Path]:
    """The file unpacked, as long as it is needed.

    Raises:
        SourceError: damaged, or too large when unpacked.
    """
    with tempfile.TemporaryDirectory(prefix="custodiet-") as folder:
        plain = Path(folder, "unpacked")
        size = 0
        try:
            with path.open("rb", buffering=0) as packed, plain.open("wb") as stream:
                for piece in unpacked(iter(lambda: packed.read(PIECE), b""), packing):
                    size += len(piece)
                    if size > MOST_UNPACKED:
                        raise Packed(f"unpacked it is larger than {MOST_UNPACKED >> 30} GiB")
                    stream.write(piece)
        except Packed as why:
            raise SourceError(str(why), place=name, next_step=_UNPACK) from why
        yield plain


def _unknown_format(head: bytes) -> str:
    for magic, what in _FAMILIAR:
        if head.startswith(magic):
            return f"it is {what}, which this version does not read"
    return "its format is not one that this version reads"


_FAMILIAR = [
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3", "a database"),
]


def _known_formats(readers: Iterable[Reader]) -> str:
    return "Formats that are read: " + ", ".join(dict.fromkeys(reader.title for reader in readers)) + "."


def make_source(
    path: Path, name: str, reader: Reader, columns: Mapping[str, str] | None = None, *, zone: str = ""
) -> Source:
    """The `Source` of a file: its hash makes its id, with what the user said on how to read it.

    That is corrections of headings for tables, and the time zone for logs that do not name theirs.

    Raises:
        OSError: the file cannot be read to its end.
    """
    digest = hashlib.sha256()
    size = 0
    buffer = bytearray(1 << 20)
    view = memoryview(buffer)
    with path.open("rb", buffering=0) as stream:
        while number := stream.readinto(buffer):
            digest.update(view[:number])
            size += number
    kind = reader.kind_of(path, name) if reader.kind_of else reader.kind
    sha256 = digest.hexdigest()
    identity = f"src-{sha256[:16]}"
    corrected = dict(sorted(columns.items())) if columns and reader.fields else {}
    if zone and reader.zoned:
        corrected["zone"] = zone
    if corrected:
        identity += content_id("", *(part for pair in corrected.items() for part in pair))[:6]
    at, by = reader.collected(path) if reader.collected else (None, None)
    return Source(
        id=identity,
        kind=kind,
        format=reader.id,
        name=name,
        sha256=sha256,
        size=size,
        read_with=corrected,
        collected_at=at,
        collected_by=by,
    )
