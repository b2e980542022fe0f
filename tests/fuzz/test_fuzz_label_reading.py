"""Any bytes as a file of readings of labels."""

from __future__ import annotations

from drain import drain
from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.sources.label_reading import READER


def target(data: bytes) -> None:
    """Recognise and read the bytes."""
    drain(READER, data, "x.jsonl")


@FUZZ
@given(st.binary(max_size=400) | mutations(seeds("label_reading")))
def test_any_bytes(data: bytes) -> None:
    target(data)
