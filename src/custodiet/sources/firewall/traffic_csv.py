"""Traffic logs of Palo Alto firewalls, as values between commas: by syslog, or exported with a heading."""

from __future__ import annotations

import csv

from custodiet.sources.log_lines import Dialect, Passage, Skipped, Told, count_of, port_of, transport_of
from custodiet.sources.log_times import LogClock
from custodiet.wire.address import ip_text

_TYPE = 3
_NO_ADDRESS = ("", "0.0.0.0", "::")  # noqa: S104 - how the log writes: none


class TrafficCsv(Dialect):
    """``1,2026/11/22 07:00:00,0123,TRAFFIC,end,2305,2026/11/22 07:00:00,10.0.0.5,192.0.2.1,..``"""

    id = "traffic-csv"
    title = "Palo Alto traffic"

    def read(self, line: str, clock: LogClock) -> Told:
        """Take one line."""
        if ",TRAFFIC," not in line:
            return Skipped("Palo Alto lines that tell of no traffic") if ",THREAT," in line else None
        try:
            cells = next(csv.reader([line.replace("\0", "")]), [])
        except csv.Error:
            return "the line is no row of a table"
        if len(cells) < 34 or cells[_TYPE] != "TRAFFIC":
            return None
        src, dst, transport = ip_text(cells[7]), ip_text(cells[8]), transport_of(cells[29])
        if src is None or dst is None or not transport:
            return "a session without addresses or protocol that can be read"
        ended = clock.stamp(cells[6])[0]
        began = clock.within(cells[35]) if len(cells) > 36 else None
        lasted = count_of(cells[36]) if began is not None else 0
        allowed = cells[30] == "allow"
        sent, back = (count_of(cells[44]), count_of(cells[45])) if len(cells) > 45 else (0, 0)
        bytes_in = count_of(cells[33]) if allowed else 0
        session = f"{cells[2]}/{cells[22]}"
        return Passage(
            src=src,
            dst=dst,
            transport=transport,
            port=port_of(cells[25]) if transport in ("tcp", "udp") else 0,
            when=ended if began is None else began,
            until=ended if began is None else began + min(lasted, 1e9),
            allowed=allowed,
            bytes_out=count_of(cells[32]),
            bytes_in=bytes_in,
            packets_out=max(1, sent),
            packets_in=max(back, int(bytes_in > 0)) if allowed else 0,
            session=session if allowed and cells[22] not in ("", "0") else "",
            final=cells[4] != "start",
            translated=cells[9] not in (*_NO_ADDRESS, cells[7]) or cells[10] not in (*_NO_ADDRESS, cells[8]),
        )
