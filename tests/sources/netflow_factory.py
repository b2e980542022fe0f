"""Export packets as routers send them, field by field."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from ipaddress import ip_address

NOW = 1_773_054_000
"""2026-03-09 11:00:00 UTC."""

Field = tuple[int, int] | tuple[int, int, int]
"""Number and length of a field; and its enterprise number, where it has one."""

PLAIN: list[Field] = [(8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (6, 1), (152, 8), (153, 8), (1, 8), (2, 4)]
"""IPv4, ports, protocol, flags, times in milliseconds, bytes and packets."""
PLAIN6: list[Field] = [(27, 16), (28, 16), (7, 2), (11, 2), (4, 1), (6, 1), (152, 8), (153, 8), (1, 8), (2, 4)]
UP: list[Field] = [(8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (22, 4), (21, 4), (1, 4), (2, 4)]
"""As NetFlow v9 mostly is: times as milliseconds since the exporter started."""


def address(text: str) -> bytes:
    return ip_address(text).packed


def number(value: int, length: int) -> bytes:
    return value.to_bytes(length, "big")


def record(fields: Sequence[Field], *values: int | str | bytes) -> bytes:
    """One record: numbers, addresses as text, bytes as they are."""
    parts = []
    for (_, length, *_rest), value in zip(fields, values, strict=True):
        if isinstance(value, int):
            parts.append(number(value, length))
        else:
            parts.append(address(value) if isinstance(value, str) else value)
    return b"".join(parts)


def plain(
    src: str,
    dst: str,
    sport: int,
    dport: int,
    *,
    protocol: int = 6,
    flags: int = 0x1B,
    first: float = NOW,
    last: float | None = None,
    octets: int = 1000,
    packets: int = 10,
) -> bytes:
    """A record of `PLAIN` or `PLAIN6`."""
    begun, ended = int(first * 1000), int((first if last is None else last) * 1000)
    fields = PLAIN6 if ":" in src else PLAIN
    return record(fields, src, dst, sport, dport, protocol, flags, begun, ended, octets, packets)


def up(
    src: str, dst: str, sport: int, dport: int, first: int, last: int, octets: int = 1000, packets: int = 10
) -> bytes:
    """A record of `UP`."""
    return record(UP, src, dst, sport, dport, 6, first, last, octets, packets)


def _fields(fields: Sequence[Field]) -> bytes:
    said = b""
    for one in fields:
        if len(one) == 3:
            said += struct.pack(">HHI", one[0] | 0x8000, one[1], one[2])
        else:
            said += struct.pack(">HH", *one)
    return said


def template(fields: Sequence[Field], id_: int = 256) -> bytes:
    """One template, as IPFIX and v9 both write it."""
    return struct.pack(">HH", id_, len(fields)) + _fields(fields)


def options_template(scopes: Sequence[Field], fields: Sequence[Field], id_: int = 300, *, v9: bool = False) -> bytes:
    """One options template."""
    if v9:
        return struct.pack(">HHH", id_, len(scopes) * 4, len(fields) * 4) + _fields([*scopes, *fields])
    return struct.pack(">HHH", id_, len(scopes) + len(fields), len(scopes)) + _fields([*scopes, *fields])


def set_(id_: int, *bodies: bytes, pad: int = 0) -> bytes:
    """A set: 0 or 2 templates, 1 or 3 options templates, else data."""
    body = b"".join(bodies) + bytes(pad)
    return struct.pack(">HH", id_, 4 + len(body)) + body


def ipfix(*sets: bytes, at: int = NOW, sequence: int = 0, domain: int = 1) -> bytes:
    body = b"".join(sets)
    return struct.pack(">HHIII", 10, 16 + len(body), at, sequence, domain) + body


def v9(*sets: bytes, at: int = NOW, uptime: int = 10_000_000, sequence: int = 0, domain: int = 1) -> bytes:
    return struct.pack(">HHIIII", 9, len(sets), uptime, at, sequence, domain) + b"".join(sets)


def v5_record(src: str, dst: str, sport: int, dport: int, first: int, last: int, **more: int) -> bytes:
    """48 bytes; times are milliseconds since the exporter started."""
    counts = struct.pack(">IIII", more.get("packets", 10), more.get("octets", 1000), first, last)
    rest = struct.pack(
        ">HHBBBBHHBBH", sport, dport, 0, more.get("flags", 0x1B), more.get("protocol", 6), 0, 0, 0, 24, 0, 0
    )
    return address(src) + address(dst) + bytes(4) + bytes(4) + counts + rest


def v5(*records: bytes, at: int = NOW, uptime: int = 10_000_000, sequence: int = 0, sampling: int = 0) -> bytes:
    head = struct.pack(">HHIIIIBBH", 5, len(records), uptime, at, 0, sequence, 0, 0, sampling)
    return head + b"".join(records)
