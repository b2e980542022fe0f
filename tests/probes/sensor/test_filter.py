"""The filter: what speaks of a device passes, video and acknowledgements do not; the kernel itself says so."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest

from custodiet.probes.sensor.filter import build_filter
from custodiet.sources.pcap.messages import DATAGRAM_OPENERS, DATAGRAM_PORTS, GUESSED_PORTS, STREAM_OPENERS
from custodiet.wire.link import LINK_ETHERNET

Passed = Callable[..., list[int]]

MACS = bytes.fromhex("0200000000020200000000aa")
RAW = 101


def ethernet(kind: int, payload: bytes, *tags: int) -> bytes:
    return MACS + b"".join(struct.pack(">HH", tag, 20) for tag in tags) + struct.pack(">H", kind) + payload


def v4(protocol: int, payload: bytes, *, options: bytes = b"", fragment: int = 0) -> bytes:
    size = 20 + len(options)
    head = struct.pack(">BBHHHBBH", 0x40 | size // 4, 0, size + len(payload), 7, fragment, 64, protocol, 0)
    return head + bytes([10, 0, 0, 9, 10, 0, 0, 5]) + options + payload


def v6(protocol: int, payload: bytes) -> bytes:
    return struct.pack(">IHBB", 6 << 28, len(payload), protocol, 64) + bytes(15) + b"\1" + bytes(15) + b"\2" + payload


def udp(src: int, dst: int, payload: bytes) -> bytes:
    return struct.pack(">HHHH", src, dst, 8 + len(payload), 0) + payload


def tcp(src: int, dst: int, flags: int, payload: bytes = b"", options: bytes = b"") -> bytes:
    return struct.pack(">HHIIBBHHH", src, dst, 1, 1, (20 + len(options)) * 4, flags, 9, 0, 0) + options + payload


ACK, PSH, SYN, FIN, RST = 0x10, 0x18, 0x02, 0x11, 0x04
STAMPS = b"\1\1\x08\x0a" + bytes(8)
HELLO = b"\x16\x03\x01\x02\x00\x01" + bytes(300)

SPEAKS = {
    "ARP": ethernet(0x0806, bytes(28)),
    "LLDP": ethernet(0x88CC, bytes(40)),
    "SADP in a frame": ethernet(0x8033, bytes(80)),
    "CDP": MACS + b"\0\x30\xaa\xaa\x03\0\0\x0c\x20\0" + bytes(40),
    "a hello of TLS": ethernet(0x0800, v4(6, tcp(4000, 443, PSH, HELLO))),
    "a hello behind options of TCP": ethernet(0x0800, v4(6, tcp(4000, 9999, ACK, HELLO, STAMPS))),
    "a hello behind options of IP": ethernet(0x0800, v4(6, tcp(4000, 9999, ACK, HELLO), options=bytes(8))),
    "the end of a split hello": ethernet(0x0800, v4(6, tcp(4000, 443, PSH, b"\x99" * 400))),
    "SYN": ethernet(0x0800, v4(6, tcp(4000, 445, SYN))),
    "FIN": ethernet(0x0800, v4(6, tcp(4000, 445, FIN))),
    "RST": ethernet(0x0800, v4(6, tcp(4000, 445, RST))),
    "SSH": ethernet(0x0800, v4(6, tcp(22, 4000, PSH, b"SSH-2.0-dropbear\r\n"))),
    "telnet": ethernet(0x0800, v4(6, tcp(23, 4000, PSH, b"\xff\xfd\x01\xff"))),
    "DNS over TCP": ethernet(0x0800, v4(6, tcp(4000, 53, ACK, bytes(1400)))),
    "IGMP": ethernet(0x0800, v4(2, bytes(8))),
    "a neighbour of IPv6": ethernet(0x86DD, v6(58, b"\x88" + bytes(31))),
    "a header between": ethernet(0x86DD, v6(0, bytes(40))),
    "DNS over IPv6": ethernet(0x86DD, v6(17, udp(4000, 53, bytes(30)))),
    "a later piece of a datagram": ethernet(0x0800, v4(17, bytes(300), fragment=185)),
}
SILENT = {
    "video over UDP": ethernet(0x0800, v4(17, udp(20000, 40000, b"\x80\x60" + bytes(900)))),
    "QUIC": ethernet(0x0800, v4(17, udp(50000, 443, b"\x43" + bytes(900)))),
    "an acknowledgement": ethernet(0x0800, v4(6, tcp(4000, 443, ACK))),
    "an acknowledgement with padding": ethernet(0x0800, v4(6, tcp(4000, 443, ACK)) + bytes(6)),
    "what TLS carries": ethernet(0x0800, v4(6, tcp(4000, 443, PSH, b"\x17\x03\x03\x01\x00" + bytes(256)))),
    "a full segment": ethernet(0x0800, v4(6, tcp(443, 4000, PSH, b"\x99" * 1448))),
    "a short segment without an end": ethernet(0x0800, v4(6, tcp(443, 4000, ACK, b"\x99" * 400))),
    "video in RTSP": ethernet(0x0800, v4(6, tcp(554, 4000, PSH, b"$\0\x05\x00" + bytes(200)))),
    "a file copy": ethernet(0x0800, v4(6, tcp(445, 4000, PSH, b"\0\0\0\x60\xfeSMB" + bytes(80)))),
    "ping": ethernet(0x0800, v4(1, b"\x08" + bytes(60))),
    "ping of IPv6": ethernet(0x86DD, v6(58, b"\x80" + bytes(60))),
    "a later piece of TCP": ethernet(0x0800, v4(6, bytes(300), fragment=185)),
    "spanning tree": MACS + b"\0\x26\x42\x42\x03" + bytes(35),
    "SNAP of another protocol of Cisco": MACS + b"\0\x30\xaa\xaa\x03\0\0\x0c\x01\x0b" + bytes(40),
    "another type": ethernet(0x8892, bytes(40)),
    "three bytes": b"\1\2\3",
    "a header cut short": ethernet(0x0800, v4(6, tcp(1, 2, PSH))[:30]),
    "a header longer than its frame": ethernet(0x0800, v4(6, tcp(1, 2, PSH, b"GET ")[:12] + b"\xf0\x18" + bytes(10))),
}


@pytest.mark.parametrize("name", SPEAKS)
def test_what_speaks_passes_whole(name: str, passed: Passed) -> None:
    frame = SPEAKS[name]
    for keep in ("words", "flows", "all"):
        assert passed(build_filter(keep, LINK_ETHERNET), frame) == [len(frame)]


@pytest.mark.parametrize("name", SILENT)
def test_what_says_nothing_stays_out(name: str, passed: Passed) -> None:
    assert passed(build_filter("words", LINK_ETHERNET, sample=0), SILENT[name]) == [0]


def test_of_one_in_so_many_the_headers_pass(passed: Passed) -> None:
    video, segment = SILENT["video over UDP"], SILENT["a full segment"]
    assert passed(build_filter("words", LINK_ETHERNET, sample=1), video, segment) == [14 + 28, 14 + 40]
    drawn = sum(size > 0 for size in passed(build_filter("words", LINK_ETHERNET, sample=16), *[video] * 4000))
    assert 100 < drawn < 450  # 250, more than nine standard deviations either way
    assert passed(build_filter("words", LINK_ETHERNET, sample=1), SILENT["another type"]) == [0]


@pytest.mark.parametrize("tags", [(0x8100,), (0x88A8, 0x8100), (0x9100, 0x8100)])
def test_tags_are_looked_through(tags: tuple[int, ...], passed: Passed) -> None:
    program = build_filter("words", LINK_ETHERNET, sample=0)
    dhcp = ethernet(0x0800, v4(17, udp(68, 67, bytes(250))), *tags)
    video = ethernet(0x0800, v4(17, udp(20000, 40000, bytes(250))), *tags)
    hello = ethernet(0x86DD, v6(6, tcp(4000, 443, PSH, HELLO)), *tags)
    arp = ethernet(0x0806, bytes(28), *tags)
    assert passed(program, dhcp, video, hello, arp) == [len(dhcp), 0, len(hello), len(arp)]


@pytest.mark.parametrize("port", sorted(DATAGRAM_PORTS | GUESSED_PORTS))
def test_every_port_that_the_reader_reads_passes_both_ways(port: int, passed: Passed) -> None:
    there = ethernet(0x0800, v4(17, udp(40001, port, b"x")))
    back = ethernet(0x0800, v4(17, udp(port, 40001, b"x")))
    assert passed(build_filter("words", LINK_ETHERNET), there, back) == [len(there), len(back)]


def test_every_opener_that_the_reader_knows_passes_on_any_port(passed: Passed) -> None:
    frames = [ethernet(0x0800, v4(17, udp(40001, 40002, opener + bytes(50)))) for opener in DATAGRAM_OPENERS]
    frames += [ethernet(0x0800, v4(6, tcp(40001, 40002, ACK, opener + bytes(50)))) for opener in STREAM_OPENERS]
    assert passed(build_filter("words", LINK_ETHERNET), *frames) == [len(frame) for frame in frames]


def test_flows_keep_the_headers_of_the_rest(passed: Passed) -> None:
    program = build_filter("flows", LINK_ETHERNET)
    segment = ethernet(0x0800, v4(6, tcp(443, 4000, ACK, b"\x99" * 1400, STAMPS)), 0x8100)
    datagram = ethernet(0x86DD, v6(17, udp(20000, 40000, bytes(900))))
    ping = ethernet(0x0800, v4(1, b"\x08" + bytes(60), options=bytes(4)))
    assert passed(program, segment, datagram, ping) == [14 + 4 + 20 + 32, 14 + 40 + 8, 14 + 24]


def test_a_tunnel_has_no_link_layer(passed: Passed) -> None:
    program = build_filter("words", RAW, sample=0)
    question, hello = v4(17, udp(4000, 53, bytes(30))), v6(6, tcp(4000, 443, PSH, HELLO))
    video = v4(17, udp(20000, 40000, bytes(300)))
    assert passed(program, question, hello, video, b"\x00" * 60) == [len(question), len(hello), 0, 0]


def test_the_filter_of_loopback_is_one_the_kernel_takes(passed: Passed) -> None:
    frame = SPEAKS["ARP"]
    assert passed(build_filter("words", LINK_ETHERNET, skip_outgoing=True), frame) == [len(frame)]
