"""Query logs of BIND, Unbound, PowerDNS and dnsdist: one question a line, without what was answered."""

from __future__ import annotations

import re

from custodiet.sources.log_lines import Asked, Dialect, Skipped, Told
from custodiet.sources.log_times import LogClock
from custodiet.wire.address import ip_text

_NO_ASKER = "a query without an address that can be read"


def _name(written: str) -> str:
    return written.rstrip(".") or "<Root>"


_BIND = re.compile(
    r"client (?:@0x[0-9a-f]{1,16} )?([0-9A-Fa-f.:%a-z]{2,60})#\d{1,5}(?: \([^)]{0,1000}\))?: "
    r"(?:view [^:]{1,100}: )?query: (\S{1,1000}) [A-Z]{1,10} ([A-Z0-9]{1,12}) [+-]"
)


class Bind(Dialect):
    """``queries: info: client @0x7f 10.0.0.5#40000 (cam.example): query: cam.example IN A +E(0)K (10.0.0.1)``"""

    id = "bind"
    title = "BIND"

    def read(self, line: str, clock: LogClock) -> Told:
        """Take one line."""
        if " query: " not in line:
            return None
        match = _BIND.search(line)
        if match is None:
            return None
        asker = ip_text(match[1])
        when, _end = clock.stamp(line)
        return _NO_ASKER if asker is None else Asked(asker=asker, name=_name(match[2]), when=when)


_UNBOUND = re.compile(
    r"unbound(?:\[\d{1,10}(?::[0-9a-f]{1,6})?\])?:? (?:\[\d{1,10}:[0-9a-f]{1,6}\] )?(?:(?:info|query|reply): ){1,2}"
    r"([0-9A-Fa-f.:]{2,45}) (\S{1,1000})\. ([A-Z0-9]{1,12}) (?:IN|CH|HS)\b"
)


class Unbound(Dialect):
    """``[1700000000] unbound[77:0] info: 10.0.0.5 cam.example. A IN``, from ``log-queries`` and ``log-replies``"""

    id = "unbound"
    title = "Unbound"

    def read(self, line: str, clock: LogClock) -> Told:
        """Take one line."""
        if "unbound" not in line:
            return None
        match = _UNBOUND.search(line)
        if match is None:
            return Skipped() if "unbound[" in line or "unbound:" in line else None
        asker = ip_text(match[1])
        when, _end = clock.stamp(line)
        return _NO_ASKER if asker is None else Asked(asker=asker, name=_name(match[2]), when=when)


_RECURSOR = re.compile(r"question for '([^'|]{1,1000})\|[A-Z0-9]{1,12}' from ([0-9A-Fa-f.:]{2,51})")
_DNSDIST = re.compile(
    r"Packet from (\[[0-9A-Fa-f:]{2,45}\]|[0-9.]{7,15}):\d{1,5} for (\S{1,1000}) [A-Z0-9]{1,12} with id"
)


class PowerDns(Dialect):
    """``1 [1/1] question for 'cam.example|A' from 10.0.0.5:40000``, and dnsdist's ``Packet from ..``"""

    id = "powerdns"
    title = "PowerDNS"

    def read(self, line: str, clock: LogClock) -> Told:
        """Take one line."""
        if match := _RECURSOR.search(line) if "question for '" in line else None:
            name, asker = match[1], _without_port(match[2])
        elif match := _DNSDIST.search(line) if "Packet from " in line else None:
            name, asker = match[2], ip_text(match[1])
        else:
            return None
        when, _end = clock.stamp(line)
        return _NO_ASKER if asker is None else Asked(asker=asker, name=_name(name), when=when)


def _without_port(written: str) -> str | None:
    address, colon, port = written.rpartition(":")
    return ip_text(address) if colon and port.isdigit() and "." in address else ip_text(written)
