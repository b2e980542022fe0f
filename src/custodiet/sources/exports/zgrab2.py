"""zgrab2: one JSON object a line, with what each of its modules got from one address.

The form was read in its schemas and examples: github.com/zmap/zgrab2, zgrab2_schemas/zgrab2/{zgrab2,http,banner,
telnet,snmp}.py and testdata/ (commits 0889db2, 141951d, 1e4a1d3), in November 2026. A module may run under any name;
``protocol`` tells which it is. Read are http, tls, banner (also when it asked RTSP), ftp, telnet, ssh, smtp and sip.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from custodiet.sources.exports.answers import answer_facts, certificate_facts, dn_text, header_pairs, http_facts
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
)

MOST_MODULES = 100
"""Modules of one row."""
_PORTS = {
    "http": 80, "https": 443, "tls": 443, "ftp": 21, "telnet": 23, "ssh": 22, "smtp": 25, "rtsp": 554, "sip": 5060,
    "snmp": 161,
}  # fmt: skip
_NUMBER = re.compile(r"(?:\A|[^0-9])([0-9]{1,5})\Z")


class _Grab(msgspec.Struct):
    status: Scalar = None
    protocol: Scalar = None
    port: Scalar = None
    timestamp: Scalar = None
    result: dict[str, Any] | None = None


class _Row(msgspec.Struct):
    ip: Scalar = None
    domain: Scalar = None
    port: Scalar = None
    data: dict[str, _Grab] | None = None


def _records(row: _Row) -> list[ScanRecord]:
    address = address_of(row.ip)
    found: list[ScanRecord] = []
    for name, grab in list((row.data or {}).items())[:MOST_MODULES]:
        # A module that failed later may have got an answer before; one without a result got nothing.
        if not grab.result:
            continue
        protocol = grab.protocol.lower() if isinstance(grab.protocol, str) else name.lower()
        port = port_of(grab.port) or port_of(row.port) or _port_in(name) or _PORTS.get(protocol, 0)
        facts = each_once(_facts(protocol, grab.result, port))
        transport = "udp" if protocol in ("snmp", "ntp", "bacnet", "dns") else "tcp"
        found.append(ScanRecord(address, port, transport, time_of(grab.timestamp), "", "", facts))
    return found


def _port_in(name: str) -> int:
    """A port in the name that somebody gave to a module, as ``http-8080``."""
    match = _NUMBER.search(name[-20:])
    return port_of(match[1]) if match else 0


def _facts(protocol: str, result: dict[str, Any], port: int) -> Iterator[Fact]:
    if protocol == "http":
        yield from _http(result)
        return
    if protocol == "tls":
        yield from _tls(result)
        return
    if protocol == "ssh":
        server = _part(result, "server_id") or _part(_part(result, "handshake_log"), "server_id")
        if isinstance(raw := server.get("raw"), str):
            yield from answer_facts(raw, 22)
        return
    banner = result.get("banner")
    if protocol == "snmp" or not isinstance(banner, str):
        return
    asked = _PORTS.get(protocol, port)
    yield from answer_facts(banner, 23 if protocol == "telnet" else asked)
    yield from _tls(_part(result, "tls"))


def _part(value: object, name: str) -> dict[str, Any]:
    inner = value.get(name) if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else {}


def _http(result: dict[str, Any]) -> Iterator[Fact]:
    """The last answer, and before it those that led there; the certificates stand beside the requests."""
    answers = [_part(result, "response")]
    chain = result.get("redirect_response_chain")
    answers += [one for one in (chain[:10] if isinstance(chain, list) else []) if isinstance(one, dict)]
    for answer in answers:
        body = answer.get("body")
        headers = list(_headers(_part(answer, "headers")))
        if headers or body:
            yield from http_facts("", body if isinstance(body, str) else "", headers=headers)
        yield from _tls(_part(_part(answer, "request"), "tls_log"))


def _headers(headers: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Those with a field of their own, then the ``unknown`` ones, which are pairs."""
    others = headers.get("unknown")
    yield from header_pairs({name: value for name, value in headers.items() if name != "unknown"})
    for one in (others[:100]) if isinstance(others, list) else []:
        if isinstance(one, dict) and isinstance(name := one.get("key"), str):
            yield from header_pairs({name: one.get("value")})


def _tls(log: dict[str, Any]) -> Iterator[Fact]:
    if not log:
        return
    handshake = _part(log, "handshake_log") or log
    certificate = _part(_part(handshake, "server_certificates"), "certificate")
    if facts := certificate_facts(certificate.get("raw")):
        yield from facts
        return
    parsed = _part(certificate, "parsed")
    yield "tls.subject", dn_text(parsed.get("subject_dn"))
    yield "tls.issuer", dn_text(parsed.get("issuer_dn"))
    yield "tls.not_before", text_of(_part(parsed, "validity").get("start"), 40)


def _signs(row: dict[str, Any]) -> bool:
    data = row.get("data")
    if not isinstance(data, dict) or not ({"ip", "domain"} & row.keys()):
        return False
    first = next(iter(data.values()), None)
    return isinstance(first, dict) and {"status", "protocol"} <= first.keys()


ZGRAB2 = Export(
    id="zgrab2",
    title="zgrab2 results (JSON lines)",
    row=_Row,
    records=_records,
    signs=_signs,
    marks=("ip", "data", "status", "protocol", "result", "handshake_log", "status_line"),
    form="Give the lines that zgrab2 wrote",
)
