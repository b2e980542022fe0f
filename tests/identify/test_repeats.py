"""Rows of which the same is said: what is told of them is what would be concluded of each by itself."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from custodiet.catalog import load_catalog
from custodiet.identify import Matcher, all_claims, identify, repeats
from custodiet.identify.weigh import conclude_all
from custodiet.model import Asset, Conclusion, Observation, observe

VALUES = {
    "register.brand": ["Axis", "Hikvision", "Dahua", "Hikvison", "General", "2N", " "],
    "register.model": ["P3245-LVE", "DS-2CD2143G2-I", "IP Verso", "1234", "Axis P3245-LVE"],
    "register.text": [
        "dome camera 1x",
        "dome camera 2x verdieping 11",
        "Axis P3245-LVE order 123456",
        "Axis P3245-LVE order 654321",
        "switch",
        "vervangt Hikvision DS-2CD2143G2-I",
        "kantoormeubel",
        "camera " * 70,
    ],
    "register.class": ["camera", "recorder", "printer"],
    "register.serial": ["SN1", "SN2", "SN333333"],
    "register.mac": ["00:40:8c:00:00:01", "bc:ad:28:00:00:02", "02:00:00:00:00:01", "no address"],
    "register.supplier": ["Axis Communications", "Installateur X"],
    "register.manufacturer": ["Axis Communications AB", "Hikvision"],
    "register.firmware": ["5.7.1", "V5.5.0 build 180101"],
    "register.site": ["Gebouw 1", "Gebouw 2"],
}


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(load_catalog())


def row(number: int, **columns: str) -> list[Observation]:
    return [
        observe("src-1", f"row:{number}", f"register.{name}", value, f"row {number}") for name, value in columns.items()
    ]


def by_itself(observations: Sequence[Observation], matcher: Matcher) -> tuple[Conclusion, ...]:
    return conclude_all(all_claims(observations, matcher), matcher.catalog)


def told(observations: Sequence[Observation], matcher: Matcher) -> tuple[Conclusion, ...]:
    asset = Asset(id="ast-1", label="", subjects=(), identifiers=(), merged_by=(), first_seen=None, last_seen=None)
    return identify(asset, observations, matcher).conclusions


def test_rows_are_told_as_they_are_concluded_by_themselves(matcher: Matcher) -> None:
    chance = random.Random(11)
    seen = set()
    for number in range(1500):
        attributes = chance.sample(sorted(VALUES), chance.randrange(5))
        observations = [
            observe("src-1", f"row:{number}", attribute, chance.choice(VALUES[attribute]), f"row {number}")
            for attribute in attributes
        ]
        assert told(observations, matcher) == by_itself(observations, matcher)
        seen.update(o.attribute for o in observations)
    assert seen == set(VALUES)


def test_a_row_like_an_earlier_one_is_not_weighed_again(matcher: Matcher, monkeypatch: pytest.MonkeyPatch) -> None:
    first = row(1, text="Axis P3245-LVE dome order 111111")
    others = [row(number, text=f"Axis P3245-LVE dome order {number}") for number in range(222_222, 222_232)]
    known = told(first, matcher)
    assert next(one for one in known if one.field == "brand").value == "axis"
    expected = [by_itself(other, matcher) for other in others]
    monkeypatch.setattr("custodiet.identify.conclude_all", None)
    assert [told(other, matcher) for other in others] == expected


def test_each_row_cites_its_own_observations_and_shows_its_own_words(matcher: Matcher) -> None:
    told(row(1, brand="Axis", text="dome camera 3x", serial="SN111111"), matcher)
    observations = row(2, brand="Axis", text="dome camera 4x", serial="SN222222")
    by_attribute = {one.attribute: one for one in observations}
    claims = [claim for one in told(observations, matcher) for claim in (*one.claims_for, *one.claims_against)]
    assert {claim.attribute for claim in claims} == set(by_attribute)
    for claim in claims:
        assert claim.observations == (by_attribute[claim.attribute].id,)
        assert claim.observed == by_attribute[claim.attribute].value


@pytest.mark.parametrize("other", [{"brand": "Dahua"}, {"brand": "Axis", "model": "1"}, {"serial": "Axis"}, {}])
def test_a_row_that_says_something_else_is_another(matcher: Matcher, other: dict[str, str]) -> None:
    assert told(row(1, brand="Axis"), matcher) != told(row(1, **other), matcher)


def test_what_is_more_than_one_plain_row_is_like_nothing() -> None:
    said = repeats.Said((), (), 1)
    one, two = row(1, brand="Axis", text="camera")
    assert repeats.row_of([one, two], [said, said])
    assert repeats.row_of([], []) is None
    assert repeats.row_of([one, one], [said, said]) is None
    assert repeats.row_of([one, *row(2, text="camera")], [said, said]) is None
    assert repeats.row_of([one], [said._replace(shape=repeats.UNLIKE)]) is None
    many = row(1, **{f"a{number}": "x" for number in range(repeats.MOST_SPEAKING + 1)})
    assert repeats.row_of(many[1:], [said] * repeats.MOST_SPEAKING)
    assert repeats.row_of(many, [said] * len(many)) is None


def test_what_is_kept_has_a_limit(matcher: Matcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeats, "KEPT", 2)
    monkeypatch.setattr(repeats, "SHAPES", 2)
    small = Matcher(matcher.catalog)
    for number, brand in enumerate(["Axis", "Dahua", "Sony", "Axis", "Bosch", "Axis"]):
        observations = row(number, brand=brand, text=f"{brand} camera")
        assert told(observations, small) == by_itself(observations, small)
    assert len(small.repeats._kept) <= 2
