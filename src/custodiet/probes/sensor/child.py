"""The process that holds the right to capture, and nothing else.

It is told what to do in one line of JSON on standard input, opens its packet sockets, attaches the filter that it was
given, makes the ring, gives up every right (`rights`), and only then binds to the interface. From then on it copies
whole blocks of the ring to standard output and looks into no frame. Nothing in here writes to a socket.

Two sockets: one with the filter and a ring of blocks shared with the kernel (TPACKET_V3), which counts what passed and
what it had no room for; and one that is never read, has no room, and so costs nothing but counts every frame that came
by. What the filter left out is the difference.

When standard input is closed it refuses further frames, hands over what is in the ring, counts for the last time and
ends. When standard output is full it waits: the ring fills, and what is lost is counted by the kernel.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import json
import mmap
import os
import select
import signal
import socket
import struct
import sys
import time

from custodiet.probes.sensor import rights

HEAD = struct.Struct("=4sI")
"""Before everything on standard output: what it is, and how many bytes follow."""
COUNTS = struct.Struct("=QQQQ")
"""Frames that came by, that the filter passed, that were lost, and how often the ring was full; since the beginning."""
READY, BLOCK, COUNTED, STATE, ENDED, FAILED = b"REDY", b"BLCK", b"CNTS", b"STAT", b"ENDD", b"FAIL"

_ALL_PROTOCOLS = 3
_SOL_PACKET = 263
_ADD_MEMBERSHIP, _RX_RING, _STATISTICS, _VERSION = 1, 5, 6, 10
_PROMISCUOUS = 1
_TPACKET_V3 = 2
_ATTACH_FILTER = 26
_USER = 1
"""The block is ours to read."""
_OURS = struct.Struct("=I")
_STATUS_AT, _USED_AT = 8, 20
_FRAME = 2048
_COUNT_EVERY = 1.0
_WAIT = 0.2
_PARENT_DIED = 1  # PR_SET_PDEATHSIG


class Gone(Exception):
    """The interface is not there any more."""


def attach(listener: socket.socket, program: bytes) -> None:
    """Give a socket its filter; replaces the one it has."""
    held = ctypes.create_string_buffer(program, len(program))
    listener.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, struct.pack("HP", len(program) // 8, ctypes.addressof(held)))


def refuse_all() -> bytes:
    """The filter that passes nothing."""
    return struct.pack("=HBBI", 0x06, 0, 0, 0)


class Capture:
    """Both sockets, and the ring.

    Args:
        order: what the parent wants: ``interface``, ``filter``, ``counted`` (the filter of the other socket),
            ``block`` (bytes), ``blocks``, ``retire`` (ms), ``promiscuous``.

    Raises:
        OSError: no right, or no such interface.
    """

    def __init__(self, order: dict[str, object]) -> None:
        self._interface = str(order["interface"])
        self._index = socket.if_nametoindex(self._interface)
        self._size, self._blocks = int(str(order["block"])), int(str(order["blocks"]))
        self._listener = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self._counter = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self._counter.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 0)
        attach(self._counter, bytes.fromhex(str(order["counted"])))
        attach(self._listener, bytes.fromhex(str(order["filter"])))
        self._listener.setsockopt(_SOL_PACKET, _VERSION, _TPACKET_V3)
        shape = (self._size, self._blocks, _FRAME, self._size // _FRAME * self._blocks, int(str(order["retire"])), 0, 0)
        self._listener.setsockopt(_SOL_PACKET, _RX_RING, struct.pack("=7I", *shape))
        self._ring = memoryview(mmap.mmap(self._listener.fileno(), self._size * self._blocks))
        if order["promiscuous"]:
            membership = struct.pack("=iHH8s", self._index, _PROMISCUOUS, 0, b"")
            self._listener.setsockopt(_SOL_PACKET, _ADD_MEMBERSHIP, membership)
        self._next = 0
        self._counts = [0, 0, 0, 0]
        self.down = False

    def begin(self) -> None:
        """Frames may come from now on; needs no right any more."""
        self._counter.bind((self._interface, _ALL_PROTOCOLS))
        self._listener.bind((self._interface, _ALL_PROTOCOLS))

    def blocks(self) -> int:
        """Hand over every block that is ours, at most as many as the ring has; returns how many."""
        for done in range(self._blocks):
            at = self._next * self._size
            if not _OURS.unpack_from(self._ring, at + _STATUS_AT)[0] & _USER:
                return done
            used = _OURS.unpack_from(self._ring, at + _USED_AT)[0]
            send(BLOCK, self._ring[at : at + min(used, self._size)])
            _OURS.pack_into(self._ring, at + _STATUS_AT, 0)
            self._next = (self._next + 1) % self._blocks
        return self._blocks

    def wait(self, seconds: float) -> bool:
        """Until there is a block; False when we shall end.

        Raises:
            Gone: the interface went away.
        """
        poll = select.poll()
        poll.register(self._listener, select.POLLIN | select.POLLERR)
        poll.register(sys.stdin.fileno(), select.POLLIN | select.POLLHUP)
        for file, event in poll.poll(seconds * 1000):
            if file == sys.stdin.fileno():
                return bool(os.read(file, 100))
            if event & select.POLLERR:
                self._trouble()
        return True

    def _trouble(self) -> None:
        number = self._listener.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number in (0, errno.ENETDOWN):
            self._look()
        else:
            raise OSError(number, os.strerror(number))

    def _look(self) -> None:
        """Is the interface still there, and up? The kernel goes on by itself when it comes up again."""
        try:
            name = socket.if_indextoname(self._index)
        except OSError as fault:
            raise Gone from fault
        down = not _flags(self._counter, name) & 1
        if down != self.down:
            self.down = down
            send(STATE, b"down" if down else b"up")

    def count(self) -> None:
        """Hand over what the kernel counted; it begins anew each time it is asked."""
        passed, lost, full = struct.unpack("=3I", self._listener.getsockopt(_SOL_PACKET, _STATISTICS, 12))
        seen = struct.unpack("=2I", self._counter.getsockopt(_SOL_PACKET, _STATISTICS, 8))[0]
        for at, number in enumerate((seen, passed, lost, full)):
            self._counts[at] += number
        send(COUNTED, COUNTS.pack(*self._counts))
        self._look()

    def finish(self, retire: float) -> None:
        """Refuse further frames, and hand over what is there."""
        attach(self._listener, refuse_all())
        until = time.monotonic() + 3 * retire + 0.1
        while time.monotonic() < until:
            self.blocks()
            time.sleep(retire / 2)
        self.blocks()
        with contextlib.suppress(Gone):
            self.count()


def _flags(any_socket: socket.socket, name: str) -> int:
    request = struct.pack("16sH14x", name.encode(), 0)
    flags: int = struct.unpack_from("H", fcntl.ioctl(any_socket, 0x8913, request), 16)[0]
    return flags


def send(kind: bytes, data: bytes | memoryview) -> None:
    """Hand something to the parent; waits while it is busy."""
    output = sys.stdout.fileno()
    for piece in (memoryview(HEAD.pack(kind, len(data))), memoryview(data)):
        left = piece
        while left:
            left = left[os.write(output, left) :]


def main() -> None:
    """What the process does, from its first line to its end."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # meant for the parent, who ends us in order
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    line = bytearray()
    while not line.endswith(b"\n"):
        letter = os.read(sys.stdin.fileno(), 1)
        if not letter:
            return
        line += letter
    order = json.loads(line)
    try:
        capture = Capture(order)
        rights.give_up(rights.NOBODY)
        ctypes.CDLL(None).prctl(_PARENT_DIED, signal.SIGKILL, 0, 0, 0)
        capture.begin()
    except OSError as fault:
        send(FAILED, json.dumps([fault.errno, fault.strerror or str(fault)]).encode())
        return
    send(READY, json.dumps({"user": os.geteuid(), "rights": rights.capabilities()}).encode())
    _run(capture, float(order["retire"]) / 1000)


def _run(capture: Capture, retire: float) -> None:
    reason = "stopped"
    counted = time.monotonic()
    try:
        while capture.wait(_WAIT):
            capture.blocks()
            if time.monotonic() - counted >= _COUNT_EVERY:
                counted = time.monotonic()
                capture.count()
    except Gone:
        reason = "gone"
    capture.finish(retire)
    send(ENDED, reason.encode())


if __name__ == "__main__":
    main()
