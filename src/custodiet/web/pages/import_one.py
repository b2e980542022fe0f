"""One import: how its files would be read, how far it is, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
from django.http import Http404
from django.utils.translation import gettext as _

from custodiet.errors import UsageError
from custodiet.model import Issue, Tally
from custodiet.report.guard import json_bytes
from custodiet.web import import_words, imports, lists
from custodiet.web.jobs import queue
from custodiet.web.jobs.kinds import Came, Files
from custodiet.web.knowledge import known_of
from custodiet.web.page import Asked, Deed, File, Nothing, Page
from custodiet.web.rights import Right
from custodiet.web.store.models import Issue as IssueRow
from custodiet.web.store.models import Job, Source


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of what could not be read."""

    page: int = 1


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was read."""

    name: str
    tally: Tally
    """What was read of it."""


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """One import."""

    id: int
    state: str
    """``drafted``, ``waiting``, ``running``, ``done``, ``failed`` or ``stopped``."""
    files: tuple[str, ...]
    """Names."""
    asked_by: str
    at: datetime
    ended: datetime | None
    doing: str
    """What is being done, in words."""
    thousandths: int
    """How much of it is done."""
    stopping: bool
    """Somebody asked to stop it."""
    reason: str
    """What went wrong."""
    next_step: str
    looked: tuple[imports.Looked, ...]
    """How its files would be read, as long as it was not begun."""
    came: Came | None
    """What came of it."""
    read: tuple[Read, ...]
    """The files that were read."""
    issues: tuple[Issue, ...]
    """What could not be read: a part of the list."""
    incomplete: int
    """How many of them left something unread."""
    names: dict[str, str]
    """Id of a source -> name of its file."""
    chosen: str
    """ISO 8601 date for which devices are judged, where somebody chose it: an import judges them for today."""
    paging: lists.Paging


def job_of(asked: Asked[Any]) -> Job:
    """The job in the address, if it is an import of the body."""
    job = asked.estate.rows(Job).filter(kind="import", number=asked.path["job"]).first()
    if job is None:
        raise Http404
    return job


def fetch(asked: Asked[Query]) -> Import:
    """All that is known of it."""
    job = job_of(asked)
    came = _came(job)
    names = _names(asked, came.sources) if came else {}
    rows, paging = lists.page_of(_issues(asked, came), asked.query.page)
    return Import(
        id=job.number,
        state=job.state,
        files=tuple(given.name for given in msgspec.json.decode(job.wanted, type=Files).files),
        asked_by=job.asked_by,
        at=job.at,
        ended=job.ended,
        doing=import_words.doing(job.doing),
        thousandths=job.thousandths,
        stopping=job.stop and job.state == "running",
        reason=job.reason,
        next_step=job.next_step,
        looked=tuple(imports.look(job)) if job.state == "drafted" else (),
        came=came,
        read=_read(asked, came, names),
        issues=tuple(_issue(row) for row in rows),
        incomplete=_issues(asked, came).filter(severity="incomplete").count(),
        names=names,
        chosen=known_of(asked.estate).day_chosen if job.state == "drafted" else "",
        paging=paging,
    )


def _came(job: Job) -> Came | None:
    return msgspec.json.decode(job.result, type=Came) if job.result else None


def _issues(asked: Asked[Query], came: Came | None) -> Any:
    return asked.estate.rows(IssueRow).filter(source__in=came.sources if came else ()).order_by("number")


def _issue(row: Any) -> Issue:
    return msgspec.convert({name: getattr(row, name) for name in Issue.__struct_fields__}, Issue)


def _names(asked: Asked[Any], ids: tuple[str, ...]) -> dict[str, str]:
    found = asked.estate.rows(Source).filter(id__in=ids).values_list("id", "record")
    return {id: msgspec.msgpack.decode(bytes(record))["name"] for id, record in found}


def _read(asked: Asked[Query], came: Came | None, names: dict[str, str]) -> tuple[Read, ...]:
    if came is None:
        return ()
    return tuple(
        Read(name=names.get(tally.source, tally.source), tally=tally)
        for tally in imports.tallies(asked.estate, came.sources)
    )


def _all(asked: Asked[Query]) -> Iterator[tuple[str, Issue]]:
    """(name of the file, issue) of everything that could not be read."""
    came = _came(job_of(asked))
    names = _names(asked, came.sources) if came else {}
    for one in came.skipped if came else ():
        yield one.source, one
    for row in _issues(asked, came).iterator(2000):
        yield names.get(row.source, row.source), _issue(row)


def _csv(asked: Asked[Query]) -> File:
    columns = ("file", "place", "reason", "next_step", "severity")
    job = job_of(asked)
    return lists.table(
        f"import-{job.number}-issues",
        columns,
        lambda: ((name, one.place, one.reason, one.next_step, one.severity) for name, one in _all(asked)),
    )


def _json(asked: Asked[Query]) -> File:
    def pieces() -> Iterator[bytes]:
        before = b"["
        for name, one in _all(asked):
            yield before + json_bytes({"file": name, **msgspec.to_builtins(one)})
            before = b",\n"
        yield b"]\n" if before != b"[" else b"[]\n"

    return File(name=f"import-{job_of(asked).number}-issues.json", kind="application/json", content=pieces)


PAGE = Page(
    name="import",
    path="imports/<int:job>/",
    says="How files would be read, how far that is, and what came of it.",
    right=Right.EDIT,
    also=Right.AUDIT,
    query=Query,
    data=Import,
    fetch=fetch,
    template="import.html",
    files={"csv": _csv, "issues": _json},
)


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """What each column is to be read as."""

    column: tuple[str, ...] = ()
    """``FILE:SHEET:COLUMN`` by their places from 0, one for each `field`."""
    field: tuple[str, ...] = ()
    """What it is to be read as; empty: not at all."""


def begin(asked: Asked[Chosen]) -> str:
    """Let it be read."""
    job = job_of(asked)
    wanted = imports.corrected(job, asked.query.column, asked.query.field) if job.state == "drafted" else None
    if not queue.begin(job, asked.person.email, wanted):
        raise UsageError(_("this is at work or done already"), next_step=_("Open the page again."))
    return f"/b/{asked.estate.id}/imports/{job.number}/"


def stop(asked: Asked[Nothing]) -> str:
    """Stop it; what was read is kept until it goes on or is discarded."""
    job = job_of(asked)
    queue.stop(job, asked.person.email)
    return f"/b/{asked.estate.id}/imports/{job.number}/"


def discard(asked: Asked[Nothing]) -> str:
    """Forget it, with the files that were sent."""
    job = job_of(asked)
    if not imports.discard(job, asked.person.email):
        raise UsageError(_("this is at work or done already"), next_step=_("Open the page again."))
    return f"/b/{asked.estate.id}/imports/"


BEGIN = Deed(
    name="import-begin",
    path="imports/<int:job>/begin/",
    says="Read the files, or go on where it was stopped.",
    right=Right.EDIT,
    form=Chosen,
    do=begin,
)
STOP = Deed(
    name="import-stop",
    path="imports/<int:job>/stop/",
    says="Stop an import; it can go on later.",
    right=Right.EDIT,
    form=Nothing,
    do=stop,
)
DISCARD = Deed(
    name="import-discard",
    path="imports/<int:job>/discard/",
    says="Forget an import that is not done, with its files.",
    right=Right.EDIT,
    form=Nothing,
    do=discard,
)
