"""Any bytes as both directions of TLS."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.errors import WireError
from custodiet.wire.tls import parse_client_hello, parse_server_flight


def target(data: bytes) -> None:
    """Read the bytes as a hello, whole and partial, and as a server's answer."""
    try:
        whole = parse_client_hello(data)
    except WireError:
        whole = None
    try:
        part = parse_client_hello(data, partial=True)
        assert whole is None or part == whole
        list(part.facts())
    except WireError:
        assert whole is None
    try:
        flight = parse_server_flight(data)
    except WireError:
        return
    assert sum(map(len, flight.certificates)) <= len(data)
    for attribute, value in flight.facts():
        assert attribute.startswith("tls.")
        assert value


@FUZZ
@given(st.binary(max_size=600) | mutations(seeds("tls")))
def test_any_bytes(data: bytes) -> None:
    target(data)
