"""Notes of the catalog in Dutch: sentence by sentence, names and numbers as they stood, whole or not at all."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator

import pytest

from custodiet.catalog import load_catalog
from custodiet.report.dossier_html import write_dossier
from custodiet.report.guard import abroad
from custodiet.report.languages import speech
from custodiet.report.noted import noted, remarked, sentences, shape_of
from custodiet.report.speech import spoken

from .factory import FakeNames, assessment, relabelled_camera
from .test_dossier import made

NOTES = sorted({note for records in vars(load_catalog()).values() for note in remarked(records)})

_TOKEN = re.compile(r"[\w./:-]*(?:\d|[A-Z]{2}|[a-z][A-Z])[\w./:-]*")
"""What holds a digit, two capitals in a row or one inside: numbers, codes, and many names of makers and products."""
_WORDS = {"US", "UK", "UPS", "MPs", "X-ray", "Wi-Fi"}
"""Those that are words, and others in Dutch."""


@pytest.fixture
def dutch() -> Iterator[None]:
    with spoken(speech("nl")):
        yield


def test_a_full_stop_inside_a_name_ends_no_sentence() -> None:
    assert sentences("") == []
    assert sentences("A label. Several factories supplied it? Nobody knows.") == [
        "A label.",
        "Several factories supplied it?",
        "Nobody knows.",
    ]
    for one in (
        "Registered to Example Co., Ltd. (841); Example Inc. (7).",
        "Registered to Fr. Example AG (38514).",
        "Written by S. Example of an example company.",
        "Registered to Example Co.,ltd. (abbr. EXM) (3902).",
        "Registered to Example GmbH & Co. KG (31343).",
    ):
        assert sentences(f"{one} The label only.") == [one, "The label only."]
    names = "Also registered as Example Corp. Electrical Group; EXAMPLE SDN. BHD.; Example Ltd. (KOREA) and others."
    assert sentences(f"Mostly meters. {names}") == ["Mostly meters.", names]


@pytest.mark.usefixtures("dutch")
def test_names_are_put_back_as_they_stood() -> None:
    assert noted("Registered to Example Co., Ltd. (841); Beispiel {x} AG (7).") == (
        "Geregistreerd op naam van Example Co., Ltd. (841); Beispiel {x} AG (7)."
    )
    assert noted("A label. Also registered as Example Corp. Electrical Group; Example Inc..") == (
        "Een merknaam. Ook geregistreerd als Example Corp. Electrical Group; Example Inc.."
    )
    assert noted("Also registered as Example Ltd; Example Labs and others.") == (
        "Ook geregistreerd als Example Ltd; Example Labs en andere."
    )


@pytest.mark.usefixtures("dutch")
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("https://example.org/a_b", "https://example.org/a_b"),
        ("https://example.org/a at 14fa1a7", "https://example.org/a, stand 14fa1a7"),
        ("https://example.org/a (CC0), x/y.xml", "https://example.org/a (CC0), x/y.xml"),
        ("EX-1xxx and 2 before V5.3.0, build of 2023-02-18", "EX-1xxx en 2 vóór V5.3.0, build van 2023-02-18"),
        (
            "EX-1, builds of 2014-07-21 to 2016-05-30 (V5.2.0 to V5.4.0)",
            "EX-1, builds van 2014-07-21 tot en met 2016-05-30 (V5.2.0 tot en met V5.4.0)",
        ),
        ("8 megapixels", "8 megapixel"),
        ("generation 4", "generatie 4"),
        ("series XL", "serie XL"),
        ("https://example.org/a and the moon", ""),
        ("moons before V5.3.0", ""),
        ("several megapixels", ""),
        ("generation unknown", ""),
    ],
)
def test_addresses_versions_and_sizes_are_put_back_and_words_are_not(text: str, told: str) -> None:
    assert noted(text) == told


@pytest.mark.usefixtures("dutch")
@pytest.mark.parametrize(
    "note",
    [
        "A unit in the moon carries it.",
        "A label. A unit in the moon carries it.",
        "Registered to whoever asked.",
        "Also registered as Example Ltd. The moon is not told.",
    ],
)
def test_a_note_that_is_not_known_whole_stays_english_and_says_so(note: str) -> None:
    assert noted(note) == ""
    assert abroad(note, bare=True) == f'<span lang="en">{note}</span>'


@pytest.mark.usefixtures("dutch")
@pytest.mark.parametrize(
    "text",
    ["Registered to " + "a (1); " * 500 + "!", "A1 and " * 600, "Also registered as " + ". A" * 1300, "a" * 4000],
)
def test_a_text_that_resembles_a_shape_is_looked_at_no_longer_than_it_is_long(text: str) -> None:
    began = time.process_time()
    assert noted(text) == ""
    assert time.process_time() - began < 1


def test_in_english_a_note_stands_as_it_is() -> None:
    assert abroad("A label.", bare=True) == "A label."


@pytest.mark.usefixtures("dutch")
def test_no_number_no_code_and_no_name_is_lost_in_dutch() -> None:
    catalog = load_catalog()
    names = {one.name for one in (*catalog.brands.values(), *catalog.companies.values()) if one.name[:1].isupper()}
    whole = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})(?!\w)")
    lost = {}
    for note, told in ((_signs(note), _signs(noted(note))) for note in NOTES):
        kept = _tokens(note) | {name for name in whole.findall(note) if name not in note.split()[0]}
        if told and (missing := [one for one in kept if one not in told] + sorted(_numbers(told) - _numbers(note))):
            lost[told] = missing
    assert not lost


def _signs(text: str) -> str:
    """With the signs of numbers as in English: 38,88 is 38.88."""
    return re.sub(r"(?<=\d),(?=\d)", ".", text)


def _tokens(text: str) -> set[str]:
    tokens = {token.strip(".:-/") for token in _TOKEN.findall(text)} - _WORDS
    return {token.removesuffix("s") if token[:1].isdigit() else token for token in tokens}


def _numbers(text: str) -> set[str]:
    return {token for token in _tokens(text) if token[:1].isdigit()}


@pytest.mark.usefixtures("dutch")
def test_notes_that_are_a_shape_are_all_there_in_dutch() -> None:
    shaped = [one for note in NOTES for one in sentences(note) if shape_of(one)[0]]
    assert len(shaped) > 500
    assert [one for one in shaped if not noted(one)] == []


@pytest.mark.usefixtures("dutch")
@pytest.mark.parametrize(
    ("text", "told"), [("other models", "andere modellen"), ("moon units", '<span lang="en">moon units</span>')]
)
def test_what_a_series_is_called_is_said_in_dutch_or_marked(text: str, told: str) -> None:
    entry, file = relabelled_camera(), io.StringIO()
    write_dossier(file, made(entry, text), entry, assessment(), FakeNames())
    assert f'<li><bdi class="value">{told}: ' in file.getvalue()
