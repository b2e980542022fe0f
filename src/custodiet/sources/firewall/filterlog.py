"""``filterlog`` of pf, as pfSense and OPNsense write it: one packet a line, as values between commas.

A rule that keeps state, which is how pf is used, logs the packet that opened the conversation and nothing behind it.
"""

from __future__ import annotations

from custodiet.sources.log_lines import Dialect, Passage, Told, count_of, port_of, transport_of
from custodiet.sources.log_times import LogClock
from custodiet.wire.address import ip_text

_PASSED = {"pass": True, "match": None, "rdr": True, "nat": True, "binat": True, "block": False, "reject": False}
# (protocol, length, source); destination and ports follow the source
_PLACES = {"4": (15, 17, 18), "6": (13, 14, 15)}


class FilterLog(Dialect):
    """``filterlog[77]: 4,,,1000,igb1,match,block,in,4,0x0,,64,1,0,DF,6,tcp,60,10.0.0.5,192.0.2.1,40000,443,..``"""

    id = "filterlog"
    title = "pf filterlog"
    remark = "each line is the packet that opened a conversation; what followed and its length do not stand in it"

    def read(self, line: str, clock: LogClock) -> Told:
        """Take one line."""
        at = line.find("filterlog")
        if at < 0:
            return None
        cells = line[line.find(" ", at) + 1 :].split(",")
        if len(cells) < 9 or cells[6] not in _PASSED:
            # RFC 5424 puts the number of the process and dashes between the name and the values
            cells = line.rpartition(" ")[2].split(",")
            if len(cells) < 9 or cells[6] not in _PASSED:
                return None
        places = _PLACES.get(cells[8])
        if places is None or len(cells) < places[2] + 2:
            return "a packet of pf with fewer values than there should be"
        protocol, length, source = places
        when, _end = clock.stamp(line)
        src, dst = ip_text(cells[source]), ip_text(cells[source + 1])
        transport = transport_of(cells[protocol]) if cells[protocol] else ""
        if src is None or dst is None or not transport:
            return "a packet without addresses or protocol that can be read"
        has_ports = transport in ("tcp", "udp") and len(cells) > source + 3
        return Passage(
            src=src,
            dst=dst,
            transport=transport,
            port=port_of(cells[source + 3].strip()) if has_ports else 0,
            when=when,
            allowed=_PASSED[cells[6]],
            bytes_out=count_of(cells[length]) + (40 if cells[8] == "6" else 0),  # its own header is not counted there
            packets_out=1,
            packet=True,
            translated=cells[6] in ("rdr", "nat", "binat"),
        )
