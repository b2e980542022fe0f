"""Spellings of names: what counts as the same one, and which known word a misspelt one may have meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

_SIGNS = re.compile(r"[\W_]+")


def fold(name: str) -> str:
    """A name without case, punctuation and blanks, for comparing spellings."""
    return _SIGNS.sub("", name.casefold())


def nearest(word: str, known: Iterable[str]) -> str:
    """A half-sentence that names the nearest known word, or lists the known ones where none is near."""
    words = sorted(known)
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {close[0]}?"
    shown = ", ".join(words[:12]) + (", ..." if len(words) > 12 else "")
    return f"Known are: {shown}" if words else "None is known"
