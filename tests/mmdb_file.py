"""A tiny writer of MMDB files: a search tree of 24-bit records, a data section without pointers, and the metadata."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

MARKER = b"\xab\xcd\xefMaxMind.com"


def mmdb(networks: dict[str, Any], kind: str = "Made-Country", epoch: int = 1_700_000_000, version: int = 6) -> bytes:
    """A database: network -> record; the networks must not overlap."""
    nodes: list[list[Any]] = [[None, None]]
    data = b""
    for text, record in networks.items():
        network = ip_network(text)
        bits = format(int(network.network_address), f"0{network.max_prefixlen}b")[: network.prefixlen]
        if version == 6 and network.version == 4:
            bits = "0" * 96 + bits
        at = 0
        for bit in bits[:-1]:
            if nodes[at][int(bit)] is None:
                nodes.append([None, None])
                nodes[at][int(bit)] = len(nodes) - 1
            at = nodes[at][int(bit)]
        nodes[at][int(bits[-1])] = ("data", len(data))
        data += packed(record)
    count = len(nodes)
    tree = b""
    for node in nodes:
        for side in node:
            number = count if side is None else count + 16 + side[1] if isinstance(side, tuple) else side
            tree += number.to_bytes(3, "big")
    metadata = {
        "binary_format_major_version": 2,
        "binary_format_minor_version": 0,
        "build_epoch": epoch,
        "database_type": kind,
        "description": {"en": "made for a test"},
        "ip_version": version,
        "languages": ["en"],
        "node_count": count,
        "record_size": 24,
    }
    return tree + bytes(16) + data + MARKER + packed(metadata)


def packed(value: Any) -> bytes:
    """A value of the data section."""
    if isinstance(value, str):
        raw = value.encode()
        return _head(2, len(raw)) + raw
    if isinstance(value, bool):
        raise TypeError("not needed here")
    if isinstance(value, int):
        raw = value.to_bytes((value.bit_length() + 7) // 8, "big")
        return _head(9 if len(raw) > 4 else 6, len(raw)) + raw
    if isinstance(value, dict):
        return _head(7, len(value)) + b"".join(packed(key) + packed(item) for key, item in value.items())
    if isinstance(value, list):
        return _head(11, len(value)) + b"".join(map(packed, value))
    raise TypeError(type(value))


def _head(kind: int, size: int) -> bytes:
    if size >= 29 + 256:
        raise ValueError("not needed here")
    low, more = (29, bytes([size - 29])) if size >= 29 else (size, b"")
    return (bytes([kind << 5 | low]) if kind < 8 else bytes([low, kind - 7])) + more
