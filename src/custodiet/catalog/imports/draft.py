"""What an import gives: drafts of records, each with what a person must still confirm."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from custodiet.catalog.contents import Catalog
from custodiet.catalog.spelling import fold

LONGEST_TEXT = 300
"""Characters of a text of the list that go into a draft."""


class Refused(ValueError):
    """The list is broken as a whole; the message says how."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One record that somebody may confirm."""

    kind: str
    """The folder of the catalog it would stand in."""
    record: Any
    """The record."""
    confirm: tuple[str, ...]
    """What must be confirmed first, in sentences."""


@dataclass(slots=True)
class Imported:
    """What a list gave."""

    drafts: list[Draft] = field(default_factory=list)
    """In the order of their ids."""
    read: int = 0
    """Entries of the list that were read."""
    known: int = 0
    """Of these, entries that say nothing new."""
    notes: list[str] = field(default_factory=list)
    """What could not be read, and what contradicts us, in sentences."""


def shown(text: object) -> str:
    """A text of the list on one line, cut; nothing where it is no text."""
    return " ".join(text.split())[:LONGEST_TEXT] if isinstance(text, str) else ""


def id_of(text: str) -> str:
    """An id made of a name."""
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:60].strip("-")


def company_names(catalog: Catalog) -> dict[str, str]:
    """Folded name of a company, or of a brand that a company owns -> id of the company."""
    names = {
        fold(name): brand.company
        for brand in catalog.brands.values()
        if brand.company
        for name in (brand.name, *brand.names)
    }
    return names | {
        fold(name): company.id for company in catalog.companies.values() for name in (company.name, *company.names)
    }
