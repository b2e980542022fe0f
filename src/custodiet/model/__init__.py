"""The nouns: frozen, typed, one file each. This package imports nothing of ours but the errors."""

from custodiet.model.action import Action, ActionKind, ActionState
from custodiet.model.assessment import SCHEMA_VERSION, Assessment, Entry, Totals
from custodiet.model.asset import Asset, Identifier, Merge
from custodiet.model.company import AddressBlocks, Brand, Company, Reference, Relation, Series
from custodiet.model.directive import Covers, Directive, EntityTest, InWords, Requirement, Window
from custodiet.model.egress import Bar, Egress, FirmwareSeen, Located, Peer, WayIn
from custodiet.model.endpoint import Endpoint
from custodiet.model.exchange import Exchange
from custodiet.model.finding import Answered, Finding
from custodiet.model.fingerprint import Example, Fingerprint, When
from custodiet.model.firmware import FirmwareCode, FirmwareFormat, FirmwarePlatform, FirmwareReading
from custodiet.model.identification import FIELDS, SURE, Claim, Conclusion, Identification
from custodiet.model.model_family import FamilyExample, ModelFamily, ModelReading, PartGrammar, ReadPart
from custodiet.model.news import News
from custodiet.model.observation import Flow, Observation, content_id, observe
from custodiet.model.proof import Proof
from custodiet.model.reach import Cited, ConfigRead, Connections, Reach, ReachPath
from custodiet.model.site import UNDECIDED, Body, Decision, DeviceNote, Happened, Position, Site, Stated, Zone
from custodiet.model.source import Issue, Relied, Source, Tally, Watched
from custodiet.model.vulnerability import Affected, Vulnerability, VulnerabilityAnswer

__all__ = [
    "FIELDS",
    "SCHEMA_VERSION",
    "SURE",
    "UNDECIDED",
    "Action",
    "ActionKind",
    "ActionState",
    "AddressBlocks",
    "Affected",
    "Answered",
    "Assessment",
    "Asset",
    "Bar",
    "Body",
    "Brand",
    "Cited",
    "Claim",
    "Company",
    "Conclusion",
    "ConfigRead",
    "Connections",
    "Covers",
    "Decision",
    "DeviceNote",
    "Directive",
    "Egress",
    "Endpoint",
    "EntityTest",
    "Entry",
    "Example",
    "Exchange",
    "FamilyExample",
    "Finding",
    "Fingerprint",
    "FirmwareCode",
    "FirmwareFormat",
    "FirmwarePlatform",
    "FirmwareReading",
    "FirmwareSeen",
    "Flow",
    "Happened",
    "Identification",
    "Identifier",
    "InWords",
    "Issue",
    "Located",
    "Merge",
    "ModelFamily",
    "ModelReading",
    "News",
    "Observation",
    "PartGrammar",
    "Peer",
    "Position",
    "Proof",
    "Reach",
    "ReachPath",
    "ReadPart",
    "Reference",
    "Relation",
    "Relied",
    "Requirement",
    "Series",
    "Site",
    "Source",
    "Stated",
    "Tally",
    "Totals",
    "Vulnerability",
    "VulnerabilityAnswer",
    "Watched",
    "WayIn",
    "When",
    "Window",
    "Zone",
    "content_id",
    "observe",
]
