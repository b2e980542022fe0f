"""Blocks of the kernel's ring (TPACKET_V3), turned into records of a capture file.

Both hold time, captured length and length side by side and in the same order, so a record is two slices of the block.
The kernel takes the outer VLAN tag out of a frame and notes it beside it: it is put back. This module reads what our
own process copied from the kernel, and still believes no length in it.
"""

from __future__ import annotations

from struct import Struct, error

import msgspec

from custodiet.wire.link import LINK_ETHERNET

PCAP_HEAD = Struct("=IHHiIII")
NANOSECONDS = 0xA1B23C4D
_BLOCK = Struct("=4I")
"""Behind version and private offset: status, packets, where the first begins, bytes used."""
_BLOCK_AT = 8
_FRAME = Struct("=6IHHIIH")
"""Distance to the next, seconds, nanoseconds, captured, length, status, where the frame begins, and its network header;
hash, VLAN tag and its type."""
_RECORD = Struct("=4I")
_TAG = Struct(">HH")
_TAGGED, _TYPED = 0x10, 0x40
_RECORD_AT = 4


class Records(msgspec.Struct):
    """What one block holds."""

    pieces: list[memoryview | bytes]
    """Records of a capture file, in pieces."""
    frames: int
    size: int
    """Bytes of all pieces."""
    first: float
    """Seconds since 1970 UTC."""
    last: float
    broken: int = 0
    """Frames whose lengths made no sense, so that they could not be taken."""


def capture_head(link: int) -> bytes:
    """The first bytes of a capture file whose times are in nanoseconds."""
    return PCAP_HEAD.pack(NANOSECONDS, 2, 4, 0, 0, 262144, link)


def records(block: memoryview, link: int) -> Records:
    """The frames of a block; they share its memory."""
    if len(block) < _BLOCK_AT + _BLOCK.size:
        return Records([], 0, 0, 0.0, 0.0)
    _status, count, at, _used = _BLOCK.unpack_from(block, _BLOCK_AT)
    pieces: list[memoryview | bytes] = []
    add, unpack, end, size, done = pieces.append, _FRAME.unpack_from, len(block), 0, 0
    first = second = fraction = 0
    nanoseconds = 0
    try:
        for done in range(count):
            following, second, fraction, captured, length, status, frame, _net, _hash, tag, kind = unpack(block, at)
            begin = at + frame
            if begin + captured > end:
                break
            if not done:
                first, nanoseconds = second, fraction
            if status & _TAGGED and link == LINK_ETHERNET and captured >= 12:
                add(_RECORD.pack(second, fraction, captured + 4, length + 4))
                add(block[begin : begin + 12])
                add(_TAG.pack(kind if status & _TYPED else 0x8100, tag & 0xFFFF))
                add(block[begin + 12 : begin + captured])
                size += captured + 20
            else:
                add(block[at + _RECORD_AT : at + 20])
                add(block[begin : begin + captured])
                size += captured + 16
            at += following
        else:
            done = count
    except error:  # a distance that leads out of the block
        pass
    return Records(pieces, done, size, first + nanoseconds / 1e9, second + fraction / 1e9, count - done)
