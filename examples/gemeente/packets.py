"""Ethernet frames and a capture file, as little of them as the example needs. Same input, same bytes."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path


def mac_bytes(mac: str) -> bytes:
    return bytes.fromhex(mac.replace(":", ""))


def checksum(data: bytes) -> int:
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv4(source: str, target: str, protocol: int, payload: bytes) -> bytes:
    addresses = IPv4Address(source).packed + IPv4Address(target).packed
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0x4000, 64, protocol, 0) + addresses
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def udp(source_port: int, target_port: int, payload: bytes) -> bytes:
    return struct.pack(">HHHH", source_port, target_port, 8 + len(payload), 0) + payload


def tcp(source_port: int, target_port: int, seq: int, ack: int, flags: int, payload: bytes) -> bytes:
    return struct.pack(">HHIIBBHHH", source_port, target_port, seq, ack, 0x50, flags, 65535, 0, 0) + payload


@dataclass
class Host:
    """A device of the example."""

    ip: str
    mac: str


@dataclass
class Capture:
    """A growing capture; time moves on by what each step says."""

    vlan: int
    router: Host
    clock: float
    snap: int = 262144
    """Bytes of a packet that are kept."""
    off: bool = False
    """Whether nothing is captured now."""
    records: list[bytes] = field(default_factory=list)

    def frame(self, source_mac: str, target_mac: str, ethertype: int, payload: bytes, wait: float = 0.25) -> None:
        self.clock += wait
        tag = struct.pack(">HH", 0x8100, self.vlan) if self.vlan else b""
        data = mac_bytes(target_mac) + mac_bytes(source_mac) + tag + struct.pack(">H", ethertype) + payload
        data = data.ljust(60, b"\0")
        seconds, rest = divmod(round(self.clock * 1_000_000), 1_000_000)
        if not self.off:
            kept = data[: self.snap]
            self.records.append(struct.pack("<IIII", seconds, rest, len(kept), len(data)) + kept)

    def datagram(
        self, source: Host, target: str, source_port: int, port: int, payload: bytes, wait: float = 0.25
    ) -> None:
        packet = ipv4(source.ip, target, 17, udp(source_port, port, payload))
        self.frame(source.mac, self._next_hop(target), 0x0800, packet, wait)

    def answer(self, source: str, target: Host, source_port: int, port: int, payload: bytes) -> None:
        packet = ipv4(source, target.ip, 17, udp(source_port, port, payload))
        self.frame(self._next_hop(source), target.mac, 0x0800, packet)

    def segment(
        self, source: Host, target: Host, source_port: int, port: int, seq: int, ack: int, flags: int, payload: bytes
    ) -> None:
        """One TCP segment."""
        packet = tcp(source_port, port, seq, ack, flags, payload)
        self.frame(source.mac, target.mac, 0x0800, ipv4(source.ip, target.ip, 6, packet), 0.01)

    def conversation(
        self, client: Host, server: Host, port: int, said: list[tuple[str, bytes]], client_port: int
    ) -> None:
        """A TCP conversation: handshake, what each side says (``>`` client, ``<`` server), and the end."""
        seq = {">": 1000, "<": 5000}
        ends = {">": (client, server, client_port, port), "<": (server, client, port, client_port)}

        def send(side: str, flags: int, payload: bytes = b"") -> None:
            source, target, source_port, target_port = ends[side]
            other = "<" if side == ">" else ">"
            acknowledged = seq[other] if flags & 0x10 else 0
            self.segment(source, target, source_port, target_port, seq[side], acknowledged, flags, payload)
            seq[side] += len(payload) + (1 if flags & 0x03 else 0)

        send(">", 0x02)
        send("<", 0x12)
        send(">", 0x10)
        for side, payload in said:
            for start in range(0, len(payload), 1400):
                send(side, 0x18, payload[start : start + 1400])
        send(">", 0x11)
        send("<", 0x11)

    def _next_hop(self, address: str) -> str:
        if address.startswith("239.") or address.startswith("224."):
            return "01:00:5e:" + ":".join(
                f"{b:02x}" for b in (IPv4Address(address).packed[1] & 0x7F, *IPv4Address(address).packed[2:])
            )
        return "ff:ff:ff:ff:ff:ff" if address == "255.255.255.255" else self.router.mac

    def save(self, path: Path) -> None:
        head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, self.snap, 1)
        path.write_bytes(head + b"".join(self.records))
