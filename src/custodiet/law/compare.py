"""Directives side by side: for one question, what each text says. A table of words and never a ranking."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from custodiet.catalog import Catalog
from custodiet.model import Directive, EntityTest, Requirement
from custodiet.model.directive import WITHIN


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


def who_is_meant(one: Directive, catalog: Catalog) -> list[str]:
    """The tests of a directive; one that is asked of several things, as of maker and part, is told once."""
    alike: dict[EntityTest, list[EntityTest]] = {}
    for test in one.covers.tests:
        alike.setdefault(msgspec.structs.replace(test, of="maker", asks_what_is_known=False), []).append(test)
    told = []
    for shared, tests in alike.items():
        of_whom = [f"its {test.of}{', as far as is known' if test.asks_what_is_known else ''}" for test in tests]
        said = test_in_words(shared if len(tests) > 1 else tests[0], catalog)
        said += f"; asked of {' and of '.join(of_whom)}" if len(tests) > 1 else ""
        told.append(f"{said}: {one.conditions[shared.condition]}" if shared.condition in one.conditions else said)
    return told


def _tests(one: Directive, catalog: Catalog) -> str:
    return " | ".join(who_is_meant(one, catalog)) or "none: every maker alike"


def _place(one: Directive, catalog: Catalog) -> str:
    return _by_sentence(one, lambda sentence: place_in_words(sentence, one) or "everywhere")


def _network(one: Directive, catalog: Catalog) -> str:
    if not any(sentence.network for sentence in one.requirements):
        return ""
    return _by_sentence(one, lambda sentence: sentence.network or "whatever the network")


def _purpose(one: Directive, catalog: Catalog) -> str:
    if not any(sentence.purpose for sentence in one.requirements):
        return ""
    return _by_sentence(one, lambda sentence: purpose_in_words(sentence, one) or "whatever the purpose")


def _by_sentence(one: Directive, tell: Callable[[Requirement], str]) -> str:
    """What is said of each sentence, by its number; once where it is the same for all."""
    said: dict[str, list[str]] = {}
    for number, sentence in enumerate(one.requirements, start=1):
        said.setdefault(tell(sentence), []).append(str(number))
    if len(said) == 1:
        return next(iter(said))
    return " | ".join(f"{', '.join(numbers)}: {words}" for words, numbers in said.items())


def place_in_words(sentence: Requirement, one: Directive) -> str:
    """The questions about the place that decide whether a sentence speaks of it; empty: it speaks of every place."""
    if not sentence.where:
        return ""
    asked = " ".join(one.conditions.get(condition, condition) for condition in sentence.where)
    told = ("where none of these is a yes: " if sentence.where_not else "where one is a yes: ") + asked
    if not sentence.in_view:
        return told
    all_of_them = set(sentence.in_view) == set(sentence.where)
    seen = (
        "each" if all_of_them else " ".join(one.conditions.get(condition, condition) for condition in sentence.in_view)
    )
    return f"{told} Asked of a place that the device looks at too: {seen}"


def purpose_in_words(sentence: Requirement, one: Directive) -> str:
    """The questions about the purpose; empty: none is asked."""
    asked = " ".join(one.conditions.get(condition, condition) for condition in sentence.purpose)
    return f"for a purpose: {asked}" if asked else ""


def _sentences(one: Directive, catalog: Catalog) -> str:
    several = len(one.requirements) > 1
    return "; ".join(
        f"{number}. {sentence_in_words(sentence)}" if several else sentence_in_words(sentence)
        for number, sentence in enumerate(one.requirements, start=1)
    )


def sentence_in_words(sentence: Requirement) -> str:
    """Strength, verb and dates of one sentence."""
    verb = "remove it" if sentence.demands == "remove-by" else sentence.demands.replace("-", " ")
    said = verb if verb.startswith(f"{sentence.strength} ") else f"{sentence.strength} {verb}"
    said = f"asks to {verb}" if sentence.strength == "none" else said
    said += f" from {sentence.applies_from}" if sentence.applies_from else ""
    said += f" by {sentence.deadline}" if sentence.deadline else ""
    said += f" {within_in_words(sentence.within, sentence.after)}" if sentence.within else ""
    return said


def within_in_words(within: str, after: str) -> str:
    """A deadline that runs, for people: ``P1BD`` after ``identified`` is within one business day after ..."""
    found = WITHIN.match(within)
    if found is None:
        return f"within {within} after {event_in_words(after)}"
    number, business = int(found[1]), found[2] == "BD"
    count = _COUNTED.get(number, str(number))
    unit = f"{'business ' if business else ''}day{'' if number == 1 else 's'}"
    return f"within {count} {unit} after {event_in_words(after)}"


def event_in_words(after: str) -> str:
    """The event from which a deadline runs: ``report-first`` is the first report."""
    return _AFTER.get(after, after.replace("-", " "))


_COUNTED: Mapping[int, str] = {1: "one", 2: "two", 3: "three", 10: "ten"}
_AFTER: Mapping[str, str] = {
    "identified": "it was identified",
    "report-first": "the first report",
    "report-full": "the full report",
    "fix-available": "a fix was available",
}
"""What a deadline of our records runs from, in words; another event is said by its id."""


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
    "network": _network,
    "purpose": _purpose,
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
