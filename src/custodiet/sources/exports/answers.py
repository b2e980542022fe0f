"""The answers of devices inside exports: raw or already taken apart, given to the parser of their protocol.

How an answer begins decides what it is, not the port and not the name a scanner gave it. What a scanner concluded
(a product, a kind of device) is passed on as the word of another tool.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from custodiet.errors import WireError
from custodiet.sources.discovery_reply import reply_facts
from custodiet.sources.exports.base import Fact, Scalar, each_once, text_of
from custodiet.sources.isapi import device_info_facts, parse_device_info
from custodiet.sources.ledger import plain
from custodiet.wire.greeting import parse_greeting
from custodiet.wire.head import MAX_HEADERS
from custodiet.wire.http import MAX_BODY, HttpMessage, parse_header_block, parse_http
from custodiet.wire.rtsp import parse_rtsp
from custodiet.wire.x509 import distinguished_name, parse_certificate

MAX_BANNER = 65536
"""The most bytes of one answer that are read."""
MAX_PEM = 65536
"""The most characters of one certificate."""
_REMEMBERED = 1200


def answer_facts(data: str | bytes, port: int, transport: str = "tcp", *, greets: bool = True) -> Iterable[Fact]:
    """What the first bytes that a service sent say.

    Args:
        data: the bytes; as text where the export holds text.
        port: of the service; 0 when it is not known.
        transport: ``udp`` for a datagram.
        greets: False where bytes of an unknown kind are the scanner's own words and not the device's.
    """
    if not data:
        return ()
    if isinstance(data, str) and transport != "udp" and data.startswith("HTTP/") and _is_head(data):
        return _head(data)[0]
    if len(data) <= _REMEMBERED:
        return _remembered(data, port, transport, greets)
    return _answer(data, port, transport, greets)


def _answer(data: str | bytes, port: int, transport: str, greets: bool) -> tuple[Fact, ...]:
    raw = (data[:MAX_BANNER].encode("utf-8", "surrogatepass") if isinstance(data, str) else data)[:MAX_BANNER]
    try:
        if transport == "udp":
            return tuple(reply_facts(raw)) or (each_once(parse_greeting(raw, port).facts()) if _is_sip(raw) else ())
        if raw.startswith(b"HTTP/"):
            return each_once(parse_http(raw).facts())
        if raw.startswith(b"RTSP/"):
            return each_once(parse_rtsp(raw).facts())
        found = parse_greeting(_welcome(raw), port)
        if found.service == "tcp" and not greets:
            return ()
        return each_once(found.facts())
    except WireError:
        return ()


_remembered = lru_cache(maxsize=4096)(_answer)
"""Ten thousand devices of one kind answer alike; what is short and was read before is not read again."""


def _is_sip(raw: bytes) -> bool:
    return raw.startswith((b"SIP/2.0 ", b"OPTIONS sip:", b"REGISTER sip:"))


_LAST_WELCOME = re.compile(rb"^220 [^\n]{0,1000}\n?", re.MULTILINE)


def _welcome(raw: bytes) -> bytes:
    """Of a greeting with code 220 only the greeting: scanners go on asking and keep the answers behind it."""
    if raw.startswith((b"220 ", b"220-")) and (end := _LAST_WELCOME.search(raw[:4096])):
        return raw[: end.end()]
    return raw


def http_facts(
    head: str, body: str, *, headers: Iterable[tuple[str, str]] = (), title: Scalar = None
) -> Iterator[Fact]:
    """What an answer of HTTP says whose body was already unpacked.

    Args:
        head: status line and headers as sent; empty where only the single headers were kept.
        body: the page.
        headers: name and value, where there is no head.
        title: the title a scanner found, for exports that keep no page.
    """
    if head:
        said, media = _head(head)
    else:
        said, media = _lines(f"{name}: {value}" for name, value in headers)
    yield from said
    shown = _short_page(body, media) if len(body) <= _SHORT_PAGE else _page(body, media)
    yield from shown
    if not any(attribute == "http.title" for attribute, _ in shown) and (named := text_of(title)):
        yield "http.title", " ".join(named.split())


def _is_head(answer: str) -> bool:
    """Whether nothing stands behind the empty line, or there is none."""
    end = answer.find("\r\n\r\n")
    return (end < 0 or end + 4 == len(answer)) and "\n\n" not in answer


_MOST_OTHER = 24  # headers without a word of their own, as `wire.head` keeps them


def _head(head: str) -> tuple[tuple[Fact, ...], str]:
    """What a head says, line by line: all but one or two of its lines are the same on very many devices."""
    if "\r\n " in head or "\r\n\t" in head or head.count("\n") != head.count("\r\n"):
        return _whole_head(head)
    return _lines(head[:MAX_BODY].split("\r\n")[1:])


def _lines(lines: Iterable[str]) -> tuple[tuple[Fact, ...], str]:
    """What lines of a head say up to the empty one, and the kind of page that they announce."""
    facts: list[Fact] = []
    media, others = "", 0
    for number, line in enumerate(lines):
        if not line or number >= MAX_HEADERS:
            break
        if line.startswith("Date: "):
            continue  # tells nothing, and is another one in each answer
        said, kind = _line(line) if len(line) <= _SHORT_LINE else _whole_head(line)
        if said:
            if said[0][0] == "http.header":
                others += 1
                if others > _MOST_OTHER:
                    continue
            facts += said
        elif kind:
            media = media or kind
    return tuple(facts), media


def _whole_head(head: str) -> tuple[tuple[Fact, ...], str]:
    try:
        found = parse_header_block(head[:MAX_BODY].encode("utf-8", "surrogatepass"))
    except WireError:
        return (), ""
    # The length and the coding in it were those of the body on the wire, and there is no body here.
    message = HttpMessage(kind="response", headers=found.headers)
    return tuple(message.facts()), message.header("content-type")


_SHORT_LINE = 300
_line = lru_cache(maxsize=16384)(_whole_head)


def _page(body: str, media: str) -> tuple[Fact, ...]:
    if not body:
        return ()
    page = body[:MAX_BODY].encode("utf-8", "surrogatepass")[:MAX_BODY]
    headers = (("content-type", media),) if media else ()
    facts = list(HttpMessage(kind="response", headers=headers, body=page).facts())
    if b"<DeviceInfo" in page[:2000]:
        with contextlib.suppress(WireError):
            facts += device_info_facts(parse_device_info(page))
    return tuple(facts)


_SHORT_PAGE = 8192
_short_page = lru_cache(maxsize=1024)(_page)
"""The log-in page of one model is the same on every device."""


@lru_cache(maxsize=1024)
def header_name(written: str) -> str:
    """The name of a header as servers send it, from ``www_authenticate`` or ``WWW_Authenticate``."""
    name = written[:80]
    if "_" not in name and not name.islower():
        return name
    return "-".join(
        part.upper() if part in ("www", "p3p") else part.capitalize() for part in re.split("[_-]", name.lower())
    )


def header_pairs(headers: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Name and value of headers that a tool sorted by name; a value may be a list."""
    for number, (name, values) in enumerate(headers.items()):
        if number >= 100:
            return
        for value in (values if isinstance(values, list) else [values])[:10]:
            if isinstance(value, str):
                yield header_name(name), plain(value, 2000)


def certificate_facts(encoded: object) -> tuple[Fact, ...]:
    """What a certificate says that is kept whole, in PEM or base64; nothing where it cannot be read."""
    if not isinstance(encoded, str) or not 40 < len(encoded) <= MAX_PEM:
        return ()
    return _certificate(encoded)


@lru_cache(maxsize=2048)
def _certificate(encoded: str) -> tuple[Fact, ...]:
    body = "".join(line for line in encoded.split("\n") if "-----" not in line)
    try:
        return each_once(parse_certificate(base64.b64decode(body, validate=False)).facts())
    except (WireError, binascii.Error, ValueError):
        return ()


_NARROWEST_FIRST = {name: place for place, name in enumerate(("CN", "emailAddress", "OU", "O", "L", "ST", "C"))}


def name_of(parts: object) -> str:
    """The name of a holder or issuer from its parts, the narrowest first as certificates are shown elsewhere."""
    if not isinstance(parts, Mapping):
        return ""
    pairs = [(str(kind), value) for kind, values in list(parts.items())[:30] for value in _texts(values)]
    pairs.sort(key=lambda pair: _NARROWEST_FIRST.get(pair[0], 1))
    return text_of(distinguished_name(pairs), 1000)


def _texts(values: object) -> Iterator[str]:
    for value in (values if isinstance(values, list) else [values])[:10]:
        if isinstance(value, str):
            yield value


def dn_text(written: object) -> str:
    """A name as ``C=US, O=Example, CN=x``, brought into the form without blanks and with the narrowest part first."""
    shown = text_of(written, 1000)
    if ", " not in shown:
        return shown
    parts = re.split(r", (?=[A-Za-z0-9.]{1,40}=)", shown)
    return ",".join(sorted(parts, key=lambda part: _NARROWEST_FIRST.get(part.partition("=")[0], 1)))


def favicon_fact(value: object) -> Iterator[Fact]:
    """The Murmur3 of an icon, which scanners write as a number or as its text."""
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,10}", value):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and -(1 << 31) <= value < 1 << 32:
        yield "favicon.mmh3", str(value - (1 << 32) if value >= 1 << 31 else value)


def md5_fact(value: object) -> Iterator[Fact]:
    """The MD5 of an icon."""
    if isinstance(value, str) and re.fullmatch(r"[0-9a-fA-F]{32}", value):
        yield "favicon.md5", value.lower()
