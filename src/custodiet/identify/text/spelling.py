"""Names and models as people misspell them: one or two slips of the hand, never one ordinary word for another.

Only a name that is long enough is repaired, only where its first letter stands, and never to a name that lies as near
as another. What is repaired is said and weighs less; what could be an ordinary word or another name stays what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

SHORTEST = 5
"""Letters of a name: shorter ones are too near to too many words."""

LONGEST = 16
"""Letters of a word that is looked at."""

_ZERO = re.compile(r"(?i)(?<=[0-9G])O|O(?=[0-9])")
_ONE = re.compile(r"(?<=\d)[lI](?=\d)")


class Names:
    """Known names, asked for the one that a misspelt word means.

    Args:
        names: name in lower case letters -> what it stands for.
        others: words that must not be taken for one of these: other brands and companies, words that lie near.
    """

    def __init__(self, names: dict[str, str], others: Iterable[str]) -> None:
        self._by_letter: dict[str, list[tuple[str, str]]] = {}
        for name, id in names.items():
            if name.isalpha() and len(name) >= SHORTEST:
                self._by_letter.setdefault(name[0], []).append((name, id))
        self._known = {*names, *others}
        self.meant = lru_cache(20_000)(self._meant)

    def _meant(self, word: str) -> tuple[str, str] | None:
        """The known name that a word in lower case misspells, and what it stands for; nothing where none is plain."""
        if not SHORTEST <= len(word) <= LONGEST or word in self._known or not word.isalpha():
            return None
        near: list[tuple[int, str, str]] = []
        for name, id in self._by_letter.get(word[0], ()):
            most = allowed(name)
            if abs(len(name) - len(word)) <= most and (steps := distance(word, name, most)) <= most:
                if len(name) < 7 and not _slip(word, name):
                    continue
                near.append((steps, name, id))
        near.sort()
        if not near or (len(near) > 1 and near[1][0] == near[0][0] and near[1][2] != near[0][2]):
            return None
        return near[0][1], near[0][2]


def allowed(name: str) -> int:
    """Slips that a name of this length survives."""
    return 2 if len(name) >= 9 else 1


def _slip(word: str, name: str) -> bool:
    """Whether a word has the letters of a short name in another order, or one of them twice."""
    if len(word) == len(name):
        return sorted(word) == sorted(name)
    doubled = (word[:place] + word[place + 1 :] for place in range(1, len(word)) if word[place] == word[place - 1])
    return len(word) == len(name) + 1 and name in doubled


def distance(left: str, right: str, most: int) -> int:
    """Letters put in, left out, changed or exchanged with their neighbour; more than ``most`` is told as more."""
    last = row = list(range(len(right) + 1))
    for i, sign in enumerate(left, start=1):
        before, last, row = last, row, [i]
        for j, other in enumerate(right, start=1):
            steps = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (sign != other))
            if i > 1 and j > 1 and sign == right[j - 2] and left[i - 2] == other:
                steps = min(steps, before[j - 2] + 1)
            row.append(steps)
        if min(row) > most:
            return most + 1
    return row[-1]


def respelt(word: str, prefixes: frozenset[str]) -> Iterator[str]:
    """Other spellings of what looks like a model: a lost hyphen behind a known prefix, O for 0, l for 1.

    Args:
        word: the model as written, without blanks.
        prefixes: what stands before the first hyphen of models we know, in capitals.
    """
    spellings = [word]
    head, _hyphen, _rest = word.partition("-")
    for length in range(min(len(head) - 1, 4), 1, -1):
        if head[:length].upper() in prefixes and (head[length].isdigit() or length > 2):
            spellings.append(f"{word[:length]}-{word[length:]}")
            break
    for spelling in spellings:
        if spelling != word:
            yield spelling
        digits = _ONE.sub("1", _ZERO.sub("0", spelling))
        if digits != spelling:
            yield digits
