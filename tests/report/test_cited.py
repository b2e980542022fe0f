"""What records of directives say in Dutch: ours by the word list, those of others by themselves, and no quotation."""

from __future__ import annotations

import io
from collections.abc import Iterator

import msgspec
import pytest
from lxml import html

from custodiet.catalog import load_catalog
from custodiet.model import Directive
from custodiet.model.directive import InWords
from custodiet.report.cited import apart, asked, citing, rendered, rendering
from custodiet.report.guard import abroad, titled
from custodiet.report.html import write_html
from custodiet.report.languages import speech
from custodiet.report.retold import Piece, retold
from custodiet.report.speech import spoken
from custodiet.report.summary import worst_first
from custodiet.returns.questions import QUESTIONS

from .factory import FakeNames, assessment, contract_rule, entries, instruction

OURS = tuple(load_catalog().directives.values())
OWN = msgspec.structs.replace(
    instruction(),
    conditions={"moon-in-view": "Is the moon in view?"},
    in_other_languages={
        "nl": InWords(
            title="Voorbeeldinstructie over camera's",
            conditions={"moon-in-view": "Is de maan in beeld?"},
            texts={"remove": "Alles is in april 2025 weg."},
        )
    },
)


@pytest.fixture
def dutch() -> Iterator[None]:
    with spoken(speech("nl")):
        yield


@pytest.mark.parametrize("one", OURS, ids=lambda one: one.id)
@pytest.mark.usefixtures("dutch")
def test_what_our_records_say_is_there_in_dutch(one: Directive) -> None:
    texts = [one.title, one.instrument, one.covers.text, *one.conditions.values()]
    texts += [window.text for window in one.suspensions]
    texts += [sentence.text for sentence in one.requirements if sentence.language in ("", "en")]
    assert [text for text in texts if text and not rendering(text)] == []


@pytest.mark.usefixtures("dutch")
def test_a_question_stays_one_that_is_answered_by_yes_or_no() -> None:
    for one in OURS:
        for question in one.conditions.values():
            assert question.count("?") == rendering(question).count("?") == 1, question
    assert all("?" in rendering(texts["en"]) for texts in QUESTIONS.values() if "en" in texts)


@pytest.mark.usefixtures("dutch")
def test_a_record_of_somebody_else_brings_its_own() -> None:
    assert not rendering(OWN.title)
    assert rendered(OWN.title) == OWN.title
    assert abroad(OWN.title, bare=True) == f'<span lang="en">{OWN.title}</span>'
    with citing(lambda: (OWN,)):
        assert rendering(OWN.title) == "Voorbeeldinstructie over camera's"
        assert rendering("All of it goes by April 2025.") == "Alles is in april 2025 weg."
        assert (
            titled(f"Verboden door “{OWN.title}”", bare=True) == "Verboden door “Voorbeeldinstructie over camera&#39;s”"
        )
        assert retold("moon-in-view: yes") == (Piece("“Is de maan in beeld?”: ja"),)
        assert retold("Is the moon in view? (answer in the sites file: moon-in-view)") == (
            Piece("Is de maan in beeld? (antwoord in het locatiebestand: "),
            Piece("moon-in-view", english=True, kept=True),
            Piece(")"),
        )
    assert retold("moon-in-view: yes") == (Piece("moon-in-view", english=True), Piece(": ja"))


def test_in_english_records_say_what_they_say() -> None:
    with citing(lambda: (OWN,)):
        assert rendering(OWN.title) == OWN.title
        assert "".join(part for part, _ in asked("moon-in-view: yes")) == "moon-in-view: yes"


@pytest.mark.usefixtures("dutch")
def test_a_quotation_stays_in_its_words_and_a_translation_stands_beside_it() -> None:
    text = instruction().requirements[0].text
    named = msgspec.structs.replace(OWN, in_other_languages={"nl": InWords(texts={"stop": "Vertaald."})})
    with citing(lambda: (named,)):
        assert abroad(text, "en", bare=True) == f'<span lang="en">{text}</span>'
    file = io.StringIO()
    write_html(file, assessment(), sorted(entries(), key=worst_first), FakeNames(named, contract_rule()))
    quoted = [one for one in html.fromstring(file.getvalue()).iterfind(".//blockquote") if text in one.text_content()]
    assert quoted
    for one in quoted:
        own, beside = one.iterfind("p")
        assert own.find("span").get("lang") == "en"
        assert beside.text_content() == "In het Nederlands, door ons: Vertaald."


@pytest.mark.usefixtures("dutch")
def test_questions_behind_one_another_are_told_apart() -> None:
    purpose = "Is this equipment used for public safety?"
    federal = next(q for one in OURS for id, q in one.conditions.items() if id == "paid-from-federal-award")
    assert federal.count(". ") + federal.count("? ") == 1
    told = list(apart(f"{federal} {purpose} Moon cheese? {federal}"))
    assert [part for part, _ in told] == [federal, purpose, "Moon cheese?", federal]
    assert [bool(said) for _, said in told] == [True, True, False, True]


@pytest.mark.usefixtures("dutch")
def test_kinds_of_bodies_are_said_in_words_and_not_by_their_ids() -> None:
    text = (
        "it addresses nl-central-government (Dutch ministry or its agency) or nl-police (the Dutch police); Waterwijk "
        "is nl-municipality (Dutch municipality), not bound and free to follow (record sourced with high confidence)"
    )
    (piece,) = retold(text)
    assert not piece.english
    for id in ("nl-central-government", "nl-police", "nl-municipality", " or ", "Dutch"):
        assert id not in piece.text
    assert "Nederlandse gemeente" in piece.text


@pytest.mark.usefixtures("dutch")
def test_why_a_text_is_suspended_is_one_text_whatever_stands_in_it() -> None:
    window = next(window for one in OURS for window in one.suspensions if "; " in window.text)
    (piece,) = retold(f"suspended on that date, from {window.since} to {window.until}: {window.text}")
    assert not piece.english
    assert piece.text.endswith(rendering(window.text))
