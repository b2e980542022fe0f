"""The whole: what was looked at, what was found, what could not be seen."""

from __future__ import annotations

import msgspec

from custodiet.model.asset import Asset
from custodiet.model.egress import Egress
from custodiet.model.finding import Finding
from custodiet.model.identification import Identification
from custodiet.model.observation import Flow, Observation
from custodiet.model.proof import Proof
from custodiet.model.reach import Reach
from custodiet.model.site import Body
from custodiet.model.source import Issue, Relied, Source, Tally

SCHEMA_VERSION = "1.0"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One asset with all that is said of it, ready to be shown."""

    asset: Asset
    """The device."""
    identification: Identification
    """Who made it."""
    findings: tuple[Finding, ...]
    """What the directives say, worst first."""
    evidence: tuple[Observation, ...]
    """The observations that identification and findings cite, so that every statement can be walked back."""
    flows: tuple[Flow, ...] = ()
    """The largest conversations it took part in."""
    flows_total: int = 0
    """How many conversations it took part in."""
    egress: Egress | None = None
    """What it talks to; none where no traffic was read, or it is no surveillance device and was not asked about."""
    proofs: tuple[Proof, ...] = ()
    """What statements on isolation that the case keeps say of it, the latest first."""
    reach: Reach | None = None
    """Whether it could reach a core network; none where ``custodiet reach`` was not asked about it."""


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers a reader wants first."""

    assets: int
    """Entries: devices accounted for, where a line of a purchase or register that stands for several is one."""
    surveillance: int
    """Of these, surveillance devices."""
    unknown: int
    """Of these, devices whose kind is not known."""
    not_satisfied: int
    """Devices with at least one finding that is not satisfied."""
    undetermined: int
    """Devices with no such finding but at least one that cannot be judged."""
    other: int
    """Devices that are not surveillance."""
    not_judged: int | None = None
    """Devices with neither about which no directive said anything; none: not counted, as in cases of before."""
    devices: int | None = None
    """Devices that all entries stand for; none: not counted, as in cases of before. The other numbers count entries."""


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """The head of an assessment; its entries are streamed beside it, since there can be millions."""

    schema: str = SCHEMA_VERSION
    """Version of this structure."""
    body: Body | None
    """Whose devices; none where no sites file was given."""
    on: str
    """ISO 8601 date for which it was judged."""
    tool: str
    """Name and version of this program."""
    catalog: str
    """Version of the catalog: a hash over its records."""
    directives: tuple[str, ...]
    """Ids of the directives that were applied."""
    sources: tuple[Source, ...]
    """What was read."""
    tallies: tuple[Tally, ...]
    """What each reader did."""
    issues: tuple[Issue, ...]
    """What could not be read."""
    skipped: tuple[Issue, ...]
    """Inputs that were not read at all, each with its reason."""
    relied: tuple[Relied, ...] = ()
    """Files that were not read into the case, and on which answers on isolation and reach rest."""
    totals: Totals
    """The numbers a reader wants first."""
    body_findings: tuple[Finding, ...] = ()
    """What directives ask of the body as a whole, such as an inventory; their asset is empty."""
    unseen: tuple[str, ...]
    """What we could not see, in sentences."""
