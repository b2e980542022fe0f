"""What was found of the devices of a body as files: of exactly those that a list shows, or of all as the report."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO

import msgspec
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from custodiet.errors import CustodietError, UsageError
from custodiet.model import Assessment, Entry, Totals
from custodiet.report.csv import csv_lines
from custodiet.report.html import write_html
from custodiet.report.json import json_lines
from custodiet.report.laws import laws_of
from custodiet.report.speech import English, Speech, spoken
from custodiet.report.xlsx import write_xlsx
from custodiet.web.chosen import Chosen
from custodiet.web.columns import columns_of
from custodiet.web.decided import Tag, decided, tags_of, with_tags
from custodiet.web.estate import Estate, cited_by, entry_of
from custodiet.web.filters import Filters, chips
from custodiet.web.knowledge import known_of
from custodiet.web.language import Spoken
from custodiet.web.page import File
from custodiet.web.people import recorded_of
from custodiet.web.store import models

MOST = 20_000
"""Devices in a workbook or a report as one page; such a file is made whole before it is sent."""

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""Its media type."""

_IN_A_NAME = 80
"""Characters of what was asked in the name of a file."""

_AT_A_TIME = 200
_PIECE = 1 << 16


def some_at_a_time(estate: Estate, places: Sequence[int]) -> Iterator[list[tuple[Entry, str, tuple[Tag, ...]]]]:
    """Devices without their evidence, how each is described and what people decided, by their places (from 0).

    Raises:
        CustodietError: the body was judged again meanwhile, so that what follows would not fit what went before.
    """
    for begin in range(0, len(places), _AT_A_TIME):
        wanted = [place + 1 for place in places[begin : begin + _AT_A_TIME]]
        found = with_tags(estate, estate.devices().filter(place__in=wanted))
        rows = {row.place: (entry_of(row), row.described, tags_of(row)) for row in found}
        now = models.Body.objects.filter(id=estate.id).values_list("published", flat=True).first()
        if now != estate.row.published or len(rows) < len(wanted):
            raise CustodietError("the body was judged again while this file was made", next_step="Download it again.")
        yield [rows[place] for place in wanted]


def entries(estate: Estate, places: Sequence[int]) -> Iterator[Entry]:
    """Devices with their evidence; arguments and faults as for `some_at_a_time`."""
    for some in some_at_a_time(estate, places):
        cited = [cited_by(entry) for entry, *_beside in some]
        seen = {one.id: one for one in estate.observations(id for ids in cited for id in ids)}
        for (entry, *_beside), ids in zip(some, cited, strict=True):
            yield msgspec.structs.replace(entry, evidence=tuple(seen[id] for id in ids if id in seen))


class Export:
    """The devices that fit a question, ready to be written.

    Args:
        estate: whose.
        filters: the question; its page does not matter.

    Raises:
        UsageError: nothing was judged yet.
    """

    def __init__(self, estate: Estate, filters: Filters) -> None:
        self.estate, self.known = estate, known_of(estate)
        if self.known.head is None:
            raise UsageError(_("Nothing was looked at yet."), next_step=_("Bring in a file first."))
        self.columns = columns = columns_of(estate)
        some = decided(estate, columns.total) if filters.decided else None
        chosen = Chosen(columns, filters, some)
        self.places = columns.places(chosen.all, filters.sort)
        with translation.override("en"), spoken(English()):  # what is said of the part goes into files for programs
            self.asked = [f"{name}: {value}" for name, value, _without in chips(filters, self.known)]
            self.part = "" if chosen.all is None else _part(chosen, self.asked)
            self.head = _narrowed(self.known.head, chosen, self.part) if self.part else self.known.head
        self.name = estate.id

    @property
    def called(self) -> str:
        """The name of a file without its ending; it tells what was asked where it is a part."""
        asked = slugify(" ".join(self.asked))[:_IN_A_NAME].strip("-")
        part = f"-part-{asked}".rstrip("-") if self.part else ""
        return f"{self.name}{part}-{self.head.on}"

    def csv(self) -> File:
        """One row a device and requirement, as they come."""
        return self._streamed("csv", "text/csv; charset=utf-8", lambda: map(str.encode, self._csv()))

    def _csv(self) -> Iterator[str]:
        return csv_lines(self.head, entries(self.estate, self.places), self.known.names, self.part)

    def json(self) -> File:
        """The assessment with these entries, as they come."""
        laws = laws_of(self.known.head, self.known.names) if self.known.head else {}
        return self._streamed(
            "json", "application/json", lambda: json_lines(self.head, entries(self.estate, self.places), laws)
        )

    def xlsx(self) -> File:
        """A workbook."""

        def write(path: Path) -> None:
            kept = recorded_of(self.estate)
            found = entries(self.estate, self.places)
            write_xlsx(path, self.head, found, self.known.names, kept=kept, part=self.part)

        return self._whole("xlsx", WORKBOOK, write)

    def html(self) -> File:
        """The report as one page that opens from disk, in the language of who takes it."""

        def write(path: Path) -> None:
            with path.open("w", encoding="utf-8", newline="\n") as file:
                kept = recorded_of(self.estate)
                write_html(file, self.head, entries(self.estate, self.places), self.known.names, kept)

        # said as on the pages: nobody here has the file in which a command line wants its questions answered
        return self._whole("html", "text/html; charset=utf-8", write, Spoken())

    def _whole(self, ending: str, kind: str, write: Callable[[Path], None], said: Speech | None = None) -> File:
        if len(self.places) > MOST:
            raise UsageError(
                _("These are {devices:,} devices; such a file holds {most:,}.").format(
                    devices=len(self.places), most=MOST
                ),
                next_step=_("Narrow the list, or take it as CSV or JSON."),
            )
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"file.{ending}"
            with spoken(said or English()):  # what programs read is English
                write(path)
            opened = path.open("rb")  # it is read after its name is gone, and its room is free when it is closed
        return File(name=f"{self.called}.{ending}", kind=kind, content=lambda: _read(opened))

    def _streamed(self, ending: str, kind: str, pieces: Callable[[], Iterable[bytes]]) -> File:
        return File(name=f"{self.called}.{ending}", kind=kind, content=lambda: _gathered(pieces()))


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces that are worth sending."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= _PIECE:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)


def _part(chosen: Chosen, asked: Sequence[str]) -> str:
    """Which part of the assessment a file is, in a sentence."""
    return _("Only {number:,} of {total:,} devices are in this file, those that fit: {parts}.").format(
        number=chosen.total, total=chosen.columns.total, parts="; ".join(asked)
    )


def _narrowed(head: Assessment, chosen: Chosen, part: str) -> Assessment:
    """The head of a part of an assessment: its numbers are those of the part, and it says what part it is."""
    outcomes, kinds = chosen.columns["outcome"].count(chosen.all), chosen.columns["kind"].count(chosen.all)
    totals = Totals(
        assets=chosen.total,
        surveillance=kinds["surveillance"],
        unknown=kinds["unknown"],
        other=kinds["other"],
        not_satisfied=outcomes["not_satisfied"],
        undetermined=outcomes["undetermined"],
        not_judged=outcomes["not_judged"],
    )
    return msgspec.structs.replace(head, totals=totals, body_findings=(), unseen=(part, *head.unseen))
