"""How much English is left on Dutch pages: the pages of a body with devices of every kind, read word by word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import lxml.html

ENGLISH = frozenset(
    "the which since because with from that this these there their has have had not does who what when where until "  # noqa: SIM905
    "after before nothing nobody between seen said says missing asked each every more than only into are for its "
    "been can cannot could should and".split()
)
"""Words of English sentences that are no words of Dutch ones."""
_WORD = re.compile(r"[a-z']+")
_SILENT = ("script", "style", "code", "time")


def left(page: bytes) -> Iterator[str]:
    """Passages with English words that are not marked as English."""

    def told(element: Any) -> Iterator[str]:
        if isinstance(element.tag, str) and element.tag not in _SILENT and element.get("lang", "nl") != "en":
            yield element.text or ""
            for name in ("title", "aria-label", "placeholder", "alt", "data-label"):
                yield element.get(name, "")
            for inner in element:
                yield from told(inner)
                yield inner.tail or ""

    for text in told(lxml.html.fromstring(page)):
        if ENGLISH & set(_WORD.findall(text.lower())):
            yield " ".join(text.split())


def test_an_english_sentence_is_found_and_a_marked_one_is_not() -> None:
    page = b'<p>Wat is dit? <b>Nobody said</b> dat <i lang="en">nobody said</i> <code>said</code> van uit</p>'
    assert list(left(page)) == ["Nobody said"]


class Reader:
    """A browser that reads every page it opens."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.english: dict[str, str] = {}
        """Passage that is left -> where it stands."""

    def get(self, address: str) -> Any:
        """Open a page, and read it."""
        answer = self._client.get(address)
        if not answer.streaming and answer.get("Content-Type", "").startswith("text/html"):
            self.english |= dict.fromkeys(left(answer.content), address)
        return answer


def test_pages_are_dutch(person: Callable[..., Any]) -> None:
    from web.robot import walk

    client = person("administrator", administrator=True)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "nl"
    reader = Reader(client)
    walked = walk(reader)
    assert {"overview", "devices", "device", "sites", "reconciliation", "work", "history", "imports"} <= set(
        walked.addresses
    )
    assert not reader.english
