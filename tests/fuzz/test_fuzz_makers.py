"""Any bytes as a reply of every maker's own discovery."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.errors import WireError
from custodiet.wire.makers import PORTS, parse_maker_discovery


def target(data: bytes) -> None:
    """Read the bytes on every port."""
    for port in PORTS:
        try:
            reply = parse_maker_discovery(data, port)
        except WireError:
            continue
        for attribute, value in reply.facts():
            assert attribute in ("discovery.other", "net.mac", "net.hostname")
            assert value
            assert len(value) <= 4000


@FUZZ
@given(st.binary(max_size=600) | mutations(seeds("makers")))
def test_any_bytes(data: bytes) -> None:
    target(data)
