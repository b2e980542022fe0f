"""The headers of all packets of a window as columns, one row a packet.

Plain frames (Ethernet with up to two tags, Linux cooked, raw and loopback captures; IPv4 and IPv6 without fragments
and extension headers) are decoded by NumPy for the whole window at once. Everything else goes, frame by frame, through
`custodiet.wire.link`, which is the exact reading; its answers are put into the same columns, so nobody behind this
module needs to know which way a packet took.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

import numpy as np
from numpy.typing import NDArray

from custodiet.errors import WireError
from custodiet.sources.pcap.boundaries import fields, gather, gather_rows
from custodiet.sources.pcap.fragments import Fragments
from custodiet.sources.pcap.window import Window
from custodiet.wire.ip import Frame
from custodiet.wire.link import LINK_ETHERNET, LINK_LOOP, LINK_NULL, LINK_RAW, LINK_SLL, LINK_SLL2, parse_frame

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]
Mask = NDArray[np.bool_]

KNOWN_LINKS = frozenset({LINK_ETHERNET, LINK_SLL, LINK_SLL2, LINK_NULL, LINK_LOOP, *LINK_RAW})

_TAGS = (0x8100, 0x88A8, 0x9100)
_SLOW_TYPES = (0x8847, 0x8848, 0x8864)
"""MPLS and PPPoE."""
_LLC = 4
"""What a cooked capture writes for 802.2 frames."""
_FRAME_TYPES = (0x0806, 0x8033, 0x88CC)
"""ARP, SADP in a frame, LLDP: read whole by plain Python."""
_CISCO = 0x00000C
"""Organisation of the SNAP header in which CDP travels."""

_HEADERS = np.dtype(
    {
        "names": [
            *("mac_high", "mac_low", "type", "tag1", "type1", "tag2", "type2", "snap"),
            *("first", "length4", "fragment", "protocol4", "src4", "dst4"),
            *("length6", "protocol6", "src6_high", "src6_low", "dst6_high", "dst6_low"),
            *("src_port", "dst_port", "seq", "udp_length", "header", "flags"),
        ],
        "formats": [
            *(">u2", ">u4", ">u2", ">u2", ">u2", ">u2", ">u2", ">u4"),
            *("u1", ">u2", ">u2", "u1", ">u4", ">u4"),
            *(">u2", "u1", ">u8", ">u8", ">u8", ">u8"),
            *(">u2", ">u2", ">u4", ">u2", "u1", "u1"),
        ],
        "offsets": [
            *(6, 8, 12, 14, 16, 18, 20, 14),
            *(14, 16, 20, 23, 26, 30),
            *(18, 20, 22, 30, 38, 46),
            *(34, 36, 38, 38, 46, 47),
        ],
        "itemsize": 54,
    }
)
"""An Ethernet frame without tags, with IPv4 without options, or IPv6; then TCP or UDP as they stand behind IPv4."""
_IP_AT = 14
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
_TRANSPORT = slice(34, 48)
_HEAD = np.dtype(">u8")

_EXTENSION = np.zeros(256, dtype=np.bool_)
_EXTENSION[[0, 43, 44, 51, 60, 135, 139, 140]] = True


@dataclass(slots=True)
class Columns:
    """One row a packet; see `Window` for what stands beside it."""

    ip: Mask
    """The packet is IP and could be read."""
    v6: Mask
    src_high: Words
    """Upper half of an IPv6 address; 0 for IPv4."""
    src_low: Words
    dst_high: Words
    dst_low: Words
    protocol: Ints
    src_port: Ints
    dst_port: Ints
    length: Ints
    """Bytes on the network layer."""
    seq: Ints
    """TCP sequence number of the first payload byte (of the SYN where that is set)."""
    flags: Ints
    """TCP flags; 0 for others."""
    payload: Ints
    """Where the payload of TCP or UDP begins in the window."""
    payload_size: Ints
    """How many of its bytes were captured."""
    head: Words
    """The first eight bytes of the payload, zeros where there are fewer."""
    mac: Words
    """Sender's MAC; 0 where the link layer does not tell."""
    vlan: Ints
    """Innermost VLAN number; 0 without a tag."""
    frames: Ints
    """Rows of ARP, SADP, LLDP and CDP frames."""
    cut: Mask
    """The payload goes on behind what was captured."""
    whole: dict[int, bytes] = field(default_factory=dict)
    """Row -> payload, where it does not lie in the window as one piece."""
    broken: list[tuple[int, str]] = field(default_factory=list)
    """Rows that could not be read, with the reason."""


def among(column: NDArray[Any], few: Sequence[int]) -> Mask:
    """Where the values are one of a few. `numpy.isin` sorts, and its first sorting loads a module that costs more."""
    found: Mask = column == few[0]
    for one in few[1:]:
        found |= column == one
    return found


def decode(window: Window, fragments: Fragments, not_covered: Counter[str]) -> Columns:
    """Decode a window.

    Args:
        window: the packets.
        fragments: pieces of IP packets seen so far; it learns those of this window.
        not_covered: counts what is there and not read.
    """
    data, start = window.data, window.start
    end = start + window.captured
    rows = gather_rows(data, start, _HEADERS.itemsize)
    ip = fields(rows, _HEADERS)
    link = _link_layer(window, ip, not_covered)
    shifted = np.flatnonzero(link.ip_at != start + _IP_AT)
    if len(shifted):
        rows[shifted] = gather_rows(data, link.ip_at[shifted] - _IP_AT, _HEADERS.itemsize)
    room = end - link.ip_at
    version = ip["first"] >> 4
    candidate = (link.kind == 0x0800) | (link.kind == 0x86DD)
    slow = link.slow
    header = (ip["first"] & 15).astype(np.int64) * 4
    fragment = ip["fragment"] & 0x3FFF
    is4 = candidate & (version == 4) & (room >= 20) & (header >= 20) & (fragment == 0)
    protocol = ip["protocol4"].astype(np.int64)
    length = ip["length4"].astype(np.int64)
    # A length of 0 is left to the network card by the machine that captured its own packets.
    unknown = length == 0
    if unknown.any():
        length = np.where(unknown, window.length - (link.ip_at - start), length)
    src_low, dst_low = ip["src4"].astype(np.uint64), ip["dst4"].astype(np.uint64)
    v6 = candidate & (version == 6) & (room >= 40)
    if v6.any():
        protocol = np.where(v6, ip["protocol6"], protocol)
        size = ip["length6"].astype(np.int64) + 40
        length = np.where(v6, np.where(size == 40, window.length - (link.ip_at - start), size), length)
        header = np.where(v6, 40, header)
        src_low, dst_low = np.where(v6, ip["src6_low"], src_low), np.where(v6, ip["dst6_low"], dst_low)
        none = np.uint64(0)
        src_high, dst_high = np.where(v6, ip["src6_high"], none), np.where(v6, ip["dst6_high"], none)
        plain = is4 & (protocol != 51) | v6 & ~_EXTENSION[protocol]
    else:
        src_high, dst_high = np.zeros(len(start), dtype=np.uint64), np.zeros(len(start), dtype=np.uint64)
        plain = is4 & (protocol != 51)
    ip_end = np.minimum(link.ip_at + length, end)
    transport_at = np.minimum(link.ip_at + header, end)
    # From here on the places of TCP and UDP hold them for every row; what stood there of IPv6 was read above.
    moved = np.flatnonzero(candidate & (header != 20))
    if len(moved):
        rows[moved, _TRANSPORT] = gather_rows(data, transport_at[moved], _TRANSPORT.stop - _TRANSPORT.start)
    transport = ip
    transport_room = ip_end - transport_at
    tcp, udp = protocol == 6, protocol == 17
    offset = np.where(tcp, (transport["header"] >> 4).astype(np.int64) * 4, np.where(udp, 8, 0))
    # Headers that are cut or contradict themselves are left to the exact reading.
    plain &= (transport_room >= offset) & ((offset >= 20) | ~tcp)
    udp_length = transport["udp_length"].astype(np.int64)
    plain &= ~udp | (udp_length >= 8) | (udp_length == 0)
    slow = slow | candidate & ~plain
    ported = plain & (tcp | udp)
    payload = transport_at + offset
    payload_end = np.where(udp & (udp_length > 0), np.minimum(transport_at + udp_length, ip_end), ip_end)
    payload_size = np.where(ported, payload_end - payload, 0)
    is_tcp = plain & tcp
    columns = Columns(
        ip=plain,
        v6=v6,
        src_high=src_high,
        src_low=src_low,
        dst_high=dst_high,
        dst_low=dst_low,
        protocol=protocol,
        src_port=np.where(ported, transport["src_port"], 0).astype(np.int64),
        dst_port=np.where(ported, transport["dst_port"], 0).astype(np.int64),
        length=length,
        seq=np.where(is_tcp, transport["seq"], 0).astype(np.int64),
        flags=np.where(is_tcp, transport["flags"], 0).astype(np.int64),
        payload=np.where(ported, payload, 0),
        payload_size=payload_size,
        head=np.zeros(len(start), dtype=np.uint64),
        mac=link.mac,
        vlan=link.vlan,
        frames=link.frames,
        cut=ported & (link.ip_at + length > end),
    )
    filled = np.flatnonzero(payload_size > 0)
    head = gather(data, columns.payload[filled], _HEAD).astype(np.uint64)
    missing = 8 - payload_size[filled]
    if (missing > 0).any():
        bits = (np.clip(missing, 0, 7) * 8).astype(np.uint64)
        head = head >> bits << bits
    columns.head[filled] = head
    odd = np.flatnonzero(slow)
    if len(odd):
        _exactly(window, columns, odd, fragments, not_covered)
    return columns


# --- link layer


@dataclass(slots=True)
class _Link:
    kind: Ints
    """Ethernet type behind all tags."""
    ip_at: Ints
    """Where the network layer begins."""
    mac: Words
    vlan: Ints
    frames: Ints
    slow: Mask


def _link_layer(window: Window, frames: NDArray[Any], not_covered: Counter[str]) -> _Link:
    start, number = window.start, len(window.start)
    links = [int(window.link[0])]
    if (window.link != links[0]).any():
        links = sorted(set(window.link.tolist()))
    if links == [LINK_ETHERNET]:
        return _ethernet(window, None, frames)
    none = np.zeros(number, dtype=np.int64)
    found = _Link(
        none, start.copy(), np.zeros(number, np.uint64), none.copy(), none[:0], np.zeros(number, dtype=np.bool_)
    )
    for link in links:
        rows = np.flatnonzero(window.link == link)
        if link not in KNOWN_LINKS:
            not_covered[f"packets of link type {link}"] += len(rows)
            continue
        if link == LINK_ETHERNET:
            part = _ethernet(window, rows, frames[rows])
            found.frames = np.concatenate((found.frames, rows[part.frames]))
        elif link in (LINK_SLL, LINK_SLL2):
            part = _cooked(window, rows, _SLL if link == LINK_SLL else _SLL2)
            found.frames = np.concatenate((found.frames, rows[part.frames]))
        else:
            part = _headerless(window, rows, 4 if link in (LINK_NULL, LINK_LOOP) else 0)
        found.kind[rows], found.ip_at[rows] = part.kind, part.ip_at
        found.mac[rows], found.vlan[rows], found.slow[rows] = part.mac, part.vlan, part.slow
    return found


def _ethernet(window: Window, rows: Ints | None, table: NDArray[Any]) -> _Link:
    start = window.start if rows is None else window.start[rows]
    captured = window.captured if rows is None else window.captured[rows]
    kind = table["type"].astype(np.int64)
    mac = table["mac_high"].astype(np.uint64) << np.uint64(32) | table["mac_low"].astype(np.uint64)
    ip_at = start + _IP_AT
    vlan = np.zeros(len(start), dtype=np.int64)
    slow = np.zeros(len(start), dtype=np.bool_)
    for tag, inner, size in (("tag1", "type1", 4), ("tag2", "type2", 8)):
        tagged = np.flatnonzero(among(kind, _TAGS))
        if not len(tagged):
            break
        ip_at[tagged] = start[tagged] + 14 + size
        number = table[tag][tagged].astype(np.int64) & 0xFFF
        vlan[tagged] = np.where(number > 0, number, vlan[tagged])
        kind[tagged] = table[inner][tagged]
        # A third tag, or a length where a type should stand: rare enough for the exact reading.
        slow[tagged] = (kind[tagged] < 0x0600) | (among(kind[tagged], _TAGS) if size == 8 else False)
    short = captured < ip_at - start
    kind[short] = 0
    slow &= ~short
    few = (kind < 0x0600) | (kind == 0x0806) | (kind > 0x8000)
    frames = np.flatnonzero(few)
    if len(frames):
        kinds = kind[frames]
        snap = (kinds < 0x0600) & (table["snap"][frames] >> 8 == 0xAAAA03) & (captured[frames] >= 22)
        slow[frames] |= among(kinds, _SLOW_TYPES) | snap
        frames = frames[among(kinds, _FRAME_TYPES)]
    slow[short] = captured[short] > 0
    return _Link(kind, ip_at, mac, vlan, frames, slow)


def _cooked(window: Window, rows: Ints, layout: np.dtype[Any]) -> _Link:
    start, captured = window.start[rows], window.captured[rows]
    table = gather(window.data, start, layout)
    kind = table["type"].astype(np.int64)
    mac = table["mac_high"].astype(np.uint64) << np.uint64(32) | table["mac_low"].astype(np.uint64)
    mac[table["mac_size"] != 6] = 0
    short = captured < layout.itemsize
    slow = among(kind, (*_TAGS, *_SLOW_TYPES, _LLC)) | short
    kind[short] = 0
    frames = np.flatnonzero(among(kind, _FRAME_TYPES))
    return _Link(kind, start + layout.itemsize, mac, np.zeros(len(rows), dtype=np.int64), frames, slow)


def _headerless(window: Window, rows: Ints, skipped: int) -> _Link:
    """Raw and loopback captures: the IP header says its version itself."""
    number = len(rows)
    zeros = np.zeros(number, dtype=np.int64)
    kind = np.full(number, 0x0800, dtype=np.int64)
    slow = np.zeros(number, dtype=np.bool_)
    return _Link(kind, window.start[rows] + skipped, zeros.astype(np.uint64), zeros, zeros[:0], slow)


# --- the exact reading


def _exactly(window: Window, columns: Columns, rows: Ints, fragments: Fragments, not_covered: Counter[str]) -> None:
    more: list[int] = []
    for row in rows.tolist():
        at = int(window.start[row])
        data = window.data[at : at + int(window.captured[row])].tobytes()
        try:
            frame = parse_frame(data, int(window.link[row]))
        except WireError as error:
            columns.ip[row] = False
            columns.payload_size[row] = 0
            columns.broken.append((row, error.reason))
            continue
        columns.ip[row] = frame.protocol >= 0
        columns.payload_size[row] = 0
        columns.vlan[row] = frame.vlans[-1] if frame.vlans else 0
        if frame.protocol < 0:
            if frame.ethertype in _FRAME_TYPES or frame.snap_oui == _CISCO:
                more.append(row)
            elif frame.ethertype in _SLOW_TYPES:
                not_covered["MPLS packets" if frame.ethertype != 0x8864 else "PPPoE packets"] += 1
            continue
        payload = frame.payload
        if frame.fragment or frame.more_fragments:
            frame, payload = fragments.add(frame)
        elif frame.truncated:
            columns.cut[row] = True
        _put(columns, row, frame, payload)
    if more:
        columns.frames = np.concatenate((columns.frames, np.array(more, dtype=np.int64)))


def _put(columns: Columns, row: int, frame: Frame, payload: bytes) -> None:
    src, dst = ip_address(frame.src_ip), ip_address(frame.dst_ip)
    columns.v6[row] = src.version == 6
    columns.src_high[row], columns.src_low[row] = int(src) >> 64, int(src) & (1 << 64) - 1
    columns.dst_high[row], columns.dst_low[row] = int(dst) >> 64, int(dst) & (1 << 64) - 1
    columns.protocol[row], columns.length[row] = frame.protocol, frame.ip_length
    columns.src_port[row], columns.dst_port[row] = frame.src_port, frame.dst_port
    columns.seq[row], columns.flags[row] = frame.tcp_seq, frame.tcp_flags
    if frame.protocol in (6, 17):
        columns.whole[row] = payload
        columns.payload_size[row] = len(payload)
        columns.head[row] = int.from_bytes(payload[:8].ljust(8, b"\0"), "big")


@lru_cache(maxsize=65536)
def address_text(high: int, low: int, v6: bool) -> str:
    """An address of the columns as canonical text."""
    if not v6:
        return f"{low >> 24}.{low >> 16 & 255}.{low >> 8 & 255}.{low & 255}"
    return str(ip_address((high << 64 | low).to_bytes(16, "big")))


def mac_text(mac: int) -> str:
    """A MAC of the columns as text, lower case with colons."""
    return mac.to_bytes(6, "big").hex(":")
