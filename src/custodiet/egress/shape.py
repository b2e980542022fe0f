"""What a conversation looks like from its sums: a stream, a keep-alive, an attempt; and how it lies in time.

Only sizes and times are looked at. A shape is a word for people and no proof of what was inside.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import ceil, floor
from statistics import median

from custodiet.model import Bar, Flow
from custodiet.model.egress import Size

# What                  from where on, and why there
STREAM_RATE = 200_000.0
"""Bits a second sent out: the substream of a camera at its smallest useful picture needs about so much."""
STREAM_SECONDS = 30.0
"""A picture, a log or a firmware check is sent in less."""
STREAM_HOUR = 20_000_000
"""Bytes sent out in an hour where the rate cannot be told: 200 kbit/s for a quarter of it."""
STREAM_LEAN = 3.0
"""A stream goes one way: so many times more out than in. A download, or a copy both ways, does not."""
BULK = 1_000_000
"""Bytes either way: more than a day of keep-alives, and less than any minute of pictures."""
KEEP_ALIVE = 2_000
"""Bytes a conversation, both ways: a sign of life with its answer, a TLS handshake left out."""
KEEP_ALIVE_HOUR = 250_000
"""Bytes an hour, both ways, where a source gives hours: a sign of life of 2 kB twice a minute."""
EVEN = 0.2
"""Share of the middle interval by which half of the intervals may differ from it, to be called an even pace."""
LEAST_TIMES = 4
"""Conversations before a pace is called one."""

SMALL_ATTEMPT = 80
"""Bytes a packet: an opening of a TCP conversation carries no more."""
SMALL_DATAGRAMS = 10_000
"""Bytes: unanswered datagrams beyond this are a stream, whether or not anybody answers."""
OPENINGS = {False: (44, 48, 52, 60), True: (64, 68, 72, 80)}
"""Bytes of a packet that opens a TCP conversation, with the options in use; False: IPv4, True: IPv6."""
REFUSAL = {False: 40, True: 60}
"""Bytes of a packet that refuses one."""

FIRST_MOMENT, LAST_MOMENT = -62_135_596_800.0, 253_402_300_799.0
"""Seconds since 1970 UTC that a calendar holds, years 1 to 9999; broken clocks write others."""

SLICES = (60.0, 600.0, 3600.0, 21_600.0, 86_400.0, 604_800.0)
"""Seconds of a bar, the finest first: minute, ten minutes, hour, six hours, day, week."""
MOST_BARS = 120
"""Bars in a picture: more are no longer told apart."""


def answered(flow: Flow) -> bool:
    """Whether it was more than an attempt: something came back, or so much was sent that it was a stream."""
    if (flow.packets_in or flow.bytes_in) and not refused(flow):
        return True
    if flow.transport == "tcp":
        return flow.bytes_out > SMALL_ATTEMPT * max(1, flow.packets_out)
    return flow.bytes_out > SMALL_DATAGRAMS


def refused(flow: Flow) -> bool:
    """Whether all sent was as large as openings and all that came back as small as refusals, packet for packet."""
    if flow.transport != "tcp" or not flow.packets_in or not flow.packets_out or flow.packets_in > flow.packets_out:
        return False
    v6 = flow.peer.count(":") > 1
    each, rest = divmod(flow.bytes_out, flow.packets_out)
    return not rest and each in OPENINGS[v6] and flow.bytes_in == REFUSAL[v6] * flow.packets_in


def shape(flows: Sequence[Flow], numbers: Sequence[int], *, outward: bool, every: float) -> Size:
    """What these look like.

    Args:
        flows: all of one device with one port of one peer.
        numbers: for each, the conversations that it stands for.
        outward: True where the device began them, so that their ``bytes_out`` are its own.
        every: the pace, from `pace`.
    """
    if not any(map(answered, flows)):
        return "attempt"
    sent = [flow.bytes_out if outward else flow.bytes_in for flow in flows]
    got = [flow.bytes_in if outward else flow.bytes_out for flow in flows]
    if any(_is_stream(*one) for one in zip(flows, sent, got, strict=True)) or _is_long_stream(flows, sent, got):
        return "video-sized"
    each = (sum(sent) + sum(got)) / max(1, sum(numbers))
    if every and each < KEEP_ALIVE:
        return "keep-alive"
    if len(flows) >= LEAST_TIMES and not every and _even_hours(flows, [a + b for a, b in zip(sent, got, strict=True)]):
        return "keep-alive"
    return "bulk" if sum(sent) >= BULK or sum(got) >= BULK else "small"


def _is_stream(flow: Flow, sent: int, got: int) -> bool:
    seconds = flow.last_seen - flow.first_seen
    if sent <= STREAM_LEAN * got or not sent:
        return False
    fast = seconds >= STREAM_SECONDS and sent * 8 / seconds >= STREAM_RATE
    return fast or sent / max(1.0, seconds / 3600) >= STREAM_HOUR


def _is_long_stream(flows: Sequence[Flow], sent: Sequence[int], got: Sequence[int]) -> bool:
    """Whether many short conversations together are a stream within some hour, as pictures uploaded one by one."""
    hours: dict[int, list[int]] = {}
    for flow, out, back in zip(flows, sent, got, strict=True):
        if in_calendar(flow.first_seen):
            told = hours.setdefault(int(flow.first_seen // 3600), [0, 0])
            told[0] += out
            told[1] += back
    return any(out >= STREAM_HOUR and out > STREAM_LEAN * back for out, back in hours.values())


def _even_hours(flows: Sequence[Flow], volumes: Sequence[int]) -> bool:
    """Whether a source that gives hours shows about the same little in each, one after the other."""
    inner = [v for flow, v in zip(flows, volumes, strict=True) if 3000 <= flow.last_seen - flow.first_seen <= 3600]
    if len(inner) < LEAST_TIMES - 1 or max(inner) > KEEP_ALIVE_HOUR:
        return False
    middle = median(inner)
    return median(abs(volume - middle) for volume in inner) <= EVEN * middle


def pace(flows: Sequence[Flow], numbers: Sequence[int]) -> float:
    """Seconds between the beginnings of conversations, where they come at an even pace; else 0.

    Sources that add up hours show one beginning an hour, whatever the pace: there only a pace of hours can be seen, and
    hours that follow each other tell none.

    Args:
        flows: all of one device with one port of one peer.
        numbers: for each, the conversations that it stands for; sums of several tell no pace.
    """
    if max(numbers, default=0) > 1:
        return 0.0
    starts = sorted(flow.first_seen for flow in flows if in_calendar(flow.first_seen))
    if len(starts) < LEAST_TIMES:
        return 0.0
    between = [later - earlier for earlier, later in pairwise(starts)]
    middle = median(between)
    may_be_hours = len({start // 3600 for start in starts}) == len(starts)
    if middle < (7200.0 if may_be_hours else 1.0) or median(abs(one - middle) for one in between) > EVEN * middle:
        return 0.0
    return middle


def in_calendar(seconds: float) -> bool:
    """Whether a calendar holds this time, so that it can be compared with others."""
    return FIRST_MOMENT <= seconds <= LAST_MOMENT


def slice_of(first: float, last: float) -> float:
    """Seconds of a bar for a picture of this time, so that there are at most about `MOST_BARS`."""
    begin = first if in_calendar(first) else FIRST_MOMENT
    end = last if in_calendar(last) else LAST_MOMENT
    span = max(0.0, end - begin)
    found = next((length for length in SLICES if span <= length * MOST_BARS), None)
    return found or SLICES[-1] * ceil(span / MOST_BARS / SLICES[-1])


def bars(pieces: Iterable[tuple[float, float, int, int]], length: float) -> tuple[Bar, ...]:
    """Volume by slices of time; what a piece holds is spread evenly from its first to its last moment.

    Args:
        pieces: (first, last, bytes out, bytes in); times that no calendar holds are left out.
        length: seconds of a slice, from `slice_of`.
    """
    found: dict[int, list[float]] = {}
    for first, last, out, back in pieces:
        if not (in_calendar(first) and in_calendar(last)) or last < first:
            continue
        begin, end = floor(first / length), floor(last / length)
        if end - begin > 2 * MOST_BARS:  # a length of another time: nothing that `slice_of` gave
            continue
        for at in range(begin, end + 1):
            share = 1.0
            if begin < end:
                share = (min(last, (at + 1) * length) - max(first, at * length)) / (last - first)
            told = found.setdefault(at, [0.0, 0.0])
            told[0] += out * share
            told[1] += back * share
    return tuple(Bar(at * length, round(out), round(back)) for at, (out, back) in sorted(found.items()))
