"""All tables, as Django looks for them."""

from custodiet.web.store.models.access import Codes, Passkey, Recovery, Session, Token, Tried
from custodiet.web.store.models.alerts import Alert, Delivery, Looked, Webhook, Wish
from custodiet.web.store.models.bodies import Body, Membership
from custodiet.web.store.models.changes import Change, Known, Published
from custodiet.web.store.models.columns import Column
from custodiet.web.store.models.deeds import Note, Settled, SiteDecision, Standing, Work
from custodiet.web.store.models.estate import Device
from custodiet.web.store.models.evidence import (
    Decided,
    Flow,
    Heading,
    Issue,
    Kept,
    Observation,
    Replaced,
    Source,
    Tally,
)
from custodiet.web.store.models.jobs import Job
from custodiet.web.store.models.log import Logged
from custodiet.web.store.models.people import Link, Person
from custodiet.web.store.models.photos import LabelPhoto
from custodiet.web.store.models.places import OwnSite, SitePlace, SitesFile
from custodiet.web.store.models.plans import InView, Plan, PlanPin
from custodiet.web.store.models.views import SavedView

__all__ = [
    "Alert",
    "Body",
    "Change",
    "Codes",
    "Column",
    "Decided",
    "Delivery",
    "Device",
    "Flow",
    "Heading",
    "InView",
    "Issue",
    "Job",
    "Kept",
    "Known",
    "LabelPhoto",
    "Link",
    "Logged",
    "Looked",
    "Membership",
    "Note",
    "Observation",
    "OwnSite",
    "Passkey",
    "Person",
    "Plan",
    "PlanPin",
    "Published",
    "Recovery",
    "Replaced",
    "SavedView",
    "Session",
    "Settled",
    "SiteDecision",
    "SitePlace",
    "SitesFile",
    "Source",
    "Standing",
    "Tally",
    "Token",
    "Tried",
    "Webhook",
    "Wish",
    "Work",
]
