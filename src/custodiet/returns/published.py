"""What of a return may be published, and which numbers are withheld from it.

Two things are left out of a public print: sections and columns that are restricted, and, where a regime forbids naming
sites, numbers below a threshold. A small number must not come back by subtraction: where numbers add up to a total, the
total is withheld with it, and one number more (`withheld`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from custodiet.returns.paper import Return, Row, Section, Table
from custodiet.returns.words import MONTHS, WORDS

THRESHOLD = 5
"""Numbers from 1 up to one less than this could point at single sites."""

WITHHELD = "withheld"
"""What stands in a cell in place of its number."""

_SMALL = re.compile(r"(?<![\w.,:-])[1-9]\d{0,2}(?![\w:-]|[.,]\d)")


@dataclass(frozen=True, slots=True)
class Shown:
    """The parts of a total that may be shown; none where one is withheld."""

    parts: dict[str, int | None]
    """Name -> number."""
    total: int | None
    """Their sum."""

    def sum_of(self, *names: str) -> int | None:
        """The sum of some parts, where each of them is shown: it tells nothing new."""
        numbers = [self.parts[name] for name in names]
        return None if None in numbers else sum(number for number in numbers if number is not None)


def withheld(parts: Mapping[str, int], threshold: int = THRESHOLD) -> Shown:
    """Withhold small parts, and whatever they could be worked out from.

    Where a part is small, the total is withheld, so that nothing can be subtracted from it; and with it the smallest
    number that is not small, since a total is often known from elsewhere, as from an earlier return. How much is
    withheld never depends on how small a part is, or it would tell that. Zero is shown: it points at nothing.

    Args:
        parts: name -> number, none negative; together they are the total.
        threshold: the smallest number that is shown; 0 or 1: everything is.
    """
    hidden = {name for name, number in parts.items() if 0 < number < threshold}
    if not hidden:
        return Shown(dict(parts), sum(parts.values()))
    next_one = min((number for number in parts.values() if number >= threshold), default=0)
    hidden |= {name for name, number in parts.items() if number and number == next_one}  # all of them: one would tell
    return Shown({name: None if name in hidden else number for name, number in parts.items()}, None)


def public(full: Return) -> Return:
    """The same return with only what may be published; what was compared is compared anew by the caller."""
    sections = tuple(_public_section(section) for section in full.sections if section.publication == "public")
    words = WORDS[full.language]
    missing = tuple(msgspec.structs.replace(one, about=()) for one in full.missing if one.publication == "public")
    notes = full.notes
    if len(missing) < len(full.missing):
        notes = (*notes, words["more missing"])
    return msgspec.structs.replace(
        full,
        publication="public",
        sections=tuple(_counted(section, full) for section in sections),
        missing=missing,
        notes=notes,
        method=tuple(few(sentence, full) for sentence in full.method),
        unseen=tuple(few(sentence, full) for sentence in full.unseen),
        changed=(),
    )


def few(sentence: str, paper: Return) -> str:
    """A sentence on what was read, with its small numbers withheld where the regime asks for it."""
    if not paper.threshold:
        return sentence
    said = WORDS[paper.language]["few"].format(paper.threshold)
    month = re.compile(rf"\.? (?:{'|'.join(MONTHS[paper.language])})\b")

    def shown(hit: re.Match[str]) -> str:
        small = int(hit[0]) < paper.threshold and not month.match(sentence, hit.end())  # the day of a date is no number
        return said if small else hit[0]

    return _SMALL.sub(shown, sentence)


def _public_section(section: Section) -> Section:
    return msgspec.structs.replace(section, tables=tuple(_public_table(table) for table in section.tables))


def _counted(section: Section, paper: Return) -> Section:
    """The section with small numbers withheld; a row called ``total`` is taken as the sum of the others."""
    tables = tuple(_counted_table(table, paper.threshold) for table in section.tables)
    words = tuple(few(sentence, paper) for sentence in section.words)
    return msgspec.structs.replace(section, words=words, tables=tables)


def _counted_table(table: Table, threshold: int) -> Table:
    rows = [list(row.cells) for row in table.rows]
    for at, column in enumerate(table.columns):
        if column.kind != "number":
            continue
        parts = {str(place): cells[at] for place, cells in enumerate(rows) if table.rows[place].key != "total"}
        shown = withheld({name: number for name, number in parts.items() if isinstance(number, int)}, threshold)
        for name, number in shown.parts.items():
            if number is None:
                rows[int(name)][at] = WITHHELD
        for row, cells in zip(table.rows, rows, strict=True):
            if row.key == "total" and shown.total is None:
                cells[at] = WITHHELD
    made = tuple(Row(key=row.key, cells=tuple(cells)) for row, cells in zip(table.rows, rows, strict=True))
    return msgspec.structs.replace(table, rows=made)


def _public_table(table: Table) -> Table:
    kept = [at for at, column in enumerate(table.columns) if column.publication == "public"]
    if 0 in kept:
        keys = [row.key for row in table.rows]
    else:
        keys = [str(number) for number, _ in enumerate(table.rows, start=1)]  # a key may be made of what is not public
    return msgspec.structs.replace(
        table,
        columns=tuple(table.columns[at] for at in kept),
        rows=tuple(
            Row(key=key, cells=tuple(row.cells[at] for at in kept)) for key, row in zip(keys, table.rows, strict=True)
        ),
    )
