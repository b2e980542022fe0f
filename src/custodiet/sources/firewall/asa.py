"""Messages of Cisco's ASA and FTD: connections built and torn down, and what was denied.

Who began stands only where a connection is built; its end tells the bytes of both directions as one number. That number
is counted as sent, which is the most that can have been, and one packet each way, which is the least.
"""

from __future__ import annotations

import re

from custodiet.sources.log_lines import Dialect, Passage, Skipped, Told, count_of, port_of, transport_of
from custodiet.sources.log_times import LogClock
from custodiet.wire.address import ip_text

_MESSAGE = re.compile(r"%(?:ASA|FTD|PIX|FWSM)-(?:\w{1,20}-)?\d-(\d{6}): ?")
_SIDE = r"([^:\s]{1,60}):([^/\s]{2,60})/(\d{1,5})"
_USER = r"(?: ?\([^)]{0,100}\))?"
_MAPPED = r"\(([^/\s]{2,60})/(\d{1,5})\)"
_BUILT = re.compile(
    rf"Built (inbound|outbound) (TCP|UDP) connection (\d{{1,20}}) for {_SIDE} {_MAPPED}{_USER} to {_SIDE} {_MAPPED}"
)
_TORN = re.compile(
    rf"Teardown (TCP|UDP) connection (\d{{1,20}}) for {_SIDE}{_USER} to {_SIDE}{_USER} "
    r"duration (\d{1,5}):(\d{2}):(\d{2}) bytes (\d{1,18})(.{0,80})"
)
_DENIED = re.compile(
    r"Deny (?:inbound )?(?:protocol )?(\w{1,12}) src [^:\s]{1,60}:([^/\s]{2,60})(?:/(\d{1,5}))?"
    rf"{_USER} dst [^:\s]{{1,60}}:([^/\s]{{2,60}})(?:/(\d{{1,5}}))?"
)
_LISTED = re.compile(
    r"access-list \S{1,250} (permitted|denied|est-allowed) (\w{1,12}) "
    rf"[^/\s]{{1,60}}/([^(\s]{{2,60}})\((\d{{1,5}})\){_USER} -> [^/\s]{{1,60}}/([^(\s]{{2,60}})\((\d{{1,5}})\){_USER}"
    r" hit-cnt (\d{1,9})"
)
_FROM = re.compile(
    r"(?:Inbound (TCP) connection denied|Deny (?:inbound )?(TCP|UDP)(?: \(no connection\))?) from "
    r"([^/\s]{2,60})/(\d{1,5}) to ([^/\s]{2,60})/(\d{1,5})"
)
_BUILD = frozenset({"302013", "302015", "302303"})
_TEARDOWN = frozenset({"302014", "302016", "302304"})
_OTHER = "messages of an ASA that tell of something else"
_UNREADABLE = "a message whose addresses cannot be read"


class Asa(Dialect):
    """``%ASA-6-302014: Teardown TCP connection 17 for outside:192.0.2.1/443 to inside:10.0.0.5/40000 ..``"""

    id = "asa"
    title = "Cisco ASA"
    remark = (
        "the end of a connection tells the bytes of both directions as one number; it is counted as sent, with one "
        "packet each way"
    )

    def read(self, line: str, clock: LogClock) -> Told:
        """Take one line."""
        if "%" not in line:
            return None
        message = _MESSAGE.search(line)
        if message is None:
            return None
        when, _end = clock.stamp(line)
        code, text = message[1], line[message.end() :]
        if code in _BUILD:
            return _built(text, when)
        if code in _TEARDOWN:
            return _torn(text, when)
        if match := _DENIED.match(text):
            protocol, src, _own, dst, port = match.groups()
            return _denied(protocol, src, dst, port, when)
        if match := _FROM.match(text):
            first, second, src, _own, dst, port = match.groups()
            return _denied(first or second, src, dst, port, when)
        if match := _LISTED.match(text):
            said, protocol, src, _own, dst, port, hits = match.groups()
            told = _denied(protocol, src, dst, port, when)
            if isinstance(told, Passage):
                told.allowed = said != "denied"
                told.packets_out = max(1, count_of(hits))
            return told
        return _UNREADABLE if code in ("106001", "106023", "106100") else Skipped(_OTHER)


def _denied(protocol: str, src: str, dst: str, port: str | None, when: float | None) -> Told:
    began, other, transport = ip_text(src), ip_text(dst), transport_of(protocol)
    if began is None or other is None or not transport:
        return _UNREADABLE
    has_port = transport in ("tcp", "udp")
    return Passage(
        src=began,
        dst=other,
        transport=transport,
        port=port_of(port) if has_port else 0,
        when=when,
        allowed=False,
        packets_out=1,
        packet=True,
    )


def _built(text: str, when: float | None) -> Told:
    match = _BUILT.match(text)
    if match is None:
        return _UNREADABLE
    way, protocol, number, _, one, one_port, one_mapped, _, _, two, two_port, two_mapped, _ = match.groups()
    first, second = ip_text(one), ip_text(two)
    if first is None or second is None:
        return _UNREADABLE
    inbound = way == "inbound"
    return Passage(
        src=first if inbound else second,
        dst=second if inbound else first,
        transport=protocol.lower(),
        port=port_of(two_port if inbound else one_port),
        when=when,
        allowed=True,
        packets_out=1,
        session=number,
        final=False,
        translated=one != one_mapped or two != two_mapped,
    )


def _torn(text: str, when: float | None) -> Told:
    match = _TORN.match(text)
    if match is None:
        return _UNREADABLE
    protocol, number, _, one, one_port, _, two, two_port, hours, minutes, seconds, total, reason = match.groups()
    first, second = ip_text(one), ip_text(two)
    if first is None or second is None:
        return _UNREADABLE
    length = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
    # Where the log does not hold its beginning: services have the lower ports.
    turned = port_of(one_port) < port_of(two_port)
    answered = count_of(total) > 0 and "SYN Timeout" not in reason
    return Passage(
        src=second if turned else first,
        dst=first if turned else second,
        transport=protocol.lower(),
        port=min(port_of(one_port), port_of(two_port)),
        when=None if when is None else max(0.0, when - length),
        until=when,
        allowed=True,
        bytes_out=count_of(total),
        both_ways=answered,
        packets_out=1,
        packets_in=int(answered),
        session=number,
    )
