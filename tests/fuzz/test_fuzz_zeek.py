"""Any bytes as a log of Zeek."""

from __future__ import annotations

from drain_logs import drain
from hypothesis import given, settings
from hypothesis import strategies as st
from mutate import mutations, seeds

from custodiet.sources.zeek.reader import READER


def target(data: bytes) -> None:
    """Read the bytes as a log of Zeek."""
    drain(READER, data)


@settings(deadline=None, max_examples=200, derandomize=True)
@given(st.binary(max_size=400) | mutations(seeds("zeek")))
def test_any_bytes(data: bytes) -> None:
    target(data)
