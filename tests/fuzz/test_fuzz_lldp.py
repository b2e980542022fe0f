"""Any bytes as an LLDP message."""

from __future__ import annotations

from contextlib import suppress

from drain import consume
from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.errors import WireError
from custodiet.wire.lldp import parse_lldp


def target(data: bytes) -> None:
    """Nothing but a WireError may come out."""
    with suppress(WireError):
        consume(parse_lldp(data).facts())


@FUZZ
@given(st.binary(max_size=400) | mutations(seeds("lldp")))
def test_any_bytes(data: bytes) -> None:
    target(data)
