"""Where the files of a job stand until it is done: ``jobs/<number>/`` in the folder of the web application.

A file is kept under a number. What its owner called it is words, and never a path.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import msgspec

from custodiet.errors import UsageError
from custodiet.web.store.models import Job
from custodiet.web.uploads import Received

MOST_FILES = 50
"""Files of one job."""


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """A file that somebody brought in."""

    name: str
    """As they call it."""
    size: int
    sha256: str
    columns: dict[str, str] = {}
    """Heading -> field, where they corrected a guess."""


def folder_of(root: Path, job: int) -> Path:
    """The folder of a job; it need not be there."""
    return root / "jobs" / str(job)


def file_of(root: Path, job: int, place: int) -> Path:
    """One of its files, by its place from 0."""
    return folder_of(root, job) / "files" / str(place)


def size_of(root: Path, job: int) -> int:
    """Bytes of all its files."""
    return sum(path.stat().st_size for path in (folder_of(root, job) / "files").glob("*"))


def name_of(told: str) -> str:
    """What a browser calls a file, as words: the last part of a path, of bounded length."""
    last = told.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return "".join(char for char in last if char.isprintable())[-150:] or "file"


def keep(root: Path, job: int, place: int, name: str, pieces: Iterable[bytes]) -> Given:
    """Keep a file of a job, piece by piece.

    Raises:
        UsageError: the disk does not take it.
    """
    path = file_of(root, job, place)
    digest, size = hashlib.sha256(), 0
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
    except OSError as fault:
        raise _refused(root, job, name, fault) from fault
    return Given(name=name, size=size, sha256=digest.hexdigest())


def take(root: Path, job: int, place: int, name: str, file: Received) -> Given:
    """Keep a file that was sent, by giving it its place.

    Raises:
        UsageError: the disk does not take it.
    """
    path = file_of(root, job, place)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        Path(file.temporary_file_path()).replace(path)
    except OSError as fault:
        raise _refused(root, job, name, fault) from fault
    return Given(name=name, size=int(file.size), sha256=file.sha256)


def _refused(root: Path, job: int, name: str, fault: OSError) -> UsageError:
    discard(root, job)
    step = "Make room on the disk of the server, and bring it in again."
    return UsageError(f"the file cannot be kept: {fault.strerror}", place=name, next_step=step)


def discard(root: Path, job: int) -> None:
    """Take away all that a job had."""
    shutil.rmtree(folder_of(root, job), ignore_errors=True)


def tidy(root: Path) -> None:
    """Take away what jobs had that are done or not there any more; a worker may have died before it did so."""
    found = {int(path.name) for path in (root / "jobs").glob("*") if path.name.isdigit()}
    wanted = Job.objects.filter(id__in=found).exclude(state="done").values_list("id", flat=True)
    for id in found.difference(wanted):
        discard(root, id)
