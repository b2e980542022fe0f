"""A report as a page in another language: it says which, and all that is ours is said in it."""

from __future__ import annotations

import io
from collections.abc import Iterator

import msgspec
import pytest
from lxml import html

from custodiet.cli.common import Language
from custodiet.model import Assessment, Entry
from custodiet.model.directive import InWords
from custodiet.report.dossier_html import write_dossier
from custodiet.report.guard import plain
from custodiet.report.html import write_html
from custodiet.report.languages import LANGUAGES, speech
from custodiet.report.speech import language, spoken
from custodiet.report.summary import worst_first
from english import left

from . import test_dossier, test_html
from .factory import (
    FakeNames,
    assessment,
    contract_rule,
    entries,
    instruction,
    relabelled_camera,
    with_text_everywhere,
)
from .nasty import nasty_strings
from .test_egress_faces import given as talking

NAMES = ("row 3 of the register", "its address")
"""What our samples have where a source has a name."""


def report(head: Assessment | None = None, given: list[Entry] | None = None) -> str:
    file = io.StringIO()
    shown = sorted(given or [*entries(), *talking()], key=worst_first)
    write_html(file, head or assessment(), shown, FakeNames())
    return file.getvalue()


def dossier(entry: Entry | None = None, text: str = "") -> str:
    file = io.StringIO()
    entry = entry or relabelled_camera()
    write_dossier(file, test_dossier.made(entry, text), entry, assessment(), FakeNames())
    return file.getvalue()


def test_the_command_line_offers_each_language() -> None:
    assert tuple(Language) == LANGUAGES


@pytest.fixture
def dutch() -> Iterator[None]:
    with spoken(speech("nl")):
        yield


@pytest.mark.parametrize("made", [report, dossier])
def test_english_is_the_usual_language_and_marks_nothing(made: type) -> None:
    usual = made()
    with spoken(speech("en")):
        assert made() == usual
    assert '<html lang="en">' in usual
    assert usual.count("lang=") == 1
    assert language() == LANGUAGES[0] == "en"


@pytest.mark.parametrize("made", [report, dossier])
@pytest.mark.usefixtures("dutch")
def test_a_dutch_page_says_so_and_leaves_none_of_our_english(made: type) -> None:
    page = made()
    assert '<html lang="nl">' in page
    for name in NAMES:
        page = page.replace(name, "W-1")
    assert not list(left(page.encode()))


@pytest.mark.usefixtures("dutch")
def test_what_a_reader_needs_is_said_in_dutch() -> None:
    said = " ".join(html.fromstring(report()).text_content().split())
    for sentence in (
        "Volgens het register is het HiLook; het apparaat antwoordt als Hikvision.",
        "voor het laatst gezien 12 dagen voor 1 december 2022, in een opname van verkeer",
        "1 probleem; 1 ervan maakt dat de uitkomst niet volledig is.",
        "Letterlijk uit de tekst",
        "Kolomkop",
        "Nummer in het register",
    ):
        assert sentence in said, sentence
    told = " ".join(html.fromstring(dossier()).text_content().split())
    for sentence in (
        "gebouwd op 8 april 2020, versie 5.5, build 200408",
        "1 geldt ervoor (1 daarvan misbruikt), van 1 is het niet te zeggen, 1 gelden er niet voor",
        "Misbruikt: op de KEV-lijst sinds 10 januari 2022",
        "Het apparaat is beoordeeld met catalogus old",
    ):
        assert sentence.lower() in told.lower(), sentence


@pytest.mark.usefixtures("dutch")
def test_text_of_a_law_stays_in_its_language_and_is_marked() -> None:
    for quoted in html.fromstring(report()).iterfind(".//blockquote/p"):
        inside = quoted.find("span")
        assert inside is not None
        assert inside.get("lang") == "en"
        assert inside.text_content() == quoted.text_content()


@pytest.mark.usefixtures("dutch")
def test_nasty_text_stays_text() -> None:
    calm = test_html.skeleton(test_html.parsed(report(*with_text_everywhere("calm"))))
    tags = {name for name, _ in test_html.skeleton(test_html.parsed(dossier(text="calm text")))}
    for text in nasty_strings()[::5]:
        head, filled = with_text_everywhere(text)
        nasty = test_html.parsed(report(head, filled))
        assert test_html.skeleton(nasty) == calm, text
        shown = ["".join(found.itertext()) for found in nasty.iterfind(".//bdi")]
        assert shown.count(plain(text)) >= 50, text
        camera = next(one for one in filled if one.asset.id == relabelled_camera().asset.id)
        assert {name for name, _ in test_html.skeleton(test_html.parsed(dossier(camera, text)))} <= tags, text


def test_numbers_are_written_as_in_the_language() -> None:
    assert speech("nl").number(1204567) == "1.204.567"
    assert speech("nl").digits("1,412.1") == "1.412,1"
    assert speech("en").number(1204567) == "1,204,567"
    assert speech("nl").one("") == ""
    assert speech("nl").one("Moon cheese") == "Moon cheese"


@pytest.mark.usefixtures("dutch")
def test_a_title_that_a_record_says_in_dutch_is_said_so_everywhere() -> None:
    law = instruction()
    named = msgspec.structs.replace(law, in_other_languages={"nl": InWords(title="Voorbeeld van een instructie")})
    file = io.StringIO()
    write_html(file, assessment(), sorted(entries(), key=worst_first), FakeNames(named, contract_rule()))
    page = html.fromstring(file.getvalue())
    assert law.title not in page.text_content()
    assert "Voorbeeld van een instructie" in page.text_content()
    assert any(one.text == contract_rule().title for one in page.iterfind(".//span[@lang='en']"))
    assert "zijn door ons in het Nederlands gezet" in page.text_content()
