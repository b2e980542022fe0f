"""Conversations of an EVE log, each told once though several events tell of it.

A ``flow`` event is the conversation at its end, with both directions. ``netflow`` events are one direction each, and an
alert, and whatever else carries sums, says what had been counted until then; both are held back until the ``flow``
event of the same number comes, which then stands for them, or the file ends.

Suricata counts the bytes of whole frames, so a sum is higher by some 14 bytes a packet than it is on the network layer.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from custodiet.model import Flow
from custodiet.model.observation import content_id
from custodiet.sources.log_lines import MOST_COUNTED, transport_of
from custodiet.sources.log_times import LogClock
from custodiet.sources.suricata.events import Event, number_of, part, sides, text_of

MOST_HELD = 50_000
"""Conversations that wait for their ``flow`` event; then the oldest are told as they are."""


@dataclass(slots=True, kw_only=True)
class Conversation:
    """One conversation as far as it was told; ``subject`` is the side that began."""

    subject: str
    peer: str
    transport: str
    port: int
    own_port: int
    first: float
    last: float
    place: str
    bytes_out: int = 0
    bytes_in: int = 0
    packets_out: int = 0
    packets_in: int = 0
    one_way: bool = False
    """It was told by ``netflow`` events, which come at its end and so tell all."""

    def flow(self, source: str) -> Flow:
        """As the flow it is."""
        return Flow(
            id=content_id("flow", source, self.subject, self.peer, self.transport, self.port, self.place),
            source=source,
            subject=self.subject,
            peer=self.peer,
            transport=self.transport,
            port=self.port,
            bytes_out=min(self.bytes_out, MOST_COUNTED),
            bytes_in=min(self.bytes_in, MOST_COUNTED),
            packets_out=min(self.packets_out, MOST_COUNTED),
            packets_in=min(self.packets_in, MOST_COUNTED),
            first_seen=self.first,
            last_seen=self.last,
            locator=self.place,
        )


def conversation(event: Event, sums: Event, when: float | None, place: str, clock: LogClock) -> Conversation | None:
    """The frame of a conversation: who with whom, and when; None where that cannot be read.

    Args:
        event: the event.
        sums: its part ``flow`` or ``netflow``.
        when: the time of the event.
        place: where it stands.
        clock: reads times.
    """
    both = sides(event)
    own, port = number_of(event, "src_port"), number_of(event, "dest_port")
    if began := sides(sums):  # newer versions say of an alert who began the conversation
        both, own, port = began, number_of(sums, "src_port"), number_of(sums, "dest_port")
    elif text_of(event, "direction") == "to_client" and both:
        both, own, port = (both[1], both[0]), port, own
    transport = transport_of(text_of(event, "proto"))
    first = clock.within(text_of(sums, "start")[:64])
    first = when if first is None else first
    if both is None or first is None or not transport or max(own, port) > 65535:
        return None
    last = clock.within(text_of(sums, "end")[:64])
    if last is None:
        last = max(first, when or first) if "age" not in sums else first + min(number_of(sums, "age"), 10**9)
    has_port = transport in ("tcp", "udp")
    return Conversation(
        subject=both[0],
        peer=both[1],
        transport=transport,
        port=port if has_port else 0,
        own_port=own if has_port else 0,
        first=first,
        last=max(first, last),
        place=place,
    )


class Conversations:
    """Holds back what a ``flow`` event may still tell better.

    Args:
        source: id of the source.
        clock: reads times.
    """

    def __init__(self, source: str, clock: LogClock) -> None:
        self._source = source
        self._clock = clock
        self._held: OrderedDict[str, Conversation] = OrderedDict()
        self._told: OrderedDict[str, None] = OrderedDict()
        self.early = 0
        """Conversations that could not be held back until the end."""

    def whole(self, event: Event, when: float | None, place: str) -> Conversation | None:
        """A ``flow`` event; None where it cannot be read."""
        sums = part(event, "flow")
        found = conversation(event, sums, when, place, self._clock)
        if found is not None:
            _count(found, sums)
            key = _key(event, found)
            self._held.pop(key, None)
            if number_of(event, "flow_id"):
                self._told[key] = None
                if len(self._told) > MOST_HELD:
                    self._told.popitem(last=False)
        return found

    def partial(self, event: Event, when: float | None, place: str) -> Conversation | None:
        """An event that says what had been counted of a conversation so far."""
        sums = part(event, "flow")
        found = conversation(event, sums, when, place, self._clock)
        if found is None:
            return None
        key = _key(event, found)
        earlier = self._held.get(key)
        if key not in self._told and not (earlier and earlier.one_way):
            _count(found, sums)
            if earlier:
                found.place, found.first = earlier.place, min(earlier.first, found.first)
            self._held[key] = found
        return found

    def one_way(self, event: Event, when: float | None, place: str) -> Conversation | None:
        """A ``netflow`` event: of the two of a conversation the first is of the side that began."""
        sums = part(event, "netflow")
        found = conversation(event, sums, when, place, self._clock)
        if found is None:
            return None
        key = _key(event, found)
        if key in self._told:
            return found
        size, packets = number_of(sums, "bytes"), number_of(sums, "pkts")
        earlier = self._held.get(key)
        if earlier is None or not earlier.one_way:
            found.bytes_out, found.packets_out, found.one_way = size, packets, True
            self._held[key] = found
            return found
        if earlier.subject == found.subject:
            earlier.bytes_out, earlier.packets_out = earlier.bytes_out + size, earlier.packets_out + packets
        else:
            earlier.bytes_in, earlier.packets_in = earlier.bytes_in + size, earlier.packets_in + packets
        earlier.first, earlier.last = min(earlier.first, found.first), max(earlier.last, found.last)
        return found

    def overdue(self) -> Iterator[Flow]:
        """Those for which there is no more room."""
        while len(self._held) > MOST_HELD:
            self.early += 1
            yield self._held.popitem(last=False)[1].flow(self._source)

    def rest(self) -> Iterator[Flow]:
        """The file has ended: what was held back is all there is."""
        while self._held:
            yield self._held.popitem(last=False)[1].flow(self._source)


def _key(event: Event, found: Conversation) -> str:
    """What names a conversation: Suricata's number of it, else its two ends."""
    if number := number_of(event, "flow_id"):
        return str(number)
    ends = sorted([(found.subject, found.own_port), (found.peer, found.port)])
    return f"{found.transport} {ends}"


def _count(found: Conversation, sums: Event) -> None:
    found.bytes_out, found.bytes_in = number_of(sums, "bytes_toserver"), number_of(sums, "bytes_toclient")
    found.packets_out, found.packets_in = number_of(sums, "pkts_toserver"), number_of(sums, "pkts_toclient")
