"""Which expressions of many can begin in a value: asked first where there is no front, since nearly all cannot.

A model of one maker begins with other letters than that of another, so the first letter of a word leaves a handful of
some hundred expressions. What is proposed is asked again with ``re``: it may be too much, never too little.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

# The parser of the standard library: the only thing that knows exactly what `re` will do.
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

LONGEST = 100
"""Characters of a value that is asked this way; in a longer one something of nearly every expression stands."""

_CATEGORIES = {
    _constants.CATEGORY_DIGIT: frozenset("0123456789"),
    _constants.CATEGORY_WORD: frozenset(sign for sign in map(chr, range(128)) if sign.isalnum() or sign == "_"),
    _constants.CATEGORY_SPACE: frozenset(sign for sign in map(chr, range(128)) if sign.isspace()),
}
_REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT)
_NOTHING: frozenset[str] = frozenset()
_NO_PLACES: frozenset[int] = frozenset()


class Starts:
    """Proposes expressions by their places in the list that it was made of.

    Args:
        regexes: the expressions; an empty one is no expression and is never proposed.
    """

    def __init__(self, regexes: Sequence[str]) -> None:
        self._anywhere: dict[str, set[int]] = {}
        """Sign -> the expressions that can begin with it, at any place."""
        self._at_words: dict[str, set[int]] = {}
        """The same for expressions that begin where a word does, or the value."""
        self._always: set[int] = set()
        for place, regex in enumerate(regexes):
            parsed = _parser.parse(regex) if regex else None
            firsts = _firsts(parsed) if parsed is not None else _NOTHING
            if firsts is None:
                self._always.add(place)
                continue
            by_sign = self._at_words if parsed and _begins_a_word(parsed) else self._anywhere
            for sign in firsts:
                by_sign.setdefault(sign, set()).add(place)
        unbound = self._always.union(*self._anywhere.values())
        self._telling = 4 * len(unbound) <= len(regexes)
        """Whether enough of the expressions are bound to the beginning of a word."""
        self._of_signs = lru_cache(4096)(self._of)

    def candidates(self, value: str) -> Sequence[int] | None:
        """Places of the expressions that may hold on a value, in order; nothing where all must be asked."""
        if not self._telling or len(value) > LONGEST or not value.isascii():
            return None
        words = value.split()
        firsts = frozenset([word[0] for word in words])
        if len(words) != 1 or len(words[0]) != len(value):
            firsts |= _CATEGORIES[_constants.CATEGORY_SPACE].intersection(value)
        return self._of_signs(firsts, frozenset(value) if self._anywhere else _NOTHING)

    def _of(self, firsts: frozenset[str], signs: frozenset[str]) -> Sequence[int]:
        found = self._always.copy()
        for sign in firsts:
            found |= self._at_words.get(sign, _NO_PLACES)
        for sign in signs:
            found |= self._anywhere.get(sign, _NO_PLACES)
        return sorted(found)


def _firsts(parsed: Any) -> frozenset[str] | None:
    """The ASCII signs with which what holds can begin; none where that is not plain, or it may hold on nothing."""
    signs, empty = _of_sequence(parsed)
    return None if signs is None or empty else signs


def _of_sequence(parsed: Any) -> tuple[frozenset[str] | None, bool]:
    """The signs it can begin with (none: any), and whether it may be empty."""
    signs = _NOTHING
    for piece in parsed:
        more, empty = _of_piece(*piece)
        if more is None:
            return None, False
        signs |= more
        if not empty:
            return signs, False
    return signs, True


def _of_piece(operation: Any, argument: Any) -> tuple[frozenset[str] | None, bool]:
    if operation is _constants.LITERAL:
        return _cases(chr(argument)), False
    if operation is _constants.IN:
        return _of_class(argument), False
    if operation is _constants.SUBPATTERN:
        return _of_sequence(argument[3])
    if operation is _constants.ATOMIC_GROUP:
        return _of_sequence(argument)
    if operation is _constants.BRANCH:
        each = [_of_sequence(alternative) for alternative in argument[1]]
        signs = [one for one, _ in each if one is not None]
        return (_NOTHING.union(*signs) if len(signs) == len(each) else None), any(empty for _, empty in each)
    if operation in _REPEATS:
        more, empty = _of_sequence(argument[2])
        return more, empty or argument[0] == 0
    if operation in (_constants.AT, _constants.ASSERT, _constants.ASSERT_NOT):
        return _NOTHING, True
    return None, False


def _of_class(members: Any) -> frozenset[str] | None:
    signs = _NOTHING
    for operation, argument in members:
        more: frozenset[str] | None = None
        if operation is _constants.LITERAL:
            more = _cases(chr(argument))
        elif operation is _constants.RANGE and argument[1] < 128:
            more = _NOTHING.union(*(_cases(chr(code)) or _NOTHING for code in range(argument[0], argument[1] + 1)))
        elif operation is _constants.CATEGORY:
            more = _CATEGORIES.get(argument)
        if more is None:
            return None
        signs |= more
    return signs


def _cases(sign: str) -> frozenset[str] | None:
    """A sign in both cases; what is not ASCII may be the other case of a letter that is."""
    return frozenset((sign.lower(), sign.upper())) if sign.isascii() else None


def _begins_a_word(parsed: Any) -> bool:
    """Whether it begins behind a blank or a line end, or where the value does: only first signs of words count."""
    for operation, argument in parsed:
        if operation is _constants.ASSERT_NOT:
            return bool(argument[0] == -1 and list(argument[1]) == _NO_SPACE)
        return bool(operation is _constants.AT and argument in _BEGINNINGS)
    return False


_BEGINNINGS = (_constants.AT_BEGINNING, _constants.AT_BEGINNING_STRING)
_NO_SPACE = [(_constants.IN, [(_constants.CATEGORY, _constants.CATEGORY_NOT_SPACE)])]
