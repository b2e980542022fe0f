"""What a government wrote: dated, sourced, with the exact strength of each sentence."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from custodiet.model.company import Reference

Strength = Literal["must", "should", "consider", "may", "none"]
Event = Literal[
    "buying",
    "installing",
    "connecting",
    "keeping",
    "renewing",
    "importing",
    "exporting",
    "authorising",
    "contracting",
    "funding",
    "reporting",
    "deciding",
]
Status = Literal[
    "in force",
    "superseded",
    "expired",
    "suspended",
    "local decision",
    "guidance",
    "proposed",
    "political",
    "definition",
    "record",
    "what if",
]
"""What kind of force a text has.

in force        a rule for those it addresses, between its dates
superseded      was a rule; another text took its place
expired         was a rule; its time is over
suspended       a rule that is switched off; a window of suspension inside its time stands in `Directive.suspensions`
local decision  what a body decided for its own estate: a rule for that body and law for nobody
guidance        advice of an authority: nobody is bound
proposed        a draft; its sentences bind nobody until it is adopted
political       a call, a motion, a promise
definition      says what the words of other directives mean
what if         a rule under a scope that somebody supposed; never in a record of the catalog
record          says what was found, counted or held at a time (surveys, rulings, positions, standards); asks nothing
"""
TestKind = Literal[
    "named",
    "law-of-seat",
    "made-in",
    "brand-from",
    "listed-country",
    "share",
    "data-to",
    "administered-from",
    "certificate",
    "decided",
]
WITHIN = re.compile(r"P([1-9]\d{0,3})(BD|D)\Z")
"""How a deadline that runs is written: ``P1BD`` is one business day, ``P30D`` thirty days."""
Whose = Literal["maker", "brand", "supplier", "component"]


class EntityTest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way in which a text says who or what is meant. What "Chinese camera" hides is at least ten different tests.

    No test is worked out from another: each asks a fact of its own, by date, and a fact that is missing is named.
    """

    kind: TestKind
    """A word of the vocabulary of entity tests, where each is defined."""
    of: Whose = "maker"
    """Whose company is asked: who made the device, whose name it carries, who sold it, who made a part inside it."""
    companies: tuple[str, ...] = ()
    """Ids of the companies named (``named``, ``share``)."""
    affiliates: bool = False
    """True where subsidiaries and affiliates of the named companies are meant too (``named``)."""
    countries: tuple[str, ...] = ()
    """ISO 3166 codes that are meant."""
    open_countries: tuple[str, ...] = ()
    """ISO 3166 codes for which the text needs a reading of its own."""
    share: float | None = None
    """Per cent of ownership from which on a company is meant (``share``)."""
    law: str = ""
    """The law that binds a company by its seat (``law-of-seat``)."""
    scheme: str = ""
    """The certificate that a product must have (``certificate``); without it, the test hits."""
    condition: str = ""
    """Id of the question that a person answers (``decided``)."""
    asks_what_is_known: bool = False
    """True where the text asks only for what is in one's possession, as a reasonable inquiry does: a part of which
    nobody said anything is then no hit."""
    since: str = ""
    """ISO 8601 date from which the text has this test; empty: from its own date."""
    until: str = ""
    """ISO 8601 date until which it had it; empty: still."""


class Covers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who or what is meant: tests that are alternatives, so that one that hits is enough."""

    tests: tuple[EntityTest, ...] = ()
    """Empty: the text is about every such device, whoever made it."""
    text: str = ""
    """The test in words."""

    @property
    def companies(self) -> tuple[str, ...]:
        """All companies that are named, in the order of the tests, each once."""
        return tuple(dict.fromkeys(company for test in self.tests for company in test.companies))

    @property
    def seats(self) -> tuple[str, ...]:
        """All countries whose law of the seat is asked for, in the order of the tests, each once."""
        kinds = ("law-of-seat", "listed-country")
        return tuple(dict.fromkeys(c for test in self.tests if test.kind in kinds for c in test.countries))


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
    quoted_from: str = ""
    """The reference (its ``where``) in which a quotation was read."""
    language: str = ""
    """ISO 639 code of a quotation; a paraphrase is in English."""
    addressees: tuple[str, ...] = ()
    """Body kinds, where the sentence addresses others than its directive does."""
    equipment: tuple[str, ...] = ()
    """Device classes, where the sentence is about fewer than its directive."""
    where: tuple[str, ...] = ()
    """Condition ids of the site, any one of which is enough; empty: everywhere."""
    where_not: bool = False
    """True where the sentence applies to sites for which none of ``where`` holds."""
    in_view: tuple[str, ...] = ()
    """Those of ``where`` that are asked of each place that the device looks at too; empty: only where it hangs."""
    network: str = ""
    """``core`` where the sentence depends on the zone being part of a core network."""
    purpose: tuple[str, ...] = ()
    """Purposes, any one of which is needed (for the companies in ``purpose_for``)."""
    purpose_for: tuple[str, ...] = ()
    """Companies for which the purpose condition exists; empty: for all."""
    exceptions: tuple[str, ...] = ()
    """Condition ids of exceptions that free from this sentence and from others that list them, not from the rest."""
    applies_from: str = ""
    """ISO 8601 date; empty: from the directive's own date."""
    applies_until: str = ""
    """ISO 8601 date of the last day on which the sentence asks this; empty: as long as its directive."""
    deadline: str = ""
    """ISO 8601 date, cut to the precision known, by which it must be done."""
    within: str = ""
    """A deadline that runs from the day something happened: ``P1BD`` is one business day, ``P10D`` ten days."""
    after: str = ""
    """The event from which ``within`` runs: ``identified``, or the id of the requirement that comes before."""


class Window(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A time in which a rule is switched off; a waiver or a suspension is a window and not a flag."""

    since: str
    """ISO 8601 date of its first day."""
    until: str = ""
    """ISO 8601 date of its last day; empty: no end is known."""
    text: str
    """What was suspended and by what."""


class Correction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A field of a record that said something else before; the old value is kept."""

    on: str
    """ISO 8601 date of the correction."""
    field: str
    """What was corrected, for example ``requirements.remove-by.deadline``."""
    was: str
    """The old value."""
    because: str
    """Why, with the source."""


class InWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a record says, in another language."""

    title: str = ""
    """The title; empty: none in this language."""
    conditions: dict[str, str] = {}
    """Condition id -> the question."""
    texts: dict[str, str] = {}
    """Requirement id -> the paraphrase; of a quotation a translation, which is shown beside it."""
    covers: str = ""
    """Who or what is meant, in words."""


class Directive(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An instrument of a government or of a body about its own estate."""

    id: str
    """File name; never renamed."""
    title: str
    """Short name for people."""
    issuer: str
    """Who issued it."""
    jurisdiction: str
    """ISO 3166 code, ``EU``, or ``INT`` for what no state issued."""
    instrument: str
    """Statute, executive instruction, departmental decision, definition, list, resolution."""
    binding: str
    """On whom it binds and how, for example ``policy-binding-on-addressees``, ``political``."""
    addressees: tuple[str, ...]
    """Body kinds it binds: words of the vocabulary."""
    announced: str
    """ISO 8601 date."""
    in_force: str = ""
    """ISO 8601 date from which it holds; empty: never in force, or the day is not known (see `unconfirmed`)."""
    until: str = ""
    """ISO 8601 date after which it no longer holds; empty: still in force as far as we know."""
    status: Status
    """What kind of force it has; only ``in force`` prints as a rule."""
    suspensions: tuple[Window, ...] = ()
    """Times in which it was switched off."""
    grounds: tuple[Literal["security", "human rights", "privacy", "market"], ...] = ()
    """Why it was made."""
    level: str = "product"
    """At which level the equipment is meant: a word of the vocabulary of levels."""
    equipment: tuple[str, ...]
    """Device classes that are in scope."""
    equipment_unclear: tuple[str, ...] = ()
    """Device classes for which the text leaves it open."""
    equipment_text: str = ""
    """What the text says about equipment that our classes do not hold: software, drones, telecom."""
    covers: Covers
    """Who or what is meant."""
    requirements: tuple[Requirement, ...]
    """Its sentences."""
    conditions: dict[str, str] = {}
    """Condition id -> the question a person must answer, in plain words."""
    exceptions: tuple[str, ...] = ()
    """Exceptions in words; a person decides whether one applies."""
    returns: tuple[str, ...] = ()
    """What a return to the issuer has to contain."""
    restricted: str = ""
    """What may not be published, and by which text; empty: no such rule is known."""
    related: tuple[str, ...] = ()
    """Ids of directives that belong to it."""
    references: tuple[Reference, ...]
    """Where it was read."""
    confidence: Literal["high", "medium", "low"]
    """How well this record is sourced."""
    unconfirmed: tuple[str, ...] = ()
    """What could not be confirmed."""
    corrections: tuple[Correction, ...] = ()
    """What this record said before."""
    in_other_languages: dict[str, InWords] = {}
    """ISO 639 code -> what it says in that language; for the records that come with the program a word list says it."""
    added: str = ""
    """ISO 8601 date of this record."""
    note: str = ""
    """What a careful reader should know."""
