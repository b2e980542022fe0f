"""What values say, as one short text that can be stored, sent and compared: the claims without where they were seen.

The text is canonical, so that equal evidence is equal text and can be counted, joined and decided once. What it adds up
to is weighed by `weigh`, as everywhere; only the spans and quotations of a dossier are not in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from hashlib import blake2b

import msgspec

from custodiet.errors import SourceError
from custodiet.identify import claims_of_row, claims_of_value, said_together
from custodiet.identify.match import Matcher
from custodiet.identify.own_design import TECHNIQUE as OWN_BRAND
from custodiet.identify.series import LONGEST_MODEL, series_of
from custodiet.identify.weigh import BY_HAND, conclude_all, is_typed
from custodiet.model import Claim, Conclusion

REMEMBERED = 100_000
"""Answers kept at hand, of values up to `SHORT`."""

SHORT = 500
"""Characters; longer values hardly repeat and would fill the memory."""


TYPED = "typed "
"""What `Said.text` begins with where people typed it, see `weigh.is_typed`."""


class Said(msgspec.Struct, frozen=True, array_like=True, order=True):
    """One claim, as an array of six in the text."""

    field: str
    """The field it speaks about."""
    value: str
    """What it says."""
    technique: str
    """The kind of evidence."""
    strength: float
    """0 to 1."""
    record: str
    """Id of the record that spoke."""
    text: str = ""
    """Marks claims that rest on one text, where several kinds of evidence do: they are no signs of their own. Begins
    with `TYPED` where people typed it and it speaks of more than words."""


_READ = msgspec.json.Decoder(tuple[Said, ...])


class Evidence:
    """Turns what was observed into evidence; remembers what it decided.

    Args:
        matcher: the fingerprints of a catalog, made ready.
        fields: the fields of interest; none: all. What they rest on is kept too: a brand and a model may together
            name the manufacturer, see `series`.
    """

    def __init__(self, matcher: Matcher, fields: Collection[str] | None = None) -> None:
        self._matcher = matcher
        self._fields = frozenset(fields) if fields is not None else None
        self._forget()

    def speaks(self, attribute: str) -> bool:
        """Whether a value of this attribute can say anything at all."""
        return self._matcher.speaks(attribute)

    def of_value(self, attribute: str, value: str) -> tuple[Said, ...]:
        """What one value says, sorted, each claim once."""
        self._make_room()
        return self._known[self._heard(attribute, value)]

    def of_pairs(self, pairs: Iterable[tuple[str, str]]) -> str:
        """What one record says, from its (attribute, value) pairs, as text; empty when nothing in it speaks."""
        self._make_room()
        pairs = [pair for pair in pairs if self.speaks(pair[0])]
        said = {self._heard(attribute, value) for attribute, value in pairs}
        brand = ""
        for attribute, value in pairs:
            if attribute == "register.brand":
                brand = value
        for attribute, value in pairs if brand else ():
            if attribute == "register.model":
                said.add(self._number(self.of_row(brand, value)))
        key = frozenset(said - {0})
        text = self._texts.get(key)
        if text is None:
            text = self._texts[key] = as_text(one for number in key for one in self._known[number])
        return text

    def of_row(self, brand: str, model: str) -> tuple[Said, ...]:
        """What brand and model of one row of a register say together, beyond what each says."""
        return self._short(claims_of_row(brand, model, self._matcher))

    def _heard(self, attribute: str, value: str) -> int:
        """The number of what one value says, in `_known`."""
        key = (attribute, value)
        number = self._values.get(key)
        if number is None:
            number = self._number(self._short(claims_of_value(attribute, value, self._matcher)))
            if len(value) <= SHORT:
                self._values[key] = number
        return number

    def _number(self, said: tuple[Said, ...]) -> int:
        number = self._numbers.setdefault(said, len(self._known))
        if number == len(self._known):
            self._known.append(said)
        return number

    def _make_room(self) -> None:
        """Forget when too much is remembered; never while a record is taken apart, since numbers would change."""
        if max(len(self._values), len(self._known), len(self._texts)) >= REMEMBERED:
            self._forget()  # what repeats is back at once

    def _forget(self) -> None:
        self._values: dict[tuple[str, str], int] = {}
        self._known: list[tuple[Said, ...]] = [()]
        self._numbers: dict[tuple[Said, ...], int] = {(): 0}
        self._texts: dict[frozenset[int], str] = {}

    def _short(self, claims: Iterable[Claim]) -> tuple[Said, ...]:
        wanted, claims = self._fields, tuple(claims)
        mark = _mark(claims)
        if any(is_typed(claim, self._matcher.catalog.techniques) for claim in claims):
            mark = TYPED + mark
        return tuple(
            sorted(
                {
                    Said(claim.field, claim.value, claim.technique, claim.strength, claim.record, mark)
                    for claim in claims
                    if wanted is None or claim.field in wanted or self._leads_to_a_maker(claim)
                }
            )
        )

    def _leads_to_a_maker(self, claim: Claim) -> bool:
        """Whether it may name the manufacturer, or tell what the device is not, alone or together with another."""
        if self._fields is None or not self._fields & {"manufacturer", "device_class"}:
            return False
        if claim.field in ("brand", "oui_registrant", "declared_manufacturer", "manufacturer", "device_class"):
            return True
        if claim.field != "model" or len(claim.value) > LONGEST_MODEL:
            return False
        brands = self._matcher.catalog.brands
        return any(series_of(brand, claim.value) for brand in brands.values() if brand.series)


def _mark(claims: Sequence[Claim]) -> str:
    """A short hash of the text that claims rest on; empty where one kind of evidence does, which counts once anyway.

    A model may speak once more together with its brand: see `series`.
    """
    kinds = {claim.technique for claim in claims} | {"model-grammar" for claim in claims if claim.field == "model"}
    kinds |= {OWN_BRAND for claim in claims if claim.field in ("brand", "oui_registrant")}
    if len(kinds) < 2:
        return ""
    text = f"{claims[0].attribute}\x1f{claims[0].observed}"
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def as_text(said: Iterable[Said]) -> str:
    """The canonical text of claims: compact JSON, sorted, each once; empty for none."""
    ordered = sorted(set(said))
    return msgspec.json.encode(ordered).decode() if ordered else ""


def conclude_evidence(pieces: Sequence[str], matcher: Matcher) -> tuple[Conclusion, ...]:
    """What pieces of evidence about one device add up to, in the order of `FIELDS`.

    Raises:
        SourceError: a piece is not evidence as `as_text` writes it.
    """
    try:
        said = {one for piece in pieces if piece for one in _READ.decode(piece)}
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise SourceError(
            f"this is no evidence: {error}", next_step="Give the column `evidence` as it was written"
        ) from error
    claims = [
        Claim(
            field=one.field,
            value=one.value,
            technique=one.technique,
            strength=one.strength,
            record=one.record,
            observations=(),
            attribute=BY_HAND[0] if one.text.startswith(TYPED) else "text" if one.text else "",
            observed=one.text.removeprefix(TYPED),
        )
        for one in sorted(said)
    ]
    return conclude_all(said_together(claims, matcher.catalog), matcher.catalog)
