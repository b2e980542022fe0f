"""Any bytes as HTTP, as headers and as what people keep of an answer."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.errors import WireError
from custodiet.wire.http import MAX_BODY, parse_header_block, parse_http, parse_http_all, parse_http_text


def target(data: bytes) -> None:
    """Read the bytes in every way."""
    for parse in (parse_http, parse_header_block, parse_http_text):
        try:
            message = parse(data)
        except WireError:
            continue
        assert len(message.body) <= MAX_BODY
        for attribute, value in (*message.facts(), *message.facts_about_peer()):
            assert attribute.startswith("http.")
            assert value
            assert len(value) <= 4000
    with suppress(WireError):
        assert parse_http_all(data)[0] == parse_http(data)


@FUZZ
@given(st.binary(max_size=600) | mutations(seeds("http")))
def test_any_bytes(data: bytes) -> None:
    target(data)
