"""Answers that many makers give in one form: ONVIF and WS-Discovery, SSDP, mDNS, SNMP."""

from __future__ import annotations

import base64
import hashlib
import re
import uuid
from collections.abc import Callable

from lab import web
from lab.ber import oid_bytes, tlv
from lab.device import Datagrams
from lab.web import reply

_MESSAGE_ID = re.compile(rb"MessageID[^>]{0,80}>\s*([^<\s]{1,120})\s*<")
_TYPES = re.compile(rb"Types[^>]{0,200}>([^<]{0,200})<")

_MATCH = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"'
    ' xmlns:dn="http://www.onvif.org/ver10/network/wsdl" xmlns:tds="http://www.onvif.org/ver10/device/wsdl">'
    "<SOAP-ENV:Header><wsa:MessageID>uuid:{own}</wsa:MessageID><wsa:RelatesTo>{asked}</wsa:RelatesTo>"
    "<wsa:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</wsa:To>"
    "<wsa:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</wsa:Action></SOAP-ENV:Header>"
    "<SOAP-ENV:Body><d:ProbeMatches><d:ProbeMatch><wsa:EndpointReference><wsa:Address>{endpoint}</wsa:Address>"
    "</wsa:EndpointReference><d:Types>{types}</d:Types><d:Scopes>{scopes}</d:Scopes><d:XAddrs>{where}</d:XAddrs>"
    "<d:MetadataVersion>10</d:MetadataVersion></d:ProbeMatch></d:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>"
)
ONVIF_TYPES = "dn:NetworkVideoTransmitter tds:Device"


def wsd(endpoint: str, scopes: str, where: str, types: str = ONVIF_TYPES) -> Datagrams:
    """Answers WS-Discovery probes for any type or for one of its own."""
    own = uuid.uuid5(uuid.NAMESPACE_URL, endpoint)
    whole = _MATCH.format(own=own, asked="\0", endpoint=endpoint, types=types, scopes=scopes, where=where)
    before, after = (part.encode() for part in whole.split("\0"))
    names = {word.partition(":")[2].encode() for word in types.split()}

    def answer(request: bytes) -> bytes:
        asked = _MESSAGE_ID.search(request)
        if b"Probe" not in request or not asked:
            return b""
        wanted = _TYPES.search(request)
        if wanted and wanted[1].split() and not any(word.split(b":")[-1] in names for word in wanted[1].split()):
            return b""
        return before + asked[1] + after

    return Datagrams(answer, groups=("239.255.255.250",))


def ssdp(server: str, where: str, uid: str, kinds: tuple[str, ...]) -> Datagrams:
    """Answers a search for everything, for root devices, or for one of its kinds."""
    answers = {
        kind.encode(): (
            "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nEXT:\r\n"
            f"LOCATION: {where}\r\nSERVER: {server}\r\nST: {kind}\r\nUSN: uuid:{uid}::{kind}\r\n\r\n"
        ).encode()
        for kind in ("upnp:rootdevice", *kinds)
    }
    wanted = re.compile(rb"\nST:\s*([^\r\n]{1,200})", re.IGNORECASE)

    def answer(request: bytes) -> bytes:
        found = wanted.search(request) if request.startswith(b"M-SEARCH") else None
        if not found:
            return b""
        target = found[1].strip()
        return answers[b"upnp:rootdevice"] if target == b"ssdp:all" else answers.get(target, b"")

    return Datagrams(answer, groups=("239.255.255.250",))


def upnp_description(
    *, kind: str, name: str, maker: str, model: str, uid: str, serial: str = "", about: str = ""
) -> bytes:
    """The description an SSDP answer points to."""
    return reply(
        '<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><specVersion><major>1</major>'
        f"<minor>0</minor></specVersion><device><deviceType>{kind}</deviceType><friendlyName>{name}</friendlyName>"
        f"<manufacturer>{maker}</manufacturer><modelDescription>{about}</modelDescription><modelName>{model}</modelName>"
        f"<serialNumber>{serial}</serialNumber><UDN>uuid:{uid}</UDN></device></root>",
        kind="text/xml",
    )


# --- mDNS


def dns_name(name: str) -> bytes:
    """Labels of a name; a dot inside a label is written as ``\\x1f``."""
    labels = [label.replace("\x1f", ".").encode() for label in name.split(".") if label]
    return b"".join(bytes((len(label),)) + label for label in labels) + b"\0"


def _record(name: str, kind: int, data: bytes, ttl: int = 120) -> bytes:
    return dns_name(name) + kind.to_bytes(2) + b"\x00\x01" + ttl.to_bytes(4) + len(data).to_bytes(2) + data


def mdns(
    instance: str, services: tuple[str, ...], host: str, address: str, port: int, texts: tuple[str, ...]
) -> Datagrams:
    """Answers questions for one of its services, for the list of services or for its own names."""
    txt = b"".join(bytes((len(text.encode()),)) + text.encode() for text in texts) or b"\0"
    place = _record(host, 1, bytes(int(part) for part in address.split(".")))
    known: dict[bytes, tuple[int, bytes]] = {dns_name(host): (1, place)}
    listed = []
    for service in services:
        full = f"{instance.replace('.', chr(31))}.{service}"
        srv = _record(full, 33, b"\0\0\0\0" + port.to_bytes(2) + dns_name(host))
        records = _record(service, 12, dns_name(full)) + srv + _record(full, 16, txt) + place
        known[dns_name(service)] = known[dns_name(full)] = (4, records)
        listed.append(_record("_services._dns-sd._udp.local", 12, dns_name(service)))
    known[dns_name("_services._dns-sd._udp.local")] = (len(listed), b"".join(listed))

    def answer(request: bytes) -> bytes:
        if len(request) < 17 or request[2] & 0x80:
            return b""
        found = [known[name] for name in questions(request) if name in known]
        if not found:
            return b""
        count = sum(number for number, _records in found)
        # One who asks from another port than 5353 gets his number back; it does no harm to give it to everybody.
        return request[:2] + b"\x84\0\0\0" + count.to_bytes(2) + b"\0\0\0\0" + b"".join(rows for _count, rows in found)

    return Datagrams(answer, groups=("224.0.0.251",))


def questions(request: bytes) -> list[bytes]:
    """Names that a DNS message asks for, each once; a pointer to an earlier name is followed."""
    names: dict[bytes, None] = {}
    at = 12
    for _question in range(min(int.from_bytes(request[4:6]), 32)):
        raw, inside, end = b"", at, 0
        for _label in range(32):
            if inside >= len(request):
                return list(names)
            length = request[inside]
            if length >= 0xC0:
                end = end or inside + 2
                inside = int.from_bytes(request[inside : inside + 2]) & 0x3FFF
                continue
            raw += request[inside : inside + 1 + length]
            inside += 1 + length
            if length == 0:
                break
        at = (end or inside) + 4
        names[raw] = None
    return list(names)


# --- SNMP, version 1 and 2c


def _element(data: bytes, at: int) -> tuple[int, int, int]:
    """Tag, where the content begins and where it ends."""
    tag, length = data[at], data[at + 1]
    at += 2
    if length & 0x80:
        size = length & 0x7F
        length = int.from_bytes(data[at : at + size])
        at += size
    return tag, at, at + length


COMMUNITY = b"lab-read"
"""The community of every device that speaks SNMP."""


def snmp(values: dict[str, str], object_id: str = "") -> Datagrams:
    """Answers get and get-next for these objects; silent to a wrong community, as agents are."""
    table = {oid_bytes(oid): tlv(0x04, value.encode()) for oid, value in values.items()}
    if object_id:
        table[oid_bytes("1.3.6.1.2.1.1.2.0")] = tlv(0x06, oid_bytes(object_id))
    ordered = sorted(table)

    def answer(request: bytes) -> bytes:
        try:
            _tag, at, _end = _element(request, 0)
            _tag, start, end = _element(request, at)
            version = request[at:end]
            _tag, start, end = _element(request, end)
            if request[start:end] != COMMUNITY:
                return b""
            head = tlv(0x04, COMMUNITY)
            kind, at, _end = _element(request, end)
            if kind not in (0xA0, 0xA1, 0xA5):
                return b""
            _tag, _start, end = _element(request, at)
            number = request[at:end]
            for _skip in range(2):
                _tag, _start, end = _element(request, end)
            _tag, at, last = _element(request, end)
            rows = b""
            while at < last:
                _tag, inner, at = _element(request, at)
                _tag, start, stop = _element(request, inner)
                name = request[start:stop]
                if kind != 0xA0:
                    name = next((one for one in ordered if one > name), b"")
                rows += tlv(
                    0x30,
                    tlv(0x06, name or request[start:stop])
                    + (table.get(name) or (b"\x82\0" if kind != 0xA0 else b"\x80\0")),
                )
        except IndexError:
            return b""
        body = number + b"\x02\x01\x00\x02\x01\x00" + tlv(0x30, rows)
        return tlv(0x30, version + head + tlv(0xA2, body))

    return Datagrams(answer)


# --- ONVIF over HTTP

_SOAP = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope" xmlns:tds="http://www.onvif.org/ver10/device/wsdl"'
    ' xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:ter="http://www.onvif.org/ver10/error"><env:Body>{}</env:Body></env:Envelope>'
)
_NOT_ALLOWED = (
    "<env:Fault><env:Code><env:Value>env:Sender</env:Value><env:Subcode><env:Value>ter:NotAuthorized</env:Value>"
    '</env:Subcode></env:Code><env:Reason><env:Text xml:lang="en">Sender not Authorized</env:Text></env:Reason></env:Fault>'
)
_CAPABILITIES = (
    "<tds:GetCapabilitiesResponse><tds:Capabilities><tt:Device><tt:XAddr>{}</tt:XAddr>"
    "</tt:Device></tds:Capabilities></tds:GetCapabilitiesResponse>"
)
_SCOPES = (
    "<tds:GetScopesResponse><tds:Scopes><tt:ScopeDef>Fixed</tt:ScopeDef>"
    "<tt:ScopeItem>onvif://www.onvif.org/type/video_encoder</tt:ScopeItem></tds:Scopes></tds:GetScopesResponse>"
)
_CLOCK = (
    "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType>"
    "<tt:DaylightSavings>false</tt:DaylightSavings><tt:TimeZone><tt:TZ>CST-1</tt:TZ></tt:TimeZone>"
    "<tt:UTCDateTime><tt:Time><tt:Hour>3</tt:Hour><tt:Minute>0</tt:Minute><tt:Second>0</tt:Second></tt:Time>"
    "<tt:Date><tt:Year>2026</tt:Year><tt:Month>11</tt:Month><tt:Day>22</tt:Day></tt:Date></tt:UTCDateTime>"
    "</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
)


_NONCE = re.compile(rb"Nonce[^>]{0,200}>([^<]{1,100})<")
_CREATED = re.compile(rb"Created[^>]{0,200}>([^<]{1,60})<")
_DIGEST = re.compile(rb"Password[^>]{0,200}>([^<]{1,100})<")
_NAME = re.compile(rb"Username>([^<]{1,60})<")


def logged_in(request: bytes) -> bool:
    """Does this WS-Security header prove the log-in of the estate?"""
    said = [found[1] if (found := pattern.search(request)) else b"" for pattern in (_NAME, _NONCE, _CREATED, _DIGEST)]
    name, nonce, created, digest = said
    try:
        wanted = hashlib.sha1(base64.b64decode(nonce) + created + web.PASSWORD.encode()).digest()
    except ValueError:
        return False
    return name == web.USER.encode() and digest == base64.b64encode(wanted)


def onvif(
    *, where: str, brand: str, model: str, firmware: str, serial: str, server: str = ""
) -> Callable[[bytes], bytes]:
    """The device service: the clock for everybody, the rest after a log-in by WS-Security or digest."""

    def made(body: str, status: str = "200 OK") -> bytes:
        return reply(_SOAP.format(body), status=status, kind="application/soap+xml; charset=utf-8", server=server)

    clock, refused = made(_CLOCK), made(_NOT_ALLOWED, "400 Bad Request")
    information = made(
        f"<tds:GetDeviceInformationResponse><tds:Manufacturer>{brand}</tds:Manufacturer><tds:Model>{model}</tds:Model>"
        f"<tds:FirmwareVersion>{firmware}</tds:FirmwareVersion><tds:SerialNumber>{serial}</tds:SerialNumber>"
        "<tds:HardwareId>1</tds:HardwareId></tds:GetDeviceInformationResponse>"
    )

    known = {
        b"GetDeviceInformation": information,
        b"GetCapabilities": made(_CAPABILITIES.format(where)),
        b"GetScopes": made(_SCOPES),
    }

    def answer(request: bytes) -> bytes:
        if b"GetSystemDateAndTime" in request:
            return clock
        if b"UsernameToken" not in request:
            return refused
        web.COUNTED["logins"] += 1
        if not logged_in(request):
            return refused
        return next((answer for name, answer in known.items() if name in request), refused)

    return answer
