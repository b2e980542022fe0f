"""A rule from an observed value to claims, which carries its own tests."""

from __future__ import annotations

import msgspec

from custodiet.model.company import Reference


class When(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The condition on one value; exactly one of the fields is set."""

    regex: str = ""
    """A Python regular expression, searched for in the value; named groups can be used in ``says``."""
    equals: tuple[str, ...] = ()
    """The value is one of these, letter for letter."""


class Example(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A value that must match, and all that must be extracted from it."""

    value: str
    """The raw value."""
    says: dict[str, str] = {}
    """What the named groups must give, beyond the constants of the rule."""


class Fingerprint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule from observed values to claims."""

    id: str
    """File name; never renamed."""
    attribute: str
    """The attribute whose values it reads: a word of the vocabulary."""
    when: When
    """The condition."""
    says: dict[str, str]
    """Field of an identification -> value or ``{group}``, as in ``manufacturer: hikvision``."""
    technique: str
    """What kind of evidence it is: a word of the vocabulary. Claims of one technique count once."""
    strength: str
    """How much a match is worth: a word of the vocabulary."""
    examples: tuple[Example, ...]
    """Values that must match."""
    counter_examples: tuple[str, ...]
    """Values that must stay silent."""
    references: tuple[Reference, ...]
    """Where it was read."""
    added: str
    """ISO 8601 date of this record."""
    survives_relabelling: bool = False
    """True where the sign stays when another brand is printed on the case."""
    shelf: bool = False
    """True for a record still thin on evidence: it speaks with low strength and never alone."""
    note: str = ""
    """What a careful reader should know."""
