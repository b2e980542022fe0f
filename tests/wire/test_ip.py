"""IP packets: addresses, extension headers, fragments, ports, and lengths that lie."""

from __future__ import annotations

from ipaddress import ip_address
from struct import pack

import pytest

from custodiet.errors import WireError
from custodiet.wire.ip import parse_ip, quoted


def ipv4(
    body: bytes, protocol: int = 17, *, length: int | None = None, fragment: int = 0, options: bytes = b""
) -> bytes:
    total = 20 + len(options) + len(body) if length is None else length
    head = pack("!BBHHHBBH", 0x45 + len(options) // 4, 0, total, 7, fragment, 64, protocol, 0)
    return head + bytes([10, 0, 0, 5, 192, 0, 2, 1]) + options + body


def ipv6(body: bytes, following: int = 17, *, length: int | None = None) -> bytes:
    head = pack("!IHBB", 6 << 28, len(body) if length is None else length, following, 64)
    return head + ip_address("2001:db8::5").packed + ip_address("ff02::fb").packed + body


def udp(payload: bytes, *, length: int | None = None) -> bytes:
    return pack("!HHHH", 5000, 53, 8 + len(payload) if length is None else length, 0) + payload


def tcp(payload: bytes, *, words: int = 5, options: bytes = b"") -> bytes:
    return pack("!HHIIBBHHH", 40000, 80, 1000, 0, words << 4, 0x18, 0, 0, 0) + options + payload


def test_ipv4_udp() -> None:
    frame = parse_ip(ipv4(udp(b"hello")))
    assert (frame.src_ip, frame.src_port, frame.dst_ip, frame.dst_port) == ("10.0.0.5", 5000, "192.0.2.1", 53)
    assert (frame.protocol, frame.payload, frame.ip_length, frame.truncated) == (17, b"hello", 33, False)
    assert frame.ethertype == 0x0800


def test_tcp_options_are_no_payload() -> None:
    frame = parse_ip(ipv4(tcp(b"GET", words=8, options=b"\x01" * 12), 6))
    assert (frame.payload, frame.tcp_seq, frame.tcp_flags) == (b"GET", 1000, 0x18)


def test_ipv4_options_are_no_payload() -> None:
    assert parse_ip(ipv4(udp(b"x"), options=b"\x01" * 8)).payload == b"x"


def test_padding_behind_the_packet_is_cut_off() -> None:
    assert parse_ip(ipv4(udp(b"x")) + b"\0" * 17).payload == b"x"
    assert parse_ip(ipv6(udp(b"x")) + b"\0" * 17).payload == b"x"
    assert parse_ip(ipv4(tcp(b""), 6) + b"\0" * 6).payload == b""


def test_length_left_to_the_network_card() -> None:
    frame = parse_ip(ipv4(tcp(b"GET"), 6, length=0))
    assert (frame.payload, frame.ip_length, frame.truncated) == (b"GET", 43, False)


@pytest.mark.parametrize("kept", range(24, 33))
def test_a_snap_length_keeps_what_is_there(kept: int) -> None:
    frame = parse_ip(ipv4(udp(b"hello"))[:kept])
    assert frame.src_port == 5000
    assert frame.truncated
    assert frame.ip_length == 33
    assert frame.payload == b"hello"[: max(0, kept - 28)]


def test_ports_that_were_cut_are_nought() -> None:
    frame = parse_ip(ipv4(udp(b"hello"))[:22])
    assert (frame.src_port, frame.dst_port, frame.payload, frame.truncated) == (0, 0, b"", True)


def test_fragments() -> None:
    first = parse_ip(ipv4(udp(b"x" * 16, length=100), fragment=0x2000))
    assert (first.fragment, first.more_fragments, first.truncated, first.dst_port) == (False, True, True, 53)
    later = parse_ip(ipv4(b"y" * 16, fragment=3))
    assert (later.fragment, later.fragment_offset, later.fragment_id) == (True, 24, 7)
    assert (later.src_port, later.payload, later.protocol) == (0, b"y" * 16, 17)


def test_do_not_fragment_is_no_fragment() -> None:
    frame = parse_ip(ipv4(udp(b"x"), fragment=0x4000))
    assert (frame.fragment, frame.more_fragments, frame.truncated) == (False, False, False)


def test_ipv6_with_every_extension_header() -> None:
    hop = bytes([43, 0]) + b"\x01\x04\0\0\0\0"
    routing = bytes([60, 1]) + b"\0" * 14
    destination = bytes([51, 0]) + b"\x01\x04\0\0\0\0"
    authentication = bytes([44, 4]) + b"\0" * 22
    fragment = pack("!BBHI", 17, 0, 0, 99)  # the only piece: offset 0, nothing follows
    frame = parse_ip(ipv6(hop + routing + destination + authentication + fragment + udp(b"x"), 0))
    assert (frame.src_ip, frame.dst_ip, frame.ethertype) == ("2001:db8::5", "ff02::fb", 0x86DD)
    assert (frame.protocol, frame.src_port, frame.payload, frame.fragment) == (17, 5000, b"x", False)


def test_ipv6_fragments() -> None:
    first = parse_ip(ipv6(pack("!BBHI", 17, 0, 1, 99) + udp(b"x" * 8, length=64), 44))
    assert (first.dst_port, first.more_fragments, first.truncated, first.fragment_id) == (53, True, True, 99)
    later = parse_ip(ipv6(pack("!BBHI", 17, 0, 16, 99) + b"y" * 8, 44))
    assert (later.fragment, later.fragment_offset, later.src_port, later.payload) == (True, 16, 0, b"y" * 8)


def test_extension_numbers_mean_other_things_in_ipv4() -> None:
    frame = parse_ip(ipv4(b"\x11" * 20, 60))
    assert (frame.protocol, len(frame.payload), frame.src_port) == (60, 20, 0)


def test_a_tunnel_is_its_payload() -> None:
    outer = parse_ip(ipv4(ipv6(udp(b"x")), 41))
    assert (outer.protocol, outer.src_port) == (41, 0)
    assert parse_ip(outer.payload).payload == b"x"


def test_what_an_icmp_error_quotes() -> None:
    error = parse_ip(ipv4(b"\x03\x03\0\0\0\0\0\0" + ipv4(udp(b"hello"))[:30], 1))
    inner = quoted(error)
    assert inner is not None
    assert (inner.src_port, inner.dst_port, inner.payload, inner.truncated) == (5000, 53, b"he", True)


@pytest.mark.parametrize("body", [b"", b"\x08\0\0\0\0\0\0\0" + ipv4(udp(b"x")), b"\x03\x03\0\0\0\0\0\0E", b"\x03"])
def test_an_echo_or_a_stump_quotes_nothing(body: bytes) -> None:
    assert quoted(parse_ip(ipv4(body, 1))) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x45",
        ipv4(udp(b"x"))[:19],
        ipv6(udp(b"x"))[:39],
        b"\x50" + b"\0" * 40,  # version 5
        b"\x44" + ipv4(udp(b"x"))[1:],  # header of 16 bytes
        ipv4(udp(b"x"), length=12),
        ipv4(udp(b"x", length=3)),
        ipv4(tcp(b"", words=4), 6),
        ipv4(tcp(b"", words=15), 6),
    ],
)
def test_contradictions_are_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        parse_ip(data)


def test_a_chain_of_headers_ends() -> None:
    chain = bytes([60, 0]) + b"\0" * 6
    assert parse_ip(ipv6(chain * 2000, 60)).src_port == 0
