"""Lengths of time, sizes and numbers in words, for sentences about traffic."""

from __future__ import annotations

from collections.abc import Sequence

DAY = 86_400.0
"""Seconds."""


def duration(seconds: float) -> str:
    """A length of time for people; less than a day is never a day."""
    if seconds < 1:
        return "less than a second"
    for unit, length, until in (("second", 1.0, 120.0), ("minute", 60.0, 7200.0), ("hour", 3600.0, 2 * DAY)):
        if seconds < until:
            return how_many(int(seconds / length), unit)
    return f"{int(seconds / DAY):,} days"


def size(number: int) -> str:
    """Bytes for people, in powers of 1,000."""
    amount = float(number)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:,.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:,.1f} TB"


def how_many(number: int, one: str, many: str = "") -> str:
    """A number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(parts: Sequence[str]) -> str:
    """ "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
