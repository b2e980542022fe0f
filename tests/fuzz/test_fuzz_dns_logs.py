"""Any bytes as the log of a name server."""

from __future__ import annotations

from drain import drain
from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.sources.dns_logs.reader import READER


def target(data: bytes) -> None:
    """Read the bytes as the log of a name server."""
    drain(READER, data)


@FUZZ
@given(st.binary(max_size=400) | mutations(seeds("dns_logs")))
def test_any_bytes(data: bytes) -> None:
    target(data)
