"""The headers of all packets of a window as columns, one row a packet.

Plain frames (Ethernet with up to two tags, Linux cooked, raw and loopback captures; IPv4 and IPv6 without fragments
and extension headers) are decoded by NumPy for the whole window at once. Everything else goes, frame by frame, through
`custodiet.wire.link`, which is the exact reading; its answers are put into the same columns, so nobody behind this
module needs to know which way a packet took.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import ip_address

import msgspec
import numpy as np

from custodiet.errors import WireError
from custodiet.sources.pcap.boundaries import Bytes, gather_words
from custodiet.sources.pcap.fragments import Fragments
from custodiet.sources.pcap.links import CISCO, FRAME_TYPES, IP_AT, SLOW_TYPES, Ints, Mask, Words, ints, link_layer
from custodiet.sources.pcap.window import FRAME, Window
from custodiet.wire.ip import Frame
from custodiet.wire.link import parse_frame

_WORD = 8
_FAR = 1 << 32
"""Farther than any packet reaches."""
_TRANSPORT_AT = 34

_EXTENSION = np.zeros(256, dtype=np.bool_)
_EXTENSION[[0, 43, 44, 51, 60, 135, 139, 140]] = True


class Columns(msgspec.Struct):
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
    mac: Words
    """Sender's MAC; 0 where the link layer does not tell."""
    vlan: Ints
    """Innermost VLAN number; 0 without a tag."""
    frames: Ints
    """Rows of ARP, SADP, LLDP and CDP frames."""
    cut: Mask
    """The payload goes on behind what was captured."""
    frame: Words
    """The first `FRAME` bytes of all frames, eight a row, as if all had Ethernet headers without tags."""
    plain: Mask
    """TCP or UDP in IPv4 without options: what ``frame`` holds of them can be taken as it is."""
    data: Bytes
    """The bytes of the window."""
    whole: dict[int, bytes] = {}
    """Row -> payload, where it does not lie in the window as one piece."""
    broken: list[tuple[int, str]] = []
    """Rows that could not be read, with the reason."""

    def first_bytes(self, rows: Ints) -> Bytes:
        """The first byte of the payload, for rows in rising order that have one."""
        found = self.data[self.payload[rows]]
        for at, payload in self._whole_among(rows):
            found[at] = payload[0]
        return found

    def heads(self, rows: Ints) -> Words:
        """The first eight bytes of the payload, zeros where there are fewer, for rows in rising order that have one."""
        found: Words = gather_words(self.data, self.payload[rows], _WORD)[0]
        missing = 8 * (_WORD - np.minimum(self.payload_size[rows], _WORD)).view(np.uint64)
        found >>= missing
        found <<= missing
        for at, payload in self._whole_among(rows):
            found[at] = int.from_bytes(payload[:_WORD].ljust(_WORD, b"\0"), "big")
        return found

    def _whole_among(self, rows: Ints) -> Iterator[tuple[int, bytes]]:
        for row, payload in self.whole.items():
            at = int(np.searchsorted(rows, row))
            if at < len(rows) and rows[at] == row and payload:
                yield at, payload


def decode(window: Window, fragments: Fragments, not_covered: Counter[str]) -> Columns:
    """Decode a window.

    Args:
        window: the packets.
        fragments: pieces of IP packets seen so far; it learns those of this window.
        not_covered: counts what is there and not read.
    """
    data, start = window.data, window.start
    end = start + window.captured
    # A row of `frame` is eight bytes of all frames, as if all had Ethernet headers without tags.
    frame = gather_words(data, start, FRAME) if window.frame is None else window.frame
    link = link_layer(window, frame, not_covered)
    shifted = np.flatnonzero(link.ip_at != start + IP_AT)
    if len(shifted):
        _put_words(frame[1:], shifted, data, link.ip_at[shifted] - IP_AT + _WORD)
    room = end - link.ip_at
    version = frame[1] >> 12 & 15
    candidate = (link.kind == 0x0800) | (link.kind == 0x86DD)
    header = ints(frame[1] >> 8 & 15) << 2
    protocol = ints(frame[2] & 0xFF)
    length = ints(frame[2] >> 48)
    # A length of 0 is left to the network card by the machine that captured its own packets.
    unknown = np.flatnonzero(length == 0)
    length[unknown] = window.length[unknown] - link.ip_at[unknown] + start[unknown]
    src_low = frame[3] >> 16 & 0xFFFFFFFF
    dst_low = (frame[3] & 0xFFFF) << 16 | frame[4] >> 48
    src_high, dst_high = np.zeros_like(src_low), np.zeros_like(src_low)
    # Neither fragments nor the header of IPsec.
    plain = candidate & (version == 4) & (room >= 20) & (header >= 20) & (frame[2] & 0x3FFF0000 == 0)
    plain &= protocol != 51
    v6 = candidate & (version == 6) & (room >= 40)
    six = np.flatnonzero(v6)
    if len(six):
        two, three, four, five, last = frame[2:, six]
        protocol[six] = two >> 24 & 0xFF
        size = ints(two >> 32 & 0xFFFF)
        length[six] = size + 40
        jumbo = six[size == 0]
        length[jumbo] = window.length[jumbo] - link.ip_at[jumbo] + start[jumbo]
        header[six] = 40
        src_high[six], src_low[six] = two << 48 | three >> 16, three << 48 | four >> 16
        dst_high[six], dst_low[six] = four << 48 | five >> 16, five << 48 | last >> 16
        plain[six] = ~_EXTENSION[protocol[six]]
    ip_end = np.minimum(link.ip_at + length, end)
    transport_at = np.minimum(link.ip_at + header, end)
    # From here on the words of TCP and UDP hold them for every row; what stood there of IPv6 was read above.
    moved = np.flatnonzero(candidate & (header != 20))
    if len(moved):
        _put_words(frame[4:6], moved, data, transport_at[moved] - _TRANSPORT_AT % _WORD)
    tcp, udp = protocol == 6, protocol == 17
    # Multiplying with a mask is several times faster than choosing with it.
    offset = (ints(frame[5] >> 12 & 15) << 2) * tcp
    offset += udp * 8
    # Headers that are cut or contradict themselves are left to the exact reading.
    plain &= (ip_end - transport_at >= offset) & ((offset >= 20) | ~tcp)
    udp_length = ints(frame[4] & 0xFFFF)
    plain &= ~udp | (udp_length >= 8) | (udp_length == 0)
    slow = link.slow | candidate & ~plain
    tcp &= plain
    udp &= plain
    ported = tcp | udp
    payload = transport_at + offset
    # A length of 0 reaches to the end, as does what TCP has in its place.
    udp_length += (~udp | (udp_length == 0)) * _FAR
    payload_size = (np.minimum(transport_at + udp_length, ip_end) - payload) * ported
    payload *= ported
    src_port, dst_port = ints(frame[4] >> 32 & 0xFFFF) * ported, ints(frame[4] >> 16 & 0xFFFF) * ported
    columns = Columns(
        ip=plain,
        v6=v6,
        src_high=src_high,
        src_low=src_low,
        dst_high=dst_high,
        dst_low=dst_low,
        protocol=protocol,
        src_port=src_port,
        dst_port=dst_port,
        length=length,
        seq=ints(((frame[4] & 0xFFFF) << 16 | frame[5] >> 48) * tcp),
        flags=ints((frame[5] & 0xFF) * tcp),
        payload=payload,
        payload_size=payload_size,
        mac=link.mac,
        vlan=link.vlan,
        frames=link.frames,
        cut=ported & (link.ip_at + length > end),
        frame=frame,
        plain=ported & ~v6 & (header == 20),
        data=data,
    )
    odd = np.flatnonzero(slow)
    if len(odd):
        _exactly(window, columns, odd, fragments, not_covered)
    return columns


def _put_words(table: Words, rows: Ints, data: Bytes, at: Ints) -> None:
    """Read some columns of a table as from `gather_words` from other positions."""
    # One line after the other: choosing in two dimensions at once takes twice as long.
    for line, words in zip(table, gather_words(data, at, len(table) * _WORD), strict=True):
        line[rows] = words


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
            if frame.ethertype in FRAME_TYPES or frame.snap_oui == CISCO:
                more.append(row)
            elif frame.ethertype in SLOW_TYPES:
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
    columns.v6[row] = ":" in frame.src_ip
    columns.src_high[row], columns.src_low[row] = _address_words(frame.src_ip)
    columns.dst_high[row], columns.dst_low[row] = _address_words(frame.dst_ip)
    columns.protocol[row], columns.length[row] = frame.protocol, frame.ip_length
    columns.src_port[row], columns.dst_port[row] = frame.src_port, frame.dst_port
    columns.seq[row], columns.flags[row] = frame.tcp_seq, frame.tcp_flags
    if frame.protocol in (6, 17):
        columns.whole[row] = payload
        columns.payload_size[row] = len(payload)


@lru_cache(maxsize=4096)
def _address_words(text: str) -> tuple[int, int]:
    address = int(ip_address(text))
    return address >> 64, address & (1 << 64) - 1


def mac_text(mac: int) -> str:
    """A MAC of the columns as text, lower case with colons."""
    return mac.to_bytes(6, "big").hex(":")
