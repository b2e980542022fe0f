"""Directives side by side: for one question, what each text says. A table of words and never a ranking."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from custodiet.catalog import Catalog
from custodiet.model import Directive, EntityTest, Requirement


def compare(directives: Sequence[Directive], catalog: Catalog) -> tuple[tuple[str, ...], ...]:
    """A table: one row for each question, one column for each directive, the question first.

    A cell holds what the record says; an empty one means that the text does not speak of it.
    """
    rows: list[tuple[str, ...]] = [("", *(one.id for one in directives))]
    rows += [(question, *(tell(one, catalog) for one in directives)) for question, tell in QUESTIONS.items()]
    return tuple(rows)


def _addressees(one: Directive, catalog: Catalog) -> str:
    words = [catalog.body_kinds[kind].means if kind in catalog.body_kinds else kind for kind in one.addressees]
    return "; ".join(words) or "nobody"


def test_in_words(test: EntityTest, catalog: Catalog) -> str:
    """One test of the maker, brand, parts or data in a few words."""
    word = catalog.entity_tests.get(test.kind)
    said = word.means if word else test.kind
    names = [catalog.companies[id].name if id in catalog.companies else id for id in test.companies]
    details = [
        ", ".join(names) + (" with subsidiaries and affiliates" if test.affiliates else ""),
        ", ".join(test.countries),
        f"open: {', '.join(test.open_countries)}" if test.open_countries else "",
        f"{test.share:g}% or more" if test.share is not None else "",
        test.law,
        test.scheme,
        f"asked of its {test.of}" if test.of != "maker" else "",
        f"from {test.since}" if test.since else "",
        f"until {test.until}" if test.until else "",
    ]
    return f"{said}: {'; '.join(detail for detail in details if detail)}".rstrip(": ")


def _tests(one: Directive, catalog: Catalog) -> str:
    return " | ".join(test_in_words(test, catalog) for test in one.covers.tests) or "none: every maker alike"


def _place(one: Directive, catalog: Catalog) -> str:
    asked = {condition: None for sentence in one.requirements for condition in sentence.where}
    return "; ".join(one.conditions.get(condition, condition) for condition in asked) or "everywhere"


def _sentences(one: Directive, catalog: Catalog) -> str:
    return "; ".join(sentence_in_words(sentence) for sentence in one.requirements)


def sentence_in_words(sentence: Requirement) -> str:
    """Strength, verb and dates of one sentence."""
    verb = "remove it" if sentence.demands == "remove-by" else sentence.demands.replace("-", " ")
    said = verb if verb.startswith(f"{sentence.strength} ") else f"{sentence.strength} {verb}"
    said = f"asks to {verb}" if sentence.strength == "none" else said
    said += f" from {sentence.applies_from}" if sentence.applies_from else ""
    said += f" by {sentence.deadline}" if sentence.deadline else ""
    said += f" within {sentence.within} after it was {sentence.after}" if sentence.within else ""
    return said


QUESTIONS: Mapping[str, Callable[[Directive, Catalog], str]] = {
    "title": lambda one, catalog: one.title,
    "jurisdiction": lambda one, catalog: one.jurisdiction,
    "what it is": lambda one, catalog: f"{one.instrument}; {one.status}",
    "binds": _addressees,
    "equipment": lambda one, catalog: ", ".join(one.equipment).replace("_", " "),
    "equipment left open": lambda one, catalog: ", ".join(one.equipment_unclear).replace("_", " "),
    "level": lambda one, catalog: one.level,
    "who or what is meant": _tests,
    "where": _place,
    "network": lambda one, catalog: "core" if any(s.network for s in one.requirements) else "",
    "what it asks": _sentences,
    "announced": lambda one, catalog: one.announced,
    "in force": lambda one, catalog: one.in_force,
    "until": lambda one, catalog: one.until,
    "suspended": lambda one, catalog: "; ".join(f"{w.since} to {w.until or '?'}" for w in one.suspensions),
    "exceptions": lambda one, catalog: "; ".join(one.exceptions),
    "why": lambda one, catalog: ", ".join(one.grounds),
    "how well sourced": lambda one, catalog: one.confidence,
    "not confirmed": lambda one, catalog: "; ".join(one.unconfirmed),
}
"""Question -> what a directive says to it."""
