"""Requests, answers and session descriptions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from custodiet.errors import WireError
from custodiet.wire.rtsp import parse_rtsp, parse_rtsp_all, stream_path

OBSERVATIONS = Path(__file__).parents[2] / "../shared/samples/observations.jsonl"

SDP = b"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=Media Server\r\na=x-made-up:1\r\n"
OPTIONS = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: Example RTSP\r\nPublic: OPTIONS, DESCRIBE\r\n\r\n"
DESCRIBE = (
    b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nx-Own-Header: 1\r\nContent-Type: application/sdp\r\n"
    b"Content-Base: rtsp://10.0.0.5:554/live/ch1?stream=0/\r\nContent-Length: %d\r\n\r\n" % len(SDP)
) + SDP
ASK = (
    b"DESCRIBE rtsp://admin:geheim@10.0.0.5:554/live/ch1?stream=0 RTSP/1.0\r\nCSeq: 2\r\nUser-Agent: recorder/1\r\n\r\n"
)


def test_answers_one_after_another() -> None:
    media = b"$\x00\x00\x05abcde"
    read = parse_rtsp_all(OPTIONS + DESCRIBE + media + media + OPTIONS)
    assert [message.status for message in read] == [200, 200, 200]
    assert list(read[0].facts()) == [("rtsp.server", "Example RTSP"), ("rtsp.public", "OPTIONS, DESCRIBE")]
    assert list(read[1].facts()) == [
        ("rtsp.header", "x-Own-Header: 1"),
        ("rtsp.path", "/live/ch1?stream=0"),
        ("rtsp.sdp", SDP.decode().strip()),
    ]


def test_request() -> None:
    read = parse_rtsp(ASK)
    assert (read.kind, read.method) == ("request", "DESCRIBE")
    assert list(read.facts()) == [("rtsp.user_agent", "recorder/1")]
    assert list(read.facts_about_peer()) == [("rtsp.path", "/live/ch1?stream=0")]
    assert "geheim" not in repr(read)


def test_log_in_asked() -> None:
    read = parse_rtsp(b'RTSP/1.0 401 Unauthorized\nCseq: 1\nWww-Authenticate: Basic realm="cam"')
    assert list(read.facts()) == [("rtsp.www_authenticate", 'Basic realm="cam"')]


def test_description_without_a_length() -> None:
    assert parse_rtsp(b"RTSP/1.0 200 OK\r\nContent-Type: application/sdp\r\n\r\n" + SDP).sdp.startswith("v=0")


def test_cut_description() -> None:
    assert parse_rtsp(DESCRIBE[:-20]).sdp == SDP[:-20].decode().strip()


def test_bare_description() -> None:
    read = parse_rtsp(b"\r\n" + SDP + b"\0")
    assert (read.kind, list(read.facts())) == ("description", [("rtsp.sdp", SDP.decode().strip())])
    assert len(parse_rtsp(SDP + b"a=x\r\n" * 5000).sdp) == 4000


def test_other_bodies_are_no_description() -> None:
    read = parse_rtsp(b"RTSP/1.0 200 OK\r\nContent-Type: text/parameters\r\nContent-Length: 4\r\n\r\nx: y")
    assert read.sdp == ""


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("rtsp://10.0.0.5/a/b?c=d", "/a/b?c=d"),
        ("rtsp://user:p@ss@10.0.0.5:554/a", "/a"),
        ("rtsp://10.0.0.5/?chID=1&linkType=tcp", "/?chID=1&linkType=tcp"),
        ("rtsp://10.0.0.5?chID=1", "/?chID=1"),
        ("rtsp://10.0.0.5", "/"),
        ("/a", "/a"),
        ("*", ""),
        ("", ""),
    ],
)
def test_paths(url: str, path: str) -> None:
    assert stream_path(url) == path


@pytest.mark.parametrize(
    "data", [b"", b"HTTP/1.1 200 OK\r\n\r\n", b"PLAY x\r\n\r\n", b"FLY / RTSP/1.0\r\n\r\n", b"\0" * 40]
)
def test_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        parse_rtsp(data)


@pytest.mark.samples
def test_real_answers() -> None:
    if not OBSERVATIONS.is_file():
        pytest.skip("no shared samples here")
    rows = [json.loads(line) for line in OBSERVATIONS.read_text("utf-8").splitlines() if '"kind": "rtsp"' in line]
    answers = [row["payload"] for row in rows if isinstance(row["payload"], str)]
    silent = [payload for payload in answers if not list(parse_rtsp(payload.encode()).facts())]
    assert len(answers) > 10
    assert len(silent) <= 1  # an answer to PLAY holds nothing but its session
    for row in rows:
        if isinstance(row["payload"], dict):
            assert stream_path(row["payload"]["url"]).startswith("/")
