"""Verdicts of a case on the terminal and as JSON: by directive, by device, and what a supposed scope would change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec
from rich.console import RenderableType
from rich.table import Table

from custodiet.catalog import Catalog
from custodiet.dates import parse_date
from custodiet.judge import Judge
from custodiet.law.compare import sentence_in_words, who_is_meant
from custodiet.law.verdicts import Change, Tally, Verdicts, changes, tallies
from custodiet.model import Directive, Finding, Requirement
from custodiet.report.guard import indented, styled
from custodiet.report.law import FORCE, named, whole, words_of

_SHOWN, _NAMED = 40, 8
"""Devices shown, and devices named beside one another, unless more is asked for."""

_DECISION = re.compile(r"decision:([^=]{1,200})=(yes|no|unknown) \((.*)\)\Z", re.DOTALL)
"""How an answer cites what a person decided."""


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
        more = "1 more text says" if len(unbound) == 1 else f"{len(unbound)} more texts say"
        yield styled(
            f"{more} nothing of these devices, by what the sites file tells of the body; -v lists them with the "
            "reason. A body may be of more than one kind, as a council that films people: see `also` in the sites file."
        )
    if verbose:
        for finding in told.same_for_all:
            if finding.directive in unbound:
                yield indented(f"{finding.directive}, {finding.requirement}: {finding.because}", 2, limit=600)
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
                said = f"{finding.directive}, {finding.requirement} ({finding.strength}): {because(finding)}"
                yield indented(said, 2, limit=600)
                for decision in decisions(finding, catalog.directives[finding.directive]) if verbose else ():
                    yield indented(f"decided: {decision}", 4, limit=600)
                for missing in finding.missing:
                    yield indented(f"missing: {missing}", 4, limit=600)
    if len(told.devices) > len(listed):
        yield styled(f"{len(told.devices) - len(listed)} more devices: -v shows them.")


def because(finding: Finding) -> str:
    """Why, and that the time has passed where a report was due before the day that is judged for."""
    late = finding.outcome == "report due" and finding.deadline
    if late and parse_date(finding.deadline).last < parse_date(finding.on).first:
        return f"{finding.because} That day has passed."
    return finding.because


def one_device(one: Verdicts, told: Judged, catalog: Catalog) -> Iterator[RenderableType]:
    """One device under every text: a table of what each asks and what comes out, then why, text by text.

    Those that ask something come first, then what is open, then what is allowed; texts stay in their order. Those that
    do not address the body, or mean other devices, stand at the end, each with its reason.
    """
    yield styled(f"{one.asset.label}, judged for {told.on}; {told.body or 'whose device it is, is not known'}.", "bold")
    order = {"not_satisfied": 0, "undetermined": 1, "satisfied": 2, "not_applicable": 3}
    found = sorted(one.findings, key=lambda finding: order[finding.status])
    silent = ("not addressed", "out of scope")  # one that an exception or a waiver allows is not silent
    apply = [finding for finding in found if finding.outcome not in silent]
    if apply:
        yield _side_by_side(apply, catalog)
    by_text: dict[str, list[Finding]] = {}
    for finding in apply:
        by_text.setdefault(finding.directive, []).append(finding)
    for directive, of_it in by_text.items():
        yield styled("")
        yield from _of_one_text(catalog.directives[directive], of_it, catalog)
    rest = [finding for finding in found if finding.outcome in silent]
    if rest:
        yield styled("")
        yield styled("Texts that say nothing of this device", "bold")
    for finding in rest:
        yield indented(f"{finding.directive}, {finding.requirement}: {finding.because}", 2, limit=600)


def _side_by_side(findings: Sequence[Finding], catalog: Catalog) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("text", min_width=whole(finding.directive for finding in findings), overflow="fold")
    for heading in ("asks", "outcome"):
        table.add_column(heading)
    for finding in findings:
        law = catalog.directives[finding.directive]
        asks = sentence_in_words(_sentence(finding, catalog))
        table.add_row(named(law.id, f"{law.jurisdiction}: {FORCE[law.status]}"), styled(asks), styled(finding.outcome))
    return table


def _of_one_text(law: Directive, findings: Sequence[Finding], catalog: Catalog) -> Iterator[RenderableType]:
    """Who is meant; then of each sentence its words, why it comes out so, who decided what, and what is missing."""
    yield styled(f"{law.title} ({law.id})", "bold")
    yield indented(f"who or what is meant: {' | '.join(who_is_meant(law, catalog)) or 'every maker alike'}", 2)
    if law.confidence != "high":
        yield indented(f"how sure: this text is sourced with {law.confidence} confidence", 2)
    for finding in findings:
        sentence = _sentence(finding, catalog)
        yield indented(f"{sentence_in_words(sentence)}: {words_of(sentence)}", 2, limit=1000)
        yield indented(because(finding), 4, "bold", limit=1000)
        for decision in decisions(finding, law):
            yield indented(f"decided: {decision}", 4, limit=600)
        for missing in finding.missing:
            yield indented(f"missing: {missing}", 4, limit=600)


def decisions(finding: Finding, law: Directive) -> Iterator[str]:
    """What people decided that the verdict rests on: the question in plain words, the answer, who and when."""
    for answer in finding.answers:
        for cited in answer.evidence:
            found = _DECISION.match(cited)
            if found:
                condition, said, who = found.groups()
                zone = condition.removeprefix("core:")
                asked = f"Is the zone {zone} part of a core network?" if zone != condition else condition
                yield f"{law.conditions.get(condition, asked)} {said} ({who})"


def _sentence(finding: Finding, catalog: Catalog) -> Requirement:
    return next(one for one in catalog.directives[finding.directive].requirements if one.id == finding.requirement)


def _counts(title: str, counted: Sequence[Tally], catalog: Catalog) -> RenderableType:
    if not counted:
        return styled(f"{title}: no text says anything of these devices.")
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    table.add_column("directive and what it is", min_width=whole(one.directive for one in counted), overflow="fold")
    table.add_column("devices")
    for one in counted:
        outcomes = ", ".join(f"{number} {outcome}" for outcome, number in one.outcomes.items())
        table.add_row(named(one.directive, FORCE.get(one.status, one.status)), styled(outcomes))
    return table


def _changes(found: Sequence[Change], verbose: int) -> Iterator[RenderableType]:
    """Verdicts that differ, those of one kind together with the devices they are about."""
    yield styled(f"{len(found)} verdicts would differ." if found else "No verdict would differ.")
    alike: dict[tuple[str, str, str, str], list[str]] = {}
    for one in found:
        alike.setdefault((one.directive, one.requirement, one.now, one.then), []).append(one.label)
    for (directive, requirement, now, then), labels in alike.items():
        yield indented(f"{directive}, {requirement}: {now} -> {then}: {len(labels)}", 2)
        listed = labels if verbose else labels[:_NAMED]
        more = f", and {len(labels) - len(listed)} more" if len(labels) > len(listed) else ""
        yield indented(f"{', '.join(listed)}{more}", 4, limit=4000)
