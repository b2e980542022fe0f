"""Any bytes as a firewall's log."""

from __future__ import annotations

from drain import drain
from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.sources.firewall.reader import READER


def target(data: bytes) -> None:
    """Read the bytes as a firewall's log."""
    drain(READER, data)


@FUZZ
@given(st.binary(max_size=400) | mutations(seeds("firewall")))
def test_any_bytes(data: bytes) -> None:
    target(data)
