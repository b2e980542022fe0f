"""The loaded catalog kept on disk between two runs, since reading hundreds of YAML files costs half a second.

The file may be deleted at any time, is written whole or not at all, and is ignored when it is unreadable or of another
catalog: the key holds name, size and time of change of every file, and the shape of every record.
"""

from __future__ import annotations

import hashlib
import os
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
    stored = _Stored(key=key, catalog=catalog)
    with suppress(OSError, RuntimeError):
        target = _file_for(folders)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".catalog-", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.msgpack.encode(stored))
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _file_for(folders: Sequence[Path]) -> Path:
    """One file for each set of folders, so that the cache does not grow with every change."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    cache = Path(base) if base else Path.home() / ".cache"
    names = "\x1f".join(str(folder.resolve()) for folder in folders)
    name = hashlib.sha256(names.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return cache / "custodiet" / f"catalog-{name}.msgpack"


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
