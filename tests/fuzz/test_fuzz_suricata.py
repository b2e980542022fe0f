"""Any bytes as an EVE log."""

from __future__ import annotations

from drain import drain
from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.sources.suricata.reader import READER


def target(data: bytes) -> None:
    """Read the bytes as an EVE log."""
    drain(READER, data)


@FUZZ
@given(st.binary(max_size=400) | mutations(seeds("suricata")))
def test_any_bytes(data: bytes) -> None:
    target(data)
