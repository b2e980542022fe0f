"""The raw answers that nmap prints of services it does not know: ``SF-Port80-TCP:...%r(GetRequest,ED,"HTTP/1\\.1...``.

Each answer goes to the parser of its protocol, told by how it begins and not by the probe: many RTSP servers answer an
HTTP request, in RTSP.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from custodiet.errors import WireError
from custodiet.wire.greeting import parse_greeting
from custodiet.wire.http import parse_http
from custodiet.wire.rtsp import parse_rtsp

MAX_FINGERPRINT = 1 << 16
"""The most characters of one fingerprint that are read."""

_READ = frozenset({"NULL", "GetRequest", "RTSPRequest", "SIPOptions"})
# Inside the quotes only an escaped quote may stand, so the match runs over each character once.
_ANSWER = re.compile(r'%r\(([A-Za-z0-9-]{1,40}),[0-9A-Fa-f]{1,8},"((?:[^"\\]|\\.)*)"\)', re.DOTALL)
_ESCAPE = re.compile(rb"\\(x[0-9A-Fa-f]{2}|.)", re.DOTALL)
_PLAIN = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0", b"a": b"\a", b"b": b"\b", b"f": b"\f", b"v": b"\v"}


def answers(fingerprint: str) -> dict[str, bytes]:
    """Probe -> the bytes that were answered; nothing where the text is no fingerprint."""
    joined = fingerprint[:MAX_FINGERPRINT].replace("\nSF:", "").replace("\n", "")
    return {
        match[1]: _ESCAPE.sub(_unescape, match[2].encode("utf-8", "surrogatepass"))
        for match in _ANSWER.finditer(joined)
    }


def _unescape(match: re.Match[bytes]) -> bytes:
    code = match[1]
    if len(code) == 3:
        return bytes([int(code[1:], 16)])
    return _PLAIN.get(code, code)


def answer_facts(fingerprint: str, port: int) -> Iterator[tuple[str, str]]:
    """The facts in the answers.

    Args:
        fingerprint: the text of nmap, on one line or folded.
        port: the number of the port.
    """
    for probe, answer in answers(fingerprint).items():
        if probe not in _READ:
            continue
        try:
            if answer.startswith(b"HTTP/"):
                yield from parse_http(answer).facts()
            elif answer.startswith(b"RTSP/"):
                yield from parse_rtsp(answer).facts()
            elif probe in ("NULL", "SIPOptions"):
                yield from parse_greeting(answer, port).facts()
        except WireError:
            continue  # an answer that the protocol's parser does not know tells nothing; the port stays
