"""Which payload is which protocol, and what it says about whom.

Datagrams are told by port and, where a device answers from any port, by their first bytes; streams by their first
bytes alone, since devices hide services behind odd ports. The protocols themselves are read by `custodiet.wire`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Protocol

import msgspec

from custodiet.errors import WireError
from custodiet.sources.pcap.facts import Fact
from custodiet.wire import (
    cdp,
    dhcp,
    dhip,
    dns,
    dns_plain,
    greeting,
    http,
    lldp,
    makers,
    port_mapping,
    rtsp,
    sadp,
    snmp,
    ssdp,
    tls,
    wsdiscovery,
)
from custodiet.wire.ip import Frame
from custodiet.wire.x509 import parse_certificate


class Said(msgspec.Struct, frozen=True):
    """What a message says."""

    own: tuple[Fact, ...] = ()
    """About its sender."""
    peer: tuple[Fact, ...] = ()
    """About the one it is sent to."""
    subject: str = ""
    """Who the sender is, where the message itself knows better than the packet."""
    others: tuple[tuple[str, str, str], ...] = ()
    """Subject, attribute and value about a third one."""
    not_covered: str = ""
    """What it is, where it is whole and cannot be read."""


NOTHING = Said()


class _Message(Protocol):
    def facts(self) -> Iterable[Fact]: ...


def _of(message: _Message) -> Said:
    about_peer = getattr(message, "facts_about_peer", None)
    return Said(tuple(message.facts()), tuple(about_peer()) if about_peer else ())


def _of_mapping(message: port_mapping.PortMapping) -> Said:
    client = tuple((f"ip:{message.internal_client}", *fact) for fact in message.facts_about_client())
    return msgspec.structs.replace(_of(message), others=client)


# --- datagrams


def _dns_datagram(payload: bytes, service: dns.Service) -> Said:
    plain = dns_plain.plain_facts(payload, service)
    return Said(*plain) if plain is not None else _of(dns.parse_dns(payload, service))


def _dhcp(payload: bytes) -> Said:
    message = dhcp.parse_dhcp(payload)
    lease = message.lease()
    if lease is not None:
        return Said(others=((f"ip:{lease[1]}", "net.mac", lease[0]),))
    return Said(tuple(message.facts()), subject=f"mac:{message.client_mac}" if message.client_mac else "")


_ENVELOPE = re.compile(rb"\s{0,16}(?:<\?[^<>]{0,200}>\s{0,16})?<(?:[A-Za-z0-9_.-]{1,32}:)?Envelope[\s>]")
"""A document with this root is no SADP, so it need not be read twice."""


_DESCRIBED = re.compile(rb"<[^\s<>/]{0,40}(?:Match|Hello|Bye)")
"""Begins the first element of which a word of WS-Discovery is kept."""
_MESSAGE_NUMBER = re.compile(rb"(MessageID|RelatesTo)>[0-9A-Za-z:.-]{1,100}<")


def _wsd_or_sadp(payload: bytes) -> Said:
    """SADP first: its bare ProbeMatch would pass for an empty answer of WS-Discovery, which comes in an envelope."""
    if _ENVELOPE.match(payload):
        return _of(wsdiscovery.parse_wsd(payload))
    try:
        return _of(sadp.parse_sadp(payload))
    except WireError:
        return _of(wsdiscovery.parse_wsd(payload))


def _snmp(payload: bytes) -> Said:
    try:
        return _of(snmp.parse_snmp(payload))
    except snmp.Sealed:
        return Said(not_covered="SNMPv3 messages")


def _sip(payload: bytes) -> Said:
    message = greeting.parse_greeting(payload, 5060)
    return _of(message) if message.service == "sip" else NOTHING


def _dhip(payload: bytes) -> Said:
    return _of(dhip.parse_dhip(payload))


_Parse = Callable[[bytes], Said]

_BY_PORT: dict[int, tuple[str, _Parse]] = {
    53: ("DNS", lambda payload: _dns_datagram(payload, "dns")),
    5353: ("mDNS", lambda payload: _dns_datagram(payload, "mdns")),
    5355: ("LLMNR", lambda payload: _dns_datagram(payload, "llmnr")),
    67: ("DHCP", _dhcp),
    68: ("DHCP", _dhcp),
    546: ("DHCPv6", lambda payload: _of(dhcp.parse_dhcp6(payload))),
    547: ("DHCPv6", lambda payload: _of(dhcp.parse_dhcp6(payload))),
    1900: ("SSDP", lambda payload: _of(ssdp.parse_ssdp(payload))),
    3702: ("WS-Discovery", _wsd_or_sadp),
    161: ("SNMP", _snmp),
    162: ("SNMP", _snmp),
}
_GUESSED: dict[int, _Parse] = {
    37020: lambda payload: _of(sadp.parse_sadp(payload)),
    dhip.PORT: _dhip,
    dhip.OLD_PORT: lambda payload: _of(dhip.parse_dvrip_discovery(payload)),
    5060: _sip,
    port_mapping.PORT: lambda payload: _of_mapping(port_mapping.parse_datagram(payload)),
    **{port: lambda payload, port=port: _of(makers.parse_maker_discovery(payload, port)) for port in makers.PORTS},  # type: ignore[misc]
}
"""Ports that many other protocols use too: what cannot be read there is no fault."""
_BY_FIRST: list[tuple[bytes, _Parse]] = [
    (b"HTTP/1.", lambda payload: _of(ssdp.parse_ssdp(payload))),
    (b"NOTIFY ", lambda payload: _of(ssdp.parse_ssdp(payload))),
    (b"M-SEARCH", lambda payload: _of(ssdp.parse_ssdp(payload))),
    (b"\x20\x00\x00\x00DHIP", _dhip),
    (b"<?xml", _wsd_or_sadp),
    (b"SIP/2.0", _sip),
]

DATAGRAM_PORTS = frozenset(_BY_PORT)
"""UDP ports whose datagrams are read."""
GUESSED_PORTS = frozenset(_GUESSED)
"""UDP ports whose datagrams are read where neither port is one of `DATAGRAM_PORTS`."""
DATAGRAM_OPENERS = tuple(opener for opener, _parse in _BY_FIRST)
"""First bytes by which datagrams on any other port are read."""


def read_datagram(payload: bytes, port: int) -> Said:
    """What a datagram says.

    Args:
        payload: its bytes.
        port: that of its ports which is one of ours; 0 when it was chosen by its first bytes.

    Raises:
        WireError: a protocol was promised by the port, and these bytes are not it; the reason begins with its name.
    """
    if port in _BY_PORT:
        name, parse = _BY_PORT[port]
        try:
            return parse(payload)
        except WireError as error:
            if not payload.strip(b"\0"):
                return NOTHING  # keeps a way through a router open
            raise WireError(f"{name} message that cannot be read: {error.reason}") from error
    for opener, parse in _BY_FIRST:
        if payload.startswith(opener):
            try:
                return parse(payload)
            except WireError:
                break  # the port may know better: several makers answer their own searches in XML
    if port in _GUESSED:
        try:
            return _GUESSED[port](payload)
        except WireError:
            return NOTHING
    return NOTHING


def same_content(payload: bytes, port: int) -> bytes:
    """The payload without its message number, so that the same is read once; empty where that is not worth it."""
    if port == 53:
        return b""  # the quick reading of DNS remembers what it can
    if port == 5355 and len(payload) >= 12:
        return payload[2:]
    if port in (67, 68) and len(payload) >= 10:
        return payload[:4] + payload[10:]
    if port == 3702 and _ENVELOPE.match(payload):
        described = _DESCRIBED.search(payload)
        end = described.start() if described else len(payload)
        return _MESSAGE_NUMBER.sub(rb"\1><", payload[:end]) + payload[end:]
    return payload


def read_frame(frame: Frame) -> Said:
    """What a frame without IP says: LLDP, CDP, SADP. ARP is read by the caller, who links addresses.

    Raises:
        WireError: it is not what its type promises.
    """
    if frame.ethertype == 0x88CC:
        return _of(lldp.parse_lldp(frame.payload))
    if frame.snap_oui == cdp.SNAP_OUI and frame.ethertype == cdp.SNAP_PROTOCOL:
        return _of(cdp.parse_cdp(frame.payload))
    if frame.ethertype == 0x8033:
        return _of(sadp.parse_sadp_frame(frame.payload))
    return NOTHING


# --- streams

_HTTP = (
    b"HTTP/1.",
    *(b"GET ", b"POST ", b"HEAD ", b"PUT ", b"DELETE ", b"PATCH ", b"CONNECT ", b"TRACE "),
    *(b"PROPFIND ", b"SUBSCRIBE ", b"UNSUBSCRIBE ", b"NOTIFY "),
)
_RTSP = (
    b"RTSP/1.",
    *(b"DESCRIBE ", b"SETUP ", b"PLAY ", b"ANNOUNCE ", b"TEARDOWN ", b"PAUSE ", b"RECORD "),
    *(b"GET_PARAMETER ", b"SET_PARAMETER "),
)
_EITHER = b"OPTIONS "
_SIP = (b"SIP/2.0 ", b"REGISTER sip", b"INVITE sip")
_GREETINGS = (b"SSH-", b"220 ", b"220-")
STREAM_OPENERS = (*_HTTP, *_RTSP, _EITHER, *_SIP)
"""First bytes of messages that are also read later in a connection; TLS hellos are told apart from these."""

_LENGTH = re.compile(rb"\ncontent-length[ \t]*:[ \t]*(\d{1,9})\r?\n", re.IGNORECASE)
_MEDIA = re.compile(rb"\ncontent-type[ \t]*:[ \t]*(?:image|video|audio|font|multipart|application/o)", re.IGNORECASE)
_MAPPINGS = (b"PortMapping", b"Pinhole")
_MAPPINGS_OR_ERROR = (*_MAPPINGS, b"UPnPError")
MOST_TEXT = 8192
"""Bytes of a direction that are put together for anything but TLS and descriptions."""
MOST_STREAM = 32768
"""Bytes of a direction that are put together at most."""
_MOST_CACHED = 256
"""Signs of life and pages asked for again and again are read once; at 32 KiB each, 8 MiB at most."""


def read_stream(data: bytes, port: int, *, greets: bool, ended: bool) -> Said | None:
    """What the first bytes of one direction of a stream say.

    Args:
        data: the bytes from the beginning of a message on, in order.
        port: port of the server, as far as it is known.
        greets: the sender is the server and spoke before the client did.
        ended: there will be no more bytes.

    Returns:
        None when more bytes are needed.

    Raises:
        WireError: a protocol was begun and then broken.
    """
    if data[0] == 0x16:
        return _tls(data, ended)
    if port == 53:
        return _dns(data, ended)
    if len(data) < 8 and not ended and not greets:
        return None
    if data.startswith(_RTSP) or (data.startswith(_EITHER) and b" RTSP/1." in data[:4096].split(b"\n", 1)[0]):
        return _rtsp(data) if ended or _whole(data, MOST_TEXT) else None
    if data.startswith(_HTTP) or data.startswith(_EITHER):
        return _http(data, ended)
    if data.startswith(_SIP):
        return _greeting(data, port) if ended or b"\r\n\r\n" in data else None
    if greets:
        telnet = data[0] == 0xFF
        whole = len(data) >= 1024 or (not telnet and data.endswith(b"\n")) or data.rstrip().endswith((b":", b"\0"))
        if not (ended or whole or not (telnet or data.startswith(_GREETINGS))):
            return None
        return _greeting(data, port)
    return NOTHING


@lru_cache(maxsize=_MOST_CACHED)
def _greeting(data: bytes, port: int) -> Said:
    return _of(greeting.parse_greeting(data, port))


def _tls(data: bytes, ended: bool) -> Said | None:
    if len(data) < 6:
        return NOTHING if ended else None
    if data[1] != 3:
        return NOTHING
    if not ended and len(data) < 5 + int.from_bytes(data[3:5], "big"):
        return None
    if data[5] == 1:
        try:
            return _of_hello(tls.parse_client_hello(data, partial=ended))
        except tls.Truncated:
            return NOTHING if ended else None
    if data[5] != 2:
        return NOTHING
    flight = tls.parse_server_flight(data)
    if not (flight.complete or ended):
        return None
    return Said(_certificate(flight.certificates[0])) if flight.certificates else NOTHING


_of_hello = lru_cache(maxsize=1024)(_of)


@lru_cache(maxsize=512)
def _certificate(der: bytes) -> tuple[Fact, ...]:
    try:
        return tuple(parse_certificate(der).facts())
    except WireError:
        return ()


def _dns(data: bytes, ended: bool) -> Said | None:
    at = 0
    while at + 2 <= len(data):
        at += 2 + int.from_bytes(data[at : at + 2], "big")
    if at != len(data) and not ended:
        return None
    return _merge(dns.parse_dns_tcp(data)) if len(data) > 14 else NOTHING


def _http(data: bytes, ended: bool) -> Said | None:
    answer = data.startswith(b"HTTP/1.")
    end = data.find(b"\r\n\r\n")
    if not ended and end < 0 and len(data) < MOST_TEXT:
        return None
    if not answer and not ended and any(word in data[:end] for word in _MAPPINGS) and not _whole(data, MOST_TEXT):
        return None  # the head of such a request names the action, and the body what is asked for
    if answer and not ended and not _MEDIA.search(data, 0, end + 4 if end > 0 else len(data)):
        described = b"urn:schemas-upnp-org" in data
        if not _whole(data, MOST_STREAM if described else MOST_TEXT):
            return None
    return _read_http(data)


@lru_cache(maxsize=_MOST_CACHED)
def _rtsp(data: bytes) -> Said:
    return _merge(rtsp.parse_rtsp_all(data))


@lru_cache(maxsize=_MOST_CACHED)
def _read_http(data: bytes) -> Said:
    messages = http.parse_http_all(data)
    said = _merge(messages)
    for message in messages:
        if b"urn:schemas-upnp-org:device" in message.body:
            try:
                described = tuple(ssdp.parse_upnp_description(message.body).facts())
                said = msgspec.structs.replace(said, own=said.own + described)
            except WireError:
                continue
        elif any(word in message.body for word in _MAPPINGS_OR_ERROR):
            try:
                mapping = _of_mapping(port_mapping.parse_soap(message.body))
            except WireError:
                continue
            said = Said(said.own + mapping.own, said.peer + mapping.peer, others=said.others + mapping.others)
    return said


def _whole(data: bytes, most: int) -> bool:
    """Is the first message there with its whole body, or as much of it as we want?"""
    if len(data) >= most:
        return True
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return False
    length = _LENGTH.search(data, 0, end + 4)
    if length is None:
        # Without a length an answer of HTTP goes on until the connection ends; one of RTSP has no body.
        chunked = data.rstrip().endswith(b"\r\n0") if b"chunked" in data[:end].lower() else False
        return chunked or not data.startswith(b"HTTP/1.") or data[9:12] in (b"204", b"304")
    return len(data) >= end + 4 + int(length[1])


def _merge(messages: Iterable[_Message]) -> Said:
    said = [_of(message) for message in messages]
    return Said(
        tuple(dict.fromkeys(fact for one in said for fact in one.own)),
        tuple(dict.fromkeys(fact for one in said for fact in one.peer)),
    )
