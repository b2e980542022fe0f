"""Which letters a text must hold, and many strings looked for at once."""

from __future__ import annotations

import pytest

from custodiet.catalog import load_catalog
from custodiet.identify.text.literals import Literals, needed


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", ["always"]),
        ("a", ["always"]),
        ("2n", ["always", "two letters"]),
        ("een axis camera", ["always", "axis"]),
        ("axi s", ["always"]),
        ("ax", ["always"]),
        ("praxis", ["always", "axis"]),
        ("hikvision", ["always", "hik", "hikvision"]),
        ("hikvis", ["always", "hik"]),
        ("hikaxis2n", ["always", "axis", "hik", "two letters"]),
    ],
)
def test_strings_that_are_in_a_text(text: str, meant: list[str]) -> None:
    literals = Literals(
        [("", "always"), ("2n", "two letters"), ("axis", "axis"), ("hik", "hik"), ("hikvision", "hikvision")]
    )
    assert sorted(literals.found(text)) == meant


def test_a_string_is_found_as_often_as_it_was_given_and_not_as_often_as_it_stands_there() -> None:
    literals = Literals([("axis", 1), ("axis", 2)])
    assert sorted(literals.found("axis axis axis")) == [1, 2]


def test_the_strings_of_the_catalog_are_found_as_one_by_one() -> None:
    catalog = load_catalog()
    needs = [
        (need, place)
        for place, record in enumerate(catalog.by_attribute("device.text"))
        if record.when.regex
        for need in needed(record.when.regex)
    ]
    literals = Literals(needs)
    examples = [example.value.lower() for record in catalog.by_attribute("device.text") for example in record.examples]
    assert examples
    for text in examples[::7]:
        assert sorted(set(literals.found(text))) == sorted({place for need, place in needs if need in text})
