"""masscan: ``-oJ`` (an array, one object a line) and ``-oD`` (one object a line).

How they are written was read in the program itself: github.com/robertdavidgraham/masscan, src/out-json.c,
src/out-ndjson.c (commit 0e9f811) and src/masscan-app.c (commit 017e8a0), in November 2026. Bytes that are no plain
letters stand there as ``\\u00NN``: each character is one byte. An open port is a row without facts but its number.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from custodiet.errors import WireError
from custodiet.sources.exports.answers import answer_facts, certificate_facts
from custodiet.sources.exports.base import (
    Export,
    Fact,
    Scalar,
    ScanRecord,
    address_of,
    each_once,
    port_of,
    text_of,
    time_of,
    transport_of,
)
from custodiet.wire.http import HttpMessage

MOST_PORTS = 65536
"""Ports of one row; masscan itself writes one."""


class _Service(msgspec.Struct, gc=False):
    name: Scalar = None
    banner: Scalar = None


class _Port(msgspec.Struct, gc=False):
    port: Scalar = None
    proto: Scalar = None
    status: Scalar = None
    service: _Service | None = None


class _Data(msgspec.Struct, gc=False):
    status: Scalar = None
    service_name: Scalar = None
    banner: Scalar = None


class _Row(msgspec.Struct):
    ip: Scalar = None
    timestamp: Scalar = None
    ports: list[_Port] | None = None
    port: Scalar = None
    proto: Scalar = None
    data: _Data | None = None


def _records(row: _Row) -> list[ScanRecord]:
    address, at = address_of(row.ip), time_of(row.timestamp)
    if row.ports is None:
        if row.port is None:
            raise WireError("a row without a port")
        data = row.data
        if data is None:
            return [_record(address, at, row.port, row.proto, None, None)]
        if data.status == "closed":
            return []
        return [_record(address, at, row.port, row.proto, data.service_name, data.banner)]
    found: list[ScanRecord] = []
    for one in row.ports[:MOST_PORTS]:
        if one.status == "closed":
            continue
        service = one.service
        if service is None:
            found.append(_record(address, at, one.port, one.proto, None, None))
        else:
            found.append(_record(address, at, one.port, one.proto, service.name, service.banner))
    return found


def _record(address: str, at: float | None, port: Scalar, proto: Scalar, service: Scalar, banner: Scalar) -> ScanRecord:
    number, transport = port_of(port), transport_of(proto)
    facts: tuple[Fact, ...] = ()
    if isinstance(banner, str) and banner:
        facts = each_once(_facts(service if isinstance(service, str) else "", banner, number, transport))
    return ScanRecord(address, number, transport, at, "", "", facts)


_SKIPPED = frozenset(
    {
        # of another party than the device, or a verdict of the scanner
        "X509CA",
        "ssl",
        "vuln",
        "heartbleed",
        "ticketbleed",
        "error",
        "safe",
    }
)


def _facts(service: str, banner: str, port: int, transport: str) -> Iterator[Fact]:
    if service in _SKIPPED:
        return
    if service == "X509":
        yield from certificate_facts(banner)
    elif service == "title":
        yield "http.title", text_of(" ".join(banner.split()))
    elif service == "http.server":
        yield "http.server", text_of(banner)
    elif service == "html":
        yield from HttpMessage(kind="page", body=_bytes(banner)).facts()
    elif service == "snmp":
        yield from _snmp(banner)
    else:
        # Datagrams are taken apart by masscan; their banners are its own words.
        yield from answer_facts(_bytes(banner), port, transport, greets=transport == "tcp" and service == "unknown")
        if service == "telnet" and not banner.startswith(("HTTP/", "RTSP/")):
            yield from answer_facts(_bytes(banner), 23)


_SNMP = {"sysDescr": "snmp.sys_descr", "sysName": "snmp.sys_name", "sysObjectID": "snmp.sys_object_id"}


def _snmp(banner: str) -> Iterator[Fact]:
    for line in banner[:4000].splitlines():
        name, colon, value = line.partition(":")
        if colon and (attribute := _SNMP.get(name.strip())):
            yield attribute, text_of(value)


def _bytes(banner: str) -> bytes:
    """The bytes behind the characters; text that another tool put there is UTF-8."""
    try:
        return banner[:65536].encode("latin-1")
    except UnicodeEncodeError:
        return banner[:65536].encode("utf-8", "surrogatepass")


def _signs(row: dict[str, Any]) -> bool:
    if "ip" not in row or "timestamp" not in row:
        return False
    ports = row.get("ports")
    if isinstance(ports, list):
        return bool(ports) and isinstance(ports[0], dict) and {"port", "proto"} <= ports[0].keys()
    return {"port", "proto", "rec_type"} <= row.keys()


MASSCAN = Export(
    id="masscan",
    title="masscan results (JSON)",
    row=_Row,
    records=_records,
    signs=_signs,
    marks=("ip", "timestamp", "ports", "proto"),
    form="Give the file that masscan wrote with -oJ or -oD",
)
