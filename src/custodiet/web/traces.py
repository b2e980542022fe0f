"""Small files in the folder of a server that say who works there and what was kept of it, for `doctor`."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TypeVar

import msgspec

T = TypeVar("T")

SERVING, WORKER, BACKUP = "serving.{process}.json", "worker.alive", "last-backup.json"
_OF_SERVERS = "serving.*json"
"""Those of all servers; an earlier version wrote one for all."""


class Serving(msgspec.Struct, frozen=True, kw_only=True):
    """The server that is at work."""

    host: str
    """On which it listens."""
    port: int
    process: int
    since: datetime


class Backup(msgspec.Struct, frozen=True, kw_only=True):
    """The last backup."""

    at: datetime
    to: str
    """The file, as it was named."""


def serving(folder: Path, host: str, port: int) -> None:
    """Note that this process serves; what others left that are gone is taken out."""
    for path in folder.glob(_OF_SERVERS):
        told = _read(path, Serving)
        if told is None or not _runs(told.process):
            path.unlink(missing_ok=True)
    told = Serving(host=host, port=port, process=os.getpid(), since=datetime.now(UTC))
    _write(folder / SERVING.format(process=told.process), told)


def ended(folder: Path) -> None:
    """Note that this process serves no more."""
    (folder / SERVING.format(process=os.getpid())).unlink(missing_ok=True)


def is_one(name: str) -> bool:
    """Whether a file of the folder is one of these: they say something of this machine, and are in no backup."""
    return name in (WORKER, BACKUP) or fnmatchcase(name, _OF_SERVERS)


def backed_up(folder: Path, out: Path, at: datetime) -> None:
    """Note a backup."""
    _write(folder / BACKUP, Backup(at=at, to=str(out)))


def restored(folder: Path, backup: Path, made: str) -> None:
    """Note the backup of which a folder is made: it is the last one of what stands there.

    Args:
        folder: that was restored.
        backup: of which.
        made: ISO 8601 moment when that was made.
    """
    backed_up(folder, backup, datetime.fromisoformat(made))


def who_serve(folder: Path) -> tuple[Serving, ...]:
    """The servers that are at work on this machine, by port; not those whose process is gone."""
    found = (_read(path, Serving) for path in folder.glob(_OF_SERVERS))
    return tuple(sorted((told for told in found if told and _runs(told.process)), key=lambda told: told.port))


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # there is one, and it is somebody else's
        return True
    return True


def last_backup(folder: Path) -> Backup | None:
    """The last backup that was made of this folder."""
    return _read(folder / BACKUP, Backup)


def _write(path: Path, told: msgspec.Struct) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_bytes(msgspec.json.encode(told))
    part.chmod(0o600)
    part.replace(path)


def _read(path: Path, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError):
        return None
