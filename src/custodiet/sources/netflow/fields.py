"""The fields of NetFlow v9 and IPFIX that are read, by their number (they share the numbers below 128).

All others are stepped over by their length. A field with an enterprise number is somebody's own and is not read, but
for the one that marks the other direction of a record that tells both (RFC 5103).
"""

from __future__ import annotations

from typing import TypeAlias

REVERSE = 29305
"""The enterprise number under which a field speaks of the direction back."""
NAT_EVENT = 230

Key: TypeAlias = tuple[int, int]
"""Enterprise number (0: none) and number of a field."""

WIDEST: dict[str, tuple[int, ...]] = {
    "v4": (4,),
    "v6": (16,),
    "mac": (6,),
    "u8": (1,),
    "u16": (1, 2),
    "u32": (1, 2, 3, 4),
    "u64": (1, 2, 3, 4, 5, 6, 7, 8),
    "time": (8,),
}
"""Type -> lengths in bytes under which a value of it may be written; a number may be written shorter than it is."""

FIELDS: dict[Key, tuple[str, str]] = {
    (0, 8): ("src4", "v4"),
    (0, 12): ("dst4", "v4"),
    (0, 27): ("src6", "v6"),
    (0, 28): ("dst6", "v6"),
    (0, 7): ("src_port", "u16"),
    (0, 11): ("dst_port", "u16"),
    (0, 180): ("udp_src_port", "u16"),
    (0, 181): ("udp_dst_port", "u16"),
    (0, 182): ("tcp_src_port", "u16"),
    (0, 183): ("tcp_dst_port", "u16"),
    (0, 4): ("protocol", "u8"),
    (0, 6): ("flags", "u16"),
    (0, 32): ("icmp", "u16"),
    (0, 139): ("icmp", "u16"),
    (0, 176): ("icmp_type", "u8"),
    (0, 178): ("icmp_type", "u8"),
    (0, 1): ("bytes", "u64"),
    (0, 2): ("packets", "u64"),
    (0, 85): ("total_bytes", "u64"),
    (0, 86): ("total_packets", "u64"),
    (0, 23): ("out_bytes", "u64"),
    (0, 24): ("out_packets", "u64"),
    (0, 231): ("bytes_begun", "u64"),
    (0, 232): ("bytes_answered", "u64"),
    (0, 298): ("packets_begun", "u64"),
    (0, 299): ("packets_answered", "u64"),
    (REVERSE, 1): ("back_bytes", "u64"),
    (REVERSE, 2): ("back_packets", "u64"),
    (REVERSE, 85): ("back_total_bytes", "u64"),
    (REVERSE, 86): ("back_total_packets", "u64"),
    (REVERSE, 6): ("back_flags", "u16"),
    (0, 239): ("biflow", "u8"),
    (0, 22): ("first_up", "u32"),
    (0, 21): ("last_up", "u32"),
    (0, 150): ("first_s", "u32"),
    (0, 151): ("last_s", "u32"),
    (0, 152): ("first_ms", "u64"),
    (0, 153): ("last_ms", "u64"),
    (0, 154): ("first_ntp", "time"),
    (0, 155): ("last_ntp", "time"),
    (0, 156): ("first_ntp", "time"),
    (0, 157): ("last_ntp", "time"),
    (0, 158): ("first_ago", "u32"),
    (0, 159): ("last_ago", "u32"),
    (0, 161): ("lasted_ms", "u32"),
    (0, 162): ("lasted_us", "u32"),
    (0, 322): ("first_s", "u32"),
    (0, 323): ("first_ms", "u64"),
    (0, 160): ("started_ms", "u64"),
    (0, 56): ("src_mac", "mac"),
    (0, 80): ("dst_mac", "mac"),
    (0, 57): ("dst_mac_out", "mac"),
    (0, 225): ("nat_src4", "v4"),
    (0, 226): ("nat_dst4", "v4"),
    (0, 281): ("nat_src6", "v6"),
    (0, 282): ("nat_dst6", "v6"),
    (0, 227): ("nat_src_port", "u16"),
    (0, 228): ("nat_dst_port", "u16"),
    (0, 34): ("sampled", "u32"),
    (0, 50): ("sampled", "u32"),
    (0, 305): ("sample_taken", "u32"),
    (0, 306): ("sample_left", "u32"),
    (0, 309): ("sample_size", "u32"),
    (0, 310): ("sample_of", "u32"),
    (0, 35): ("sampling", "u8"),
}
"""Field -> our name and its type. Of several fields with one name, the one that stands first in a record is read."""

FLOW = frozenset({"src4", "dst4", "src6", "dst6"})
"""A record with none of these is no flow."""

V5 = (
    *((0, 8, 4), (0, 12, 4), (0, 15, 4), (0, 10, 2), (0, 14, 2), (0, 2, 4), (0, 1, 4), (0, 22, 4), (0, 21, 4)),
    *((0, 7, 2), (0, 11, 2), (0, 210, 1), (0, 6, 1), (0, 4, 1), (0, 5, 1), (0, 16, 2), (0, 17, 2), (0, 9, 1)),
    *((0, 13, 1), (0, 210, 2)),
)
"""A record of NetFlow v5, as if a template said so: enterprise, number and length of each field."""
