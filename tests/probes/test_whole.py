"""Whether an answer is complete: where it is said too early, something is lost; where it is not said, we only wait."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.probes.whole import is_whole

PAGE = b"HTTP/1.1 200 OK\r\nServer: App-webs/\r\nContent-Length: 5\r\n\r\nhello"
HELLO = b"\x16\x03\x03\0\x04\x02abc" + b"\x16\x03\x03\0\x03\x0bxy" + b"\x16\x03\x03\0\x04\x0e\0\0\0"
WHOLE = [
    PAGE,
    PAGE.replace(b"Content-Length", b"CONTENT-LENGTH"),
    PAGE + b"and more than it said",
    b"HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n",
    b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS\r\n\r\n",
    b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: 3\r\n\r\nv=0",
    HELLO,
    b"\x15\x03\x01\0\x02\x02\x28",
]
PARTS = [
    PAGE[:-1],
    PAGE[:30],
    b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\nno length: it ends when it ends",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n5\r\nhello",
    b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: 30\r\n\r\nv=0",
    HELLO[:-1],
    HELLO[:-9],
    b"\x16\x03\x03\xff\xff" + bytes(100),
    b"220 ready\r\n",
    b"",
    b"\x16",
]


@pytest.mark.parametrize("answer", WHOLE)
def test_a_whole_answer_is_known(answer: bytes) -> None:
    assert is_whole(answer)
    assert is_whole(bytearray(answer))


@pytest.mark.parametrize("answer", PARTS)
def test_of_a_part_more_is_awaited(answer: bytes) -> None:
    assert not is_whole(answer)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.sampled_from([b"", b"HTTP/1.1 200", b"RTSP/1.0 ", b"\x16\x03\x03", HELLO]), st.binary(max_size=300))
def test_any_bytes_get_an_answer(head: bytes, tail: bytes) -> None:
    assert is_whole(head + tail) in (True, False)
