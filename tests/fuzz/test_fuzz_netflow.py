"""Any bytes as export packets, and as what nfdump prints."""

from __future__ import annotations

import gzip

from drain import drain
from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.sources.netflow.nfdump import NFCAPD
from custodiet.sources.netflow.nfdump import READER as PRINTED
from custodiet.sources.netflow.reader import READER

HEADS = [
    b"\x00\x0a\x00\x10\x69\xae\xa8\x80\0\0\0\0\0\0\0\1",
    b"\x00\x0a\x01\x00\x69\xae\xa8\x80\0\0\0\0\0\0\0\1\0\2\0\x10\1\0\0\2\0\x08\0\4\0\x0c\0\4\1\0\0\xe0",
    b"\x00\x09\x00\x02\0\0\0\0\x69\xae\xa8\x80\0\0\0\0\0\0\0\1\0\0\0\x10\1\0\0\2\0\x08\0\4\0\x0c\0\4",
    b"\x00\x05\x00\x01" + bytes(20),
]
HEADINGS = b"ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt\n"


def target(data: bytes) -> None:
    """Read the bytes as export packets."""
    drain(READER, data)


def printed(data: bytes) -> None:
    """Read the bytes as what nfdump prints."""
    drain(PRINTED, data)
    drain(NFCAPD, data)


@FUZZ
@given(st.binary(max_size=400) | mutations(seeds("netflow")))
def test_any_bytes(data: bytes) -> None:
    target(data)


@FUZZ
@given(st.sampled_from(HEADS), st.binary(max_size=400), st.booleans())
def test_any_bytes_behind_a_header(head: bytes, data: bytes, packed: bool) -> None:
    target(gzip.compress(head + data) if packed else head + data)


@FUZZ
@given(st.binary(max_size=400).map(HEADINGS.__add__) | mutations(seeds("nfdump")))
def test_any_lines(data: bytes) -> None:
    printed(data)
