"""Expressions that could run away on hostile input: found by their structure, and by trying.

A device chooses the text that our expressions read, so a repeat inside a repeat is a way to stop us. The structure test
refuses what is known to explode; the trial runs every expression over long strings made of its own pieces.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

# The parser of the standard library: the only thing that knows exactly what `re` will do.
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

HOSTILE_LENGTH = 10_000
"""Characters of a trial string, more than any value that is ever matched."""

LONGEST_TRIAL = 0.25
"""Seconds of CPU time that one trial may take; a busy machine makes no expression slow."""

_LENGTHS = (16, 24, 40, 64, 100, 160, 250, 400, 640, 1_000, 1_600, 2_500, 4_000, 6_400, HOSTILE_LENGTH)
"""Short first and in small steps: an expression that explodes is caught long before the full length."""

_SPOILER = "\x01"
"""Ends every trial, so that no expression is spared by matching early."""

_REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT)
_UNBOUNDED = 64
"""A repeat that may run more often than this counts as without end."""


def nested_repeat(pattern: str) -> bool:
    """Whether an unbounded repeat stands inside an unbounded repeat, as in ``(a+)+``."""
    return _nested(_parser.parse(pattern), inside=False)


def slowest_trial(pattern: str, clock: Any = time.thread_time) -> tuple[float, str]:
    """Seconds of the slowest trial and the first characters of the string it was run on.

    Stops at the first trial that is slower than `LONGEST_TRIAL`.
    """
    compiled = re.compile(pattern)
    worst = (0.0, "")
    for text in hostile_strings(pattern):
        for length in _LENGTHS:
            begun = clock()
            compiled.search(text[: length - 1] + _SPOILER)
            spent = clock() - begun
            if spent > worst[0]:
                worst = (spent, text[:40])
            if spent > LONGEST_TRIAL:
                return worst
    return worst


def hostile_strings(pattern: str) -> Iterator[str]:
    """Long strings that almost match: the expression's own letters, repeated without end."""
    pieces = [piece for piece in dict.fromkeys(_literals(_parser.parse(pattern))) if piece]
    whole = "".join(pieces)
    seeds = [whole, *sorted(pieces, key=len, reverse=True)[:3], "a", "1", " ", "A-1.", "\\x00"]
    for seed in dict.fromkeys(seed for seed in seeds if seed):
        repeated = seed * (HOSTILE_LENGTH // len(seed) + 1)
        yield repeated[:HOSTILE_LENGTH]
        # A good beginning and an endless tail.
        if seed == whole:
            yield (seed + "a1 " * HOSTILE_LENGTH)[:HOSTILE_LENGTH]


def _nested(parsed: Any, inside: bool) -> bool:
    for operation, argument in parsed:
        if operation in _REPEATS:
            low, high, body = argument
            unbounded = high is _constants.MAXREPEAT or high > _UNBOUNDED
            if unbounded and inside:
                return True
            if _nested(body, inside or (unbounded and high != low)):
                return True
        elif any(_nested(part, inside) for part in _parts(operation, argument)):
            return True
    return False


def _literals(parsed: Any) -> Iterator[str]:
    """The runs of plain letters in an expression, in order."""
    run = ""
    for operation, argument in parsed:
        if operation is _constants.LITERAL:
            run += chr(argument)
            continue
        if operation is _constants.IN and argument and argument[0][0] is _constants.LITERAL:
            run += chr(argument[0][1])
            continue
        if run:
            yield run
            run = ""
        if operation in _REPEATS:
            yield from _literals(argument[2])
        for part in _parts(operation, argument):
            yield from _literals(part)
    if run:
        yield run


def _parts(operation: Any, argument: Any) -> Iterator[Any]:
    """The expressions inside a group, a choice or a look-around."""
    if operation is _constants.SUBPATTERN:
        yield argument[3]
    elif operation is _constants.BRANCH:
        yield from argument[1]
    elif operation in (_constants.ASSERT, _constants.ASSERT_NOT):
        yield argument[1]
    elif operation is _constants.ATOMIC_GROUP:
        yield argument
    elif operation is _constants.GROUPREF_EXISTS:
        yield from (part for part in argument[1:] if part is not None)
