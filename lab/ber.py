"""BER as certificates and SNMP write it."""

from __future__ import annotations


def tlv(tag: int, *content: bytes) -> bytes:
    """An element of BER with a definite length."""
    body = b"".join(content)
    if len(body) < 0x80:
        return bytes((tag, len(body))) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(size))) + size + body


def oid_bytes(dotted: str) -> bytes:
    """An object identifier without tag and length."""
    first, second, *rest = (int(part) for part in dotted.strip(".").split("."))
    raw = b""
    for part in (40 * first + second, *rest):
        octets = [part & 0x7F]
        while part := part >> 7:
            octets.append(part & 0x7F | 0x80)
        raw += bytes(reversed(octets))
    return raw
