"""Any bytes as a DHCP message of either version."""

from __future__ import annotations

from contextlib import suppress

from drain import consume
from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.errors import WireError
from custodiet.wire.dhcp import parse_dhcp, parse_dhcp6


def target(data: bytes) -> None:
    """Nothing but a WireError may come out."""
    with suppress(WireError):
        message = parse_dhcp(data)
        consume(message.facts())
        message.lease()
    with suppress(WireError):
        consume(parse_dhcp6(data).facts())


@FUZZ
@given(st.binary(max_size=400) | mutations(seeds("dhcp")))
def test_any_bytes(data: bytes) -> None:
    target(data)
