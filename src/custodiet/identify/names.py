"""The names of brands and companies, made ready to be found at a place of a text.

It knows the names that stand in the records of brands and of companies that are called the same, and how a name may be
written: with or without its signs and blanks, but never inside another word. Where a name counts is for `places`.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

from custodiet.catalog.contents import Catalog
from custodiet.catalog.spelling import fold
from custodiet.identify.remembered import by_version
from custodiet.model import Brand

MOST_ATOMS = 6
"""Runs of letters or digits in a name."""

LEGAL = (
    r"ab|ag|aps|as|asa|bv|b\.v|co|company|corp|corporation|gmbh|inc|incorporated|kg|limited|llc|ltd|ltda|mbh|nv|n\.v|oy|oyj|"
    r"plc|pte|pty|sa|s\.a|sarl|sas|spa|s\.p\.a|sro|srl|s\.r\.l|the"
)
TRADE = (
    r"audio|communications?|computers?|devices?|digital|electronics?|group|holdings?|industries|international|labs?|"
    r"laborator(?:y|ies)|networks?|networking|products?|semi|software|solutions?|systems?|tech|technolog(?:y|ies)|"
    r"telecom|telecommunications?|usa|us|america|americas|europe|deutschland|japan|korea|taiwan|uk"
)
_ONLY_LEGAL = re.compile(rf"(?:[\s,.&()/-]{{0,4}}(?:{LEGAL})(?![^\W_]))*[\s,.()®™\"']*\Z", re.IGNORECASE)
_ONLY_TRADE = re.compile(rf"(?:[\s,.&()/-]{{0,4}}(?:{LEGAL}|{TRADE})(?![^\W_]))*[\s,.()®™\"']*\Z", re.IGNORECASE)

ATOM = re.compile(r"[^\W\d_]+|\d+")
_JOINT = re.compile(r"[\s&+'.\-_]{0,3}\Z")


class _Name(NamedTuple):
    """A name that is known."""

    brand: Brand
    cuts: frozenset[int]
    """Places in the folded name at which it may be cut by a sign or a blank."""
    word: bool
    """Whether it is also a word of everyday language."""


class Found(NamedTuple):
    """A name at a place of a text."""

    brand: Brand
    start: int
    end: int
    word: bool


class Names:
    """The names of a catalog's brands, and of the companies that are called the same, ready to be found."""

    def __init__(self, catalog: Catalog) -> None:
        self._names: dict[str, _Name] = {}
        self._begins: set[str] = set()
        """What the first runs of a name can be together; no name goes on behind anything else."""
        self.of_company: dict[str, Brand] = {}
        """Company id -> its brand of the same id, or its only one."""
        self.whole: set[str] = set()
        """Folded names of companies as they are registered: with their legal form, or of several words."""
        for brand in catalog.brands.values():
            self._add(brand, brand.name, *brand.names)
        owned: dict[str, list[Brand]] = {}
        for brand in catalog.brands.values():
            owned.setdefault(brand.company, []).append(brand)
        for company in catalog.companies.values():
            same = [brand for brand in owned.get(company.id, ()) if brand.id == company.id]
            only = same or owned.get(company.id, [])
            if len(only) == 1:
                self.of_company[company.id] = only[0]
                if same:  # the name of a company with another brand is not on the box
                    self._add(only[0], company.name, *company.names)
                names = (company.name, *company.names, *only[0].names)
                self.whole |= {fold(name) for name in names if len(name.split()) > 1}

    def _add(self, brand: Brand, *names: str) -> None:
        words = {fold(word) for word in brand.also_words}
        for name in names:
            whole = _bare(name)
            folded = fold(whole)
            if len(folded) < 2:
                continue
            atoms = [atom.group() for atom in ATOM.finditer(whole)]
            cuts = {len(fold("".join(atoms[:count]))) for count in range(1, len(atoms))}
            self._begins.update(folded[:cut] for cut in (*cuts, len(folded)))
            held = self._names.get(folded)
            if held is None:
                self._names[folded] = _Name(brand, frozenset(cuts), folded in words)
            elif held.brand.id == brand.id:
                self._names[folded] = _Name(brand, held.cuts | cuts, held.word)

    @cached_property
    def longest_number(self) -> int:
        """Digits of the longest number in a name."""
        return max((len(run) for begin in self._begins for run in re.findall(r"\d+", begin)), default=0)

    def at(self, value: str, start: int) -> Found | None:
        """The longest name that stands at a place, and ends where a word does."""
        folded, end = "", start
        cuts: set[int] = set()
        best: Found | None = None
        for count, atom in enumerate(ATOM.finditer(value, start)):
            if count == MOST_ATOMS or (count == 0 and atom.start() != start):
                break
            if count and not _JOINT.fullmatch(value, end, atom.start()):
                break
            if count:
                cuts.add(len(folded))
            folded, end = folded + atom.group().casefold(), atom.end()
            if folded not in self._begins:
                break
            name = self._names.get(folded)
            if name and cuts <= name.cuts and self._ends(value, end, folded):
                best = Found(name.brand, start, end, name.word)
        return best

    def begins(self, run: str) -> bool:
        """Whether a name can begin with a run of letters or digits."""
        return run.casefold() in self._begins

    @staticmethod
    def _ends(value: str, end: int, folded: str) -> bool:
        """Whether a word ends here; a longer name may be followed by digits, as in ``snom370``."""
        if end == len(value) or not value[end].isalnum():
            return True
        return value[end].isdigit() and folded[-1].isalpha() and len(folded) >= 4


def careful(found: Found, value: str) -> bool:
    """Whether a name is short, or also a word."""
    return found.word or len(fold(value[found.start : found.end])) <= 3


def is_all(found: Found, value: str) -> bool:
    """Whether nothing stands behind a name but what every company has behind its name."""
    rest = _ONLY_LEGAL if found.word else _ONLY_TRADE
    return rest.match(value, found.end) is not None


def brand_of_company(name: str, catalog: Catalog) -> Brand | None:
    """The brand of a company by its id or by its name as a registry writes it; nothing where it is not plain."""
    names = names_of(catalog)
    if name in catalog.companies:
        return names.of_company.get(name)
    found = names.at(name, 0) if len(name) <= 120 else None
    if found is None or not _ONLY_TRADE.match(name, found.end):
        return None
    if careful(found, name) and not {fold(name), fold(_bare(name))} & names.whole:
        return None  # "Axis Corporation" is not Axis Communications
    return found.brand


def _bare(name: str) -> str:
    """A name without its legal form: ``Example Optics Co., Ltd.`` is called Example Optics."""
    bare = re.sub(rf"(?i)(?:[\s,.]+(?:{LEGAL})\.?)+[\s,.]*\Z", "", name[:200])
    return bare.strip(" ,.")


_REMEMBERED: dict[str, Names] = by_version()


def names_of(catalog: Catalog) -> Names:
    """The names of a catalog; made once for each version, which never changes."""
    found = _REMEMBERED.get(catalog.version)
    if found is None:
        found = _REMEMBERED[catalog.version] = Names(catalog)
    return found
