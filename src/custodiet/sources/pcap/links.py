"""The link layer of all packets of a window at once: Ethernet type behind all tags, MAC, VLAN, where IP begins.

What NumPy does not read for certain is marked slow and left to the exact reading.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from custodiet.sources.pcap.boundaries import gather
from custodiet.sources.pcap.window import Window
from custodiet.wire.link import LINK_ETHERNET, LINK_LOOP, LINK_NULL, LINK_RAW, LINK_SLL, LINK_SLL2

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]
Mask = NDArray[np.bool_]

KNOWN_LINKS = frozenset({LINK_ETHERNET, LINK_SLL, LINK_SLL2, LINK_NULL, LINK_LOOP, *LINK_RAW})

_TAGS = (0x8100, 0x88A8, 0x9100)
SLOW_TYPES = (0x8847, 0x8848, 0x8864)
"""MPLS and PPPoE."""
_LLC = 4
"""What a cooked capture writes for 802.2 frames."""
FRAME_TYPES = (0x0806, 0x8033, 0x88CC)
"""ARP, SADP in a frame, LLDP: read whole by plain Python."""
CISCO = 0x00000C
"""Organisation of the SNAP header in which CDP travels."""

IP_AT = 14
_SLL = np.dtype(
    {
        "names": ["mac_size", "mac_high", "mac_low", "type"],
        "formats": [">u2", ">u2", ">u4", ">u2"],
        "offsets": [4, 6, 8, 14],
        "itemsize": 16,
    }
)
_SLL2 = np.dtype(
    {
        "names": ["type", "mac_size", "mac_high", "mac_low"],
        "formats": [">u2", "u1", ">u2", ">u4"],
        "offsets": [0, 11, 12, 14],
        "itemsize": 20,
    }
)


class Link(msgspec.Struct):
    kind: Ints
    """Ethernet type behind all tags."""
    ip_at: Ints
    """Where the network layer begins."""
    mac: Words
    vlan: Ints
    frames: Ints
    slow: Mask


def link_layer(window: Window, frame: Words, not_covered: Counter[str]) -> Link:
    start, number = window.start, len(window.start)
    links = [int(window.link[0])]
    if (window.link != links[0]).any():
        links = sorted(set(window.link.tolist()))
    if links == [LINK_ETHERNET]:
        return _ethernet(window, None, frame)
    none = np.zeros(number, dtype=np.int64)
    found = Link(
        none, start.copy(), np.zeros(number, np.uint64), none.copy(), none[:0], np.zeros(number, dtype=np.bool_)
    )
    for link in links:
        rows = np.flatnonzero(window.link == link)
        if link not in KNOWN_LINKS:
            not_covered[f"packets of link type {link}"] += len(rows)
            continue
        if link == LINK_ETHERNET:
            part = _ethernet(window, rows, frame[:, rows])
            found.frames = np.concatenate((found.frames, rows[part.frames]))
        elif link in (LINK_SLL, LINK_SLL2):
            part = _cooked(window, rows, _SLL if link == LINK_SLL else _SLL2)
            found.frames = np.concatenate((found.frames, rows[part.frames]))
        else:
            part = _headerless(window, rows, 4 if link in (LINK_NULL, LINK_LOOP) else 0)
        found.kind[rows], found.ip_at[rows] = part.kind, part.ip_at
        found.mac[rows], found.vlan[rows], found.slow[rows] = part.mac, part.vlan, part.slow
    return found


def _ethernet(window: Window, rows: Ints | None, frame: Words) -> Link:
    start = window.start if rows is None else window.start[rows]
    captured = window.captured if rows is None else window.captured[rows]
    kind = ints(frame[1] >> 16 & 0xFFFF)
    mac = (frame[0] & 0xFFFF) << 32 | frame[1] >> 32
    ip_at = start + IP_AT
    vlan = np.zeros(len(start), dtype=np.int64)
    slow = np.zeros(len(start), dtype=np.bool_)
    unusual = np.flatnonzero((kind != 0x0800) & (kind != 0x86DD))
    tagged = unusual[among(kind[unusual], _TAGS)]
    for size in (4, 8):
        if not len(tagged):
            break
        ip_at[tagged] = start[tagged] + 14 + size
        one, two = frame[1][tagged], frame[2][tagged]
        number = ints((one if size == 4 else two >> 32) & 0xFFF)
        vlan[tagged] = np.where(number > 0, number, vlan[tagged])
        inner = ints(two >> (48 if size == 4 else 16) & 0xFFFF)
        kind[tagged] = inner
        again = among(inner, _TAGS)
        # A third tag, or a length where a type should stand: rare enough for the exact reading.
        slow[tagged] = (inner < 0x0600) | (again if size == 8 else False)
        tagged = tagged[again]
    short = captured < ip_at - start
    kind[short] = 0
    slow &= ~short
    kinds = kind[unusual]
    frames = unusual[(kinds != 0x0800) & (kinds != 0x86DD)]
    if len(frames):
        kinds = kind[frames]
        organisation = (frame[1][frames] & 0xFFFF) << 8 | frame[2][frames] >> 56
        snap = (kinds < 0x0600) & (organisation == 0xAAAA03) & (captured[frames] >= 22)
        slow[frames] |= among(kinds, SLOW_TYPES) | snap
        frames = frames[among(kinds, FRAME_TYPES)]
    slow[short] = captured[short] > 0
    return Link(kind, ip_at, mac, vlan, frames, slow)


def _cooked(window: Window, rows: Ints, layout: np.dtype[Any]) -> Link:
    start, captured = window.start[rows], window.captured[rows]
    table = gather(window.data, start, layout)
    kind = table["type"].astype(np.int64)
    mac = table["mac_high"].astype(np.uint64) << np.uint64(32) | table["mac_low"].astype(np.uint64)
    mac[table["mac_size"] != 6] = 0
    short = captured < layout.itemsize
    slow = among(kind, (*_TAGS, *SLOW_TYPES, _LLC)) | short
    kind[short] = 0
    frames = np.flatnonzero(among(kind, FRAME_TYPES))
    return Link(kind, start + layout.itemsize, mac, np.zeros(len(rows), dtype=np.int64), frames, slow)


def _headerless(window: Window, rows: Ints, skipped: int) -> Link:
    """Raw and loopback captures: the IP header says its version itself."""
    number = len(rows)
    zeros = np.zeros(number, dtype=np.int64)
    kind = np.full(number, 0x0800, dtype=np.int64)
    slow = np.zeros(number, dtype=np.bool_)
    return Link(kind, window.start[rows] + skipped, zeros.astype(np.uint64), zeros, zeros[:0], slow)


def among(column: NDArray[Any], few: Sequence[int]) -> Mask:
    """Where the values are one of a few. `numpy.isin` sorts, and its first sorting loads a module that costs more."""
    found: Mask = column == few[0]
    for one in few[1:]:
        found |= column == one
    return found


def ints(words: Words) -> Ints:
    """The same numbers, which are small, as numbers with a sign."""
    return words.view(np.int64)
