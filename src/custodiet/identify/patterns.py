"""An ordered set of conditions on one value: which hold, and which is the first in record order.

It knows conditions and order, nothing of what a record says. A list of values is a look-up; expressions are asked with
Python's ``re``, all of them or only those that a front (see `front`) or a first letter (see `starts`) proposes: the
answers are the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from custodiet.identify.front import Front, build_front, stored_front
from custodiet.identify.starts import Starts
from custodiet.model.fingerprint import When

_Search = Callable[[str], re.Match[str] | None]

WORTH_A_FRONT = 8
"""Below so many expressions asking each is as quick as asking Hyperscan first."""

WORTH_STARTS = 20
"""Values that are asked of every expression before `Starts` are made of them."""

PATIENCE = 20_000
"""Values that are asked without a front before one is compiled: fewer are asked sooner than it is made."""


class PatternSet:
    """Conditions under their ids, in record order.

    Args:
        conditions: id and condition of each record, in the order in which they are to be answered.
        compile_front: once `PATIENCE` values were asked, make a front if none is kept from an earlier run; that costs
            5 to 10 ms an expression.
        use_front: false asks every expression, which is what all other ways are held against.
    """

    def __init__(
        self, conditions: Sequence[tuple[str, When]], *, compile_front: bool = False, use_front: bool = True
    ) -> None:
        self.ids = tuple(id for id, _ in conditions)
        self._regexes = [when.regex for _, when in conditions]
        self._expressions: list[re.Pattern[str] | None] = [None] * len(conditions)
        self._searches: list[tuple[int, _Search]] | None = None
        self._equal: dict[str, list[int]] = {}
        for place, (_, when) in enumerate(conditions):
            for value in when.equals:
                self._equal.setdefault(value, []).append(place)
        self._front: Front | None = None
        self._patience = 0
        if use_front and sum(map(bool, self._regexes)) >= WORTH_A_FRONT:
            self._front = stored_front(self._regexes)
            self._patience = PATIENCE if compile_front and self._front is None else 0
        self._until_starts = WORTH_STARTS if use_front and len(self._regexes) >= WORTH_A_FRONT else 0
        self._starts: Starts | None = None

    @property
    def has_front(self) -> bool:
        """Whether values are asked of Hyperscan first."""
        return self._front is not None

    def prepare(self) -> None:
        """Make the front now, where this set is to have one."""
        if self._patience:
            self._patience = 0
            # another process may have made it meanwhile
            self._front = stored_front(self._regexes) or build_front(self._regexes)

    def holding(self, value: str) -> list[int]:
        """Places of all conditions that hold on a value, in record order."""
        proposed = self._proposed(value)
        if proposed is None:
            held = [place for place, search in self._all() if search(value)]
        else:
            held = [place for place in proposed if self._search(place)(value)]
        if self._equal and (equal := self._equal.get(value)):
            held = sorted(held + equal)
        return held

    def first(self, value: str) -> int | None:
        """Place of the first condition in record order that holds on a value, or nothing."""
        proposed = self._proposed(value)
        if proposed is None:
            found = next((place for place, search in self._all() if search(value)), None)
        else:
            found = next((place for place in proposed if self._search(place)(value)), None)
        if self._equal and (equal := self._equal.get(value)):
            return equal[0] if found is None else min(found, equal[0])
        return found

    def expression(self, place: int) -> re.Pattern[str] | None:
        """The compiled expression at a place of the order; nothing where the condition is a list of values.

        Compiled when first asked for: with a front, most never are.
        """
        found = self._expressions[place]
        if found is None and self._regexes[place]:
            found = self._expressions[place] = re.compile(self._regexes[place])
        return found

    def _proposed(self, value: str) -> Sequence[int] | None:
        if self._front is not None:
            return self._front.candidates(value)
        if self._patience:
            if self._patience == 1:
                self.prepare()
            else:
                self._patience -= 1
        return self._starting(value)

    def _starting(self, value: str) -> Sequence[int] | None:
        if self._until_starts:
            self._until_starts -= 1
            if not self._until_starts:
                self._starts = Starts(self._regexes)
        return self._starts.candidates(value) if self._starts else None

    def _search(self, place: int) -> _Search:
        pattern = self._expressions[place] or re.compile(self._regexes[place])
        self._expressions[place] = pattern
        return pattern.search

    def _all(self) -> list[tuple[int, _Search]]:
        if self._searches is None:
            self._searches = [
                (place, pattern.match if starts_at_the_start(regex) else pattern.search)
                for place, regex in enumerate(self._regexes)
                if (pattern := self.expression(place))
            ]
        return self._searches


_BRACKETS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()|]", re.DOTALL)


_VERBOSE = re.compile(r"\(\?[a-zA-Z-]*x")
"""Comments within the expression: their brackets are no brackets."""


def starts_at_the_start(regex: str) -> bool:
    """Whether an expression can hold at the start of a value only, so that no other place needs to be tried.

    Says no where it is not plain to see.
    """
    rest = regex.removeprefix("(?i)")
    if not rest.startswith(("^", "\\A")) or _VERBOSE.search(rest):
        return False
    depth = 0
    for sign in _BRACKETS.finditer(rest):
        if sign[0] == "(":
            depth += 1
        elif sign[0] == ")":
            depth -= 1
        elif sign[0] == "|" and depth == 0:
            return False
    return True
