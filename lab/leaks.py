"""Captures of cameras that are isolated and of cameras that leak, at the uplink of their network; the truth beside them.

    python -m lab.leaks OUT.pcap --isolated 200 --leaking 200 --hours 50 [--before] [--seed 7]

Isolated cameras do what cameras need: a recorder fetches their pictures, they ask for the time, for names and for an
address inside, and call to all on their link. A leaking one does one thing more, of one kind. Before isolation all talk
with their maker's cloud. The recorder and the resolver go outside all the time, which must not be held against cameras.
Names and addresses are those kept for documentation. The same seed gives the same bytes.
"""

from __future__ import annotations

import argparse
import json
import struct
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from random import Random

Frame = tuple[float, bytes]

START = 1_790_000_000.0
HOUR, DAY = 3600, 86400
OUI = bytes.fromhex("c056e3")
"""An address block of a maker of cameras, so that a register of these devices names him."""
KINDS = (
    "dns-tunnel-inside", "dns-tunnel-outside", "dns-once-a-day", "hard-coded-address", "ipv6", "upnp", "nat-pmp",
    "relay-443-sni", "relay-443", "once-a-day", "ntp-outside", "icmp",
)  # fmt: skip
"""One more thing that a leaking camera does."""
VENDOR = "cloud.example"


@dataclass(frozen=True, slots=True)
class Host:
    """One end."""

    mac: bytes
    ip: str

    @property
    def packed(self) -> bytes:
        """Its address."""
        return ip_address(self.ip).packed


ROUTER_MAC = bytes.fromhex("00005e0001fe")
GATEWAY = Host(ROUTER_MAC, "10.20.0.1")
RECORDER = Host(bytes.fromhex("4419b6000001"), "10.20.0.10")
RESOLVER = Host(bytes.fromhex("001a4a000053"), "10.20.0.53")
CLOCK = Host(bytes.fromhex("001a4a000123"), "10.20.0.123")
PUBLIC_RESOLVER = Host(ROUTER_MAC, "198.51.100.53")
PUBLIC_CLOCK = Host(ROUTER_MAC, "198.51.100.123")
CALLER = Host(ROUTER_MAC, "198.51.100.77")
V6_PEER = Host(ROUTER_MAC, "2001:db8:ffff::9")
ALL = bytes.fromhex("ffffffffffff")


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera and what it is in truth."""

    number: int
    kind: str
    """Of `KINDS`; empty: isolated."""

    @property
    def host(self) -> Host:
        """Its MAC and its IPv4 address."""
        return Host(OUI + self.number.to_bytes(3, "big"), f"10.20.{1 + self.number // 200}.{1 + self.number % 200}")

    @property
    def local(self) -> Host:
        """The same with its link-local address."""
        return Host(self.host.mac, f"fe80::c256:e3ff:fe00:{self.number:x}")

    @property
    def public(self) -> Host:
        """The same with an IPv6 address of the whole world."""
        return Host(self.host.mac, f"2001:db8:20:1::{self.number + 16:x}")

    @property
    def relay(self) -> Host:
        """Where its maker waits for it."""
        return Host(ROUTER_MAC, f"203.0.113.{10 + self.number % 200}")


def estate(isolated: int, leaking: int, kinds: tuple[str, ...] = KINDS) -> list[Camera]:
    """So many cameras of each sort, the kinds of leaks in turn, and the two sorts mixed."""
    wanted = [""] * isolated + [kinds[at % len(kinds)] for at in range(leaking)]
    Random(1).shuffle(wanted)
    return [Camera(number, kind) for number, kind in enumerate(wanted)]


# --- packets


class Wire:
    """Makes frames, with IP numbers that count up."""

    def __init__(self) -> None:
        self._number = 0

    def ip(self, source: Host, target: Host, protocol: int, payload: bytes, mac: bytes = b"") -> bytes:
        """A frame with an IP packet."""
        link = (mac or target.mac) + source.mac
        if ":" in source.ip:
            head = struct.pack(">IHBB", 6 << 28, len(payload), protocol, 255 if protocol == 58 else 64)
            return link + b"\x86\xdd" + head + source.packed + target.packed + payload
        self._number = self._number % 65535 + 1
        head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), self._number, 0x4000, 64, protocol, 0)
        return link + b"\x08\x00" + head + source.packed + target.packed + payload

    def udp(self, source: Host, target: Host, sport: int, dport: int, payload: bytes, mac: bytes = b"") -> bytes:
        """A datagram."""
        return self.ip(source, target, 17, struct.pack(">HHHH", sport, dport, 8 + len(payload), 0) + payload, mac)

    def group(self, source: Host, address: str, port: int, payload: bytes) -> bytes:
        """A datagram to a group or to all."""
        packed = ip_address(address).packed
        if len(packed) == 16:
            mac = b"\x33\x33" + packed[-4:]
        elif packed[0] >= 224 and address != "255.255.255.255":
            mac = bytes((1, 0, 0x5E, packed[1] & 0x7F, packed[2], packed[3]))
        else:
            mac = ALL
        return self.udp(source, Host(mac, address), port, port, payload)


class Tcp:
    """One conversation with its sequence numbers."""

    def __init__(self, wire: Wire, client: Host, server: Host, sport: int, dport: int) -> None:
        self._wire, self._ends, self._ports = wire, (client, server), (sport, dport)
        self._seq = [1000, 2000]

    def segment(self, side: int, flags: int, payload: bytes = b"") -> bytes:
        """One segment from client (0) or server (1)."""
        source, target = self._ends[side], self._ends[1 - side]
        options = b"\x02\x04\x05\xb4" if flags & 2 else b""
        head = struct.pack(
            ">HHIIBBHHH",
            self._ports[side], self._ports[1 - side], self._seq[side], self._seq[1 - side] if flags & 16 else 0,
            (20 + len(options)) << 2, flags, 64240, 0, 0,
        )  # fmt: skip
        self._seq[side] = self._seq[side] + len(payload) + bool(flags & 3) & 0xFFFFFFFF
        return self._wire.ip(source, target, 6, head + options + payload)

    def opening(self, at: float) -> Iterator[Frame]:
        """Three segments."""
        yield at, self.segment(0, 2)
        yield at + 0.002, self.segment(1, 18)
        yield at + 0.004, self.segment(0, 16)

    def said(self, at: float, side: int, data: bytes) -> Iterator[Frame]:
        """Data and its acknowledgement."""
        yield at, self.segment(side, 24, data)
        yield at + 0.003, self.segment(1 - side, 16)

    def whole(self, at: float, sent: bytes, got: bytes) -> Iterator[Frame]:
        """A short conversation from its beginning to its end."""
        yield from self.opening(at)
        yield from self.said(at + 0.01, 0, sent)
        if got:
            yield from self.said(at + 0.05, 1, got)
        yield at + 0.1, self.segment(0, 17)
        yield at + 0.102, self.segment(1, 17)
        yield at + 0.104, self.segment(0, 16)


def dns_name(name: str) -> bytes:
    """Labels."""
    return b"".join(bytes((len(label),)) + label.encode() for label in name.split(".")) + b"\0"


def question(number: int, name: str, kind: int = 1) -> bytes:
    """A question."""
    return struct.pack(">HHHHHH", number & 0xFFFF, 0x0100, 1, 0, 0, 0) + dns_name(name) + struct.pack(">HH", kind, 1)


def reply(number: int, name: str, data: bytes, kind: int = 1) -> bytes:
    """Its answer."""
    record = b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 300, len(data)) + data
    asked = struct.pack(">HHHHHH", number & 0xFFFF, 0x8180, 1, 1, 0, 0) + dns_name(name) + struct.pack(">HH", kind, 1)
    return asked + record


def hello(rng: Random, name: str) -> bytes:
    """A TLS client hello, with a server name or without."""
    host = name.encode()
    sni = struct.pack(">HHHBH", 0, len(host) + 5, len(host) + 3, 0, len(host)) + host if name else b""
    versions = struct.pack(">HHB", 43, 3, 2) + b"\x03\x04"
    extensions = sni + versions
    body = b"\x03\x03" + rng.randbytes(32) + b"\0" + struct.pack(">H", 2) + b"\x13\x01" + b"\x01\0"
    body += struct.pack(">H", len(extensions)) + extensions
    message = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x01" + struct.pack(">H", len(message)) + message


def arp(source: Host, target: Host) -> Iterator[bytes]:
    """A question for a MAC and its answer."""
    head = b"\x08\x06" + struct.pack(">HHBB", 1, 0x0800, 6, 4)
    yield ALL + source.mac + head + b"\0\1" + source.mac + source.packed + bytes(6) + target.packed
    yield source.mac + target.mac + head + b"\0\2" + target.mac + target.packed + source.mac + source.packed


# --- what a camera does


class Life:
    """What one camera does, hour by hour."""

    def __init__(self, camera: Camera, seed: int, wire: Wire) -> None:
        self.camera, self._wire = camera, wire
        self._rng = Random(seed * 1_000_003 + camera.number)
        self._stream = Tcp(wire, RECORDER, camera.host, 20000 + camera.number, 554)
        self._begun = False
        self._port = 30000
        self._day_at = self._rng.uniform(600, 23 * HOUR)
        """Seconds after the beginning of each day at which it does what it does once a day."""

    def hour(self, begin: float, since: float, *, before: bool) -> Iterator[Frame]:
        """What it does in an hour that begins then, so many seconds after the beginning of the capture."""
        yield from self._needs(begin, since)
        if before:
            yield from self._cloud(begin, since)
        if not before and self.camera.kind:
            yield from _LEAKS[self.camera.kind](self, begin, since)

    def _next_port(self) -> int:
        self._port = 30000 + (self._port - 29999) % 30000
        return self._port

    def _needs(self, begin: float, since: float) -> Iterator[Frame]:
        wire, rng, me = self._wire, self._rng, self.camera.host
        if not self._begun:
            self._begun = True
            yield from self._stream.opening(begin + 1)
            yield from self._stream.said(
                begin + 1.1, 0, b"OPTIONS rtsp://%s:554/ RTSP/1.0\r\nCSeq: 1\r\n\r\n" % me.ip.encode()
            )
        for at in range(130, HOUR, 130):
            yield from self._stream.said(begin + at + rng.random(), 1, b"$\0\0\x50" + rng.randbytes(80))
        for at in (rng.uniform(100, 1700), rng.uniform(1800, 3500)):
            port = self._next_port()
            yield begin + at, wire.udp(me, CLOCK, port, 123, b"\x23" + bytes(47))
            yield begin + at + 0.001, wire.udp(CLOCK, me, 123, port, b"\x24\x02" + rng.randbytes(46))
        for frame in arp(me, RECORDER):
            yield begin + rng.uniform(10, 50), frame
        at, port, number = begin + rng.uniform(60, 3000), self._next_port(), rng.getrandbits(16)
        yield at, wire.udp(me, RESOLVER, port, 53, question(number, "recorder.town.internal"))
        answer = reply(number, "recorder.town.internal", RECORDER.packed)
        yield at + 0.001, wire.udp(RESOLVER, me, 53, port, answer)
        told = struct.pack(">HHHHHH", 0, 0x8400, 0, 1, 0, 0) + dns_name(f"cam{self.camera.number}.local")
        yield (
            begin + rng.uniform(0, 3500),
            wire.group(me, "224.0.0.251", 5353, told + struct.pack(">HHIH", 1, 0x8001, 120, 4) + me.packed),
        )
        notify = b"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nNTS: ssdp:alive\r\nNT: upnp:rootdevice\r\n\r\n"
        yield begin + rng.uniform(0, 3500), wire.group(me, "239.255.255.250", 1900, notify)
        yield begin + rng.uniform(0, 3500), wire.group(me, "255.255.255.255", 37020, b"<?xml version='1.0'?><Probe/>")
        yield begin + rng.uniform(0, 3500), wire.group(me, "10.20.255.255", 9999, b"here")
        local = self.camera.local
        solicit = b"\x87\0\0\0\0\0\0\0" + ip_address("fe80::1").packed + b"\x01\x01" + local.mac
        yield begin + rng.uniform(0, 3500), wire.ip(local, Host(b"\x33\x33\xff\0\0\x01", "ff02::1:ff00:1"), 58, solicit)
        report = b"\x8f\0\0\0\0\0\0\x01\x04\0\0\0" + ip_address("ff02::fb").packed
        yield begin + rng.uniform(0, 3500), wire.ip(local, Host(b"\x33\x33\0\0\0\x16", "ff02::16"), 58, report)
        if int(since // HOUR) % 12 == self.camera.number % 12:
            dhcp = b"\x01\x01\x06\0" + rng.randbytes(4) + bytes(4) + me.packed + bytes(12) + me.mac + bytes(202)
            dhcp += bytes.fromhex("63825363350103ff")
            at = begin + rng.uniform(0, 3500)
            yield at, wire.udp(me, GATEWAY, 68, 67, dhcp)
            yield at + 0.002, wire.udp(GATEWAY, me, 67, 68, b"\x02" + dhcp[1:-2] + b"\x05\xff")

    def _cloud(self, begin: float, since: float) -> Iterator[Frame]:
        """What all do before they are isolated: ask for their maker's name, and stay in touch."""
        name = f"eu{self.camera.number % 7}.{VENDOR}"
        for at in (200.0, 2000.0):
            when, port, number = begin + at + self._rng.random(), self._next_port(), self._rng.getrandbits(16)
            yield when, self._wire.udp(self.camera.host, RESOLVER, port, 53, question(number, name))
            answer = reply(number, name, self.camera.relay.packed)
            yield when + 0.02, self._wire.udp(RESOLVER, self.camera.host, 53, port, answer)
            yield from self.talks(when + 0.1, self.camera.relay, 443, hello(self._rng, name))
        if self.camera.kind == "once-a-day":
            yield from self.once_a_day(begin, since)

    def talks(self, at: float, to: Host, port: int, sent: bytes, got: int = 120) -> Iterator[Frame]:
        """A short conversation over TCP."""
        conversation = Tcp(self._wire, self.camera.host, to, self._next_port(), port)
        yield from conversation.whole(at, sent, self._rng.randbytes(got))

    def asks(self, at: float, resolver: Host, name: str, kind: int = 16) -> Iterator[Frame]:
        """A question for a name, and an answer."""
        port, number = self._next_port(), self._rng.getrandbits(16)
        yield at, self._wire.udp(self.camera.host, resolver, port, 53, question(number, name, kind))
        answer = reply(number, name, b"\x04ok!!", kind)
        yield at + 0.03, self._wire.udp(resolver, self.camera.host, 53, port, answer)

    def is_its_moment(self, since: float) -> float | None:
        """Seconds into this hour at which it does what it does once a day; none in other hours."""
        into = self._day_at - since % DAY
        return into if 0 <= into < HOUR else None

    def once_a_day(self, begin: float, since: float) -> Iterator[Frame]:
        """One small datagram to a fixed address, which nobody answers."""
        into = self.is_its_moment(since)
        if into is not None:
            secret = self._rng.randbytes(20)
            yield begin + into, self._wire.udp(self.camera.host, self.camera.relay, 40000, 8800, secret)


def _tunnel(resolver: Host) -> Callable[[Life, float, float], Iterator[Frame]]:
    def leak(life: Life, begin: float, since: float) -> Iterator[Frame]:
        for at in range(300, HOUR, 600):
            name = f"{life._rng.randbytes(20).hex()}.{life._rng.randbytes(14).hex()}.t.{VENDOR}"
            yield from life.asks(begin + at, resolver, name)

    return leak


def _dns_once(life: Life, begin: float, since: float) -> Iterator[Frame]:
    into = life.is_its_moment(since)
    if into is not None:
        yield from life.asks(begin + into, RESOLVER, f"alive.{VENDOR}", 1)


def _few_a_day(make: Callable[[Life, float], Iterable[Frame]]) -> Callable[[Life, float, float], Iterator[Frame]]:
    """Every fifth hour."""

    def leak(life: Life, begin: float, since: float) -> Iterator[Frame]:
        if int(since // HOUR) % 5 == life.camera.number % 5:
            yield from make(life, begin + life._rng.uniform(100, 3400))

    return leak


def _ipv6(life: Life, at: float) -> Iterator[Frame]:
    yield from Tcp(life._wire, life.camera.public, V6_PEER, life._next_port(), 8443).whole(at, b"hello", b"there")


def _upnp(life: Life, at: float) -> Iterator[Frame]:
    wanted = "urn:schemas-upnp-org:service:WANIPConnection:1"
    search = (
        f'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 2\r\nST: {wanted}\r\n\r\n'
    )
    yield at, life._wire.group(life.camera.host, "239.255.255.250", 1900, search.encode())
    body = (
        '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<u:AddPortMapping xmlns:u="{wanted}"><NewRemoteHost></NewRemoteHost><NewExternalPort>8080</NewExternalPort>'
        f"<NewProtocol>TCP</NewProtocol><NewInternalPort>80</NewInternalPort><NewInternalClient>{life.camera.host.ip}"
        "</NewInternalClient><NewEnabled>1</NewEnabled><NewPortMappingDescription>web</NewPortMappingDescription>"
        "<NewLeaseDuration>0</NewLeaseDuration></u:AddPortMapping></s:Body></s:Envelope>"
    )
    post = (
        f"POST /ctl/IPConn HTTP/1.1\r\nHost: {GATEWAY.ip}:5000\r\nContent-Type: text/xml\r\n"
        f'SOAPAction: "{wanted}#AddPortMapping"\r\nContent-Length: {len(body)}\r\n\r\n{body}'
    )
    yield from life.talks(at + 1, GATEWAY, 5000, post.encode())
    called = Tcp(life._wire, CALLER, life.camera.host, life._next_port(), 80)
    yield from called.whole(at + 60, b"GET / HTTP/1.1\r\nHost: camera\r\n\r\n", b"HTTP/1.1 401 Unauthorized\r\n\r\n")


def _nat_pmp(life: Life, at: float) -> Iterator[Frame]:
    yield at, life._wire.udp(life.camera.host, GATEWAY, 40001, 5351, struct.pack(">BBHHHI", 0, 2, 0, 80, 8080, 3600))


def _ntp(life: Life, at: float) -> Iterator[Frame]:
    asked = b"\x23\x02\x06\xe8" + life._rng.randbytes(44)
    yield at, life._wire.udp(life.camera.host, PUBLIC_CLOCK, 123, 123, asked)
    yield at + 0.02, life._wire.udp(PUBLIC_CLOCK, life.camera.host, 123, 123, b"\x24\x01" + life._rng.randbytes(46))


def _icmp(life: Life, at: float) -> Iterator[Frame]:
    data = life._rng.randbytes(48)
    yield at, life._wire.ip(life.camera.host, life.camera.relay, 1, b"\x08\0\0\0\0\1\0\1" + data)
    yield at + 0.02, life._wire.ip(life.camera.relay, life.camera.host, 1, b"\0\0\0\0\0\1\0\1" + data)


def _relay(name: str) -> Callable[[Life, float], Iterator[Frame]]:
    return lambda life, at: life.talks(at, life.camera.relay, 443, hello(life._rng, name))


_LEAKS: dict[str, Callable[[Life, float, float], Iterator[Frame]]] = {
    "dns-tunnel-inside": _tunnel(RESOLVER),
    "dns-tunnel-outside": _tunnel(PUBLIC_RESOLVER),
    "dns-once-a-day": _dns_once,
    "hard-coded-address": _few_a_day(lambda life, at: life.talks(at, life.camera.relay, 34567, b"\xff\1" + bytes(18))),
    "ipv6": _few_a_day(_ipv6),
    "upnp": _few_a_day(_upnp),
    "nat-pmp": _few_a_day(_nat_pmp),
    "relay-443-sni": _few_a_day(_relay(f"relay.{VENDOR}")),
    "relay-443": _few_a_day(_relay("")),
    "once-a-day": Life.once_a_day,
    "ntp-outside": _few_a_day(_ntp),
    "icmp": _few_a_day(_icmp),
}


# --- captures


def frames(
    cameras: Iterable[Camera], hours: float, *, before: bool = False, seed: int = 7, start: float = START
) -> Iterator[Frame]:
    """All that passes the uplink, in order.

    Args:
        cameras: who lives there.
        hours: how long.
        before: the time before isolation, in which all talk with their maker.
        seed: of everything that is drawn.
        start: seconds since 1970 UTC.
    """
    wire, rng = Wire(), Random(seed)
    lives = [Life(camera, seed, wire) for camera in cameras]
    at = 0.0
    while at < hours * HOUR:
        made = [frame for life in lives for frame in life.hour(start + at, at, before=before)]
        for minute in range(0, HOUR, 100):  # the recorder and the resolver have business outside
            talk = Tcp(wire, RECORDER, Host(ROUTER_MAC, "203.0.113.250"), 50000 + minute % 9000, 443)
            made += talk.whole(start + at + minute, hello(rng, f"nvr.{VENDOR}"), rng.randbytes(200))
        name, number = f"www{int(at)}.example.org", rng.getrandbits(16)
        made.append((start + at + 7, wire.udp(RESOLVER, PUBLIC_RESOLVER, 53001, 53, question(number, name))))
        answer = reply(number, name, bytes((203, 0, 113, 3)))
        made.append((start + at + 7.02, wire.udp(PUBLIC_RESOLVER, RESOLVER, 53, 53001, answer)))
        made.sort(key=lambda frame: frame[0])
        end = start + hours * HOUR
        yield from (frame for frame in made if frame[0] < end)
        at += HOUR


def write(path: Path, some: Iterable[Frame]) -> int:
    """A capture in the form of pcap; the number of its packets."""
    number = 0
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for at, frame in some:
            whole = int(at)
            file.write(struct.pack("<IIII", whole, int((at - whole) * 1e6), len(frame), len(frame)) + frame)
            number += 1
    return number


def register(cameras: Iterable[Camera]) -> str:
    """The list of devices that a body keeps: it says who they are."""
    rows = [f"IP camera;{camera.host.mac.hex(':')};{camera.host.ip}" for camera in cameras]
    rows.append(f"Network video recorder;{RECORDER.mac.hex(':')};{RECORDER.ip}")
    return "\r\n".join(["Description;MAC address;IP address", *rows]) + "\r\n"


def truth(cameras: Iterable[Camera]) -> dict[str, object]:
    """Who leaks, and how."""
    return {
        "cameras": [{"mac": camera.host.mac.hex(":"), "ip": camera.host.ip, "leak": camera.kind} for camera in cameras],
        "goes outside too": [RECORDER.ip, RESOLVER.ip],
    }


# --- bad captures


def with_gaps(some: Iterable[Frame], every: float = 6 * HOUR, length: float = 1800) -> Iterator[Frame]:
    """Nobody watched for half an hour, again and again."""
    first = None
    for at, frame in some:
        first = at if first is None else first
        if (at - first) % every < every - length:
            yield at, frame


def with_a_clock_jump(some: Iterable[Frame], after: float = 10 * HOUR, back: float = 2 * HOUR) -> Iterator[Frame]:
    """The clock of whoever captured was set back."""
    first = None
    for at, frame in some:
        first = at if first is None else first
        yield (at - back if at - first > after else at), frame


def one_direction(some: Iterable[Frame]) -> Iterator[Frame]:
    """Only what is sent to cameras: the other fibre was not tapped."""
    return ((at, frame) for at, frame in some if frame[6:9] != OUI)


def twice(some: Iterable[Frame], later: float = 0.0004) -> Iterator[Frame]:
    """Two taps on the way brought everything into one file."""
    waiting: Frame | None = None
    for at, frame in some:
        if waiting and waiting[0] <= at:
            yield waiting
            waiting = None
        yield at, frame
        if waiting is None:
            waiting = at + later, frame
    if waiting:
        yield waiting


NAT = Host(bytes.fromhex("00005e0001aa"), "192.168.77.2")


def behind_nat(some: Iterable[Frame]) -> Iterator[Frame]:
    """A router that translates stands before the cameras: all of them are one address, and nothing to all passes."""
    for at, frame in some:
        if frame[12:14] != b"\x08\x00" or frame[0] & 1:
            continue
        mine, to_mine = frame[6:9] == OUI, frame[:3] == OUI
        if mine:
            frame = frame[:6] + NAT.mac + frame[12:26] + NAT.packed + frame[30:]
        elif to_mine:
            frame = NAT.mac + frame[6:30] + NAT.packed + frame[34:]
        yield at, frame


def main(arguments: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--isolated", type=int, default=200)
    parser.add_argument("--leaking", type=int, default=200)
    parser.add_argument("--hours", type=float, default=50)
    parser.add_argument("--before", action="store_true", help="the time before isolation")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args(arguments)
    cameras = estate(given.isolated, given.leaking)
    start = START - 30 * DAY if given.before else START
    number = write(given.out, frames(cameras, given.hours, before=given.before, seed=given.seed, start=start))
    given.out.with_suffix(".json").write_text(json.dumps(truth(cameras), indent=1), encoding="utf-8")
    given.out.with_suffix(".csv").write_text(register(cameras), encoding="utf-8")
    sys.stdout.write(f"{given.out}: {number:,} packets of {len(cameras):,} cameras\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
