"""Listening on an interface for an hour or for weeks, without sending anything.

The capture runs in a process of its own (`child`), which hands over blocks of frames through a pipe. One thread here
puts them into files; the caller's thread takes finished files, one after another, and hands them over. Nothing grows:
the ring, the pipe, the file being written and the number of files that wait are bounded. Who is too slow loses frames
in the kernel, which counts them, and nowhere else.
"""

from __future__ import annotations

import contextlib
import queue
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from custodiet.probes.sensor import child as wire
from custodiet.probes.sensor import rights
from custodiet.probes.sensor.filter import Keep, build_filter
from custodiet.probes.sensor.ring import Records, records
from custodiet.probes.sensor.spool import Spool
from custodiet.probes.sensor.start import BLOCK, LOOPBACK, close, fill, link_of, start

_EVERYTHING: Keep = "all"
_LOOK = 0.2
"""Seconds between two looks whether we shall stop."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much is held at most."""

    seconds: float = 900.0
    """A file is handed over after this time."""
    size: int = 64 << 20
    """Or when it has this many bytes."""
    waiting: int = 4
    """Files that wait to be taken; with more, frames wait in the ring, and are then lost and counted."""
    ring: int = 32 << 20
    """Bytes of the ring in the kernel."""


class Stats(msgspec.Struct, frozen=True, kw_only=True):
    """What was heard and what was not."""

    since: float
    """Seconds since 1970 UTC."""
    until: float
    seen: int = 0
    """Frames that came by on the interface."""
    passed: int = 0
    """Frames that the filter in the kernel passed."""
    kept: int = 0
    """Frames that were put into files."""
    lost: int = 0
    """Frames that the filter passed and nobody had room for, as the kernel counted them, and those that could not be
    written."""
    full: int = 0
    """How often the ring was full."""
    bytes: int = 0
    """Bytes that were put into files."""
    trouble: str = ""
    """What went wrong lately, in words; empty when nothing did."""

    @property
    def left_out(self) -> int:
        """Frames that the filter did not pass, since they say nothing of a device."""
        return max(self.seen - self.passed, 0)

    @property
    def unaccounted(self) -> int:
        """Frames of which nobody knows; exact once listening has ended, before that some are on their way."""
        return self.passed - self.kept - self.lost

    def __sub__(self, before: Stats) -> Stats:
        """What came since an earlier moment."""
        names = ("seen", "passed", "kept", "lost", "full", "bytes")
        counts = {name: getattr(self, name) - getattr(before, name) for name in names}
        return msgspec.structs.replace(self, since=before.until, **counts)


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """A file of what was heard; the next one is handed over when this was taken."""

    path: Path
    """A capture in pcap format; it is removed when it was taken, unless whoever takes it moves it away."""
    interface: str
    stats: Stats | None
    """Of this stretch of time; none where it was left behind by a process that died."""
    keep: Keep | None
    """What the filter passed; none where that is not known any more."""


def listen(
    interface: str,
    *,
    folder: Path,
    batches: Callable[[Batch], None],
    stop: threading.Event,
    seconds: float | None = None,
    keep: Keep = "words",
    limits: Limits | None = None,
    progress: Callable[[Stats], None] = lambda _stats: None,
    promiscuous: bool = True,
    give_up_rights: bool = False,
) -> Stats:
    """Listen until the time is over, or until we shall stop, or until the interface goes away.

    Args:
        interface: its name.
        folder: where files are kept until they are taken; what was left there is handed over first.
        batches: takes a file; called in this thread. What it raises ends the listening, and the file stays.
        stop: set by whoever wants it to end in order.
        seconds: how long; none: until told to stop.
        keep: what the filter passes.
        limits: how much is held at most.
        progress: told several times a second how it stands.
        promiscuous: hear also what is not addressed to this machine, as on a mirror port.
        give_up_rights: this whole process gives up its rights for good as soon as the other one captures.

    Returns:
        What was heard in all; ``trouble`` says where it ended early.

    Raises:
        UsageError: no such interface, no right to capture, or no folder to write.
    """
    limits = limits or Limits()
    link, kind = link_of(interface)
    programs = [build_filter(which, link, skip_outgoing=kind == LOOPBACK) for which in (keep, _EVERYTHING)]
    capture = start(interface, programs, limits.ring, promiscuous)
    spool, intake = None, None
    try:
        if give_up_rights:
            rights.give_up(*(rights.who_asked() or (None, None)))
        spool = Spool(folder, interface, link)
        waiting = [Batch(path=path, interface=interface, stats=None, keep=None) for path in spool.left_behind()]
        intake = _Intake(capture, spool, link, limits, interface, keep)
        intake.start()
        until = None if seconds is None else time.monotonic() + seconds
        _hand_over(intake, waiting, batches, stop, until, progress)
    finally:
        _end(capture, intake)
        if spool is not None:
            spool.close()
    progress(intake.stats)
    return intake.stats


def _hand_over(
    intake: _Intake,
    waiting: list[Batch],
    batches: Callable[[Batch], None],
    stop: threading.Event,
    until: float | None,
    progress: Callable[[Stats], None],
) -> None:
    while True:
        if stop.is_set() or (until is not None and time.monotonic() >= until):
            intake.finish()
        try:
            batch = waiting.pop(0) if waiting else intake.ready.get(timeout=_LOOK)
        except queue.Empty:
            progress(intake.stats)
            continue
        if batch is None:
            return
        batches(batch)
        batch.path.unlink(missing_ok=True)
        progress(intake.stats)


class _Intake(threading.Thread):
    """Puts what the child hands over into files.

    Args:
        capture: the child.
        spool: where files are.
        link: link type of the frames.
        limits: when a file is full, and how many may wait.
        interface: its name.
        keep: what the filter passes.
    """

    def __init__(
        self,
        capture: subprocess.Popen[bytes],
        spool: Spool,
        link: int,
        limits: Limits,
        interface: str,
        keep: Keep,
    ) -> None:
        super().__init__(name="sensor", daemon=True)
        now = time.time()
        self.stats = Stats(since=now, until=now)
        self.ready: queue.Queue[Batch | None] = queue.Queue(limits.waiting)
        self.abandoned = False
        """Nobody takes files any more."""
        self._capture, self._spool, self._link, self._limits = capture, spool, link, limits
        self._interface, self._keep = interface, keep
        self._rotated = time.monotonic()
        self._handed = self.stats
        self._lost = self._unwritten = 0
        self._reason = ""

    def finish(self) -> None:
        """The child shall hand over what it has, and end."""
        if self._capture.stdin and not self._capture.stdin.closed:
            self._capture.stdin.close()

    def run(self) -> None:
        """Until the child ends."""
        try:
            self._take()
        except OSError as fault:
            self._trouble(f"what was heard could not be kept ({fault.strerror or fault})")
        if not self._reason:
            self._trouble("the process that captures ended unexpectedly")
        elif self._reason == "gone":
            self._trouble(f"the interface {self._interface} is not there any more")
        try:
            self._rotate()
        finally:
            self._put(None)

    def _take(self) -> None:
        output = self._capture.stdout
        assert output is not None
        memory = memoryview(bytearray(BLOCK))
        head = memory[: wire.HEAD.size]
        while fill(output, head):
            kind, size = wire.HEAD.unpack(head)
            if size > len(memory) or not fill(output, memory[:size]):
                return
            if kind == wire.BLOCK:
                self._add(records(memory[:size], self._link))
            elif kind == wire.COUNTED:
                self._count(*wire.COUNTS.unpack(memory[:size]))
            elif kind == wire.STATE:
                self._trouble("" if bytes(memory[:size]) == b"up" else f"the interface {self._interface} is down")
            elif kind == wire.ENDED:
                self._reason = bytes(memory[:size]).decode()
            due = time.monotonic() - self._rotated >= self._limits.seconds
            if due or self._spool.size >= self._limits.size:
                self._rotate()

    def _add(self, found: Records) -> None:
        if found.broken:
            self._unwritten += found.broken
            self._trouble("frames were cut on their way to us")
        if not found.frames:
            return
        try:
            self._spool.add(found, time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(found.first)))
        except OSError as fault:
            self._unwritten += found.frames
            self._change(lost=self._lost + self._unwritten)
            self._trouble(f"what was heard could not be written ({fault.strerror or fault})")
            return
        self._change(kept=self.stats.kept + found.frames, bytes=self.stats.bytes + found.size, until=found.last)

    def _count(self, seen: int, passed: int, lost: int, full: int) -> None:
        self._lost = lost
        self._change(seen=seen, passed=passed, lost=lost + self._unwritten, full=full, until=time.time())

    def _trouble(self, words: str) -> None:
        self._change(trouble=words)

    def _change(self, **fields: object) -> None:
        self.stats = msgspec.structs.replace(self.stats, **fields)  # whole, so that other threads see no half of it

    def _rotate(self) -> None:
        self._rotated = time.monotonic()
        path = self._spool.rotate()
        if path is None:
            return
        part, self._handed = self.stats - self._handed, self.stats
        self._put(Batch(path=path, interface=self._interface, stats=part, keep=self._keep))

    def _put(self, batch: Batch | None) -> None:
        while not self.abandoned:
            with contextlib.suppress(queue.Full):
                self.ready.put(batch, timeout=_LOOK)
                return


def _end(capture: subprocess.Popen[bytes], intake: _Intake | None) -> None:
    """Leave nothing behind: neither process nor thread."""
    if intake is not None and intake.ident is not None:
        intake.abandoned = True
    if capture.stdin and not capture.stdin.closed:
        capture.stdin.close()
    if capture.poll() is None and (intake is None or intake.is_alive()):
        capture.kill()
    if intake is not None and intake.ident is not None:
        intake.join()
    close(capture)
