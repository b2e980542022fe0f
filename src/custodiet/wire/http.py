"""HTTP/1: the head of the first messages of one direction of a stream, and the start of their bodies.

Also reads what people and tools write down of an answer: a list of headers without status line, or a bare page. Tells
servers and clients apart by the first line alone. Credentials are not kept: neither the header that carries them nor
the parts of a path that do.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Literal

import msgspec

from custodiet.errors import WireError
from custodiet.wire.head import (
    Headers,
    answer_facts,
    header,
    is_header_line,
    split_head,
    without_password,
    without_session,
)
from custodiet.wire.text import text

MAX_BODY = 65536
"""The most bytes of a body that are looked at or unpacked."""
MAX_MESSAGES = 16
"""The most messages of one direction of a stream that are read."""

_METHODS = frozenset(
    b"GET HEAD POST PUT DELETE OPTIONS PATCH TRACE CONNECT PROPFIND SUBSCRIBE UNSUBSCRIBE NOTIFY M-SEARCH".split()
)
_OWN_ATTRIBUTE = {
    "server": "http.server",
    "www-authenticate": "http.www_authenticate",
    "location": "http.location",
}
# Headers that nearly every server sends or that are true for one answer only. Whatever else is there is kept.
_NOT_KEPT = frozenset(
    {
        "accept-ranges",
        "age",
        "alt-svc",
        "authentication-info",
        "authorization",
        "cache-control",
        "connection",
        "content-disposition",
        "content-encoding",
        "content-language",
        "content-length",
        "content-range",
        "content-type",
        "date",
        "expires",
        "keep-alive",
        "last-modified",
        "pragma",
        "set-cookie",
        "strict-transport-security",
        "transfer-encoding",
        "vary",
    }
)
_TITLE_START = re.compile(rb"<title(?:\s[^<>]{0,200})?>", re.IGNORECASE)
_TITLE_END = re.compile(rb"</title", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
# Old pages of devices are written in these; everything else is read as UTF-8.
_CODECS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "shift_jis": "cp932",
    "euc-jp": "euc_jp",
    "iso-8859-1": "cp1252",
    "windows-1252": "cp1252",
    "windows-1251": "cp1251",
    "windows-1250": "cp1250",
    "iso-8859-2": "iso8859-2",
    "iso-8859-15": "iso8859-15",
}
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r\f")
_MEDIA = ("image/", "video/", "audio/", "font/", "multipart/", "application/octet-stream", "application/zip")


class HttpMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One message, or what somebody wrote down of one."""

    kind: Literal["request", "response", "page"]
    """``page`` is a body whose head nobody kept."""
    method: str = ""
    """Method of a request."""
    path: str = ""
    """Path and query of a request, with passwords replaced by ``***``."""
    status: int = 0
    """Status of a response; 0 where the status line was not kept."""
    headers: Headers = ()
    """Name and value in the order sent, repeats included."""
    body: bytes = b""
    """The start of the body, unpacked and put together, at most `MAX_BODY` bytes."""

    def header(self, name: str) -> str:
        """The first header of that name in any case; empty when there is none."""
        return header(self.headers, name)

    @property
    def title(self) -> str:
        """The title of a page; empty where there is none."""
        # A search without regard to case looks at every byte by itself; most bodies hold no such word at all.
        first = self.body.lower().find(b"<title")
        start = _TITLE_START.search(self.body, first) if first >= 0 else None
        end = _TITLE_END.search(self.body, start.end(), start.end() + 2000) if start else None
        if start is None or end is None:  # half a title would be a wrong title
            return ""
        decoded = self._decode(self.body[start.end() : end.start()])
        if "&" in decoded:
            from html import unescape  # its table of names is large, and few titles need it

            decoded = unescape(decoded)
        return text(" ".join(decoded.split()).encode("utf-8", "surrogateescape"))

    @property
    def body_text(self) -> str:
        """The first 4,000 characters of the body; empty where it is no text."""
        start = self.body[:1024]
        media = self.header("content-type").lower()
        if not start.strip() or media.startswith(_MEDIA):
            return ""
        controls = len(start) - len(start.translate(None, _CONTROLS))
        if b"\0" in start or controls * 20 > len(start):
            return ""
        return text(self._decode(self.body[:16000]).encode("utf-8", "surrogateescape"), 4000)

    def _decode(self, raw: bytes) -> str:
        """Part of the body in the encoding that header or page name; bytes that do not fit are kept as they are."""
        try:
            return raw.decode("utf-8")  # whatever is declared: text that is valid UTF-8 is hardly ever anything else
        except UnicodeDecodeError:
            pass
        match = _CHARSET.search(self.header("content-type").encode()) or _CHARSET.search(self.body[:2048])
        codec = _CODECS.get(match[1].decode().lower(), "") if match else ""
        return raw.decode(codec, "replace") if codec else raw.decode("utf-8", "surrogateescape")

    def facts(self) -> Iterator[tuple[str, str]]:
        """What the sender shows of itself."""
        if self.kind == "request":
            for attribute, name in (("http.user_agent", "user-agent"), ("http.host", "host")):
                if value := self.header(name):
                    yield attribute, value
            if self.path:
                yield "http.asked_path", self.path
            return
        yield from answer_facts(self.headers, _OWN_ATTRIBUTE, _NOT_KEPT, "http.header")
        for name, value in self.headers:
            if name.lower() == "set-cookie" and value:
                yield "http.set_cookie", without_session(value)
        if title := self.title:
            yield "http.title", title
        if body := self.body_text:
            yield "http.body", body

    def facts_about_peer(self) -> Iterator[tuple[str, str]]:
        """What a request says about the server it is sent to."""
        if self.kind == "request" and self.path:
            yield "http.path", self.path


def parse_http(data: bytes) -> HttpMessage:
    """The first message of one direction of a stream; a body that is cut gives what is there.

    Raises:
        WireError: no request or status line of HTTP/1, or a head longer than ``MAX_HEAD`` bytes.
    """
    return _parse(data)[0]


def parse_http_all(data: bytes) -> tuple[HttpMessage, ...]:
    """The messages that follow one another in one direction of a stream, at most `MAX_MESSAGES`.

    Raises:
        WireError: the first cannot be read; what cannot be read later ends the list.
    """
    message, offset = _parse(data)
    messages = [message]
    while offset < len(data) and len(messages) < MAX_MESSAGES:
        try:
            message, used = _parse(data[offset:])
        except WireError:
            break
        messages.append(message)
        offset += used
    return tuple(messages)


def parse_header_block(data: bytes) -> HttpMessage:
    """A list of headers of an answer, with or without status line; lines may end in a bare line feed.

    Raises:
        WireError: the first line is neither.
    """
    if data.lstrip()[:5] == b"HTTP/":
        return parse_http(data.lstrip())
    headers, body = split_head(data.lstrip(b"\r\n"))
    if not headers:
        raise WireError("no header in the first line")
    return HttpMessage(kind="response", headers=headers, body=_plain(headers, body, closed=True)[0])


def parse_http_text(data: bytes) -> HttpMessage:
    """Whatever somebody kept of an answer: the message, its headers, or only its page.

    Raises:
        WireError: nothing but blanks.
    """
    if not data.strip():
        raise WireError("nothing kept of the answer")
    try:
        return parse_http(data.lstrip())
    except WireError:
        pass
    first = data.lstrip().split(b"\n", 1)[0]
    if is_header_line(first):
        return parse_header_block(data)
    return HttpMessage(kind="page", body=data[:MAX_BODY])


def _parse(data: bytes) -> tuple[HttpMessage, int]:
    """The first message and how many bytes it takes."""
    line, _, _ = data[:8192].partition(b"\n")
    words = line.strip().split(b" ")
    if words[0].startswith((b"HTTP/1.", b"HTTP/0.")):
        status = words[1] if len(words) > 1 else b""
        headers, rest = split_head(data, first_line=True)
        number = int(status) if len(status) == 3 and status.isdigit() else 0
        closed = not (100 <= number < 200 or number in (204, 304))
        body, used = _plain(headers, rest, closed=closed)
        message = HttpMessage(kind="response", status=number, headers=headers, body=body)
    elif len(words) >= 3 and words[-1].startswith(b"HTTP/1.") and words[0] in _METHODS:
        headers, rest = split_head(data, first_line=True)
        body, used = _plain(headers, rest, closed=False)
        message = HttpMessage(
            kind="request",
            method=words[0].decode(),
            path=without_password(_path(b" ".join(words[1:-1]))),
            headers=headers,
            body=body,
        )
    else:
        raise WireError("not HTTP: no request line and no status line")
    return message, len(data) - len(rest) + used


def _path(target: bytes) -> str:
    """Path and query of a request target, which may be a whole URL."""
    scheme, mark, rest = target.partition(b"://")
    if mark and scheme.isalpha():
        target = b"/" + rest.partition(b"/")[2]
    return text(target)


def _plain(headers: Headers, rest: bytes, *, closed: bool) -> tuple[bytes, int]:
    """The body in plain form, and how many bytes of the stream it takes.

    Args:
        headers: of the message.
        rest: the stream behind its head.
        closed: without a length, the body goes on until the stream ends.
    """
    length = header(headers, "content-length").strip()
    if "chunked" in header(headers, "transfer-encoding").lower():
        body, used = _unchunk(rest)
    elif length.isascii() and length.isdigit() and len(length) <= 12:
        used = min(int(length), len(rest))
        body = rest[: min(used, MAX_BODY)]
    else:
        used = len(rest) if closed else 0
        body = rest[: min(used, MAX_BODY)]
    coding = header(headers, "content-encoding").lower()
    if "gzip" in coding or "deflate" in coding:
        body = _unpack(body)
    return body, used


def _unchunk(rest: bytes) -> tuple[bytes, int]:
    """The content of the chunks that are there, and how many bytes they take."""
    pieces: list[bytes] = []
    size = offset = 0
    while size < MAX_BODY:
        stop = rest.find(b"\n", offset, offset + 1024)
        digits = rest[offset:stop].split(b";", 1)[0].strip() if stop >= 0 else b""
        try:
            length = int(digits, 16) if len(digits) <= 8 else -1
        except ValueError:
            length = -1
        if length < 0:
            return b"".join(pieces), len(rest)
        offset = stop + 1
        if length == 0:
            end = rest.find(b"\n", offset)
            return b"".join(pieces), end + 1 if end >= 0 else len(rest)
        piece = rest[offset : offset + min(length, MAX_BODY - size)]
        pieces.append(piece)
        size += len(piece)
        offset += length
        if offset >= len(rest):
            return b"".join(pieces), len(rest)
        offset += 2 if rest[offset : offset + 2] == b"\r\n" else 1
    return b"".join(pieces), len(rest)


def _unpack(packed: bytes) -> bytes:
    """A gzip or zlib body unpacked, at most `MAX_BODY` bytes of it; nothing where it is neither."""
    try:
        return zlib.decompressobj(wbits=47).decompress(packed, MAX_BODY)
    except zlib.error:
        pass
    try:
        return zlib.decompressobj(wbits=-15).decompress(packed, MAX_BODY)  # "deflate" as some servers understand it
    except zlib.error:
        return b""
