"""Suricata's EVE log: conversations, names, and what Suricata says of the packets it lost.

Alerts are read for the conversation they stand in and for nothing else: whether something is an attack is not our
question.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from custodiet.errors import SourceError
from custodiet.model import Source
from custodiet.model.source import Doubt
from custodiet.sources.base import LINES, Item, Reader, ReadOptions
from custodiet.sources.ledger import Facts, Ledger
from custodiet.sources.lines import Lines, head_lines, object_of
from custodiet.sources.log_times import LogClock
from custodiet.sources.suricata.conversations import Conversation, Conversations
from custodiet.sources.suricata.events import (
    EVENTS,
    OF_NO_INTEREST,
    Event,
    number_of,
    part,
    sides,
    text_of,
)
from custodiet.sources.watching_times import Directions, WatchingTimes
from custodiet.wire.address import ip_text, is_device_ip, is_local_ip, mac_of_text

MAX_LINE = 4 << 20
"""The most bytes of one line; an alert may hold the packet and the payload."""


def recognise(head: bytes, _name: str) -> bool:
    """Whether a line is an object with the two names that every event has, and one that only Suricata uses."""
    for line in [line for line in head_lines(head) if line.strip()][:3]:
        if line.startswith("{") and '"event_type"' in line and '"timestamp"' in line:
            event = object_of(line)
            if event is None:  # longer than the head
                return '"flow_id"' in line
            return text_of(event, "event_type") == "stats" or "flow_id" in event or "src_ip" in event
    return False


def read(path: Path, source: Source, options: ReadOptions) -> Iterator[Item]:
    """Read an EVE log.

    Raises:
        SourceError: no line of it is an event.
    """
    reading = _Reading(source, LogClock(options.zone, path.stat().st_mtime))
    lines = Lines(path, options.progress, limit=MAX_LINE)
    for number, line in lines:
        place = f"line {number}"
        if line is None:
            yield from reading.ledger.refuse(place, f"the line is longer than {MAX_LINE:,} bytes")
        elif line.strip():
            yield from reading.take(line, place)
    if not reading.known and not lines.cut:
        step = "Give eve.json as Suricata wrote it"
        raise SourceError("no line is an event of Suricata", place=source.name, next_step=step)
    yield from reading.end(lines.cut)


class _Reading:
    def __init__(self, source: Source, clock: LogClock) -> None:
        self.ledger = Ledger(source, "events")
        self.known = False
        self._source = source.id
        self._clock = clock
        self._facts = Facts(source.id)
        self._held = Conversations(source.id, clock)
        self._times = WatchingTimes()
        self._directions = Directions()
        self._flows = self._alerts = self._others = 0
        self._packets = self._dropped = 0
        self._restarts = [0, 0]

    def take(self, line: str, place: str) -> Iterator[Item]:
        """Read one line."""
        event = object_of(line)
        kind = text_of(event, "event_type") if event is not None else ""
        if event is None or not kind:
            reason = "the line is no JSON object" if event is None else "an object that is no event"
            yield from self.ledger.refuse(place, reason)
            return
        self.known = True
        when = self._clock.within(text_of(event, "timestamp")[:64])
        if kind == "stats":
            self._stats(part(event, "stats"), when)
            self.ledger.read()
        elif kind in ("flow", "netflow"):
            found = self._conversation(kind, event, when, place)
            if found is None:
                yield from self.ledger.refuse(
                    place, "a conversation without addresses, protocol or time that can be read"
                )
                return
            self._saw(found, event)
            if kind == "flow":
                self._directions.add(found.transport, found.packets_out, found.packets_in)
                yield found.flow(self._source)
            yield from self._held.overdue()
            self.ledger.read()
        else:
            yield from self._event(kind, event, when, place)
        if self._facts.full:
            yield from self._facts.drain()

    def _conversation(self, kind: str, event: Event, when: float | None, place: str) -> Conversation | None:
        self._flows += 1
        take = self._held.whole if kind == "flow" else self._held.one_way
        return take(event, when, place)

    def _event(self, kind: str, event: dict[str, Any], when: float | None, place: str) -> Iterator[Item]:
        both = sides(event)
        read_facts = EVENTS.get(kind)
        if "flow" in event and number_of(event, "flow_id") and part(event, "flow"):
            self._alerts += kind == "alert"
            found = self._held.partial(event, when, place)
            if found is not None:
                self._saw(found, event)
            yield from self._held.overdue()
        if read_facts is not None:
            if both is None:
                yield from self.ledger.refuse(place, "an event without addresses that can be read")
                return
            self._others += 1
            for subject, attribute, value in dict.fromkeys(read_facts(event, *both)):
                self._facts.add(subject, attribute, value, place, when)
        elif kind == "alert":
            self._alerts_without(event)
        elif kind not in OF_NO_INTEREST:
            self.ledger.not_covered(f"{kind} events")
        self.ledger.saw(when)
        self.ledger.read()

    def _alerts_without(self, event: Event) -> None:
        if not part(event, "flow"):
            self.ledger.not_covered("alerts that do not tell of their conversation")

    def _saw(self, found: Conversation, event: Event) -> None:
        self._times.add(found.first, found.last, found.packets_out + found.packets_in)
        self.ledger.saw(found.first, found.last)
        link = part(event, "ether")
        src = ip_text(text_of(event, "src_ip"))
        for subject, is_there in ((found.subject, True), (found.peer, found.packets_in > 0)):
            ip = subject[3:]
            side = "src" if ip == src else "dest"
            if not (is_there and is_device_ip(ip) and is_local_ip(ip)):
                continue
            self._facts.add(subject, "net.ip", ip, found.place, found.first)
            several = link.get(f"{side}_macs")
            alone = several[0] if isinstance(several, list) and len(several) == 1 else None
            mac = text_of(link, f"{side}_mac") or (alone if isinstance(alone, str) else "")
            self._facts.add(subject, "net.mac", mac_of_text(mac), found.place, found.first)

    def _stats(self, stats: Event, when: float | None) -> None:
        """The counters go up from the start of Suricata; where they go down, it was started anew."""
        capture = part(stats, "capture")
        packets = number_of(capture, "kernel_packets") or number_of(part(stats, "decoder"), "pkts")
        dropped = number_of(capture, "kernel_drops")
        if packets != self._packets:  # packets came in, so somebody was watching
            self._times.add(when)
            self.ledger.saw(when)
        if packets < self._packets or dropped < self._dropped:
            self._restarts[0] += self._packets
            self._restarts[1] += self._dropped
        self._packets, self._dropped = packets, dropped

    def end(self, cut: str) -> Iterator[Item]:
        """What was held back, and the tally."""
        yield from self._held.rest()
        yield from self._facts.drain()
        if self._flows or self._alerts:
            yield from self.ledger.remark(
                "", "Suricata counts whole frames: sums are higher by about 14 bytes a packet than on the network layer"
            )
        if self._held.early:
            reason = f"{self._held.early:,} conversations were told before their end and may be counted twice"
            yield from self.ledger.remark("", reason, "Give the log in smaller pieces.")
        yield from self.ledger.cut_short(cut)
        yield from self.ledger.close(self._times.watched(self._doubts()))

    def _doubts(self) -> dict[Doubt, str]:
        packets, dropped = self._packets + self._restarts[0], self._dropped + self._restarts[1]
        lost = f"Suricata says that it lost {dropped:,} packets and saw {packets:,}" if dropped else ""
        partly = ""
        if not self._flows:
            partly = (
                "the log holds no flow events, so it tells of conversations only where a rule raised an alert or a "
                "name was seen"
            )
        said: list[tuple[Doubt, str]] = [
            ("lost", lost),
            ("part_logged", partly),
            ("one_direction", self._directions.doubt()),
            ("local_time", self._clock.zone_doubt()),
        ]
        return {doubt: sentence for doubt, sentence in said if sentence}


READER = Reader(
    id="suricata",
    title="Suricata EVE log",
    kind="log",
    recognise=recognise,
    read=read,
    unpacks=LINES,
    zoned=True,
)
