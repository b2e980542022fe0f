"""A limit on the time that expressions from outside may take: the engine of `re` looks for signals while it works.

Where a signal cannot be had (not the main thread, or a system without them) only expressions may be run of which the
structure alone shows that they cannot explode.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# The parser of the standard library: the only thing that knows exactly what `re` will do.
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

from custodiet.catalog.runaway import _REPEATS, _parts


class OutOfTime(Exception):
    """The work inside `time_limit` took longer than it may."""


@contextmanager
def time_limit(seconds: float) -> Iterator[bool]:
    """Stop what is done in the block after some seconds.

    Yields:
        whether it can be stopped here.

    Raises:
        OutOfTime: it was stopped.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield False
        return

    def stop(_number: int, _frame: object) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield True
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def may_explode(pattern: str) -> bool:
    """Whether a repeat holds a choice: without one, the time grows with a small power of the length at most.

    Raises:
        re.error, RecursionError, OverflowError: this is no expression.
    """
    return _choice(_parser.parse(pattern), inside=False)


def _choice(parsed: Any, inside: bool) -> bool:
    for operation, argument in parsed:
        if operation in _REPEATS:
            low, high, body = argument
            if (inside and low != high) or _choice(body, inside or high > 1):
                return True
        elif (inside and operation is _constants.BRANCH) or any(
            _choice(part, inside) for part in _parts(operation, argument)
        ):
            return True
    return False
