"""Bodies, their sites, zones and the decisions people recorded about them."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Answer = Literal["yes", "no", "unknown"]


class Decision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An answer that only a person can give, with who gave it."""

    answer: Answer
    """yes, no or unknown."""
    decided_by: str = ""
    """Name or function of the person."""
    decided_on: str = ""
    """ISO 8601 date."""
    reason: str = ""
    """Why, in the person's words."""
    since: str = ""
    """ISO 8601 date from which the answer holds, for a waiver or an approval; empty: no begin."""
    until: str = ""
    """ISO 8601 date until which the answer holds; empty: no end."""


UNDECIDED = Decision(answer="unknown")


class Zone(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A network segment of a site."""

    id: str
    """Short name, unique in the site."""
    name: str = ""
    """Name for people."""
    subnets: tuple[str, ...] = ()
    """Address ranges in CIDR notation."""
    vlans: tuple[int, ...] = ()
    """VLAN numbers."""
    core: Decision = UNDECIDED
    """Whether this zone is part of a core network: the owner's decision, since no text defines it."""


class Position(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where something is on earth, in degrees of WGS 84 as maps and satellites tell them."""

    latitude: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    """North of the equator; south of it below zero."""
    longitude: Annotated[float, msgspec.Meta(ge=-180, le=180)]
    """East of Greenwich; west of it below zero."""


class Site(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place of a body."""

    id: str
    """Short name, unique in the body."""
    name: str
    """Name for people."""
    names: tuple[str, ...] = ()
    """Other spellings used in registers."""
    country: str = ""
    """ISO 3166 code where it differs from the body's."""
    facts: dict[str, Decision] = {}
    """Decisions by condition id, for example the four limbs of a sensitive site."""
    zones: tuple[Zone, ...] = ()
    """Its network segments."""
    position: Position | None = None
    """Where it is; none: nobody said."""


class Happened(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that befell a device on a day, as a person wrote it down."""

    what: Literal["installed", "bought", "renewed", "imported", "authorised", "removed"]
    """What happened."""
    on: str
    """ISO 8601 date, cut to the precision known."""
    by: str = ""
    """Who says so."""
    note: str = ""
    """The record it rests on: order number, removal report."""


class Stated(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person found out about one device: type plate, certificate, contract."""

    made_in: str = ""
    """Country in which it was made."""
    component: str = ""
    """Who made a part inside it."""
    certificate: str = ""
    """Scheme, number and firmware of a certificate."""
    data_goes_to: str = ""
    """Countries to which its data goes, or none."""
    administered_from: str = ""
    """Countries from which it is administered, or none."""
    supplier: str = ""
    """Who sold it."""


class DeviceNote(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What people know of one device beyond its sources; found by any of its identifiers."""

    mac: str = ""
    """Its MAC address."""
    serial: str = ""
    """Its serial number."""
    ip: str = ""
    """Its address."""
    tag: str = ""
    """Its asset tag."""
    hostname: str = ""
    """Its host name."""
    facts: dict[str, Decision] = {}
    """Decisions about this device, by condition id; they come before those of its site and body."""
    stated: Stated = Stated()
    """Facts about it."""
    events: tuple[Happened, ...] = ()
    """What befell it."""
    looks_at: tuple[str, ...] = ()
    """Ids of the places that it looks at, beside the one where it hangs: sites of the body, or places of others."""
    decided_by: str = ""
    """Who answers for `stated` and `looks_at`."""
    decided_on: str = ""
    """ISO 8601 date."""


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An organisation that answers for its devices."""

    id: str
    """Short name."""
    name: str
    """Name for people."""
    kind: str
    """A word of the vocabulary of body kinds, for example ``uk-central-department`` or ``nl-municipality``."""
    country: str
    """ISO 3166 code."""
    also: tuple[str, ...] = ()
    """Further body kinds it is, since a council may receive grants and run vital infrastructure."""
    facts: dict[str, Decision] = {}
    """Decisions about the body as a whole, by condition id."""
    sites: tuple[Site, ...] = ()
    """Its sites."""
    others: tuple[Site, ...] = ()
    """Places of others that devices look at; nothing of the body hangs there, and they have no zones."""
    devices: tuple[DeviceNote, ...] = ()
    """What people know of single devices."""
