"""Which letters a text must hold for an expression to hold on it: asked first, since nearly all say no."""

from __future__ import annotations

# The parser of the standard library: the only thing that knows exactly what `re` will do.
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

SHORTEST = 2
"""Letters; a single one is in nearly every text."""


def needed(regex: str) -> tuple[str, ...]:
    """Strings in lower case of which one must be in a text, in lower case, for the expression to hold.

    Returns:
        The strings; none where the expression has no such need.
    """
    return _of(_parser.parse(regex))


def _of(parsed: Any) -> tuple[str, ...]:
    """The need of a sequence: that of its most telling piece."""
    found: list[tuple[str, ...]] = []
    run = ""
    for operation, argument in parsed:
        if operation is _constants.LITERAL:
            run += chr(argument).lower()
            continue
        found.append((run,))
        run = ""
        if operation is _constants.SUBPATTERN:
            found.append(_of(argument[3]))
        elif operation is _constants.BRANCH:
            each = [_of(alternative) for alternative in argument[1]]
            found.append(tuple(sorted({one for need in each for one in need})) if all(each) else ())
        elif operation in (_constants.MAX_REPEAT, _constants.MIN_REPEAT) and argument[0] > 0:
            found.append(_of(argument[2]))
    found.append((run,))
    telling = [need for need in found if need and min(map(len, need)) >= SHORTEST]
    return max(telling, key=lambda need: min(map(len, need)), default=())


_UNIFORM = (_constants.ANY, _constants.ANY_ALL, _constants.AT, _constants.CATEGORY, _constants.NEGATE)
"""What holds on all digits or on none."""


def tells_digits_apart(regex: str) -> bool:
    """Whether an expression could hold on a text and not on the same text with other digits, or at another place."""
    return _apart(_parser.parse(regex))


def _apart(parsed: Any) -> bool:
    return any(_one_apart(operation, argument) for operation, argument in parsed)


def _one_apart(operation: Any, argument: Any) -> bool:
    if operation in _UNIFORM:
        return False
    if operation in (_constants.LITERAL, _constants.NOT_LITERAL):
        return chr(argument).isdecimal()
    if operation is _constants.RANGE:
        lowest, highest = argument
        return not (highest < ord("0") or lowest > ord("9") or (lowest <= ord("0") and highest >= ord("9")))
    if operation is _constants.IN:
        return _apart(argument)
    if operation is _constants.BRANCH:
        return any(map(_apart, argument[1]))
    if operation in (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT):
        return _apart(argument[2])
    if operation in (_constants.ASSERT, _constants.ASSERT_NOT):
        return _apart(argument[1])
    if operation is _constants.SUBPATTERN:
        return _apart(argument[3])
    return True  # a group that is read again, and whatever a later Python adds
