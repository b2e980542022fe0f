"""The dossier of one device: every answer with all it rests on, so that an opponent can work it out again.

A dossier holds the observations that say something, the catalog records that spoke, whole, and the tables by which the
claims were weighed. It holds nothing that another has to be trusted for: `custodiet.identify.recompute` makes a catalog
of the records in it and asks the same `identify`. What it cannot show is a record that we lack; the version of the
catalog names the state of our knowledge for that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import MISSING, fields
from typing import Any

import msgspec

from custodiet import __version__
from custodiet.catalog.contents import Attribute, Catalog, DeviceClass, Strength, Technique
from custodiet.identify import Matcher, all_claims, identify
from custodiet.identify.weigh import BANDS, COUNTER_WEIGHT, MOST
from custodiet.model import (
    AddressBlocks,
    Asset,
    Brand,
    Claim,
    Company,
    Conclusion,
    Finding,
    Fingerprint,
    Identification,
    Observation,
    Source,
)

DOSSIER_VERSION = "1.0"


class Records(msgspec.Struct, frozen=True, kw_only=True):
    """The records of the catalog that spoke or are named, whole, with their own sources."""

    fingerprints: tuple[Fingerprint, ...] = ()
    """The rules that held, each with its examples and references."""
    address_blocks: tuple[AddressBlocks, ...] = ()
    """Who holds the blocks of its MAC addresses."""
    companies: tuple[Company, ...] = ()
    """The companies that are named, with their dated relations."""
    brands: tuple[Brand, ...] = ()
    """The brands that are named."""
    attributes: tuple[Attribute, ...] = ()
    """The words for what was observed."""
    device_classes: tuple[DeviceClass, ...] = ()
    """The words for kinds of devices."""


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """The tables by which claims become a confidence."""

    strengths: tuple[Strength, ...]
    """How much one match is worth."""
    techniques: tuple[Technique, ...]
    """Kinds of evidence, and the most that each alone can reach."""
    bands: dict[str, float]
    """Name of a band -> its lowest confidence."""
    counter_weight: float
    """How far a full contradiction lowers a value."""
    most: float
    """The highest confidence there is."""


class Dossier(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that one identification rests on."""

    schema: str = DOSSIER_VERSION
    """Version of this structure."""
    tool: str
    """Name and version of the program that made it."""
    catalog: str
    """Version of the catalog that spoke."""
    judged_with: str
    """Version of the catalog when the case was judged; where it differs, findings may differ from today's."""
    asset: Asset
    """The device, and why its observations belong together."""
    sources: tuple[Source, ...]
    """What the observations were read from, each with its SHA-256."""
    observations: tuple[Observation, ...]
    """Every observation that says something about an answer."""
    silent: int
    """How many other observations there are of this device, which say nothing about the answers."""
    identification: Identification
    """The answers, with the claims for and against."""
    records: Records
    """What of the catalog spoke."""
    weights: Weights
    """By which numbers it was weighed."""
    on: str = ""
    """ISO 8601 date of the findings; empty where nothing was judged."""
    findings: tuple[Finding, ...] = ()
    """What the directives say of it; told here and not worked out again, since the directives stand elsewhere."""
    digest: str = ""
    """SHA-256 of this document with an empty digest, as JSON with sorted keys and no blanks."""

    def record(self, claim: Claim) -> Fingerprint | AddressBlocks | None:
        """The record that made a claim; none where the source itself says it outright."""
        shelves: tuple[Iterable[Fingerprint | AddressBlocks], ...] = (
            self.records.fingerprints,
            self.records.address_blocks,
        )
        return next((record for shelf in shelves for record in shelf if record.id == claim.record), None)


def make_dossier(
    asset: Asset,
    observations: Sequence[Observation],
    sources: Iterable[Source],
    matcher: Matcher,
    *,
    judged_with: str = "",
    on: str = "",
    findings: tuple[Finding, ...] = (),
) -> Dossier:
    """Identify a device and gather what the answers rest on.

    Args:
        asset: the device.
        observations: all its observations.
        sources: at least those that the observations come from.
        matcher: the fingerprints of a catalog, made ready.
        judged_with: version of the catalog when it was judged; empty: this one.
        on: date of the findings.
        findings: what the directives say.
    """
    catalog = matcher.catalog
    claims = all_claims(observations, matcher)
    citing = {id for claim in claims for id in claim.observations}
    cited = tuple(observation for observation in observations if observation.id in citing)
    named = {observation.source for observation in cited} or {subject.partition("/")[0] for subject in asset.subjects}
    dossier = Dossier(
        tool=f"custodiet {__version__}",
        catalog=catalog.version,
        judged_with=judged_with or catalog.version,
        asset=asset,
        sources=tuple(source for source in sources if source.id in named),
        observations=cited,
        silent=len(observations) - len(cited),
        identification=identify(asset, observations, matcher),
        records=_spoken(claims, cited, catalog),
        weights=weights_of(catalog),
        on=on,
        findings=findings,
    )
    if concluded_again(dossier) != dossier.identification.conclusions:
        # Something else of the catalog had a say: then all of it goes along, so that the file stands by itself.
        dossier = msgspec.structs.replace(dossier, observations=tuple(observations), silent=0, records=_all(catalog))
    return msgspec.structs.replace(dossier, digest=digest_of(dossier))


def weights_of(catalog: Catalog) -> Weights:
    """The tables of this program and catalog."""
    return Weights(
        strengths=tuple(catalog.strengths.values()),
        techniques=tuple(catalog.techniques.values()),
        bands={name: lowest for lowest, name in BANDS},
        counter_weight=COUNTER_WEIGHT,
        most=MOST,
    )


def catalog_of(dossier: Dossier) -> Catalog:
    """A catalog of nothing but the records in a dossier.

    Its version is a hash of these records and of no other catalog, so that nothing remembered of another is used.
    """
    records, weights = dossier.records, dossier.weights
    known: dict[str, Any] = {field.name: {} for field in fields(Catalog) if field.default is MISSING}
    for name in ("companies", "brands", "address_blocks", "attributes", "device_classes"):
        known[name] = {record.id: record for record in getattr(records, name)}
    known["strengths"] = {word.id: word for word in weights.strengths}
    known["techniques"] = {word.id: word for word in weights.techniques}
    known["fingerprints"] = tuple(sorted(records.fingerprints, key=lambda record: record.id))
    whole = hashlib.sha256(msgspec.json.encode((records, weights), order="sorted")).hexdigest()
    return Catalog(**(known | {"version": f"dossier {whole}"}))


def concluded_again(dossier: Dossier) -> tuple[Conclusion, ...]:
    """The answers that follow from the observations, records and weights in a dossier."""
    return identify(dossier.asset, dossier.observations, Matcher(catalog_of(dossier))).conclusions


def digest_of(dossier: Dossier) -> str:
    """See `Dossier.digest`."""
    return hashlib.sha256(msgspec.json.encode(msgspec.structs.replace(dossier, digest=""), order="sorted")).hexdigest()


def _spoken(claims: Sequence[Claim], cited: Sequence[Observation], catalog: Catalog) -> Records:
    """The records behind these claims, and those that their values name."""
    speakers = {claim.record for claim in claims}
    values = {claim.value for claim in claims}
    brands = [record for id, record in catalog.brands.items() if id in values]
    companies = values | {id for brand in brands for id in (brand.company, *brand.makes)}
    companies |= {record.group for id, record in catalog.companies.items() if id in companies}
    words = {observation.attribute for observation in cited}
    words |= {word.reads_as for id in words if (word := catalog.attributes.get(id))}
    return Records(
        fingerprints=tuple(record for record in catalog.fingerprints if record.id in speakers),
        address_blocks=tuple(record for id, record in catalog.address_blocks.items() if id in speakers),
        companies=tuple(record for id, record in catalog.companies.items() if id in companies),
        brands=tuple(brands),
        attributes=tuple(word for id, word in catalog.attributes.items() if id in words),
        device_classes=tuple(catalog.device_classes.values()),
    )


def _all(catalog: Catalog) -> Records:
    given = {name: getattr(catalog, name) for name in Records.__struct_fields__}
    return Records(
        **{name: tuple(found.values() if isinstance(found, dict) else found) for name, found in given.items()}
    )
