"""Files of NetFlow v5 and v9 and of IPFIX, as collectors store them: who talked to whom, added up by the hour.

One pass: messages are taken apart, data sets are gathered by template, and half a million records at a time become
columns and sums. The contents of conversations are not in such files, so no device is named from them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import numpy as np

from custodiet.errors import SourceError, WireError
from custodiet.model import Source, observe
from custodiet.model.source import Doubt, Watched
from custodiet.sources.base import HEAD_SIZE, LINES, Item, Reader, ReadOptions
from custodiet.sources.flow_columns import Ints, Records, Salt, is_local
from custodiet.sources.flow_sums import LONGEST, FlowSums
from custodiet.sources.ledger import Ledger
from custodiet.sources.lines import Pieces
from custodiet.sources.netflow.exporters import Exporters
from custodiet.sources.netflow.fields import V5
from custodiet.sources.netflow.layout import Layout
from custodiet.sources.netflow.messages import Fault, Message, Set, looks_like_messages, walk
from custodiet.sources.netflow.neighbours import Neighbours
from custodiet.sources.netflow.records import Decoded, Pending
from custodiet.sources.netflow.templates import Templates
from custodiet.sources.netflow.told import add_watching, joined, one_sided
from custodiet.sources.watching_times import WatchingTimes

_RECORDS = 1 << 19
_BYTES = 64 << 20
"""So many records, or bytes of them, are decoded together."""
_V5_LAYOUT = Layout(V5)
_MOST_IN_SET = 65_535


def recognise(head: bytes, _name: str) -> bool:
    """Whether it begins with export packets that hold together."""
    return looks_like_messages(head, whole=len(head) < HEAD_SIZE)


def read(path: Path, source: Source, options: ReadOptions) -> Iterator[Item]:
    """Read export packets.

    Raises:
        SourceError: there is not one message in it.
    """
    pieces = Pieces(path, options.progress)
    reading = _Reading(source)
    for found in walk(pieces):
        if isinstance(found, Fault):
            yield from reading.ledger.remark(f"byte {found.place}", found.reason, severity="incomplete")
            continue
        yield from reading.message(found)
        if reading.full:
            yield from reading.flush()
    if not reading.messages and not pieces.cut:
        step = "Give the file as the collector stored it"
        raise SourceError("there is no message of NetFlow or IPFIX in it", place=source.name, next_step=step)
    yield from reading.ledger.cut_short(pieces.cut)
    yield from reading.finish()


class _Reading:
    """What is known while one file is read."""

    def __init__(self, source: Source) -> None:
        self._source = source.id
        self.ledger = Ledger(source, "records")
        self.messages = 0
        self._templates = Templates()
        self._exporters = Exporters()
        self._pending: dict[int, Pending] = {}
        self._records = 0
        self._bytes = 0
        self._sums = FlowSums(source, "byte")
        self._neighbours = Neighbours(Salt(sha256(source.sha256.encode()).digest() * 2))
        self._watching = WatchingTimes()
        self._told: Counter[str] = Counter()

    @property
    def full(self) -> bool:
        """Is there enough to be decoded?"""
        return self._records >= _RECORDS or self._bytes >= _BYTES

    def message(self, message: Message) -> Iterator[Item]:
        """Take a message."""
        self.messages += 1
        records: int | None = 0
        for one in message.sets:
            if message.version == 5:
                number: int | None = self._data(message, one, _V5_LAYOUT, options=False)
            elif one.id < 256:
                number = 0
                yield from self._definitions(message, one)
            else:
                layout, options = self._templates.of(message, one.id)
                number = None
                if layout is None:
                    self._templates.hold(message, one)
                else:
                    try:
                        number = self._data(message, one, layout, options)
                    except WireError as error:
                        yield from self.ledger.refuse(f"byte {one.place - 4}", error.reason)
            records = None if records is None or number is None else records + number
        self._exporters.saw(message, records)

    def _definitions(self, message: Message, one: Set) -> Iterator[Item]:
        least = 0 if message.version == 9 else 2
        if not least <= one.id <= least + 1:
            self.ledger.not_covered(f"sets with the number {one.id}")
            return
        try:
            for number in self._templates.define(message, one):
                layout, options = self._templates.of(message, number)
                for earlier, waited in self._templates.waited(message, number):
                    if layout is None:
                        continue
                    try:
                        self._data(earlier, waited, layout, options)
                    except WireError as error:
                        yield from self.ledger.refuse(f"byte {waited.place - 4}", error.reason)
        except WireError as error:
            yield from self.ledger.remark(f"byte {one.place - 4}", error.reason, severity="incomplete")

    def _data(self, message: Message, one: Set, layout: Layout, options: bool) -> int:
        """Take a data set; returns how many records it held."""
        if layout.fixed:
            number = len(one.body) // layout.size
            data, places = one.body[: number * layout.size], [one.place]
        else:
            data, begins = layout.cut(one.body, _MOST_IN_SET)
            number, places = len(begins), [one.place + begin for begin in begins]
        if options:
            self._exporters.options(message, layout, data)
        elif not layout.is_flow:
            self.ledger.read(number)
            self.ledger.not_covered("records that are not of IP", number)
        elif number:
            pending = self._pending.get(id(layout))
            if pending is None:
                pending = self._pending[id(layout)] = Pending(layout)
            before = pending.size
            pending.add(message, data, number, places, self._exporters.started(message))
            self._records += number
            self._bytes += pending.size - before
        return number

    # --- a batch

    def flush(self) -> Iterator[Item]:
        """Decode what was gathered, and give out what no longer fits."""
        pending, self._pending = self._pending, {}
        self._records = self._bytes = 0
        parts: dict[bool, list[Records]] = {False: [], True: []}
        for one in pending.values():
            decoded = one.decode()
            self.ledger.read(len(decoded))
            for records, rows in decoded.records():
                parts[records.v6].append(records)
                if len(rows):
                    self._beside(decoded, records, rows)
            self._told["odd times"] += decoded.odd_times
            self._told["odd counts"] += decoded.odd_counts
            said = {n: decoded.column(n) for n in ("sampled", "sample_taken", "sample_left") if decoded.has(n)}
            self._exporters.samples(said)
        for found in parts.values():
            if found:
                records = joined(found)
                found.clear()
                self.ledger.saw(float(records.first.min()), float(records.last.max()))
                add_watching(self._watching, records)
                self._sums.add(records)
        yield from self._sums.make_room()
        yield from self._sums.used()

    def _beside(self, decoded: Decoded, records: Records, rows: Ints) -> None:
        """What records say besides: MACs, and addresses that were translated."""
        for name, high, low in (
            ("src_mac", records.src_high, records.src_low),
            ("dst_mac_out", records.dst_high, records.dst_low),
        ):
            if decoded.has(name):
                self._neighbours.add(decoded.column(name)[rows], high, low, records.place, records.first, records.last)
        if decoded.has("dst_mac"):
            self._received(decoded, records, rows)
        kind = "6" if records.v6 else "4"
        translated = np.zeros(len(rows), dtype=np.bool_)
        for side, low in (("src", records.src_low), ("dst", records.dst_low)):
            if decoded.has(f"nat_{side}{kind}"):
                behind = decoded.column(f"nat_{side}{kind}")[rows]
                translated |= (behind != 0) & (behind != low)
        self._told["translated"] += int(np.count_nonzero(translated))

    def _received(self, decoded: Decoded, records: Records, rows: Ints) -> None:
        """The MAC that a frame was sent to is that of the receiver only within one network, else that of the router."""
        inside = is_local(records.src_high, records.src_low) & is_local(records.dst_high, records.dst_low)
        if inside.any():
            high = None if records.dst_high is None else records.dst_high[inside]
            self._neighbours.add(
                decoded.column("dst_mac")[rows][inside],
                high,
                records.dst_low[inside],
                records.place[inside],
                records.first[inside],
                records.last[inside],
            )

    # --- the end

    def finish(self) -> Iterator[Item]:
        """Give out all that is left, what could not be read, and the tally."""
        yield from self.flush()
        yield from self._sums.finish()
        yield from self._sums.used(all_of_them=True)
        for address, mac, place, first, last, number in self._neighbours.pairs():
            key, where = f"ip:{address}", f"byte {place}"
            yield observe(self._source, key, "net.mac", mac, where, first_seen=first, last_seen=last, count=number)
        for (version, domain, number), sets, place in self._templates.orphans():
            yield from self.ledger.refuse(
                f"byte {place}",
                f"{sets:,} sets of records whose template {number} (domain {domain}, version {version}) is not in the "
                "file, so they cannot be read",
                "Begin the file earlier, or put the exporter's templates before it: they are sent again every few "
                "minutes.",
            )
        yield from self._remarks()
        if self._neighbours.routers:
            self.ledger.not_covered("MAC addresses of routers", self._neighbours.routers)
        yield from self.ledger.close(self._watched())

    def _remarks(self) -> Iterator[Item]:
        if self._told["odd times"]:
            yield from self.ledger.remark(
                "", f"{self._told['odd times']:,} records have times that cannot be; the time of export stands for them"
            )
        if self._told["odd counts"]:
            yield from self.ledger.remark("", f"{self._told['odd counts']:,} records have counters that cannot be")
        if self._sums.shortened:
            yield from self.ledger.remark(
                "",
                f"{self._sums.shortened:,} records are said to have lasted longer than {LONGEST / 3600:.0f} hours; "
                "they are counted within the last of these",
            )

    def _watched(self) -> Watched:
        doubts: dict[Doubt, str] = {}
        sampled = self._exporters.sampled
        if said := one_sided(self._sums):
            doubts["one_direction"] = said
        if sampled > 1:
            doubts["sampled"] = (
                f"only one of {sampled:,} packets was counted, so what is rare may be missing altogether"
            )
        if self._told["translated"]:
            doubts["translated"] = f"in {self._told['translated']:,} records an address was translated on the way"
        if said := self._exporters.lost():
            doubts["lost"] = said
        return Watched(spans=self._watching.spans(), sampled=sampled, doubts=doubts)


READER = Reader(
    id="netflow",
    title="NetFlow v5 and v9, IPFIX",
    kind="log",
    recognise=recognise,
    read=read,
    unpacks=LINES,
)
