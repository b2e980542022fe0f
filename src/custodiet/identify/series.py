"""Who made the series that a model belongs to: a brand is not enough, and a model often is only with its brand.

It knows what the records of brands say of their series. It refuses to guess: a series without a maker, or one whose
sources disagree, says nothing. Its claims are of the same kind of evidence as the grammar of models, so that the two
never add up, and no stronger than the sign of the brand: a label that is only a hint makes its factory no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from custodiet.catalog.contents import Catalog
from custodiet.model import Brand, Claim, Series

LONGEST_MODEL = 100
"""Characters; a longer text is no model name."""

MOST_MODELS = 40
"""Different models of one device that are asked: no honest device names more."""


def series_claims(claims: Sequence[Claim], catalog: Catalog) -> Iterator[Claim]:
    """What the brands and models among these claims say together about who made the device.

    Args:
        claims: everything that is said of one device.
        catalog: the catalog.
    """
    least = catalog.strengths["supporting"].weight if "supporting" in catalog.strengths else 0.0
    brands: dict[str, Claim] = {}
    for claim in claims:
        if claim.field == "brand" and claim.strength >= least and claim.value in catalog.brands:
            brands[claim.value] = max(brands.get(claim.value, claim), claim, key=lambda one: one.strength)
    if not any(catalog.brands[id].series for id in brands):
        return
    models: dict[str, Claim] = {}
    for claim in claims:
        if claim.field == "model" and len(claim.value) <= LONGEST_MODEL and len(models) < MOST_MODELS:
            models.setdefault(claim.value, claim)
    for id, named in brands.items():
        brand = catalog.brands[id]
        for value, model in models.items():
            for series in series_of(brand, value):
                word = catalog.certainties.get(series.certainty)
                if not series.made_by or word is None or word.strength not in catalog.strengths:
                    continue
                yield Claim(
                    field="manufacturer",
                    value=series.made_by,
                    technique="model-grammar",
                    strength=min(catalog.strengths[word.strength].weight, named.strength),
                    record=brand.id,
                    observations=tuple(dict.fromkeys((*model.observations, *named.observations))),
                    attribute=model.attribute,
                    observed=model.observed,
                    span=model.span,
                )


def series_of(brand: Brand, model: str) -> tuple[Series, ...]:
    """The series of a brand that a model belongs to; the name of the brand before the model does not count."""
    text = model.strip()
    for name in (brand.name, *brand.names):
        if text.casefold().startswith(f"{name} ".casefold()):
            text = text[len(name) + 1 :].strip()
            break
    return tuple(series for series in brand.series if series.models and _pattern(series.models).fullmatch(text))


@lru_cache(1024)
def _pattern(regex: str) -> re.Pattern[str]:
    return re.compile(regex)
