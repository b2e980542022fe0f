"""Long numbers in a line: of an order, an invoice, a telephone. Lines that differ by one of them are read once.

It knows when a number makes no difference to anything that is read from a line. It refuses to pass over one that a
record could mind, that is a model by itself or with the word before it, or that is short enough to count things.
"""

from __future__ import annotations

import re

from custodiet.catalog.contents import Catalog
from custodiet.identify.names import names_of
from custodiet.identify.remembered import by_version
from custodiet.identify.text.literals import Literals, needed, tells_digits_apart
from custodiet.identify.text.mentions import AHEAD, KEPT, SHORT, Asks, is_model, model_heads, plain
from custodiet.identify.text.roles import lowered

LEAST_DIGITS = 6
"""Digits of a long number: a number of things has at most five."""

REMEMBERED = 20_000
"""Lines whose answer is kept at hand."""

_LONG = re.compile(rf"[0-9]{{{LEAST_DIGITS},}}")
_BEHIND = re.compile(r"[.,;]?(?:\s|\Z)")


def alike(text: str, asks: Asks) -> str:
    """A text with zeros for its long numbers, as long as it was; the text itself where that could make a difference.

    Args:
        text: a line as people wrote it.
        asks: the records.
    """
    if len(text) > SHORT or _LONG.search(text) is None:
        return text
    minds = _minds(asks.catalog)
    same = minds.kept.get(text)
    if same is None:
        same = _alike(text, asks, minds)
        keep_alike(text, same, asks)
    return text if same == text else same


def keep_alike(text: str, same: str, asks: Asks) -> None:
    """Keep what `alike` says of a text, in the place of the oldest where there is no room."""
    kept = _minds(asks.catalog).kept
    if len(kept) >= KEPT:
        del kept[next(iter(kept))]
    kept[text] = same


def _alike(text: str, asks: Asks, minds: _Minds) -> str:
    line = plain(text)
    places = [found.span() for found in _LONG.finditer(line) if _stands_alone(line, *found.span())]
    if not places:
        return text
    zeros, same = line, text
    for start, end in places:
        nothing = "0" * (end - start)
        zeros = zeros[:start] + nothing + zeros[end:]
        same = same[:start] + nothing + same[end:]
    safe = minds.safe.get(zeros)
    if safe is None:
        if len(minds.safe) >= REMEMBERED:
            minds.safe.clear()  # what repeats is back at once
        safe = minds.safe[zeros] = not (
            minds.any_of(zeros)
            or any(minds.head_before(zeros, start) or is_model(zeros, start, end, asks) for start, end in places)
        )
    if not safe or minds.digits_of(line) or any(is_model(line, *span, asks) for span in places):
        return text
    return same


def _stands_alone(line: str, start: int, end: int) -> bool:
    return (not start or line[start - 1].isspace() or line[start - 1] in ":#") and _BEHIND.match(line, end) is not None


class _Minds:
    """What of a catalog could mind which number stands in a line."""

    def __init__(self, catalog: Catalog) -> None:
        needs: list[str] = []
        for record in catalog.by_attribute("device.text"):
            regex = record.when.regex
            needs += [value.lower() for value in record.when.equals if any(map(str.isdecimal, value))]
            if regex and (tells_digits_apart(regex) or any("{" in said for said in record.says.values())):
                needs += needed(regex) or ("",)
        if catalog.by_attribute("register.text") or names_of(catalog).longest_number >= LEAST_DIGITS:
            needs.append("")
        self._needs = Literals((need, True) for need in set(needs))
        """What a line holds, in lower case, where a record may tell one digit from another; empty for every line."""
        self._digits = Literals((need, True) for need in set(needs) if any(map(str.isdecimal, need)))
        """Those of them that a line may hold and the same line with zeros not."""
        heads = sorted(model_heads(catalog))
        self._heads = re.compile("|".join(map(re.escape, heads)) or "(?!)")
        self._reach = AHEAD + max(map(len, heads), default=0)
        self.kept: dict[str, str] = {}
        """Line -> what `alike` says of it: each is asked again when its device is identified; at most `KEPT`."""
        self.safe: dict[str, bool] = {}
        """Line with zeros for its long numbers -> whether nothing minds the zeros; never more than `REMEMBERED`."""

    def any_of(self, line: str) -> bool:
        """Whether a record that tells digits apart may be asked of a line."""
        return any(self._needs.found(lowered(line)))

    def digits_of(self, line: str) -> bool:
        """Whether a line holds digits for which a record that tells them apart may be asked."""
        return any(self._digits.found(lowered(line)))

    def head_before(self, line: str, start: int) -> bool:
        """Whether a place may be part of a model of several words, which begins with its brand."""
        return self._heads.search(line.lower(), max(0, start - self._reach), start) is not None


_REMEMBERED: dict[str, _Minds] = by_version()


def _minds(catalog: Catalog) -> _Minds:
    """Made once for each version of a catalog, which never changes."""
    found = _REMEMBERED.get(catalog.version)
    if found is None:
        found = _REMEMBERED[catalog.version] = _Minds(catalog)
    return found
