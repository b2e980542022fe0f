"""Whether an answer names the maker that the truth names.

The truth is a name as people write it, the answer is a company of the catalog. They are the same where

- the truth is one of the company's names (its id counts as one), letter case, punctuation and legal form aside;
- the truth is the name of a brand, and the catalog says that the company owns that brand;
- one company succeeded the other, by a dated relation of the catalog: a predecessor's device is asked by either name.

A company of the same group is another company, unless the truth itself says "group". A part of a name is no name: HP is
not HPE, and Samsung is not Samsung Techwin.
"""

from __future__ import annotations

import re
from typing import Literal

from custodiet.catalog.contents import Catalog
from custodiet.catalog.spelling import fold

Same = Literal["name", "brand", "successor", "group", ""]
"""Why two names are the same company; empty where they are not."""

LEGAL_FORMS = (
    "ab ag aps as asa bv co coltd company corp corporation gmbh inc incorporated kg limited llc ltd nv oy oyj plc pte "
    "pty sa sarl sas spa sro srl"
)
"""Words at the end of a name that say only what kind of company it is."""

_LEGAL = frozenset(LEGAL_FORMS.split())
_WORDS = re.compile(r"[^\s,]+")
_OR = re.compile(r"\s+or\s+|\s*/\s+|\s+/\s*|;")


class Makers:
    """The names of a catalog's companies and brands, ready to be compared.

    Args:
        catalog: the catalog.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._companies: dict[str, set[str]] = {}
        self._brands: dict[str, set[str]] = {}
        for company in catalog.companies.values():
            for name in (company.id, company.name, *company.names):
                self._companies.setdefault(_bare(name), set()).add(company.id)
        for brand in catalog.brands.values():
            for name in (brand.id, brand.name, *brand.names):
                if brand.company:
                    self._brands.setdefault(_bare(name), set()).add(brand.company)

    def known(self, truth: str) -> bool:
        """Whether the catalog knows a company or an owned brand of this name; where not, no answer can be right."""
        return any(name in self._companies or name in self._brands for name in _meant(truth))

    def same(self, said: str, truth: str) -> Same:
        """Why the company ``said`` is the maker ``truth``; empty where it is not.

        Args:
            said: a company id, or a name that the catalog does not know.
            truth: a name as people write it; ``A or B`` and ``A / B`` mean either.
        """
        ways: tuple[Same, ...] = tuple(self._one(said, name, truth) for name in _meant(truth))
        return next((way for way in ways if way), "")

    def group(self, said: str, truth: str) -> bool:
        """Whether both belong to one group, which is said beside a wrong answer and does not make it right."""
        heads = {self._head(id) for name in _meant(truth) for id in self._companies.get(name, ())}
        return self._head(said) in heads

    def _one(self, said: str, name: str, truth: str) -> Same:
        named = self._companies.get(name, set())
        if said in named or (said not in self._catalog.companies and _bare(said) == name):
            return "name"
        if not named and said in self._brands.get(name, ()):
            return "brand"
        if any(self._succeeds(said, other) or self._succeeds(other, said) for other in named):
            return "successor"
        if re.search(r"\bgroup\b", truth, re.IGNORECASE) and any(self._head(said) == self._head(id) for id in named):
            return "group"
        return ""

    def _succeeds(self, one: str, other: str) -> bool:
        record = self._catalog.companies.get(one)
        return any(r.kind == "succeeds" and r.to == other for r in (record.relations if record else ()))

    def _head(self, id: str) -> str:
        record = self._catalog.companies.get(id)
        return (record.group or id) if record else id


def _meant(truth: str) -> list[str]:
    """The names a truth may mean, bare: whole, and without what stands in brackets."""
    found: list[str] = []
    for part in _OR.split(truth):
        for name in (part, part.partition("(")[0], re.sub(r"(?i)\bgroup\b", " ", part)):
            bare = _bare(name)
            if bare and bare not in found:
                found.append(bare)
    return found


def _bare(name: str) -> str:
    """A name without its legal form, case and punctuation."""
    words = _WORDS.findall(name)
    while len(words) > 1 and fold(words[-1]) in _LEGAL:
        words.pop()
    return fold(" ".join(words))
