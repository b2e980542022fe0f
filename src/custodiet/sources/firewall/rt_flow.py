"""``RT_FLOW`` of Juniper's SRX: sessions created, closed and denied, with names for the values or without."""

from __future__ import annotations

import re

from custodiet.sources.log_lines import Dialect, Passage, Skipped, Told, count_of, port_of, transport_of
from custodiet.sources.log_times import LogClock
from custodiet.wire.address import ip_text

_KIND = re.compile(r"RT_FLOW_SESSION_(CREATE|CLOSE|DENY)(_LS)?\b")
_NAMED = re.compile(r'\b([a-z][a-z0-9-]{1,40})="([^"]{0,400})"')
_SIDES = re.compile(r"([0-9A-Fa-f.:]{2,45})/(\d{1,5})->([0-9A-Fa-f.:]{2,45})/(\d{1,5})")
_CLOSED = re.compile(
    r" (\d{1,3}) \S{1,80} \S{1,80} \S{1,80} (\d{1,20}) (\d{1,18})\((\d{1,18})\) (\d{1,18})\((\d{1,18})\) (\d{1,9})"
)
_CREATED = re.compile(r" (\d{1,3}) \S{1,80} \S{1,80} \S{1,80} (\d{1,20})(?= |$)")
_DENIED = re.compile(r" (\d{1,3})\(\d{1,3}\) ")
_UNREADABLE = "a session whose values cannot be read"


class RtFlow(Dialect):
    """``RT_FLOW_SESSION_CLOSE: session closed TCP FIN: 10.0.0.5/40000->192.0.2.1/443 ..``"""

    id = "rt-flow"
    title = "Juniper RT_FLOW"

    def read(self, line: str, clock: LogClock) -> Told:
        """Take one line."""
        if "RT_FLOW" not in line:
            return None
        kind = _KIND.search(line)
        if kind is None:
            return Skipped("lines of RT_FLOW that tell of something else")
        when, _end = clock.stamp(line)
        rest = line[kind.end() :]
        said = dict(_NAMED.findall(rest)) if 'source-address="' in rest else _unnamed(rest, kind[1])
        get = said.get
        src, dst = ip_text(get("source-address", "")), ip_text(get("destination-address", ""))
        transport = transport_of(get("protocol-id", ""))
        if src is None or dst is None or not transport:
            return _UNREADABLE
        denied, closed = kind[1] == "DENY", kind[1] == "CLOSE"
        nat, own = get("nat-source-address", ""), get("source-address")
        lasted = count_of(get("elapsed-time")) if closed else 0
        return Passage(
            src=src,
            dst=dst,
            transport=transport,
            port=port_of(get("destination-port")) if transport in ("tcp", "udp") else 0,
            when=None if when is None else max(0.0, when - lasted),
            until=when,
            allowed=not denied,
            bytes_out=count_of(get("bytes-from-client")),
            bytes_in=count_of(get("bytes-from-server")),
            packets_out=max(1, count_of(get("packets-from-client"))),
            packets_in=count_of(get("packets-from-server")),
            packet=denied,
            session="" if denied else get("session-id-32") or get("session-id", ""),
            final=kind[1] != "CREATE",
            translated=nat not in ("", "N/A", own),
        )


def _unnamed(text: str, kind: str) -> dict[str, str]:
    """The values of a line without names, under the names that the other form gives them."""
    sides = _SIDES.search(text)
    if sides is None:
        return {}
    src, own, dst, port = sides.groups()
    said = {"source-address": src, "source-port": own, "destination-address": dst, "destination-port": port}
    at = sides.end()
    if mapped := _SIDES.search(text, at):
        said["nat-source-address"] = mapped[1]
        at = mapped.end()
    if kind == "DENY":
        match = _DENIED.search(text, at)
        return said | {"protocol-id": match[1]} if match else {}
    if kind == "CREATE":
        match = _CREATED.search(text, at)
        return said | {"protocol-id": match[1], "session-id-32": match[2]} if match else {}
    match = _CLOSED.search(text, at)
    if match is None:
        return {}
    names = ("protocol-id", "session-id-32", "packets-from-client", "bytes-from-client", "packets-from-server",
             "bytes-from-server", "elapsed-time")  # fmt: skip
    return said | dict(zip(names, match.groups(), strict=True))
