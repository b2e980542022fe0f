"""Tag, length, value: the frame of SNMP and of certificates (ASN.1 in BER and DER).

Knows where an element begins and ends and how integers, object identifiers and strings are written. It does not know
what an element means. Elements are walked in loops, never by recursion, and a walk gives up below `MAX_DEPTH`.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from custodiet.errors import WireError
from custodiet.wire.text import text

MAX_DEPTH = 32
"""How deep elements may lie inside one another; certificates of devices reach about ten."""
MAX_CHILDREN = 4096
"""The most children of one element that are looked at."""
_MAX_OID_BYTES = 128

INTEGER, BIT_STRING, OCTET_STRING, NULL, OID = 0x02, 0x03, 0x04, 0x05, 0x06
UTC_TIME, GENERALIZED_TIME = 0x17, 0x18
SEQUENCE, SET = 0x30, 0x31

_STRING_CODECS = {0x1C: "utf-32-be", 0x1E: "utf-16-be"}


class Element(msgspec.Struct, frozen=True, gc=False):
    """One element, as a place in the bytes that hold it."""

    tag: int
    """The identifier octet; for tag numbers above 30 all identifier octets as one number."""
    start: int
    """Offset of the first content byte."""
    end: int
    """Offset behind the last content byte that is really there."""
    whole: bool
    """False where the length says more than the bytes hold."""

    @property
    def constructed(self) -> bool:
        """Whether the content is made of elements."""
        first = self.tag
        while first > 0xFF:
            first >>= 8
        return bool(first & 0x20)

    def content(self, data: bytes) -> bytes:
        """The content bytes."""
        return data[self.start : self.end]


def read_element(data: bytes, offset: int = 0, end: int | None = None, *, cut: bool = False) -> Element:
    """The element that begins at an offset.

    Args:
        data: the bytes that hold it.
        offset: where it begins.
        end: where the element around it ends; none: the end of the bytes.
        cut: take what is there of an element that is longer than what holds it, instead of refusing it.

    Raises:
        WireError: nothing there, a length of no known form, an indefinite length, or more content than there is.
    """
    end = len(data) if end is None else min(end, len(data))
    if offset < 0 or offset + 2 > end:
        raise WireError("an element ends before its length")
    tag = data[offset]
    position = offset + 1
    if tag & 0x1F == 0x1F:
        for _ in range(4):
            if position >= end:
                raise WireError("an element ends inside its tag")
            octet = data[position]
            position += 1
            tag = (tag << 8) | octet
            if not octet & 0x80:
                break
        else:
            raise WireError("a tag of more than four octets")
    if position >= end:
        raise WireError("an element ends before its length")
    length = data[position]
    position += 1
    if length == 0x80:
        raise WireError("an element of indefinite length")
    if length > 0x80:
        octets = length & 0x7F
        if octets > 8:
            raise WireError(f"a length written in {octets} octets")
        if position + octets > end:
            raise WireError("an element ends inside its length")
        length = int.from_bytes(data[position : position + octets])
        position += octets
    whole = position + length <= end
    if not whole and not cut:
        raise WireError(f"an element of {length} bytes where {end - position} are left")
    return Element(tag, position, min(position + length, end), whole)


def children(data: bytes, parent: Element, *, cut: bool = False) -> Iterator[Element]:
    """The elements inside an element, in order.

    Args:
        data: the bytes that hold it.
        parent: the element around.
        cut: end quietly at the first child that cannot be read, and give what is there of one that is too long.

    Raises:
        WireError: as `read_element`, and for more than `MAX_CHILDREN` children.
    """
    offset = parent.start
    for _ in range(MAX_CHILDREN):
        if offset >= parent.end:
            return
        try:
            child = read_element(data, offset, parent.end, cut=cut)
        except WireError:
            if cut:
                return
            raise
        yield child
        offset = child.end
    if not cut:
        raise WireError(f"an element with more than {MAX_CHILDREN} children")


def walk(data: bytes, root: Element) -> Iterator[tuple[int, Element]]:
    """Every element at and below one, as (depth, element), parents before children; what cannot be read is left out.

    Raises:
        WireError: elements lie deeper than `MAX_DEPTH`.
    """
    waiting = [(0, root)]
    while waiting:
        depth, element = waiting.pop()
        if depth > MAX_DEPTH:
            raise WireError(f"elements inside one another deeper than {MAX_DEPTH}")
        yield depth, element
        if element.constructed:
            inner = [(depth + 1, child) for child in children(data, element, cut=True)]
            waiting.extend(reversed(inner))


def integer(content: bytes, *, signed: bool = True) -> int:
    """An integer.

    Raises:
        WireError: empty, or longer than 64 octets.
    """
    if not content or len(content) > 64:
        raise WireError(f"an integer of {len(content)} octets")
    return int.from_bytes(content, signed=signed)


def dotted(content: bytes) -> str:
    """An object identifier as ``1.3.6.1``, without a leading dot.

    Raises:
        WireError: empty, too long, or ended inside a number.
    """
    if not content or len(content) > _MAX_OID_BYTES:
        raise WireError(f"an object identifier of {len(content)} octets")
    if content[-1] & 0x80:
        raise WireError("an object identifier ends inside a number")
    numbers: list[int] = []
    number = 0
    for octet in content:
        number = (number << 7) | (octet & 0x7F)
        if not octet & 0x80:
            numbers.append(number)
            number = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(str(part) for part in (first, numbers[0] - 40 * first, *numbers[1:]))


def string(tag: int, content: bytes, limit: int = 400) -> str:
    """A string of any of the ASN.1 kinds as text; for kinds that are not known, the bytes as text."""
    codec = _STRING_CODECS.get(tag)
    if codec is None:
        return text(content, limit)
    return text(content[: 4 * limit].decode(codec, "replace").encode(), limit)
