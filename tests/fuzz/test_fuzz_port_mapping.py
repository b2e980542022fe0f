"""Any bytes as a request for a way in, in SOAP and in datagrams."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.errors import WireError
from custodiet.wire.port_mapping import parse_datagram, parse_soap


def target(data: bytes) -> None:
    """Read the bytes both ways."""
    for parse in (parse_soap, parse_datagram):
        try:
            message = parse(data)
        except WireError:
            continue
        for attribute, value in [*message.facts(), *message.facts_about_peer(), *message.facts_about_client()]:
            assert attribute.startswith("upnp.port_mapping")
            assert 0 < len(value) <= 600


@FUZZ
@given(st.binary(max_size=1200) | mutations(seeds("port_mapping")))
def test_any_bytes(data: bytes) -> None:
    target(data)
