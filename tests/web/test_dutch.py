"""How much English is left on Dutch pages: the pages of a body with devices of every kind, read word by word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import lxml.html
import msgspec
import pytest

from custodiet.catalog import load_catalog
from custodiet.model.directive import InWords
from english import left


def test_an_english_sentence_is_found_and_a_marked_one_is_not() -> None:
    page = b'<p>Wat is dit? <b>Nobody said</b> dat <i lang="en">nobody said</i> <code>said</code> van uit</p>'
    assert list(left(page)) == ["Nobody said"]


LAW = {text for one in load_catalog().directives.values() for text in (one.title, *one.conditions.values())}


class Reader:
    """A browser that reads every page it opens."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.english: dict[str, str] = {}
        """Passage that is left -> where it stands."""
        self.law: dict[str, str] = {}
        """Title or question of a directive that is said in English, marked or not -> where it stands."""
        self.seen = ""

    def get(self, address: str) -> Any:
        """Open a page, and read it."""
        answer = self._client.get(address)
        if not answer.streaming and answer.get("Content-Type", "").startswith("text/html"):
            self.english |= dict.fromkeys(left(answer.content), address)
            told = " ".join(lxml.html.fromstring(answer.content).text_content().split())
            self.law |= dict.fromkeys((text for text in LAW if text in told), address)
            self.seen += told
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
    assert not reader.law
    assert not reader.english
    assert "Is het doel van deze camera opgeschreven?" in reader.seen


def test_a_record_of_the_body_s_own_catalog_says_its_own(
    person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from custodiet.report.names import CatalogNames
    from custodiet.web import page
    from custodiet.web.knowledge import catalog

    law = catalog().directives["eu-gdpr-dpia-cctv"]
    own = msgspec.structs.replace(law, in_other_languages={"nl": InWords(title="Zoals wij het noemen")})
    client = person("viewer")
    device = client.get("/b/waterdorp/devices/?as=json").json()["rows"][0]["id"]
    for known, there in ((law, False), (own, True)):
        monkeypatch.setattr(page, "names_of", lambda _, known=known: CatalogNames(catalog(), (known,)))
        for language, said in (("nl", there), ("en", False)):
            told = client.get(f"/b/waterdorp/devices/{device}/", headers={"accept-language": language})
            assert ("Zoals wij het noemen" in told.content.decode()) == said


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
