"""Series of brands: a maker that exists, words that are known, expressions that cannot run away."""

from __future__ import annotations

from collections.abc import Iterator

from custodiet.catalog.check.result import CheckResult, dates_in_order, is_date, known, runaway, wrong
from custodiet.catalog.contents import Catalog


def check_series(catalog: Catalog) -> Iterator[CheckResult]:
    """Every series names a maker we know or none, says how sure that is, and where it was read."""
    for brand in catalog.brands.values():
        for series in brand.series:
            if series.made_by:
                yield from known("brands", brand, "company", series.made_by, catalog.companies)
            certainty = catalog.certainties.get(series.certainty)
            if certainty and certainty.strength:
                yield from known("brands", brand, "strength", certainty.strength, catalog.strengths)
                if not series.made_by:
                    fault = f"the series {series.name!r} is {series.certainty} and names no maker"
                    yield wrong("brands", brand, fault, "Name made_by, or use not-established, conflicting or claimed")
            yield from dates_in_order(
                brand, f"since and until of {series.name}", [series.since, series.until], "brands"
            )
            if not series.references or not all(r.where and is_date(r.read) for r in series.references):
                fault = f"the series {series.name!r} has no source with a date"
                yield wrong("brands", brand, fault, "Add references with where and read")
            if series.models:
                yield from runaway("brands", brand, series.models)
        names = [series.name for series in brand.series]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield wrong("brands", brand, f"the series {name!r} stands twice", "Keep one, or tell the two apart")
