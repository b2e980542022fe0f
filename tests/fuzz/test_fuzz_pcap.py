"""Any bytes as a capture."""

from __future__ import annotations

import gzip

from drain import drain
from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.sources.pcap.reader import READER

HEADS = [
    b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00" + bytes(8) + b"\xff\xff\0\0\1\0\0\0",
    b"\xa1\xb2\x3c\x4d\x00\x02\x00\x04" + bytes(8) + b"\0\0\xff\xff\0\0\0\x71",
    b"\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\1\0\0\0" + b"\xff" * 8 + b"\x1c\0\0\0",
]


def target(data: bytes) -> None:
    """Read the bytes as a capture."""
    drain(READER, data)


@FUZZ
@given(st.binary(max_size=400) | mutations(seeds("pcap")))
def test_any_bytes(data: bytes) -> None:
    target(data)


@FUZZ
@given(st.sampled_from(HEADS), st.binary(max_size=400), st.booleans())
def test_any_bytes_behind_a_header(head: bytes, data: bytes, packed: bool) -> None:
    target(gzip.compress(head + data) if packed else head + data)
