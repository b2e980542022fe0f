"""Register, network and purchases side by side: what each says of a device, and whether they agree.

Pure functions of what was concluded; which of it somebody settled is asked elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Literal

import msgspec

from custodiet.catalog.contents import Catalog
from custodiet.identify.weigh import conclude
from custodiet.model import SURE, Claim, Entry

Word = Literal["match", "mislabelled", "ghost", "stray", "bought"]

WORDS: tuple[Word, ...] = ("mislabelled", "stray", "ghost", "bought", "match")
"""What most needs a look first.

match: register and network agree; mislabelled: they name another brand or model; ghost: in the register, never seen on
the network; stray: on the network, not in the register; bought: only a purchase record knows it.
"""

NETWORK = frozenset({"capture", "scan", "log", "live"})
"""Kinds of source in which a device itself was seen."""

_TEXT_LIMIT = 300
_MODELS = 2
"""Models that are shown: what a device calls itself, and what that is the shape of, are often two."""

_NAMED = 4
"""Brands and makers that are shown of what answers at one address."""


class Brands:
    """What the catalog knows of brands and makers.

    Args:
        catalog: whose records are asked.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def makes(self, brand: str, maker: str) -> bool:
        """Whether a brand is a name of a company, or that company is known to make for it."""
        record = self._catalog.brands.get(brand)
        return brand == maker or (record is not None and maker in (record.company, *record.makes))

    def kin(self, one: str, other: str) -> bool:
        """Whether two companies are of one family."""
        return self._head(one) == self._head(other)

    def _head(self, id: str) -> str:
        record = self._catalog.companies.get(id)
        return (record.group if record else "") or id

    def maker(self, claims: Sequence[Claim]) -> str:
        """Who made it by these claims alone, where that is sure; else empty."""
        alone = conclude("manufacturer", claims, self._catalog) if claims else None
        return alone.value if alone and alone.band in SURE else ""

    def called(self, id: str) -> str:
        """A brand or a company as people know it; an id without a record as it stands."""
        record = self._catalog.brands.get(id) or self._catalog.companies.get(id)
        return record.name if record else id


class Stands(msgspec.Struct, frozen=True, kw_only=True):
    """What the three say of one device."""

    device: str
    """Id of the asset."""
    standing: Word
    registered: str
    """What the register says that it is."""
    seen: str
    """What the network says that it is."""
    bought: bool
    """Whether a purchase record knows it."""

    @property
    def found(self) -> str:
        """Hash of what there is to settle, of this device alone."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()


def stands(
    entry: Entry, kinds: Mapping[str, str], brands: Brands, ours: Collection[str] = frozenset()
) -> Stands | None:
    """How a device stands; none where neither register nor network nor a purchase knows it.

    Args:
        entry: the device, with its evidence.
        kinds: id of a source -> its kind.
        brands: what is known of them.
        ours: ``source/subject`` of rows that went out from here and came back: what only they list is in no register
            yet where the network or a purchase knows it.
    """
    known_to = {kinds.get(subject.partition("/")[0], "") for subject in entry.asset.subjects}
    on_network, bought = bool(known_to & NETWORK), "purchase_record" in known_to
    sides = _Sides(entry, kinds, brands, ours)
    told_by = {kinds.get(subject.partition("/")[0], "") for subject in entry.asset.subjects if subject not in ours}
    if "register" in told_by:
        standing: Word = "ghost" if not on_network else "mislabelled" if sides.disagree() else "match"
    elif on_network:
        standing = "stray"
    elif bought:
        standing = "bought"
    elif "register" in known_to:
        standing = "ghost"
    else:
        return None
    return Stands(
        device=entry.asset.id,
        standing=standing,
        registered=sides.registered()[:_TEXT_LIMIT],
        seen=sides.seen()[:_TEXT_LIMIT] if on_network else "",
        bought=bought,
    )


_Labels = dict[str, list[Claim]]
"""What one row of a register says: ``brand`` and ``model`` -> its claims."""


def _written(row: _Labels) -> str:
    """Brand and model as a row writes them."""
    brand, model = (next((claim.observed for claim in row[field]), "") for field in ("brand", "model"))
    if _begins(model, brand):  # it says the brand twice
        return model
    return " ".join(text for text in (brand, model) if text)


def _begins(text: str, word: str) -> bool:
    """Whether a text begins with these words, whole."""
    return bool(word) and f"{text} ".casefold().startswith(f"{word} ".casefold())


class _Sides:
    """What is said of brand and model, by who says it; each row of a register speaks for itself."""

    def __init__(self, entry: Entry, kinds: Mapping[str, str], brands: Brands, ours: Collection[str]) -> None:
        self._entry, self._brands = entry, brands
        by = {seen.id: seen for seen in entry.evidence}
        kind = {id: kinds.get(seen.source, "") for id, seen in by.items()}
        self._rows: dict[tuple[str, str], _Labels] = {}
        self._network: dict[str, list[Claim]] = {"brand": [], "model": [], "manufacturer": []}
        for field, network in self._network.items():
            told = entry.identification.get(field)
            for claim in (*told.claims_for, *told.claims_against):
                if not NETWORK.isdisjoint(kind.get(id, "") for id in claim.observations):
                    network.append(claim)
                # its own columns of brand and model, not what its remarks make likely
                if claim.technique != "label" or claim.attribute != f"register.{field}":
                    continue
                rows = ((by[id].source, by[id].subject) for id in claim.observations if kind.get(id) == "register")
                for row in dict.fromkeys(row for row in rows if "/".join(row) not in ours):
                    self._rows.setdefault(row, {"brand": [], "model": []})[field].append(claim)
        self._maker = self._made_by()

    def _made_by(self) -> str:
        """Who made it by the word of the network alone, where that is sure: what a register adds is no word of it."""
        told = self._entry.identification.get("manufacturer")
        alone = len(self._network["manufacturer"]) == len(told.claims_for) + len(told.claims_against)
        if alone and told.claims_for:  # as it was concluded
            return told.value if told.band in SURE else ""
        return self._brands.maker(self._network["manufacturer"])

    def registered(self) -> str:
        """What rows of registers say, those that the network contradicts first."""
        rows = sorted(self._rows.values(), key=lambda row: not self._contradicts(row))
        told: dict[str, str] = {}  # each once, as it is written first
        for text in filter(None, map(_written, rows)):
            told.setdefault(_bare(text), text)
        return " / ".join(told.values())

    def seen(self) -> str:
        """Maker, where that is sure, or else all whom it names; with the models that it answers to."""
        models = {_bare(model): model for model in map(self._unbranded, reversed(self._of("model"))) if model}
        shown = " / ".join(list(reversed(models.values()))[:_MODELS])
        named = self._named()  # of several the model is not the last one's
        return (", " if len(named) > 1 else " ").join(text for text in (" / ".join(named), shown) if text)

    def _named(self) -> list[str]:
        """Those whom the network names: where one maker is sure, besides him only who would be sure without him."""
        knows, makers = self._brands, self._of("manufacturer")
        if self._maker:
            others = [id for id in makers if not knows.kin(id, self._maker)]
            ids = [self._maker, *(id for id in others if knows.maker(self._claims_of(id)))]
        else:
            brands = self._of("brand")
            ids = [*brands, *(id for id in makers if not any(knows.makes(brand, id) for brand in brands))]
        return list(dict.fromkeys(map(self._brands.called, ids)))[:_NAMED]

    def _claims_of(self, maker: str) -> list[Claim]:
        return [claim for claim in self._network["manufacturer"] if claim.value == maker]

    def disagree(self) -> bool:
        """Whether the network names another brand or another model than a row of a register."""
        return any(map(self._contradicts, self._rows.values()))

    def _contradicts(self, row: _Labels) -> bool:
        brands = [claim.value for claim in row["brand"]]
        others = self._of("brand")
        if (
            brands
            and not any(brand in others or self._brands.makes(brand, self._maker) for brand in brands)
            and (self._maker or others)
        ):
            return True
        models = [told for claim in row["model"] if (told := _bare(self._unbranded(claim.value)))]
        answered = [told for value in self._of("model") if (told := _bare(self._unbranded(value)))]
        return bool(models and answered) and not any(a in b or b in a for a in models for b in answered)

    def _unbranded(self, model: str) -> str:
        """A model without the brand or maker before it, which one side writes and the other does not."""
        labels = [claim for row in self._rows.values() for claim in row["brand"]]
        ids = {self._maker, *(claim.value for claim in (*labels, *self._network["brand"]))}
        said = {*map(self._brands.called, ids), *(claim.observed for claim in labels)}
        name = max((name for name in said if _begins(model, name)), key=len, default="")
        return model[len(name) :].strip()

    def _of(self, field: str) -> list[str]:
        """What the network says, each once, the strongest first."""
        said = sorted(self._network[field], key=lambda claim: -claim.strength)
        return list(dict.fromkeys(claim.value for claim in said))


def _bare(model: str) -> str:
    """A model without what people write otherwise each time."""
    return "".join(char for char in model.upper() if char.isalnum())
