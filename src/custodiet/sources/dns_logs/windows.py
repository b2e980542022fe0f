"""The debug log of the DNS server of Windows: one packet a line, names with the length of each part.

Dates are written as the language of the server has them: with AM or PM the month comes first, else the day.
"""

from __future__ import annotations

import re

from custodiet.sources.log_lines import Asked, Dialect, Skipped, Told
from custodiet.sources.log_times import LogClock
from custodiet.wire.address import ip_text

_PACKET = re.compile(
    r" [0-9A-Fa-f]{3,4} PACKET {1,4}[0-9A-Fa-f]{8,16} (?:UDP|TCP) (Rcv|Snd) {1,4}([0-9A-Fa-f.:]{2,45}) {1,40}"
    r"[0-9A-Fa-f]{4} (R| ) (\S) \[[^\]]{0,60}\] ([A-Z0-9]{1,12}) {1,10}(\S{1,1000})"
)
_PART = re.compile(r"\(\d{1,3}\)([^()]{0,63})")


class WindowsDns(Dialect):
    """``11/22/2026 7:00:00 AM 0A1C PACKET  00A1 UDP Rcv 10.0.0.5  a1b2   Q [0001 D NOERROR] A (3)cam(7)example(0)``"""

    id = "windows-dns"
    title = "Windows DNS server"

    def read(self, line: str, clock: LogClock) -> Told:
        """Take one line."""
        if " PACKET " not in line:
            return None
        match = _PACKET.search(line)
        if match is None:
            return None
        way, address, response, _operation, _kind, written = match.groups()
        if way != "Rcv" or response == "R":
            return Skipped()  # what it answered, and what it asked others itself
        asker = ip_text(address)
        name = ".".join(part for part in _PART.findall(written) if part)
        if asker is None or not name:
            return "a query without an address or name that can be read"
        return Asked(asker=asker, name=name, when=clock.stamp(line)[0])
