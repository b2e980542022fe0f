"""The head that HTTP, RTSP and SIP share: a first line, then headers up to an empty line.

Knows how the lines are cut, folded and kept, and which parts are secrets that nobody needs in a report. What a header
means is known by the protocol that uses it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

from custodiet.errors import WireError
from custodiet.wire.text import text

MAX_HEAD = 65536
"""The longest head, in bytes."""
MAX_HEADERS = 100
"""The most headers of one message that are kept."""
_MAX_VALUE = 2000
_MAX_KEPT = 24
_USUAL = 200
"""Lines up to this length are remembered once they were read."""

Headers: TypeAlias = tuple[tuple[str, str], ...]
"""Name and value in the order sent, repeats included."""

_HEADER_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,80})[ \t]{0,20}:(.*)", re.DOTALL)
# Xiongmai's paths join their parts with "_" instead of "&".
_SECRET = re.compile(
    r"(?i)((?:^|[/?&;_:-])(?:user_?)?(?:pass(?:word|wd)?|pwd|psw|token|auth|session_?id)=)"
    r"[^&;/?#\s]{1,200}?(?=_channel=|_stream=|[&;/?#\s]|\Z)"
)


def is_header_line(line: bytes) -> bool:
    """Whether a line reads as ``Name: value``."""
    return _HEADER_LINE.match(line) is not None


def split_head(data: bytes, *, first_line: bool = False) -> tuple[Headers, bytes]:
    """Headers, and what follows the empty line behind them.

    A head that ends without an empty line (cut, or written down by hand) is taken as far as its lines are whole or the
    data ends; folded lines are joined.

    Args:
        data: the bytes from the first line on.
        first_line: leave out the first line.

    Raises:
        WireError: no end in `MAX_HEAD` bytes.
    """
    headers: list[tuple[str, str]] = []
    offset = 0
    while offset < len(data):
        stop = data.find(b"\n", offset, MAX_HEAD)
        if stop < 0:
            if len(data) > MAX_HEAD:
                raise WireError(f"a head of more than {MAX_HEAD} bytes")
            stop = len(data)
        line, offset = data[offset:stop].rstrip(b"\r\n"), stop + 1
        if first_line:
            first_line = False
            continue
        if not line.strip():
            return tuple(headers), data[offset:]
        if line[:1] in b" \t" and headers:
            name, value = headers[-1]
            if len(value) < _MAX_VALUE:
                headers[-1] = (name, text(f"{value} ".encode() + line.strip(), _MAX_VALUE))
            continue
        found = _usual_header_line(line) if len(line) <= _USUAL else _read_header_line(line)
        if found is not None and len(headers) < MAX_HEADERS:
            headers.append(found)
    return tuple(headers), b""


def _read_header_line(line: bytes) -> tuple[str, str] | None:
    match = _HEADER_LINE.match(line)
    return None if match is None else (match[1].decode("ascii"), text(match[2].strip(), _MAX_VALUE))


_usual_header_line = lru_cache(maxsize=1024)(_read_header_line)
"""Most lines are the same in very many messages."""


def header(headers: Headers, name: str) -> str:
    """The first header of that name in any case; empty when there is none."""
    name = name.lower()
    for key, value in headers:
        if key.lower() == name:
            return value
    return ""


def answer_facts(
    headers: Headers, own: dict[str, str], not_kept: frozenset[str], other: str
) -> Iterator[tuple[str, str]]:
    """The facts in the headers of an answer.

    Args:
        headers: name and value in the order sent.
        own: lower-case name -> attribute, for headers that have one of their own.
        not_kept: lower-case names that tell nothing.
        other: attribute for all the rest, as ``Name: value``.
    """
    kept = 0
    for name, value in headers:
        lower = name.lower()
        if lower in not_kept or not value:
            continue
        if attribute := own.get(lower):
            yield attribute, value[:400]
        elif kept < _MAX_KEPT:
            kept += 1
            yield other, f"{name}: {value}"[:400]


def without_password(path: str) -> str:
    """A path without the passwords and session keys that some devices take in it."""
    return _SECRET.sub(r"\1***", path) if "=" in path else path


def without_session(cookie: str) -> str:
    """A Set-Cookie value in which a long value, which is the key of a session, is replaced by ``***``."""
    pair, mark, rest = cookie.partition(";")
    name, equals, value = pair.partition("=")
    if len(value.strip()) >= 16:
        value = "***"
    return f"{name}{equals}{value}{mark}{rest}"[:400]
