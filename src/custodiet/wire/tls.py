"""The readable part of TLS: what a client asks for and which certificates a server shows.

Reads records up to the point where encryption begins and decrypts nothing; in TLS 1.3 the certificate is encrypted
and therefore not seen. Input is the start of one direction of a TCP stream, in order.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from struct import Struct

import msgspec

from custodiet.errors import WireError
from custodiet.wire.text import text
from custodiet.wire.x509 import parse_certificate

MAX_HELLO = 65536
"""The longest client hello that is put together, in bytes; with post-quantum keys they reach about 2,000."""
MAX_FLIGHT = 262144
"""How many bytes of a server's answer are looked at."""
MAX_CERTIFICATES = 16
"""The most certificates of one chain that are kept."""

_CHANGE_CIPHER, _ALERT, _HANDSHAKE, _APPLICATION = 20, 21, 22, 23
_CLIENT_HELLO, _SERVER_HELLO, _CERTIFICATE, _SERVER_HELLO_DONE = 1, 2, 11, 14
_SERVER_NAME, _ALPN, _SUPPORTED_VERSIONS = 0, 16, 43
_READ = frozenset({_SERVER_NAME, _ALPN, _SUPPORTED_VERSIONS})
_MAX_CACHED = 1024
_USUAL = 512  # bytes of extensions up to which what they say is remembered
_KIND_AND_SIZE = Struct("!HH").unpack_from
_VERSIONS = {0x0300: "SSL 3.0", 0x0301: "TLS 1.0", 0x0302: "TLS 1.1", 0x0303: "TLS 1.2", 0x0304: "TLS 1.3"}


class Truncated(WireError):
    """The bytes end before the message does: with more bytes the same call may succeed."""


class ClientHello(msgspec.Struct, frozen=True, kw_only=True):
    """What a client asked for."""

    version: str
    """The highest version offered, for example ``TLS 1.3``; empty when none of the known ones."""
    server_name: tuple[str, ...] = ()
    """Names of the server that was asked for."""
    alpn: tuple[str, ...] = ()
    """Application protocols offered, in order."""

    def facts(self) -> Iterator[tuple[str, str]]:
        """What the client shows of itself."""
        for name in self.server_name:
            yield "tls.server_name", name
        if self.alpn:
            yield "tls.alpn", ",".join(self.alpn)


class ServerFlight(msgspec.Struct, frozen=True, kw_only=True):
    """What a server showed before encryption began."""

    version: str
    """The version chosen; empty when its hello was not seen."""
    certificates: tuple[bytes, ...]
    """Certificates in DER, the server's own first; only those that came whole."""
    complete: bool
    """True when more bytes cannot add a certificate."""

    def facts(self) -> Iterator[tuple[str, str]]:
        """What the server's own certificate says; nothing when it cannot be read."""
        for der in self.certificates[:1]:
            try:
                certificate = parse_certificate(der)
            except WireError:
                return
            yield from certificate.facts()


def parse_client_hello(data: bytes, *, partial: bool = False) -> ClientHello:
    """The client hello at the start of a stream, also when it is split over several records.

    Args:
        data: the bytes from client to server so far.
        partial: answer with what is there instead of asking for more; for streams that will not go on.

    Raises:
        Truncated: so far a hello, but not all of it (never with ``partial`` once its random number was passed).
        WireError: not a client hello.
    """
    # Nearly all come whole in one record.
    if len(data) >= 9 and data[0] == _HANDSHAKE and data[1] == 3 and data[5] == _CLIENT_HELLO:
        end = 9 + int.from_bytes(data[6:9])
        if end <= min(len(data), 5 + int.from_bytes(data[3:5])):
            return _client_hello(data[9:end])
    if data[:1] and data[0] != _HANDSHAKE:
        raise WireError("not TLS: the first record is no handshake")
    handshake, ended = _handshake_bytes(data, MAX_HELLO)
    if handshake and handshake[0] != _CLIENT_HELLO:
        raise WireError("the first message is no client hello")
    if len(handshake) < 4:
        raise (
            WireError("not TLS: no handshake in the first record") if ended else Truncated("a client hello that is cut")
        )
    length = int.from_bytes(handshake[1:4])
    if length > MAX_HELLO:
        raise WireError(f"a client hello of {length} bytes")
    body = handshake[4 : 4 + length]
    if len(body) < length and not partial:
        reason = f"a client hello of {length} bytes of which {len(body)} are there"
        raise WireError(reason) if ended else Truncated(reason)
    return _client_hello(body)


def parse_server_flight(data: bytes) -> ServerFlight:
    """Version and certificates from the first bytes a server sent.

    Raises:
        WireError: not TLS.
    """
    if len(data) < 5 or data[0] not in (_ALERT, _HANDSHAKE) or data[1] != 3:
        raise WireError("not TLS: the first record is neither handshake nor alert")
    handshake, ended = _handshake_bytes(data[:MAX_FLIGHT], MAX_FLIGHT)
    version = ""
    offset = 0
    while offset + 4 <= len(handshake):
        kind, length = handshake[offset], int.from_bytes(handshake[offset + 1 : offset + 4])
        body = handshake[offset + 4 : offset + 4 + length]
        whole = len(body) == length
        if offset == 0 and kind != _SERVER_HELLO:
            raise WireError("the first message is no server hello")
        if kind == _SERVER_HELLO and whole:
            version = _server_version(body)
        elif kind == _CERTIFICATE:
            return ServerFlight(version=version, certificates=_certificates(body), complete=whole or ended)
        elif kind == _SERVER_HELLO_DONE:
            ended = True
            break
        offset += 4 + length
    return ServerFlight(version=version, certificates=(), complete=ended or version == "TLS 1.3")


def _handshake_bytes(data: bytes, limit: int) -> tuple[bytes, bool]:
    """The content of the leading handshake records, and whether something else than missing bytes ended them."""
    pieces: list[bytes] = []
    size = offset = 0
    while offset + 5 <= len(data) and size < limit:
        kind, major = data[offset], data[offset + 1]
        if kind != _HANDSHAKE or major != 3:
            return b"".join(pieces), True
        length = int.from_bytes(data[offset + 3 : offset + 5])
        piece = data[offset + 5 : offset + 5 + length]
        pieces.append(piece)
        size += len(piece)
        offset += 5 + length
    return b"".join(pieces), size >= limit


# Fields stand behind their lengths. A slice behind the end is empty and counts as a length of nothing, so what is cut
# gives what is there.


def _number(data: bytes, at: int, octets: int) -> int:
    return int.from_bytes(data[at : at + octets])


def _content(data: bytes, octets: int) -> bytes:
    """The first field of all, without its length of so many octets."""
    return data[octets : octets + int.from_bytes(data[:octets])]


def _client_hello(body: bytes) -> ClientHello:
    if len(body) < 34:
        raise Truncated("a client hello that is cut")
    at = 34  # behind the random number
    at += 1 + _number(body, at, 1)  # session
    at += 2 + _number(body, at, 2)  # cipher suites
    at += 1 + _number(body, at, 1)  # compression
    found = tuple(_extensions(body, at))
    usual = sum(len(content) for _kind, content in found) <= _USUAL
    return (_usual_hello if usual else _hello)(_number(body, 0, 2), found)


def _hello(version: int, extensions: tuple[tuple[int, bytes], ...]) -> ClientHello:
    offered = [version]
    names: list[str] = []
    alpn: list[str] = []
    for kind, content in extensions:
        if kind == _SERVER_NAME:
            names += _server_names(content)
        elif kind == _ALPN:
            alpn += _protocols(content)
        elif kind == _SUPPORTED_VERSIONS:
            versions = _content(content, 1)
            offered += [_number(versions, at, 2) for at in range(0, len(versions) - 1, 2)]
    known = [number for number in offered if number in _VERSIONS]
    return ClientHello(version=_VERSIONS[max(known)] if known else "", server_name=tuple(names), alpn=tuple(alpn))


_usual_hello = lru_cache(maxsize=_MAX_CACHED)(_hello)
"""The same few names are asked for again and again."""


def _extensions(data: bytes, start: int) -> list[tuple[int, bytes]]:
    """Kind and content of the extensions that matter, from a field that holds them all."""
    at, end = start + 2, min(len(data), start + 2 + _number(data, start, 2))
    found: list[tuple[int, bytes]] = []
    while at + 4 <= end:
        kind, size = _KIND_AND_SIZE(data, at)
        at += 4 + size
        if at > end:
            break  # half a name would be a wrong name
        if kind in _READ:
            found.append((kind, data[at - size : at]))
    return found


def _server_names(content: bytes) -> tuple[str, ...]:
    listed = _content(content, 2)
    names: list[str] = []
    at = 0
    while at + 3 <= len(listed) and len(names) < 8:
        start, size = at + 3, _number(listed, at + 1, 2)
        if listed[at] == 0 and 0 < size <= len(listed) - start:
            names.append(text(listed[start : start + size], 255))
        at = start + size
    return tuple(names)


@lru_cache(maxsize=_MAX_CACHED)
def _protocols(content: bytes) -> tuple[str, ...]:
    listed = _content(content, 2)
    protocols: list[str] = []
    at = 0
    while at < len(listed) and len(protocols) < 16:
        size = listed[at]
        name = listed[at + 1 : at + 1 + size]
        # Browsers put two equal bytes such as 0x1a1a among them to keep servers tolerant (RFC 8701).
        grease = len(name) == 2 and name[0] == name[1] and name[0] & 0x0F == 0x0A
        if name and len(name) == size and not grease:
            protocols.append(text(name, 255))
        at += 1 + size
    return tuple(protocols)


def _server_version(body: bytes) -> str:
    version = _number(body, 0, 2)
    at = 34  # behind the random number
    at += 1 + _number(body, at, 1)  # session
    at += 3  # cipher suite, compression
    for kind, content in _extensions(body, at):
        if kind == _SUPPORTED_VERSIONS and len(content) == 2:
            version = int.from_bytes(content)
    return _VERSIONS.get(version, "")


def _certificates(body: bytes) -> tuple[bytes, ...]:
    at, end = 3, min(len(body), 3 + _number(body, 0, 3))
    found: list[bytes] = []
    while at < end and len(found) < MAX_CERTIFICATES:
        start, size = at + 3, _number(body, at, 3)
        at = start + size
        if start > end or at > end:
            break
        if size:
            found.append(body[start:at])
    return tuple(found)
