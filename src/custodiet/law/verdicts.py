"""Verdicts of many devices: counted by directive, and compared with those of a supposed scope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from custodiet.judge import Judge
from custodiet.model import Asset, Finding, Identification


class Verdicts(msgspec.Struct, frozen=True, kw_only=True):
    """One device with everything that is said of it."""

    asset: Asset
    """The device, placed at its site."""
    identification: Identification
    """Who made it."""
    findings: tuple[Finding, ...]
    """What directives say of it."""


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How many devices one directive says something of, outcome by outcome; a device counts with its worst."""

    directive: str
    """Id of the directive."""
    status: str
    """The status of the directive: only ``in force`` is a rule."""
    outcomes: dict[str, int]
    """Outcome -> devices."""


def tallies(found: Sequence[Verdicts], judge: Judge) -> tuple[Tally, ...]:
    """For each directive, how many devices come out how; those that say the same of every device are left out."""
    counts: dict[str, Counter[str]] = {}
    for one in found:
        worst: dict[str, Finding] = {}
        for finding in one.findings:
            kept = worst.get(finding.directive)
            if kept is None or _RANK[finding.outcome] < _RANK[kept.outcome]:
                worst[finding.directive] = finding
        for finding in worst.values():
            counts.setdefault(finding.directive, Counter())[finding.outcome] += one.asset.quantity
    return tuple(
        Tally(
            directive=directive.id,
            status=directive.status,
            outcomes=dict(sorted(counts[directive.id].items(), key=lambda item: _RANK[item[0]])),
        )
        for directive in judge.directives
        if directive.id in counts
    )


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A device of which a supposed scope would say something else."""

    asset: str
    """Id of the device."""
    label: str
    """Short name of it."""
    directive: str
    """Id of the directive."""
    requirement: str
    """Id of its sentence."""
    now: str
    """The outcome as the law stands."""
    then: str
    """The outcome under the scope."""
    because: str
    """Why it would."""


def changes(found: Sequence[Verdicts], supposed: Sequence[Verdicts], now: Judge) -> Iterator[Change]:
    """Where verdicts differ, device by device; both lists are of the same case."""
    same: dict[tuple[str, str], str] = {(f.directive, f.requirement): f.outcome for f in now.fixed}
    for before, after in zip(found, supposed, strict=True):
        was = same | {(f.directive, f.requirement): f.outcome for f in before.findings}
        for finding in after.findings:
            key = (finding.directive, finding.requirement)
            outcome = was.get(key, "not asked")
            if outcome != finding.outcome:
                yield Change(
                    asset=after.asset.id,
                    label=after.asset.label,
                    directive=finding.directive,
                    requirement=finding.requirement,
                    now=outcome,
                    then=finding.outcome,
                    because=finding.because,
                )


_RANK = {
    outcome: rank
    for rank, outcome in enumerate(
        (
            "overdue",
            "prohibited",
            "must be gone",
            "report due",
            "decision required",
            "cannot judge",
            "allowed, discouraged",
            "allowed",
            "out of scope",
            "not addressed",
        )
    )
}
"""The outcomes, worst first: only for counting a device once, never shown as a grade."""
