"""Whether an answer is complete, so that nobody waits for more: a device's connection is then given back at once.

It knows the frames of HTTP and RTSP with a counted body and of the greeting of TLS 1.2. Of everything else it says that
it does not know, which costs a short wait and nothing more.
"""

from __future__ import annotations

import re

_LENGTH = re.compile(rb"\r\ncontent-length[ \t]*:[ \t]*(\d{1,9})[ \t]*\r\n", re.IGNORECASE)
_CODED = re.compile(rb"\r\ntransfer-encoding[ \t]*:", re.IGNORECASE)
_LONGEST_HEAD = 16384
_ALERT, _HANDSHAKE = 21, 22
_DONE = b"\x0e\0\0\0"
"""The message by which a server of TLS 1.2 says that it is the client's turn."""


def is_whole(answer: bytes | bytearray) -> bool:
    """Whether nothing more belongs to this answer; False where that cannot be known."""
    if answer.startswith((b"HTTP/1.", b"RTSP/1.")):
        return _whole_text(answer)
    return len(answer) >= 7 and answer[1] == 3 and answer[0] in (_ALERT, _HANDSHAKE) and _whole_greeting(answer)


def _whole_text(answer: bytes | bytearray) -> bool:
    head = answer.find(b"\r\n\r\n", 0, _LONGEST_HEAD)
    if head < 0:
        return False
    above = bytes(answer[: head + 2])
    if _CODED.search(above):
        return False
    found = _LENGTH.search(above)
    if found:
        return len(answer) >= head + 4 + int(found[1])
    # a stream server counts a body where there is one; a page without a count ends with its connection
    return answer.startswith(b"RTSP/") or answer[9:12] in (b"204", b"304")


def _whole_greeting(answer: bytes | bytearray) -> bool:
    at = 0
    while at + 5 <= len(answer):
        size = int.from_bytes(answer[at + 3 : at + 5], "big")
        kind, at = answer[at], at + 5 + size
    return at == len(answer) and (kind == _ALERT or answer.endswith(_DONE))
