"""What the name on a device says of its maker, where the company behind the name makes what it sells under it.

It knows the word that a brand's record has for that, see `custodiet.model.company.OwnDesign`. It refuses to speak
against anything: where a sign of the device itself names a maker, where two names of equal weight disagree, and of
every brand whose record does not say so, a name stays a label.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from custodiet.catalog.contents import Catalog
from custodiet.catalog.firmware import family_of
from custodiet.identify.names import brand_of_company
from custodiet.model import Brand, Claim

TECHNIQUE = "own-brand"
"""The kind of evidence of these claims; they never rest on more than a name."""

STRENGTH = {"all": "platform", "usual": "presumption", "supposed": "supporting"}
"""What a brand's record says of its design -> the most that a name is worth then."""

HOLDS_A_BLOCK = "supporting"
"""The most that the name of the holder of an address block is worth: he may have sold the part inside."""

FIRM = "platform"
"""What the name of a company whose parts work inside devices of others must be worth, a word of the strengths."""

LEAST = "supporting"
"""What a name must be worth itself, and what goes before it must be worth, a word of the strengths."""


def own_design_claims(claims: Sequence[Claim], catalog: Catalog) -> Iterator[Claim]:
    """Who made a device, presumed from its name alone: one claim for each place where the name stands.

    Args:
        claims: everything that is said of one device.
        catalog: the catalog.
    """
    if not catalog.strengths.keys() >= {*STRENGTH.values(), FIRM, LEAST, HOLDS_A_BLOCK}:
        return
    least = catalog.strengths[LEAST].weight
    found = _by_label(claims, catalog, least) or _by_holder(claims, catalog)
    if found is None:
        return
    brand, named = found
    makers = {one.value for one in claims if one.field == "manufacturer" and one.strength >= least}
    if any(family_of(catalog, maker) != family_of(catalog, brand.company) for maker in makers):
        return
    watches = any(one.field == "device_class" and catalog.surveillance(one.value) for one in claims)
    if watches and any(family_of(catalog, maker) != family_of(catalog, brand.company) for maker in _makers(brand)):
        return
    harmless = brand.surveillance == "none" and not watches and "not_surveillance" in catalog.device_classes
    for claim, most in named:
        weight = min(claim.strength, most, catalog.strengths[STRENGTH[brand.own_design]].weight)
        yield _presumed(claim, "manufacturer", brand.company, brand, weight)
        if harmless:
            yield _presumed(claim, "device_class", "not_surveillance", brand, weight)


def _makers(brand: Brand) -> Iterator[str]:
    """Everybody who is known to make a part of what is sold under the name."""
    yield from brand.makes
    yield from (series.made_by for series in brand.series if series.made_by)


_Named = tuple[Brand, list[tuple[Claim, float]]]
"""A brand, and the claims that name it, each with the most it is worth."""


def _by_label(claims: Sequence[Claim], catalog: Catalog, least: float) -> _Named | None:
    """The brand that is named most firmly; nothing where none is, or where brands of two companies are."""
    labels = [one for one in claims if one.field == "brand" and one.strength >= least]
    highest = max((one.strength for one in labels), default=0.0)
    labels = [one for one in labels if one.strength == highest]
    brands = {one.value: catalog.brands.get(one.value) for one in labels}
    if len({brand.company or id if brand else id for id, brand in brands.items()}) != 1:
        return None
    own = [brand for _, brand in sorted(brands.items()) if brand and brand.own_design and brand.company]
    if highest < catalog.strengths[FIRM].weight:  # the name of a part inside is found as well
        own = [brand for brand in own if not brand.inside_others]
    if len(own) != len(brands):
        return None
    brand = min(own, key=lambda brand: (list(STRENGTH).index(brand.own_design), brand.surveillance != "", brand.id))
    return brand, [(one, 1.0) for one in labels]


def _by_holder(claims: Sequence[Claim], catalog: Catalog) -> _Named | None:
    """The brand of the one company that holds the address blocks; nothing where the device is labelled otherwise."""
    if any(one.field == "brand" for one in claims):
        return None
    holders = [one for one in claims if one.field == "oui_registrant"]
    said = {one.value for one in claims if one.field in ("oui_registrant", "declared_manufacturer")}
    brands = [brand_of_company(name, catalog) for name in sorted(said)]
    brand = brands[0] if holders else None
    if brand is None or not brand.own_design or not brand.company or brand.inside_others:
        return None
    if any(other is None or other.company != brand.company for other in brands):
        return None
    return brand, [(one, catalog.strengths[HOLDS_A_BLOCK].weight) for one in holders]


def _presumed(claim: Claim, field: str, value: str, brand: Brand, weight: float) -> Claim:
    return Claim(
        field=field,
        value=value,
        technique=TECHNIQUE,
        strength=weight,
        record=brand.id,
        observations=claim.observations,
        attribute=claim.attribute,
        observed=claim.observed,
        span=claim.span,
    )
