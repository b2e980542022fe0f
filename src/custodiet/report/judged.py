"""Verdicts of a case on the terminal and as JSON: by directive, by device, and what a supposed scope would change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from rich.console import RenderableType
from rich.table import Table

from custodiet.catalog import Catalog
from custodiet.judge import Judge
from custodiet.law.compare import sentence_in_words, test_in_words
from custodiet.law.verdicts import Change, Tally, Verdicts, changes, tallies
from custodiet.model import Finding
from custodiet.report.guard import styled
from custodiet.report.law import FORCE

_SHOWN, _NAMED = 40, 8
"""Devices shown, and devices named beside one another, unless more is asked for."""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What is told; the JSON of ``custodiet judge``."""

    on: str
    """ISO 8601 date judged for."""
    body: str
    """Name of the body; empty: not known."""
    tallies: tuple[Tally, ...]
    """By directive, as the law stands."""
    devices: tuple[Verdicts, ...]
    """Devices with findings that apply or are open."""
    same_for_all: tuple[Finding, ...]
    """What is said of every device alike: texts that do not address the body, or ask nothing of a device."""
    what_if: str = ""
    """The scope that was supposed; empty: none."""
    supposed: tuple[Tally, ...] = ()
    """By directive, under that scope. It is no law."""
    changes: tuple[Change, ...] = ()
    """What would differ, device by device."""


def document(
    found: Sequence[Verdicts], now: Judge, supposed: Sequence[Verdicts] | None, then: Judge | None, scope: str
) -> Judged:
    """Put together what is told; `supposed` and `then` belong to a scope, where one was asked for."""
    told = [one for one in found if any(f.status != "not_applicable" for f in one.findings)]
    both = supposed is not None and then is not None
    return Judged(
        on=now.on.isoformat(),
        body=now.body.name if now.body else "",
        tallies=tallies(found, now),
        devices=tuple(told),
        same_for_all=now.fixed,
        what_if=scope,
        supposed=tallies(supposed, then) if both else (),  # type: ignore[arg-type]
        changes=tuple(changes(found, supposed, now)) if both else (),  # type: ignore[arg-type]
    )


def shown(told: Judged, catalog: Catalog, verbose: int = 0) -> Iterator[RenderableType]:
    """The verdicts for people: scope first, then directives, then devices, then what could not be judged."""
    yield styled(f"Judged for {told.on}; {told.body or 'whose devices these are is not known: give --sites'}.", "bold")
    yield _counts("As the law stands", told.tallies, catalog)
    unbound = {f.directive for f in told.same_for_all} - {tally.directive for tally in told.tallies}
    if unbound:
        yield styled(f"{len(unbound)} more texts say nothing of these devices; -v lists them with the reason.")
    if verbose:
        for finding in told.same_for_all:
            if finding.directive in unbound:
                yield styled(f"  {finding.directive}, {finding.requirement}: {finding.because}", limit=600)
    if told.what_if:
        yield styled("")
        yield styled(f"WHAT IF {told.what_if}: a supposition, and no law", "bold")
        yield _counts("Under this scope", told.supposed, catalog)
        yield from _changes(told.changes, verbose)
        return
    yield styled("")
    listed = told.devices if verbose else told.devices[:_SHOWN]
    for one in listed:
        yield styled(one.asset.label, "bold")
        for finding in one.findings:
            if finding.status != "not_applicable":
                yield styled(
                    f"  {finding.directive}, {finding.requirement} ({finding.strength}): {finding.because}", limit=600
                )
                for missing in finding.missing:
                    yield styled(f"    missing: {missing}", limit=600)
    if len(told.devices) > len(listed):
        yield styled(f"{len(told.devices) - len(listed)} more devices: -v shows them.")


def one_device(one: Verdicts, told: Judged, catalog: Catalog) -> Iterator[RenderableType]:
    """One device side by side under every text: the test of each, its verb and strength, and what comes out.

    Those that ask something come first, then what is open, then the rest; texts stay in their order.
    """
    yield styled(f"{one.asset.label}, judged for {told.on}; {told.body or 'whose device it is, is not known'}.", "bold")
    table = Table(show_lines=True)
    for heading in ("text", "who or what is meant", "asks", "outcome", "because"):
        table.add_column(heading)
    order = {"not_satisfied": 0, "undetermined": 1, "satisfied": 2, "not_applicable": 3}
    for finding in sorted(one.findings, key=lambda found: order[found.status]):
        law = catalog.directives[finding.directive]
        sentence = next(s for s in law.requirements if s.id == finding.requirement)
        meant = " | ".join(test_in_words(test, catalog) for test in law.covers.tests) or "every maker alike"
        text = f"{law.id} ({law.jurisdiction}): {FORCE[law.status]}"
        cells = (text, meant, sentence_in_words(sentence), finding.outcome, finding.because)
        table.add_row(*(styled(cell, limit=500) for cell in cells))
    yield table


def _counts(title: str, counted: Sequence[Tally], catalog: Catalog) -> RenderableType:
    if not counted:
        return styled(f"{title}: no text says anything of these devices.")
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for heading in ("directive", "what it is", "devices"):
        table.add_column(heading)
    for one in counted:
        outcomes = ", ".join(f"{number} {outcome}" for outcome, number in one.outcomes.items())
        table.add_row(styled(one.directive), styled(FORCE.get(one.status, one.status)), styled(outcomes))
    return table


def _changes(found: Sequence[Change], verbose: int) -> Iterator[RenderableType]:
    """Verdicts that differ, those of one kind together with the devices they are about."""
    yield styled(f"{len(found)} verdicts would differ." if found else "No verdict would differ.")
    alike: dict[tuple[str, str, str, str], list[str]] = {}
    for one in found:
        alike.setdefault((one.directive, one.requirement, one.now, one.then), []).append(one.label)
    for (directive, requirement, now, then), labels in alike.items():
        yield styled(f"  {directive}, {requirement}: {now} -> {then}: {len(labels)}")
        listed = labels if verbose else labels[:_NAMED]
        more = f", and {len(labels) - len(listed)} more" if len(labels) > len(listed) else ""
        yield styled(f"    {', '.join(listed)}{more}", limit=4000)
