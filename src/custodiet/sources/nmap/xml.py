"""The XML of ``nmap -oX``, also as masscan and other scanners write it.

The file is cut at its hosts and each host is parsed alone: a scan of any size is read in the memory of its largest
host, a host that is damaged costs only itself, and a scan that was aborted gives every host that it finished. A host
that is parsed alone has no document type, so no entity can be expanded in it; a file that declares one is refused.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from custodiet.errors import SourceError, WireError
from custodiet.model import Source
from custodiet.sources.base import LINES, Item, Reader, ReadOptions
from custodiet.sources.ledger import Facts, Ledger, plain
from custodiet.sources.lines import head_lines
from custodiet.sources.nmap.fingerprint import answer_facts
from custodiet.sources.nmap.parts import MAX_HOST, Scan, attributes_of, number_of
from custodiet.sources.nmap.scripts import broadcast_facts, script_facts
from custodiet.wire.address import ip_text, is_device_mac, mac_text
from custodiet.wire.x509 import distinguished_name, parse_certificate

_MAX_MARKS = 1_000_000  # tags and attributes of one host, which is what takes memory in a tree

# Characters that XML does not allow, as bytes and as references; some scripts print them all the same.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(x[0-9A-Fa-f]{1,8}|[0-9]{1,8});")


def recognise(head: bytes, _name: str) -> bool:
    """Whether the file is the XML of a port scanner: its root is ``nmaprun``."""
    lines = head_lines(head)
    return bool(lines) and "<" in lines[0][:100] and any("<nmaprun" in line for line in lines)


def read(path: Path, source: Source, options: ReadOptions) -> Iterator[Item]:
    """Read a scan.

    Raises:
        SourceError: the file declares an entity, which no scanner does.
    """
    ledger = Ledger(source, "hosts")
    scan = Scan(path, options)
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    last_host = b""
    for kind, fragment in scan:
        if kind == "entity":
            raise SourceError(
                "the XML declares an entity, which no scanner does",
                place=source.name,
                next_step="Do not open the file elsewhere; ask who made it",
            )
        if kind == "cut":
            yield from ledger.refuse(
                _after(last_host),
                "the file ends in the middle of a host",
                "The scan was aborted; the hosts before it are read. Scan the rest again.",
            )
            continue
        element = _parsed(fragment, scan.codec, parser)
        if element is None:
            tell = ledger.refuse if kind == "host" else ledger.remark
            yield from tell(_place(kind, fragment), "this part of the scan cannot be read as XML, or is too large")
        elif kind == "host":
            yield from _host(element, source, ledger, (scan.start, scan.end))
            last_host = fragment
        else:
            yield from _broadcasts(element, source, ledger, scan.start)
    ledger.saw(scan.start, scan.end)
    if scan.cut:
        yield from ledger.cut_short(scan.cut)
    elif not scan.whole and not scan.in_host:
        yield from ledger.remark(
            _after(last_host),
            "the file has no end: the scan was aborted",
            "The hosts that it finished are read. Scan the rest again.",
            severity="incomplete",
        )
    yield from ledger.close()


def _place(kind: str, fragment: bytes) -> str:
    at = fragment.find(b"<address")
    address = ip_text(attributes_of(fragment[at : at + 200]).get("addr", "")) if at >= 0 else None
    return f"{kind} {address}" if address else kind


def _after(last_host: bytes) -> str:
    return f"after {_place('host', last_host)}" if last_host else ""


def _parsed(fragment: bytes, codec: str, parser: etree.XMLParser) -> etree._Element | None:
    if len(fragment) > MAX_HOST or fragment.count(b"<") + fragment.count(b"=") > _MAX_MARKS:
        return None
    if codec != "utf-8":
        fragment = fragment.decode(codec).encode()
    try:
        return etree.fromstring(fragment, parser)
    except etree.XMLSyntaxError:
        pass
    # A byte that is no character must not cost the host: it is kept as \xNN, and the host is tried once more.
    text = _REFERENCE.sub(_allowed, fragment.decode("utf-8", "backslashreplace"))
    text = _FORBIDDEN.sub(lambda match: f"\\x{ord(match[0]):02x}", text)
    try:
        return etree.fromstring(text.encode("utf-8", "backslashreplace"), parser)
    except etree.XMLSyntaxError:
        return None


def _allowed(match: re.Match[str]) -> str:
    code = int(match[1][1:], 16) if match[1][0] == "x" else int(match[1])
    if code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code <= 0x10FFFF:
        return match[0]
    return f"\\x{code:02x}"


_READ_PARTS = frozenset({"status", "address", "hostnames", "ports", "os", "hostscript"})


def _host(
    host: etree._Element, source: Source, ledger: Ledger, scan_times: tuple[float | None, float | None]
) -> Iterator[Item]:
    # Elements are walked by hand: looking each name up by path takes three times as long, and there are a million.
    parts: dict[str, list[etree._Element]] = {}
    for part in host:
        tag = part.tag
        if tag in _READ_PARTS:
            parts.setdefault(tag, []).append(part)
    if any(status.get("state") != "up" for status in parts.get("status", ())):
        ledger.read()
        return
    ips: list[str] = []
    macs: list[tuple[str, str]] = []
    for address in parts.get("address", ()):
        written = address.get("addr", "")
        if address.get("addrtype") != "mac" and (ip := ip_text(written)):
            ips.append(ip)
        elif mac := mac_text(written):
            macs.append((mac, address.get("vendor", "")))
    if not ips and not macs:
        yield from ledger.refuse("host without address", "a host without an address that can be read")
        return
    subject = f"ip:{ips[0]}" if ips else f"mac:{macs[0][0]}"
    place = f"host {subject.partition(':')[2]}"
    first, last = number_of(host.get("starttime")), number_of(host.get("endtime"))
    if first is None and last is None:
        first, last = scan_times
    first = last if first is None else first
    ledger.saw(first, last)
    facts = Facts(source.id)
    for ip in ips:
        facts.add(subject, "net.ip", ip, place, first, last)
    for mac, holder in macs:
        if is_device_mac(mac):
            facts.add(subject, "net.mac", mac, place, first, last)
            facts.add(subject, "net.oui_text", holder, place, first, last)
    for names in parts.get("hostnames", ()):
        for hostname in names:
            facts.add(subject, "net.hostname", hostname.get("name", ""), place, first, last)
    for ports in parts.get("ports", ()):
        for port in ports:
            if port.tag != "port" or (found := _open_port(port, ledger)) is None:
                continue
            where = f"{place} port {found[0]}"
            for attribute, value in found[1]:
                facts.add(subject, attribute, value.strip(), where, first, last)
    for guesses in parts.get("os", ()):
        # nmap lists its best guess first; the others are worse guesses of the same thing
        best = next((guess.get("name", "") for guess in guesses if guess.tag == "osmatch"), "")
        facts.add(subject, "service.os", best, place, first, last)
    for scripts in parts.get("hostscript", ()):
        for script in scripts:
            where = f"{place} script {plain(script.get('id', ''), 60)}"
            for attribute, value in _script(script, 0, ledger):
                facts.add(subject, attribute, value.strip(), where, first, last)
    ledger.read()
    yield from facts.drain()


_PROTOCOLS = frozenset({"tcp", "udp", "sctp", "ip"})
_PORT = re.compile(r"[0-9]{1,5}\Z")


def _open_port(port: etree._Element, ledger: Ledger) -> tuple[str, Iterator[tuple[str, str]]] | None:
    """The name of a port, as ``tcp/80``, and its facts; None when it is not open."""
    parts = {str(part.tag): part for part in port if part.tag != "script"}
    protocol, number = port.get("protocol", ""), port.get("portid", "")
    if "state" not in parts or parts["state"].get("state") != "open":
        return None
    if protocol not in _PROTOCOLS or not _PORT.match(number) or int(number) > 65535:
        ledger.not_covered("ports without a number")
        return None
    name = f"{protocol}/{int(number)}"
    return name, _port_facts(port, name, int(number), parts.get("service"), ledger)


def _port_facts(
    port: etree._Element, name: str, number: int, service: etree._Element | None, ledger: Ledger
) -> Iterator[tuple[str, str]]:
    yield "net.port", name
    if service is not None:
        yield (
            "service.product",
            product(service.get("product", ""), service.get("version", ""), service.get("extrainfo", "")),
        )
        yield "service.device_type", service.get("devicetype", "")
        yield "service.os", service.get("ostype", "")
        yield "net.hostname", service.get("hostname", "")
        if fingerprint := service.get("servicefp"):
            yield from answer_facts(fingerprint, number)
        if banner := service.get("banner"):  # masscan
            yield from script_facts("banner", banner, number) or ()
    for script in port:
        if script.tag == "script":
            yield from _script(script, number, ledger)


def product(name: str, version: str, extra: str) -> str:
    """Product, version and what else nmap says, as nmap itself prints them; empty when it names no product."""
    return " ".join(filter(None, (name, version, f"({extra})" if extra else ""))) if name else ""


def _script(script: etree._Element, port: int, ledger: Ledger) -> Iterator[tuple[str, str]]:
    name = script.get("id", "")
    if name == "ssl-cert" and (certificate := _certificate(script)):
        yield from certificate
        return
    facts = script_facts(name, script.get("output", ""), port)
    if facts is None:
        ledger.not_covered(f"script {name}")
    else:
        yield from facts


def _certificate(script: etree._Element) -> list[tuple[str, str]]:
    """What the certificate itself says, or nmap's table of it; the printed text has less."""
    for pem in script.iterfind("elem[@key='pem']"):
        body = "".join(line for line in (pem.text or "").split("\n") if "-----" not in line)
        try:
            return list(parse_certificate(base64.b64decode(body, validate=False)).facts())
        except (WireError, binascii.Error, ValueError):
            break
    facts: list[tuple[str, str]] = []
    for attribute, table in (("tls.subject", "subject"), ("tls.issuer", "issuer")):
        pairs = [
            (element.get("key", ""), element.text or "") for element in script.iterfind(f"table[@key='{table}']/elem")
        ]
        if pairs:
            facts.append((attribute, distinguished_name(pairs)))
    return facts


def _broadcasts(element: etree._Element, source: Source, ledger: Ledger, when: float | None) -> Iterator[Item]:
    facts = Facts(source.id)
    for script in element.iterfind("script"):
        name = script.get("id", "")
        found = broadcast_facts(name, script.get("output", ""))
        if found is None:
            ledger.not_covered(f"script {name}")
            continue
        for address, attribute, value in found:
            facts.add(f"ip:{address}", "net.ip", address, f"script {name}", when)  # a name this version knows
            facts.add(f"ip:{address}", attribute, value.strip(), f"script {name}", when)
    yield from facts.drain()


READER = Reader(
    id="nmap-xml",
    title="nmap XML",
    kind="scan",
    recognise=recognise,
    read=read,
    unpacks=LINES,
)
