"""Which parts of a device may tell when it was seen: an address alone does not say that it is still the same device.

The parts that one source each knows are one device because they share an identifier. Where that is an address only, a
later part may be of what took its place, so that its days count only where something in it names the device.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from custodiet.model import Asset, Claim, Identification, Observation

BY_ADDRESS = "rule:same-ip"
"""The join that does not outlive a replacement."""


@dataclass(frozen=True, slots=True)
class Doubted:
    """The parts, as ``source/subject``, of which only the address says that they are of the device."""

    silent: frozenset[str] = frozenset()
    """Nothing in them says what it is."""
    others: frozenset[str] = frozenset()
    """They name another maker."""

    @property
    def parts(self) -> frozenset[str]:
        """All of them."""
        return self.silent | self.others

    def __bool__(self) -> bool:
        return bool(self.silent or self.others)


NONE = Doubted()
"""No part of a device is doubted."""


def part_of(seen: Observation) -> str:
    """The part that an observation is of."""
    return f"{seen.source}/{seen.subject}"


def doubted_parts(asset: Asset, identification: Identification, observations: Sequence[Observation]) -> Doubted:
    """The parts whose days are not the device's: joined by an address alone, and not named as it is concluded."""
    if all(merge.by != BY_ADDRESS for merge in asset.merged_by):
        return Doubted()
    maker = identification.get("manufacturer")
    told = [identification.get(field) for field in ("brand", "model", "device_class")]
    parts = {seen.id: part_of(seen) for seen in observations}

    def holding(claims: Sequence[Claim]) -> set[str]:
        return {parts[id] for claim in claims for id in claim.observations if id in parts}

    makers = holding(maker.claims_for)
    others = holding(maker.claims_against) - makers
    named = makers.union(*(holding(answer.claims_for) for answer in told)) - others
    if not named:
        return Doubted()  # nothing is said of anybody
    firm = _firmly(asset)
    same = {firm.get(part, part) for part in named}
    left = {part for part in asset.subjects if firm.get(part, part) not in same}
    beside = {firm.get(part, part) for part in others}
    rivals = frozenset(part for part in left if firm.get(part, part) in beside)
    return Doubted(silent=frozenset(left) - rivals, others=rivals)


def _firmly(asset: Asset) -> dict[str, str]:
    """Part -> one part that stands for all that are joined by more than an address."""
    stands = {part: part for part in asset.subjects}

    def root(part: str) -> str:
        while (above := stands.setdefault(part, part)) != part:
            stands[part] = part = stands.setdefault(above, above)
        return part

    for merge in asset.merged_by:
        if merge.by != BY_ADDRESS:
            stands[root(merge.left)] = root(merge.right)
    return {part: root(part) for part in list(stands)}
