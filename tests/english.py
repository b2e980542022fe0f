"""English that is left where another language is spoken: what a page says, read word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import lxml.html

ENGLISH = frozenset(
    "the which since because with from that this these there their has have not does who what when where until "  # noqa: SIM905
    "after before nothing nobody between seen said says missing asked each every more than only into are for its "
    "been can cannot could should and".split()
)
"""Words of English sentences that are no words of Dutch ones."""
_WORD = re.compile(r"[a-z']+")
_ADDRESS = re.compile(r"https?://\S+|\S+\.pcap\b")
"""Addresses and names of files are in no language."""
_SILENT = ("script", "style", "code", "time")


def left(page: bytes) -> Iterator[str]:
    """Passages of a page with English words that are not marked as English."""

    def told(element: Any) -> Iterator[str]:
        if isinstance(element.tag, str) and element.tag not in _SILENT and element.get("lang", "nl") != "en":
            yield element.text or ""
            for name in ("title", "aria-label", "placeholder", "alt", "data-label"):
                yield element.get(name, "")
            for inner in element:
                yield from told(inner)
                yield inner.tail or ""

    for text in told(lxml.html.fromstring(page)):
        if ENGLISH & set(_WORD.findall(_ADDRESS.sub("", text.lower()))):
            yield " ".join(text.split())
