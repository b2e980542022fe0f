"""Any bytes as the payload of one datagram."""

from __future__ import annotations

from drain import drain
from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.sources.discovery_reply import READER


def target(data: bytes) -> None:
    """Recognise and read the bytes."""
    drain(READER, data, "x.bin")


@FUZZ
@given(st.binary(max_size=400) | mutations(seeds("discovery_reply")))
def test_any_bytes(data: bytes) -> None:
    target(data)
