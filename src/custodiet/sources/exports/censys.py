"""Censys: one host an object, as JSON lines or an array; the older search's shape and the newer Platform's.

The older one was read in an answer of the search library shown in a tutorial (stored public page, host 8.8.8.8 of
October 2024) and at docs.censys.com/docs/ls-hosts; the newer one in the models of Censys' own library,
github.com/censys/censys-sdk-python (docs/models/{host,service,endpointscanstate,http,httpfavicon,certificateparsed,
routing,attribute,rtsp,ssdp,snmpsystem,dhcpdiscoverdeviceinfo}.md), and at docs.censys.com/docs/platform-host-dataset,
in November 2026. The wrappings ``result``, ``hits``, ``host_v1`` and ``resource`` of its answers are opened.

What Censys concluded is read as another tool's word on the service. Its labels, risks and vulnerabilities, and what
single makers' modules print, are not read.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterator
from typing import Any

import msgspec

from custodiet.errors import WireError
from custodiet.sources.exports.answers import (
    answer_facts,
    certificate_facts,
    dn_text,
    favicon_fact,
    header_pairs,
    http_facts,
    md5_fact,
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

MOST_HOSTS = 1000
"""Hosts of one answer of a search."""
MOST_SERVICES = 5000
"""Services of one host that are read; those with more are traps that answer on every port."""
_MOST = 8


class _Place(msgspec.Struct, gc=False):
    country_code: Scalar = None
    country: Scalar = None


class _Network(msgspec.Struct, gc=False):
    asn: Scalar = None
    organization: Scalar = None
    name: Scalar = None
    description: Scalar = None


class _Product(msgspec.Struct, gc=False):
    part: Scalar = None
    vendor: Scalar = None
    product: Scalar = None
    version: Scalar = None


class _Icon(msgspec.Struct, gc=False):
    hash_shodan: Scalar = None
    shodan_hash: Scalar = None
    hash_md5: Scalar = None
    md5_hash: Scalar = None


class _Page(msgspec.Struct):
    headers: Any = None
    body: Scalar = None
    html_title: Scalar = None
    favicons: list[_Icon] | None = None


class _Web(_Page):
    response: _Page | None = None


class _Endpoint(msgspec.Struct):
    banner: Scalar = None
    http: _Web | None = None


class _Names(msgspec.Struct):
    subject_dn: Scalar = None
    issuer_dn: Scalar = None
    serial_number_hex: Scalar = None
    validity_period: dict[str, Any] | None = None
    names: Any = None


class _Certificate(msgspec.Struct):
    parsed: _Names | None = None
    names: Any = None
    raw: Scalar = None


class _Chain(msgspec.Struct):
    leaf_data: _Names | None = None


class _Tls(msgspec.Struct):
    certificates: _Chain | None = None


class _Rtsp(msgspec.Struct):
    server: Scalar = None
    www_auth: Scalar = None
    commands: Any = None


class _System(msgspec.Struct, gc=False):
    desc: Scalar = None
    name: Scalar = None
    object_id: Scalar = None


class _Snmp(msgspec.Struct, gc=False):
    oid_system: _System | None = None


class _Discovered(msgspec.Struct, gc=False):
    device_type: Scalar = None
    device_class: Scalar = None
    vendor: Scalar = None
    manufacturer: Scalar = None
    serial_number: Scalar = None
    version: Scalar = None
    machine_name: Scalar = None
    port: Scalar = None


class _Params(msgspec.Struct, gc=False):
    device_info: _Discovered | None = None


class _Discovery(msgspec.Struct, gc=False):
    params: _Params | None = None


class _Ssdp(msgspec.Struct):
    headers: Any = None


class _Service(msgspec.Struct):
    port: Scalar = None
    transport_protocol: Scalar = None
    service_name: Scalar = None
    protocol: Scalar = None
    observed_at: Scalar = None
    scan_time: Scalar = None
    banner: Scalar = None
    banner_hex: Scalar = None
    http: _Web | None = None
    endpoints: list[_Endpoint] | None = None
    tls: _Tls | None = None
    cert: _Certificate | None = None
    rtsp: _Rtsp | None = None
    snmp: _Snmp | None = None
    ssdp: _Ssdp | None = None
    dhcpdiscover: _Discovery | None = None
    software: list[_Product] | None = None
    hardware: list[_Product] | None = None
    operating_systems: list[_Product] | None = None


class _Reverse(msgspec.Struct):
    names: Any = None


class _Dns(msgspec.Struct):
    reverse_dns: _Reverse | None = None


class _Host(msgspec.Struct):
    ip: Scalar = None
    services: list[_Service] | None = None
    location: _Place | None = None
    autonomous_system: _Network | None = None
    operating_system: _Product | None = None
    hardware: _Product | None = None
    dns: _Dns | None = None
    last_updated_at: Scalar = None
    host: Any = None
    host_v1: Any = None
    resource: Any = None
    result: Any = None
    hits: Any = None


_WRAPPINGS = ("result", "host_v1", "resource", "host")


def _records(row: _Host, depth: int = 0) -> list[ScanRecord]:
    if row.ip is None and depth < 4:
        if isinstance(row.hits, list):
            return _of_many(row.hits, depth)
        for name in _WRAPPINGS:
            inner = getattr(row, name)
            if isinstance(inner, dict):
                return _records(converted(inner, _Host), depth + 1)
    return _host(row)


def _of_many(hits: list[Any], depth: int) -> list[ScanRecord]:
    """The hosts of an answer of a search; one that cannot be read does not cost the others."""
    found: list[ScanRecord] = []
    refused: WireError | None = None
    for hit in hits[:MOST_HOSTS]:
        try:
            found += _records(converted(hit, _Host), depth + 1)
        except WireError as error:
            refused = error
    if refused is not None and not found:
        raise refused
    return found


def _host(row: _Host) -> list[ScanRecord]:
    address = address_of(row.ip)
    place, system = row.location, row.autonomous_system
    country = country_of(place.country_code or place.country) if place is not None else ""
    network = ""
    if system is not None:
        network = network_of(system.asn, system.organization or system.name or system.description)
    updated = time_of(row.last_updated_at)
    found: list[ScanRecord] = []
    for service in (row.services or ())[:MOST_SERVICES]:
        at = time_of(service.observed_at or service.scan_time)
        transport = transport_of(service.transport_protocol)
        facts = each_once(_facts(service, "udp" if transport in ("udp", "quic") else "tcp"))
        number = port_of(service.port)
        found.append(ScanRecord(address, number, transport, updated if at is None else at, country, network, facts))
    about = each_once(_about(row))
    if about or not found:
        found.append(ScanRecord(address, 0, "", updated, country, network, about))
    return found


def _about(row: _Host) -> Iterator[Fact]:
    """What is said of the host as a whole."""
    if row.dns is not None and row.dns.reverse_dns is not None:
        for name in first_of(row.dns.reverse_dns.names, _MOST):
            yield "net.hostname", text_of(name)
    if row.operating_system is not None:
        yield "service.os", _product(row.operating_system)
    if row.hardware is not None:
        yield "service.product", _product(row.hardware)


def _product(one: _Product) -> str:
    """Vendor, product and version in one line; the vendor is another tool's word and never a maker by itself."""
    words = (text_of(one.vendor, 100), text_of(one.product, 200), text_of(one.version, 60))
    return " ".join(filter(None, words)) if words[1] else ""


def _facts(service: _Service, transport: str) -> Iterator[Fact]:
    if service.endpoints:
        yield from _endpoints(service.endpoints)
    if service.http is not None:
        yield from _page(service.http.response or service.http, service.banner)
    elif not service.endpoints:
        yield from answer_facts(_raw(service), port_of(service.port), transport)
    if service.rtsp is not None:
        yield from _rtsp(service.rtsp)
    if service.snmp is not None and (system := service.snmp.oid_system) is not None:
        yield "snmp.sys_descr", text_of(system.desc)
        yield "snmp.sys_name", text_of(system.name)
        yield "snmp.sys_object_id", text_of(system.object_id).lstrip(".")
    if service.ssdp is not None:
        yield from _ssdp(service.ssdp)
    if service.dhcpdiscover is not None:
        yield from _discovered(service.dhcpdiscover)
    yield from _tls(service)
    for one in first_of(service.software, _MOST):
        yield "service.product" if one.part != "o" else "service.os", _product(one)
    for one in first_of(service.hardware, _MOST):
        yield "service.product", _product(one)
    for one in first_of(service.operating_systems, _MOST):
        yield "service.os", _product(one)


def _raw(service: _Service) -> str | bytes:
    """What the service sent, as bytes where they were kept."""
    if isinstance(service.banner_hex, str) and len(service.banner_hex) <= 1 << 17:
        try:
            return binascii.unhexlify(service.banner_hex)
        except (binascii.Error, ValueError):
            pass
    return service.banner if isinstance(service.banner, str) else b""


def _endpoints(endpoints: list[_Endpoint]) -> Iterator[Fact]:
    for endpoint in endpoints[:_MOST]:
        if endpoint.http is not None:
            yield from _page(endpoint.http, endpoint.banner)


def _page(page: _Page, banner: Scalar) -> Iterator[Fact]:
    head = banner if isinstance(banner, str) and banner.startswith("HTTP/") else ""
    body = page.body if isinstance(page.body, str) else ""
    yield from http_facts(head, body, headers=_pairs(page.headers), title=page.html_title)
    for icon in first_of(page.favicons, _MOST):
        yield from favicon_fact(icon.hash_shodan if icon.hash_shodan is not None else icon.shodan_hash)
        yield from md5_fact(icon.hash_md5 or icon.md5_hash)


def _pairs(headers: Any) -> Iterator[tuple[str, str]]:
    """Headers by name, whose values are lists, or objects that hold lists; or a list of keys and values."""
    if isinstance(headers, list):
        headers = {
            one["key"]: one.get("value")
            for one in headers[:100]
            if isinstance(one, dict) and isinstance(one.get("key"), str)
        }
    if isinstance(headers, dict):
        yield from header_pairs(
            {
                name: value.get("headers") if isinstance(value, dict) else value
                for name, value in list(headers.items())[:100]
                if name != "_encoding"
            }
        )


def _rtsp(said: _Rtsp) -> Iterator[Fact]:
    yield "rtsp.server", text_of(said.server)
    yield "rtsp.www_authenticate", text_of(said.www_auth)
    yield "rtsp.public", ", ".join(filter(None, map(text_of, first_of(said.commands, 30))))


_SSDP = {"server": "ssdp.server", "location": "ssdp.location", "st": "ssdp.target", "usn": "ssdp.usn"}


def _ssdp(said: _Ssdp) -> Iterator[Fact]:
    for name, value in _pairs(said.headers):
        if attribute := _SSDP.get(name.lower()):
            yield attribute, text_of(value)


def _discovered(said: _Discovery) -> Iterator[Fact]:
    """The reply to the DHIP search, which Censys took apart."""
    info = said.params.device_info if said.params is not None else None
    if info is None:
        return
    yield "dhip.device_type", text_of(info.device_type)
    yield "dhip.device_class", text_of(info.device_class)
    yield "dhip.vendor", text_of(info.vendor)
    yield "dhip.manufacturer", text_of(info.manufacturer)
    yield "dhip.serial", text_of(info.serial_number)
    yield "dhip.firmware", text_of(info.version)
    yield "dhip.machine_name", text_of(info.machine_name)
    yield "dhip.port", text_of(info.port)


def _tls(service: _Service) -> Iterator[Fact]:
    names: _Names | None = None
    alternatives: Any = None
    if service.cert is not None:
        if facts := certificate_facts(service.cert.raw):
            yield from facts
            return
        names, alternatives = service.cert.parsed, service.cert.names
    elif service.tls is not None and service.tls.certificates is not None:
        names = service.tls.certificates.leaf_data
        alternatives = names.names if names is not None else None
    if names is None:
        return
    yield "tls.subject", dn_text(names.subject_dn)
    yield "tls.issuer", dn_text(names.issuer_dn)
    yield "tls.serial", text_of(names.serial_number_hex, 128).lower()
    if names.validity_period is not None:
        yield "tls.not_before", text_of(names.validity_period.get("not_before"), 40)
    for name in first_of(alternatives, _MOST):
        yield "tls.san", text_of(name, 255)


def _signs(row: dict[str, Any]) -> bool:
    for _ in range(4):
        if isinstance(hits := row.get("hits"), list) and hits and isinstance(hits[0], dict):
            row = hits[0]
        elif inner := next((row[name] for name in _WRAPPINGS if isinstance(row.get(name), dict)), None):
            row = inner
        else:
            break
    if "ip" not in row:
        return False
    services = row.get("services")
    if isinstance(services, list) and services:
        return isinstance(services[0], dict) and "port" in services[0]
    return "autonomous_system" in row or ("location" in row and "last_updated_at" in row)


CENSYS = Export(
    id="censys",
    title="Censys export (JSON)",
    row=_Host,
    records=_records,
    signs=_signs,
    marks=("services", "transport_protocol", "service_name", "banner_hash_sha256", "autonomous_system", "scan_time"),
    form="Give hosts as Censys wrote them, one a line or in an array",
)
