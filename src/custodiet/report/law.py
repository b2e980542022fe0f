"""Directives on the terminal: the list, one text sentence by sentence, several side by side, and their dates.

Records may be a user's own, so their text is guarded like everything else that is printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.table import Table
from rich.text import Text

from custodiet.catalog import Catalog
from custodiet.law.calendar import Entry, Running
from custodiet.law.compare import (
    compare,
    place_in_words,
    purpose_in_words,
    sentence_in_words,
    who_is_meant,
    within_in_words,
)
from custodiet.model import Directive, Requirement
from custodiet.report.guard import styled

FORCE = {
    "in force": "a rule for those it addresses",
    "superseded": "was a rule; another text took its place",
    "expired": "was a rule; its time is over",
    "suspended": "a rule that is switched off",
    "local decision": "a body's decision about its own estate, and no law",
    "guidance": "advice; nobody is bound",
    "proposed": "a proposal; nobody is bound",
    "political": "a political call; nobody is bound",
    "definition": "says what words of other texts mean",
    "record": "records what was found or held; asks nothing",
    "what if": "supposed, and no rule",
}
"""Status of a directive in plain words."""

_WHOLE = 44
"""Columns that an id takes at most; with three short columns it fits in 80."""


def listed(directives: Sequence[Directive]) -> Table:
    """A table of directives: what each is, whom it comes from, since when."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("id and title", min_width=whole(one.id for one in directives), overflow="fold")
    for heading in ("country", "since", "what it is"):
        table.add_column(heading)
    for one in directives:
        table.add_row(
            named(one.id, one.title), styled(one.jurisdiction), styled(one.in_force or one.announced),
            styled(one.status),
        )  # fmt: skip
    return table


def named(id: str, text: str) -> Text:
    """An id, which people copy, on a line of its own above the text that belongs to it."""
    return styled(id, "cyan").append_text(Text("\n")).append_text(styled(text, limit=600))


def whole(ids: Iterable[str]) -> int:
    """The width at which no id is cut, as long as it leaves room beside it on a narrow terminal."""
    return min(max((len(id) for id in ids), default=0), _WHOLE)


def shown(one: Directive, catalog: Catalog) -> Iterator[tuple[str, str]]:
    """One directive as pairs of a heading and a text, in reading order; an empty heading goes on with the last."""
    yield "", one.title
    yield "issued by", one.issuer
    yield "what it is", f"{one.instrument}: {FORCE[one.status]}"
    addressed = [catalog.body_kinds[kind].means if kind in catalog.body_kinds else kind for kind in one.addressees]
    yield "binds", "; ".join(addressed) or "nobody"
    yield "announced", one.announced
    yield "in force", (one.in_force or "no day is known") + (f" until {one.until}" if one.until else "")
    for window in one.suspensions:
        yield "suspended", f"{window.since} to {window.until or 'no known end'}: {window.text}"
    yield "equipment", ", ".join(one.equipment).replace("_", " ")
    if one.equipment_unclear:
        yield "left open", ", ".join(one.equipment_unclear).replace("_", " ")
    if one.equipment_text:
        yield "", one.equipment_text
    yield "who is meant", one.covers.text
    for test in who_is_meant(one, catalog):
        yield "", f"test: {test}"
    for number, sentence in enumerate(one.requirements, start=1):
        yield f"sentence {number}", sentence_in_words(sentence)
        yield "", words_of(sentence)
        if sentence.where:
            yield "", place_in_words(sentence, one)
        if sentence.network:
            yield "", f"for devices on a {sentence.network} network"
        if sentence.purpose:
            yield "", purpose_in_words(sentence, one)
    for exception in one.exceptions:
        yield "exception", exception
    if one.restricted:
        yield "not public", one.restricted
    for content in one.returns:
        yield "a return says", content
    for reference in one.references:
        said = ", ".join(part for part in (reference.where, f"read {reference.read}" if reference.read else "") if part)
        yield "read in", f"{said}: {reference.note}" if reference.note else said
    yield "how sure", f"sourced with {one.confidence} confidence"
    for open_point in one.unconfirmed:
        yield "not confirmed", open_point
    for correction in one.corrections:
        yield "corrected", f"{correction.on}: {correction.field} said {correction.was!r}; {correction.because}"
    if one.note:
        yield "note", one.note


def words_of(sentence: Requirement) -> str:
    """The words of a sentence: a quotation with where it was read, or our paraphrase, marked as one."""
    if sentence.quotation:
        return f"“{sentence.text}” (quoted, {sentence.language}, from: {sentence.quoted_from})"
    return f"{sentence.text} (our paraphrase)"


def as_table(pairs: Iterator[tuple[str, str]]) -> Table:
    """Headings and texts in two columns."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="dim")
    table.add_column()
    for heading, text in pairs:
        table.add_row(styled(heading), styled(text, limit=4000))
    return table


def compared(directives: Sequence[Directive], catalog: Catalog) -> Table:
    """Directives side by side; a question of which no text speaks is left out."""
    head, *rows = compare(directives, catalog)
    table = Table(show_lines=True)
    for cell in head:
        table.add_column(styled(cell), overflow="fold")
    for row in rows:
        if any(row[1:]):
            table.add_row(*(styled(cell, limit=2000) for cell in row))
    return table


def dated(entries: Sequence[Entry], runs: Sequence[Running]) -> Table:
    """The dates, earliest first, and below them the deadlines that run from an event."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("date")
    table.add_column("what", max_width=16)
    table.add_column("directive and text", min_width=whole(one.directive for one in entries), overflow="fold")
    for one in entries:
        said = one.text if one.status == "in force" else f"[{one.status}] {one.text}"
        table.add_row(styled(one.as_known), styled(one.kind), named(one.directive, said))
    for run in runs:
        table.add_row(styled("it runs"), styled(within_in_words(run.within, run.after)), named(run.directive, run.text))
    return table
