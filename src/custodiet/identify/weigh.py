"""Claims -> one conclusion for each field, from the tables of the vocabulary.

Three steps, each a table that anybody can read: `strengths` and `techniques` say how much a claim is worth, claims that
do not rest on one another add up, and `calibration` says which confidence is stated for what they add up to, as it was
measured. The docstring of each weighing function is the sentence the report prints about it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import NamedTuple, TypeVar

import msgspec

from custodiet.catalog.contents import Catalog, Step, Technique
from custodiet.catalog.spelling import fold
from custodiet.identify.remembered import by_version
from custodiet.model import FIELDS, Claim, Conclusion
from custodiet.model.identification import Band

K = TypeVar("K", str, tuple[str, str])

BANDS: list[tuple[float, Band]] = [(0.97, "certain"), (0.75, "likely"), (0.40, "possible"), (0.0, "unknown")]
"""Lowest confidence of each band, in reading order."""

COUNTER_WEIGHT = 0.6
"""How far a full contradiction lowers a value: from sure to less than even."""

CERTAIN, LIKELY = BANDS[0][0], BANDS[1][0]

NEVER_CERTAIN = 0.969
"""The most that is stated of a contradicted value, and of a maker for whom nothing speaks that may carry certain."""

ANSWERED = 0.90
"""What the answers of a device must add up to, for certain to rest on them alone."""

TOGETHER = 0.95
"""What several bases of evidence must add up to, for certain to rest on them together."""

_ROUNDING = 1e-9

MOST = 0.9999
"""Nothing is ever entirely sure."""

SHOWN = 12
"""Claims kept for each side of a field, and observations of one claim: enough to check the conclusion, few enough to
read."""

MOST_VALUES = 40
"""Values of one field that are weighed, the best supported first: no honest device says more, and a hostile one that
says thousands must not make the work grow with their cube."""


def band_of(confidence: float) -> Band:
    """A confidence of 0.97 and more is called certain, 0.75 likely, 0.40 possible; anything less is unknown."""
    return next(name for lowest, name in BANDS if confidence >= lowest)


class Evidence(NamedTuple):
    """The claims for one value, counted in two ways."""

    by_technique: dict[str, float]
    """Kind of evidence -> its strongest claim, 0 to 1."""
    by_text: dict[tuple[str, str], float]
    """(attribute, text) that several kinds of evidence rest on, or ("", kind) -> the strongest claim, 0 to 1; empty
    where no text speaks in several kinds, since both counts are then the same."""
    carrying: dict[str, float]
    """As `by_technique`, of the claims on which certain may rest."""


def support(claims: Sequence[Claim], techniques: Mapping[str, Technique]) -> float:
    """Claims of one kind of evidence count once, and claims that rest on one text count once; what is left adds up as
    independent signs do."""
    return added([evidence_of(claims, techniques)])


def evidence_of(claims: Sequence[Claim], techniques: Mapping[str, Technique]) -> Evidence:
    """The strongest claim of each kind and of each text; no kind counts for more than its cap."""
    shared = _shared_texts(claims) if len(claims) > 1 else ()
    evidence = Evidence({}, {}, {})
    for claim in claims:
        known = techniques.get(claim.technique)
        weight = min(claim.strength, known.cap if known else 0.5)
        if weight > evidence.by_technique.get(claim.technique, 0.0):
            evidence.by_technique[claim.technique] = weight
        if weight > evidence.carrying.get(claim.technique, 0.0) and not is_typed(claim, techniques):
            evidence.carrying[claim.technique] = weight
        if shared:
            text = (claim.attribute, claim.observed)
            key = text if text in shared else ("", claim.technique)
            if weight > evidence.by_text.get(key, 0.0):
                evidence.by_text[key] = weight
    return evidence


BY_HAND = ("register.", "label.")
"""How attributes begin whose values people wrote down."""


def is_typed(claim: Claim, techniques: Mapping[str, Technique]) -> bool:
    """Whether it speaks of an answer or a trace, and is what somebody typed of it: that is no more than words."""
    return claim.attribute.startswith(BY_HAND) and _basis(claim.technique, techniques) != "words"


def _shared_texts(claims: Sequence[Claim]) -> set[tuple[str, str]]:
    """The texts on which claims of several kinds rest."""
    rest_on: dict[tuple[str, str], str] = {}
    return {
        (claim.attribute, claim.observed)
        for claim in claims
        if claim.observed and rest_on.setdefault((claim.attribute, claim.observed), claim.technique) != claim.technique
    }


def added(evidence: Sequence[Evidence]) -> float:
    """What the evidence for values that agree adds up to, 0 to 1: counted by kind and by text, and the less holds."""
    by_technique = _independent([one.by_technique for one in evidence])
    if not any(one.by_text for one in evidence):
        return by_technique
    by_text = [one.by_text or {("", kind): weight for kind, weight in one.by_technique.items()} for one in evidence]
    return min(by_technique, _independent(by_text))


def _independent(counted: Sequence[Mapping[K, float]]) -> float:
    """Independent signs: each leaves a doubt, and the doubts multiply."""
    doubt = 1.0
    if len(counted) == 1:
        for _, weight in sorted(counted[0].items()):
            doubt *= 1.0 - weight
        return 1.0 - doubt
    for key in sorted({key for one in counted for key in one}):
        doubt *= 1.0 - max(one.get(key, 0.0) for one in counted)
    return 1.0 - doubt


def lowered(own: float, against: float) -> float:
    """What speaks against a value lowers it in proportion, and a contradicted value is never certain."""
    confidence = own * (1.0 - COUNTER_WEIGHT * against)
    return min(confidence, NEVER_CERTAIN) if against > 0 else confidence


def withstands(field: str, evidence: Sequence[Evidence], techniques: Mapping[str, Technique]) -> bool:
    """What a device answers is not undone by what people wrote of it: where its answers alone carry a maker, words
    for another one leave that short of certain, and lower it no further."""
    return field == "manufacturer" and _by_basis(evidence, techniques).get("answer", 0.0) >= ANSWERED


def may_be_certain(evidence: Sequence[Evidence], techniques: Mapping[str, Technique]) -> bool:
    """Certain rests on an answer that only one maker's devices give, or on two bases of evidence that would each be
    likely alone and do not come from one text; an address block, a name or a model alone never carries it, nor does an
    address that people typed beside a model that they typed."""
    of_basis = _by_basis(evidence, techniques)
    if of_basis.get("answer", 0.0) >= ANSWERED:
        return True
    return sum(weight >= LIKELY for weight in of_basis.values()) > 1 and added(evidence) >= TOGETHER


def _by_basis(evidence: Sequence[Evidence], techniques: Mapping[str, Technique]) -> dict[str, float]:
    """Basis of evidence -> what there is of it, 0 to 1."""
    bases: dict[str, list[dict[str, float]]] = defaultdict(list)
    for one in evidence:
        for technique, weight in one.carrying.items():
            bases[_basis(technique, techniques)].append({technique: weight})
    return {basis: _independent(counted) for basis, counted in bases.items()}


def _basis(technique: str, techniques: Mapping[str, Technique]) -> str:
    known = techniques.get(technique)
    return known.basis if known else "words"


def stated(field: str, evidence: Sequence[Evidence], against: float, catalog: Catalog) -> float:
    """The confidence that is stated is the share that was right where as much was found, and never more than the
    evidence allows; a contradicted value is stated as low as the contradiction leaves it."""
    own = added(evidence)
    step = _first_step(field, evidence, own, catalog)
    most = step.states if step else own
    if field == "manufacturer" and most > NEVER_CERTAIN and not may_be_certain(evidence, catalog.techniques):
        most = NEVER_CERTAIN
    return min(most, lowered(own, against)) if against > 0 else most


def step_of(field: str, evidence: Sequence[Evidence], catalog: Catalog) -> Step | None:
    """The first step of the calibration that fits; none where there is too little to name anything."""
    return _first_step(field, evidence, added(evidence), catalog)


def _first_step(field: str, evidence: Sequence[Evidence], own: float, catalog: Catalog) -> Step | None:
    for step in _steps(catalog, field):
        reached = own
        if step.technique:
            reached = max(one.by_technique.get(step.technique, 0.0) for one in evidence)
        enough = reached >= step.support - _ROUNDING
        if enough and (not step.carries_certain or may_be_certain(evidence, catalog.techniques)):
            return step
    return None


def conclude(field: str, claims: Sequence[Claim], catalog: Catalog) -> Conclusion:
    """Weigh the claims for one field; where none is strong enough the answer is unknown, with what would settle it."""
    if not claims:
        return _nothing(field)
    weighed = _weighed(field, claims, catalog)
    alone = weighed.value is None
    value = claims[0].value if weighed.value is None else weighed.value
    return Conclusion(
        field=field,
        value="" if weighed.band == "unknown" else value,
        confidence=weighed.confidence,
        band=weighed.band,
        claims_for=_strongest([claim for claim in claims if alone or claim.value in weighed.agreeing]),
        claims_against=_strongest([claim for claim in claims if claim.value in weighed.rivals]),
        settle="" if weighed.band == "certain" or weighed.settled else _SETTLES.get(field, ""),
    )


class _Weighed(NamedTuple):
    """What claims for one field add up to, whichever observations they cite."""

    confidence: float
    band: Band
    value: str | None = None
    """The value that holds; none where there is only one, whatever it is."""
    agreeing: frozenset[str] = frozenset()
    rivals: frozenset[str] = frozenset()
    settled: bool = False
    """Whether what would settle it was done."""


MOST_WEIGHED = 20_000
"""Combinations of claims whose weight is kept at hand."""

_WEIGHED: dict[str, dict[object, _Weighed]] = by_version()
"""Catalog version -> combination of claims -> what it adds up to."""


def _weighed(field: str, claims: Sequence[Claim], catalog: Catalog) -> _Weighed:
    """What the claims add up to: the same for all devices of whom the same is said, so it is counted once."""
    remembered = _WEIGHED.setdefault(catalog.version, {})
    key = _combination(field, claims, catalog.techniques)
    weighed = remembered.get(key)
    if weighed is None:
        if len(remembered) >= MOST_WEIGHED:
            remembered.clear()  # what repeats is back at once
        weighed = remembered[key] = _weigh(field, claims, catalog)
    return weighed


def _combination(field: str, claims: Sequence[Claim], techniques: Mapping[str, Technique]) -> object:
    """All of some claims that their weight rests on: a value that stands alone has no weight of its own, and of the
    texts only their order counts, which claims share one, and whether people typed it."""
    if len(claims) == 1:
        return field, claims[0].technique, claims[0].strength, is_typed(claims[0], techniques)
    texts = sorted({(claim.attribute, claim.observed) for claim in claims})
    of_text = {text: place if text[1] else -1 for place, text in enumerate(texts)}
    each = [(c.technique, c.strength, of_text[c.attribute, c.observed], is_typed(c, techniques)) for c in claims]
    several = any(claim.value != claims[0].value for claim in claims)
    return field, tuple(each), tuple(claim.value for claim in claims) if several else ()


def _weigh(field: str, claims: Sequence[Claim], catalog: Catalog) -> _Weighed:
    if field in _READ_OFF and any(claim.technique == READ for claim in claims):
        return _weigh_read(field, claims, catalog)
    return _weigh_claims(field, claims, catalog)


def _weigh_claims(field: str, claims: Sequence[Claim], catalog: Catalog) -> _Weighed:
    groups: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        groups[claim.value].append(claim)
    evidence = {value: evidence_of(held, catalog.techniques) for value, held in groups.items()}
    best = _best(field, groups, evidence, catalog)
    supporting = [evidence[value] for value in best.agreeing]
    confidence = min(round(stated(field, supporting, best.against, catalog), 4), NEVER_CERTAIN if best.rivals else MOST)
    if len(groups) == 1:
        return _Weighed(confidence, band_of(confidence))
    return _Weighed(confidence, band_of(confidence), best.value, frozenset(best.agreeing), frozenset(best.rivals))


READ = "label-read"
"""The kind of evidence of what a person read off the label of the device."""

_READ_OFF = frozenset({"brand"})
"""Fields that are what is printed on the device."""


def _weigh_read(field: str, claims: Sequence[Claim], catalog: Catalog) -> _Weighed:
    """What is printed on the device is its brand: where somebody read it there, other statements neither add to it nor
    lower it, but that contradicted it is not certain; only another reading of a label speaks against it."""
    read = [claim for claim in claims if claim.technique == READ]
    weighed = _weigh_claims(field, read, catalog)
    value = read[0].value if weighed.value is None else weighed.value
    values = {claim.value for claim in claims}
    agreeing = frozenset(other for other in values if _same_text(value, other, catalog))
    rivals = frozenset(values - agreeing)
    confidence = min(weighed.confidence, NEVER_CERTAIN) if rivals else weighed.confidence
    return _Weighed(confidence, band_of(confidence), value, agreeing, rivals, settled=confidence >= LIKELY)


class _Best(NamedTuple):
    """The value that is left highest."""

    value: str
    agreeing: Sequence[str]
    """The value itself, and those that support it."""
    rivals: Sequence[str]
    """Those that speak against it."""
    against: float
    """What the strongest rival adds up to, with what agrees with it."""


def _best(
    field: str, claims: Mapping[str, Sequence[Claim]], evidence: Mapping[str, Evidence], catalog: Catalog
) -> _Best:
    """The value that holds.

    Args:
        field: what is weighed.
        claims: value -> what speaks for it.
        evidence: value -> the same, counted.
        catalog: the tables.
    """
    if len(evidence) == 1:
        (value,) = evidence
        return _Best(value, [value], [], 0.0)
    own = {value: added([held]) for value, held in evidence.items()}
    values = sorted(sorted(evidence, key=lambda value: (-own[value], value))[:MOST_VALUES])
    agree = _AGREEMENT.get(field, _same_text)
    agreeing = {value: [other for other in values if agree(value, other, catalog)] for value in values}
    supporting = {value: [evidence[other] for other in agreeing[value]] for value in values}
    answered = [value for value in values if withstands(field, supporting[value], catalog.techniques)]
    counted = {value: _beyond_words(claims[value], catalog.techniques) for value in values} if answered else evidence
    found: list[tuple[float, _Best]] = []
    for value in answered or values:
        rivals = [other for other in values if other not in agreeing[value] and value not in agreeing[other]]
        # a rival answer is as strong as everything that agrees with it, just as this one is
        against = max(
            (added([counted[other] for other in rivals if other in agreeing[rival]]) for rival in rivals),
            default=0.0,
        )
        found.append((lowered(added(supporting[value]), against), _Best(value, agreeing[value], rivals, against)))

    def rank(one: tuple[float, _Best]) -> tuple[float, float, int]:
        """Of equals the first in the order of names; of two spellings of a model the one that says more."""
        return one[0], own[one[1].value], len(one[1].value) if field == "model" else 0

    return max(found, key=rank)[1]


def _beyond_words(claims: Sequence[Claim], techniques: Mapping[str, Technique]) -> Evidence:
    return evidence_of([claim for claim in claims if _basis(claim.technique, techniques) != "words"], techniques)


@cache
def _nothing(field: str) -> Conclusion:
    """Nothing speaks about the field."""
    return Conclusion(field=field, value="", confidence=0.0, band="unknown", settle=_SETTLES.get(field, ""))


_STEPS: dict[str, dict[str, list[Step]]] = by_version()


def _steps(catalog: Catalog, field: str) -> Iterable[Step]:
    """The steps of the calibration for a field; remembered by the version of the catalog, which never changes."""
    found = _STEPS.get(catalog.version)
    if found is None:
        steps: dict[str, list[Step]] = defaultdict(list)
        for step in catalog.calibration.values():
            steps[step.field].append(step)
        found = _STEPS[catalog.version] = dict(steps)
    return found.get(field, ())


def conclude_all(claims: Sequence[Claim], catalog: Catalog) -> tuple[Conclusion, ...]:
    """The conclusions for all fields, in the order of `FIELDS`."""
    by_field: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_field[claim.field].append(claim)
    return tuple(conclude(f, by_field[f], catalog) if f in by_field else _nothing(f) for f in FIELDS)


def _strongest(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """The strongest claims, one for each record and observed value, which cites whoever observed it."""
    if len(claims) < 2:
        return tuple(claims)
    kept: dict[tuple[str, str, str], list[Claim]] = {}
    for claim in sorted(claims, key=lambda c: (-c.strength, msgspec.structs.astuple(c))):
        kept.setdefault((claim.record, claim.attribute, claim.observed), []).append(claim)
    return tuple([_as_one(same) for same in islice(kept.values(), SHOWN)])


def _as_one(same: Sequence[Claim]) -> Claim:
    """Claims that several sources make in the same words, as one: a label that agrees does not hide the register."""
    if len(same) == 1:
        return same[0]
    cited = dict.fromkeys(id for claim in same for id in claim.observations)
    return msgspec.structs.replace(same[0], observations=tuple(islice(cited, SHOWN)))


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
