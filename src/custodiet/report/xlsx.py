"""The findings as a workbook: Summary, Findings, Devices, Talks to, Not seen and Sources; Decided where people work.

Every text is written as text, never as a formula or a link, and passes through `custodiet.report.guard.cell`.
Rows leave memory as they are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from custodiet.model import Assessment, Entry, Tally
from custodiet.report import order, summary, words
from custodiet.report.csv import (
    DEVICE_COLUMNS,
    EGRESS_COLUMNS,
    FINDING_COLUMNS,
    Value,
    body_row,
    device_row,
    egress_row,
    finding_row,
    finding_rows,
)
from custodiet.report.egress import HIDDEN, SIZES, located
from custodiet.report.guard import cell
from custodiet.report.recorded import ACTIONS, DECISIONS, Kept
from custodiet.report.summary import Names

MOST_ROWS = 1_048_576
"""Rows a worksheet can have, the heading included."""

_EXACT = 2**53
"""The largest whole number a spreadsheet keeps exactly; what a register claims beyond it is written as text."""

_WIDTHS = {"asset_id": 25, "label": 22, "what": 46, "how_sure": 40, "how_fresh": 34, "because": 60, "missing": 40}
_WIDTHS |= {
    "directive_title": 40,
    "manufacturer": 22,
    "brand": 16,
    "mac": 18,
    "would_settle": 40,
    "seen_in": 30,
    "egress_says": 60,
}

_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "constant_memory": True,
}
_BOLD = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}


class _Sheet:
    """A worksheet that is filled from the top, row by row, as constant memory asks."""

    def __init__(self, book: xlsxwriter.Workbook, name: str, bold: Format, most_rows: int = MOST_ROWS) -> None:
        self.sheet: Worksheet = book.add_worksheet(name)
        self.bold = bold
        self.most_rows = most_rows
        self.row = 0
        self.left = 0
        self.sheet.set_paper(9)  # A4
        self.sheet.set_landscape()

    def add(self, values: Iterable[Value], style: Format | None = None) -> None:
        """Write one row; a row for which there is no room is counted in ``left``."""
        if self.row >= self.most_rows:
            self.left += 1
            return
        for column, value in enumerate(values):
            if isinstance(value, int | float) and abs(value) <= _EXACT:
                self.sheet.write_number(self.row, column, value, style)
            elif value not in (None, ""):
                self.sheet.write_string(self.row, column, cell(str(value)), style)
        self.row += 1

    def head(self, titles: Iterable[str], widths: Iterable[int]) -> None:
        """Write the headings, which stay in sight, and set the widths."""
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)
        self.sheet.freeze_panes(1, 0)
        self.sheet.repeat_rows(0)
        self.add(titles, self.bold)

    def filter(self, columns: int) -> None:
        """Let the reader filter by every column."""
        self.sheet.autofilter(0, 0, max(self.row - 1, 0), columns - 1)


def write_xlsx(
    path: Path,
    assessment: Assessment,
    entries: Iterable[Entry],
    names: Names,
    most_rows: int = MOST_ROWS,
    kept: Kept | None = None,
    part: str = "",
) -> None:
    """Write the workbook.

    Args:
        path: where; a workbook is an archive and cannot be streamed.
        assessment, entries, names: as for `custodiet.report.csv.write_csv`.
        kept: what people recorded, as for `custodiet.report.html.write_html`; none: there is no sheet of it.
        most_rows: rows a worksheet gets at most; how many had no room stands in the summary.
        part: which part of the assessment it is, in a sentence; empty: all of it.
    """
    with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
        bold = book.add_format(_BOLD)
        about = _Sheet(book, "Summary", bold)
        findings, devices, peers, unseen, sources = (
            _Sheet(book, name, bold, most_rows) for name in ("Findings", "Devices", "Talks to", "Not seen", "Sources")
        )
        decided = _Sheet(book, "Decided", bold, most_rows) if kept is not None else None
        if decided:
            decided.head(DECIDED_COLUMNS, DECIDED_COLUMNS.values())
            entries = _recorded(decided, entries, kept or {})
        judging = _fill(findings, devices, peers, assessment, entries, names)
        if decided:
            decided.filter(len(DECIDED_COLUMNS))
        _not_seen(unseen, assessment)
        _sources(sources, assessment)
        wrapped = book.add_format({"text_wrap": True, "valign": "top", "align": "left"})
        left = sum(sheet.left for sheet in (findings, devices, peers, decided) if sheet)
        _about(about, assessment, [_titled(id, names) for id in judging], part, left, wrapped)


def write_table(
    path: Path, name: str, columns: Mapping[str, int], rows: Iterable[Iterable[Value]], about: Mapping[str, Value]
) -> None:
    """Write one table as a workbook.

    Args:
        path: as for `write_xlsx`.
        name: of its sheet.
        columns: heading -> width.
        rows: their values.
        about: what stands on a second sheet: what it is -> its value.
    """
    with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
        bold = book.add_format(_BOLD)
        sheet, told = _Sheet(book, name, bold), _Sheet(book, "About", bold)
        sheet.head(columns, columns.values())
        for row in rows:
            sheet.add(row)
        sheet.filter(len(columns))
        told.sheet.set_column(0, 1, 46)
        for pair in about.items():
            told.add(pair)


def _fill(
    findings: _Sheet,
    devices: _Sheet,
    peers: _Sheet,
    assessment: Assessment,
    entries: Iterable[Entry],
    names: Names,
) -> list[str]:
    """Write what is said of each device.

    Returns:
        the directives that say something of any of them: they demand it, allow it, or leave it open.
    """
    judging: dict[str, None] = {}
    in_findings = ["asset_id", "label", "what", "brand", "manufacturer", "manufacturer_band", "site", "zone"]
    places = [list(DEVICE_COLUMNS).index(name) for name in in_findings]
    wanted = {"findings": [*in_findings, *FINDING_COLUMNS], "devices": [*DEVICE_COLUMNS, *EGRESS_COLUMNS]}
    findings.head(wanted["findings"], [_WIDTHS.get(name, 14) for name in wanted["findings"]])
    devices.head(wanted["devices"], [_WIDTHS.get(name, 14) for name in wanted["devices"]])
    peers.head(PEER_COLUMNS, PEER_COLUMNS.values())
    for finding in sorted(assessment.body_findings, key=order.badness):
        body = body_row(assessment)
        findings.add([*(body[place] for place in places), *finding_row(finding, names)])
    for entry in entries:
        device = device_row(entry, assessment, names)
        devices.add([*device, *egress_row(entry.egress)])
        for row in _peers(entry, names):
            peers.add(row)
        for row in finding_rows(entry, assessment, names):
            findings.add([*(device[place] for place in places), *row])
        told = (one.directive for one in entry.findings if one.status != "not_applicable")
        judging |= dict.fromkeys(filter(None, told))
    findings.filter(len(wanted["findings"]))
    devices.filter(len(wanted["devices"]))
    peers.filter(len(PEER_COLUMNS))
    return [id for id in assessment.directives if id in judging]


def _titled(id: str, names: Names) -> str:
    directive = names.directive(id)
    return f"{directive.title} ({id})" if directive else id


PEER_COLUMNS = {
    "asset_id": 25, "label": 22, "peer": 22, "names": 34, "where": 10, "whose": 34, "of_maker": 10, "serves": 16,
    "transport": 10, "port": 8, "begun_by": 12, "answered": 10, "looks_like": 14, "every_seconds": 12, "times": 10,
    "bytes_out": 14, "bytes_in": 14, "first_seen": 24, "last_seen": 24, "located": 34,
}  # fmt: skip
"""Columns of the sheet of peers, each with its width."""


def _peers(entry: Entry, names: Names) -> Iterable[list[Value]]:
    """One row for each peer that is told of a device."""
    for peer in entry.egress.peers if entry.egress else ():
        yield [
            entry.asset.id,
            entry.asset.label,
            peer.address,
            ", ".join(peer.names),
            peer.where,
            names.company(peer.owner) if peer.owner else "",
            "yes" if peer.of_maker else "no",
            peer.serves,
            peer.transport,
            peer.port,
            peer.begun_by,
            "yes" if peer.answered else "not visible" if peer.one_way else "no",
            HIDDEN if peer.one_way else SIZES.get(peer.size, peer.size),
            round(peer.every, 1) or None,
            peer.conversations,
            peer.bytes_out,
            peer.bytes_in,
            words.iso(peer.first_seen),
            words.iso(peer.last_seen),
            located(peer),
        ]


DECIDED_COLUMNS = {
    "asset_id": 25, "label": 22, "what": 12, "kind": 22, "value": 30, "reason": 60, "until": 12, "owner": 28, "due": 12,
    "recorded_by": 28, "recorded_on": 12,
}  # fmt: skip
"""Columns of the sheet of what people recorded, each with its width."""


def _recorded(sheet: _Sheet, entries: Iterable[Entry], kept: Kept) -> Iterable[Entry]:
    """The same entries; as they go by, each decision that stands and each action that is open gets a row."""
    for entry in entries:
        who: list[Value] = [entry.asset.id, entry.asset.label]
        if found := kept.get(entry.asset.id):
            for one in found.decided:
                said: list[Value] = [DECISIONS[one.kind], one.value, one.why, one.until, "", "", one.who, one.on]
                sheet.add([*who, "decision", *said])
            for task in found.to_do:
                action = task.action
                set_: list[Value] = [ACTIONS[action.kind], "", "", "", action.owner, action.due, task.who, task.on]
                sheet.add([*who, "open action", *set_])
        yield entry


def _not_seen(sheet: _Sheet, assessment: Assessment) -> None:
    sheet.head(["what", "place", "reason", "next step", "effect"], [40, 24, 60, 60, 16])
    sheet.sheet.fit_to_pages(1, 0)
    for sentence in assessment.unseen:
        sheet.add(["not seen", "", sentence])
    known = {source.id: source.name for source in assessment.sources}
    for kind, issues in (("not read", assessment.skipped), ("", assessment.issues)):
        for issue in issues:
            source = known.get(issue.source, issue.source)
            sheet.add([source, issue.place, issue.reason, issue.next_step, kind or issue.severity])
    sheet.filter(5)


def _sources(sheet: _Sheet, assessment: Assessment) -> None:
    titles = ["name", "kind", "format", "bytes", "sha256", "collected_at", "collected_by", "method"]
    titles += ["unit", "total", "read", "issues", "whole", "first_seen", "last_seen", "not_covered", "columns", "id"]
    sheet.head(titles, [30, 14, 10, 14, 68, 24, 20, 10, 10, 12, 12, 10, 8, 24, 24, 40, 60, 22])
    for source in assessment.sources:
        given: list[Value] = [source.name, source.kind, source.format, source.size, source.sha256]
        given += [words.iso(source.collected_at), source.collected_by, source.method]
        counts = [_counts(tally) for tally in assessment.tallies if tally.source == source.id]
        for row in counts or [[None] * 9]:
            sheet.add([*given, *row, source.id])
    for one in assessment.relied:
        sheet.add([one.name, one.kind, "", None, one.sha256, *[None] * 8, one.since, one.until])
    sheet.filter(len(titles))


def _counts(tally: Tally) -> list[Value]:
    return [
        tally.unit,
        tally.total,
        tally.read,
        tally.issues,
        "yes" if tally.whole else "no",
        words.iso(tally.first_seen),
        words.iso(tally.last_seen),
        "; ".join(f"{name}: {number}" for name, number in tally.not_covered.items()),
        "; ".join(f"{name}: {field or 'ignored'}" for name, field in tally.columns.items()),
    ]


def _about(
    sheet: _Sheet, assessment: Assessment, judging: Sequence[str], part: str, left: int, wrapped: Format
) -> None:
    sheet.sheet.fit_to_pages(1, 0)
    sheet.sheet.set_column(0, 0, 46)
    sheet.sheet.set_column(1, 1, 60)
    sheet.add(["Assessment of surveillance devices"], sheet.bold)
    means = summary.what_an_entry_is(assessment.totals)
    rows: list[tuple[str, Value]] = [
        ("Body", assessment.body.name if assessment.body else "not named"),
        ("Judged for", assessment.on),
        *(
            # how much was found is known of all that was read, and not told of a part of it
            (("Part of the assessment", part), ("Sources read", summary.kinds_read(assessment)))
            if part
            else (("Scope", summary.scope(assessment)),)
        ),
        *((f"Devices that {total.several}", total.number) for total in summary.totals(assessment)),
        *(
            (("Entries", assessment.totals.assets), ("Devices that they stand for", assessment.totals.devices))
            if means
            else (("Devices", assessment.totals.assets),)
        ),
        ("Surveillance devices", assessment.totals.surveillance),
        ("Devices of unknown kind", assessment.totals.unknown),
        ("Other devices", assessment.totals.other),
        ("Directives that say something of these devices", "; ".join(judging) or "none"),
        ("Other directives that were looked at", len(assessment.directives) - len(judging)),
        ("Program", assessment.tool),
        ("Catalog", assessment.catalog),
        ("Text that starts like a formula", "has an apostrophe in front that is not part of it"),
    ]
    if left:
        rows.append(("Rows without room in this workbook, all of them in findings.csv", left))
    for row in rows:
        # a line of text is 15 points high and holds some 55 characters; not every program finds the height by itself
        sheet.sheet.set_row(sheet.row, 15 * (1 + len(str(row[1])) // 55))
        sheet.add(row, wrapped)
