"""The short files of a sensor joined to one of a quarter of an hour, which then goes into the case as one source.

News need files of seconds, and a case that is to last for weeks needs few sources. What is joined is on the disk at
once: what a process that died left behind is found again, and read when watching begins anew.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from custodiet.errors import UsageError
from custodiet.probes.sensor.listen import Batch, Stats

LONGEST = 900.0
"""Seconds."""
LARGEST = 64 << 20
"""Bytes."""
_HEAD = 24
"""Bytes before the first packet of a capture file."""


class Stretch:
    """One file being joined.

    Args:
        folder: where; made where it is missing.
        interface: begins its name.

    Raises:
        UsageError: somebody else joins files there, or it cannot be written.
    """

    def __init__(self, folder: Path, interface: str) -> None:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as fault:
            raise UsageError(
                f"what is heard cannot be kept there ({fault.strerror})", place=str(folder),
                next_step="Put the case into a folder that this user may write.",
            ) from fault  # fmt: skip
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            os.close(self._lock)
            raise UsageError(
                "somebody else watches with this case", place=str(folder), next_step="Use another case."
            ) from fault
        self._folder, self._interface = folder, interface
        self._path: Path | None = None
        self._begun = 0.0
        self._size = 0
        self._stats: Stats | None = None
        self.packets = 0
        """Packets in it so far."""

    def left_behind(self) -> Iterator[Batch]:
        """What an earlier process left, oldest first."""
        for path in sorted(self._folder.glob("*.pcap")):
            if path != self._path:
                yield Batch(path=path, interface=self._interface, stats=None, keep=None)

    def name(self, batch: Batch) -> str:
        """The name that the source will have into which this file is joined."""
        return f"{self._interface}, {(self._path or self._named(batch)).stem}"

    def add(self, batch: Batch, packets: int, now: float) -> None:
        """Join a file.

        Args:
            batch: the file.
            packets: how many are in it.
            now: seconds of a clock that only goes forward.

        Raises:
            OSError: the disk is full.
        """
        data = batch.path.read_bytes()
        if self._path is None:
            self._path, self._begun, self._size, self._stats = self._named(batch), now, 0, None
        with self._path.open("ab") as file:
            file.write(data if not self._size else data[_HEAD:])
            file.flush()
            os.fsync(file.fileno())
        self._size += len(data)
        self.packets += packets
        self._stats = _joined(self._stats, batch.stats)

    def due(self, now: float) -> bool:
        """Whether it is long or large enough to go into the case."""
        return self._path is not None and (now - self._begun >= LONGEST or self._size >= LARGEST)

    def end(self) -> Batch | None:
        """The file, which is whole now; none where nothing was joined."""
        path, self._path, self.packets = self._path, None, 0
        if path is None:
            return None
        return Batch(path=path, interface=self._interface, stats=self._stats, keep="flows")

    def close(self) -> None:
        """Give the folder free."""
        os.close(self._lock)

    def _named(self, batch: Batch) -> Path:
        return self._folder / f"{batch.path.stem}.pcap"


def _joined(one: Stats | None, other: Stats | None) -> Stats | None:
    if one is None or other is None:
        return one or other
    names = ("seen", "passed", "kept", "lost", "full", "bytes")
    counts = {name: getattr(one, name) + getattr(other, name) for name in names}
    return msgspec.structs.replace(other, since=one.since, trouble=other.trouble or one.trouble, **counts)
