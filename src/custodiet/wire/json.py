"""JSON as devices and programs write it: an object, or a `WireError`, whatever the bytes are."""

from __future__ import annotations

from typing import Any

import msgspec

from custodiet.errors import WireError
from custodiet.wire.text import text


def json_object(raw: bytes, most: int | None = None) -> dict[str, Any]:
    """A JSON object.

    Args:
        raw: the bytes.
        most: how many bytes it may have; none: the caller knows that there are not too many.

    Raises:
        WireError: too large, too deep, not JSON, or not an object.
    """
    if most is not None and len(raw) > most:
        raise WireError(f"JSON of more than {most} bytes")
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise WireError("not JSON") from error
    if not isinstance(value, dict):
        raise WireError("JSON that is no object")
    return value


def scalar(value: object) -> str:
    """A value of JSON as text; empty for null, lists and objects."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return text(value.strip().encode("utf-8", "replace"))
    # Numbers of hundreds of digits are nobody's port or version, and long ones cost time to print.
    if isinstance(value, int) and abs(value) < 1 << 64:
        return str(value)
    return str(value) if isinstance(value, float) else ""
