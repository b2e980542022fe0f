"""Firewalls that write names with values: FortiGate (``srcip=10.0.0.5``) and Check Point (``src:"10.0.0.5"``)."""

from __future__ import annotations

import re

from custodiet.sources.log_lines import Asked, Dialect, Passage, Skipped, Told, count_of, port_of, transport_of
from custodiet.sources.log_times import LogClock
from custodiet.wire.address import ip_text, mac_text

_PAIR = re.compile(r'\b([A-Za-z_][\w-]{0,40})[=:]("[^"]{0,2000}"|[^\s|;"\]]{0,400})')
_EPOCH_DIGITS = {10: 1.0, 13: 1e3, 16: 1e6, 19: 1e9}


def _pairs(line: str) -> dict[str, str]:
    return {name: value.strip('"') for name, value in _PAIR.findall(line)}


def _epoch(digits: str) -> float | None:
    """Seconds since 1970 of a number of seconds, thousandths, millionths or billionths."""
    divisor = _EPOCH_DIGITS.get(len(digits))
    return count_of(digits[:18]) / (divisor / 10 ** max(0, len(digits) - 18)) if divisor else None


_STATISTIC = "20"  # the message that a session which lasts goes on, with what was counted so far


class FortiGate(Dialect):
    """``date=2026-11-22 time=07:00:00 .. type="traffic" .. srcip=10.0.0.5 .. sentbyte=1200 rcvdbyte=800 ..``"""

    id = "fortigate"
    title = "FortiGate"

    def read(self, line: str, clock: LogClock) -> Told:
        """Take one line."""
        if "srcip=" not in line or "dstip=" not in line:
            return Skipped("FortiGate lines without addresses") if "devid=" in line and "logid=" in line else None
        said = _pairs(line)
        get = said.get
        src, dst = ip_text(get("srcip", "")), ip_text(get("dstip", ""))
        when = _epoch(get("eventtime", ""))
        if when is None and "date" in said:
            when = clock.within(f"{said['date']} {get('time', '')}{get('tz', '')}")
        if when is None:
            when = clock.stamp(line)[0]
        if src is None or dst is None:
            return "a line without addresses that can be read"
        if get("type", "traffic") != "traffic":
            if name := get("qname"):
                addresses = (ip_text(part.strip()) for part in get("ipaddr", "").split(",")[:64])
                answers = tuple(f"{name}={ip}" for ip in addresses if ip)
                return Asked(asker=src, name=name, answers=answers, when=when)
            return Skipped("FortiGate lines that tell of no traffic")
        transport = transport_of(get("proto", ""))
        if not transport:
            return "a line without a protocol that can be read"
        action = get("action", "")
        denied = action in ("deny", "blocked", "ip-conn") or action.startswith("deny")
        goes_on = action == "start" or (get("logid", "").endswith(_STATISTIC) and action == "accept")
        session = get("sessionid", "")
        sent = count_of(get("sentpkt"))
        return Passage(
            src=src,
            dst=dst,
            transport=transport,
            port=port_of(get("dstport")) if transport in ("tcp", "udp") else 0,
            when=None if when is None else max(0.0, when - count_of(get("duration"))),
            until=when,
            allowed=None if not action or action == "ip-conn" else not denied,
            bytes_out=count_of(get("sentbyte")),
            bytes_in=0 if denied else count_of(get("rcvdbyte")),
            packets_out=max(1, sent),
            packets_in=0 if denied else count_of(get("rcvdpkt")),
            session=f"{get('devid', '')}/{session}" if session and not denied else "",
            final=not goes_on,
            mac=mac_text(get("srcmac", "")) or "",
            hostname=get("srcname", ""),
            translated=get("trandisp", "noop") not in ("noop", ""),
        )


_CHECK_POINT = {
    "accept": True, "allow": True, "encrypt": True, "decrypt": True, "key install": None, "monitor": True,
    "drop": False, "reject": False, "block": False, "prevent": False,
}  # fmt: skip


class CheckPoint(Dialect):
    """``[action:"Accept"; dst:"192.0.2.1"; proto:"6"; service:"443"; src:"10.0.0.5"; ..]``, or with ``|`` and ``=``"""

    id = "check-point"
    title = "Check Point"
    remark = "where only the bytes of both directions are told as one number, they are counted as sent"

    def read(self, line: str, clock: LogClock) -> Told:
        """Take one line."""
        if not ('src:"' in line and 'dst:"' in line) and not ("src=" in line and "dst=" in line and "action=" in line):
            return None
        said = {name.lower(): value for name, value in _pairs(line).items()}
        get = said.get
        action = get("action", "").lower()
        if action not in _CHECK_POINT:
            return None
        src, dst, transport = ip_text(get("src", "")), ip_text(get("dst", "")), transport_of(get("proto", ""))
        if src is None or dst is None or not transport:
            return "a line without addresses or protocol that can be read"
        when = _epoch(get("time", ""))
        if when is None:
            when = clock.stamp(line)[0]
        allowed = _CHECK_POINT[action]
        out, back = count_of(get("sent_bytes")), count_of(get("received_bytes"))
        total = count_of(get("bytes"))
        return Passage(
            src=src,
            dst=dst,
            transport=transport,
            port=port_of(get("service") or get("dport") or get("d_port")) if transport in ("tcp", "udp") else 0,
            when=when,
            allowed=allowed,
            bytes_out=out or (total if not back else 0),
            bytes_in=0 if allowed is False else back,
            both_ways=total > 0 and not (out or back),
            packets_out=max(1, count_of(get("packets"))) if not back else 1,
            packets_in=int(allowed is not False and (back > 0 or (total > 0 and not out))),
            translated=(get("xlatesrc") or "0.0.0.0") != "0.0.0.0",  # noqa: S104 - how the log writes: none
        )
