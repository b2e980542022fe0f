"""Any bytes as a DNS message of each kind, in a datagram or a stream."""

from __future__ import annotations

from contextlib import suppress

from drain import consume
from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.errors import WireError
from custodiet.wire.dns import parse_dns, parse_dns_tcp
from custodiet.wire.dns_plain import plain_facts


def target(data: bytes) -> None:
    """Nothing but a WireError may come out."""
    for service in ("dns", "mdns", "llmnr"):
        with suppress(WireError):
            message = parse_dns(data, service)
            consume(message.facts())
            consume(message.facts_about_peer())
        if (plain := plain_facts(data, service)) is not None:
            whole = parse_dns(data, service)
            assert plain == (tuple(whole.facts()), tuple(whole.facts_about_peer()))
    with suppress(WireError):
        parse_dns_tcp(data)


@FUZZ
@given(st.binary(max_size=400) | mutations(seeds("dns")))
def test_any_bytes(data: bytes) -> None:
    target(data)
