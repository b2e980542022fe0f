"""Devices of which the same is said: concluded once, and told for each with the observations it cites itself.

Rows of a register repeat one another. It knows what a conclusion rests on: what each observation says, not where it
stands or in which words, and of the ids of observations only their order, by which claims of equal weight are sorted.
It refuses what is more than one plain row: such a device is concluded by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

from msgspec.structs import replace

from custodiet.catalog.contents import Catalog
from custodiet.identify.weigh import conclude
from custodiet.model import Claim, Conclusion, Observation

ALONE = frozenset({"serial", "firmware", "supplier"})
"""Fields that no claim about another field speaks for or against, and whose claims say nothing of another field."""

WHOLE = frozenset({"register.brand", "register.model"})
"""Attributes whose values are also read together: of these the words count, and not only what each says by itself."""

MOST_SPEAKING = 6
"""Observations of one row that say something; with each more, rows are sooner of an order of their own."""

SHOWN = 400
"""Characters of a value that a claim shows."""

KEPT = 4_000
"""Conclusions that are kept until another device is like them."""

SHAPES = 20_000
"""Different things that a value can say, which are known by a number."""


class Said(NamedTuple):
    """What a value of an attribute says.

    Args:
        claims: all of it; they cite no observation.
        alone: the claims for fields of `ALONE`.
        shape: a number that all values share that say the same of the other fields, with the same parts of their words;
            `SILENT` where they say nothing of them, `UNLIKE` where the value is like no other.
    """

    claims: tuple[Claim, ...]
    alone: tuple[Claim, ...]
    shape: int

    @property
    def is_serial(self) -> bool:
        """Whether it is a serial number."""
        return any(claim.field == "serial" for claim in self.alone)


SILENT, UNLIKE = 0, -1
NOTHING = Said((), (), SILENT)


@dataclass(frozen=True, slots=True)
class Row:
    """A device that is one plain row.

    Args:
        key: the same for all rows that are concluded alike, but for fields of `ALONE`.
        speaking: the observations that conclusions can cite.
        alone: claims for fields of `ALONE`, which cite their observations.
    """

    key: tuple[object, ...]
    speaking: tuple[Observation, ...]
    alone: tuple[Claim, ...]


class Repeats:
    """What was concluded of rows, kept for others that are like them."""

    def __init__(self) -> None:
        self._numbers = count(SILENT + 1)
        self._shapes: dict[tuple[Claim, ...], int] = {}
        self._kept: dict[tuple[object, ...], tuple[Row, tuple[Conclusion, ...]]] = {}

    def said(self, value: str, claims: tuple[Claim, ...]) -> Said:
        """What a value says, with its number."""
        alone = tuple(claim for claim in claims if claim.field in ALONE)
        rest = [claim for claim in claims if claim.field not in ALONE]
        if not rest:
            return Said(claims, alone, SILENT)
        if not value or any(claim.observed != value[:SHOWN] for claim in claims):
            return Said(claims, alone, UNLIKE)
        shape = tuple(replace(claim, observed="") for claim in rest)
        if len(self._shapes) >= SHAPES:
            self._shapes.clear()  # no number is given twice
        return Said(claims, alone, self._shapes.setdefault(shape, next(self._numbers)))

    def told(self, row: Row, catalog: Catalog) -> tuple[Conclusion, ...] | None:
        """The conclusions about a row that is like an earlier one; nothing where none was."""
        kept = self._kept.get(row.key)
        if kept is None:
            return None
        example, conclusions = kept
        pairs = list(zip(example.speaking, row.speaking, strict=True))
        ids = {before.id: now.id for before, now in pairs}
        words = {before.id: (before.value[:SHOWN], now.value[:SHOWN]) for before, now in pairs}
        alone: dict[tuple[str, ...], tuple[str, ...]] = {(before.id,): (now.id,) for before, now in pairs}

        def retold(claim: Claim) -> Claim:
            before, now = words[claim.observations[0]]
            observations = alone.get(claim.observations) or tuple([ids[one] for one in claim.observations])
            # words read from two columns are those of neither: they stay, and are the same
            observed = now if claim.observed == before else claim.observed
            return replace(claim, observations=observations, observed=observed)

        return tuple(
            [
                conclude(one.field, [claim for claim in row.alone if claim.field == one.field], catalog)
                if one.field in ALONE
                else replace(
                    one,
                    claims_for=tuple(map(retold, one.claims_for)),
                    claims_against=tuple(map(retold, one.claims_against)),
                )
                if one.claims_for or one.claims_against
                else one
                for one in conclusions
            ]
        )

    def keep(self, row: Row, claims: Sequence[Claim], conclusions: tuple[Conclusion, ...]) -> None:
        """Keep what was concluded of a row from these claims."""
        if any(len(claim.observations) > 1 for claim in claims if claim.field in ALONE):
            return  # two columns together say something of such a field: it does not stand alone here
        if len(self._kept) >= KEPT:
            self._kept.clear()  # what repeats is back at once
        self._kept[row.key] = row, conclusions


def row_of(observations: Sequence[Observation], said: Iterable[Said]) -> Row | None:
    """A device as a row that may be like others; nothing where it is more than one plain row.

    Args:
        observations: all of the device.
        said: what each says, in the same order.
    """
    key: list[object] = []
    speaking: list[Observation] = []
    alone: list[Claim] = []
    attributes: set[str] = set()
    first = observations[0] if observations else None
    for observation, says in zip(observations, said, strict=True):
        if first and (observation.subject != first.subject or observation.source != first.source):
            return None
        if says.alone:
            alone += cited(says.alone, observation)
        attribute = observation.attribute
        if says.shape == SILENT and attribute not in WHOLE:
            continue
        if says.shape == UNLIKE or attribute in attributes or len(speaking) >= MOST_SPEAKING:
            return None
        attributes.add(attribute)
        speaking.append(observation)
        key.append((attribute, says.shape, observation.value) if attribute in WHOLE else says.shape)
    if not speaking:
        return None
    if len(speaking) > 1:
        ids = [one.id for one in speaking]
        order: list[int] = sorted(range(len(ids)), key=ids.__getitem__)
        key += order
    return Row(tuple(key), tuple(speaking), tuple(alone))


def cited(claims: Sequence[Claim], observation: Observation) -> list[Claim]:
    """Claims of a value as those of an observation that holds it, or a value of which the same is said."""
    ids = (observation.id,)
    return [replace(claim, observations=ids, observed=observation.value[:SHOWN]) for claim in claims]
