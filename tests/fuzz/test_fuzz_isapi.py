"""Any bytes as the answers of a device's own interface."""

from __future__ import annotations

from drain import drain
from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.sources.isapi import READER


def target(data: bytes) -> None:
    """Recognise and read the bytes."""
    drain(READER, data, "x.json")


@FUZZ
@given(st.binary(max_size=400) | mutations(seeds("isapi")))
def test_any_bytes(data: bytes) -> None:
    target(data)
