"""Sets of packets, exact for the fields kept: who, to whom, protocol, both ports, and whether it answers another.

A set is a list of boxes that do not overlap; a box is one range for each field. Nothing here is estimated: what is cut
out of a set is gone, and what is left adds up to the whole. A set of one address family never meets one of the other.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network
from typing import TypeAlias

Range: TypeAlias = tuple[int, int]
"""First and last number, both in."""
Ranges: TypeAlias = tuple[Range, ...]
"""In order, apart from one another."""
Box: TypeAlias = tuple[Range, Range, Range, Range, Range, Range]
"""Source, destination, protocol, source port, port, state."""
Network: TypeAlias = IPv4Network | IPv6Network

SOURCE, DESTINATION, PROTOCOL, SOURCE_PORT, PORT, STATE = range(6)
"""Places of the fields in a box. For ICMP the port is the type of the message."""

NEW, REPLY = 0, 1
"""A packet that opens a conversation, and one that belongs to a conversation already open."""

ALL_PORTS: Range = (0, 65535)
ALL_PROTOCOLS: Range = (0, 255)
ALL_STATES: Range = (NEW, REPLY)

MOST_BOXES = 20_000
"""Beyond this a set is too ragged to be followed; the answer is then that it is not known."""


class TooRagged(Exception):
    """A set fell into more than `MOST_BOXES` pieces."""


def all_addresses(version: int) -> Range:
    """The range of all addresses of IPv4 or IPv6."""
    return 0, (1 << (32 if version == 4 else 128)) - 1


def ranges(given: Iterable[Range]) -> Ranges:
    """The same numbers as ranges in order, with neighbours joined."""
    out: list[Range] = []
    for first, last in sorted(given):
        if out and first <= out[-1][1] + 1:
            if last > out[-1][1]:
                out[-1] = (out[-1][0], last)
        else:
            out.append((first, last))
    return tuple(out)


def without(whole: Iterable[Range], taken: Iterable[Range]) -> Ranges:
    """What is left of ranges when others are taken out."""
    left: list[Range] = []
    cuts = ranges(taken)
    for first, last in ranges(whole):
        at = first
        for low, high in overlapping(cuts, first, last):
            if at < low:
                left.append((at, low - 1))
            at = high + 1
        if at <= last:
            left.append((at, last))
    return tuple(left)


def common(one: Ranges, other: Ranges) -> Ranges:
    """The numbers in both."""
    return tuple(
        (max(first, low), min(last, high)) for first, last in one for low, high in overlapping(other, first, last)
    )


def overlapping(sorted_ranges: Ranges, first: int, last: int) -> Iterable[Range]:
    """Those of some ranges that meet one range."""
    at = max(0, bisect_right(sorted_ranges, (first, 1 << 130)) - 1)
    while at < len(sorted_ranges) and sorted_ranges[at][0] <= last:
        if sorted_ranges[at][1] >= first:
            yield sorted_ranges[at]
        at += 1


def network_range(network: Network) -> Range:
    """First and last address of a network."""
    first = int(network.network_address)
    return first, first | int(network.hostmask)


def split(box: Box, match: Sequence[Ranges | None]) -> tuple[list[Box], list[Box]]:
    """What of a box a match takes, and what it leaves.

    Args:
        box: one range for each field.
        match: ranges for each field; none: any value.
    """
    for (first, last), wanted in zip(box, match, strict=True):  # most rules mean none of it, which is soon seen
        if wanted is not None and (not wanted or wanted[0][0] > last or wanted[-1][1] < first):
            return [], [box]
    inside, outside = [box], []
    for field, wanted in enumerate(match):
        if wanted is None:
            continue
        taken: list[Box] = []
        for one in inside:
            first, last = one[field]
            at = first
            for low, high in overlapping(wanted, first, last):
                low, high = max(first, low), min(last, high)
                if at < low:
                    outside.append(_with(one, field, (at, low - 1)))
                taken.append(_with(one, field, (low, high)))
                at = high + 1
            if at <= last:
                outside.append(_with(one, field, (at, last)))
        if len(taken) + len(outside) > MOST_BOXES:
            raise TooRagged
        inside = taken
        if not inside:
            return [], [box]
    return inside, outside


def _with(box: Box, field: int, span: Range) -> Box:
    return (*box[:field], span, *box[field + 1 :])  # type: ignore[return-value]


def subtract(boxes: Iterable[Box], taken: Sequence[Box]) -> list[Box]:
    """What is left of some boxes when others are taken out.

    Raises:
        TooRagged: more than `MOST_BOXES` are left.
    """
    left = list(boxes)
    for cut in taken:
        match = [(span,) for span in cut]
        left = [piece for box in left for piece in split(box, match)[1]]
        if len(left) > MOST_BOXES:
            raise TooRagged
    return left


def size(boxes: Iterable[Box]) -> int:
    """How many packets are in boxes that do not overlap."""
    total = 0
    for box in boxes:
        number = 1
        for first, last in box:
            number *= last - first + 1
        total += number
    return total
