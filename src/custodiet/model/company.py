"""Companies, brands and the dated relations between them; ownership is asked by date, never stored as a flag."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

OwnDesign: TypeAlias = Literal["all", "usual", "supposed", ""]
"""Whether a company makes what is sold under its name.

all        sources that were read say that its own group makes everything under the name
usual      it is known for products of its own, and no source names another factory for a part that matters here
supposed   likewise, but parts of the range come from elsewhere, or a wrong name would weigh heavily: a hint, and not of
           a device that watches where others make a part of the range
(empty)    not established; several factories are common, and a brand is no maker
"""


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """Where a statement of the catalog was read."""

    where: str
    """Address, registry or document."""
    read: str = ""
    """Date it was read or is of, ISO 8601, cut to the precision known."""
    note: str = ""
    """What it says or how far it carries."""


class Relation(msgspec.Struct, frozen=True, kw_only=True):
    """What one company is to another, from a day until a day."""

    kind: str
    """``owns``, ``controls``, ``succeeds`` or ``makes_for``: a word of the vocabulary."""
    to: str
    """Id of the company or brand on the other side; this record's company is the subject of the verb."""
    since: str = ""
    """ISO 8601 date, cut to the precision known; empty: not known."""
    until: str = ""
    """ISO 8601 date; empty: still so, as far as we know."""
    share: float | None = None
    """Per cent, where a source gives it."""
    scope: str = ""
    """Series or models, where the relation does not cover everything."""
    references: tuple[Reference, ...] = ()
    """Where it was read."""
    note: str = ""
    """Anything a careful reader should know, such as a source that contradicts it."""


class Company(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A legal person that makes, owns or sells."""

    id: str
    """File name; never renamed."""
    name: str
    """Legal name."""
    names: tuple[str, ...] = ()
    """Other names under which it appears, spelled as they appear."""
    seat: str = ""
    """ISO 3166 code of its legal seat; empty: not established."""
    group: str = ""
    """Id of the company that heads the family, where it is not itself; a convenience for display, never a test."""
    relations: tuple[Relation, ...] = ()
    """Dated relations with this company as the subject."""
    references: tuple[Reference, ...] = ()
    """Where name and seat were read."""
    added: str = ""
    """ISO 8601 date of this record."""
    note: str = ""
    """What a careful reader should know."""


class Series(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of what is sold under a brand, and who made that part; a brand is not enough."""

    name: str
    """The series in words."""
    models: str = ""
    """A regular expression that the whole model name must fit; empty: which models is not known."""
    made_by: str = ""
    """Id of the company that made it; empty: not known, and then nothing is concluded."""
    since: str = ""
    """ISO 8601 date of the first units, cut to the precision known; empty: not known."""
    until: str = ""
    """ISO 8601 date of the last units; empty: still so, as far as we know."""
    certainty: str
    """How sure the sources are: a word of the vocabulary of certainties."""
    references: tuple[Reference, ...] = ()
    """Where it was read."""
    note: str = ""
    """What it rests on."""


class Brand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A name on a box."""

    id: str
    """File name; never renamed."""
    name: str
    """As printed."""
    names: tuple[str, ...] = ()
    """Other spellings."""
    also_words: tuple[str, ...] = ()
    """Those of its names that are words of everyday language too (Ring, Planet): read with more care."""
    company: str = ""
    """Id of the company that owns the name, where known."""
    makes: tuple[str, ...] = ()
    """Ids of companies that make devices under this name; several are common, which is why a brand is no maker."""
    own_design: OwnDesign = ""
    """Whether ``company`` makes what is sold under the name; empty: not established. See `OwnDesign`."""
    inside_others: bool = False
    """True where its boards, modules or software work inside devices of others: an address block, or a name that is
    only hinted at, names no maker."""
    surveillance: Literal["none", ""] = ""
    """``none``: nothing under this name watches anybody or controls a door; empty: not established."""
    series: tuple[Series, ...] = ()
    """Parts of the range whose maker is known, disputed or known not to be known."""
    references: tuple[Reference, ...] = ()
    """Where it was read."""
    added: str = ""
    """ISO 8601 date of this record."""
    note: str = ""
    """What a careful reader should know."""


class AddressBlocks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """MAC address blocks of one registrant."""

    id: str
    """File name; never renamed."""
    registrant: str
    """The name in the registry."""
    company: str = ""
    """Id of our company record, where there is one."""
    blocks: tuple[str, ...] = ()
    """Prefixes in hexadecimal without separators: 6, 7 or 9 digits (24, 28 or 36 bits)."""
    says: dict[str, str] = {}
    """Claims an address in these blocks supports, such as ``manufacturer``; empty: it only registers."""
    strength: str = "weak"
    """A word of the vocabulary of strengths."""
    references: tuple[Reference, ...] = ()
    """Where it was read."""
    added: str = ""
    """ISO 8601 date of this record."""
    note: str = ""
    """What a careful reader should know."""
