"""What people bring in: kept under numbers, recognised by content, shown before it is read, told afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import available_timezones

import msgspec
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from custodiet.errors import CustodietError, UsageError
from custodiet.model import Issue, Tally
from custodiet.sources import READERS
from custodiet.sources.base import HEAD_SIZE
from custodiet.sources.intake import recognise
from custodiet.sources.packing import packing_of
from custodiet.sources.tables.plan import words
from custodiet.sources.tables.preview import Beginning, beginnings
from custodiet.web import log
from custodiet.web.estate import Estate
from custodiet.web.jobs import folders, queue
from custodiet.web.jobs.kinds import Files
from custodiet.web.store import models
from custodiet.web.uploads import Received


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """A file before it is read."""

    name: str
    size: int
    """Bytes."""
    format: str
    """What it was recognised as, in words; empty: it cannot be read."""
    problem: str
    """Why it cannot be read, or its table not be shown."""
    next_step: str
    tables: tuple[Beginning, ...]
    """How its tables begin, if it has any."""


def root() -> Path:
    """The folder of the web application."""
    return Path(settings.CUSTODIET.folder)


def bring(estate: Estate, files: list[Received], by: str, *, zone: str = "", at_once: bool = False) -> models.Job:
    """Keep files that were sent, as a job.

    Args:
        estate: whose devices they tell of.
        files: that were sent, whole and on the disk.
        by: who sent them.
        zone: time zone of logs that do not say theirs; empty: not said.
        at_once: read them without showing them first.

    Raises:
        UsageError: there is none, there are too many, they do not fit on the disk, or the zone is not known.
    """
    if not files:
        raise UsageError(_("no file was sent"), next_step=_("Choose one or several files, and send them again."))
    if len(files) > folders.MOST_FILES:
        step = _("Send them in several goes.")
        raise UsageError(_("these are more than {most} files").format(most=folders.MOST_FILES), next_step=step)
    if zone and zone not in available_timezones():
        step = _("Write it as Europe/Amsterdam, or leave it empty.")
        raise UsageError(_("this time zone is not known"), place=zone[:40], next_step=step)
    job = queue.ask(estate.row, "import", Files(files=(), zone=zone), by, drafted=True)
    given = tuple(
        folders.take(root(), job.id, place, folders.name_of(str(file.name)), file) for place, file in enumerate(files)
    )
    wanted = Files(files=given, zone=zone)
    job.wanted = msgspec.json.encode(wanted).decode()
    job.save(update_fields=["wanted"])
    if at_once:
        queue.begin(job, by)
    return job


def look(job: models.Job) -> Iterator[Looked]:
    """The files of a job that was not begun, and how they would be read."""
    for place, given in enumerate(msgspec.json.decode(job.wanted, type=Files).files):
        path = folders.file_of(root(), job.id, place)
        reader = recognise(path, given.name, READERS)
        if isinstance(reader, Issue):
            yield _looked(given, problem=reader.reason, next_step=reader.next_step)
            continue
        try:
            with path.open("rb") as file:
                packed = bool(packing_of(file.read(HEAD_SIZE)))
            tables = () if packed else beginnings(path, given.name, reader.id)
        except CustodietError as fault:
            yield _looked(given, format=reader.title, problem=fault.reason, next_step=fault.next_step)
        else:
            yield _looked(given, format=reader.title, tables=tables)


def _looked(
    given: folders.Given,
    *,
    format: str = "",
    problem: str = "",
    next_step: str = "",
    tables: tuple[Beginning, ...] = (),
) -> Looked:
    return Looked(name=given.name, size=given.size, format=format, problem=problem, next_step=next_step, tables=tables)


def corrected(job: models.Job, columns: tuple[str, ...], fields: tuple[str, ...]) -> Files:
    """What is wanted of a job, with what people chose for its columns; only what differs from a guess is kept.

    Args:
        job: that was not begun.
        columns: ``FILE:SHEET:COLUMN`` by their places from 0, as the form has them.
        fields: what each is to be read as; empty: not at all.

    Raises:
        UsageError: a column or a field that is not there.
    """
    wanted = msgspec.json.decode(job.wanted, type=Files)
    if len(columns) != len(fields) or not {*fields} <= {"", *words().fields}:
        raise UsageError(_("this is not what the form asks"), next_step=_("Open the page again."))
    chosen: dict[int, dict[str, str]] = {}
    looked = list(look(job))
    for column, field in zip(columns, fields, strict=True):
        try:
            file, sheet, place = map(int, column.split(":"))
            table = looked[file].tables[sheet]
            heading, guess = table.headings[place], table.fields[place]
        except (ValueError, IndexError):
            step = _("Open the page again.")
            raise UsageError(_("there is no such column"), place=column[:40], next_step=step) from None
        if field != guess:
            name = f"{table.sheet}!{heading}" if len(looked[file].tables) > 1 else heading
            chosen.setdefault(file, {})[name] = field
    given = tuple(msgspec.structs.replace(one, columns=chosen.get(place, {})) for place, one in enumerate(wanted.files))
    return msgspec.structs.replace(wanted, files=given)


def tallies(estate: Estate, sources: tuple[str, ...]) -> tuple[Tally, ...]:
    """What readers did with some sources."""
    rows = estate.rows(models.Tally).filter(source__in=sources).order_by("number")
    return tuple(msgspec.msgpack.decode(bytes(row.record), type=Tally) for row in rows[: folders.MOST_FILES])


def discard(job: models.Job, by: str) -> bool:
    """Forget a job that is not being done, with all that was sent; False: it is, or was done."""
    open_ones = models.Job.objects.filter(id=job.id, state__in=("drafted", "waiting", "stopped", "failed"))
    gone, _kinds = open_ones.delete()
    if gone:
        log.write(who=by, what="import discarded", body=job.body_id, about=str(job.number))
        transaction.on_commit(lambda: folders.discard(root(), job.id))
    return bool(gone)
