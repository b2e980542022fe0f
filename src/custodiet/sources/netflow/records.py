"""Data of templates as records: which addresses, when, how much, and what else is said by the way.

Times come in nine spellings; a time that cannot be is replaced by the time of export. Counters that are sums since the
beginning of a flow are taken as they are where a flow is told once.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from custodiet.sources.flow_columns import MOST_COUNT, Bits, Floats, Ints, Records, Words
from custodiet.sources.netflow.layout import Layout
from custodiet.sources.netflow.messages import Message

_ICMP, _ICMP6 = 1, 58
_ASKS = {_ICMP: 8, _ICMP6: 128}
_ANSWERS = {_ICMP: 0, _ICMP6: 129}
_NTP_ERA = 2_208_988_800  # seconds from 1900 to 1970
_MOST_TIME = float(1 << 32)
_UPTIME_TURN = float(1 << 32) / 1e3  # seconds after which a count of milliseconds begins anew


class Pending:
    """Sets of one layout that wait to be decoded together."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._data: list[bytes] = []
        self._counts: list[int] = []
        self._exported: list[float] = []
        self._uptime: list[int] = []
        self._started: list[float] = []
        self._v9: list[bool] = []
        self._places: list[int] = []
        """Where each set begins; of records that are not equally long, where each record begins."""
        self.size = 0

    def __len__(self) -> int:
        return sum(self._counts)

    def add(self, message: Message, data: bytes, count: int, places: list[int], started: float) -> None:
        """Take records.

        Args:
            message: whose they are.
            data: the fixed parts of the records, and nothing behind them.
            count: how many.
            places: byte of the file of each, or, where they are equally long, of the first.
            started: when the exporter began to count time, where it told (seconds since 1970 UTC); else 0.
        """
        self._data.append(data)
        self._counts.append(count)
        self._exported.append(message.exported)
        self._uptime.append(message.uptime)
        self._started.append(started)
        self._v9.append(message.version == 9)
        self._places += places
        self.size += len(data) + 200

    def decode(self) -> Decoded:
        """All records, as columns."""
        counts = np.array(self._counts)
        if self.layout.fixed:
            begins = np.cumsum(counts) - counts
            within = np.arange(int(counts.sum())) - np.repeat(begins, counts)
            place = np.repeat(np.array(self._places, dtype=np.int64), counts) + within * self.layout.size
        else:
            place = np.array(self._places, dtype=np.int64)
        return Decoded(
            self.layout,
            self.layout.rows(b"".join(self._data)),
            place,
            np.repeat(np.array(self._exported), counts),
            np.repeat(np.array(self._uptime, dtype=np.int64), counts),
            np.repeat(np.array(self._started), counts),
            np.repeat(np.array(self._v9), counts),
        )


class Decoded:
    """Records of one layout.

    Args:
        layout: of the rows.
        rows: the records.
        place: byte of each in the file.
        exported: when each was exported, seconds since 1970 UTC.
        uptime: milliseconds since its exporter had started.
        started: when its exporter had started, where told; else 0.
        v9: whether each came in NetFlow v9.
    """

    def __init__(
        self,
        layout: Layout,
        rows: NDArray[np.void],
        place: Ints,
        exported: Floats,
        uptime: Ints,
        started: Floats,
        v9: Bits,
    ) -> None:
        self._layout = layout
        self._rows = rows
        self._place = place
        self._exported = exported
        self._uptime = uptime
        self._started = started
        self._v9 = v9
        self.odd_times = 0
        """Records whose times cannot be; the time of export stands for them."""
        self.odd_counts = 0
        """Records whose counters cannot be; they are cut."""
        self.without_address = 0
        """Records that are neither of IPv4 nor of IPv6."""

    def __len__(self) -> int:
        return len(self._place)

    def has(self, *names: str) -> bool:
        """Whether a field of one of these names is there."""
        return any(name in self._layout for name in names)

    def column(self, name: str) -> Words:
        """A field as numbers; zeros where it is not there."""
        if name not in self._layout:
            return np.zeros(len(self._rows), dtype=np.uint64)
        return self._layout.column(self._rows, name)

    def _first_of(self, *names: str) -> Words:
        found = next((name for name in names if name in self._layout), None)
        return self.column(found or "")

    def records(self) -> Iterator[tuple[Records, Ints]]:
        """Records of IPv4 and of IPv6, and which rows they are; those that tell both directions become two."""
        old, new = self.has("src4", "dst4"), self.has("src6", "dst6")
        rest = np.ones(len(self), dtype=np.bool_)
        common: Records | None = None
        if old and new:  # both kinds in one template; the one that is not meant is empty
            rest = (self.column("src4") | self.column("dst4")) != 0
        if old and rest.any():
            common = self._common()
            records = msgspec.structs.replace(common, src_low=self.column("src4"), dst_low=self.column("dst4"))
            yield from self._both_ways(records, np.flatnonzero(rest))
        if new and (not old or not rest.all()):
            common = common or self._common()
            high = [
                self._layout.high(self._rows, name) if name in self._layout else self.column("")
                for name in ("src6", "dst6")
            ]
            records = msgspec.structs.replace(
                common,
                v6=True,
                src_high=high[0],
                dst_high=high[1],
                src_low=self.column("src6"),
                dst_low=self.column("dst6"),
            )
            yield from self._both_ways(records, np.flatnonzero(~rest) if old else np.arange(len(self)))
        if not old and not new:
            self.without_address += len(self)

    def _both_ways(self, records: Records, rows: Ints) -> Iterator[tuple[Records, Ints]]:
        chosen = records if len(rows) == len(records) else records.rows(rows)
        octets, packets, flags = self._back()
        if octets is None or packets is None:
            yield chosen, rows
            return
        # Of a record that tells both directions, the sender began, unless it says otherwise.
        said = self.column("biflow").astype(np.int64)[rows]
        began = np.select([said == 2, said == 3], [-1, 0], 1)
        octets, packets = octets[rows], packets[rows]
        two_way = (octets > 0) | (packets > 0)
        began = np.where(two_way | self.has("biflow"), began, chosen.began)
        chosen = msgspec.structs.replace(chosen, began=began)
        yield chosen, rows
        back = chosen.rows(two_way)
        yield (
            msgspec.structs.replace(
                back,
                src_high=back.dst_high,
                src_low=back.dst_low,
                dst_high=back.src_high,
                dst_low=back.src_low,
                src_port=back.dst_port,
                dst_port=back.src_port,
                bytes=octets[two_way],
                packets=packets[two_way],
                flags=flags[rows][two_way],
                began=-back.began,
            ),
            rows[:0],
        )

    def _back(self) -> tuple[Ints | None, Ints | None, Ints]:
        """Bytes, packets and flags of the direction back, where records tell both."""
        if self.has("back_bytes", "back_total_bytes", "back_packets", "back_total_packets"):
            octets = self._count("back_bytes", "back_total_bytes")
            packets = self._count("back_packets", "back_total_packets")
        elif self.has("bytes_answered", "packets_answered"):
            octets, packets = self._count("bytes_answered"), self._count("packets_answered")
        elif self.has("bytes") and self.has("out_bytes") and self._v9.any():
            # Exporters of v9 that have both mean what came in and went out of one conversation; in IPFIX it is the same
            # packets again, behind a translator.
            octets = np.where(self._v9, self._count("out_bytes"), 0)
            packets = np.where(self._v9, self._count("out_packets"), 0)
        else:
            return None, None, self._place
        return octets, packets, self.column("back_flags").astype(np.int64) & 0xFF

    def _common(self) -> Records:
        """All but the addresses."""
        protocol = self.column("protocol").astype(np.int64)
        if not self.has("protocol"):
            protocol += np.where(self.has("tcp_src_port", "tcp_dst_port"), 6, 0)
            protocol += np.where(self.has("udp_src_port", "udp_dst_port"), 17, 0)
        src_port = self._first_of("src_port", "tcp_src_port", "udp_src_port").astype(np.int64)
        dst_port = self._first_of("dst_port", "tcp_dst_port", "udp_dst_port").astype(np.int64)
        began = np.zeros(len(self), dtype=np.int64)
        icmp = (protocol == _ICMP) | (protocol == _ICMP6)
        if icmp.any():
            self._icmp(icmp, protocol, src_port, dst_port, began)
        first, last = self._times()
        none = np.zeros(len(self), dtype=np.uint64)
        return Records(
            v6=False,
            src_low=none,
            dst_low=none,
            src_port=src_port,
            dst_port=dst_port,
            protocol=protocol,
            first=first,
            last=last,
            bytes=self._count("bytes", "total_bytes", "bytes_begun", "out_bytes"),
            packets=self._count("packets", "total_packets", "packets_begun", "out_packets"),
            flags=self.column("flags").astype(np.int64) & 0xFF,
            began=began,
            place=self._place,
        )

    def _icmp(self, icmp: Bits, protocol: Ints, src_port: Ints, dst_port: Ints, began: Ints) -> None:
        """Who asked; exporters put type and code where the port of the receiver stands, if they have no field."""
        if self.has("icmp_type"):
            kind = self.column("icmp_type").astype(np.int64)
        elif self.has("icmp"):
            kind = self.column("icmp").astype(np.int64) >> 8
        else:
            kind = dst_port >> 8
        for number, asks in _ASKS.items():
            mine = icmp & (protocol == number) & ((kind != 0) | (dst_port != 0) | self.has("icmp", "icmp_type"))
            began[mine & (kind == asks)] = 1
            began[mine & (kind == _ANSWERS[number])] = -1
        src_port[icmp] = 0
        dst_port[icmp] = 0

    def _count(self, *names: str) -> Ints:
        """A counter; what cannot be is cut to the most."""
        found = self._first_of(*names)
        odd = found > MOST_COUNT
        if odd.any():
            self.odd_counts += int(np.count_nonzero(odd))
            found = np.where(odd, np.uint64(MOST_COUNT), found)
        return found.astype(np.int64)

    def _times(self) -> tuple[Floats, Floats]:
        first, last = self._time("first"), self._time("last")
        lasted = np.where(self.has("lasted_ms"), self.column("lasted_ms") / 1e3, self.column("lasted_us") / 1e6)
        if last is None:
            last = first + lasted if first is not None else self._exported.copy()
        if first is None:
            first = last - lasted
        for times, other in ((first, last), (last, first)):
            lost = ~((times > 0) & (times < _MOST_TIME))
            times[lost] = other[lost]
        odd = ~((first >= 0) & (first < _MOST_TIME) & (last >= 0) & (last < _MOST_TIME)) | (first > last + 1)
        if odd.any():
            self.odd_times += int(np.count_nonzero(odd))
            first[odd] = last[odd] = self._exported[odd]
        return np.minimum(first, last), last

    def _time(self, end: str) -> Floats | None:
        """Seconds since 1970 UTC of one end, by the first spelling there is; none where there is none."""
        if self.has(f"{end}_ms"):
            return self.column(f"{end}_ms") / 1e3
        if self.has(f"{end}_s"):
            return self.column(f"{end}_s").astype(np.float64)
        if self.has(f"{end}_ntp"):
            written = self.column(f"{end}_ntp")
            seconds = (written >> np.uint64(32)).astype(np.float64) - _NTP_ERA
            seconds[seconds < 0] += 1 << 32  # the count of seconds begins anew in 2036
            seconds += (written & np.uint64(0xFFFFFFFF)) / float(1 << 32)
            seconds[written == 0] = 0
            return seconds
        if self.has(f"{end}_up"):
            up = self.column(f"{end}_up").astype(np.int64)
            started = np.where(self.has("started_ms"), self.column("started_ms") / 1e3, self._started)
            # Without an uptime in the header, as in IPFIX, the end of a record is taken for the time of its export.
            now = np.where(self._uptime != 0, self._uptime, self._first_of("last_up", "first_up").astype(np.int64))
            # The count of milliseconds begins anew after 49 days: what lies ahead of now was before that.
            ago = ((now - up + (1 << 31)) & 0xFFFFFFFF) - (1 << 31)
            behind: Floats = self._exported - ago / 1e3
            told = (started > 0) & (self._uptime == 0)
            if told.any():  # the count begins where the exporter says it did
                turns = np.maximum(np.round((self._exported - started - up / 1e3) / _UPTIME_TURN), 0)
                behind = np.where(told, started + up / 1e3 + turns * _UPTIME_TURN, behind)
            return behind
        if self.has(f"{end}_ago"):
            return self._exported - self.column(f"{end}_ago") / 1e6
        return None
