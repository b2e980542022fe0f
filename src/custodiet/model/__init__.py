"""The nouns: frozen, typed, one file each. This package imports nothing of ours but the errors."""

from custodiet.model.assessment import SCHEMA_VERSION, Assessment, Entry, Totals
from custodiet.model.asset import Asset, Identifier, Merge
from custodiet.model.company import AddressBlocks, Brand, Company, Reference, Relation
from custodiet.model.directive import Covers, Directive, Requirement
from custodiet.model.finding import Answered, Finding
from custodiet.model.fingerprint import Example, Fingerprint, When
from custodiet.model.identification import FIELDS, Claim, Conclusion, Identification
from custodiet.model.observation import Flow, Observation, content_id, observe
from custodiet.model.site import UNDECIDED, Body, Decision, Site, Zone
from custodiet.model.source import Issue, Source, Tally

__all__ = [
    "FIELDS",
    "SCHEMA_VERSION",
    "UNDECIDED",
    "AddressBlocks",
    "Answered",
    "Assessment",
    "Asset",
    "Body",
    "Brand",
    "Claim",
    "Company",
    "Conclusion",
    "Covers",
    "Decision",
    "Directive",
    "Entry",
    "Example",
    "Finding",
    "Fingerprint",
    "Flow",
    "Identification",
    "Identifier",
    "Issue",
    "Merge",
    "Observation",
    "Reference",
    "Relation",
    "Requirement",
    "Site",
    "Source",
    "Tally",
    "Totals",
    "When",
    "Zone",
    "content_id",
    "observe",
]
