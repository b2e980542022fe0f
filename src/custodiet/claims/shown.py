"""What one test found, before it is put beside its claim, and the words that several tests share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from custodiet.claims.ground import Ground
from custodiet.egress.words import how_many
from custodiet.model.public_claim import Destination, Outcome, PublicClaim

NEITHER = "That speaks neither for the claim nor against it."


@dataclass(frozen=True, slots=True)
class Shown:
    """What a test found.

    Args:
        outcome: a word of the closed list.
        said: the sentence with its numbers.
        found: what it rests on.
        destinations: addresses outside, where it looked at traffic.
        not_looked_at: its limits.
    """

    outcome: Outcome
    said: str
    found: tuple[str, ...] = ()
    destinations: tuple[Destination, ...] = ()
    not_looked_at: tuple[str, ...] = ()

    def with_limits(self, *more: str) -> Shown:
        """The same with more limits."""
        return replace(self, not_looked_at=(*self.not_looked_at, *more))


def nothing_collected(claim: PublicClaim, ground: Ground) -> Shown:
    """No device of the maker in the case, so nothing was looked at."""
    possible = sum(ground.possible.get(company, 0) for company in claim.about)
    said = f"No evidence was collected: no device in this case is concluded to be of {companies_named(claim, ground)}"
    said += f"; it is a mere possibility of {how_many(possible, 'device')}." if possible else "."
    return Shown("no evidence was collected", said)


def companies_named(claim: PublicClaim, ground: Ground, last: str = "or") -> str:
    """The companies of a claim by the names people use."""
    return f" {last} ".join(company_name(id, ground) for id in claim.about)


def company_name(id: str, ground: Ground) -> str:
    """A company's name; its id where the catalog does not know it."""
    record = ground.catalog.companies.get(id)
    return (record.names[0] if record.names else record.name) if record else id


def scale(some: Sequence[Destination]) -> str:
    """How many devices these destinations are of."""
    return how_many(len({label for one in some for label in one.devices}), "device")
