"""Whether a TCP port answers: one segment that asks to open a connection, and what comes back. It never goes further.

Two ways with the same answers. `RawKnocks` writes the opening segment itself, needs the right to do so, and costs one
packet for a silent address; the kernel takes an answer back by a reset, since it knows of no connection. `connect` of
the system needs no right (see `talk`). An answer counts only where it repeats the number that we sent, so that nobody
can answer for another address.
"""

from __future__ import annotations

import errno
import hashlib
import ipaddress
import os
import socket
import struct
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from custodiet.probes.witness import attach, more_room

_SYN, _RST, _ACK = 0x02, 0x04, 0x10
_FULL = {errno.ENOBUFS, errno.EAGAIN}
_NO_WAY = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.EADDRNOTAVAIL}
_OPTIONS = bytes.fromhex("020405b4")  # the largest segment, as every system says
_HEAD = 20 + len(_OPTIONS)

Heard = Literal["open", "refused"]


class Answer(NamedTuple):
    """What came back to a knock."""

    address: str
    port: int
    heard: Heard


class RawKnocks:
    """Opening segments of our own, for one family of addresses.

    Args:
        family: `socket.AF_INET` or `socket.AF_INET6`.

    Raises:
        PermissionError: this process may not write segments of its own.
    """

    def __init__(self, family: int) -> None:
        self._family = family
        self._secret = os.urandom(16)
        self._socket = socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_TCP)
        self._reserved = socket.socket(family, socket.SOCK_STREAM)
        try:
            self._reserved.bind(("", 0))  # nobody else uses this port while we do
            self.port: int = self._reserved.getsockname()[1]
            """The local port that all segments come from."""
            self._socket.setblocking(False)
            more_room(self._socket, 16 << 20)
            attach(self._socket, _to_port(self.port, family))
        except BaseException:
            self.close()
            raise
        self._source_of = lru_cache(65536)(self._find_source)

    def fileno(self) -> int:
        """For a loop that waits until there is something to read."""
        return self._socket.fileno()

    def close(self) -> None:
        """Give both sockets back."""
        self._socket.close()
        self._reserved.close()

    def send(self, address: str, port: int) -> bool:
        """Send one opening segment.

        Returns:
            False where the kernel has no room just now, so that nothing was sent and it may be tried again.

        Raises:
            OSError: there is no way to the address.
        """
        source = self._source_of(_neighbourhood(address))
        segment = _segment(
            source, socket.inet_pton(self._family, address), self.port, port, self._number(address, port)
        )
        try:
            self._socket.sendto(segment, (address, 0))
        except OSError as fault:
            if fault.errno in _FULL:
                return False
            raise
        return True

    def read(self) -> Iterator[Answer]:
        """What came back since the last call; never waits."""
        while True:
            try:
                data, sender = self._socket.recvfrom(128)
            except BlockingIOError:
                return
            except OSError as fault:
                if fault.errno in _NO_WAY:
                    continue  # an error of an earlier segment
                raise
            answer = self._read(data, sender[0].partition("%")[0])
            if answer:
                yield answer

    def _read(self, data: bytes, address: str) -> Answer | None:
        if self._family == socket.AF_INET:
            data = data[(data[0] & 15) * 4 :]
        if len(data) < 20:
            return None
        port, _, _, repeated, _, flags = struct.unpack_from("!HHIIBB", data)
        if not flags & _ACK or repeated != (self._number(address, port) + 1) & 0xFFFFFFFF:
            return None
        if flags & _RST:
            return Answer(address, port, "refused")
        return Answer(address, port, "open") if flags & _SYN else None

    def _number(self, address: str, port: int) -> int:
        """The number of the segment to an address and port, which nobody can guess who did not get it."""
        mixed = hashlib.blake2b(f"{address} {port}".encode(), digest_size=4, key=self._secret).digest()
        return int.from_bytes(mixed, "big")

    def _find_source(self, near: str) -> bytes:
        """Our own address towards some network, as the kernel's routes have it."""
        with socket.socket(self._family, socket.SOCK_DGRAM) as asking:
            asking.connect((near, 9))  # a datagram socket: nothing is sent
            return socket.inet_pton(self._family, asking.getsockname()[0].partition("%")[0])


def _neighbourhood(address: str) -> str:
    """An address that stands for all of its /24 or /64, since they are reached the same way."""
    if ":" in address:
        return str(ipaddress.IPv6Network((address, 64), strict=False)[1])
    return address.rpartition(".")[0] + ".1"


def _segment(source: bytes, target: bytes, from_port: int, port: int, number: int) -> bytes:
    head = struct.pack("!HHIIBBHHH", from_port, port, number, 0, _HEAD // 4 << 4, _SYN, 64240, 0, 0) + _OPTIONS
    total: int = sum(struct.unpack(f"!{(len(source) + len(target) + _HEAD) // 2}H", source + target + head)) + 6 + _HEAD
    total = (total & 0xFFFF) + (total >> 16)
    check = ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF
    return head[:16] + check.to_bytes(2, "big") + head[18:]


def _to_port(port: int, family: int) -> list[tuple[int, int, int, int]]:
    """A filter that passes segments to this port alone; of IPv6 the kernel leaves the head away."""
    load = [(0xB1, 0, 0, 0), (0x48, 0, 0, 2)] if family == socket.AF_INET else [(0x28, 0, 0, 2)]
    return [*load, (0x15, 0, 1, port), (0x06, 0, 0, 128), (0x06, 0, 0, 0)]
