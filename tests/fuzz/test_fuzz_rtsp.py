"""Any bytes as RTSP and as a session description."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.errors import WireError
from custodiet.wire.rtsp import parse_rtsp, parse_rtsp_all, stream_path


def target(data: bytes) -> None:
    """Read the bytes as a stream, and as an address."""
    path = stream_path(data)
    assert not path or path.startswith("/")
    try:
        messages = parse_rtsp_all(data)
    except WireError:
        return
    assert messages[0] == parse_rtsp(data)
    for message in messages:
        for attribute, value in (*message.facts(), *message.facts_about_peer()):
            assert attribute.startswith("rtsp.")
            assert value
            assert len(value) <= 4000


@FUZZ
@given(st.binary(max_size=600) | mutations(seeds("rtsp")))
def test_any_bytes(data: bytes) -> None:
    target(data)
