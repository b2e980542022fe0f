"""Requests, answers, bodies in every wrapping, and what people wrote down of them."""

from __future__ import annotations

import gzip
import json
import zlib
from pathlib import Path

import pytest

from custodiet.errors import WireError
from custodiet.wire.http import MAX_BODY, parse_header_block, parse_http, parse_http_all, parse_http_text

OBSERVATIONS = Path(__file__).parents[2] / "../shared/samples/observations.jsonl"

PAGE = b"<html><head><TITLE lang=nl>\n Poort &amp;\n  Camera </title></head></html>"
ANSWER = (
    b"HTTP/1.1 401 Unauthorized\r\nDate: Sat, 01 Feb 2025 10:00:00 GMT\r\nServer: Example-Webs\r\n"
    b'WWW-Authenticate: Digest realm="cam"\r\nWWW-Authenticate: Basic realm="cam"\r\nETag: "1a-2b"\r\n'
    b"X-Powered-By: Example\r\nSet-Cookie: Session=00112233445566778899; path=/\r\nLocation: /doc/page/login.asp\r\n"
    b"Content-Type: text/html\r\nContent-Length: " + str(len(PAGE)).encode() + b"\r\n\r\n" + PAGE
)
REQUEST = (
    b"GET /cgi-bin/hi?pwd=geheim HTTP/1.1\r\nHost: relay.example\r\n"
    b"User-Agent: cam/1\r\nAuthorization: Basic eA==\r\n\r\n"
)


def answer(body: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join((b"HTTP/1.1 200 OK", *headers, b"", body))


def test_answer() -> None:
    read = parse_http(ANSWER)
    assert (read.kind, read.status, len(read.headers)) == ("response", 401, 10)
    assert list(read.facts()) == [
        ("http.server", "Example-Webs"),
        ("http.www_authenticate", 'Digest realm="cam"'),
        ("http.www_authenticate", 'Basic realm="cam"'),
        ("http.header", 'ETag: "1a-2b"'),
        ("http.header", "X-Powered-By: Example"),
        ("http.location", "/doc/page/login.asp"),
        ("http.set_cookie", "Session=***; path=/"),
        ("http.title", "Poort & Camera"),
        ("http.body", PAGE.decode()),
    ]
    assert list(read.facts_about_peer()) == []


def test_request() -> None:
    read = parse_http(REQUEST)
    assert list(read.facts()) == [
        ("http.user_agent", "cam/1"),
        ("http.host", "relay.example"),
        ("http.asked_path", "/cgi-bin/hi?pwd=***"),
    ]
    assert list(read.facts_about_peer()) == [("http.path", "/cgi-bin/hi?pwd=***")]
    assert "geheim" not in repr(read)


def test_whole_url_as_target() -> None:
    assert parse_http(b"GET http://user:pass@host/a?b HTTP/1.0\r\n\r\n").path == "/a?b"


def test_several_messages_in_one_stream() -> None:
    stream = (
        ANSWER + answer(b"two", b"Content-Length: 3") + answer(b"3\r\nabc\r\n0\r\n\r\n", b"Transfer-Encoding: chunked")
    )
    read = parse_http_all(stream + b"\x00junk")
    assert [message.body for message in read] == [PAGE, b"two", b"abc"]


def test_answers_without_body_do_not_swallow_the_next() -> None:
    read = parse_http_all(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 304 Not Modified\r\n\r\n" + ANSWER)
    assert [message.status for message in read] == [100, 304, 401]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n", [b"Transfer-Encoding: chunked"]),
        (b"5\nhello\n6\n world\n0\n\n", [b"transfer-encoding: Chunked"]),
        (b"B\r\nhello world", [b"Transfer-Encoding: chunked"]),  # cut
        (gzip.compress(b"hello world", mtime=0), [b"Content-Encoding: gzip"]),
        (zlib.compress(b"hello world"), [b"Content-Encoding: deflate"]),
        (zlib.compress(b"hello world")[2:-4], [b"Content-Encoding: deflate"]),
        (gzip.compress(b"hello world", mtime=0)[:-8], [b"Content-Encoding: gzip"]),  # cut
        (b"hello world", [b"Content-Length: nonsense"]),
    ],
)
def test_wrapped_bodies(body: bytes, headers: list[bytes]) -> None:
    assert parse_http(answer(body, *headers)).body == b"hello world"


def test_chunks_and_gzip_together() -> None:
    packed = gzip.compress(PAGE)
    body = f"{len(packed):x}".encode() + b"\r\n" + packed + b"\r\n0\r\n\r\n"
    read = parse_http(answer(body, b"Transfer-Encoding: chunked", b"Content-Encoding: gzip"))
    assert read.title == "Poort & Camera"


def test_a_bomb_is_bounded() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    assert len(parse_http(answer(bomb, b"Content-Encoding: gzip")).body) == MAX_BODY


@pytest.mark.parametrize("body", [b"\xff\xd8\xff\xe0 JFIF", b"abc\0def", bytes(range(1, 9)) * 20])
def test_pictures_and_numbers_are_no_text(body: bytes) -> None:
    assert parse_http(answer(body, b"Content-Type: image/jpeg")).body_text == ""
    assert parse_http(answer(body[-7:] + b"\0")).body_text == ""


def test_body_and_title_in_old_encodings() -> None:
    page = "<title>网络摄像机</title>".encode("gb18030")
    assert parse_http(answer(page, b"Content-Type: text/html; charset=gb2312")).title == "网络摄像机"
    assert parse_http(answer(b"<meta charset=gbk>" + page)).title == "网络摄像机"
    assert parse_http(answer(b"<title>\xff\x1b</title>")).title == "\\xff\\x1b"
    assert parse_http(answer("<title>é</title>".encode(), b"Content-Type: text/html; charset=gb2312")).title == "é"


def test_half_a_title_is_none() -> None:
    assert parse_http(answer(b"<title>AXI")).title == ""
    assert parse_http(answer(b"<titles>x</titles>")).title == ""


def test_body_is_cut_to_4000_characters() -> None:
    assert len(parse_http(answer(b"x" * 9000)).body_text) == 4000


def test_header_block() -> None:
    read = parse_header_block(b"Server: Example Camera\nX-Device: a\n")
    assert list(read.facts()) == [("http.server", "Example Camera"), ("http.header", "X-Device: a")]
    assert parse_header_block(ANSWER) == parse_http(ANSWER)
    with pytest.raises(WireError):
        parse_header_block(b"no header here")


@pytest.mark.parametrize(
    ("kept", "fact"),
    [
        (b"<title>DVR</title>", ("http.title", "DVR")),
        (b'Server: "A: B"', ("http.server", '"A: B"')),
        (b'{"type": "x"}', ("http.body", '{"type": "x"}')),
        (b"root.Brand.Brand=EXAMPLE\n", ("http.body", "root.Brand.Brand=EXAMPLE\n")),
        (b"HTTP/1.0 200 OK\nServer: a", ("http.server", "a")),
    ],
)
def test_written_down(kept: bytes, fact: tuple[str, str]) -> None:
    assert fact in list(parse_http_text(kept).facts())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n\r\n",
        b"RTSP/1.0 200 OK\r\n\r\n",
        b"HELLO / HTTP/1.1\r\n\r\n",
        b"GET /\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\n",
    ],
)
def test_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        parse_http(data)


def test_nothing_written_down() -> None:
    with pytest.raises(WireError):
        parse_http_text(b" \r\n")


@pytest.mark.samples
def test_real_answers() -> None:
    if not OBSERVATIONS.is_file():
        pytest.skip("no shared samples here")
    rows = [json.loads(line) for line in OBSERVATIONS.read_text("utf-8").splitlines()]
    kept = [row["payload"] for row in rows if row["kind"] == "http" and isinstance(row["payload"], str)]
    assert len(kept) > 50
    for payload in kept:
        assert list(parse_http_text(payload.encode()).facts()), payload
