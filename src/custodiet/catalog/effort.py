"""How many steps an expression can take at most, told from its structure alone.

A bound, never an estimate: what stays below it need not be tried on hostile strings. It is coarse where choices stand
inside repeats, or repeats behind repeats; what it cannot bound is for the trials of `runaway`.
"""

from __future__ import annotations

import math
import re

# The parser of the standard library: the only thing that knows exactly what `re` will do.
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

_BEGINNINGS = [(_constants.AT, _constants.AT_BEGINNING), (_constants.AT, _constants.AT_BEGINNING_STRING)]
_REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT)
_COUNTED = 1e9
"""More ways than this are as good as without end."""


class _Effort(NamedTuple):
    """What a part can cost, begun at one place of a text."""

    ways: float
    """In how many ways it can hold."""
    steps: float
    """How many steps it takes to go through all of them."""


_ENDLESS = _Effort(math.inf, math.inf)


def most_steps(pattern: str, length: int) -> float:
    """The most steps that searching a text of this many characters can take; infinite where that cannot be told.

    Raises:
        re.error, RecursionError, OverflowError: this is no expression.
    """
    parsed = _parser.parse(pattern)
    whole = _of_sequence(parsed, length).steps
    if not parsed.state.flags & re.MULTILINE and len(parsed) and parsed[0] in _BEGINNINGS:
        return length + whole  # every other place is refused in one step
    # What fails never came to its end; what holds once ends the search.
    failing = _of_sequence(parsed, length, last=True).steps
    return length * max(1, failing) + whole


def _of_sequence(parsed: Any, length: int, last: bool = False) -> _Effort:
    """Of parts one behind the other; each is begun in as many ways as those before it can end."""
    ways, steps = 1.0, 0.0
    for index, (operation, argument) in enumerate(parsed):
        piece = _of_piece(operation, argument, length, last and index == len(parsed) - 1)
        steps += ways * piece.steps
        ways *= piece.ways
    return _Effort(ways, steps)


def _of_piece(operation: Any, argument: Any, length: int, last: bool) -> _Effort:
    """Of one part.

    Args:
        operation: what it is.
        argument: of the operation.
        length: characters of the text.
        last: nothing follows, so that the expression holds as soon as this part does.
    """
    if operation in _REPEATS:
        return _of_repeat(operation, argument, length, last)
    if operation is _constants.SUBPATTERN:
        return _of_sequence(argument[3], length, last)
    if operation is _constants.BRANCH:
        each = [_of_sequence(alternative, length, last) for alternative in argument[1]]
        return _Effort(sum(one.ways for one in each), sum(one.steps for one in each))
    if operation in (_constants.ASSERT, _constants.ASSERT_NOT):
        return _Effort(1, _of_sequence(argument[1], length).steps)
    if operation is _constants.ATOMIC_GROUP:
        return _Effort(1, _of_sequence(argument, length).steps)
    if operation is _constants.GROUPREF:
        return _Effort(1, length)
    if operation is _constants.GROUPREF_EXISTS:
        return _ENDLESS
    return _Effort(1, 1)


def _of_repeat(operation: Any, argument: Any, length: int, last: bool) -> _Effort:
    least, most, body = argument
    one = _of_sequence(body, length)
    most = max(1, min(int(most), length // max(1, body.getwidth()[0])))
    possessive = operation is _constants.POSSESSIVE_REPEAT
    if one.ways == 1 or possessive:
        if last:
            return _Effort(1, min(most, least + 1) * one.steps)
        return _Effort(1 if possessive else max(1, most - least + 1), most * one.steps)
    if one.ways ** min(most, 60) > _COUNTED:
        return _ENDLESS
    ways = sum(one.ways**times for times in range(most + 1))
    return _Effort(ways, ways * one.steps)
