"""Directives: dates are in order, and the words and companies they use exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from custodiet.catalog.check.result import CheckResult, dates_in_order, known, wrong
from custodiet.catalog.contents import Catalog
from custodiet.model import Directive, EntityTest, Requirement
from custodiet.model.directive import WITHIN


def check_directives(catalog: Catalog) -> Iterator[CheckResult]:
    """Dates are dates and in order, and the words and companies a directive uses exist."""
    for directive in catalog.directives.values():
        dates = [directive.announced, directive.in_force, directive.until]
        yield from dates_in_order(directive, "announced, in_force and until", dates)
        words: list[tuple[str, str, Iterable[str]]] = [
            *(("body kind", word, catalog.body_kinds) for word in directive.addressees),
            *(("device class", word, catalog.device_classes) for word in directive.equipment),
            *(("device class", word, catalog.device_classes) for word in directive.equipment_unclear),
            *(("company", word, catalog.companies) for word in directive.covers.companies),
            *(("directive", word, catalog.directives) for word in directive.related),
            ("level", directive.level, catalog.levels),
        ]
        if directive.status == "what if":
            yield wrong("directives", directive, "a record supposes nothing", "Write the status that the text has")
        for test in directive.covers.tests:
            words += [("country", word, catalog.countries) for word in (*test.countries, *test.open_countries)]
            words += [("condition", word, directive.conditions) for word in (test.condition,) if word]
            yield from _test_faults(directive, test)
        for window in directive.suspensions:
            yield from dates_in_order(directive, "a suspension", [window.since, window.until])
        ids: set[str] = set()
        for requirement in directive.requirements:
            words.append(("demand", requirement.demands, catalog.demands))
            words += [("condition", word, directive.conditions) for word in requirement.where]
            words += [("company", word, catalog.companies) for word in requirement.purpose_for]
            words += [
                ("condition", word, directive.conditions) for word in (*requirement.purpose, *requirement.exceptions)
            ]
            words += [("body kind", word, catalog.body_kinds) for word in requirement.addressees]
            words += [("device class", word, catalog.device_classes) for word in requirement.equipment]
            yield from _sentence_faults(directive, requirement)
            for word in set(requirement.in_view).difference(requirement.where):
                said = f"{requirement.id} asks {word} of what a device looks at, and not of where it hangs"
                yield wrong("directives", directive, said, "Put it under where too, or remove it from in_view")
            dates = [requirement.applies_from, requirement.deadline or requirement.applies_until]
            yield from dates_in_order(directive, f"the dates of {requirement.id}", dates)
            if requirement.id in ids:
                yield wrong("directives", directive, f"{requirement.id} stands twice", "Give each its own id")
            ids.add(requirement.id)
        for language, told in directive.in_other_languages.items():
            if language == "en":
                yield wrong("directives", directive, "it is written in English itself", "Leave out en:")
            words += [("condition", word, directive.conditions) for word in told.conditions]
            words += [("requirement", word, ids) for word in told.texts]
        for what, word, among in words:
            yield from known("directives", directive, what, word, among)


_NEEDS: dict[str, tuple[str, ...]] = {
    "named": ("companies",),
    "law-of-seat": ("countries", "law"),
    "made-in": ("countries",),
    "brand-from": ("countries",),
    "listed-country": ("countries",),
    "share": ("companies", "share"),
    "data-to": ("countries",),
    "administered-from": ("countries",),
    "certificate": ("scheme",),
    "decided": ("condition",),
}
"""Kind of test -> fields without which it asks nothing."""


def _test_faults(directive: Directive, test: EntityTest) -> Iterator[CheckResult]:
    for name in _NEEDS[test.kind]:
        if not getattr(test, name):
            yield wrong("directives", directive, f"the test {test.kind} has no {name}", f"Add {name}: to the test")


def _sentence_faults(directive: Directive, sentence: Requirement) -> Iterator[CheckResult]:
    """A quotation names the source it was read in; a deadline that runs names what it runs from."""
    where = {reference.where for reference in directive.references}
    if sentence.quotation and sentence.quoted_from not in where:
        remedy = "Write the reference it was read in, letter for letter, under quoted_from; or mark it as a paraphrase"
        yield wrong("directives", directive, f"the quotation of {sentence.id} names no source", remedy)
    if sentence.quotation and not sentence.language:
        yield wrong("directives", directive, f"the quotation of {sentence.id} has no language", "Add language: en")
    if sentence.within and not (WITHIN.match(sentence.within) and sentence.after):
        remedy = "Write within: P1BD or P30D, and after: what it runs from"
        yield wrong("directives", directive, f"the deadline of {sentence.id} cannot run", remedy)
    if directive.status in ("proposed", "record") and sentence.strength != "none":
        remedy = "Write strength: none; what it asks stands in demands and text"
        yield wrong("directives", directive, f"{sentence.id} of a text that asks nothing has a strength", remedy)
