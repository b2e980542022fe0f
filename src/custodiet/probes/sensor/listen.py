"""Listening on an interface for an hour or for weeks, without sending anything.

The capture runs in a process of its own (`child`), which hands over blocks of frames through a pipe. One thread here
puts them into files; the caller's thread takes finished files, one after another, and hands them over. Nothing grows:
the ring, the pipe, the file being written and the number of files that wait are bounded. Who is too slow loses frames
in the kernel, which counts them, and nowhere else.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import queue
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import msgspec

from custodiet.errors import UsageError
from custodiet.probes.sensor import child as wire
from custodiet.probes.sensor import rights
from custodiet.probes.sensor.filter import Keep, build_filter
from custodiet.probes.sensor.ring import Records, records
from custodiet.probes.sensor.spool import Spool
from custodiet.wire.link import LINK_ETHERNET

_LOOPBACK = 772
_LINKS = {1: LINK_ETHERNET, _LOOPBACK: LINK_ETHERNET, 512: 101, 65534: 101}
"""Kinds of interfaces as Linux numbers them -> link type of their frames: Ethernet, or IP alone (tunnels)."""
_EVERYTHING: Keep = "all"
_BLOCK = 1 << 20
_RETIRE = 100
"""Milliseconds after which a block is handed over that is not full."""
_LOOK = 0.2
"""Seconds between two looks whether we shall stop."""
_NO_RIGHT = (1, 13)
_NO_INTERFACE = (6, 19)


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
    link, kind = _link_of(interface)
    programs = [build_filter(which, link, skip_outgoing=kind == _LOOPBACK) for which in (keep, _EVERYTHING)]
    capture = _start(interface, programs, limits.ring, promiscuous)
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
        memory = memoryview(bytearray(_BLOCK))
        head = memory[: wire.HEAD.size]
        while _fill(output, head):
            kind, size = wire.HEAD.unpack(head)
            if size > len(memory) or not _fill(output, memory[:size]):
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


def _fill(output: IO[bytes], memory: memoryview) -> bool:
    """Read exactly as much as fits; False at the end."""
    while memory:
        got = output.readinto(memory)  # type: ignore[attr-defined]
        if not got:
            return False
        memory = memory[got:]
    return True


def _link_of(interface: str) -> tuple[int, int]:
    """The link type of an interface, and its kind as Linux numbers it."""
    names = ", ".join(name for _index, name in socket.if_nameindex())
    try:
        name = struct.pack("16s24x", interface.encode() if len(interface) < 16 else b"")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
            kind: int = struct.unpack_from("=H", fcntl.ioctl(any_socket, 0x8927, name), 16)[0]
    except OSError as fault:
        raise UsageError(
            "there is no such interface", place=interface[:40], next_step=f"Name one of these: {names}."
        ) from fault
    if kind not in _LINKS:
        raise UsageError(
            f"frames of this kind of interface (number {kind}) are not read",
            place=interface,
            next_step=f"Name one of Ethernet; there are: {names}.",
        )
    return _LINKS[kind], kind


def _start(interface: str, programs: list[bytes], ring: int, promiscuous: bool) -> subprocess.Popen[bytes]:
    """Start the process that captures; it captures when this returns."""
    order: dict[str, object] = {
        "interface": interface,
        "filter": programs[0].hex(),
        "counted": programs[1].hex(),
        "block": _BLOCK,
        "blocks": max(ring // _BLOCK, 2),
        "retire": _RETIRE,
        "promiscuous": promiscuous,
    }
    with tempfile.TemporaryFile() as said:
        capture = subprocess.Popen(
            [sys.executable, "-P", "-m", "custodiet.probes.sensor.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            bufsize=0,
            pipesize=_BLOCK,
        )
        kind, data = _answer(capture, order)
        if kind == wire.READY:
            return capture
        _end(capture, None)
        said.seek(0)
        last = said.read()[-4000:].decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
    words: object
    number, words = json.loads(data) if kind == wire.FAILED else (0, last or "the process that captures did not start")
    raise _cannot(interface, number, str(words))


def _answer(capture: subprocess.Popen[bytes], order: dict[str, object]) -> tuple[bytes, bytes]:
    """Tell the child what to do; returns the first thing it says."""
    assert capture.stdin is not None and capture.stdout is not None
    with contextlib.suppress(OSError):
        capture.stdin.write(json.dumps(order).encode() + b"\n")
        head = bytearray(wire.HEAD.size)
        if _fill(capture.stdout, memoryview(head)):
            kind, size = wire.HEAD.unpack(head)
            data = bytearray(min(size, 4096))
            _fill(capture.stdout, memoryview(data))
            return kind, bytes(data)
    return b"", b""


def _cannot(interface: str, number: int, words: str) -> UsageError:
    if number in _NO_RIGHT:
        return UsageError(
            "this user may not capture, so nothing is learned from devices that speak unasked (ARP, DHCP, mDNS, SADP, "
            "names in TLS and DNS)",
            place=interface,
            next_step=f"Run it with sudo, or give the right to this Python: sudo setcap cap_net_raw+ep {_python()} "
            "(every program that it runs then has it).",
        )
    if number in _NO_INTERFACE:
        return UsageError("the interface is not there any more", place=interface, next_step="Look whether it is up.")
    return UsageError(f"capturing could not begin ({words})", place=interface, next_step="Try a smaller ring.")


def _python() -> str:
    return str(Path(sys.executable).resolve())


def _end(capture: subprocess.Popen[bytes], intake: _Intake | None) -> None:
    """Leave nothing behind: neither process nor thread."""
    if intake is not None and intake.ident is not None:
        intake.abandoned = True
    if capture.stdin and not capture.stdin.closed:
        capture.stdin.close()
    if capture.poll() is None and (intake is None or intake.is_alive()):
        capture.kill()
    capture.wait()
    if intake is not None and intake.ident is not None:
        intake.join()
    if capture.stdout:
        capture.stdout.close()
