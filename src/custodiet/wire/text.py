"""Bytes of a device as text that can be stored, compared and shown.

UTF-8 stays as it is. Everything else, and every control character but tab and line ends, is kept as ``\\xNN``, so that
nothing is lost and nothing can move a cursor. How text is made safe for HTML, CSV or a terminal is not known here:
that is the work of the writers in ``report/``.
"""

from __future__ import annotations

import re

_CONTROLS = [number for number in (*range(0x20), *range(0x7F, 0xA0)) if chr(number) not in "\t\n\r"]
_CONTROL_BYTES = bytes(number for number in _CONTROLS if number < 0x80)
_ESCAPES = {number: "".join(f"\\x{byte:02x}" for byte in chr(number).encode()) for number in _CONTROLS}
# The backslash of an escape that the limit cut in two.
_CUT_ESCAPE = re.compile(r"\\(?:x[0-9a-f]?)?\Z")


def text(raw: bytes, limit: int = 400) -> str:
    """Bytes as text.

    Args:
        raw: any bytes; only as many as can matter for the limit are looked at.
        limit: the most characters of the answer; an escape is never cut in two.

    Returns:
        the text, without surrogates and without control characters other than tab, line feed and carriage return.
    """
    # A character of UTF-8 has at most four bytes, so a character cut here always stands behind the limit.
    raw = bytes(raw[: 4 * limit])
    decoded = raw.decode("utf-8", "backslashreplace")
    if not decoded.isprintable() and not (decoded.isascii() and raw == raw.translate(None, _CONTROL_BYTES)):
        # Slow, and mostly it is only the end of a line that cannot be printed.
        decoded = decoded.translate(_ESCAPES)
    if len(decoded) <= limit:
        return decoded
    return _CUT_ESCAPE.sub("", decoded[:limit])
