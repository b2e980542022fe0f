"""Lines that differ by a long number are read once, and what is read of each is what was read of it alone."""

import random
from dataclasses import replace

import msgspec
import pytest

from custodiet.identify import Matcher, claims_of_value
from custodiet.identify.text import numbers, read_line
from custodiet.identify.text.literals import tells_digits_apart
from custodiet.identify.text.numbers import alike
from custodiet.model.fingerprint import When
from ours import our_matcher


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return our_matcher()


@pytest.mark.parametrize(
    ("line", "same"),
    [
        ("dome camera incl. montage order 471234", "dome camera incl. montage order 000000"),
        ("factuur:20231107, camera 2x", "factuur:00000000, camera 2x"),
        ("bel 0612345678. Dahua dome", "bel 0000000000. Dahua dome"),
        ("#123456 en 7654321; beugel", "#000000 en 0000000; beugel"),
        ("12345 stuks dome", "12345 stuks dome"),  # may be a count
        ("camera AB-123456", "camera AB-123456"),  # part of a model
        ("serie 123456x", "serie 123456x"),
        ("camera 123456/7", "camera 123456/7"),
        ("2N deurintercom order 471234", "2N deurintercom order 471234"),  # its record tells digits apart
        ("Axis 471234 dome", "Axis 471234 dome"),  # its models may have several words
        ("dome order 471234" + " en" * 150, "dome order 471234" + " en" * 150),  # too long to be kept
    ],
)
def test_long_numbers_that_stand_alone_make_no_difference(matcher: Matcher, line: str, same: str) -> None:
    assert alike(line, matcher) == same


def test_what_is_read_is_what_would_be_read_of_the_line_alone(
    matcher: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(5)
    words = [
        *(
            "Hikvision",
            "DS-2CD2143G2-I",
            "Axis",
            "P3245-LVE",
            "2N",
            "Hikvison",
            "dome",
            "camera's",
            "DS",
            "IPC",
            "aantal",
        ),
        *(
            "order",
            "x",
            "3",
            "12 st.",
            "of gelijkwaardig",
            "voor",
            "en",
            ",",
            "incl.",
            "vervangen door",
            "switch",
            "Bosch",
        ),
        *("NVR", "4mm", "12x", "nr:", "(", "of", "1080p", "licentie", "20x", "stuks", "360"),
    ]
    lines = []
    for _ in range(400):
        told = chance.choices(words, k=chance.randrange(2, 9))
        told.insert(
            chance.randrange(len(told) + 1), str(chance.randrange(10**5, 10**9)) + chance.choice(["", ".", ","])
        )
        lines.append(" ".join(told))
    quick = [(read_line(line, matcher), claims_of_value("register.text", line, matcher)) for line in lines]
    assert sum(alike(line, matcher) != line for line in lines) > 100
    alone = Matcher(matcher.catalog)
    monkeypatch.setattr("custodiet.identify.alike", lambda line, _matcher: line)
    monkeypatch.setattr("custodiet.identify.text.lines.alike", lambda line, _matcher: line)
    assert quick == [(read_line(line, alone), claims_of_value("register.text", line, alone)) for line in lines]


def test_a_claim_quotes_its_own_line(matcher: Matcher) -> None:
    claims_of_value("register.text", "3 st. Dahua dome order 111111", matcher)
    claims = claims_of_value("register.text", "3 st. Dahua dome order 222222", matcher)
    assert claims
    assert {claim.observed for claim in claims} == {"3 st. Dahua dome order 222222"}


def test_a_record_of_ones_own_may_mind_the_number(matcher: Matcher) -> None:
    known = matcher.catalog.by_attribute("device.text")[0]
    own = msgspec.structs.replace(
        known,
        id="register-text-order",
        attribute="register.text",
        when=When(regex=r"\b471234\b"),
        says={"brand": "abus"},
    )
    catalog = replace(matcher.catalog, version="own", fingerprints=(*matcher.catalog.fingerprints, own))
    told = [claims_of_value("register.text", f"order {number}", Matcher(catalog)) for number in (471234, 471235)]
    assert [[claim.value for claim in claims if claim.field == "brand"] for claims in told] == [["abus"], []]


def test_no_more_is_remembered_than_there_is_room_for(matcher: Matcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbers, "REMEMBERED", 3)
    for length in range(6, 20):
        assert alike(f"dome {'7' * length}", matcher) == f"dome {'0' * length}"
    assert len(numbers._minds(matcher.catalog).safe) <= 3


@pytest.mark.parametrize(
    ("regex", "apart"),
    [
        (r"(?i)(?<![\w@./-])(?:abus)(?![\w@]|\.(?:com|nl))", False),
        (r"\d+ [0-9]{2,4}[^x]*?.", False),
        (r"[ -~]+(?P<name>ab|cd)+", False),
        (r"(?P<name>2n)", True),
        (r"[1-9]\d*", True),
        (r"[^5]", True),
        (r"a(?!\s1)", True),
        (r"(?:x|y7)*", True),
        (r"(\w)\1", True),
    ],
)
def test_an_expression_that_tells_digits_apart_is_known(regex: str, apart: bool) -> None:
    assert tells_digits_apart(regex) is apart
