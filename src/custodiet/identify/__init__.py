"""Asset -> identification: which fingerprints hold, what they add up to, and what speaks against it.

match       does a fingerprint hold on a value, and where
statements  what sources say outright
weigh       claims -> conclusions
"""

from __future__ import annotations

from collections.abc import Sequence

from custodiet.identify.match import Matcher
from custodiet.identify.statements import name_of, stated_claims
from custodiet.identify.weigh import conclude_all
from custodiet.model import Asset, Claim, Identification, Observation

__all__ = ["Matcher", "claims_of", "identify"]


def claims_of(observation: Observation, matcher: Matcher) -> list[Claim]:
    """Everything one observation says: what its fingerprints claim, and what it states outright."""
    catalog = matcher.catalog
    claims = list(stated_claims(observation, catalog))
    known = catalog.attributes.get(observation.attribute)
    silent_on = known.silent_on if known else ()
    for match in matcher.match(observation.attribute, observation.value):
        record = match.fingerprint
        strength = catalog.strengths["lead" if record.shelf else record.strength].weight
        for field, value in match.says.items():
            if field in silent_on:
                continue
            claims.append(
                Claim(
                    field=field,
                    value=name_of(field, value, catalog),
                    technique=record.technique,
                    strength=strength,
                    record=record.id,
                    observations=(observation.id,),
                    attribute=observation.attribute,
                    observed=observation.value[:400],
                    span=(min(match.span[0], 400), min(match.span[1], 400)),
                )
            )
    return claims


def identify(asset: Asset, observations: Sequence[Observation], matcher: Matcher) -> Identification:
    """Conclude who made an asset.

    Args:
        asset: the asset.
        observations: all its observations.
        matcher: the fingerprints of a catalog, made ready.

    Returns:
        One conclusion for each field, each with the claims for and against it.
    """
    claims = [claim for observation in observations for claim in claims_of(observation, matcher)]
    return Identification(
        asset=asset.id, conclusions=conclude_all(claims, matcher.catalog), catalog=matcher.catalog.version
    )
