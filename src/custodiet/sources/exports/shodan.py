"""Shodan: one JSON object a line, each the answer of one port, as ``shodan download`` writes them.

Also read are answers of its host page (many ports under ``data``) and of a search (``matches``). Field names were read
in the models of two client libraries: github.com/shadowscatcher/shodan (models/service.go, models/ssl.go,
models/services/http.go, commit 07808ad) and github.com/hdm/shadowscatcher-shodan, and in the schema kept at
github.com/api-evangelist/shodan (shodan-rest-banner-schema.json), all in November 2026.

What Shodan's modules for single makers print, and MAC addresses that it found somewhere in an answer, are not read: the
first are conclusions of another tool, the second may be those of neighbours. ``data`` of a binary protocol is Shodan's
own summary and not what the device sent, so only greetings in words are taken from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec

from custodiet.errors import WireError
from custodiet.sources.exports.answers import (
    answer_facts,
    certificate_facts,
    favicon_fact,
    http_facts,
    name_of,
)
from custodiet.sources.exports.base import (
    Export,
    Fact,
    Scalar,
    ScanRecord,
    address_of,
    converted,
    country_of,
    each_once,
    first_of,
    network_of,
    port_of,
    text_of,
    time_of,
    transport_of,
)
from custodiet.sources.nmap.xml import product

MOST_ROWS = 1000
"""Ports of one host page, or matches of one answer of a search."""
_MOST_NAMES = 8


class _Place(msgspec.Struct, gc=False):
    country_code: Scalar = None


class _Icon(msgspec.Struct, gc=False):
    hash: Scalar = None


class _Web(msgspec.Struct, gc=False):
    html: Scalar = None
    title: Scalar = None
    server: Scalar = None
    favicon: _Icon | None = None


class _Certificate(msgspec.Struct):
    subject: Any = None
    issuer: Any = None
    issued: Scalar = None


class _Tls(msgspec.Struct):
    chain: Any = None
    cert: _Certificate | None = None


class _Snmp(msgspec.Struct, gc=False):
    description: Scalar = None
    name: Scalar = None


class _Module(msgspec.Struct, gc=False):
    module: Scalar = None


class _Upnp(msgspec.Struct, gc=False):
    device_type: Scalar = None
    friendly_name: Scalar = None
    manufacturer: Scalar = None
    manufacturer_url: Scalar = None
    model_description: Scalar = None
    model_name: Scalar = None
    model_number: Scalar = None
    serial_number: Scalar = None
    udn: Scalar = None


class _Row(msgspec.Struct):
    ip_str: Scalar = None
    ip: Scalar = None
    ipv6: Scalar = None
    port: Scalar = None
    transport: Scalar = None
    timestamp: Scalar = None
    data: str | list[Any] | None = None
    location: _Place | None = None
    country_code: Scalar = None
    org: Scalar = None
    isp: Scalar = None
    asn: Scalar = None
    hostnames: Any = None
    product: Scalar = None
    version: Scalar = None
    info: Scalar = None
    os: Scalar = None
    devicetype: Scalar = None
    title: Scalar = None
    http: _Web | None = None
    html: Scalar = None
    ssl: _Tls | None = None
    snmp: _Snmp | None = None
    upnp: _Upnp | None = None
    shodan: _Module | None = msgspec.field(name="_shodan", default=None)
    matches: list[Any] | None = None


def _records(row: _Row) -> list[ScanRecord]:
    if row.matches is not None or isinstance(row.data, list):
        return _of_many(row)
    return [_record(row)]


def _of_many(row: _Row) -> list[ScanRecord]:
    """The rows inside an answer of a search or of a host page; the address of a page stands at its top."""
    inner = row.matches if row.matches is not None else row.data
    found: list[ScanRecord] = []
    refused: WireError | None = None
    for one in first_of(inner, MOST_ROWS):
        try:
            part = converted(one, _Row)
            if isinstance(part.data, list) or part.matches is not None:
                raise WireError("a row inside a row inside a row")
            if row.matches is None and part.ip_str is None:
                part.ip_str = row.ip_str
            found.append(_record(part))
        except WireError as error:
            refused = error
    if refused is not None and not found:
        raise refused
    return found


def _record(row: _Row) -> ScanRecord:
    place = row.location
    owner = row.org or row.isp
    return ScanRecord(
        address_of(row.ip_str, row.ipv6, row.ip),
        port_of(row.port),
        transport_of(row.transport),
        time_of(row.timestamp),
        country_of((place.country_code if place is not None else None) or row.country_code),
        network_of(row.asn, owner),
        each_once(_facts(row)),
    )


def _facts(row: _Row) -> list[Fact]:
    facts: list[Fact] = []
    data = row.data if isinstance(row.data, str) else ""
    if row.http is not None:
        facts += _web(data, row.http)
    elif isinstance(row.html, str) and data.startswith("HTTP/"):
        facts += http_facts(data, row.html, title=row.title)
    elif data and row.snmp is None:
        facts += answer_facts(data, port_of(row.port), transport_of(row.transport), greets=_greets(row))
    if row.snmp is not None:
        facts.append(("snmp.sys_descr", text_of(row.snmp.description)))
        facts.append(("snmp.sys_name", text_of(row.snmp.name)))
    if row.upnp is not None:
        facts += ((attribute, text_of(value)) for attribute, value in _upnp(row.upnp))
    if row.ssl is not None:
        facts += _tls(row.ssl)
    if row.hostnames:
        facts += (("net.hostname", text_of(name)) for name in first_of(row.hostnames, _MOST_NAMES))
    if row.product is not None:
        facts.append(("service.product", _product(row.product, row.version, row.info)))
    if row.devicetype is not None:
        facts.append(("service.device_type", text_of(row.devicetype)))
    if row.os is not None:
        facts.append(("service.os", text_of(row.os)))
    return facts


@lru_cache(maxsize=4096, typed=True)
def _product(name: Scalar, version: Scalar, info: Scalar) -> str:
    return product(text_of(name), text_of(version), text_of(info))


def _web(data: str, web: _Web) -> Iterator[Fact]:
    page = web.html if isinstance(web.html, str) else ""
    if data.startswith("HTTP/"):
        yield from http_facts(data, page, title=web.title)
    elif data.startswith("RTSP/"):
        yield from answer_facts(data, 0)
    else:
        yield from http_facts("", page, title=web.title)
        yield "http.server", text_of(web.server)
    if web.favicon is not None:
        yield from favicon_fact(web.favicon.hash)


_RAW_MODULES = ("auto", "unknown", "telnet", "ftp", "ssh", "smtp", "sip", "rtsp")


def _greets(row: _Row) -> bool:
    """Whether ``data`` is what the service sent, as far as the module that asked shows."""
    module = row.shodan.module if row.shodan is not None else None
    return not isinstance(module, str) or module.startswith(_RAW_MODULES)


def _upnp(parts: _Upnp) -> Iterator[tuple[str, Scalar]]:
    yield "upnp.device_type", parts.device_type
    yield "upnp.friendly_name", parts.friendly_name
    yield "upnp.manufacturer", parts.manufacturer
    yield "upnp.manufacturer_url", parts.manufacturer_url
    yield "upnp.model_name", parts.model_name
    yield "upnp.model_number", parts.model_number
    yield "upnp.model_description", parts.model_description
    yield "upnp.serial", parts.serial_number
    yield "upnp.udn", parts.udn


def _tls(tls: _Tls) -> Iterator[Fact]:
    """The certificate itself where it was kept; its first is the server's own."""
    for encoded in first_of(tls.chain, 1):
        if facts := certificate_facts(encoded):
            yield from facts
            return
    if tls.cert is None:
        return
    yield "tls.subject", name_of(tls.cert.subject)
    yield "tls.issuer", name_of(tls.cert.issuer)
    issued = tls.cert.issued
    if isinstance(issued, str) and len(issued) == 15 and issued[:14].isdigit() and issued.isascii():
        digits = issued
        yield (
            "tls.not_before",
            f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}T{digits[8:10]}:{digits[10:12]}:{digits[12:14]}Z",
        )


def _signs(row: dict[str, Any]) -> bool:
    if "_shodan" in row and "port" in row:
        return True
    inner = row.get("matches", row.get("data"))
    if isinstance(inner, list):
        return any(isinstance(one, dict) and "_shodan" in one for one in inner[:3])
    return {"ip_str", "port"} <= row.keys() and bool({"data", "transport", "timestamp"} & row.keys())


SHODAN = Export(
    id="shodan",
    title="Shodan export (JSON lines)",
    row=_Row,
    records=_records,
    signs=_signs,
    marks=("_shodan", "ip_str", "isp", "hostnames", "opts", "domains"),
    form="Give the lines that “shodan download” wrote",
)
