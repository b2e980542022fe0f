"""Client hellos in any number of records and the certificates of a server."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from der import certificate

from custodiet.errors import WireError
from custodiet.wire.tls import Truncated, parse_client_hello, parse_server_flight

CAPTURES = Path(__file__).parents[2] / "../shared/samples/captures"


def vector(octets: int, *content: bytes) -> bytes:
    body = b"".join(content)
    return len(body).to_bytes(octets) + body


def extension(kind: int, content: bytes) -> bytes:
    return kind.to_bytes(2) + vector(2, content)


def handshake(kind: int, body: bytes) -> bytes:
    return bytes((kind,)) + vector(3, body)


def records(message: bytes, size: int = 16384) -> bytes:
    return b"".join(b"\x16\x03\x01" + vector(2, message[at : at + size]) for at in range(0, len(message), size))


def server_name(*names: bytes) -> bytes:
    return extension(0, vector(2, *(b"\0" + vector(2, name) for name in names)))


ALPN = extension(16, vector(2, vector(1, b"\x1a\x1a"), vector(1, b"h2"), vector(1, b"http/1.1")))
VERSIONS = extension(43, vector(1, b"\x2a\x2a\x03\x04\x03\x03"))


def client_hello(*extensions: bytes) -> bytes:
    body = b"\x03\x03" + bytes(32) + vector(1, bytes(32)) + vector(2, b"\x13\x01") + vector(1, b"\0")
    return handshake(1, body + vector(2, *extensions))


def server_hello(*extensions: bytes) -> bytes:
    return handshake(2, b"\x03\x03" + bytes(32) + vector(1) + b"\xc0\x2f\0" + vector(2, *extensions))


def chain(*certificates: bytes) -> bytes:
    return handshake(11, vector(3, *(vector(3, der) for der in certificates)))


HELLO = client_hello(server_name(b"relay.voorbeeld.example"), ALPN, VERSIONS)
DONE = handshake(14, b"")


def test_hello() -> None:
    read = parse_client_hello(records(HELLO))
    assert read.version == "TLS 1.3"
    assert list(read.facts()) == [("tls.server_name", "relay.voorbeeld.example"), ("tls.alpn", "h2,http/1.1")]


@pytest.mark.parametrize("size", [1, 3, 40, 100])
def test_hello_split_over_records(size: int) -> None:
    assert parse_client_hello(records(HELLO, size)) == parse_client_hello(records(HELLO))


def test_what_follows_the_hello_is_not_read() -> None:
    assert parse_client_hello(records(HELLO) + b"\x17\x03\x03\x00\x02xx") == parse_client_hello(records(HELLO))


def test_every_cut_asks_for_more() -> None:
    whole = records(HELLO, 50)
    for length in range(len(whole)):
        with pytest.raises(Truncated):
            parse_client_hello(whole[:length])


def test_partial_gives_only_whole_names() -> None:
    whole = records(client_hello(server_name(b"first.example"), ALPN))
    assert parse_client_hello(whole[:-30], partial=True).server_name == ()
    assert parse_client_hello(whole[:-3], partial=True).server_name == ("first.example",)


def test_hello_without_extensions() -> None:
    body = b"\x03\x01" + bytes(32) + b"\0" + vector(2, b"\0\x2f") + b"\x01\0"
    read = parse_client_hello(records(handshake(1, body)))
    assert (read.version, list(read.facts())) == ("TLS 1.0", [])


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n",
        b"\x80\x2e\x01\x00\x02" + bytes(60),  # SSL 2
        records(server_hello()),
        b"\x16\x09\x01\x00\x05" + bytes(5),
        b"\x16\x03\x01\x00\x02\x01\x00" + b"\x17\x03\x03\x00\x02xx",  # another record inside the hello
        records(b"\x01\xff\xff\xff"),  # longer than any hello
    ],
)
def test_no_hello(data: bytes) -> None:
    with pytest.raises(WireError) as refused:
        parse_client_hello(data)
    assert not isinstance(refused.value, Truncated)


def test_certificates() -> None:
    flight = parse_server_flight(records(server_hello() + chain(certificate(), b"second") + DONE))
    assert (flight.version, flight.complete) == ("TLS 1.2", True)
    assert flight.certificates == (certificate(), b"second")
    assert ("tls.issuer", "CN=device root,O=Made Up CA") in list(flight.facts())


@pytest.mark.parametrize("size", [7, 200])
def test_certificates_over_records(size: int) -> None:
    flight = parse_server_flight(records(server_hello() + chain(certificate()) + DONE, size))
    assert flight.certificates == (certificate(),)


def test_cut_flight_keeps_whole_certificates_and_says_so() -> None:
    data = records(server_hello() + chain(certificate(), bytes(500)))
    flight = parse_server_flight(data[:-400])
    assert (flight.certificates, flight.complete) == ((certificate(),), False)
    assert parse_server_flight(data[:20]) == parse_server_flight(b"\x16\x03\x03\x00\x50\x02")


def test_no_certificate_to_come() -> None:
    resumed = records(server_hello()) + b"\x14\x03\x03\x00\x01\x01"
    assert parse_server_flight(resumed).complete
    newer = parse_server_flight(records(server_hello(extension(43, b"\x03\x04"))))
    assert (newer.version, newer.complete, newer.certificates) == ("TLS 1.3", True, ())
    assert parse_server_flight(b"\x15\x03\x01\x00\x02\x02\x28").complete


def test_broken_certificate_gives_no_facts() -> None:
    flight = parse_server_flight(records(server_hello() + chain(b"\x30\x03abc")))
    assert list(flight.facts()) == []


@pytest.mark.parametrize("data", [b"", b"HTTP/1.1 400 Bad Request\r\n", records(HELLO), b"\x16\x03"])
def test_no_flight(data: bytes) -> None:
    with pytest.raises(WireError):
        parse_server_flight(data)


@pytest.mark.samples
def test_real_hellos() -> None:
    capture = CAPTURES / "sentinel-wemoswitch-setup-c-2-sta.pcap"
    if not capture.is_file():
        pytest.skip("no shared samples here")
    data = capture.read_bytes()
    found: set[str] = set()
    for match in re.finditer(rb"\x16\x03[\x00-\x03]..\x01", data, re.DOTALL):
        try:
            found.update(parse_client_hello(data[match.start() : match.start() + 1400]).server_name)
        except WireError:
            continue
    assert found == {"api.xbcs.net", "fs.xbcs.net"}
