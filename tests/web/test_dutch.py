"""How much English is left on Dutch pages: the pages of a body with devices of every kind, read word by word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from english import left


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


def taken(person: Callable[..., Any], address: str, language: str) -> bytes:
    """A file as somebody gets it whose browser asks for a language."""
    answer = person().get(address, headers={"accept-language": language})
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_a_report_comes_in_the_language_of_who_takes_it(person: Callable[..., Any]) -> None:
    english, dutch = (taken(person, "/b/waterdorp/?as=report", language) for language in ("en", "nl"))
    assert b'<html lang="en">' in english
    assert b'<html lang="nl">' in dutch
    assert not list(left(dutch))


@pytest.mark.parametrize("form", ["csv", "entries"])
def test_files_for_programs_are_the_same_for_all(person: Callable[..., Any], form: str) -> None:
    address = f"/b/waterdorp/devices/?maker=hikvision&as={form}"
    assert taken(person, address, "en") == taken(person, address, "nl")
