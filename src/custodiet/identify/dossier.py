"""The dossier of one device: every answer with all it rests on, so that an opponent can work it out again.

A dossier holds the observations that say something, the catalog records that spoke, whole, and the tables by which the
claims were weighed. It holds nothing that another has to be trusted for: `custodiet.identify.recompute` makes a catalog
of the records in it and asks the same `identify`. What it cannot show is a record that we lack; the version of the
catalog names the state of our knowledge for that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import MISSING, fields
from typing import Any, NamedTuple, TypeVar

import msgspec

from custodiet import __version__
from custodiet.catalog.contents import Attribute, Catalog, Certainty, DeviceClass, Step, Strength, Technique
from custodiet.catalog.firmware import family_of, read_firmware
from custodiet.catalog.models import describe_model
from custodiet.catalog.registry import by_id
from custodiet.catalog.vulnerabilities import vulnerabilities_of
from custodiet.identify import Matcher, all_claims, identify
from custodiet.identify.lent import of_itself
from custodiet.identify.remembered import forget
from custodiet.identify.weigh import BANDS, COUNTER_WEIGHT, MOST
from custodiet.model import (
    AddressBlocks,
    Asset,
    Brand,
    Claim,
    Company,
    Conclusion,
    Endpoint,
    Finding,
    Fingerprint,
    FirmwareFormat,
    FirmwareReading,
    Identification,
    ModelFamily,
    ModelReading,
    Observation,
    Source,
    Vulnerability,
    VulnerabilityAnswer,
)

T = TypeVar("T")

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
    """The brands that are named, with who makes which series under them."""
    endpoints: tuple[Endpoint, ...] = ()
    """The clouds and relays that spoke."""
    models: tuple[ModelFamily, ...] = ()
    """The family whose grammar explains the model."""
    firmware: tuple[FirmwareFormat, ...] = ()
    """The format in which the firmware version is written."""
    vulnerabilities: tuple[Vulnerability, ...] = ()
    """Every known vulnerability of the maker's family, whether it concerns this device or not."""
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
    certainties: tuple[Certainty, ...] = ()
    """How sure sources are of who made a series, and what that is worth."""
    calibration: tuple[Step, ...]
    """Which confidence is stated for what the claims add up to, and how it was measured."""
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
    """Every observation that says something about an answer, and those of a router's MAC address, which say nothing of
    this device: its identifiers tell why."""
    silent: int
    """How many other observations there are of this device, which say nothing about the answers."""
    identification: Identification
    """The answers, with the claims for and against."""
    model: ModelReading | None = None
    """What the parts of the maker's name for the model mean; none where no grammar knows it."""
    firmware: FirmwareReading | None = None
    """What the concluded firmware version says, with the date of its build; none where no format reads it."""
    vulnerabilities: tuple[VulnerabilityAnswer, ...] = ()
    """What is known of the maker's devices, and whether it concerns this one."""
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

    def record(self, claim: Claim) -> Record | None:
        """The record that made a claim; none where the source itself says it outright."""
        records = self.records
        # A brand, its cloud and the holder of its blocks often share an id; the kind of evidence tells them apart.
        named: dict[str, Iterable[Record]] = {"address-block": records.address_blocks, "traffic": records.endpoints}
        shelves = (records.fingerprints, named.get(claim.technique, records.brands))
        return next((record for shelf in shelves for record in shelf if record.id == claim.record), None)


Record = Fingerprint | AddressBlocks | Endpoint | Brand
"""What can make a claim."""


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
    heard = of_itself(asset, observations, catalog.attributes)
    claims = all_claims(heard, matcher)
    citing = {id for claim in claims for id in claim.observations}
    # what is a router's goes along: that it says nothing of this device is to be seen and checked
    citing |= {one.id for one in observations} - {one.id for one in heard}
    cited = tuple(observation for observation in observations if observation.id in citing)
    named = {observation.source for observation in cited} or {subject.partition("/")[0] for subject in asset.subjects}
    identification = identify(asset, observations, matcher)
    readings = _readings(identification, catalog)
    dossier = Dossier(
        tool=f"custodiet {__version__}",
        catalog=catalog.version,
        judged_with=judged_with or catalog.version,
        asset=asset,
        sources=tuple(source for source in sources if source.id in named),
        observations=cited,
        silent=len(observations) - len(cited),
        identification=identification,
        model=readings.model,
        firmware=readings.firmware,
        vulnerabilities=readings.vulnerabilities,
        records=_spoken(claims, readings, cited, catalog),
        weights=weights_of(catalog),
        on=on,
        findings=findings,
    )
    if worked_out_again(dossier) != (identification.conclusions, readings):
        # Something else of the catalog had a say: then all of it goes along, so that the file stands by itself.
        dossier = msgspec.structs.replace(dossier, observations=tuple(observations), silent=0, records=_all(catalog))
    return msgspec.structs.replace(dossier, digest=digest_of(dossier))


class Readings(NamedTuple):
    """What follows from the answers."""

    model: ModelReading | None
    """Of the model, by the maker's name for it."""
    firmware: FirmwareReading | None
    """Of the firmware version."""
    vulnerabilities: tuple[VulnerabilityAnswer, ...]
    """Of each known vulnerability of the maker's family."""


def _readings(identification: Identification, catalog: Catalog) -> Readings:
    """What model and firmware say, and what is known of such devices."""
    maker, firmware = (identification.get(field).value for field in ("manufacturer", "firmware"))
    model = makers_model(identification, catalog)
    return Readings(
        describe_model(model, catalog),
        read_firmware(firmware, catalog, maker) if firmware else None,
        vulnerabilities_of(catalog, maker, model, firmware) if maker else (),
    )


def makers_model(identification: Identification, catalog: Catalog) -> str:
    """The model as the maker calls it; empty where only the name on another's label is known.

    A label gives a device another model name, and asking by that one would clear it of every known vulnerability.
    """
    answer = identification.get("model")
    claimed = (claim.value for claim in (*answer.claims_for, *answer.claims_against))
    for model in dict.fromkeys((answer.value, *claimed)):
        if model and describe_model(model, catalog):
            return model
    maker, brand = (identification.get(field).value for field in ("manufacturer", "brand"))
    record = catalog.brands.get(brand)
    own = not brand or (record is not None and family_of(catalog, record.company) == family_of(catalog, maker))
    return answer.value if own else ""


def weights_of(catalog: Catalog) -> Weights:
    """The tables of this program and catalog."""
    return Weights(
        strengths=tuple(catalog.strengths.values()),
        techniques=tuple(catalog.techniques.values()),
        certainties=tuple(catalog.certainties.values()),
        calibration=tuple(catalog.calibration.values()),
        bands={name: lowest for lowest, name in BANDS},
        counter_weight=COUNTER_WEIGHT,
        most=MOST,
    )


def catalog_of(dossier: Dossier) -> Catalog:
    """A catalog of nothing but the records in a dossier.

    Its version is a hash of these records and of no other catalog, so that nothing remembered of another is used.
    """
    records, weights = dossier.records, dossier.weights
    known: dict[str, Any] = {
        field.name: {} for field in fields(Catalog) if field.default is MISSING and field.default_factory is MISSING
    }
    for name in records.__struct_fields__:
        known[name] = {record.id: record for record in sorted(getattr(records, name), key=lambda record: record.id)}
    for name in ("strengths", "techniques", "certainties", "calibration"):
        known[name] = {word.id: word for word in getattr(weights, name)}
    known["fingerprints"] = tuple(known["fingerprints"].values())
    whole = hashlib.sha256(msgspec.json.encode((records, weights), order="sorted")).hexdigest()
    return Catalog(**(known | {"version": f"dossier {whole}"}))


def worked_out_again(dossier: Dossier) -> tuple[tuple[Conclusion, ...], Readings]:
    """The answers that follow from the observations, records and weights in a dossier, and what follows from them."""
    catalog = catalog_of(dossier)
    try:
        identification = identify(dossier.asset, dossier.observations, Matcher(catalog))
        return identification.conclusions, _readings(identification, catalog)
    finally:
        forget(catalog.version)  # nobody asks it again


def digest_of(dossier: Dossier) -> str:
    """See `Dossier.digest`."""
    return hashlib.sha256(msgspec.json.encode(msgspec.structs.replace(dossier, digest=""), order="sorted")).hexdigest()


def _spoken(claims: Sequence[Claim], readings: Readings, cited: Sequence[Observation], catalog: Catalog) -> Records:
    """The records behind these claims and readings, and those that their values name."""
    speakers = {claim.record for claim in claims}
    values = {claim.value for claim in claims}
    values |= {record.group for id in values if (record := catalog.companies.get(id))}
    brands = {id: record for id, record in catalog.brands.items() if id in values or id in speakers}
    companies = values | {id for brand in brands.values() for id in (brand.company, *brand.makes)}
    companies |= {series.made_by for brand in brands.values() for series in brand.series}
    known = {answer.vulnerability for answer in readings.vulnerabilities}
    vulnerabilities = tuple(record for id, record in catalog.vulnerabilities.items() if id in known)
    formats = {readings.firmware.record} if readings.firmware else set()
    # the grammar of a model tells the kind of device where the rule that gave the model leaves it open
    told = (describe_model(claim.value, catalog) for claim in claims if claim.field == "model")
    families = {reading.family for reading in (readings.model, *told) if reading}
    # the families of makers share firmware and vulnerabilities, so who belongs to whom is part of the reasons
    companies |= {id for record in vulnerabilities for id in record.companies}
    companies |= {catalog.firmware[id].company for id in formats}
    companies |= {record.group for id, record in catalog.companies.items() if id in companies}
    words = {observation.attribute for observation in cited}
    words |= {word.reads_as for id in words if (word := catalog.attributes.get(id))}
    return Records(
        fingerprints=tuple(record for record in catalog.fingerprints if record.id in speakers),
        address_blocks=(*_of(catalog.address_blocks, speakers), *_registered(catalog, speakers)),
        companies=_of(catalog.companies, companies),
        brands=tuple(brands.values()),
        endpoints=_of(catalog.endpoints, speakers),
        models=_of(catalog.models, families),
        firmware=_of(catalog.firmware, formats),
        vulnerabilities=vulnerabilities,
        attributes=_of(catalog.attributes, words),
        device_classes=tuple(catalog.device_classes.values()),
    )


def _registered(catalog: Catalog, speakers: Collection[str]) -> tuple[AddressBlocks, ...]:
    """The lines of the registry that spoke: a dossier carries them like any other record."""
    found = (by_id(catalog.registries, id) for id in sorted(speakers))
    return tuple(record for record in found if record is not None)


def _of(shelf: dict[str, T], ids: Collection[str]) -> tuple[T, ...]:
    return tuple(record for id, record in shelf.items() if id in ids)


def _all(catalog: Catalog) -> Records:
    given = {name: getattr(catalog, name) for name in Records.__struct_fields__}
    return Records(
        **{name: tuple(found.values() if isinstance(found, dict) else found) for name, found in given.items()}
    )
