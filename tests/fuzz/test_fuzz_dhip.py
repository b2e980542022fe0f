"""Any bytes as DHIP and as its older form."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.errors import WireError
from custodiet.wire.dhip import parse_dhip, parse_dvrip_discovery


def target(data: bytes) -> None:
    """Read the bytes as both forms."""
    for parse in (parse_dhip, parse_dvrip_discovery):
        try:
            message = parse(data)
        except WireError:
            continue
        for attribute, value in message.facts():
            assert attribute.startswith("dhip.")
            assert value
            assert len(value) <= 4000


@FUZZ
@given(st.binary(max_size=600) | mutations(seeds("dhip")))
def test_any_bytes(data: bytes) -> None:
    target(data)
