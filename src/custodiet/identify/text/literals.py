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
