"""Bytes as text: nothing lost, nothing that moves a cursor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodiet.wire.text import text


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", ""),
        (b"IPC-HFW1230S", "IPC-HFW1230S"),
        ("caméra 大华".encode(), "caméra 大华"),
        (b"cam\xe9ra", "cam\\xe9ra"),  # Latin-1 is not guessed: the byte is kept
        (b"a\x00b", "a\\x00b"),
        (b"\x1b[31mred", "\\x1b[31mred"),
        (b"one\r\n\ttwo", "one\r\n\ttwo"),
        (b"\x7f", "\\x7f"),
        ("\x85".encode(), "\\xc2\\x85"),  # a control character of the upper range, as its two bytes
        (b"\xed\xa0\x80", "\\xed\\xa0\\x80"),  # a surrogate is not UTF-8
    ],
)
def test_text(raw: bytes, expected: str) -> None:
    assert text(raw) == expected


def test_limit_counts_characters() -> None:
    assert text("😀".encode() * 500, 3) == "😀😀😀"
    assert len(text(b"a" * 1000)) == 400


@pytest.mark.parametrize("limit", [5, 6, 7, 8])
def test_no_escape_is_cut_in_two(limit: int) -> None:
    assert text(b"\xff\xff\xff", limit) == ("\\xff" if limit < 8 else "\\xff\\xff")


@given(st.binary(max_size=200), st.integers(1, 60))
def test_any_bytes(raw: bytes, limit: int) -> None:
    result = text(raw, limit)
    assert len(result) <= limit
    assert not any(ord(sign) < 32 and sign not in "\t\r\n" for sign in result)
    result.encode()  # can be stored
