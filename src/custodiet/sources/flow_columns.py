"""Records of one direction as columns, and the grouping of rows that are alike.

Rows are grouped by a salted hash and then compared whole: the salt depends on the source, so nobody can write a file
whose rows are slow to tell apart, and rows whose hashes are equal by chance are still kept apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv6Address
from typing import Any, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

Words: TypeAlias = NDArray[np.uint64]
Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Bits: TypeAlias = NDArray[np.bool_]

MOST_COUNT = 1 << 42
"""Bytes or packets of one record, so that a million of them still add up in 64 bits; more is a broken record."""

TCP, UDP = 6, 17
SYN, ACK = 0x02, 0x10


class Records(msgspec.Struct, frozen=True, kw_only=True):
    """What went one way between two addresses and ports, one record a row; all columns are of equal length."""

    v6: bool
    """Whether these are IPv6 records; those of IPv4 have nothing in the high halves."""
    src_high: Words | None = None
    """Upper 64 bits of the sender; none for IPv4."""
    src_low: Words
    """Lower 64 bits of the sender, or its IPv4 address."""
    dst_high: Words | None = None
    """Upper 64 bits of the receiver; none for IPv4."""
    dst_low: Words
    """Lower 64 bits of the receiver, or its IPv4 address."""
    src_port: Ints
    """0 where there is none."""
    dst_port: Ints
    """0 where there is none."""
    protocol: Ints
    """Of the IP header."""
    first: Floats
    """Seconds since 1970 UTC, below 2**32."""
    last: Floats
    """Likewise, not before `first`."""
    bytes: Ints
    """On the network layer, at most `MOST_COUNT`."""
    packets: Ints
    """At most `MOST_COUNT`."""
    flags: Ints
    """TCP flags of all packets together; 0 where they are not known."""
    began: Ints
    """1 where the source says that the sender began, -1 where the receiver did, 0 where it does not say."""
    place: Ints
    """Where in the source the record stands: a byte, a line."""

    def __len__(self) -> int:
        return len(self.place)

    def rows(self, chosen: Bits | Ints) -> Records:
        """Some of the rows."""
        columns: dict[str, Any] = {name: getattr(self, name) for name in self.__struct_fields__ if name != "v6"}
        return msgspec.structs.replace(
            self, **{name: column[chosen] for name, column in columns.items() if column is not None}
        )


class Salt:
    """Turns rows of words into hashes that nobody can foresee.

    Args:
        salt: bytes that depend on the whole source.
    """

    def __init__(self, salt: bytes) -> None:
        self._multipliers = np.frombuffer(salt[:64].ljust(64, b"\x9e"), dtype="<u8") | np.uint64(1)

    def hashes(self, words: Sequence[Words]) -> Words:
        """One hash a row; at most eight columns."""
        mixed: Words = words[0] * self._multipliers[0]
        for word, multiplier in zip(words[1:], self._multipliers[1:], strict=False):
            mixed ^= mixed >> np.uint64(32)
            mixed *= self._multipliers[7]
            mixed += word * multiplier
        mixed ^= mixed >> np.uint64(29)
        mixed *= self._multipliers[7]
        mixed ^= mixed >> np.uint64(32)
        return mixed

    def grouped(self, words: Sequence[Words]) -> tuple[Ints, Ints]:
        """Rows that are alike, side by side.

        Returns:
            an order of the rows, and the places in that order at which a group begins.
        """
        hashes = self.hashes(words)
        order = np.argsort(hashes)
        hashes = hashes[order]
        differs = hashes[1:] != hashes[:-1]
        for word in words:
            sorted_word = word[order]
            differs |= sorted_word[1:] != sorted_word[:-1]
        begins = np.flatnonzero(differs) + 1
        return order, np.concatenate(([0], begins)) if len(order) else begins


@lru_cache(maxsize=65536)
def address_text(high: int, low: int, v6: bool) -> str:
    """An address as canonical text."""
    if not v6:
        return f"{low >> 24}.{low >> 16 & 255}.{low >> 8 & 255}.{low & 255}"
    return str(IPv6Address(high << 64 | low))


_LOCAL = [(10, 8), (172 << 4 | 1, 12), (192 << 8 | 168, 16), (169 << 8 | 254, 16), (100 << 2 | 1, 10)]
_LOCAL_6 = [(0xFC >> 1, 7), (0xFE80 >> 6, 10)]


def is_local(high: Words | None, low: Words) -> Bits:
    """As `custodiet.wire.address.is_local_ip`, for a whole column.

    Args:
        high: the upper 64 bits of IPv6 addresses; none for IPv4.
        low: the lower 64 bits, or IPv4 addresses.
    """
    column, width, networks = (low, 32, _LOCAL) if high is None else (high, 64, _LOCAL_6)
    found = np.zeros(len(column), dtype=np.bool_)
    for network, bits in networks:
        found |= column >> np.uint64(width - bits) == network
    return found
