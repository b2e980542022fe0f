"""One question put to one address, and what came back: the record a sweep keeps, so that it can be read again."""

from __future__ import annotations

from typing import Literal

import msgspec

Outcome = Literal["answered", "silent", "refused", "unreachable", "late", "stopped"]
"""``late``: we were too slow ourselves, so the silence says nothing. ``stopped``: distress or a budget ended it."""


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """What one question to one address brought; the answers are kept as they came."""

    question: str
    """Id of the question."""
    target: str
    """Address that was asked, or the group for a question to many."""
    port: int
    """Port that was asked."""
    at: float
    """Seconds since 1970 UTC, when it was sent."""
    outcome: Outcome
    """What became of it."""
    sender: str = ""
    """Address that answered, where it is another than the target."""
    answers: tuple[bytes, ...] = ()
    """The answers in the order in which they came, each cut to what the question allows."""
    rtt: float = 0.0
    """Seconds until the first answer."""
