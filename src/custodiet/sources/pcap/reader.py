"""Network captures, pcap and pcapng: who is there, what they say of themselves, and whom they talk to.

One pass over the file, a window of 16 MB at a time: NumPy decodes the headers of all packets and adds up flows, and
only the two or three packets in a hundred that carry a name or a self-description reach the parsers of
`custodiet.wire`. QUIC and tunnels are counted, not read; nothing is decrypted.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import numpy as np

from custodiet.errors import WireError
from custodiet.model import Issue, Observation, Source, Tally
from custodiet.sources.base import Item, Reader, ReadOptions
from custodiet.sources.flow_columns import address_text
from custodiet.sources.pcap.columns import Columns, decode, mac_text
from custodiet.sources.pcap.container import Container, is_capture
from custodiet.sources.pcap.facts import Facts
from custodiet.sources.pcap.flows import FlowTable, Groups
from custodiet.sources.pcap.fragments import Fragments
from custodiet.sources.pcap.links import Ints, among
from custodiet.sources.pcap.messages import (
    DATAGRAM_OPENERS,
    DATAGRAM_PORTS,
    GUESSED_PORTS,
    MOST_TEXT,
    Said,
    read_datagram,
    read_frame,
    read_stream,
    same_content,
)
from custodiet.sources.pcap.neighbours import Neighbours
from custodiet.sources.pcap.streams import Ends, Run, Streams
from custodiet.sources.pcap.watching import Watching
from custodiet.sources.pcap.window import Window
from custodiet.wire.link import parse_arp, parse_frame

_TCP, _UDP = 6, 17
_TUNNELS = {4: "IP-in-IP packets", 41: "IPv6-in-IPv4 packets", 47: "GRE packets", 50: "ESP packets"}
_VXLAN = 4789
_QUIC = (443, 80, 8443)
_MOST_CACHED = 4096
_MOST_FAULTS = 50
_AT_REST = 64
"""Windows read without looking for cycles."""

_PORT = np.zeros(65536, dtype=np.bool_)
_PORT[list(DATAGRAM_PORTS)] = True
_GUESSED = np.zeros(65536, dtype=np.bool_)
_GUESSED[list(GUESSED_PORTS)] = True
_OPENERS = [int.from_bytes(opener[:4], "big") for opener in DATAGRAM_OPENERS]
_OPENING_BYTE = np.zeros(256, dtype=np.bool_)
_OPENING_BYTE[[opener[0] for opener in DATAGRAM_OPENERS]] = True


class _Reading:
    """What is known while one capture is read."""

    def __init__(self, source: Source) -> None:
        self.source = source.id
        self.facts = Facts(source.id)
        self.neighbours = Neighbours(self.facts)
        self.flows = FlowTable(source.id, sha256(source.sha256.encode()).digest())
        self.streams = Streams(self.flows, self._take)
        self.watching = Watching(self.flows.alike, self.flows.sides)
        self.fragments = Fragments()
        self.not_covered: Counter[str] = Counter()
        self.faults: dict[str, tuple[int, int]] = {}
        """Reason -> first packet and number of packets."""
        self.first = np.inf
        self.last = -np.inf
        self.cut = 0
        self.first_cut = 0
        self._said: dict[tuple[int, bytes], Said] = {}

    # --- one window

    def window(self, window: Window) -> None:
        """Read all packets of a window."""
        self.first = min(self.first, float(window.time.min()))
        self.last = max(self.last, float(window.time.max()))
        columns = decode(window, self.fragments, self.not_covered)
        for row, reason in columns.broken:
            self._fault(window.number + row, reason)
        groups = self.flows.add(window, columns, MOST_TEXT)
        self.watching.add(window, columns)
        self.neighbours.add(window, columns, groups)
        self._frames(window, columns)
        udp = np.flatnonzero(columns.ip & (columns.protocol == _UDP) & (columns.payload_size > 0))
        self._datagrams(window, columns, udp)
        self.streams.add(window, columns, groups, lambda row: self._ends(columns, row))
        self._count_not_read(columns, groups, udp)

    def _frames(self, window: Window, columns: Columns) -> None:
        for row in columns.frames.tolist():
            at = int(window.start[row])
            number, time = window.number + row, float(window.time[row])
            try:
                frame = parse_frame(window.data[at : at + int(window.captured[row])].tobytes(), int(window.link[row]))
                vlan = (("net.vlan", str(frame.vlans[-1])),) if frame.vlans else ()
                if frame.ethertype == 0x0806:
                    arp = parse_arp(frame.payload)
                    facts = dict(arp.facts())
                    if "net.ip" in facts and "net.mac" in facts:
                        self.facts.add(f"ip:{facts['net.ip']}", (("net.mac", facts["net.mac"]), *vlan), number, time)
                    continue
                said = read_frame(frame)
            except WireError as error:
                self._fault(number, error.reason)
                continue
            if frame.src_mac:
                self.facts.add(f"mac:{frame.src_mac}", said.own + vlan, number, time)

    def _datagrams(self, window: Window, columns: Columns, rows: Ints) -> None:
        src, dst = columns.src_port[rows], columns.dst_port[rows]
        wanted = _PORT[src] | _PORT[dst] | _GUESSED[src] | _GUESSED[dst]
        others = np.flatnonzero(~wanted)
        others = others[_OPENING_BYTE[columns.first_bytes(rows[others])]]
        wanted[others] = among(columns.heads(rows[others]) >> np.uint64(32), _OPENERS)
        rows, src, dst = rows[wanted], src[wanted], dst[wanted]
        low, high = np.minimum(src, dst), np.maximum(src, dst)
        ports = np.where(_GUESSED[low], low, np.where(_GUESSED[high], high, 0))
        ports = np.where(_PORT[low], low, np.where(_PORT[high], high, ports))
        v6 = columns.v6[rows].tolist()
        senders = map(_subject, columns.src_high[rows].tolist(), columns.src_low[rows].tolist(), v6)
        receivers = map(_subject, columns.dst_high[rows].tolist(), columns.dst_low[rows].tolist(), v6)
        data = window.data.data
        for row, at, size, port, cut, time, mac, sender, receiver in zip(
            rows.tolist(),
            columns.payload[rows].tolist(),
            columns.payload_size[rows].tolist(),
            ports.tolist(),
            columns.cut[rows].tolist(),
            window.time[rows].tolist(),
            columns.mac[rows].tolist(),
            senders,
            receivers,
            strict=True,
        ):
            payload = columns.whole.get(row) or data[at : at + size].tobytes()
            number = window.number + row
            same = same_content(payload, port)
            said = self._said.get((port, same)) if same else None
            if cut:
                self.cut += 1
                self.first_cut = self.first_cut or number
            if said is None:
                try:
                    said = read_datagram(payload, port)
                except WireError as error:
                    if not cut:
                        self._fault(number, error.reason)
                    continue
                if same:
                    if len(self._said) >= _MOST_CACHED:
                        self._said.clear()
                    self._said[port, same] = said
            if sender in _NOBODY:
                sender = f"mac:{mac_text(mac)}" if mac else ""
            self._tell(said, sender, receiver, number, time)

    def _tell(self, said: Said, sender: str, receiver: str, number: int, time: float) -> None:
        if said.own and (said.subject or sender):
            self.facts.add(said.subject or sender, said.own, number, time)
        if said.peer and _may_be_told(receiver):
            self.facts.add(receiver, said.peer, number, time)
        for subject, attribute, value in said.others:
            fact = (attribute, value)
            if _may_be_told(subject) and not (subject == sender and fact in said.own):
                self.facts.add(subject, (fact,), number, time)
        if said.not_covered:
            self.not_covered[said.not_covered] += 1

    def _take(self, run: Run, data: bytes, ended: bool) -> bool:
        """Read a run of a TCP direction; True when it is done."""
        sender, receiver, src_port, dst_port = run.ends
        client = self.flows.client_side.item(run.place >> 1)
        if client >= 0:
            port = dst_port if client == run.place & 1 else src_port
        else:
            port = min(src_port, dst_port)
        try:
            said = read_stream(data, port, greets=run.greets, ended=ended)
        except WireError as error:
            if run.beginning and data[0] != 0x16:
                self._fault(run.number, error.reason)
            return True
        if said is None:
            return False
        self._tell(said, sender, receiver, run.number, run.time)
        return True

    def _count_not_read(self, columns: Columns, groups: Groups, udp: Ints) -> None:
        counts = np.bincount(columns.protocol[groups.row], groups.packets, minlength=64)
        for protocol, name in _TUNNELS.items():
            if counts[protocol]:
                self.not_covered[name] += int(counts[protocol])
        src, dst = columns.src_port[udp], columns.dst_port[udp]
        quic = udp[among(dst, _QUIC) | among(src, _QUIC)]
        found = {
            "QUIC packets": np.count_nonzero(columns.first_bytes(quic) & 0x40),
            "VXLAN packets": np.count_nonzero((dst == _VXLAN) | (src == _VXLAN)),
        }
        for name, count in found.items():
            if count:
                self.not_covered[name] += int(count)

    # --- names

    def _ends(self, columns: Columns, row: int) -> Ends:
        v6 = columns.v6.item(row)
        return (
            _subject(columns.src_high.item(row), columns.src_low.item(row), v6),
            _subject(columns.dst_high.item(row), columns.dst_low.item(row), v6),
            columns.src_port.item(row),
            columns.dst_port.item(row),
        )

    def observations(self) -> Iterator[Observation]:
        """Give out all facts."""
        self.neighbours.settle()
        yield from self.facts.finish()

    def _fault(self, number: int, reason: str) -> None:
        if reason not in self.faults and len(self.faults) >= _MOST_FAULTS:
            reason = "other packets that cannot be read"
        first, count = self.faults.get(reason, (number, 0))
        self.faults[reason] = (first, count + 1)


@lru_cache(maxsize=65536)
def _subject(high: int, low: int, v6: bool) -> str:
    return f"ip:{address_text(high, low, v6)}"


_NOBODY = frozenset({"ip:0.0.0.0", "ip:::"})


@lru_cache(maxsize=65536)
def _may_be_told(subject: str) -> bool:
    if ":" in subject[3:]:
        return not subject.startswith("ip:ff")
    first = subject[3:].partition(".")[0]
    return first.isdigit() and 0 < int(first) < 224


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Reading makes no cycles; looking for them would only walk over all facts again and again."""
    working = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if working:
            gc.enable()


def _read_on(container: Container, windows: Iterator[Window], reading: _Reading, options: ReadOptions) -> bool:
    """Read windows until something has to be given out; False at the end of the file."""
    with _collector_at_rest():
        for _ in range(_AT_REST):
            window = next(windows, None)
            if window is None:
                return False
            reading.window(window)
            options.progress(container.done)
            if reading.facts.full or reading.flows.full:
                break
    return True


def _read(path: Path, source: Source, options: ReadOptions) -> Iterator[Item]:
    container = Container(path)
    reading = _Reading(source)
    windows = container.windows()
    going = True
    while going:
        going = _read_on(container, windows, reading, options)
        if reading.facts.full:
            yield from reading.observations()
        yield from reading.flows.make_room(reading.streams.moved)
    reading.streams.finish()
    yield from reading.observations()
    yield from reading.flows.finish()
    yield from _issues(source, container, reading)
    broken = sum(count for _first, count in reading.faults.values())
    yield Tally(
        source=source.id,
        unit="packets",
        total=container.packets,
        read=max(container.packets - broken, 0),
        issues=min(broken, container.packets),
        whole=not container.damage,
        first_seen=float(reading.first) if container.packets else None,
        last_seen=float(reading.last) if container.packets else None,
        not_covered=dict(sorted(reading.not_covered.items())),
        watched=reading.watching.watched(container.lost),
    )


def _issues(source: Source, container: Container, reading: _Reading) -> Iterator[Issue]:
    for reason, (first, count) in reading.faults.items():
        more = f" (and in {count - 1:,} more packets)" if count > 1 else ""
        yield Issue(
            source=source.id,
            place=f"packet {first}",
            reason=f"{reason}{more}",
            next_step="Look at it in Wireshark if it matters; everything else was read.",
        )
    if reading.cut:
        yield Issue(
            source=source.id,
            place=f"packet {reading.first_cut}",
            reason=f"{reading.cut:,} messages go on behind what was captured of their packets",
            next_step="Capture whole packets (tcpdump -s 0) to see the names in them.",
            severity="incomplete",
        )
    for damage in container.damage:
        yield Issue(
            source=source.id,
            place=f"packet {damage.packet}",
            reason=damage.reason,
            next_step=damage.next_step,
            severity="incomplete",
        )


READER = Reader(
    id="pcap",
    title="network capture (pcap or pcapng)",
    kind="capture",
    recognise=lambda head, _name: is_capture(head),
    read=_read,
    unpacks=frozenset({"gzip"}),
)
