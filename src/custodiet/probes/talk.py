"""One question put to one address: over a connection of our own, or as a datagram. What comes back is bounded.

A connection is opened, the requests of the question are sent one after the other, each after the answer to the one
before, and it is closed. Nothing that comes back is followed or answered. A datagram's answers are gathered from
whoever sends them until the waiting is over.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import ssl
import struct
import time
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from custodiet.model.exchange import Exchange, Outcome
from custodiet.probes.question import Question
from custodiet.probes.whole import is_whole
from custodiet.probes.witness import Witness, segments_of_end, segments_sent

IDLE = 0.4
"""Seconds after its last bytes when an answer counts as whole."""
OPENING = 3.0
"""Seconds to wait until a connection is open."""
PATIENCE = 60.0
"""No question waits longer for an answer."""
MOST_DATAGRAMS = 8
"""Answers of one device to one datagram that are kept."""

_TELL_ERRORS: dict[int, tuple[int, int]] = {  # IP_RECVERR and IPV6_RECVERR
    socket.AF_INET: (socket.IPPROTO_IP, 11),
    socket.AF_INET6: (socket.IPPROTO_IPV6, 25),
}
_MET = {errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EPROTO, errno.EMSGSIZE}
_OPENING = {errno.EINPROGRESS, errno.EALREADY, errno.EWOULDBLOCK, errno.EINTR}
_SCARCE = {errno.EADDRINUSE, errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
_UNREACHABLE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.EACCES, errno.EADDRNOTAVAIL}


class Talk(NamedTuple):
    """An exchange, and what it tells of how the device bears it."""

    exchange: Exchange
    segments: int
    """Segments that the kernel says it sent, and those that end the connection; 0: it does not say."""
    broken: bool
    """The device broke the connection off, other than by ending it."""


async def converse(
    question: Question,
    address: str,
    port: int,
    *,
    witness: Witness | None,
    opening: float = OPENING,
    patience: float = PATIENCE,
    clock: Callable[[], float] = time.time,
) -> Talk:
    """Put a question over TCP.

    Args:
        question: what is asked.
        address: of whom.
        port: one of its ports.
        witness: is told our local port before the first packet leaves.
        opening: seconds to wait until a connection is open.
        patience: seconds to wait for an answer at most, where the question would wait longer.
        clock: seconds since 1970 UTC.
    """
    waits = min(question.waits, patience)
    connection = await _a_socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    at, begun = clock(), time.monotonic()
    answers: list[bytes] = []
    heard: float = 0.0
    outcome: Outcome = "silent"
    broken = False
    segments = 0
    try:
        if witness:
            witness.ours("tcp", connection.getsockname()[1], question.id)
        if question.requests:
            # the request itself confirms that the connection is open: a packet less for the device
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 0)
        await _connect(connection, address, port, begun + opening)
        heard, outcome = time.monotonic() - begun, "answered"
        channel: _Channel = _Plain(connection)
        if question.tls:
            channel = await _Sealed.open(connection, time.monotonic() + waits)
        for request in question.requests or (b"",):
            if request:
                await channel.send(question.filled(request, address), time.monotonic() + waits)
            answer, ended, broken = await _listen(channel, waits, question.most)
            answers.append(answer)
            if ended or not answer:
                break
    except TimeoutError:
        pass
    except ConnectionRefusedError:
        outcome, heard = "refused", time.monotonic() - begun
    except (ConnectionError, ssl.SSLError) as fault:
        broken = isinstance(fault, ConnectionError)
    except OSError as fault:
        outcome = "unreachable" if fault.errno in _UNREACHABLE else "silent"
    finally:
        with contextlib.suppress(OSError):
            segments = segments_sent(connection) or int(outcome == "refused")  # whose count the kernel forgets
        with contextlib.suppress(OSError):
            ending = segments_of_end(connection)
            connection.shutdown(socket.SHUT_RDWR)
            segments += ending
        connection.close()
    exchange = Exchange(
        question=question.id,
        target=address,
        port=port,
        at=at,
        outcome=outcome,
        answers=tuple(answer for answer in answers if answer),
        rtt=heard,
    )
    return Talk(exchange, segments, broken)


async def _a_socket(family: int) -> socket.socket:
    """A socket with a port of its own; where this machine has none just now, the first that becomes free."""
    while True:
        connection = None
        try:
            connection = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
            connection.bind(("", 0))
        except OSError as fault:
            if connection:
                connection.close()
            if fault.errno not in _SCARCE:
                raise
            await asyncio.sleep(0.2)
            continue
        return connection


# What waits below takes nothing from the kernel, and whoever waited looks once more when the time is over: an answer
# that is there is found, however late we come to look.


async def _ready(connection: socket.socket, until: float, *, writing: bool = False) -> None:
    """Return when the kernel has bytes for us (or room for ours), or when the time is over."""
    loop = asyncio.get_running_loop()
    woken: asyncio.Future[None] = loop.create_future()

    def wake() -> None:
        if not woken.done():
            woken.set_result(None)

    timer = loop.call_at(until, wake)
    number = connection.fileno()
    (loop.add_writer if writing else loop.add_reader)(number, wake)
    try:
        await woken
    finally:
        timer.cancel()
        (loop.remove_writer if writing else loop.remove_reader)(number)


async def _connect(connection: socket.socket, address: str, port: int, until: float) -> None:
    """Open a connection; raises `TimeoutError` or what the kernel met."""
    while True:
        result = connection.connect_ex((address, port))
        if result in (0, errno.EISCONN):
            return
        if result not in _OPENING:
            raise OSError(result, os.strerror(result))
        if time.monotonic() >= until:
            raise TimeoutError
        await _ready(connection, until, writing=True)


class _Channel:
    """Where bytes go and come from, until some moment of the monotonic clock."""

    async def send(self, data: bytes, until: float) -> None:
        """Send all of it; `TimeoutError` where the other side does not take it."""
        raise NotImplementedError

    async def receive(self, until: float) -> bytes:
        """Some bytes; none where the other side ended; `TimeoutError` where nothing came."""
        raise NotImplementedError


class _Plain(_Channel):
    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    async def send(self, data: bytes, until: float) -> None:
        left = memoryview(data)
        while left:
            try:
                left = left[self._connection.send(left) :]
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise TimeoutError from None
                await _ready(self._connection, until, writing=True)

    async def receive(self, until: float) -> bytes:
        while True:
            try:
                return self._connection.recv(16384)
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise TimeoutError from None
                await _ready(self._connection, until)


@lru_cache(1)
def _tls() -> ssl.SSLContext:
    """Whose certificate it is, is not judged here: it is a thing the device says."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:@SECLEVEL=0")  # old devices speak nothing better, and we tell nobody a secret
    return context


class _Sealed(_Plain):
    """TLS over the connection."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(connection)
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._object = _tls().wrap_bio(self._in, self._out)

    @classmethod
    async def open(cls, connection: socket.socket, until: float) -> _Sealed:
        made = cls(connection)
        await made._do(made._object.do_handshake, until)
        return made

    async def send(self, data: bytes, until: float) -> None:
        await self._do(lambda: self._object.write(data), until)

    async def receive(self, until: float) -> bytes:
        try:
            return await self._do(lambda: self._object.read(16384), until)
        except ssl.SSLZeroReturnError:
            return b""

    async def _do(self, step: Callable[[], object], until: float) -> bytes:
        while True:
            try:
                done = step()
            except ssl.SSLWantReadError:
                await super().send(self._out.read(), until)
                data = await super().receive(until)
                if not data:
                    self._in.write_eof()
                self._in.write(data)
                continue
            await super().send(self._out.read(), until)
            return done if isinstance(done, bytes) else b""


async def _listen(channel: _Channel, waits: float, most: int) -> tuple[bytes, bool, bool]:
    """What comes until it is whole, pauses, ends, or the waiting is over; whether it ended, and by a reset."""
    last = time.monotonic() + waits
    got = bytearray()
    while len(got) < most:
        try:
            data = await channel.receive(min(last, time.monotonic() + IDLE) if got else last)
        except TimeoutError:
            return bytes(got), False, False
        except ConnectionError:
            return bytes(got), True, True
        except ssl.SSLError:
            return bytes(got), True, False
        if not data:
            return bytes(got), True, False
        got += data
        if is_whole(got):
            return bytes(got[:most]), False, False
    return bytes(got[:most]), True, False


class Datagrams:
    """One socket from which a question's datagrams leave and where all answers to them come.

    Args:
        question: what is asked; its ``answer_port`` is bound where it wants one.
        family: of the addresses.
        witness: is told our local port.
        arrived: called with the sender's address and port, the bytes, and the moment.
        refused: called with the address and port that the network says takes no such datagrams.
        interface: name of the interface for multicast; empty: as the routes say.

    Raises:
        OSError: the port that the answers need is taken.
    """

    def __init__(
        self,
        question: Question,
        family: int,
        witness: Witness | None,
        arrived: Callable[[str, int, bytes, float], None],
        refused: Callable[[str, int], None],
        *,
        interface: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.question = question
        self._arrived, self._refused = arrived, refused
        self._clock = clock
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        try:
            self._socket.setblocking(False)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            self._socket.setsockopt(*_TELL_ERRORS[family], 1)
            if question.answer_port:
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if interface:
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
                self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
                self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
                for group in question.answer_groups:
                    if witness:
                        witness.joins(group)
                    joined = struct.pack("4s4si", socket.inet_aton(group), bytes(4), socket.if_nametoindex(interface))
                    self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, joined)
            self._socket.bind(("", question.answer_port))
        except BaseException:
            self._socket.close()
            raise
        if witness:
            witness.ours("udp", self._socket.getsockname()[1], question.id)
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self._read)

    def send(self, address: str, port: int) -> bool:
        """Send the question's datagrams to one address.

        Returns:
            False where the kernel has no room just now and nothing was sent.

        Raises:
            OSError: there is no way to the address.
        """
        for number, request in enumerate(self.question.requests):
            try:
                try:
                    self._send(request, address, port)
                except OSError as fault:
                    if fault.errno not in _MET:
                        raise
                    self._read_error()  # what an earlier datagram met is told first, and this one was not sent
                    self._send(request, address, port)
            except BlockingIOError:
                if number == 0:
                    return False
                raise
        return True

    def _send(self, request: bytes, address: str, port: int) -> None:
        self._socket.sendto(self.question.filled(request, address), (address, port))

    def _read(self) -> None:
        for _ in range(256):  # then others have their turn
            try:
                data, sender = self._socket.recvfrom(65535)
            except BlockingIOError:
                return
            except OSError:
                self._read_error()
                continue
            self._arrived(sender[0].partition("%")[0], sender[1], data[: self.question.most], self._clock())

    def _read_error(self) -> None:
        """What an earlier datagram met: the kernel says where that one was sent to."""
        with contextlib.suppress(OSError):
            _, _, _, sent_to = self._socket.recvmsg(0, 512, socket.MSG_ERRQUEUE)
            if sent_to:
                self._refused(sent_to[0].partition("%")[0], sent_to[1])

    def close(self) -> None:
        """Give the socket back."""
        asyncio.get_running_loop().remove_reader(self._socket.fileno())
        self._socket.close()
