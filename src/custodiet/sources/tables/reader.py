"""Asset registers and purchase lists: CSV, XLSX and ODS, whatever their columns are called.

Every row is a statement by people about one device or one purchase; it is passed on as it stands. Formulas are not
computed and text that looks like one stays text: making it harmless is the work of the writers. How columns are
recognised stands in `table_columns`, how values are read in `table_values`, how files are opened in `table_files`.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from custodiet.errors import SourceError
from custodiet.model import Issue, Observation, Source, Tally
from custodiet.model.observation import content_ids
from custodiet.model.source import SourceKind
from custodiet.sources.base import HEAD_SIZE, Item, Reader, ReadOptions
from custodiet.sources.tables.columns import DATES, IGNORED, guess_kind, map_columns, name_columns
from custodiet.sources.tables.files import is_workbook, workbook_sheets
from custodiet.sources.tables.grid import Filler, Sheet
from custodiet.sources.tables.plan import HEADING_ROWS, Plan, known, plan_sheet, words
from custodiet.sources.tables.text import decode_head, find_separator, text_sheet
from custodiet.sources.tables.values import (
    MAX_TEXT,
    MAX_VALUE,
    Problem,
    clean,
    read_date,
    read_ips,
    read_macs,
    read_place,
    read_quantity,
    read_yes_no,
)

MAX_ISSUES = 50
"""Issues told per column; more of the same kind are counted in one."""
_PURCHASE_NAMES = ("inkoop", "bestel", "factu", "aankoop", "purchase", "order", "invoice", "rechnung", "facture")
_STATES_NONE = frozenset({"data_goes_to", "administered_from"})
"""Fields in which the word none states something."""
_NONE = frozenset({"none", "geen", "keine"})
_PLACES = frozenset({"register.site", "register.location"})
"""What says where something is; a row that says nothing else lists places, and no devices."""
_TOTAL = ("totaal", "subtotaal", "total", "subtotal", "summe", "gesamt")


@dataclass(slots=True)
class _Count:
    """What was met while reading, over all sheets."""

    total: int = 0
    issues: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)

    def leave(self, what: str) -> None:
        """Count a row that was read and says nothing of a device, so that the numbers add up to all rows."""
        self.total += 1
        self.skipped[what] += 1


def _values(meaning: str, text: str, month_first: bool) -> list[str] | Problem:
    """What a cell says in the form its field asks for."""
    answer: list[str] | str | Problem
    match meaning:
        case "mac":
            answer = read_macs(text)
        case "ip":
            answer = read_ips(text)
        case _ if meaning in DATES:
            answer = read_date(text, month_first=month_first)
        case "quantity":
            answer = read_quantity(text)
        case "networked":
            answer = read_yes_no(text)
        case "location":
            answer = read_place(text)
        case _:
            answer = text
    return [answer] if isinstance(answer, str) else answer


def _read_row(
    plan: Plan, source: str, row: int, cells: Sequence[str], make_id: Callable[[str], str]
) -> tuple[list[Observation], list[tuple[str, Problem]]]:
    """Observations of one row, and (heading, problem) of each cell that could not be read."""
    problems: list[tuple[str, Problem]] = []
    found: dict[tuple[str, str], None] = {}
    for column, (cell, meaning) in enumerate(zip(cells, plan.fields, strict=False)):
        if not cell or meaning == IGNORED:
            continue
        text = clean(cell, MAX_TEXT if meaning == "text" else MAX_VALUE)
        if meaning in _STATES_NONE and cell.strip().casefold() in _NONE:
            text = "none"  # here it is an answer, and not an empty cell
        if not text:
            continue
        # Several addresses in one cell are often parted by line breaks, which cleaning takes out.
        values = _values(meaning, cell if meaning in ("mac", "ip") else text, column in plan.month_first)
        if isinstance(values, Problem):
            problems.append((plan.names[column], values))
            # Nothing is lost: the words stand in the description, where they claim to be nothing more.
            meaning, values = "text", [clean(f"{plan.names[column]}: {text}", MAX_TEXT)]
        for value in values:
            found[f"register.{meaning}", value] = None
            if meaning == "name":  # which often says what the device is
                found["register.text", value] = None
    subject, place = plan.subject(row), plan.place(row)
    observations = [
        Observation(make_id("\x1f".join((subject, attribute, value, place))), source, subject, attribute, value, place)
        for attribute, value in found
    ]
    return observations, problems


def _read_sheet(plan: Plan, source: Source, count: _Count) -> Iterator[Item]:
    filler = Filler(plan.sheet.merged)
    wide = {one.top for one in plan.sheet.merged if one.right - one.left >= 2}
    for reason, next_step in plan.notes:
        yield _note(source, f"sheet {plan.sheet.name}" if plan.sheet.name else "", reason, next_step)
    make_id = content_ids("obs", source.id)
    for line in plan.sheet.lines():
        if line.number <= plan.heading_row:
            continue
        if line.problem:
            count.total += 1
            count.issues += 1
            yield from _told(source, count, "rows", plan.place(line.number), Problem(line.problem, _REPAIR), lost=True)
        if line.problem or not any(line.cells):
            continue
        if line.cells == plan.heading:
            count.leave("repeated headings")
            continue
        if line.number in wide and sum(map(bool, line.cells)) == 1:
            count.leave("titles between rows")
            continue
        if _is_total(line.cells):
            count.leave("rows with totals")
            continue
        observations, problems = _read_row(plan, source.id, line.number, filler.fill(line), make_id)
        if not observations and not problems:
            count.leave("rows with nothing in a known column")
            continue
        if not problems and all(one.attribute in _PLACES for one in observations):
            count.leave("rows that name a place and no thing")
            continue
        # what could not be understood of it was kept as words, so the row itself was read
        count.total += 1
        yield from observations
        for heading, problem in problems:
            yield from _told(source, count, heading, plan.place(line.number), problem)
    if filler.filled:
        yield _note(
            source,
            f"sheet {plan.sheet.name}",
            f"{filler.filled:,} cells under merged cells were given the value of the cell above",
            "Check that each merged cell stands for all rows beside it",
        )


_REPAIR = "Open the file in a spreadsheet program and save it again"


def _is_total(cells: Sequence[str]) -> bool:
    """Whether a row sums up others: it begins with a word for it and says little else."""
    filled = [cell for cell in cells if cell]
    return len(filled) <= 3 and filled[0].casefold().rstrip(": ").startswith(_TOTAL)


def _note(source: Source, place: str, reason: str, next_step: str) -> Issue:
    return Issue(source=source.id, place=place, reason=reason, next_step=next_step)


def _told(
    source: Source, count: _Count, what: str, place: str, problem: Problem, *, lost: bool = False
) -> Iterator[Issue]:
    """An issue, unless very many of its kind were told already."""
    count.told[what] += 1
    if count.told[what] <= MAX_ISSUES:
        reason = problem.reason if lost else f"under {what}: {problem.reason}; it was kept as description"
        yield Issue(
            source=source.id,
            place=place,
            reason=reason,
            next_step=problem.next_step,
            severity="incomplete" if lost else "note",
        )


def _read_sheets(sheets: Iterable[Sheet], source: Source, options: ReadOptions) -> Iterator[Item]:
    count = _Count()
    plans: list[Plan] = []
    unknown: list[str] = []
    for sheet in sheets:
        plan = plan_sheet(sheet, options)
        if plan:
            plans.append(plan)
        else:
            unknown.append(sheet.name)
    if not plans:
        raise SourceError(
            "no column of this table is known as part of a register or a purchase list",
            place=source.name,
            next_step="Give the columns headings such as Merk, Model, Serienummer, MAC-adres, Locatie",
        )
    for plan in plans:
        yield from _read_sheet(plan, source, count)
    for name in unknown:
        yield _note(
            source, f"sheet {name}", "no column of it is known, so it was not read", "Leave it, or add headings"
        )
    for what, number in count.told.items():
        if number > MAX_ISSUES:
            reason = f"{number - MAX_ISSUES:,} more rows have a problem under {what}"
            yield _note(source, "", reason, "Correct the column in the register")
    options.progress(source.size)
    if unknown:
        count.skipped["sheets without a known column"] = len(unknown)
    yield Tally(
        source=source.id,
        unit="rows",
        total=count.total,
        read=count.total - count.issues,
        issues=count.issues,
        not_covered=dict(count.skipped),
        columns=_told_columns(plans),
    )


def _told_columns(plans: Sequence[Plan]) -> dict[str, str]:
    """Heading -> field over all sheets; where a later sheet means something else, its name is put before."""
    columns: dict[str, str] = {}
    for plan in plans:
        for name, meaning in zip(plan.names, plan.fields, strict=True):
            if columns.setdefault(name, meaning) != meaning:
                columns[f"{plan.sheet.name}!{name}"] = meaning
    return columns


def _recognise_csv(head: bytes, name: str) -> bool:
    text = decode_head(head)
    if text is None or not text.strip():
        return False
    separator = find_separator(text, known)
    if name.lower().endswith(".csv"):
        # A table that its owner calls one gets a sentence about its headings; any other must show what it is.
        return bool(separator) or known(text.splitlines()[:1]) > 0
    return bool(separator) and _is_register(list(_first_rows(text, separator)))


def _is_register(rows: Sequence[Sequence[str]]) -> bool:
    """Whether rows of a text file show a table of devices: telling headings, and rows as wide as they are."""
    place, heading = max(enumerate(rows), key=lambda row: known(row[1]), default=(0, []))
    fields = set(map_columns(name_columns(heading), [], words()))
    below = [row for row in rows[place + 1 :] if any(row)]
    even = sum(len(row) == len(heading) for row in below)
    return known(heading) >= 2 and not fields.isdisjoint(_TELLING) and bool(below) and even >= 0.8 * len(below)


_TELLING = frozenset({"brand", "manufacturer", "model", "serial", "mac", "ip", "supplier"})
"""Fields of which a register or purchase list has at least one."""


def _first_rows(text: str, separator: str) -> Iterator[list[str]]:
    """The first rows, roughly: quotes hardly matter for headings."""
    for line in itertools.islice(text.splitlines(), 2 * HEADING_ROWS):
        yield [cell.strip(' "') for cell in line[:20_000].split(separator)]


def _kind_of_csv(path: Path, name: str) -> SourceKind:
    with path.open("rb") as stream:
        text = decode_head(stream.read(HEAD_SIZE)) or ""
    rows = list(_first_rows(text, find_separator(text, known) or ";"))
    best = max(rows, key=known, default=[])
    return guess_kind(best, words())


def _read_csv(path: Path, source: Source, options: ReadOptions) -> Iterator[Item]:
    yield from _read_sheets([text_sheet(path, known, options.progress)], source, options)


def _kind_of_workbook(path: Path, name: str) -> SourceKind:
    """By its headings, else by its name."""
    with path.open("rb") as stream:
        try:
            sheets, _ = workbook_sheets(stream, name)
            for sheet in sheets:
                first = list(itertools.islice((line for line in sheet.lines() if any(line.cells)), HEADING_ROWS))
                best = max(first, key=lambda line: known(line.cells), default=None)
                if best and known(best.cells) > 1:
                    return guess_kind(best.cells, words())
        except SourceError:
            pass  # told when it is read
    named = Path(name).name.casefold()
    return "purchase_record" if any(word in named for word in _PURCHASE_NAMES) else "register"


def _read_workbook(path: Path, source: Source, options: ReadOptions) -> Iterator[Item]:
    with path.open("rb") as stream:
        sheets, archive = workbook_sheets(stream, source.name)
        if archive.embedded:
            reason = f"{archive.embedded} files inside the workbook were not opened"
            yield _note(source, "", reason, "Save them as files of their own if they hold registers")
        yield from _read_sheets(sheets, source, options)


WORKBOOK = Reader(
    id="workbook",
    title="asset register or purchase list (XLSX, ODS)",
    kind="register",
    recognise=is_workbook,
    read=_read_workbook,
    kind_of=_kind_of_workbook,
    fields=lambda: words().fields,
)

CSV = Reader(
    id="csv",
    title="asset register or purchase list (CSV)",
    kind="register",
    recognise=_recognise_csv,
    read=_read_csv,
    kind_of=_kind_of_csv,
    fields=lambda: words().fields,
)
