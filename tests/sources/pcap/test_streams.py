"""TCP directions put in order: split, swapped, repeated, reused, and never without bound."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from pcap_factory import ethernet, hello, ip, pcap, question, read, tcp

from custodiet.sources.pcap import streams

CLIENT, SERVER = "10.0.0.5", "10.0.0.9"


def out(payload: bytes = b"", *, seq: int, flags: int = 0x18, port: int = 443, own: int = 40000) -> bytes:
    return ethernet(ip(tcp(payload, own, port, seq=seq, flags=flags), 6, CLIENT, SERVER))


def back(payload: bytes = b"", *, seq: int, flags: int = 0x18, port: int = 443, own: int = 40000) -> bytes:
    return ethernet(ip(tcp(payload, port, own, seq=seq, flags=flags), 6, SERVER, CLIENT))


def opened(seq: int = 100, answer: int = 500, port: int = 443, own: int = 40000) -> list[bytes]:
    return [
        out(seq=seq - 1, flags=2, port=port, own=own),
        back(seq=answer - 1, flags=0x12, port=port, own=own),
        out(seq=seq, flags=0x10, port=port, own=own),
    ]


def pieces(data: bytes, size: int, seq: int = 100) -> list[bytes]:
    return [out(data[at : at + size], seq=seq + at) for at in range(0, len(data), size)]


def test_hello_split_over_segments(tmp_path: Path) -> None:
    data = hello("split.example", 1800)
    for size in (7, 100, 1448):
        found = read(tmp_path, pcap([*opened(), *pieces(data, size)]))
        assert found.values("tls.server_name") == ["split.example"], size


def test_segments_out_of_order_and_twice(tmp_path: Path) -> None:
    parts = pieces(hello("order.example", 1800), 300)
    shuffled = parts + parts[2:4]
    random.Random(3).shuffle(shuffled)
    assert read(tmp_path, pcap([*opened(), *shuffled])).values("tls.server_name") == ["order.example"]


def test_sequence_numbers_wrap(tmp_path: Path) -> None:
    start = 0xFFFFFFFF - 200
    frames = [*opened(start), *pieces(hello("wrap.example", 900), 300, start)]
    assert read(tmp_path, pcap(frames)).values("tls.server_name") == ["wrap.example"]


def test_beginning_not_seen(tmp_path: Path) -> None:
    parts = pieces(hello("middle.example", 1800), 1000, 7_000_000)
    frames = [out(b"old bytes of nothing", seq=6_000_000), *parts]
    assert read(tmp_path, pcap(frames)).values("tls.server_name") == ["middle.example"]


def test_hello_behind_a_proxy_request(tmp_path: Path) -> None:
    connect = b"CONNECT far.example:443 HTTP/1.1\r\nHost: far.example\r\n\r\n"
    data = hello("far.example", 1500)
    frames = [*opened(port=3128), out(connect, seq=100, port=3128)]
    frames += [
        out(data[:1000], seq=100 + len(connect), port=3128),
        out(data[1000:], seq=1100 + len(connect), port=3128),
    ]
    assert read(tmp_path, pcap(frames)).values("tls.server_name") == ["far.example"]


def test_same_ports_used_again(tmp_path: Path) -> None:
    frames = [*opened(), *pieces(hello("first.example"), 2000)]
    frames += [*opened(900_000, 800_000), *pieces(hello("second.example"), 50, 900_000)]
    assert read(tmp_path, pcap(frames)).values("tls.server_name") == ["first.example", "second.example"]


def test_hello_cut_by_the_end_of_the_capture(tmp_path: Path) -> None:
    frames = [*opened(), out(hello("gone.example", 1800)[:1000], seq=100)]
    assert read(tmp_path, pcap(frames)).values("tls.server_name") == []


def test_lost_segment_does_not_hide_the_next_message(tmp_path: Path) -> None:
    answer = b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nServer: Lantern\r\n\r\n"
    frames = [*opened(port=554), back(b"$\0\0\4abcd", seq=500, port=554), back(answer, seq=5000, port=554)]
    assert read(tmp_path, pcap(frames)).values("rtsp.server") == ["Lantern"]


def test_description_later_in_a_connection(tmp_path: Path) -> None:
    sdp = b"v=0\r\no=- 1 1 IN IP4 10.0.0.9\r\ns=Lantern\r\n"
    ask = b"DESCRIBE rtsp://10.0.0.9/live RTSP/1.0\r\nCSeq: 3\r\nUser-Agent: Viewer\r\n\r\n"
    head = b"RTSP/1.0 200 OK\r\nCSeq: 3\r\nContent-Type: application/sdp\r\nContent-Length: %d\r\n\r\n" % len(sdp)
    frames = [
        *opened(port=554),
        out(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n", seq=100, port=554),
        back(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: L\r\n\r\n", seq=500, port=554),
        back(bytes(20000), seq=600, port=554),
        out(ask, seq=50_000, port=554),
        back(head, seq=90_000, port=554),
        back(sdp, seq=90_000 + len(head), port=554),
    ]
    found = read(tmp_path, pcap(frames))
    (description,) = found.values("rtsp.sdp", "ip:10.0.0.9")
    assert "s=Lantern" in description
    assert found.values("rtsp.user_agent") == ["Viewer"]
    assert "/live" in found.values("rtsp.path", "ip:10.0.0.9")


def test_page_over_several_segments(tmp_path: Path) -> None:
    body = b"<html><head><title>Lantern web</title></head>".ljust(5000, b" ")
    answer = b"HTTP/1.1 200 OK\r\nServer: L/1\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n" + body
    frames = [*opened(port=80), out(b"GET /x HTTP/1.1\r\nHost: h\r\n\r\n", seq=100, port=80)]
    frames += [back(answer[at : at + 1448], seq=500 + at, port=80) for at in range(0, len(answer), 1448)]
    found = read(tmp_path, pcap(frames))
    assert found.values("http.title", "ip:10.0.0.9") == ["Lantern web"]
    assert found.values("http.path", "ip:10.0.0.9") == ["/x"]
    assert found.values("http.asked_path", "ip:10.0.0.5") == ["/x"]


def test_device_description(tmp_path: Path) -> None:
    xml = (
        b'<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device>'
        b"<deviceType>urn:schemas-upnp-org:device:Basic:1</deviceType><friendlyName>Hall</friendlyName>"
        b"<manufacturer>Lantern</manufacturer><modelName>LN-1</modelName></device></root>"
    )
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(xml) + xml
    found = read(tmp_path, pcap([*opened(port=49152), back(answer, seq=500, port=49152)]))
    assert found.values("upnp.manufacturer") == ["Lantern"]
    assert found.values("upnp.model_name") == ["LN-1"]


def test_dns_over_tcp_asks_more_than_once(tmp_path: Path) -> None:
    one, two = question("one.example"), question("two.example")
    first = len(one).to_bytes(2, "big") + one
    second = len(two).to_bytes(2, "big") + two
    frames = [*opened(port=53), out(first[:2], seq=100, port=53), out(first[2:], seq=102, port=53)]
    frames += [out(second, seq=100 + len(first), port=53)]
    assert read(tmp_path, pcap(frames)).values("dns.query") == ["one.example", "two.example"]


def test_greeting_of_a_server_that_speaks_first(tmp_path: Path) -> None:
    frames = [*opened(port=22), back(b"SSH-2.0-dropbear_2019.78\r\n", seq=500, port=22)]
    assert read(tmp_path, pcap(frames)).values("banner.ssh", "ip:10.0.0.9") == ["SSH-2.0-dropbear_2019.78"]


def test_answers_of_unknown_protocols_are_no_greeting(tmp_path: Path) -> None:
    frames = [*opened(port=8000), out(bytes(range(32)), seq=100, port=8000), back(b"\1\2\3 answer", seq=500, port=8000)]
    found = read(tmp_path, pcap(frames))
    assert not [one for one in found.observations if one.attribute.startswith("banner.")]
    # Nor is what a server says in the middle of a connection whose beginning was not captured.
    assert not [
        one
        for one in read(tmp_path, pcap([back(b"220 in the middle\r\n", seq=9, port=2500)])).observations
        if one.attribute.startswith("banner.")
    ]


def test_many_half_open_streams_stay_bounded(tmp_path: Path) -> None:
    begun = hello("late.example", 1800)[:600]
    frames = []
    for own in range(2000, 8000):
        frames += [*opened(own=own), out(begun, seq=100, own=own)]
    rest = hello("late.example", 1800)[600:]
    frames.append(out(rest, seq=700, own=7999))
    found = read(tmp_path, pcap(frames))
    assert found.values("tls.server_name") == ["late.example"]
    assert found.tally is not None
    assert found.tally.issues == 0


def test_what_waits_for_a_lost_segment_stays_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_MOST_BYTES", 20_000)
    held: list[int] = []
    keep = streams.Streams._segment

    def watched(self: streams.Streams, *arguments: object) -> None:
        held.append(self._bytes)
        keep(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(streams.Streams, "_segment", watched)
    hosts = range(30)
    frames = [frame for own in hosts for frame in opened(own=own + 1)]
    frames += [out(b"\x16\x03\x01\x20\x00\x01", seq=100, own=own + 1) for own in hosts]
    # The first byte behind it never comes; all that does has to wait.
    frames += [out(bytes(1000), seq=200 + 1000 * at, own=own + 1) for at in range(7) for own in hosts]
    read(tmp_path, pcap(frames))
    assert max(held) > 10_000
    assert max(held) <= 20_000
