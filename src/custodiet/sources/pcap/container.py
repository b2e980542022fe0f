"""A capture file, whichever of the two formats it has, as windows of packets."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

from custodiet.errors import SourceError
from custodiet.sources.pcap import ng, plain
from custodiet.sources.pcap.window import GZIP_MAGIC, Damage, Memory, Window


class Container:
    """A capture file that is read once.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self.damage: list[Damage] = []
        """What could not be read, once the last window was given."""
        self.packets = 0
        """How many packets were read so far."""
        self.done = 0
        """Bytes of the file read so far."""
        self._lost: dict[int, int] = {}
        self._path = path

    @property
    def lost(self) -> int:
        """How many packets whoever captured says were lost, as far as the file was read."""
        return sum(self._lost.values())

    def windows(self) -> Iterator[Window]:
        """Read the file.

        Yields:
            Windows of packets in file order; the arrays of one are overwritten by the next.

        Raises:
            SourceError: the file is no capture that we know, or cannot be read.
        """
        try:
            with self._path.open("rb") as file:
                memory = Memory(file)
                for window in self._packets(memory):
                    self.packets += len(window.start)
                    self.done = memory.done
                    yield window
                if memory.damage is not None:
                    self._report(self.packets, *memory.damage)
        except OSError as error:
            raise SourceError(
                f"the file cannot be read ({error.strerror or error})",
                place=str(self._path),
                next_step="Check that it exists and that you may read it.",
            ) from error

    def _packets(self, memory: Memory) -> Iterator[Window]:
        magic = memory.array[: min(memory.end, 4)].tobytes()
        if magic in plain.MAGIC:
            return plain.read_pcap(memory, self._report)
        if magic == ng.MAGIC:
            return ng.read_pcapng(memory, self._report, self._lost)
        if memory.damage is not None:
            reason, next_step = memory.damage
            raise SourceError(reason, place=self._path.name, next_step=next_step)
        raise SourceError(
            "this is no pcap or pcapng capture",
            place=self._path.name,
            next_step="Convert it with 'editcap -F pcapng IN OUT', or check that the right file was given.",
        )

    def _report(self, packets: int, reason: str, next_step: str) -> None:
        self.damage.append(Damage(packets + 1, reason, next_step))


def is_capture(head: bytes) -> bool:
    """Do these first bytes begin a capture that we read, packed with gzip or not?"""
    if head[:2] == GZIP_MAGIC:
        try:
            head = zlib.decompressobj(31).decompress(head, 4)
        except zlib.error:
            return False
    return head[:4] in plain.MAGIC or head[:4] == ng.MAGIC
