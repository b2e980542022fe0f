"""``pfirewall.log`` of Windows: one packet or connection a line, in the columns that its heading names."""

from __future__ import annotations

from custodiet.sources.log_lines import Dialect, Lost, Passage, Skipped, Told, count_of, port_of, transport_of
from custodiet.sources.log_times import LogClock
from custodiet.wire.address import ip_text

_ALLOWED = {"ALLOW": True, "OPEN": True, "OPEN-INBOUND": True, "DROP": False}
_MOST_COLUMNS = 40
_NEEDED = {"date", "time", "action", "protocol", "src-ip", "dst-ip"}


class PFirewall(Dialect):
    """``2026-11-22 07:00:00 DROP TCP 10.0.0.5 192.0.2.1 40000 443 52 S 1 0 64240 - - - SEND``"""

    id = "pfirewall"
    title = "Windows firewall"
    remark = "each line is the packet that opened a conversation; what followed does not stand in it"

    def __init__(self) -> None:
        self._columns: list[str] = []
        self._zone = ""

    def read(self, line: str, clock: LogClock) -> Told:
        """Take one line."""
        if line.startswith("#"):
            return self._header(line)
        if not self._columns:
            return None
        cells = line.split()
        if len(cells) < len(_NEEDED):
            return "a line with fewer values than there should be"
        said = dict(zip(self._columns, cells, strict=False))
        action = said["action"].upper()
        if action == "INFO-EVENTS-LOST":
            return Lost("the Windows firewall says that it could not write down all")
        if action == "CLOSE":
            return Skipped("ends of connections, which tell no sums")
        src, dst, transport = ip_text(said["src-ip"]), ip_text(said["dst-ip"]), transport_of(said["protocol"])
        if action not in _ALLOWED or src is None or dst is None or not transport:
            return "a line whose action, addresses or protocol cannot be read"
        return Passage(
            src=src,
            dst=dst,
            transport=transport,
            port=port_of(said.get("dst-port")) if transport in ("tcp", "udp") else 0,
            when=clock.stamp(f"{said['date']} {said['time']}{self._zone}")[0],
            allowed=_ALLOWED[action],
            bytes_out=count_of(said.get("size")),
            packets_out=1,
            packet=True,
        )

    def _header(self, line: str) -> Told:
        name, _colon, value = line.partition(":")
        match name.lower():
            case "#fields":
                columns = value.split()
                if len(columns) <= _MOST_COLUMNS and set(columns) >= _NEEDED:
                    self._columns = columns
                    return Skipped()
            case "#time format":
                self._zone = "Z" if value.strip().upper() in ("UTC", "GMT") else ""
                return Skipped()
            case "#version":
                return Skipped()
            case "#software" if "firewall" in value.lower():
                return Skipped()
        return Skipped() if self._columns else None
