"""Any bytes as a frame of any link type."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.errors import WireError
from custodiet.wire.ip import quoted
from custodiet.wire.link import Frame, parse_arp, parse_frame, parse_ip

LINK_TYPES = [0, 1, 12, 101, 108, 113, 228, 229, 276]


def target(data: bytes) -> None:
    """Read the bytes as every link type, and what they carry as the next protocol."""
    for link_type in LINK_TYPES:
        try:
            frame = parse_frame(data, link_type)
        except WireError:
            continue
        assert isinstance(frame, Frame)
        assert len(frame.payload) <= len(data)
        quoted(frame)
        try:
            if frame.ethertype == 0x0806:
                list(parse_arp(frame.payload).facts())
            elif frame.protocol in (4, 41):
                parse_ip(frame.payload)
        except WireError:
            pass


@FUZZ
@given(st.binary(max_size=200) | mutations(seeds("link")))
def test_any_bytes(data: bytes) -> None:
    target(data)
