"""Export packets of NetFlow v5 and v9 and messages of IPFIX, as they stand one after another in a file.

Lengths are believed only as far as they fit: what does not is told with its byte, and reading goes on at the next thing
that looks like the beginning of a message. A packet of v9 does not say how long it is; it ends where no set begins.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator

import msgspec

LONGEST = 65_535
"""Bytes of a message: an export packet is one datagram, and IPFIX counts in 16 bits."""
_AHEAD = 2 * LONGEST
_V5, _V9, _IPFIX = 5, 9, 10
_VERSIONS = (_V5, _V9, _IPFIX)
_V5_HEAD, _V5_RECORD, _V9_HEAD, _IPFIX_HEAD = 24, 48, 20, 16
_MOST_V5 = 60
"""Records of a v5 packet; Cisco sends up to 30."""
_DAY = 86_400
_LOOKS_LIKE_ONE = re.compile(rb"\x00[\x05\x09\x0a]")


class Set(msgspec.Struct, frozen=True):
    """A part of a message: templates, or records of one template."""

    id: int
    body: bytes
    place: int
    """Byte of the file at which the body begins."""


class Message(msgspec.Struct, frozen=True):
    """One export packet."""

    version: int
    domain: int
    """What numbers templates for themselves: source id, observation domain, engine."""
    exported: float
    """Seconds since 1970 UTC."""
    uptime: int
    """Milliseconds since the exporter started, at `exported`, modulo 2**32; 0 for IPFIX."""
    sequence: int
    sampling: int
    """One of so many packets was counted, by a v5 header; else 0."""
    sets: list[Set]
    place: int


class Fault(msgspec.Struct, frozen=True):
    """Something that is no message, or a set that lies about its length."""

    place: int
    reason: str


def looks_like_messages(head: bytes, whole: bool) -> bool:
    """Whether bytes begin with messages that hold together.

    Args:
        head: the first bytes of a file.
        whole: whether they are all of it.
    """
    if len(head) < 4 or int.from_bytes(head[:2], "big") not in _VERSIONS:
        return False
    found, after = _message(head, 0, 0)
    if isinstance(found, Fault) or not found.sets:
        return False
    if found.version == _IPFIX:
        return (2 <= found.sets[0].id <= 3 or found.sets[0].id >= 256) and not any(_lies(head, 0, after, found, 0))
    follows = head[after : after + 2]
    if len(follows) < 2 or int.from_bytes(follows, "big") in _VERSIONS:
        return len(follows) != 1 or not whole
    # Behind a packet of v9 anything may stand, where it begins as exporters begin: with templates.
    first = found.sets[0]
    return found.version == _V9 and first.id < 2 and len(first.body) >= 8 and first.body[0] > 0


def walk(pieces: Iterable[bytes]) -> Iterator[Message | Fault]:
    """All messages of a file, and what is none.

    Args:
        pieces: the bytes of the file, in order.
    """
    reader = _Walk()
    for piece in pieces:
        yield from reader.feed(piece, ended=False)
    yield from reader.feed(b"", ended=True)


class _Walk:
    def __init__(self) -> None:
        self._data = b""
        self._place = 0
        self._lost_at = -1
        """Where what is no message began; -1 while messages follow one another."""
        self._exported = 0.0

    def feed(self, piece: bytes, *, ended: bool) -> Iterator[Message | Fault]:
        data = self._data + piece
        at = 0
        # A message is looked at only when all of it must be there.
        while at < len(data) and (ended or len(data) - at >= _AHEAD):
            if self._lost_at >= 0:
                at = self._next(data, at, ended)
                if at < 0:
                    at = len(data) if ended else max(0, len(data) - LONGEST)
                    break
                self._lost_at = -1
            found, after = _message(data, at, self._place)
            if isinstance(found, Fault):
                yield found
                self._lost_at = self._place + at
                at += 2
                continue
            self._exported = found.exported
            yield found
            for fault in _lies(data, at, after, found, self._place):
                yield fault
                if found.version == _V9:
                    self._lost_at = fault.place
            at = after
        self._data = data[at:]
        self._place += at

    def _next(self, data: bytes, at: int, ended: bool) -> int:
        """Where the next message begins; -1 where none does."""
        end = len(data) if ended else len(data) - LONGEST
        for match in _LOOKS_LIKE_ONE.finditer(data, at, max(at, end)):
            if _plausible(data, match.start(), self._exported):
                return match.start()
        return -1


def _plausible(data: bytes, at: int, exported: float) -> bool:
    """Whether a message may begin here, by its header and the beginning of its first set."""
    head = data[at : at + _V5_HEAD]
    if len(head) < _V5_HEAD:
        return False
    version, count = int.from_bytes(head[:2], "big"), int.from_bytes(head[2:4], "big")
    at_time = 4 if version == _IPFIX else 8
    seconds = int.from_bytes(head[at_time : at_time + 4], "big")
    if exported and abs(seconds - exported) > _DAY:
        return False
    if version == _V5:
        return 0 < count <= _MOST_V5 and len(data) - at >= _V5_HEAD + count * _V5_RECORD
    at_set = _IPFIX_HEAD if version == _IPFIX else _V9_HEAD
    kind = int.from_bytes(head[at_set : at_set + 2], "big")
    length = int.from_bytes(head[at_set + 2 : at_set + 4], "big")
    least = 2 if version == _IPFIX else 0
    room = count - _IPFIX_HEAD if version == _IPFIX else len(data) - at - _V9_HEAD
    return (least <= kind < least + 2 or kind >= 256) and 4 < length <= room


def _message(data: bytes, at: int, base: int) -> tuple[Message | Fault, int]:
    """The message that begins at a byte, and where it ends."""
    version = int.from_bytes(data[at : at + 2], "big")
    left = len(data) - at
    if version == _V5 and left >= _V5_HEAD:
        return _v5(data, at, base)
    if version == _V9 and left >= _V9_HEAD:
        _, _, uptime, seconds, sequence, domain = struct.unpack_from(">HHIIII", data, at)
        sets, end = _sets(data, at + _V9_HEAD, min(len(data), at + LONGEST), base, version)
        if not sets and end + 4 <= len(data) and int.from_bytes(data[end : end + 2], "big") not in _VERSIONS:
            return Fault(base + at, "a NetFlow v9 packet that begins with no set"), end
        return Message(version, domain, float(seconds), uptime, sequence, 0, sets, base + at), end
    if version == _IPFIX and left >= _IPFIX_HEAD:
        _, length, seconds, sequence, domain = struct.unpack_from(">HHIII", data, at)
        if not length >= _IPFIX_HEAD:
            return Fault(base + at, f"an IPFIX message that says it is {length} bytes long"), at
        if length > left:
            return Fault(base + at, "an IPFIX message that says it is longer than the rest of the file"), at
        sets, _end = _sets(data, at + _IPFIX_HEAD, at + length, base, version)
        return Message(version, domain, float(seconds), 0, sequence, 0, sets, base + at), at + length
    return Fault(base + at, "bytes that are no message of NetFlow v5, v9 or IPFIX"), at


def _v5(data: bytes, at: int, base: int) -> tuple[Message | Fault, int]:
    _, count, uptime, seconds, nanos, sequence, kind, engine, sampling = struct.unpack_from(">HHIIIIBBH", data, at)
    end = at + _V5_HEAD + count * _V5_RECORD
    if not 0 < count <= _MOST_V5 or end > len(data):
        return Fault(base + at, f"a NetFlow v5 packet that says it holds {count:,} records"), at
    begin = at + _V5_HEAD
    exported = seconds + min(nanos, 999_999_999) / 1e9
    sets = [Set(_V5, data[begin:end], base + begin)]
    return Message(_V5, kind << 8 | engine, exported, uptime, sequence, sampling & 0x3FFF, sets, base + at), end


def _sets(data: bytes, at: int, end: int, base: int, version: int) -> tuple[list[Set], int]:
    """The sets that hold together, and where they end."""
    sets = []
    while at + 4 <= end:
        kind = data[at] << 8 | data[at + 1]
        length = data[at + 2] << 8 | data[at + 3]
        if length < 4 or at + length > end or (version == _V9 and 1 < kind < 256):
            break
        sets.append(Set(kind, data[at + 4 : at + length], base + at + 4))
        at += length
    return sets, at


def _lies(data: bytes, at: int, after: int, message: Message, base: int) -> Iterator[Fault]:
    """What stands behind the last set that holds together, where that is not the end."""
    if message.version == _V5:
        return
    head = _IPFIX_HEAD if message.version == _IPFIX else _V9_HEAD
    last = message.sets[-1] if message.sets else None
    ended = last.place + len(last.body) - base if last else at + head
    if message.version == _IPFIX:
        if ended < after and data[ended:after].strip(b"\0"):
            yield Fault(base + ended, "a set that lies about its length; the rest of its message was not read")
        return
    rest = data[ended : ended + 4]
    if not rest or (int.from_bytes(rest[:2], "big") in _VERSIONS and len(rest) > 1):
        return
    yield Fault(base + ended, "a set that lies about its length, or bytes that are no message")
