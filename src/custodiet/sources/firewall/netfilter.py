"""Packets that the Linux kernel logs (iptables, nft, ufw and the routers made of them), and those of RouterOS.

Whether a packet was stopped stands only in the words that whoever wrote the rule put in front of it.
"""

from __future__ import annotations

import re

from custodiet.sources.log_lines import Dialect, Passage, Told, count_of, port_of, transport_of
from custodiet.sources.log_times import LogClock
from custodiet.wire.address import ip_text, mac_text

_STOPPED = re.compile(r"block|drop|deny|denied|reject|refuse|discard|invalid", re.IGNORECASE)
_PASSED = re.compile(r"accept|allow|pass|permit|audit", re.IGNORECASE)
# The kernel writes its fields in this order; in errors of ICMP the packet that caused them follows in brackets.
_SIDES = re.compile(r"(?:MAC=(\S{0,120}) )?SRC=(\S{2,45}) DST=(\S{2,45}) LEN=(\d{1,9}) ")
_PROTOCOL = re.compile(r" PROTO=(\S{1,12})(?: SPT=\d{1,5} DPT=(\d{1,5}))?")
_MAC_DIGITS = 17


def verdict(words: str) -> bool | None:
    """Whether words that a person put in front of a log line say that it was let through; None: they do not say."""
    if _STOPPED.search(words):
        return False
    return True if _PASSED.search(words) else None


class Netfilter(Dialect):
    """``IN=eth0 OUT= MAC=.. SRC=10.0.0.5 DST=192.0.2.1 LEN=60 .. PROTO=TCP SPT=40000 DPT=443 ..``"""

    id = "netfilter"
    title = "Linux netfilter"
    remark = "each line is one packet, with its own length and not that of the conversation"

    def read(self, line: str, clock: LogClock) -> Told:
        """Take one line."""
        at = line.find("IN=")
        if at < 0 or "SRC=" not in line or "DST=" not in line or "PROTO=" not in line:
            return None
        sides, kind = _SIDES.search(line, at), _PROTOCOL.search(line, at)
        if sides is None or kind is None:
            return "a packet with other fields than the kernel writes"
        link, began, other, length = sides.groups()
        when, end = clock.stamp(line)
        src, dst, transport = ip_text(began), ip_text(other), transport_of(kind[1])
        if src is None or dst is None or not transport:
            return "a packet without addresses or protocol that can be read"
        return Passage(
            src=src,
            dst=dst,
            transport=transport,
            port=port_of(kind[2]) if transport in ("tcp", "udp") else 0,
            when=when,
            allowed=verdict(line[end:at]),
            bytes_out=count_of(length),
            packets_out=1,
            packet=True,
            # whom it was sent to, who sent it on this segment, and the kind
            mac=mac_text(link[_MAC_DIGITS + 1 : 2 * _MAC_DIGITS + 1]) or "" if link else "",
        )


_ROUTEROS = re.compile(
    r"in:\S{1,60} out:[^,]{1,60}, (?:connection-state:\S{1,40} |connection-mark:\S{1,60} )?"
    r"(?:src-mac ([0-9A-Fa-f:]{17}), )?proto ([A-Za-z0-9-]{1,12})(?: \([^)]{0,60}\))?, "
    r"([0-9.]{7,15}|\[[0-9A-Fa-f:]{2,45}\])(?::(\d{1,5}))?->([0-9.]{7,15}|\[[0-9A-Fa-f:]{2,45}\])(?::(\d{1,5}))?"
)
_LENGTH = re.compile(r", len (\d{1,9})")


class RouterOs(Dialect):
    """``forward: in:ether2 out:ether1, src-mac .., proto TCP (SYN), 10.0.0.5:40000->192.0.2.1:443, len 60``"""

    id = "routeros"
    title = "RouterOS"
    remark = "each line is one packet, with its own length and not that of the conversation"

    def read(self, line: str, clock: LogClock) -> Told:
        """Take one line."""
        if "->" not in line or ", proto " not in line:
            return None
        match = _ROUTEROS.search(line)
        if match is None:
            return None
        mac, protocol, src, _own, dst, port = match.groups()
        when, end = clock.stamp(line)
        began, other, transport = ip_text(src), ip_text(dst), transport_of(protocol)
        if began is None or other is None or not transport:
            return "a packet without addresses or protocol that can be read"
        length = _LENGTH.search(line, match.end())
        return Passage(
            src=began,
            dst=other,
            transport=transport,
            port=port_of(port) if transport in ("tcp", "udp") else 0,
            when=when,
            allowed=verdict(line[end : match.start()]),
            bytes_out=count_of(length[1]) if length else 0,
            packets_out=1,
            packet=True,
            mac=mac_text(mac or "") or "",
            translated=", NAT " in line[match.end() :],
        )
