"""Any bytes as SADP, on UDP and on Ethernet."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.errors import WireError
from custodiet.wire.sadp import parse_sadp, parse_sadp_frame


def target(data: bytes) -> None:
    """Read the bytes as a datagram and as a frame."""
    for parse in (parse_sadp, parse_sadp_frame):
        try:
            message = parse(data)
        except WireError:
            continue
        for attribute, value in message.facts():
            assert attribute.startswith("sadp.")
            assert value
            assert len(value) <= 4000


@FUZZ
@given(st.binary(max_size=600) | mutations(seeds("sadp")))
def test_any_bytes(data: bytes) -> None:
    target(data)
