"""Any bytes as a greeting on the ports that matter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.errors import WireError
from custodiet.wire.greeting import parse_greeting


def target(data: bytes) -> None:
    """Read the bytes as the greeting of every kind of server."""
    for port in (0, 21, 22, 23, 25, 5060, 8000):
        try:
            greeting = parse_greeting(data, port)
        except WireError:
            continue
        for attribute, value in greeting.facts():
            assert attribute.startswith("banner.")
            assert value
            assert len(value) <= 400


@FUZZ
@given(st.binary(max_size=600) | mutations(seeds("greeting")))
def test_any_bytes(data: bytes) -> None:
    target(data)
