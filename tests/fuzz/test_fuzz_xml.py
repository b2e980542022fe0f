"""Any bytes as XML of a device."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.errors import WireError
from custodiet.wire.xml import child_text, local, parse_xml


def target(data: bytes) -> None:
    """Nothing but a WireError may come out, and no name or text is longer than asked for."""
    with suppress(WireError):
        root = parse_xml(data)
        assert local(root)
        assert len(child_text(root, "MAC", 40)) <= 40


@FUZZ
@given(st.binary(max_size=400) | mutations(seeds("ssdp") + seeds("sadp") + seeds("wsdiscovery")))
def test_any_bytes(data: bytes) -> None:
    target(data)
