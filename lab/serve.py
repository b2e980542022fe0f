"""The process that is every device: one loop over all sockets of the estate, inside its namespace.

A socket for each address and port that is open, so that closed ones refuse by themselves and each answer comes from
where it was asked. No threads, nothing put together while it serves. `Status` is told to whoever opens the control
socket: pages wasted, machines touched, cameras dead and why, log-ins tried.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import heapq
import itertools
import json
import re
import resource
import select
import signal
import socket
import ssl
import struct
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path

from lab import trunk, web
from lab.certificate import context
from lab.chatter import EVERY, frames
from lab.device import Datagrams, Device, Stream
from lab.estate import FRAGILE_NETWORK, Estate, Network, estate
from lab.network import state

MOST_REQUEST = 65536
IDLE = 60.0
"""Seconds after which a device ends a connection on which nothing happens."""
MOST_PACKETS, MOST_CONNECTIONS = 20, 2
"""What a fragile camera bears: packets in any second, and connections at once."""
STRAINED = 10
"""Packets in a second from which on a fragile camera answers late."""
_LENGTH = re.compile(rb"\ncontent-length[ \t]*:[ \t]*(\d{1,7})", re.IGNORECASE)
_CLOSES = re.compile(rb"\nconnection[ \t]*:[ \t]*close|^[A-Z]+ \S+ HTTP/1\.0\r", re.IGNORECASE)


class Loop:
    """File descriptors and timers."""

    def __init__(self) -> None:
        self.epoll = select.epoll()
        self.handlers: dict[int, Callable[[int], None]] = {}
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._count = itertools.count()
        self.running = True

    def add(self, sock: socket.socket, handler: Callable[[int], None], events: int = select.EPOLLIN) -> None:
        """Call the handler with the events of a socket."""
        self.handlers[sock.fileno()] = handler
        self.epoll.register(sock.fileno(), events)

    def drop(self, sock: socket.socket) -> None:
        """Forget a socket and close it."""
        number = sock.fileno()
        if number >= 0 and self.handlers.pop(number, None):
            with contextlib.suppress(OSError):
                self.epoll.unregister(number)
        sock.close()

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        """Call something after so many seconds."""
        heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._count), call))

    def run(self) -> None:
        """Until told to stop."""
        while self.running:
            wait = 1.0
            if self._timers:
                wait = max(0.0, min(1.0, self._timers[0][0] - time.monotonic()))
            try:
                events = self.epoll.poll(wait, 512)
            except InterruptedError:
                continue
            for number, mask in events:
                if handler := self.handlers.get(number):
                    handler(mask)
            while self._timers and self._timers[0][0] <= time.monotonic():
                heapq.heappop(self._timers)[2]()


class Health:
    """A fragile camera's life."""

    __slots__ = ("connections", "dead", "most_connections", "most_packets", "packets", "times")

    def __init__(self) -> None:
        self.dead = ""
        self.packets = 0
        self.times: deque[float] = deque(maxlen=MOST_PACKETS + 1)
        self.connections = 0
        self.most_packets = 0
        self.most_connections = 0


class Server:
    """All devices of one share."""

    def __init__(
        self, whole: Estate, devices: list[Device], seed: int, *, chatter: bool = False, first: bool = True
    ) -> None:
        self.loop = Loop()
        self.seed = seed
        self.devices = devices
        self.counters: dict[str, Counter[str]] = {"page": Counter(), "touched": Counter()}
        self.health = {device.address: Health() for device in devices if device.fragile}
        self.totals: Counter[str] = Counter()
        self._senders: dict[tuple[str, int], socket.socket] = {}
        for device in devices:
            for port, stream in device.tcp.items():
                if stream.identity:
                    context(stream.identity, seed)  # made now: nothing may be made while it serves
                self._listen(device, port, stream)
            for port, datagrams in device.udp.items():
                self._answer(device, port, datagrams)
        for network in whole.networks:
            if network.link:
                self._groups(network, [device for device in devices if device.network == network.name])
                if chatter:
                    there = [device for device in devices if device.network == network.name and device.drops == ""]
                    self._chatter(network.link, [frame for device in there for frame in frames(device)])
        if chatter and first:
            self._chatter(trunk.LINK, [frame for device in whole.trunk for frame in trunk.said(device)])
        if self.health:
            self._watch()

    # --- TCP

    def _listen(self, device: Device, port: int, stream: Stream) -> None:
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((device.address, port))
        sock.listen(128)

        def arrived(_mask: int) -> None:
            for _turn in range(32):
                try:
                    peer, _address = sock.accept()
                except (BlockingIOError, OSError):
                    return
                self.totals["connections"] += 1
                Connection(self, device, port, stream, peer)

        self.loop.add(sock, arrived)

    # --- UDP

    def _answer(self, device: Device, port: int, datagrams: Datagrams) -> None:
        sock = self._sender(device.address, port)
        out = self._sender(datagrams.from_address, port) if datagrams.from_address else sock
        fragile = self.health.get(device.address)

        def arrived(_mask: int) -> None:
            for _turn in range(64):
                try:
                    request, peer = sock.recvfrom(2048)
                except (BlockingIOError, OSError):
                    return
                self.totals["datagrams"] += 1
                if datagrams.counts:
                    self.count(datagrams.counts, device, request)
                if fragile and fragile.dead:
                    return
                if answer := datagrams.answer(request):
                    send(answer, (peer[0], datagrams.to_port or peer[1]))

        def send(answer: bytes, to: tuple[str, int]) -> None:
            if fragile and (wait := self.strain(fragile)):
                self.loop.later(wait, lambda: fire(answer, to))
            else:
                fire(answer, to)

        def fire(answer: bytes, to: tuple[str, int]) -> None:
            with contextlib.suppress(OSError):
                out.sendto(answer, to)

        self.loop.add(sock, arrived)

    def _sender(self, address: str, port: int) -> socket.socket:
        """The one socket of an address and port."""
        if (address, port) not in self._senders:
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
            sock.bind((address, port))
            self._senders[address, port] = sock
        return self._senders[address, port]

    def _groups(self, network: Network, devices: list[Device]) -> None:
        """Hear searches to a group or to everybody on one link."""
        index = socket.if_nametoindex(network.link)
        wanted: dict[tuple[str, int], list[tuple[Device, Datagrams]]] = {}
        for device in devices:
            for port, datagrams in device.udp.items():
                for group in datagrams.groups:
                    names = (
                        ("255.255.255.255", f"{network.cidr.rpartition('.')[0]}.255")
                        if group == "broadcast"
                        else (group,)
                    )
                    for name in names:
                        wanted.setdefault((name, port), []).append((device, datagrams))
        for (group, port), listeners in wanted.items():
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, network.link.encode() + b"\0")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            sock.bind((group, port))
            if group.startswith("2") and not group.startswith("255"):
                sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                                socket.inet_aton(group) + bytes(4) + struct.pack("@i", index))  # fmt: skip
            self.loop.add(sock, self._heard(sock, group, port, listeners, index))
        raw = [device for device in devices if device.raw_sadp]
        if raw:
            self._raw_sadp(network, raw)

    def _heard(
        self, sock: socket.socket, group: str, port: int, listeners: list[tuple[Device, Datagrams]], index: int
    ) -> Callable[[int], None]:
        multicast = struct.pack("@4s4si", bytes(4), bytes(4), index)

        def arrived(_mask: int) -> None:
            for _turn in range(16):
                try:
                    request, peer = sock.recvfrom(2048)
                except (BlockingIOError, OSError):
                    return
                self.totals["searches"] += 1
                for device, datagrams in listeners:
                    answer = datagrams.answer(request)
                    if not answer:
                        continue
                    out = self._senders[datagrams.from_address or device.address, port]
                    to = (peer[0], datagrams.to_port or peer[1])
                    if datagrams.to_group and not group.endswith(".255"):
                        out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, multicast)
                        to = (group, port)
                    with contextlib.suppress(OSError):
                        out.sendto(answer, to)

        return arrived

    def _raw_sadp(self, network: Network, devices: list[Device]) -> None:
        """Answer inquiries that come as bare Ethernet frames, in frames of the devices' own MACs."""
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.htons(0x8033))
        sock.bind((network.link, 0x8033))
        packed = [(bytes.fromhex(d.mac.replace(":", "")), socket.inet_aton(d.address), d.raw_sadp) for d in devices]

        def arrived(_mask: int) -> None:
            for _turn in range(16):
                try:
                    frame, about = sock.recvfrom(2048)
                except (BlockingIOError, OSError):
                    return
                # After the Ethernet header: marker, kind 2 for a request, a constant, origin, counter, query type 3.
                if about[2] == 4 or len(frame) < 52 or frame[14] != 0x21 or frame[15] != 2 or frame[24] != 3:
                    continue
                asker, counter = frame[6:12], frame[18:22]
                for mac, address, body in packed:
                    if frame[:6] not in (b"\xff" * 6, mac):
                        continue
                    head = (
                        b"\x21\x01\x01\xf6"
                        + counter
                        + b"\x06\x04\x04\x00\0\0"
                        + mac
                        + address
                        + asker
                        + b"\0\0\0\0\xff\xff\xff\0"
                    )
                    with contextlib.suppress(OSError):
                        sock.send(asker + mac + b"\x80\x33" + (head + body)[:1500])

        self.loop.add(sock, arrived)

    def _chatter(self, link: str, said: list[bytes]) -> None:
        """Let the devices of a link say what they say unasked, spread over the round."""
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, 0)
        sock.bind((link, 0))
        turns = itertools.cycle(said)
        pause = EVERY / max(1, len(said))

        def speak() -> None:
            with contextlib.suppress(OSError):
                sock.send(next(turns))
                self.totals["announcements"] += 1
            self.loop.later(pause, speak)

        if said:
            speak()

    # --- fragile cameras

    def _watch(self) -> None:
        """Count every packet to a fragile camera, by the time the kernel saw it."""
        start, _slash, bits = FRAGILE_NETWORK.cidr.partition("/")
        net = int.from_bytes(socket.inet_aton(start))
        mask = (0xFFFFFFFF << (32 - int(bits))) & 0xFFFFFFFF
        program = [(0x20, 0, 0, 16), (0x54, 0, 0, mask), (0x15, 0, 1, net), (0x06, 0, 0, 0xFFFF), (0x06, 0, 0, 0)]
        code = b"".join(struct.pack("HBBI", *step) for step in program)
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK, socket.htons(0x0800))
        buffer = bytearray(code)
        import ctypes

        keep = ctypes.create_string_buffer(bytes(buffer))
        sock.setsockopt(socket.SOL_SOCKET, 26, struct.pack("HL", len(program), ctypes.addressof(keep)))
        sock.setsockopt(socket.SOL_SOCKET, 35, 1)  # SO_TIMESTAMPNS
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)

        def arrived(_mask: int) -> None:
            for _turn in range(256):
                try:
                    head, extra, _flags, about = sock.recvmsg(20, 64)
                except (BlockingIOError, OSError):
                    return
                if about[2] == 4 or len(head) < 20:
                    continue  # our own
                health = self.health.get(socket.inet_ntoa(head[16:20]))
                if health is None:
                    continue
                seconds, nanos = struct.unpack("qq", extra[0][2][:16]) if extra else (time.time(), 0)
                health.packets += 1
                health.times.append(seconds + nanos / 1e9)
                last = health.times[-1]
                inside = sum(last - one < 1.0 for one in health.times)
                health.most_packets = max(health.most_packets, inside)
                if inside > MOST_PACKETS:
                    self.kill(socket.inet_ntoa(head[16:20]), "more than 20 packets in a second")

        self.loop.add(sock, arrived)

    def strain(self, health: Health) -> float:
        """Seconds by which a camera that has too much to do answers late."""
        now = time.time()
        return 0.3 if sum(now - one < 1.0 for one in health.times) > STRAINED else 0.0

    def kill(self, address: str, why: str) -> None:
        """It answers nothing any more, until the proving ground is made again."""
        health = self.health.get(address)
        if health is None or health.dead:
            return
        health.dead = why
        subprocess.Popen(["nft", "add", "element", "ip", "lab", "dead", f"{{ {address} }}"], close_fds=True)

    def count(self, kind: str, device: Device, payload: bytes) -> None:
        """Note a payload where it does harm."""
        if kind == "kills":
            self.kill(device.address, "bytes on a port that does not know them")
        elif kind == "page unless http":
            if not re.match(rb"[A-Z]{3,8} \S+ HTTP/1\.", payload):
                self.counters["page"][device.address] += 1
        else:
            self.counters[kind][device.address] += 1

    # --- what it tells

    def control(self, path: str) -> None:
        """Tell the status to everybody who connects."""
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        Path(path).unlink(missing_ok=True)
        sock.bind(path)
        sock.listen(8)

        def arrived(_mask: int) -> None:
            with contextlib.suppress(OSError):
                peer, _address = sock.accept()
                peer.setblocking(True)
                peer.sendall(json.dumps(self.status()).encode())
                peer.close()

        self.loop.add(sock, arrived)

    def status(self) -> dict[str, object]:
        """All counters."""
        return {
            "wasted_pages": dict(self.counters["page"]),
            "touched_machines": dict(self.counters["touched"]),
            "dead": {address: health.dead for address, health in self.health.items() if health.dead},
            "fragile": len(self.health),
            "most_packets_in_a_second": max((health.most_packets for health in self.health.values()), default=0),
            "most_connections_at_once": max((health.most_connections for health in self.health.values()), default=0),
            "fragile_packets": sum(health.packets for health in self.health.values()),
            "log_ins_tried": web.COUNTED["logins"],
            "web_requests": web.COUNTED["requests"],
            "connections": self.totals["connections"],
            "datagrams": self.totals["datagrams"],
            "searches": self.totals["searches"],
            "announcements": self.totals["announcements"],
            "devices": len(self.devices),
        }


class Connection:
    """One client at one port of one device."""

    __slots__ = ("_born", "_busy", "_device", "_ended", "_health", "_in", "_out", "_port", "_ready", "_server", "_sock",
                 "_stream")  # fmt: skip

    def __init__(self, server: Server, device: Device, port: int, stream: Stream, sock: socket.socket) -> None:
        self._server, self._device, self._stream = server, device, stream
        self._in, self._out, self._ended, self._busy = b"", b"", False, False
        self._born, self._port = time.monotonic(), port
        sock.setblocking(False)
        self._health = server.health.get(device.address)
        self._ready = stream.identity is None
        if not self._ready:
            assert stream.identity is not None
            sock = context(stream.identity, server.seed).wrap_socket(
                sock, server_side=True, do_handshake_on_connect=False
            )
        self._sock = sock
        server.loop.add(sock, self._event)
        if self._health:
            self._health.connections += 1
            self._health.most_connections = max(self._health.most_connections, self._health.connections)
            if self._health.connections > MOST_CONNECTIONS:
                server.kill(device.address, "a third connection at once")
        if stream.greeting:
            self._say(stream.greeting)
            if stream.endless:
                self._babble()
        if stream.late[0]:
            server.loop.later(stream.late[0], self._late)
        server.loop.later(IDLE, self._close)

    def _close(self) -> None:
        if self._ended:
            return
        self._ended = True
        if self._health:
            self._health.connections -= 1
        self._server.loop.drop(self._sock)

    def _late(self) -> None:
        if not self._ended and not self._in:
            self._say(self._stream.late[1])

    def _babble(self) -> None:
        """Something more, 20 times a second, for ever."""
        if not self._ended:
            if len(self._out) < 65536:
                self._say(self._stream.endless)
            self._server.loop.later(0.05, self._babble)

    def _event(self, mask: int) -> None:
        try:
            if not self._ready:
                self._sock.do_handshake()  # type: ignore[attr-defined]
                self._ready = True
                self._server.loop.epoll.modify(self._sock.fileno(), select.EPOLLIN)
            if self._out:
                self._flush()
            if mask & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR):
                self._read()
        except (BlockingIOError, ssl.SSLWantReadError):
            return
        except ssl.SSLWantWriteError:
            self._server.loop.epoll.modify(self._sock.fileno(), select.EPOLLIN | select.EPOLLOUT)
        except (OSError, ValueError):
            self._close()

    def _read(self) -> None:
        while not self._ended:
            data = self._sock.recv(16384)
            if not data:
                self._close()
                return
            stream = self._stream
            if stream.counts:
                self._server.count(stream.counts, self._device, data)
            if not stream.framed:
                if stream.answer:
                    self._reply(data)
            else:
                self._in += data
                self._requests()
            if len(self._in) > MOST_REQUEST:
                self._close()

    def _requests(self) -> None:
        while not self._ended:
            end = self._in.find(b"\r\n\r\n")
            if end < 0:
                return
            length = _LENGTH.search(self._in, 0, end + 2)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._in) < whole:
                return
            request, self._in = self._in[:whole], self._in[whole:]
            self._reply(request)

    def _reply(self, request: bytes) -> None:
        answer = self._stream.answer(request) if self._stream.answer else b""
        last = self._stream.once or (self._stream.framed and bool(_CLOSES.search(request[:4096])))
        if not answer:
            return
        wait = self._server.strain(self._health) if self._health else 0.0
        if wait:
            self._server.loop.later(wait, lambda: self._answered(answer, last))
        else:
            self._answered(answer, last)

    def _answered(self, answer: bytes, last: bool) -> None:
        if self._ended or (self._health and self._health.dead):
            return
        self._busy = last and not self._stream.endless
        self._say(answer)
        if self._stream.endless:
            self._babble()

    def _say(self, data: bytes) -> None:
        if self._ended:
            return
        self._out += data
        if self._ready:
            try:
                self._flush()
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                pass
            except OSError:
                self._close()

    def _flush(self) -> None:
        while self._out:
            try:
                sent = self._sock.send(self._out)
            except (BlockingIOError, ssl.SSLWantWriteError):
                self._server.loop.epoll.modify(self._sock.fileno(), select.EPOLLIN | select.EPOLLOUT)
                return
            self._out = self._out[sent:]
        if self._busy:
            with contextlib.suppress(OSError):
                self._sock.shutdown(socket.SHUT_WR)
            self._close()
        elif self._ready:
            self._server.loop.epoll.modify(self._sock.fileno(), select.EPOLLIN)


def share(whole: Estate, worker: int, workers: int) -> list[Device]:
    """The devices of one worker; the fragile ones all belong to the first, who counts their packets."""
    return [
        device
        for index, device in enumerate(whole.devices)
        if (worker == 0 if device.fragile else index % workers == worker)
    ]


def main() -> None:
    """Serve one share of the estate until told to stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--name", required=True)
    for option, default in (("--devices", 2000), ("--seed", 7), ("--fragile", 20), ("--worker", 0), ("--workers", 1)):
        parser.add_argument(option, type=int, default=default)
    parser.add_argument("--chatter", type=int, default=0)
    given = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(most, 262144), max(most, 262144)))
    whole = estate(devices=given.devices, seed=given.seed, fragile=given.fragile)
    server = Server(
        whole,
        share(whole, given.worker, given.workers),
        given.seed,
        chatter=bool(given.chatter),
        first=given.worker == 0,
    )

    def stop(_number: int, _frame: object) -> None:
        server.loop.running = False

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.collect()
    gc.freeze()
    server.control(str(state(given.name) / f"worker{given.worker}.sock"))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    server.loop.run()


if __name__ == "__main__":
    main()
