"""What the events of Suricata's EVE log say about devices, in the words that Zeek's logs are read in too.

One function an event type, from the event to facts; a type without a function here is not covered and is counted by
name. Versions differ: before the second form of DNS events each answer is a record of its own, and from the third on
the questions are a list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from custodiet.wire.address import ip_text, is_device_ip, mac_of_text
from custodiet.wire.dns import Dns, Question, Record
from custodiet.wire.head import without_password

Event: TypeAlias = Mapping[str, Any]
Fact: TypeAlias = tuple[str, str, str]
"""Subject, attribute and value."""

MOST = 200
"""Parts of one list in one event that are read."""
_ASKED_PORTS = frozenset({53, 853, 5353})
_BETWEEN = re.compile(r", (?=[A-Za-z][A-Za-z.0-9]{0,20}=)")


def text_of(event: Event, name: str) -> str:
    """A value as text; empty when it is none."""
    value = event.get(name)
    return value if isinstance(value, str) else ""


def part(event: Event, name: str) -> dict[str, Any]:
    """An object within the event; empty when there is none."""
    value = event.get(name)
    return value if isinstance(value, dict) else {}


def parts(event: Event, name: str) -> list[dict[str, Any]]:
    """The objects of a list within the event."""
    value = event.get(name)
    return [one for one in value[:MOST] if isinstance(one, dict)] if isinstance(value, list) else []


def number_of(event: Event, name: str) -> int:
    """A count; 0 when it is none."""
    value = event.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63 else 0


def sides(event: Event) -> tuple[str, str] | None:
    """``ip:`` keys of the source and the destination as the event has them."""
    src, dst = ip_text(text_of(event, "src_ip")), ip_text(text_of(event, "dest_ip"))
    return (f"ip:{src}", f"ip:{dst}") if src and dst else None


def _dns(event: Event, src: str, dst: str) -> Iterator[Fact]:
    # An answer may stand there as the packet went, from the server, or as the conversation did, from the asker.
    from_server = number_of(event, "src_port") in _ASKED_PORTS and number_of(event, "dest_port") not in _ASKED_PORTS
    asker = dst if from_server else src
    if number_of(event, "dest_port") == 5353 or number_of(event, "src_port") == 5353:
        yield from _multicast(part(event, "dns"), src)
        return
    said = part(event, "dns")
    names = [text_of(one, "rrname") for one in (said, *parts(said, "queries"), *parts(said, "query"))]
    names = [name for name in dict.fromkeys(names) if name]
    for name in names:
        yield asker, "dns.query", name
    for record in (said, *parts(said, "answers")):
        address, own = ip_text(text_of(record, "rdata")), text_of(record, "rrname")
        if address is None or not is_device_ip(address):
            continue
        for name in dict.fromkeys([*names[:1], own]):  # the address holds for the alias too
            if name:
                yield asker, "dns.answer", f"{name}={address}"
    for kind in ("A", "AAAA"):
        grouped = part(said, "grouped").get(kind)
        for written in grouped[:MOST] if isinstance(grouped, list) and names else ():
            address = ip_text(written) if isinstance(written, str) else None
            if address and is_device_ip(address):
                yield asker, "dns.answer", f"{names[0]}={address}"


def _mdns(event: Event, src: str, _dst: str) -> Iterator[Fact]:
    return _multicast(part(event, "mdns"), src)


def _multicast(said: Event, src: str) -> Iterator[Fact]:
    asked = [text_of(one, "rrname") for one in (*parts(said, "queries"), *parts(said, "query"))]
    if not parts(said, "answers") and text_of(said, "type") in ("query", "request"):
        asked.append(text_of(said, "rrname"))
    records = [*parts(said, "answers"), *parts(said, "authorities"), *parts(said, "additionals")]
    message = Dns(
        id=0,
        service="mdns",
        is_response=text_of(said, "type") in ("answer", "response"),
        questions=tuple(Question(name=name, type="ANY") for name in dict.fromkeys(asked) if name),
        answers=tuple(_record(one) for one in records if text_of(one, "rrname")),
    )
    for attribute, value in message.facts():
        yield src, attribute, value


def _record(written: Event) -> Record:
    kind, value = text_of(written, "rrtype"), written.get("rdata")
    strings: tuple[str, ...] = ()
    if kind == "TXT":
        told = value if isinstance(value, list) else [value]
        strings = tuple(one for one in told[:MOST] if isinstance(one, str) and one)
    service = part(written, "srv")
    name = text_of(service, "name") or (value if isinstance(value, str) else "")
    return Record(name=text_of(written, "rrname"), type=kind, value=name, strings=strings)


def _tls(event: Event, src: str, dst: str) -> Iterator[Fact]:
    said = part(event, "tls")
    yield src, "tls.server_name", text_of(said, "sni")
    yield from _certificate(said, dst)
    yield from _certificate(part(said, "client"), src)


def _certificate(said: Event, subject: str) -> Iterator[Fact]:
    yield subject, "tls.subject", _BETWEEN.sub(",", text_of(said, "subject")[:2000])
    yield subject, "tls.issuer", _BETWEEN.sub(",", text_of(said, "issuerdn")[:2000])
    yield subject, "tls.serial", text_of(said, "serial").replace(":", "").lower()
    began = text_of(said, "notbefore")
    yield subject, "tls.not_before", f"{began}Z" if len(began) == 19 else began
    names = said.get("subjectaltname")
    for name in names[:64] if isinstance(names, list) else ():
        if isinstance(name, str):
            yield subject, "tls.san", name


_OF_SERVER = {
    "server": "http.server",
    "www_authenticate": "http.www_authenticate",
    "www-authenticate": "http.www_authenticate",
    "location": "http.location",
}


def _http(event: Event, src: str, dst: str) -> Iterator[Fact]:
    said = part(event, "http")
    path = without_password(text_of(said, "url"))
    yield src, "http.host", text_of(said, "hostname")
    yield src, "http.user_agent", text_of(said, "http_user_agent")
    yield src, "http.asked_path", path
    yield dst, "http.path", path
    for name in ("server", "www_authenticate", "location"):
        yield dst, _OF_SERVER[name], text_of(said, name)
    for header in parts(said, "response_headers"):
        if attribute := _OF_SERVER.get(text_of(header, "name").lower()):
            yield dst, attribute, text_of(header, "value")


def _dhcp(event: Event, _src: str, _dst: str) -> Iterator[Fact]:
    said = part(event, "dhcp")
    mac = mac_of_text(text_of(said, "client_mac"))
    addresses = (ip_text(text_of(said, name)) for name in ("assigned_ip", "client_ip"))
    ip = next((one for one in addresses if one and is_device_ip(one)), None)
    if ip is None and not mac:
        return
    subject = f"ip:{ip}" if ip else f"mac:{mac}"
    yield subject, "net.ip", ip or ""
    yield subject, "net.mac", mac
    yield subject, "dhcp.hostname", text_of(said, "hostname")
    yield subject, "dhcp.vendor_class", text_of(said, "vendor_class_identifier")


EVENTS: dict[str, Callable[[Event, str, str], Iterator[Fact]]] = {
    "dhcp": _dhcp,
    "dns": _dns,
    "http": _http,
    "mdns": _mdns,
    "tls": _tls,
}

OF_NO_INTEREST = frozenset({"anomaly", "drop", "engine", "fileinfo", "frame", "pgsql", "ssh"})
"""Types that are known and say nothing that is used here, or nothing that another event does not say too."""
