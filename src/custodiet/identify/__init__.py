"""Asset -> identification: which fingerprints hold, what they add up to, and what speaks against it.

match       does a fingerprint hold on a value, and where
patterns    many conditions asked at once; front: which of them are worth asking
statements  what sources say outright; endpoints: what the names it asks for say
names       the names of brands; places: where a name counts
series      what brand and model say together; own_design: what a name says of the maker
evidence    claims as one short text; batch: on Arrow record batches; runners: in several processes, in Spark
weigh       claims -> conclusions; repeats: once for rows of which the same is said
lent        what is a router's and says nothing of the devices behind it
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from custodiet.catalog.contents import Catalog
from custodiet.catalog.firmware import family_of
from custodiet.catalog.models import describe_model
from custodiet.catalog.spelling import fold
from custodiet.identify.lent import of_itself
from custodiet.identify.match import LONGEST_VALUE, REMEMBERED, Matcher
from custodiet.identify.own_design import own_design_claims
from custodiet.identify.places import name_claims
from custodiet.identify.repeats import NOTHING, SILENT, WHOLE, Said, cited, row_of
from custodiet.identify.series import series_claims
from custodiet.identify.statements import name_of, stated_claims
from custodiet.identify.text.numbers import alike
from custodiet.identify.weigh import conclude_all
from custodiet.model import Asset, Claim, Identification, Observation

__all__ = ["Matcher", "all_claims", "claims_of", "claims_of_row", "claims_of_value", "identify", "said_together"]

OURS = "register.custodiet_id"
"""The attribute by which a row is known as one that this program wrote."""

REPAIRED = 0.9
"""What is left of the strength of a rule that held on a misspelt name, read in its right spelling."""


def claims_of(observation: Observation, matcher: Matcher) -> list[Claim]:
    """Everything one observation says: what its fingerprints claim, and what it states outright."""
    return cited(_said(observation, matcher).claims, observation)


def claims_of_value(attribute: str, value: str, matcher: Matcher) -> tuple[Claim, ...]:
    """Everything a value of an attribute says, whichever device it was seen at: claims that cite no observation yet.

    A value is decided once; the matcher remembers the answer.
    """
    same = _as_another(attribute, value, matcher)
    claims = _said_of(attribute, same, matcher).claims
    return claims if same is value else tuple(msgspec.structs.replace(claim, observed=value) for claim in claims)


def _as_another(attribute: str, value: str, matcher: Matcher) -> str:
    """A value of which the same is said: lines that differ by the number of an order are decided once."""
    return alike(value, matcher) if attribute == "register.text" else value


def _said(observation: Observation, matcher: Matcher) -> Said:
    attribute = observation.attribute
    return _said_of(attribute, _as_another(attribute, observation.value, matcher), matcher)


def _said_of(attribute: str, value: str, matcher: Matcher) -> Said:
    if not matcher.speaks(attribute):
        return NOTHING
    key = (attribute, value)
    said = matcher.said.get(key)
    if said is None:
        said = matcher.repeats.said(value, _decide(attribute, value, matcher))
        # a serial number is that of one device: remembered, it would only push out what repeats
        if len(value) <= LONGEST_VALUE and not (said.shape == SILENT and said.is_serial):
            if len(matcher.said) >= REMEMBERED:
                matcher.said.clear()  # what repeats is back at once
            matcher.said[key] = said
    return said


def claims_of_row(brand: str, model: str, matcher: Matcher) -> tuple[Claim, ...]:
    """What brand and model of one row of a register say together: a bare part number says more beside the brand."""
    if model.startswith(brand):
        return ()
    claims = claims_of_value("register.model", f"{brand} {model}", matcher)
    return tuple(claim for claim in claims if claim.record != "statement")


def _decide(attribute: str, value: str, matcher: Matcher) -> tuple[Claim, ...]:
    catalog = matcher.catalog
    anyone = Observation(id="", source="", subject="", attribute=attribute, value=value, locator="")
    claims = [msgspec.structs.replace(claim, observations=()) for claim in stated_claims(anyone, catalog)]
    known = catalog.attributes.get(attribute)
    silent_on = known.silent_on if known else ()
    for match in matcher.match(attribute, value):
        record = match.fingerprint
        strength = catalog.strengths["lead" if record.shelf else record.strength].weight
        if match.repaired:  # what somebody misspelt we read, and trust a little less
            strength *= REPAIRED
        for field, said in _exactly(match.says, catalog).items():
            if field in silent_on:
                continue
            claims.append(
                Claim(
                    field=field,
                    value=name_of(field, said, catalog),
                    technique=record.technique,
                    strength=strength,
                    record=record.id,
                    observations=(),
                    attribute=attribute,
                    observed=value[:400],
                    span=(min(match.span[0], 400), min(match.span[1], 400)),
                    read_as=match.repaired,
                )
            )
    for named in name_claims(anyone, catalog):
        if _unsaid(named, claims, catalog):
            claims.append(msgspec.structs.replace(named, observations=()))
    return tuple(claims)


def _unsaid(named: Claim, claims: Sequence[Claim], catalog: Catalog) -> bool:
    """Whether no rule for this value knows better what the name in it means."""
    brand = catalog.brands[named.value]
    for claim in claims:
        if claim.record == "statement":
            continue
        if claim.field == "brand" and (claim.value != named.value or claim.strength >= named.strength):
            return False
        if claim.field == "manufacturer" and family_of(catalog, claim.value) != family_of(catalog, brand.company):
            return False
    return True


def _exactly(says: dict[str, str], catalog: Catalog) -> dict[str, str]:
    """What a rule says, with the kind of device as the grammar of the model tells it where the rule leaves it open."""
    if says.get("device_class") == "surveillance" and (model := says.get("model")):
        reading = describe_model(model, catalog)
        if reading and reading.device_class:
            return {**says, "device_class": reading.device_class}
    return says


def identify(asset: Asset, observations: Sequence[Observation], matcher: Matcher) -> Identification:
    """Conclude who made an asset.

    Args:
        asset: the asset.
        observations: all its observations.
        matcher: the fingerprints of a catalog, made ready.

    Returns:
        One conclusion for each field, each with the claims for and against it.
    """
    observations = of_itself(asset, observations, matcher.catalog.attributes)
    said = [_said(one, matcher) for one in observations]
    row = row_of(observations, said)
    conclusions = matcher.repeats.told(row, matcher.catalog) if row else None
    if conclusions is None:
        silent = not any(one.claims for one in said) and not any(one.attribute in WHOLE for one in observations)
        claims = [] if silent else all_claims(observations, matcher)
        conclusions = conclude_all(claims, matcher.catalog)
        if row:
            matcher.repeats.keep(row, claims, conclusions)
    return Identification(asset=asset.id, conclusions=conclusions, catalog=matcher.catalog.version)


def all_claims(observations: Sequence[Observation], matcher: Matcher) -> list[Claim]:
    """Everything that the observations of one device say, each alone and those of one row together."""
    claims = [claim for observation in observations for claim in claims_of(observation, matcher)]
    for brand, model in _columns_of_one_row(observations):
        cited = (model.id, brand.id)
        together = claims_of_row(brand.value, model.value, matcher)
        claims += [msgspec.structs.replace(claim, observations=cited) for claim in together]
    return said_together(_without_echoes(claims, observations, matcher.catalog), matcher.catalog)


def _without_echoes(claims: list[Claim], observations: Sequence[Observation], catalog: Catalog) -> list[Claim]:
    """Claims but for those that only say again what we said: a row with an id of ours was written by us, and what
    other sources say is not surer because it came back. What somebody changed in it since, or added, counts."""
    ours = {(o.source, o.subject) for o in observations if o.attribute == OURS}
    back = {o.id for o in observations if (o.source, o.subject) in ours} if ours else set()
    own = [claim for claim in claims if not back.issuperset(claim.observations)]
    if not back or not own:
        return claims
    known = {(claim.field, fold(claim.value)) for claim in said_together(own, catalog)}
    return [*own, *(c for c in claims if back.issuperset(c.observations) and (c.field, fold(c.value)) not in known)]


def said_together(claims: Sequence[Claim], catalog: Catalog) -> list[Claim]:
    """Claims about one device, and what they say only together."""
    claims = [*claims, *series_claims(claims, catalog)]
    return [*claims, *own_design_claims(claims, catalog)]


def _columns_of_one_row(observations: Sequence[Observation]) -> Iterator[tuple[Observation, Observation]]:
    """Brand and model of the same row."""
    brands = {(o.source, o.subject): o for o in observations if o.attribute == "register.brand"}
    for observation in observations if brands else ():
        brand = brands.get((observation.source, observation.subject))
        if brand and observation.attribute == "register.model":
            yield brand, observation
