"""The grammar of one family of model names: what each part of a name means. Who made it, the fingerprints say."""

from __future__ import annotations

import msgspec

from custodiet.model.company import Reference


class PartGrammar(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One part of a model name."""

    group: str
    """Named group of the family's expression that holds the part."""
    part: str
    """What kind of part it is: a word of ``catalog/vocabulary/model_parts.yml``."""
    values: dict[str, str] = {}
    """The part as written, in capitals -> what it means in words."""
    letters: bool = False
    """True where the part is a run of codes, each with a meaning of its own: ``IZS`` is I, Z and S."""
    says: str = ""
    """For parts that are numbers or open lists: the meaning with ``{}`` for the part, as in ``{} channels``."""
    classes: dict[str, str] = {}
    """The part as written, in capitals -> device class, where this part decides it; a later part is more exact."""
    trade_knowledge: bool = False
    """True where the meaning is how the trade reads it, and no source of the maker was read for it."""


class FamilyExample(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model of the family, and what every part of it must say."""

    model: str
    """The model as written."""
    says: dict[str, str] = {}
    """Kind of part -> all that is said of it, several meanings parted by a comma and a blank."""


class ModelFamily(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Models named after one scheme; it explains a model and never says who made it."""

    id: str
    """File name; never renamed."""
    name: str
    """What the family is called, in words."""
    fingerprints: tuple[str, ...]
    """Ids of the rules of ``device.model`` that conclude a model of this family: brand and maker are theirs to say."""
    regex: str
    """A Python regular expression that the whole model must fit, whatever its case; its named groups are the parts."""
    device_class: str = ""
    """What devices of the family are; empty where a part decides it or it stays open."""
    parts: tuple[PartGrammar, ...]
    """The parts in the order in which they stand in a name."""
    examples: tuple[FamilyExample, ...]
    """Models that must be read."""
    counter_examples: tuple[str, ...]
    """Models of others, or of another family, that must not be read."""
    references: tuple[Reference, ...]
    """Where it was read."""
    added: str
    """ISO 8601 date of this record."""
    note: str = ""
    """What a careful reader should know."""


class ReadPart(msgspec.Struct, frozen=True, kw_only=True):
    """One part of one model, in words."""

    part: str
    """What kind of part it is."""
    text: str
    """The part as written."""
    means: str
    """What it means; empty where the grammar does not know this value."""
    trade_knowledge: bool
    """True where the meaning rests on how the trade reads it."""


class ModelReading(msgspec.Struct, frozen=True, kw_only=True):
    """What the parts of a model name mean."""

    model: str
    """The model as it was read."""
    family: str
    """Id of the family."""
    name: str
    """What the family is called."""
    device_class: str
    """What it is by its name; empty where the name leaves it open."""
    parts: tuple[ReadPart, ...]
    """The parts that are there, in the order of the name."""
