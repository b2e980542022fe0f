"""Which letters a text must hold for an expression to hold on it: asked first, since nearly all say no."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

# The parser of the standard library: the only thing that knows exactly what `re` will do.
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any, Generic, TypeVar

SHORTEST = 2
"""Letters; a single one is in nearly every text."""

_FIRST = 3
"""Letters by which strings are found: few strings share them, and a text has no more of them than letters."""

T = TypeVar("T")


class Literals(Generic[T]):
    """Many strings looked for in a text at once: only those whose first letters stand in it are compared, unless they
    are fewer than its letters.

    Args:
        literals: the strings, each with what it stands for; the empty one is in every text.
    """

    def __init__(self, literals: Iterable[tuple[str, T]]) -> None:
        self._short: list[tuple[str, T]] = []
        self._by_first: dict[str, list[tuple[str, T]]] = {}
        for literal, meant in literals:
            same = self._by_first.setdefault(literal[:_FIRST], []) if len(literal) >= _FIRST else self._short
            same.append((literal, meant))
        self._all = [*self._short, *(one for same in self._by_first.values() for one in same)]

    def found(self, text: str) -> Iterator[T]:
        """What the strings stand for that are in a text, in any order; as often as there are such strings."""
        asked = self._all
        if len(asked) > len(text):
            starts = {text[place : place + _FIRST] for place in range(len(text) - _FIRST + 1)}
            asked = [*self._short, *(one for start in self._by_first.keys() & starts for one in self._by_first[start])]
        return (meant for literal, meant in asked if literal in text)


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
