"""Files of what was heard: one is being written, those before it wait to be taken, and all together are bounded.

What is written is in the file at once, so that nothing of it is lost when this process dies. A file that was not taken
by then is found and handed over when listening begins again. The same file gives the same source, so what the case
has already is not read twice.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from pathlib import Path

from custodiet.errors import UsageError
from custodiet.probes.sensor.ring import Records, capture_head

_BEING_WRITTEN = ".part"
_SAFE = re.compile(r"[^A-Za-z0-9_.-]")
HEAD_SIZE = 24


class Spool:
    """A folder of capture files of one interface.

    Args:
        folder: made where it is missing; nobody else may look into it.
        interface: begins the file names.
        link: link type of the frames.

    Raises:
        UsageError: another sensor writes there, or it cannot be written.
    """

    def __init__(self, folder: Path, interface: str, link: int) -> None:
        self._folder, self._link = folder, link
        self._name = _SAFE.sub("_", interface)
        self._file = -1
        self._path = folder
        self.size = 0
        """Bytes in the file that is being written."""
        self.written = 0
        """Files so far."""
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as fault:
            raise UsageError(
                f"what is heard cannot be kept there ({fault.strerror})",
                place=str(folder),
                next_step="Name a folder that this user may write.",
            ) from fault
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            os.close(self._lock)
            raise UsageError(
                "another sensor keeps what it hears there", place=str(folder), next_step="Name another folder."
            ) from fault

    def left_behind(self) -> list[Path]:
        """Files of an earlier time that nobody took, oldest first."""
        found = sorted(path for path in self._folder.glob("*.pcap*") if path.suffix in (".pcap", _BEING_WRITTEN))
        return [self._end(path) if path.suffix == _BEING_WRITTEN else path for path in found]

    def add(self, records: Records, stamp: str) -> None:
        """Write records; begins a file, named by ``stamp``, where none is open.

        Raises:
            OSError: the disk is full; the file then ends before these records.
        """
        if self._file < 0:
            self._begin(stamp)
        before = self.size
        try:
            for group in _groups(records.pieces):
                self.size += os.writev(self._file, group)
            if self.size != before + records.size:
                raise OSError(28, "the disk is full")
        except OSError:
            os.ftruncate(self._file, before)
            os.lseek(self._file, before, os.SEEK_SET)
            self.size = before
            raise

    def _begin(self, stamp: str) -> None:
        self._path = self._folder / f"{self._name}-{stamp}-{self.written:06}.pcap{_BEING_WRITTEN}"
        self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            self.size = os.write(self._file, capture_head(self._link))
        except OSError:
            os.close(self._file)
            self._file = -1
            self._path.unlink()
            raise
        self.written += 1

    def rotate(self) -> Path | None:
        """Close the file that is being written; none where nothing was heard."""
        if self._file < 0:
            return None
        empty = self.size <= HEAD_SIZE
        if not empty:
            os.fsync(self._file)
        os.close(self._file)
        self._file, self.size = -1, 0
        if empty:
            self._path.unlink()
            return None
        return self._end(self._path)

    def _end(self, path: Path) -> Path:
        return path.rename(path.with_suffix(""))

    def close(self) -> None:
        """Give the folder free."""
        self.rotate()
        os.close(self._lock)


def _groups(pieces: list[memoryview | bytes]) -> Iterator[list[memoryview | bytes]]:
    """As many at a time as the system takes in one call."""
    for at in range(0, len(pieces), 1024):
        yield pieces[at : at + 1024]
