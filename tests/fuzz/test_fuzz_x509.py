"""Any bytes as a certificate."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.errors import WireError
from custodiet.wire.x509 import parse_certificate


def target(data: bytes) -> None:
    """Read the bytes as DER."""
    for parse in (parse_certificate,):
        try:
            message = parse(data)
        except WireError:
            continue
        for attribute, value in message.facts():
            assert attribute.startswith("tls.")
            assert value
            assert len(value) <= 4000


@FUZZ
@given(st.binary(max_size=600) | mutations(seeds("x509")))
def test_any_bytes(data: bytes) -> None:
    target(data)
