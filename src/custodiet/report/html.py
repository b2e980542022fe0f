"""The report as one page that opens from disk: no script, no address outside, readable on paper and at 320 px.

This file arranges what the page shows; what a sentence says is known to `summary`, what makes text safe to `guard`,
how it looks to the templates beside it.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import IO

import jinja2
from markupsafe import Markup

from custodiet.model import Assessment, Asset, Directive, Egress, Entry, Finding, Observation, Proof, Source, Tally
from custodiet.report import egress as talks
from custodiet.report import guard, order, speech, stood, summary, ways, words
from custodiet.report import proof as stated
from custodiet.report.cited import citing
from custodiet.report.egress_svg import picture
from custodiet.report.fields import FIELDS
from custodiet.report.recorded import ACTIONS, DECISIONS, Kept, Recorded, counted
from custodiet.report.summary import Names

FULL = 500
"""How many devices that matter are shown in full; a page of more is not read, and `findings.csv` has them all."""

BRIEF = 500
"""How many other devices are shown in one line each."""

TALKING = 200
"""How many devices are shown with what they talk to, each with a picture."""

PEERS = 40
"""How many peers of a device are listed, outside and inside; the JSON has more."""

PROVED = 200
"""How many devices are shown with what statements say of their isolation."""

ISSUES = 500
"""How many issues are listed."""


@dataclass(frozen=True)
class Evidence:
    """Observations to which statements about one asset can be walked back."""

    asset: str
    """Id of the asset; empty for the body."""
    by_id: dict[str, Observation]

    def cited(self, ids: Iterable[str]) -> list[Observation | str]:
        """Evidence by its ids: observations, one for each place, and the ids of what is no observation."""
        places: dict[tuple[str, str], Observation | str] = {}
        for id in ids:
            found = self.by_id.get(id)
            places.setdefault((found.source, found.locator) if found else ("", id), found or id)
        return list(places.values())


@dataclass(frozen=True, kw_only=True)
class Card:
    """One device as the page shows it."""

    entry: Entry
    anchor: str
    """Where links to the device lead."""
    state: str
    """As `order.outcome` says."""
    finding: Finding | None
    """The worst; none where nothing has to be done."""
    seen: Evidence
    """What it cites."""
    laws: list[tuple[Directive | None, list[Finding]]]
    """Findings to be read, by directive."""
    whose: list[tuple[Directive | None, list[Finding]]]
    """Findings that stay open because nobody said whose device it is, by directive; each told in one line."""
    not_applicable: list[Finding]
    """Findings that demand nothing, each told in one line."""


@dataclass(kw_only=True)
class Shown:
    """Which devices the page shows."""

    cards: list[Card]
    brief: list[Entry]
    """Devices shown in one line."""
    talking: list[Egress]
    """What they talk to, of the `TALKING` that show most, worst first."""
    silent: list[Egress]
    """Devices of which nothing is known of their traffic; told together."""
    outcomes: Counter[str]
    """How many devices there are of each outcome of what they talk to, whether shown or not."""
    reach: ways.Together = field(default_factory=ways.Together)
    """Whether devices could reach core networks."""
    proved: list[tuple[Asset, tuple[Proof, ...]]] = field(default_factory=list)
    """What statements say of the first `PROVED` devices that any is about."""
    proved_left: int = 0
    """Devices beyond these."""
    told: frozenset[str] = frozenset()
    """Ids of the devices in `talking`."""
    kept: dict[str, Recorded] = field(default_factory=dict)
    """Id of a device -> what people recorded about it."""
    left: int = 0
    """Devices that stand in ``findings.csv`` only."""
    matter: int = 0
    """Devices that matter, whether shown or not."""

    @property
    def proofs_of(self) -> frozenset[str]:
        """Ids of the devices in `proved`."""
        return frozenset(asset.id for asset, _ in self.proved)

    @property
    def listed(self) -> frozenset[str]:
        """Ids of the devices to which a link can lead."""
        return frozenset(entry.asset.id for entry in (*(card.entry for card in self.cards), *self.brief))


def write_html(
    file: IO[str], assessment: Assessment, entries: Iterable[Entry], names: Names, kept: Kept | None = None
) -> None:
    """Write the report.

    Args:
        file: text stream in UTF-8.
        assessment: the head.
        entries: sorted by `summary.worst_first`; read once and to the end.
        names: names for the ids of the catalog.
        kept: what people recorded, where the report is made in the browser; none where it is written as one of the
            files of a command.
    """
    shown = choose(entries, names, kept)
    style = Markup((Path(__file__).parent / "static" / "report.css").read_text(encoding="utf-8"))  # noqa: S704
    digest = base64.b64encode(hashlib.sha256(f"\n{style}".encode()).digest()).decode()
    stream = (
        _environment()
        .get_template("report.html")
        .stream(
            assessment=assessment,
            names=names,
            shown=shown,
            body_findings=order.asked(assessment.body_findings),
            no_evidence=Evidence("", {}),
            groups=[
                (state, list(cards)) for state, cards in groupby(_grouped(shown.cards), key=lambda card: card.state)
            ],
            sources={source.id: source for source in assessment.sources},
            tallies=_by_source(assessment),
            sites={site.id: site for site in assessment.body.sites} if assessment.body else {},
            issues=assessment.issues[:ISSUES],
            issue_counts=Counter(issue.severity for issue in assessment.issues),
            style=style,
            style_hash=digest,
            requirement=lambda finding: summary.requirement_of(finding, names),
            in_browser=kept is not None,
        )
    )
    stream.enable_buffering(200)
    with citing(lambda: summary.records(assessment, names)):
        for part in stream:
            file.write(part)


@cache
def _environment() -> jinja2.Environment:
    """The templates, compiled once."""
    environment = guard.html_environment()
    environment.globals |= {"summary": summary, "words": words, "anchor": guard.anchor, "marked": guard.marked}
    environment.globals |= {"around": guard.around, "fields": FIELDS, "stood": stood}
    environment.globals |= {"talks": talks, "drawn": picture, "most": PEERS, "stated": stated, "ways": ways}
    environment.globals |= {"DECISIONS": DECISIONS, "ACTIONS": ACTIONS, "counted": counted}
    environment.filters["number"] = speech.number
    return environment


def choose(entries: Iterable[Entry], names: Names, kept: Kept | None = None) -> Shown:
    """Pick what the page has room for: the first `FULL` that matter, the first `BRIEF` of the rest.

    What people decided about a device makes it matter.
    """
    shown = Shown(cards=[], brief=[], talking=[], silent=[], outcomes=Counter())
    for entry in entries:
        _talk(shown, entry.egress)
        shown.reach.add(entry.reach)
        if entry.proofs and len(shown.proved) < PROVED:
            shown.proved.append((entry.asset, entry.proofs))
        elif entry.proofs:
            shown.proved_left += 1
        if kept and entry.asset.id in kept:
            shown.kept[entry.asset.id] = kept[entry.asset.id]
        state = order.state(entry)
        plain = order.is_silent(entry) or order.kind_of(entry) == "other"
        matters = state != "rest" or not plain or entry.asset.id in shown.kept
        shown.matter += matters
        if matters and len(shown.cards) < FULL:
            shown.cards.append(card_of(entry, names))
        elif not matters and len(shown.brief) < BRIEF:
            shown.brief.append(entry)
        else:
            shown.left += 1
    shown.talking.sort(key=talks.worst_first)
    del shown.talking[TALKING:]
    shown.told = frozenset(egress.asset for egress in shown.talking)
    return shown


def _talk(shown: Shown, egress: Egress | None) -> None:
    """Count a device, and keep it if it is among those that show most so far."""
    if egress is None:
        return
    shown.outcomes[egress.outcome] += 1
    if talks.is_silent(egress):
        if len(shown.silent) < BRIEF:
            shown.silent.append(egress)
        return
    shown.talking.append(egress)
    if len(shown.talking) >= 2 * TALKING:  # sorted now and then, since there can be millions
        shown.talking.sort(key=talks.worst_first)
        del shown.talking[TALKING:]


def _grouped(cards: Iterable[Card]) -> list[Card]:
    """In their order, but those that were not judged last: they stand among the others of which nothing is asked."""
    return sorted(cards, key=lambda card: card.state == "not_judged")


def card_of(entry: Entry, names: Names) -> Card:
    """A device as a page shows it."""
    state = order.outcome(entry)
    read = [finding for finding in entry.findings if finding.status != "not_applicable"]
    laws: dict[str, list[Finding]] = {}
    whose: dict[str, list[Finding]] = {}
    for finding in sorted(read, key=order.badness):
        (whose if _asks_whose(finding) else laws).setdefault(finding.directive, []).append(finding)
    return Card(
        entry=entry,
        anchor=guard.anchor(entry.asset.id),
        state=state,
        finding=order.worst(entry) if state not in ("rest", "not_judged") else None,
        seen=Evidence(entry.asset.id, {observation.id: observation for observation in entry.evidence}),
        laws=[(names.directive(id), findings) for id, findings in laws.items()],
        whose=[(names.directive(id), findings) for id, findings in whose.items()],
        not_applicable=[finding for finding in entry.findings if finding.status == "not_applicable"],
    )


def _asks_whose(finding: Finding) -> bool:
    """Whether nobody said whose device it is, so that no text can be judged."""
    asked = next((one for one in finding.answers if one.question == "body"), None)
    return finding.outcome == "cannot judge" and asked is not None and asked.answer == "unknown" and not asked.evidence


def _by_source(assessment: Assessment) -> list[tuple[Source, list[Tally]]]:
    return [
        (source, [tally for tally in assessment.tallies if tally.source == source.id]) for source in assessment.sources
    ]
