"""The findings as a table: one row for each device and requirement, and one for a device without findings.

What is asked of the body as a whole stands first, in rows without an asset id.

UTF-8 with a byte order mark, since spreadsheet programs take a file without one for an older alphabet; commas, quotes
doubled, CR LF. Text passes through `custodiet.report.guard.cell`, whose rule about formula signs `undo_cell` turns
round; numbers are numbers. `COLUMNS` is the contract: columns are added at the end, never renamed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import IO

from custodiet.model import Assessment, Egress, Entry, Finding
from custodiet.report import order, summary
from custodiet.report.egress import outside, sizes
from custodiet.report.guard import cell
from custodiet.report.summary import Names
from custodiet.report.words import iso

BOM = "\ufeff"

Value = str | int | float | None

DEVICE_COLUMNS = {
    "asset_id": "id of the device, which stays when more is learned; empty: the body itself",
    "label": "short name for people: address, host name or row",
    "what": "what it is, in words",
    "device_class": "a word of the vocabulary; empty: unknown",
    "brand": "the name on the box",
    "manufacturer": "who really made it",
    "declared_manufacturer": "what the device says of itself",
    "oui_registrant": "who holds its block of MAC addresses",
    "supplier": "who delivered it",
    "model": "type",
    "firmware": "software version",
    "serial": "serial number",
    "manufacturer_confidence": "0 to 1",
    "manufacturer_band": "certain, likely, possible or unknown",
    "how_sure": "band and reason in words",
    "mac": "MAC addresses, separated by blanks",
    "ip": "addresses, separated by blanks",
    "hostname": "host names, separated by blanks",
    "site": "id of the site",
    "zone": "id of the zone",
    "quantity": "devices this row stands for",
    "first_seen": "ISO 8601, UTC",
    "last_seen": "ISO 8601, UTC",
    "how_fresh": "last seen, counted from the date of the judgement, in words",
    "would_settle": "what would settle its kind and maker, where these are open",
    "seen_in": "names of the sources its evidence is from, separated by semicolons",
}
"""Columns that describe a device, each with its meaning."""

FINDING_COLUMNS = {
    "directive": "id of the directive; empty where no requirement was judged",
    "directive_title": "its title",
    "requirement": "id of the requirement",
    "strength": "must, should, consider, may or none",
    "status": "satisfied, not_satisfied, undetermined or not_applicable",
    "outcome": "a word of the closed list",
    "severity": "high, medium, low or none",
    "finding_confidence": "0 to 1",
    "because": "one sentence",
    "missing": "what is missing to judge it, separated by semicolons",
    "deadline": "ISO 8601 date, cut to the precision known",
    "judged_for": "ISO 8601 date",
}
"""Columns that describe a finding."""

EGRESS_COLUMNS = {
    "egress": "what can be said of what it talks to, a word of the closed list; empty: not asked or no traffic read",
    "egress_says": "the same in one sentence",
    "outside_peers": "addresses and ports outside that it exchanged traffic with, or tried to",
    "outside_bytes_out": "bytes it sent to them",
    "outside_bytes_in": "bytes it got from them",
    "watched_hours": "hours in which its traffic was watched",
}
"""Columns that say what a device talks to."""

COLUMNS = DEVICE_COLUMNS | FINDING_COLUMNS | EGRESS_COLUMNS

PART = "part"
"""Heading of the column that stands last where a table is a part of an assessment, and says which."""


def write_csv(file: IO[str], assessment: Assessment, entries: Iterable[Entry], names: Names) -> None:
    """Write the table.

    Args:
        file: text stream opened with ``encoding="utf-8", newline=""``; this function writes the byte order mark.
        assessment: the head.
        entries: in the order in which they shall stand; each is written and let go.
        names: names for the ids of the catalog.
    """
    file.writelines(csv_lines(assessment, entries, names))


def csv_lines(assessment: Assessment, entries: Iterable[Entry], names: Names, part: str = "") -> Iterator[str]:
    """The table line by line, the byte order mark first.

    Args:
        assessment, entries, names: as for `write_csv`.
        part: which part of the assessment it is, in a sentence, told in a last column; empty: all of it.
    """
    line = csv.writer(_Line()).writerow
    beside = [cell(part)] if part else []
    yield BOM
    yield line([*COLUMNS, *([PART] if part else [])])
    for finding in sorted(assessment.body_findings, key=order.badness):
        row = [*body_row(assessment), *finding_row(finding, names), *egress_row(None)]
        yield line([*_cells(row), *beside])
    for entry in entries:
        device = _cells(device_row(entry, assessment, names))
        talks = _cells(egress_row(entry.egress))
        for row in finding_rows(entry, assessment, names):
            yield line([*device, *_cells(row), *talks, *beside])


class _Line:
    """Gives a line back to whoever wrote it, as `csv.writer` passes on what its file says."""

    def write(self, text: str) -> str:
        return text


def device_row(entry: Entry, assessment: Assessment, names: Names) -> list[Value]:
    """The values of `DEVICE_COLUMNS`."""
    asset, about = entry.asset, {c.field: c for c in entry.identification.conclusions}
    sources = {source.id: source.name for source in assessment.sources}
    fields = ("brand", "manufacturer", "declared_manufacturer", "oui_registrant", "supplier")
    numbers = [
        " ".join(i.value for i in summary.own_identifiers(asset) if i.kind == kind)
        for kind in ("mac", "ip", "hostname")
    ]
    return [
        asset.id,
        asset.label,
        summary.what(entry, names),
        about["device_class"].value,
        *(summary.named(field, about[field].value, names) for field in fields),
        about["model"].value,
        about["firmware"].value,
        about["serial"].value,
        about["manufacturer"].confidence,
        about["manufacturer"].band,
        summary.how_sure(entry),
        *numbers,
        asset.site or "",
        asset.zone or "",
        asset.quantity,
        iso(asset.first_seen),
        iso(asset.last_seen),
        summary.how_fresh(entry, assessment),
        "; ".join(about[field].settle for field in ("device_class", "manufacturer") if about[field].settle),
        "; ".join(dict.fromkeys(sources.get(seen.source, seen.source) for seen in entry.evidence)),
    ]


def finding_rows(entry: Entry, assessment: Assessment, names: Names) -> Iterator[list[Value]]:
    """The values of `FINDING_COLUMNS` for each finding, the worst first; one empty row where there is none."""
    for finding in sorted(entry.findings, key=order.badness):
        yield finding_row(finding, names)
    if not entry.findings:
        yield [*[None] * (len(FINDING_COLUMNS) - 1), assessment.on]


def egress_row(egress: Egress | None) -> list[Value]:
    """The values of `EGRESS_COLUMNS`; peers are those that are told, which for a very busy device are not all."""
    if egress is None:
        return [None] * len(EGRESS_COLUMNS)
    away = outside(egress)
    out, into = sizes(away)
    return [egress.outcome, egress.says, len(away), out, into, round(egress.watched / 3600, 2)]


def _cells(values: list[Value]) -> list[Value]:
    return [cell(value) if isinstance(value, str) else value for value in values]


def body_row(assessment: Assessment) -> list[Value]:
    """The values of `DEVICE_COLUMNS` for what is asked of the body as a whole: no device, so no asset id."""
    row: list[Value] = [None] * len(DEVICE_COLUMNS)
    row[1:3] = [assessment.body.name if assessment.body else "", "the body itself"]
    return row


def finding_row(finding: Finding, names: Names) -> list[Value]:
    """The values of `FINDING_COLUMNS`."""
    directive = names.directive(finding.directive)
    return [
        finding.directive,
        directive.title if directive else "",
        finding.requirement,
        finding.strength,
        finding.status,
        finding.outcome,
        finding.severity,
        finding.confidence,
        finding.because,
        "; ".join(finding.missing),
        finding.deadline,
        finding.on,
    ]
