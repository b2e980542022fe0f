"""Small files in the folder of a server that say who works there and what was kept of it, for `doctor`."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import msgspec

T = TypeVar("T")

SERVING, WORKER, BACKUP = "serving.json", "worker.alive", "last-backup.json"
NAMES = (SERVING, WORKER, BACKUP)
"""They say something of this folder on this machine, and are in no backup."""


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
    """Note that this process serves."""
    _write(folder / SERVING, Serving(host=host, port=port, process=os.getpid(), since=datetime.now(UTC)))


def ended(folder: Path) -> None:
    """Note that nobody serves any more."""
    (folder / SERVING).unlink(missing_ok=True)


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


def who_serves(folder: Path) -> Serving | None:
    """The server that is at work on this machine; none where its process is gone."""
    told = _read(folder / SERVING, Serving)
    if told is None:
        return None
    try:
        os.kill(told.process, 0)
    except ProcessLookupError:
        return None
    except PermissionError:  # there is one, and it is somebody else's
        pass
    return told


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
