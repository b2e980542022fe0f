"""What a government wrote: dated, sourced, with the exact strength of each sentence."""

from __future__ import annotations

from typing import Literal

import msgspec

from custodiet.model.company import Reference

Strength = Literal["must", "should", "consider", "may", "none"]
Event = Literal["buying", "installing", "connecting", "keeping", "exporting", "contracting", "reporting", "deciding"]


class Covers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The test of the maker. Governments write it in three shapes, so there are three; a directive may use several."""

    companies: tuple[str, ...] = ()
    """Ids of the companies named."""
    subsidiaries: bool = False
    """True where subsidiaries and affiliates of the named companies are covered too."""
    seat_in: tuple[str, ...] = ()
    """ISO 3166 codes: the producer is covered when its legal seat is there, which makes it subject to the law."""
    seat_open: tuple[str, ...] = ()
    """ISO 3166 codes: for a seat there, whether the producer is subject to the law needs a reading of its own."""
    law: str = ""
    """The law meant by ``seat_in``."""
    text: str = ""
    """The test in words."""


class Requirement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One sentence of a directive with its own strength."""

    id: str
    """Unique in the directive."""
    demands: str
    """The verb: a word of the vocabulary, for example ``stop-installing``."""
    strength: Strength
    """How strongly it is asked."""
    event: Event
    """What the device must undergo for the sentence to apply: installing, keeping, ..."""
    text: str
    """A quotation in its own language, or our paraphrase."""
    quotation: bool = False
    """True only where the text is quoted from a source that was read."""
    where: tuple[str, ...] = ()
    """Condition ids of the site, any one of which is enough; empty: everywhere."""
    where_not: bool = False
    """True where the sentence applies to sites for which none of ``where`` holds."""
    network: str = ""
    """``core`` where the sentence depends on the zone being part of a core network."""
    purpose: tuple[str, ...] = ()
    """Purposes, any one of which is needed (for the companies in ``purpose_for``)."""
    purpose_for: tuple[str, ...] = ()
    """Companies for which the purpose condition exists; empty: for all."""
    applies_from: str = ""
    """ISO 8601 date; empty: from the directive's own date."""
    deadline: str = ""
    """ISO 8601 date, cut to the precision known, by which it must be done."""


class Directive(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An instrument of a government or of a body about its own estate."""

    id: str
    """File name; never renamed."""
    title: str
    """Short name for people."""
    issuer: str
    """Who issued it."""
    jurisdiction: str
    """ISO 3166 code, or ``EU``."""
    instrument: str
    """Statute, executive instruction, departmental decision, definition, list, resolution."""
    binding: str
    """On whom it binds and how, for example ``policy-binding-on-addressees``, ``political``."""
    addressees: tuple[str, ...]
    """Body kinds it binds: words of the vocabulary."""
    announced: str
    """ISO 8601 date."""
    in_force: str
    """ISO 8601 date from which it holds."""
    until: str = ""
    """ISO 8601 date after which it no longer holds; empty: still in force as far as we know."""
    status: Literal["in force", "superseded", "expired", "suspended", "proposed", "political", "definition"]
    """What kind of force it has; only ``in force`` prints as a rule."""
    equipment: tuple[str, ...]
    """Device classes that are in scope."""
    equipment_unclear: tuple[str, ...] = ()
    """Device classes for which the text leaves it open."""
    covers: Covers
    """The test of the maker."""
    requirements: tuple[Requirement, ...]
    """Its sentences."""
    conditions: dict[str, str] = {}
    """Condition id -> the question a person must answer, in plain words."""
    exceptions: tuple[str, ...] = ()
    """Exceptions in words; a person decides whether one applies."""
    references: tuple[Reference, ...]
    """Where it was read."""
    confidence: Literal["high", "medium", "low"]
    """How well this record is sourced."""
    unconfirmed: tuple[str, ...] = ()
    """What could not be confirmed."""
    added: str = ""
    """ISO 8601 date of this record."""
    note: str = ""
    """What a careful reader should know."""
