"""Tag, length, value, written: the few kinds of element of which a question of SNMP is made."""

from __future__ import annotations

from custodiet.wire.ber import INTEGER, OCTET_STRING, OID, SEQUENCE


def element(tag: int, content: bytes) -> bytes:
    """Content behind its tag (one octet) and length."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(length))) + length + content


def sequence(*parts: bytes) -> bytes:
    """Elements inside a sequence."""
    return element(SEQUENCE, b"".join(parts))


def number(value: int) -> bytes:
    """An integer, signed, in as few octets as it needs."""
    return element(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, signed=True))


def octets(content: bytes) -> bytes:
    """An octet string."""
    return element(OCTET_STRING, content)


def identifier(oid: tuple[int, ...]) -> bytes:
    """An object identifier of two numbers or more, the first 0, 1 or 2."""
    return element(OID, b"".join(map(_septets, (40 * oid[0] + oid[1], *oid[2:]))))


def _septets(value: int) -> bytes:
    made = [value & 0x7F]
    while value := value >> 7:
        made.append(0x80 | (value & 0x7F))
    return bytes(reversed(made))
