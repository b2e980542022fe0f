"""Frames of every link type we read, their tags, and ARP."""

from __future__ import annotations

from pathlib import Path
from struct import pack

import pytest
from frames import needs_tshark, packets, tshark

from custodiet.errors import WireError
from custodiet.wire.link import parse_arp, parse_frame

IP = bytes.fromhex("4500001e000000004011000" + "00a000005c0000201") + pack("!HHHH", 68, 67, 10, 0) + b"hi"
DST = bytes.fromhex("ffffffffffff")
SRC = bytes.fromhex("02a1b2c3d4e5")
ETHERNET = DST + SRC


@pytest.mark.parametrize(
    ("data", "link_type", "vlans"),
    [
        (ETHERNET + b"\x08\x00" + IP, 1, ()),
        (ETHERNET + b"\x81\x00\x00\x14\x08\x00" + IP, 1, (20,)),
        (ETHERNET + b"\x88\xa8\x20\x64\x81\x00\x00\x14\x08\x00" + IP, 1, (100, 20)),
        (ETHERNET + b"\x91\x00\x00\x01\x81\x00\x00\x02\x08\x00" + IP, 1, (1, 2)),
        (ETHERNET + b"\x81\x00\xe0\x00\x08\x00" + IP, 1, ()),  # priority, no VLAN
        (ETHERNET + b"\x00\x26\xaa\xaa\x03\0\0\0\x08\x00" + IP, 1, ()),  # 802.3 with SNAP
        (ETHERNET + b"\x88\x47\x00\x01\x00\x40\x00\x02\x01\x40" + IP, 1, ()),  # two labels
        (ETHERNET + b"\x88\x64\x11\x00\x00\x01\x00\x20\x00\x21" + IP, 1, ()),  # PPPoE session
        (b"\0\0\0\x01\0\x06" + SRC + b"\0\0\x08\x00" + IP, 113, ()),
        (b"\0\0\0\x01\0\x06" + SRC + b"\0\0\x81\x00\x00\x14\x08\x00" + IP, 113, (20,)),
        (b"\x08\x00\0\0\0\0\0\x02\0\x01\0\x06" + SRC + b"\0\0" + IP, 276, ()),
    ],
)
def test_link_types_with_addresses(data: bytes, link_type: int, vlans: tuple[int, ...]) -> None:
    frame = parse_frame(data, link_type)
    assert frame.src_mac == "02:a1:b2:c3:d4:e5"
    assert frame.dst_mac == ("ff:ff:ff:ff:ff:ff" if link_type == 1 else "")
    assert frame.vlans == vlans
    assert (frame.src_ip, frame.src_port, frame.dst_port, frame.payload) == ("10.0.0.5", 68, 67, b"hi")
    assert frame.ethertype == 0x0800


@pytest.mark.parametrize(
    ("data", "link_type"),
    [
        (IP, 101),
        (IP, 12),
        (IP, 228),
        (b"\x02\0\0\0" + IP, 0),
        (b"\0\0\0\x02" + IP, 0),
        (b"\0\0\0\x02" + IP, 108),
    ],
)
def test_link_types_without_addresses(data: bytes, link_type: int) -> None:
    frame = parse_frame(data, link_type)
    assert (frame.src_mac, frame.dst_mac, frame.src_ip, frame.payload) == ("", "", "10.0.0.5", b"hi")


def test_frames_that_are_not_ip_keep_their_payload() -> None:
    frame = parse_frame(ETHERNET + b"\x80\x33hello", 1)
    assert (frame.ethertype, frame.payload, frame.src_ip, frame.protocol) == (0x8033, b"hello", "", -1)


def test_snap_of_another_organisation_is_told_apart() -> None:
    frame = parse_frame(ETHERNET + b"\x00\x0b\xaa\xaa\x03\x00\x00\x0c\x20\x00abc" + b"\0" * 20, 1)
    assert (frame.snap_oui, frame.ethertype, frame.payload) == (0x00000C, 0x2000, b"abc")
    hidden = parse_frame(ETHERNET + b"\x00\x26\xaa\xaa\x03\x00\x00\x0c\x08\x00" + IP, 1)
    assert hidden.src_ip == "", "protocol 0x0800 of another organisation is not IP"


def test_802_2_without_snap_has_no_type() -> None:
    frame = parse_frame(ETHERNET + b"\x00\x04\x42\x42\x03x" + b"\0" * 40, 1)
    assert (frame.ethertype, frame.payload) == (0, b"\x42\x42\x03x")


@pytest.mark.parametrize(
    ("data", "link_type"),
    [
        (b"", 1),
        (ETHERNET, 1),
        (ETHERNET + b"\x81\x00\x00", 1),
        (ETHERNET + b"\x08\x00", 1),
        (ETHERNET + b"\x08\x00\x45\x00", 1),
        (b"\0" * 15, 113),
        (b"\0" * 19, 276),
        (b"\x02\0\0\0", 0),
        (b"", 101),
        (IP, 147),
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes, link_type: int) -> None:
    with pytest.raises(WireError):
        parse_frame(data, link_type)


def test_tags_without_end() -> None:
    assert len(parse_frame(ETHERNET + b"\x81\x00\x00\x01" * 1000, 1).vlans) <= 16


ARP = bytes.fromhex("0001080006040002") + SRC + b"\x0a\0\0\x05" + DST + b"\x0a\0\0\x01"


def test_arp() -> None:
    arp = parse_arp(parse_frame(ETHERNET + b"\x08\x06" + ARP + b"\0" * 18, 1).payload)
    assert (arp.op, arp.sender_ip, arp.target_ip) == (2, "10.0.0.5", "10.0.0.1")
    assert list(arp.facts()) == [("net.ip", "10.0.0.5"), ("net.mac", "02:a1:b2:c3:d4:e5")]


def test_an_arp_probe_claims_no_address() -> None:
    probe = parse_arp(ARP[:14] + b"\0\0\0\0" + ARP[18:])
    assert list(probe.facts()) == [("net.mac", "02:a1:b2:c3:d4:e5")]


@pytest.mark.parametrize("data", [b"", ARP[:27], b"\0\x01\x86\xdd" + ARP[4:], ARP[:4] + b"\x08\x04" + ARP[6:]])
def test_other_arp_is_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        parse_arp(data)


@pytest.mark.samples
@needs_tshark
@pytest.mark.parametrize("name", ["mdns-mixed", "sentinel-edimaxcam1-setup-a-3-sta", "yi-camera-stream"])
def test_as_tshark_reads_it(name: str, samples: Path) -> None:
    path = samples / "captures" / f"{name}.pcap"
    fields = ["eth.src", "ip.src", "ipv6.dst", "udp.srcport", "tcp.dstport", "tcp.len", "udp.length", "tcp.seq_raw"]
    rows = tshark(path, *fields, options=["-E", "occurrence=f"])
    frames = [parse_frame(data, 1) for data in packets(path)]
    assert len(rows) == len(frames) > 20
    for row, frame in zip(rows, frames, strict=True):
        ipv6 = ":" in frame.dst_ip
        has = frame.protocol if frame.src_port else 0
        ours = [
            frame.src_mac,
            "" if ipv6 else frame.src_ip,
            frame.dst_ip if ipv6 else "",
            str(frame.src_port) if has == 17 else "",
            str(frame.dst_port) if has == 6 else "",
            str(len(frame.payload)) if has == 6 else "",
            str(len(frame.payload) + 8) if has == 17 else "",
            str(frame.tcp_seq) if has == 6 else "",
        ]
        if frame.ethertype in (0x0800, 0x86DD) and frame.protocol != 1:  # tshark shows the packet inside an ICMP error
            assert row == ours
