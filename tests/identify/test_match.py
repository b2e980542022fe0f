"""Does a fingerprint hold, and where: spans, groups, general attributes, words of free text, bounds."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from custodiet.identify.match import LONGEST_VALUE, Match, Matcher
from small import catalog, fingerprint

SERVER = fingerprint("acme-server", "http.server", "{ manufacturer: acme }", regex="^Acme-Web(/[0-9.]+)?$")
EXACT = fingerprint("acme-realm", "http.www_authenticate", "{ manufacturer: acme }", equals="[ACME_LOGIN]")
GRAMMAR = fingerprint(
    "acme-model", "device.model", "{ manufacturer: acme, model: '{model}' }",
    regex="^(?P<model>AC-[0-9]{4}[A-Z]*)$", technique="model-grammar", strength="platform",
)  # fmt: skip
FIRMWARE = fingerprint(
    "acme-banner", "banner.ftp", "{ manufacturer: acme, model: '{model}', firmware: '{version}' }",
    regex="(?P<model>AC-[0-9]+) ready(?: v(?P<version>[0-9.]+))?",
)  # fmt: skip


@pytest.fixture
def matcher(tmp_path: Path) -> Matcher:
    return Matcher(catalog(tmp_path, SERVER, EXACT, GRAMMAR, FIRMWARE))


def ids(found: tuple[Match, ...]) -> list[str]:
    return [match.fingerprint.id for match in found]


def test_a_match_says_what_and_where(matcher: Matcher) -> None:
    (match,) = matcher.match("http.server", "Acme-Web/2.1")
    assert match.says == {"manufacturer": "acme"}
    assert match.span == (0, 12)


def test_the_span_is_the_part_that_held(matcher: Matcher) -> None:
    (match,) = matcher.match("banner.ftp", "220 AC-12 ready v1.5 (c)")
    assert "220 AC-12 ready v1.5 (c)"[slice(*match.span)] == "AC-12 ready v1.5"
    assert match.says == {"manufacturer": "acme", "model": "AC-12", "firmware": "1.5"}


def test_a_group_that_took_no_part_leaves_its_field_out(matcher: Matcher) -> None:
    (match,) = matcher.match("banner.ftp", "AC-12 ready")
    assert match.says == {"manufacturer": "acme", "model": "AC-12"}


@pytest.mark.parametrize("value", ["ACME_LOGIN ", "acme_login", "my ACME_LOGIN", ""])
def test_equals_is_letter_for_letter(matcher: Matcher, value: str) -> None:
    assert ids(matcher.match("http.www_authenticate", "ACME_LOGIN")) == ["acme-realm"]
    assert matcher.match("http.www_authenticate", value) == ()


@pytest.mark.parametrize("attribute", ["http.title", "rtsp.server", "no.such.attribute"])
def test_another_attribute_with_the_same_value_says_nothing(matcher: Matcher, attribute: str) -> None:
    assert matcher.match(attribute, "Acme-Web") == ()


@pytest.mark.parametrize("attribute", ["sadp.description", "onvif.hardware", "upnp.model_name", "register.model"])
def test_one_grammar_serves_every_attribute_that_is_read_as_a_model(matcher: Matcher, attribute: str) -> None:
    (match,) = matcher.match(attribute, "AC-1234X")
    assert match.says["model"] == "AC-1234X"


def test_a_model_attribute_is_not_taken_apart_into_words(matcher: Matcher) -> None:
    assert matcher.match("onvif.hardware", "case for AC-1234X") == ()


@pytest.mark.parametrize("attribute", ["register.text", "snmp.sys_descr", "service.product", "device.text"])
def test_free_text_is_asked_word_by_word(matcher: Matcher, attribute: str) -> None:
    text = "Dome camera, AC-1234X, hal"
    (match,) = matcher.match(attribute, text)
    assert match.says["model"] == "AC-1234X"
    assert text[slice(*match.span)] == "AC-1234X"


def test_a_word_that_only_holds_a_model_within_it_stays_silent(matcher: Matcher) -> None:
    assert matcher.match("register.text", "beugel voor XAC-1234Xs") == ()


def test_the_same_grammar_speaks_once_for_one_text(matcher: Matcher) -> None:
    assert ids(matcher.match("register.text", "AC-1234 AC-1234 AC-1235")) == ["acme-model"]


def test_what_stands_behind_the_bound_is_not_read(matcher: Matcher) -> None:
    assert matcher.match("banner.ftp", " " * (LONGEST_VALUE - 4) + "AC-12 ready") == ()
    assert ids(matcher.match("banner.ftp", " " * (LONGEST_VALUE - 11) + "AC-12 ready")) == ["acme-banner"]


def test_a_huge_value_takes_no_time(matcher: Matcher) -> None:
    begin = time.process_time()
    assert matcher.match("register.text", "AC-1" * 3_000_000) == ()
    assert time.process_time() - begin < 5


def test_asking_again_gives_the_same(matcher: Matcher) -> None:
    assert matcher.match("http.server", "Acme-Web") == matcher.match("http.server", "Acme-Web")
