"""Small captures for tests, built from the inside out: payload, transport, IP, link, file."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from custodiet.model import Flow, Issue, Observation, Source, Tally
from custodiet.sources.base import ReadOptions
from custodiet.sources.pcap.reader import READER

MAC_A = bytes.fromhex("001122aabbcc")
MAC_B = bytes.fromhex("001122ddeeff")
START = 1_700_000_000.0


def ethernet(payload: bytes, kind: int = 0x0800, *, tags: Sequence[tuple[int, int]] = (), src: bytes = MAC_A) -> bytes:
    """A frame; tags are (type, VLAN) from outside to inside."""
    inside = b"".join(struct.pack(">HH", tag, vlan) for tag, vlan in tags)
    return MAC_B + src + inside + struct.pack(">H", kind) + payload


def ip(
    payload: bytes,
    protocol: int,
    src: str = "10.0.0.5",
    dst: str = "10.0.0.9",
    *,
    options: bytes = b"",
    fragment: int = 0,
    number: int = 1,
    live: int = 64,
    extension: bytes = b"",
) -> bytes:
    """An IPv4 or IPv6 packet by its addresses; ``extension`` goes before the payload of IPv6."""
    one, two = ip_address(src), ip_address(dst)
    if one.version == 6:
        body = extension + payload
        return (
            struct.pack(">IHBB", 6 << 28, len(body), 60 if extension else protocol, 64) + one.packed + two.packed + body
        )
    size = 20 + len(options)
    head = struct.pack(">BBHHHBBH", 0x40 | size // 4, 0, size + len(payload), number, fragment, live, protocol, 0)
    return head + one.packed + two.packed + options + payload


def udp(payload: bytes, src_port: int = 40000, dst_port: int = 53) -> bytes:
    """A datagram."""
    return struct.pack(">HHHH", src_port, dst_port, 8 + len(payload), 0) + payload


def tcp(
    payload: bytes = b"",
    src_port: int = 40000,
    dst_port: int = 80,
    *,
    seq: int = 0,
    ack: int = 0,
    flags: int = 0x18,
    options: bytes = b"",
) -> bytes:
    """A segment."""
    head = struct.pack(
        ">HHIIBBHHH", src_port, dst_port, seq & 0xFFFFFFFF, ack, (20 + len(options)) * 4, flags, 1000, 0, 0
    )
    return head + options + payload


def question(name: str, number: int = 7) -> bytes:
    """A DNS question."""
    labels = b"".join(bytes([len(one)]) + one.encode() for one in name.split("."))
    return struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">HH", 1, 1)


def hello(name: str, padding: int = 0) -> bytes:
    """A TLS client hello; the padding stands before the name."""
    host = name.encode()
    server_name = struct.pack(">HHHBH", 0, len(host) + 5, len(host) + 3, 0, len(host)) + host
    extensions = struct.pack(">HH", 21, padding) + bytes(padding) + server_name
    body = (
        b"\x03\x03"
        + bytes(32)
        + b"\0"
        + b"\0\x02\x13\x01"
        + b"\x01\0"
        + struct.pack(">H", len(extensions))
        + extensions
    )
    message = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x01" + struct.pack(">H", len(message)) + message


def pcap(
    frames: Iterable[bytes],
    *,
    order: str = "<",
    nano: bool = False,
    link: int = 1,
    snaplen: int = 0,
    times: Sequence[float] = (),
) -> bytes:
    """A pcap file; packet N is at `START` + N - 1 seconds and 5 ticks, or at the Nth of the times."""
    magic = 0xA1B23C4D if nano else 0xA1B2C3D4
    parts = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snaplen or 262144, link)]
    for at, frame in enumerate(frames):
        kept = frame[:snaplen] if snaplen else frame
        second, tick = int(START) + at, 5000 if nano else 5
        if times:
            second, tick = divmod(round(times[at] * 1_000_000), 1_000_000)
        parts.append(struct.pack(order + "IIII", second, tick, len(kept), len(frame)) + kept)
    return b"".join(parts)


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    """One pcapng block."""
    body += bytes(-len(body) % 4)
    size = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + size + body + size


def section(order: str = "<") -> bytes:
    """A section header."""
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(link: int = 1, order: str = "<", *, resolution: int | None = None, offset: int = 0) -> bytes:
    """An interface description."""
    options = b""
    if resolution is not None:
        options += struct.pack(order + "HHB3x", 9, 1, resolution)
    if offset:
        options += struct.pack(order + "HHq", 14, 8, offset)
    if options:
        options += struct.pack(order + "HH", 0, 0)
    return block(1, struct.pack(order + "HHI", link, 0, 262144) + options, order)


def packet(frame: bytes, which: int = 0, order: str = "<", *, stamp: int = int(START) * 1_000_000) -> bytes:
    """An enhanced packet block; the stamp is in the interface's unit."""
    head = struct.pack(order + "IIIII", which, stamp >> 32, stamp & 0xFFFFFFFF, len(frame), len(frame))
    return block(6, head + frame, order)


@dataclass
class Found:
    """What the reader said of a capture."""

    observations: list[Observation] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    tally: Tally | None = None

    def values(self, attribute: str, subject: str = "") -> list[str]:
        """Values of one attribute, in the order given."""
        return [one.value for one in self.observations if one.attribute == attribute and subject in ("", one.subject)]

    def one(self, attribute: str) -> Observation:
        """The only observation of an attribute."""
        (found,) = [one for one in self.observations if one.attribute == attribute]
        return found


def source(path: Path) -> Source:
    """A source for a file of a test."""
    return Source(id="src-t", kind="capture", format="pcap", name=path.name, sha256="ab" * 32, size=1)


def read(folder: Path, data: bytes) -> Found:
    """Write the bytes to a file and read it as a capture."""
    path = folder / "capture"
    path.write_bytes(data)
    found = Found()
    for item in READER.read(path, source(path), ReadOptions()):
        assert found.tally is None, "the tally comes last"
        match item:
            case Observation():
                found.observations.append(item)
            case Flow():
                found.flows.append(item)
            case Issue():
                found.issues.append(item)
            case Tally():
                found.tally = item
    assert found.tally is not None
    return found
