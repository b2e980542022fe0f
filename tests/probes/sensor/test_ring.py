"""Blocks of the ring: records, the tag that the kernel took out, and lengths that lie."""

from __future__ import annotations

import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.probes.sensor.ring import capture_head, records
from custodiet.wire.link import LINK_ETHERNET

FRAME = bytes(range(14)) + b"payload"
SECONDS = 1_750_000_000


def framed(frame: bytes, *, tag: int | None = None, kind: int = 0, length: int = 0, last: bool = False) -> bytes:
    status = 1 | (0x10 if tag is not None else 0) | (0x40 if kind else 0)
    room = (82 + len(frame) + 15) // 16 * 16
    head = struct.pack(
        "=6IHHIIH", 0 if last else room, SECONDS, 5, len(frame), length or len(frame), status, 82, 96, 0, tag or 0, kind
    )
    return (head.ljust(82, b"\0") + frame).ljust(room, b"\0")


def block(*frames: bytes, count: int = -1) -> memoryview:
    data = b"".join(frames)
    head = struct.pack("=2I4I", 1, 48, 1, len(frames) if count < 0 else count, 48, 48 + len(data))
    return memoryview(head.ljust(48, b"\0") + data)


def record(frame: bytes, length: int = 0) -> bytes:
    return struct.pack("=4I", SECONDS, 5, len(frame), length or len(frame)) + frame


def test_frames_become_records() -> None:
    found = records(block(framed(FRAME), framed(FRAME + b"more", length=1500, last=True)), LINK_ETHERNET)
    data = b"".join(found.pieces)
    assert data == record(FRAME) + record(FRAME + b"more", 1500)
    assert (found.frames, found.size, found.broken) == (2, len(data), 0)
    assert abs(found.first - SECONDS) < 0.001


def test_the_tag_is_put_back() -> None:
    found = records(block(framed(FRAME, tag=20), framed(FRAME, tag=7, kind=0x88A8)), LINK_ETHERNET)
    tagged = [FRAME[:12] + struct.pack(">HH", kind, vlan) + FRAME[12:] for kind, vlan in ((0x8100, 20), (0x88A8, 7))]
    assert b"".join(found.pieces) == b"".join(map(record, tagged))
    assert found.size == sum(map(len, found.pieces))


def test_frames_that_lead_out_of_the_block_are_counted() -> None:
    found = records(block(framed(FRAME), framed(FRAME), count=9), LINK_ETHERNET)
    assert (found.frames, found.broken) == (2, 7)
    lie = bytearray(block(framed(FRAME)))
    lie[48 + 12 : 48 + 16] = b"\xff\xff\xff\x7f"
    assert records(memoryview(lie), LINK_ETHERNET).broken == 1


def test_an_empty_block_holds_nothing() -> None:
    assert records(memoryview(b""), LINK_ETHERNET).frames == 0
    assert records(block(), LINK_ETHERNET).frames == 0


@given(st.binary(max_size=400), st.integers(0, 5))
@settings(deadline=None, max_examples=200, derandomize=True)
def test_no_bytes_make_it_stumble(data: bytes, count: int) -> None:
    found = records(block(data, count=count), LINK_ETHERNET)
    assert found.frames + found.broken == count
    assert found.size == sum(map(len, found.pieces))


def test_the_head_is_that_of_a_capture_in_nanoseconds() -> None:
    assert capture_head(1)[:4] in (b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d")
    assert len(capture_head(1)) == 24
