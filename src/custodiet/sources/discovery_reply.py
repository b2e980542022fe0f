"""One kept datagram: the reply of a device to a search, as a tool saved it.

Such a file has no header that says what it is, so it is recognised only where its content is clearly one of the known
replies and can be read to its end as one. Searches by tools are left alone: they say nothing about a device.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from custodiet.errors import SourceError, WireError
from custodiet.model import Source, observe
from custodiet.sources.base import Item, Reader, ReadOptions
from custodiet.sources.ledger import Ledger, plain
from custodiet.wire.dhip import parse_dhip, parse_dvrip_discovery
from custodiet.wire.dns import parse_dns
from custodiet.wire.makers import PORTS, parse_maker_discovery
from custodiet.wire.sadp import parse_sadp, parse_sadp_frame
from custodiet.wire.ssdp import parse_ssdp, parse_upnp_description
from custodiet.wire.wsdiscovery import parse_wsd

MAX_REPLY = 65507
"""The most bytes a datagram can carry."""

Facts = list[tuple[str, str]]


def reply_facts(data: bytes) -> Facts:
    """What a reply says about its sender; empty when these bytes are not clearly a reply."""
    if not 16 <= len(data) <= MAX_REPLY:
        return []
    for looks_right, read in _FORMS:
        if looks_right(data):
            try:
                facts = read(data)
            except WireError:
                continue
            if facts:
                return list(dict.fromkeys(facts))
    return []


def _xml(data: bytes) -> bool:
    return data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _ssdp(data: bytes) -> Facts:
    message = parse_ssdp(data)
    # Any web server answers like this, too: only these two headers make it a reply to a search.
    if message.kind == "response" and not (message.headers.get("ST") and message.headers.get("USN")):
        return []
    return [] if message.kind == "search" else list(message.facts())


def _mdns(data: bytes) -> Facts:
    message = parse_dns(data, "mdns")
    return list(message.facts()) if message.is_response and message.complete else []


def _dhip(data: bytes) -> Facts:
    return list(parse_dhip(data).facts())


def _old_dhip(data: bytes) -> Facts:
    reply = parse_dvrip_discovery(data)
    return list(reply.facts()) if reply.mac or reply.serial else []


def _wsd(data: bytes) -> Facts:
    message = parse_wsd(data)
    return list(message.facts()) if message.kind not in ("probe", "resolve") else []


def _upnp(data: bytes) -> Facts:
    description = parse_upnp_description(data)
    return list(description.facts()) if description.udn or description.device_type else []


def _maker(data: bytes) -> Facts:
    """A reply of a single maker's protocol; those that are told by their port alone must fit in all their bytes."""
    try:
        return list(parse_maker_discovery(data, 0).facts())
    except WireError:
        pass
    for port in sorted(PORTS):
        try:
            reply = parse_maker_discovery(data, port)
        except WireError:
            continue
        exact = reply.protocol != "ubiquiti" or int.from_bytes(data[2:4]) == len(data) - 4
        if exact and reply.mac and len(reply.fields) >= 2:
            return list(reply.facts())
    return []


_FORMS: list[tuple[Callable[[bytes], bool], Callable[[bytes], Facts]]] = [
    # A name in the first bytes comes before XML, which several protocols use, and that before a mere shape.
    (lambda data: data[4:8] == b"DHIP", _dhip),
    (lambda data: data[:1] == b"{" and (b'"client.' in data or b'"DHDiscover.' in data), _dhip),
    (lambda data: data[:2] == b"\xb3\x00", _old_dhip),
    (lambda data: data[:6] in (b"NOTIFY", b"HTTP/1"), _ssdp),
    (
        lambda data: _xml(data) and b"ProbeMatch" in data and b"discovery" not in data,
        lambda data: list(parse_sadp(data).facts()),
    ),
    (lambda data: _xml(data) and b"discovery" in data, _wsd),
    (lambda data: _xml(data) and b"urn:schemas-upnp-org:device" in data, _upnp),
    (lambda data: data[:2] == b"\x21\x01" and b"<" in data[:64], lambda data: list(parse_sadp_frame(data).facts())),
    (lambda data: data[:4] == b"\0\0\x84\0", _mdns),
    (lambda data: True, _maker),
]


def _recognise(head: bytes, name: str) -> bool:
    return bool(reply_facts(head))


def _read(path: Path, source: Source, options: ReadOptions) -> Iterator[Item]:
    with path.open("rb") as stream:
        data = stream.read(MAX_REPLY + 1)
    facts = reply_facts(data)
    if not facts:
        raise SourceError(
            "this is not the reply of a device to a search",
            place=source.name,
            next_step="Keep the payload of one datagram in the file, without packet headers",
        )
    for attribute, value in facts:
        yield observe(source.id, "reply:1", attribute, plain(value, 4000), "reply 1")
    options.progress(source.size)
    ledger = Ledger(source, "replies")
    ledger.read()
    yield from ledger.close()


READER = Reader(
    id="discovery_reply",
    title="discovery reply (payload of one datagram)",
    kind="capture",
    recognise=_recognise,
    read=_read,
)
