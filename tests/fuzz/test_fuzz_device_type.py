"""Any bytes as a device type."""

from __future__ import annotations

from drain import drain
from hypothesis import given, settings
from hypothesis import strategies as st
from mutate import mutations, seeds

from custodiet.sources.device_type import READER


def target(data: bytes) -> None:
    """Recognise and read the bytes."""
    drain(READER, data, "x.yml")


@settings(deadline=None, max_examples=200, derandomize=True)
@given(st.binary(max_size=400) | mutations(seeds("device_type")))
def test_any_bytes(data: bytes) -> None:
    target(data)
