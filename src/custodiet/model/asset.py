"""A device we account for, and why we think its observations belong together."""

from __future__ import annotations

import msgspec


class Identifier(msgspec.Struct, frozen=True, kw_only=True):
    """Something that names a device and not its kind."""

    kind: str
    """``mac``, ``serial``, ``ip``, ``tag``, ``hostname`` or ``custodiet_id``."""
    value: str
    """Normalised: MAC in lower case with colons, serial in upper case."""
    identity: bool
    """False when it must not join observations: a locally administered MAC, an address shared by a router."""
    why: str = ""
    """Why it is no identity, where it is none."""


class Merge(msgspec.Struct, frozen=True, kw_only=True):
    """One decision that two subjects are the same device; undone by a recorded decision, never by deletion."""

    left: str
    """``source/subject`` of one side."""
    right: str
    """``source/subject`` of the other side."""
    because: str
    """The sentence the report prints."""
    weight: float
    """0 to 1: how strongly this says "same device"."""
    by: str
    """The rule, for example ``rule:same-mac``, or the person who decided."""


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """A device we account for."""

    id: str
    """Hash of its strongest identifier, so that the id stays when more is learned."""
    label: str
    """A short name for people: address, host name or row."""
    called: str = ""
    """Its name in a register, as its owner gave it; empty: none gives it one."""
    subjects: tuple[str, ...]
    """``source/subject`` keys whose observations belong to it."""
    identifiers: tuple[Identifier, ...] = ()
    """What names it."""
    site: str | None = None
    """Id of the site, where known."""
    zone: str | None = None
    """Id of the zone in that site, where known."""
    placed_by: str = ""
    """Why we put it at that site and zone."""
    merged_by: tuple[Merge, ...] = ()
    """Every step that put its subjects together."""
    first_seen: float | None = None
    """Seconds since 1970 UTC."""
    last_seen: float | None = None
    """Seconds since 1970 UTC."""
    quantity: int = 1
    """More than one only where a purchase or register row stands for several devices."""
