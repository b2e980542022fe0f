"""Any bytes as an SSDP datagram or a device description."""

from __future__ import annotations

from contextlib import suppress

from drain import consume
from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.errors import WireError
from custodiet.wire.ssdp import parse_ssdp, parse_upnp_description


def target(data: bytes) -> None:
    """Nothing but a WireError may come out."""
    with suppress(WireError):
        consume(parse_ssdp(data).facts())
    with suppress(WireError):
        consume(parse_upnp_description(data).facts())


@FUZZ
@given(st.binary(max_size=400) | mutations(seeds("ssdp")))
def test_any_bytes(data: bytes) -> None:
    target(data)
