"""Claims -> one conclusion for each field, from one table of weights.

The docstring of each weighing function is the sentence the report prints about it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache

import msgspec

from custodiet.catalog.contents import Catalog
from custodiet.catalog.spelling import fold
from custodiet.model import FIELDS, Claim, Conclusion
from custodiet.model.identification import Band

BANDS: list[tuple[float, Band]] = [(0.95, "certain"), (0.75, "likely"), (0.40, "possible"), (0.0, "unknown")]
"""Lowest confidence of each band, in reading order."""

COUNTER_WEIGHT = 0.6
"""How far a full contradiction lowers a value: from sure to less than even."""

CERTAIN = BANDS[0][0]

MOST = 0.9999
"""Nothing is ever entirely sure."""

SHOWN = 12
"""Claims kept for each side of a field: enough to check the conclusion, few enough to read."""

MOST_VALUES = 40
"""Values of one field that are weighed, the best supported first: no honest device says more, and a hostile one that
says thousands must not make the work grow with their cube."""


def band_of(confidence: float) -> Band:
    """A confidence of 0.95 and more is called certain, 0.75 likely, 0.40 possible; anything less is unknown."""
    return next(name for lowest, name in BANDS if confidence >= lowest)


def support(claims: Sequence[Claim], caps: Mapping[str, float]) -> float:
    """Claims of one kind of evidence count once, the strongest; different kinds add up as independent signs do."""
    return _added([_by_technique(claims, caps)])


def _by_technique(claims: Sequence[Claim], caps: Mapping[str, float]) -> dict[str, float]:
    """The strongest claim of each kind of evidence, 0 to 1."""
    strongest: dict[str, float] = {}
    for claim in claims:
        weight = min(claim.strength, caps.get(claim.technique, 0.5))
        strongest[claim.technique] = max(strongest.get(claim.technique, 0.0), weight)
    return strongest


def _added(evidence: Sequence[Mapping[str, float]]) -> float:
    """What the kinds of evidence for values that agree add up to, 0 to 1."""
    doubt = 1.0
    for technique in sorted({technique for one in evidence for technique in one}):
        doubt *= 1.0 - max(one.get(technique, 0.0) for one in evidence)
    return 1.0 - doubt


def lowered(own: float, against: float) -> float:
    """What speaks against a value lowers it in proportion, and a contradicted value is never certain."""
    confidence = own * (1.0 - COUNTER_WEIGHT * against)
    return min(confidence, CERTAIN - 0.01) if against > 0 else confidence


def conclude(field: str, claims: Sequence[Claim], catalog: Catalog) -> Conclusion:
    """Weigh the claims for one field; where none is strong enough the answer is unknown, with what would settle it."""
    if not claims:
        return _nothing(field)
    caps = _caps(catalog)
    groups: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        groups[claim.value].append(claim)
    evidence = {value: _by_technique(held, caps) for value, held in groups.items()}
    own = {value: support(held, caps) for value, held in groups.items()}
    values = sorted(sorted(groups, key=lambda value: (-own[value], value))[:MOST_VALUES])
    agree = _AGREEMENT.get(field, _same_text)
    agreeing = {value: [other for other in values if agree(value, other, catalog)] for value in values}
    best: tuple[float, str, list[str]] | None = None
    for value in values:
        rivals = [other for other in values if other not in agreeing[value] and value not in agreeing[other]]
        # a rival answer is as strong as everything that agrees with it, just as this one is
        against = max(
            (_added([evidence[other] for other in rivals if other in agreeing[rival]]) for rival in rivals),
            default=0.0,
        )
        confidence = lowered(_added([evidence[other] for other in agreeing[value]]), against)
        if best is None or (confidence, own[value]) > (best[0], own[best[1]]):
            best = (confidence, value, rivals)
    if best is None:
        return _nothing(field)
    confidence, value, rivals = best
    band = band_of(confidence)
    return Conclusion(
        field=field,
        value="" if band == "unknown" else value,
        confidence=min(round(confidence, 4), MOST),
        band=band,
        claims_for=_strongest([claim for other in agreeing[value] for claim in groups[other]]),
        claims_against=_strongest([claim for other in rivals for claim in groups[other]]),
        settle="" if band == "certain" else _SETTLES.get(field, ""),
    )


@cache
def _nothing(field: str) -> Conclusion:
    """Nothing speaks about the field."""
    return Conclusion(field=field, value="", confidence=0.0, band="unknown", settle=_SETTLES.get(field, ""))


_CAPS: dict[str, dict[str, float]] = {}


def _caps(catalog: Catalog) -> dict[str, float]:
    """The most that each technique alone can reach; remembered by the version of the catalog, which never changes."""
    if catalog.version not in _CAPS:
        _CAPS[catalog.version] = {technique.id: technique.cap for technique in catalog.techniques.values()}
    return _CAPS[catalog.version]


def conclude_all(claims: Sequence[Claim], catalog: Catalog) -> tuple[Conclusion, ...]:
    """The conclusions for all fields, in the order of `FIELDS`."""
    by_field: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_field[claim.field].append(claim)
    return tuple(conclude(f, by_field[f], catalog) if f in by_field else _nothing(f) for f in FIELDS)


def _strongest(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """The strongest claims, one for each record and observed value."""
    kept: dict[tuple[str, str, str], Claim] = {}
    for claim in sorted(claims, key=lambda c: (-c.strength, msgspec.structs.astuple(c))):
        kept.setdefault((claim.record, claim.attribute, claim.observed), claim)
    return tuple(kept.values())[:SHOWN]


def _same_text(value: str, other: str, _catalog: Catalog) -> bool:
    """Spelling, case and punctuation do not make a difference."""
    return value == other or fold(value) == fold(other)


def _same_model(value: str, other: str, _catalog: Catalog) -> bool:
    """A model that is contained in a longer form of itself is the same model."""
    shorter, longer = sorted((fold(value), fold(other)), key=len)
    return shorter == longer or (len(shorter) >= 5 and shorter in longer)


def _same_class(value: str, other: str, _catalog: Catalog) -> bool:
    """ "Some surveillance device" supports every class of surveillance device, and contradicts none."""
    return value == other or (other == "surveillance" and value != "not_surveillance")


def _same_family(value: str, other: str, catalog: Catalog) -> bool:
    """A sign of the family supports each company of it: they share platforms. Who of them it is needs an own sign."""
    if _same_text(value, other, catalog):
        return True
    heads = [record.group or record.id for name in (value, other) if (record := catalog.companies.get(name))]
    return len(heads) == 2 and heads[0] == heads[1]


_AGREEMENT: dict[str, Callable[[str, str, Catalog], bool]] = {
    "manufacturer": _same_family,
    "device_class": _same_class,
    "model": _same_model,
}

_SETTLES: dict[str, str] = {
    "manufacturer": "A reply to a maker's own discovery (SADP, DHIP), its certificate or a capture of its traffic "
    "would settle who made it.",
    "device_class": "Its open ports, its web page or a look at the device would settle what it is.",
    "brand": "A look at the label would settle the brand.",
    "model": "The label or a discovery reply would settle the model.",
    "firmware": "A discovery reply or its web page would give the firmware version.",
    "serial": "The label or a discovery reply would give the serial number.",
    "oui_registrant": "A capture on its own network or the table of its switch would give its MAC address first-hand.",
    "declared_manufacturer": "",
    "supplier": "A purchase record would name the supplier.",
}
"""What would settle a field that is not certain."""
