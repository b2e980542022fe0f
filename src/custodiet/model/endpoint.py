"""Clouds, relays, update hosts and local discovery groups: a name or an address, whose it is, and how we know it."""

from __future__ import annotations

import msgspec

from custodiet.model.company import Reference


class Endpoint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place that devices or their programs talk to."""

    id: str
    """File name; never renamed."""
    names: tuple[str, ...] = ()
    """Host names in lower case; ``*.example.com`` is the domain with everything below it. The longest one wins."""
    addresses: tuple[str, ...] = ()
    """IP addresses or networks that are asked without a name; never enough alone, since rented ones change hands."""
    ports: tuple[str, ...] = ()
    """Ports as ``tcp/443``; empty: not known, or any."""
    purpose: str
    """What it is for: a word of the vocabulary ``endpoint_purposes``."""
    asked_by: str
    """Who asks for it: a word of the vocabulary ``askers``."""
    known_by: str
    """How we know it: a word of the vocabulary ``endpoint_evidence``."""
    specificity: str
    """Whether others use it too: a word of the vocabulary ``specificities``."""
    company: str = ""
    """Id of the company that runs it; empty: not established."""
    brands: tuple[str, ...] = ()
    """Ids of the brands whose devices use it, where it is not the whole family."""
    region: str = ""
    """Where it is meant for, as the source says."""
    says: dict[str, str] = {}
    """Claims that a device supports by asking for one of the names; empty: it proves nothing about the device."""
    strength: str = "weak"
    """A word of the vocabulary of strengths."""
    shelf: bool = False
    """True for a lead that nobody confirmed: it speaks with the lowest strength."""
    references: tuple[Reference, ...] = ()
    """Where it was read."""
    added: str = ""
    """ISO 8601 date of this record."""
    note: str = ""
    """What a careful reader should know."""
