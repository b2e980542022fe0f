"""Judging again what a case holds: another date, other directives, a supposed scope. Nothing is read or named anew.

The maker of each device stays as it was concluded; what a directive says of it is asked afresh, and the case is left as
it was.
"""

from __future__ import annotations

from collections.abc import Iterator

from custodiet.audit import FLOWS_SHOWN, addresses, placed_asset
from custodiet.casefile import Case
from custodiet.judge import Judge
from custodiet.law.verdicts import Verdicts
from custodiet.model import Finding
from custodiet.reaching import Ground


def judged(case: Case, judge: Judge, only: str | None = None) -> Iterator[Verdicts]:
    """Every device of the case that is to be judged, by this judge, in the order of the ids.

    With `only`, one device by its id, and then by every sentence: what a text would mean by it is said even where it
    binds nobody here.
    """
    has_flows = case.has_flows()
    ground = Ground(case, judge.body, judge.places)
    for asset, observations in case.assets_with_observations(only):
        concluded = next(case.conclusions(asset.id), None)
        if concluded is None:
            continue
        identification = concluded[1]
        placed = placed_asset(asset, observations, judge.places)
        findings: tuple[Finding, ...] = ()
        if only or judge.concerns(identification):
            flows = case.flows_of(addresses(asset), most=FLOWS_SHOWN) if has_flows else []
            findings = judge.asset(placed, identification, observations, flows, ground.of(placed), whole=bool(only))
        yield Verdicts(asset=placed, identification=identification, findings=findings)
