"""Frames of a camera of the made maker Acme, and of whom it talks with: short words for captures."""

from __future__ import annotations

import struct
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pcap_factory import ethernet, ip, pcap, question, tcp, udp

from custodiet.isolation.judged import DeviceProof
from custodiet.isolation.statement import Isolation, Period, Subject, seal
from custodiet.model import Asset
from small import RECORDS, fingerprint, write

CAMERA_MAC, OTHER_MAC, FOREIGN_MAC = "00005e005301", "00005e005302", "001b54000009"
CAMERA, RECORDER, CLOUD, ELSEWHERE = "10.0.0.5", "10.0.0.9", "203.0.113.80", "198.51.100.7"
CLOUD_NAME = "dev.acme-cloud.example"
DAY = 1_763_300_000.0

ENDPOINT = (
    "id: acme-cloud\nnames: ['*.acme-cloud.example']\npurpose: device-cloud\nasked_by: device\nknown_by: capture\n"
    "specificity: unique\ncompany: acme\nreferences: []\nadded: 2026-11-22\n"
)


def knowledge(folder: Path) -> Path:
    """A catalog folder, to be read beside ours."""
    return write(
        folder,
        RECORDS,
        {"endpoints/acme-cloud.yml": ENDPOINT},
        fingerprint(
            "acme-server", "ssdp.server", "{ manufacturer: acme, device_class: camera }", regex="^AcmeCam/",
            technique="discovery-reply", strength="decisive",
        ),
    )  # fmt: skip


def frame(payload: bytes, protocol: int, src: str, dst: str, mac: str = CAMERA_MAC, vlan: int = 0) -> bytes:
    tags = [(0x8100, vlan)] if vlan else []
    return ethernet(ip(payload, protocol, src, dst), src=bytes.fromhex(mac), tags=tags)


def notice(src: str = CAMERA, mac: str = CAMERA_MAC, **how: int) -> bytes:
    """It says what it is, to all."""
    said = b"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nNT: upnp:rootdevice\r\nSERVER: AcmeCam/1.0 AC-1\r\n\r\n"
    return frame(udp(said, 1900, 1900), 17, src, "239.255.255.250", mac, **how)


def asks(name: str, src: str = CAMERA, mac: str = CAMERA_MAC) -> bytes:
    """A question to the name server."""
    return frame(udp(question(name), 40000, 53), 17, src, "10.0.0.1", mac)


def told(name: str, address: str, dst: str = CAMERA) -> bytes:
    """The name server's answer."""
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"
    body = struct.pack(">6H", 7, 0x8180, 1, 1, 0, 0) + labels + struct.pack(">HH", 1, 1)
    body += b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + bytes(map(int, address.split(".")))
    return frame(udp(body, 53, 40000), 17, "10.0.0.1", dst, FOREIGN_MAC)


def talk(dst: str, port: int = 443, src: str = CAMERA, mac: str = CAMERA_MAC, *, answered: bool = True) -> list[bytes]:
    """A conversation over TCP that the camera begins."""
    frames = [frame(tcp(b"", 40001, port, flags=2), 6, src, dst, mac)]
    if answered:
        frames += [
            frame(tcp(b"", port, 40001, flags=0x12), 6, dst, src, FOREIGN_MAC),
            frame(tcp(b"x" * 200, 40001, port, flags=0x18, seq=1), 6, src, dst, mac),
            frame(tcp(b"y" * 100, port, 40001, flags=0x18, seq=1), 6, dst, src, FOREIGN_MAC),
        ]
    return frames


def capture(path: Path, *frames: bytes, at: float = DAY) -> Path:
    """A file with one frame a second."""
    path.write_bytes(pcap(frames, times=[at + number for number in range(len(frames))]))
    return path


def statement(
    asset: Asset, *, allowed: tuple[str, ...] = (), verdict: str = "isolated as far as seen", sign: bool = True
) -> tuple[str, str]:
    """Id and envelope of a statement that this device is isolated since a day after `DAY`."""
    device = DeviceProof(
        asset=asset.id, label=asset.label, verdict=verdict, says="",  # type: ignore[arg-type]
        identifiers=tuple(f"MAC {one.value}" for one in asset.identifiers if one.kind == "mac"),
    )  # fmt: skip
    predicate = Isolation(
        body="", sites=(), point="", near_side=False, before=None,
        after=Period(begin="2025-11-17T00:00:00Z", end="2025-11-17T12:00:00Z"), hours=12.0, allowed=allowed,
        devices=(device,), case_devices=1, others=(), not_tested=(), doubts=(), tool="custodiet 0", catalog="c",
        stated_at="2025-11-17T12:00:00Z", signed_with="",
    )  # fmt: skip
    subjects = (Subject(name="after/a.pcap", digest={"sha256": "ab" * 32}),)
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32))) if sign else None
    id, envelope = seal(subjects, predicate, key)
    return id, msgspec.json.encode(envelope).decode()
