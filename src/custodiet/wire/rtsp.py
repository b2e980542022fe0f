"""RTSP/1.0 and the session descriptions (SDP) it carries.

The description of a stream is the best a passive listener gets from a camera: it needs no log-in of ours. It is kept as
the device wrote it; what its lines tell about the maker is knowledge of the catalog. Credentials are not kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from custodiet.errors import WireError
from custodiet.wire.head import Headers, answer_facts, header, split_head, without_password
from custodiet.wire.text import text

MAX_SDP = 4000
"""The most characters of a session description that are kept."""
MAX_MESSAGES = 16
"""The most messages of one direction of a stream that are read."""

_METHODS = frozenset(
    b"OPTIONS DESCRIBE ANNOUNCE SETUP PLAY PAUSE TEARDOWN GET_PARAMETER SET_PARAMETER REDIRECT RECORD".split()
)
_OWN_ATTRIBUTE = {
    "server": "rtsp.server",
    "www-authenticate": "rtsp.www_authenticate",
    "public": "rtsp.public",
}
# Headers that are true for one answer only or that nearly every server sends. Whatever else is there is kept.
_NOT_KEPT = frozenset(
    {
        "cseq",
        "session",
        "date",
        "rtp-info",
        "range",
        "transport",
        "timestamp",
        "expires",
        "last-modified",
        "cache-control",
        "connection",
        "content-base",
        "content-length",
        "content-location",
        "content-type",
        "authorization",
    }
)


class RtspMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One message, or a bare session description."""

    kind: Literal["request", "response", "description"]
    """``description`` is a session description whose answer nobody kept."""
    method: str = ""
    """Method of a request."""
    path: str = ""
    """Path and query of the stream: of a request the one asked for, of a response its Content-Base. No passwords."""
    status: int = 0
    """Status of a response."""
    headers: Headers = ()
    """Name and value in the order sent, repeats included."""
    sdp: str = ""
    """The session description, cut to `MAX_SDP` characters; empty when there is none."""

    def header(self, name: str) -> str:
        """The first header of that name in any case; empty when there is none."""
        return header(self.headers, name)

    def facts(self) -> Iterator[tuple[str, str]]:
        """What the sender shows of itself."""
        if self.kind == "request":
            if agent := self.header("user-agent"):
                yield "rtsp.user_agent", agent
            # ANNOUNCE: the sender describes the stream it is about to send.
        else:
            yield from answer_facts(self.headers, _OWN_ATTRIBUTE, _NOT_KEPT, "rtsp.header")
            if self.path:
                yield "rtsp.path", self.path
        if self.sdp:
            yield "rtsp.sdp", self.sdp

    def facts_about_peer(self) -> Iterator[tuple[str, str]]:
        """What a request says about the server it is sent to."""
        if self.kind == "request" and self.path:
            yield "rtsp.path", self.path


def parse_rtsp(data: bytes) -> RtspMessage:
    """The first message of one direction of a stream, or a bare session description.

    Raises:
        WireError: neither request line, status line nor ``v=0`` at the start, or a head without end.
    """
    return _parse(data)[0]


def parse_rtsp_all(data: bytes) -> tuple[RtspMessage, ...]:
    """The messages that follow one another in one direction of a stream, at most `MAX_MESSAGES`.

    Media that is sent in the same stream is skipped.

    Raises:
        WireError: the first cannot be read; what cannot be read later ends the list.
    """
    message, offset = _parse(data)
    messages = [message]
    while len(messages) < MAX_MESSAGES:
        while data[offset : offset + 1] == b"$" and offset + 4 <= len(data):
            offset += 4 + int.from_bytes(data[offset + 2 : offset + 4])
        if offset >= len(data):
            break
        try:
            message, used = _parse(data[offset:])
        except WireError:
            break
        messages.append(message)
        offset += used
    return tuple(messages)


def stream_path(url: bytes | str) -> str:
    """Path and query of an ``rtsp://`` address or of a bare path, without passwords; empty for ``*``."""
    raw = url.encode("utf-8", "replace") if isinstance(url, str) else url
    raw = raw.strip()
    scheme, mark, rest = raw[:4000].partition(b"://")
    if mark and scheme.isalnum():
        # The host ends at the first "/" or "?"; before it stand perhaps a name and a password.
        start = min((at for at in (rest.find(b"/"), rest.find(b"?")) if at >= 0), default=len(rest))
        raw = rest[start:]
        if not raw.startswith(b"/"):
            raw = b"/" + raw
    if not raw.startswith(b"/"):
        return ""
    return without_password(text(raw))


def _parse(data: bytes) -> tuple[RtspMessage, int]:
    """The first message and how many bytes it takes."""
    if _is_sdp(data):
        return RtspMessage(kind="description", sdp=text(data.strip(b"\0\r\n "), MAX_SDP)), len(data)
    line = data[:8192].partition(b"\n")[0]
    words = line.strip().split(b" ")
    if words[0].startswith(b"RTSP/"):
        status = words[1] if len(words) > 1 else b""
        headers, rest = split_head(data, first_line=True)
        sdp, used = _description(headers, rest)
        message = RtspMessage(
            kind="response",
            status=int(status) if len(status) == 3 and status.isdigit() else 0,
            path=stream_path(header(headers, "content-base")).rstrip("/"),
            headers=headers,
            sdp=sdp,
        )
    elif len(words) >= 3 and words[-1].startswith(b"RTSP/") and words[0] in _METHODS:
        headers, rest = split_head(data, first_line=True)
        sdp, used = _description(headers, rest)
        message = RtspMessage(
            kind="request",
            method=words[0].decode(),
            path=stream_path(b" ".join(words[1:-1])),
            headers=headers,
            sdp=sdp,
        )
    else:
        raise WireError("not RTSP: no request line, no status line and no session description")
    return message, len(data) - len(rest) + used


def _is_sdp(data: bytes) -> bool:
    return data[:16].lstrip().startswith(b"v=0")


def _description(headers: Headers, rest: bytes) -> tuple[str, int]:
    """The session description behind a head, and how many bytes of the stream the body takes."""
    length = header(headers, "content-length").strip()
    if length.isascii() and length.isdigit() and len(length) <= 9:
        used = min(int(length), len(rest))
    else:
        # Without a length there is no body, unless the device forgot to say so and a description follows.
        used = len(rest) if _is_sdp(rest) else 0
    body = rest[:used]
    if not (_is_sdp(body) or header(headers, "content-type").lower().startswith("application/sdp")):
        return "", used
    return text(body.strip(b"\0\r\n "), MAX_SDP), used
