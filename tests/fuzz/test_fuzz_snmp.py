"""Any bytes as SNMP."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.errors import WireError
from custodiet.wire.snmp import parse_snmp


def target(data: bytes) -> None:
    """Read the bytes as a message."""
    for parse in (parse_snmp,):
        try:
            message = parse(data)
        except WireError:
            continue
        for attribute, value in message.facts():
            assert attribute.startswith("snmp.")
            assert value
            assert len(value) <= 4000


@FUZZ
@given(st.binary(max_size=600) | mutations(seeds("snmp")))
def test_any_bytes(data: bytes) -> None:
    target(data)
