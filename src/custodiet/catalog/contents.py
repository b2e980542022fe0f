"""What a loaded catalog holds: the closed vocabularies and the records, each under its id.

It knows how to find a record by id, attribute or MAC prefix. It refuses to know files, matching and weighing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, Literal

import msgspec

from custodiet.catalog import registry
from custodiet.catalog.spelling import fold
from custodiet.model import (
    AddressBlocks,
    Brand,
    Company,
    Directive,
    Endpoint,
    Fingerprint,
    FirmwareFormat,
    Issue,
    ModelFamily,
    Relation,
    Vulnerability,
)


class Word(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A word of a closed list that needs nothing but its definition."""

    id: str
    """The word."""
    means: str
    """Its definition."""


class Attribute(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A thing that a source can say about a device."""

    id: str
    """The word, for example ``rtsp.server``."""
    means: str
    """Its definition."""
    reads_as: str = ""
    """The general attribute its values are also read as, for example ``device.model``."""
    technique: str = ""
    """The kind of evidence a claim from it is, unless the fingerprint says otherwise."""
    silent_on: tuple[str, ...] = ()
    """Fields its values do not speak about, whatever a fingerprint makes of them: a factory's model is no label."""


class DeviceClass(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a device is for."""

    id: str
    """The word."""
    means: str
    """Its definition."""
    surveillance: bool
    """True where devices of this class are part of a video surveillance or access system."""


class Strength(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much one match is worth."""

    id: str
    """The word."""
    weight: float
    """0 to 1, when nothing else speaks."""
    means: str
    """Its definition."""


class Technique(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of evidence; claims of one kind count once."""

    id: str
    """The word."""
    cap: float
    """0 to 1: the most that this kind alone can reach."""
    basis: Literal["answer", "trace", "words"] = "words"
    """What it rests on: how its firmware behaves, traces of its production, or words that people can edit."""
    means: str
    """Its definition."""


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is stated where the evidence adds up to at least so much; asked in the order of the file."""

    id: str
    """The word."""
    field: str
    """The field of an identification it is about."""
    support: float
    """0 to 1: the least that the evidence must add up to."""
    technique: str = ""
    """Only where this kind of evidence alone reaches the support; empty: any, and all together."""
    carries_certain: bool = False
    """Only for evidence on which certain may rest."""
    states: float
    """0 to 1: the confidence that is stated."""
    most: float
    """0 to 1: the most that may ever be stated here, whatever is measured."""
    answers: int
    """How many answers of this step were measured."""
    right: int
    """How many of them were right."""
    means: str
    """Its definition."""


class Country(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A country or territory of ISO 3166."""

    id: str
    """Its two letters."""
    means: str
    """Its English name."""
    names: tuple[str, ...] = ()
    """Other names that registers and type plates write, in several languages."""


class BodyKind(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of body that a directive can address."""

    id: str
    """The word."""
    means: str
    """Its definition."""
    is_a: str = ""
    """The wider kind it belongs to."""


class Certainty(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How sure sources are of who made a series."""

    id: str
    """The word."""
    strength: str
    """The strength with which a model of the series names the maker; empty: nothing is concluded."""
    means: str
    """Its definition."""


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """Everything we know, at one version; mappings keep the order of the ids, and nothing changes after loading."""

    version: str
    """First 12 hexadecimal digits of the SHA-256 over the sorted records."""
    attributes: dict[str, Attribute]
    device_classes: dict[str, DeviceClass]
    strengths: dict[str, Strength]
    techniques: dict[str, Technique]
    body_kinds: dict[str, BodyKind]
    demands: dict[str, Word]
    relation_kinds: dict[str, Word]
    companies: dict[str, Company]
    brands: dict[str, Brand]
    address_blocks: dict[str, AddressBlocks]
    fingerprints: tuple[Fingerprint, ...]
    """In the order of their ids."""
    directives: dict[str, Directive]
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    firmware: dict[str, FirmwareFormat] = field(default_factory=dict)
    vulnerabilities: dict[str, Vulnerability] = field(default_factory=dict)
    models: dict[str, ModelFamily] = field(default_factory=dict)
    model_parts: dict[str, Word] = field(default_factory=dict)
    near_words: dict[str, Word] = field(default_factory=dict)
    certainties: dict[str, Certainty] = field(default_factory=dict)
    endpoint_purposes: dict[str, Word] = field(default_factory=dict)
    endpoint_evidence: dict[str, Word] = field(default_factory=dict)
    askers: dict[str, Word] = field(default_factory=dict)
    specificities: dict[str, Word] = field(default_factory=dict)
    exploited: dict[str, Word] = field(default_factory=dict)
    logins: dict[str, Word] = field(default_factory=dict)
    countries: dict[str, Country] = field(default_factory=dict)
    entity_tests: dict[str, Word] = field(default_factory=dict)
    levels: dict[str, Word] = field(default_factory=dict)
    registries: tuple[str, ...] = ()
    """Tables of the holders of MAC blocks that no record speaks of, as paths; read when the first address asks."""
    calibration: dict[str, Step] = field(default_factory=dict)
    """In reading order; empty: what the evidence adds up to is stated as it is."""
    issues: tuple[Issue, ...] = ()
    """Records that were replaced by a later folder, and records that were left out (only with ``strict=False``)."""

    def by_attribute(self, attribute: str) -> tuple[Fingerprint, ...]:
        """The fingerprints that read this attribute, in the order of their ids; empty where there are none."""
        return self._by_attribute.get(attribute, ())

    def fingerprint(self, id: str) -> Fingerprint | None:
        """The fingerprint of this id, or nothing."""
        return self._by_id.get(id)

    def records(self, id: str) -> dict[str, Any]:
        """Folder of the catalog -> the record of this id in it: a maker is often a company, a brand and a holder."""
        shelves: dict[str, Mapping[str, Any]] = {
            "directives": self.directives,
            "companies": self.companies,
            "brands": self.brands,
            "address_blocks": self.address_blocks,
            "fingerprints": self._by_id,
            "endpoints": self.endpoints,
            "firmware": self.firmware,
            "vulnerabilities": self.vulnerabilities,
            "models": self.models,
        }
        return {name: shelf[id] for name, shelf in shelves.items() if id in shelf}

    def surveillance(self, device_class: str) -> bool | None:
        """Whether devices of this class are surveillance devices; nothing where the class is not a word we know."""
        word = self.device_classes.get(device_class)
        return None if word is None else word.surveillance

    def country(self, name: str) -> str:
        """The code of a country as people write it; empty where we know no such name."""
        return self._country_names.get(fold(name), "")

    @cached_property
    def _country_names(self) -> dict[str, str]:
        return {fold(name): c.id for c in self.countries.values() for name in (c.id, c.means, *c.names)}

    def holder(self, block: str) -> AddressBlocks | None:
        """Who holds this block (upper case hexadecimal, 6, 7 or 9 digits): a record of ours, else the registry."""
        return self.blocks.get(block) or registry.holder(self.registries, block)

    @cached_property
    def held_by(self) -> dict[str, list[tuple[str, Relation]]]:
        """Company -> who ever held shares of it or controlled it, with the relation, in the order of the holders."""
        found: dict[str, list[tuple[str, Relation]]] = {}
        for holder in self.companies.values():
            for relation in holder.relations:
                if relation.kind in ("owns", "controls"):
                    found.setdefault(relation.to, []).append((holder.id, relation))
        return found

    @cached_property
    def blocks(self) -> dict[str, AddressBlocks]:
        """MAC prefix in upper case hexadecimal (6, 7 or 9 digits) -> the record that holds it."""
        return {prefix: record for record in self.address_blocks.values() for prefix in record.blocks}

    @cached_property
    def patterns(self) -> dict[str, re.Pattern[str]]:
        """Fingerprint id -> its compiled expression, for the fingerprints whose condition is one."""
        return {f.id: re.compile(f.when.regex) for f in self.fingerprints if f.when.regex}

    @cached_property
    def grammars(self) -> tuple[tuple[ModelFamily, re.Pattern[str]], ...]:
        """The families of models with their compiled expressions, in the order of their ids."""
        return tuple((family, re.compile(family.regex, re.IGNORECASE | re.ASCII)) for family in self.models.values())

    @cached_property
    def hosts(self) -> dict[str, Endpoint]:
        """Host name, or a domain as ``*.example.com``, in lower case -> the record that names it."""
        return {name.lower(): record for record in self.endpoints.values() for name in record.names}

    @cached_property
    def networks(self) -> tuple[tuple[IPv4Network | IPv6Network, Endpoint], ...]:
        """The networks of all endpoints, the smallest first."""
        found = [(ip_network(text), record) for record in self.endpoints.values() for text in record.addresses]
        return tuple(sorted(found, key=lambda pair: (-pair[0].prefixlen, pair[1].id)))

    @cached_property
    def _by_id(self) -> dict[str, Fingerprint]:
        return {f.id: f for f in self.fingerprints}

    @cached_property
    def _by_attribute(self) -> dict[str, tuple[Fingerprint, ...]]:
        grouped: dict[str, list[Fingerprint]] = {}
        for fingerprint in self.fingerprints:
            grouped.setdefault(fingerprint.attribute, []).append(fingerprint)
        return {attribute: tuple(found) for attribute, found in grouped.items()}
