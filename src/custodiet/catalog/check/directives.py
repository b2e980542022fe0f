"""Directives: dates are in order, and the words and companies they use exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from custodiet.catalog.check.result import CheckResult, dates_in_order, known, wrong
from custodiet.catalog.contents import Catalog


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
        ]
        ids: set[str] = set()
        for requirement in directive.requirements:
            words.append(("demand", requirement.demands, catalog.demands))
            words += [("condition", word, directive.conditions) for word in requirement.where]
            words += [("company", word, catalog.companies) for word in requirement.purpose_for]
            dates = [requirement.applies_from, requirement.deadline]
            yield from dates_in_order(directive, f"the dates of {requirement.id}", dates)
            if requirement.id in ids:
                yield wrong("directives", directive, f"{requirement.id} stands twice", "Give each its own id")
            ids.add(requirement.id)
        for what, word, among in words:
            yield from known("directives", directive, what, word, among)
