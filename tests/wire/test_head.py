"""Heads of text protocols: lines, folds, limits and secrets."""

from __future__ import annotations

import pytest

from custodiet.errors import WireError
from custodiet.wire.head import MAX_HEADERS, header, split_head, without_password, without_session


def test_order_and_repeats_are_kept() -> None:
    headers, rest = split_head(b"A: 1\r\nb:2\r\nA : 3\r\n\r\nbody")
    assert headers == (("A", "1"), ("b", "2"), ("A", "3"))
    assert rest == b"body"
    assert header(headers, "B") == "2"
    assert header(headers, "none") == ""


def test_bare_line_feeds_folds_and_junk_lines() -> None:
    headers, rest = split_head(b"first\nServer: a\n  b\n=junk\nX-Y: c\n\nrest", first_line=True)
    assert headers == (("Server", "a b"), ("X-Y", "c"))
    assert rest == b"rest"


def test_bounds() -> None:
    assert len(split_head(b"A: 1\r\n" * 500)[0]) == MAX_HEADERS
    with pytest.raises(WireError):
        split_head(b"A: " + b"x" * 70000)
    headers, _ = split_head(b"A: x\r\n" + b" y\r\n" * 10000)
    assert len(headers[0][1]) <= 2000


def test_values_are_made_safe() -> None:
    assert split_head(b"Server: a\x1b[2J\xff\r\n")[0] == (("Server", "a\\x1b[2J\\xff"),)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/snapshot.cgi?user=admin&pwd=geheim&x=1", "/snapshot.cgi?user=admin&pwd=***&x=1"),
        ("/user=admin&password=geheim&channel=1&stream=0.sdp?", "/user=admin&password=***&channel=1&stream=0.sdp?"),
        ("/user=admin_password=a_b_c_channel=1_stream=0.sdp", "/user=admin_password=***_channel=1_stream=0.sdp"),
        ("/live?token=abc", "/live?token=***"),
        ("/compass=north", "/compass=north"),
        ("/Streaming/Channels/101?transportmode=unicast", "/Streaming/Channels/101?transportmode=unicast"),
    ],
)
def test_passwords_in_paths(path: str, shown: str) -> None:
    assert without_password(path) == shown


def test_session_keys_in_cookies() -> None:
    assert without_session("WebSession=0123456789abcdef; path=/") == "WebSession=***; path=/"
    assert without_session("language=nl") == "language=nl"
    assert without_session("odd") == "odd"
