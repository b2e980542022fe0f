"""What a server says first: FTP, Telnet, SSH, mail, SIP, and services nobody can name.

The words decide before the port does, since devices hide services behind odd ports. HTTP, RTSP and TLS have their own
files and are refused here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, TypeAlias

import msgspec

from custodiet.errors import WireError
from custodiet.wire.head import header, split_head
from custodiet.wire.text import text

Service: TypeAlias = Literal["ftp", "telnet", "ssh", "smtp", "sip", "tcp"]

MAX_GREETING = 4096
"""How many bytes of a greeting are looked at."""

_IAC, _SB, _SE, _WILL, _DONT = 255, 250, 240, 251, 254
_PORTS: dict[int, Service] = {
    21: "ftp",
    2121: "ftp",
    22: "ssh",
    2222: "ssh",
    23: "telnet",
    2323: "telnet",
    25: "smtp",
    465: "smtp",
    587: "smtp",
    2525: "smtp",
    5060: "sip",
}
_NOT_MINE = (b"HTTP/", b"RTSP/", b"GET ", b"POST ", b"HEAD ", b"PUT ", b"NOTIFY * HTTP", b"M-SEARCH ")
_SIP_REQUEST = re.compile(rb"[A-Z]{3,12} sips?:[^\r\n]{1,400} SIP/2\.0\r?\n")
_LOGIN = re.compile(rb"(?:login|user(?:name)?|password)\s{0,5}:\s{0,5}\Z", re.IGNORECASE)
_FTP = re.compile(rb"\bftp (?:server|service|version)\b|\b\w{0,12}ftpd\b", re.IGNORECASE)
_TELNET = re.compile(rb"\btelnet (?:server|service|daemon)\b", re.IGNORECASE)
_CODE = re.compile(rb"^220[ -]", re.MULTILINE)


class Greeting(msgspec.Struct, frozen=True, kw_only=True):
    """The first words of a server."""

    service: Service
    """The kind of service; ``tcp`` for one without a known greeting."""
    value: str
    """What it said, without reply codes and without Telnet's negotiation; empty when nothing remains."""

    def facts(self) -> Iterator[tuple[str, str]]:
        """What the sender shows of itself."""
        if self.value:
            yield f"banner.{self.service}", self.value


def parse_greeting(data: bytes, port: int = 0) -> Greeting:
    """The greeting in the first bytes of a server.

    Args:
        data: the bytes from server to client.
        port: port of the server; 0 when it is not known.

    Raises:
        WireError: nothing there, or a message of HTTP, RTSP or TLS.
    """
    data = data[:MAX_GREETING]
    if not data:
        raise WireError("an empty greeting")
    if data.startswith(_NOT_MINE) or (data[0] in (20, 21, 22, 23) and data[1:2] == b"\x03"):
        raise WireError("no greeting but a message of HTTP, RTSP or TLS")
    if data.startswith(b"SIP/2.0 ") or _SIP_REQUEST.match(data):
        return _sip(data)
    if data.startswith(b"SSH-"):
        return Greeting(service="ssh", value=text(data.split(b"\n", 1)[0].rstrip(b"\r")))
    if data[0] == _IAC:
        if len(data) > 1 and _SE <= data[1] < _IAC:
            return Greeting(service="telnet", value=_shown(without_negotiation(data)))
        return Greeting(service="tcp", value=text(data))
    if data.startswith((b"220 ", b"220-")):
        return _welcome(data, port)
    service = _PORTS.get(port, "tcp")
    if service in ("sip", "ssh"):
        service = "tcp"  # these two say so in their first letters
    if service == "tcp" and b"\0" not in data:
        if _LOGIN.search(data[-40:]) or _TELNET.search(data[:400]):
            service = "telnet"
        elif _FTP.search(data[:400]):
            service = "ftp"
    if service == "tcp":
        return Greeting(service="tcp", value=text(data))
    return Greeting(service=service, value=_shown(data))


def _welcome(data: bytes, port: int) -> Greeting:
    """A greeting with reply code 220, which FTP and mail share."""
    words = data.lower()
    service: Service
    if b"smtp" in words or _PORTS.get(port) == "smtp":
        service = "smtp"
    elif b"ftp" in words or _PORTS.get(port) == "ftp":
        service = "ftp"
    else:
        service = "ftp" if port not in _PORTS else "tcp"
    return Greeting(service=service, value=_shown(_CODE.sub(b"", data)))


def _sip(data: bytes) -> Greeting:
    headers, _body = split_head(data, first_line=True)
    return Greeting(service="sip", value=(header(headers, "server") or header(headers, "user-agent"))[:400])


def without_negotiation(data: bytes) -> bytes:
    """What a Telnet server shows, without the commands between the two programs."""
    shown = bytearray()
    offset = 0
    while offset < len(data):
        byte = data[offset]
        offset += 1
        if byte != _IAC:
            shown.append(byte)
            continue
        command = data[offset] if offset < len(data) else _SE
        offset += 1
        if command == _IAC:
            shown.append(_IAC)
        elif _WILL <= command <= _DONT:
            offset += 1  # and the option it is about
        elif command == _SB:
            end = data.find(bytes((_IAC, _SE)), offset)
            offset = end + 2 if end >= 0 else len(data)
    return bytes(shown)


def _shown(data: bytes) -> str:
    """Text of a greeting with one kind of line end and no blanks around."""
    return text(data.replace(b"\r\n", b"\n").replace(b"\r\0", b"").replace(b"\r", b"\n").strip(b"\0 \t\n"))
