"""The loaded catalog kept on disk between two runs, since reading hundreds of YAML files costs half a second.

The file may be deleted at any time, is written whole or not at all, and is ignored when it is unreadable or of another
catalog: the key holds name, size and time of change of every file, and the shape of every record.

Beside it stand compiled expressions. They go to native code, so they are only taken from a file of this user that
nobody else can write to, and only when the checksum in it is right.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

import msgspec

from custodiet import __version__
from custodiet.catalog.contents import Catalog


class _Stored(msgspec.Struct, frozen=True):
    """What the cache file holds."""

    key: str
    """Of what it was made, see `key_of`."""
    catalog: Catalog


def key_of(folders: Sequence[Path], files: Sequence[Sequence[Path]], strict: bool) -> str:
    """A hash that changes whenever a file is added, removed or changed, or a record gets another shape."""
    digest = hashlib.sha256(f"{__version__}\x1f{strict}\x1f{_shape_of(_Stored)}".encode())
    for folder, paths in zip(folders, files, strict=True):
        digest.update(f"\x1e{folder.resolve()}".encode("utf-8", "surrogateescape"))
        for path in paths:
            state = path.stat()
            line = f"\x1f{path}\x1f{state.st_size}\x1f{state.st_mtime_ns}"
            digest.update(line.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def fetch(folders: Sequence[Path], key: str) -> Catalog | None:
    """The kept catalog, or nothing where there is none of this key that can be read."""
    try:
        stored = msgspec.msgpack.decode(_file_for(folders).read_bytes(), type=_Stored)
    except (OSError, ValueError, RecursionError, RuntimeError):  # RuntimeError: no home directory
        return None
    return stored.catalog if stored.key == key else None


def keep(folders: Sequence[Path], key: str, catalog: Catalog) -> None:
    """Write the catalog for the next run; a folder that cannot be written to only costs the time of reading again."""
    with suppress(OSError, RuntimeError):
        _replace(_file_for(folders), msgspec.msgpack.encode(_Stored(key=key, catalog=catalog)))


MOST_KEPT = 200
"""Files of one kind that are kept, the newest ones: a changed catalog leaves its old ones behind."""

LARGEST_KEPT = 256 * 2**20
"""Bytes of one kept file; more is not read."""


def fetch_bytes(kind: str, key: str) -> bytes | None:
    """What was kept under a kind and key; nothing where there is none, or where another hand may have been at it."""
    try:
        handle = os.open(_file_of(kind, key), os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as file:
            found = os.fstat(handle)
            if not (_own(found) and _own(_folder().stat()) and found.st_size <= LARGEST_KEPT):
                return None
            content = file.read(found.st_size)
    except (OSError, RuntimeError):
        return None
    checksum, kept = content[:32], content[32:]
    return kept if checksum == _checksum(key, kept) else None


def keep_bytes(kind: str, key: str, content: bytes) -> None:
    """Keep bytes for the next run, and of their kind only the newest `MOST_KEPT`."""
    with suppress(OSError, RuntimeError):
        _replace(_file_of(kind, key), _checksum(key, content) + content)
        kept = sorted((file.stat().st_mtime_ns, file) for file in _folder().glob(f"{kind}-*.bin"))
        for _, file in kept[:-MOST_KEPT]:
            file.unlink(missing_ok=True)


def _checksum(key: str, content: bytes) -> bytes:
    return hashlib.sha256(key.encode() + content).digest()


def _own(found: os.stat_result) -> bool:
    """Whether something is this user's, and nobody else may write to it."""
    who = getattr(os, "geteuid", None)
    return who is not None and found.st_uid == who() and not stat.S_IMODE(found.st_mode) & 0o022


def _replace(target: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".part-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base else Path.home() / ".cache") / "custodiet"


def _file_of(kind: str, key: str) -> Path:
    return _folder() / f"{kind}-{key[:32]}.bin"


def _file_for(folders: Sequence[Path]) -> Path:
    """One file for each set of folders, so that the cache does not grow with every change."""
    names = "\x1f".join(str(folder.resolve()) for folder in folders)
    name = hashlib.sha256(names.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return _folder() / f"catalog-{name}.msgpack"


def _shape_of(stored: type[msgspec.Struct]) -> str:
    """The fields of every record type, so that a cache of an older program is not read with a newer one."""

    def walk(kind: Any) -> Iterator[str]:
        for part in getattr(kind, "__args__", ()):
            yield from walk(part)
        if isinstance(kind, type) and kind not in seen and (issubclass(kind, msgspec.Struct) or is_dataclass(kind)):
            seen.add(kind)
            for name, shape in get_type_hints(kind).items():
                yield f"{kind.__name__}.{name}:{shape}"
                yield from walk(shape)

    seen: set[type] = set()
    return "\n".join(walk(stored))
