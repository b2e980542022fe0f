"""All tables, as Django looks for them."""

from custodiet.web.store.models.bodies import Body, Membership
from custodiet.web.store.models.estate import Device, Judged
from custodiet.web.store.models.evidence import (
    Decided,
    Flow,
    Heading,
    Issue,
    Kept,
    Member,
    Observation,
    Replaced,
    Source,
    Tally,
)
from custodiet.web.store.models.log import Logged
from custodiet.web.store.models.people import Link, Person

__all__ = [
    "Body",
    "Decided",
    "Device",
    "Flow",
    "Heading",
    "Issue",
    "Judged",
    "Kept",
    "Link",
    "Logged",
    "Member",
    "Membership",
    "Observation",
    "Person",
    "Replaced",
    "Source",
    "Tally",
]
