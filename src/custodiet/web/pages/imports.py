"""Bringing in files: what was brought in, and the way to bring in more."""

from __future__ import annotations

from datetime import datetime

import msgspec

from custodiet.web import imports
from custodiet.web.jobs.kinds import Files
from custodiet.web.lists import Paging, page_of
from custodiet.web.page import Asked, Deed, Page
from custodiet.web.rights import Right
from custodiet.web.store.models import Job


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of the list."""

    page: int = 1


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One import in the list."""

    id: int
    state: str
    """``drafted``, ``waiting``, ``running``, ``done``, ``failed`` or ``stopped``."""
    files: tuple[str, ...]
    """Their names."""
    asked_by: str
    at: datetime
    thousandths: int
    """How much of it is done."""


class Imports(msgspec.Struct, frozen=True, kw_only=True):
    """The imports of a body, the last first."""

    rows: tuple[Listed, ...]
    paging: Paging


def fetch(asked: Asked[Query]) -> Imports:
    """All imports of the body."""
    rows, paging = page_of(asked.estate.rows(Job).filter(kind="import").order_by("-id"), asked.query.page)
    return Imports(paging=paging, rows=tuple(map(_listed, rows)))


def _listed(job: Job) -> Listed:
    files = msgspec.json.decode(job.wanted, type=Files).files
    return Listed(
        id=job.number,
        state=job.state,
        files=tuple(given.name for given in files),
        asked_by=job.asked_by,
        at=job.at,
        thousandths=job.thousandths,
    )


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the form beside the files, which are its fields ``file``."""

    zone: str = ""
    """Time zone of logs that do not say theirs, as Europe/Amsterdam."""
    at_once: bool = False
    """Read them now, without showing first how they would be read: for programs."""


def send(asked: Asked[Sent]) -> str:
    """Keep the files and show them, or read them at once."""
    files = asked.request.FILES.getlist("file")
    told = asked.query
    job = imports.bring(asked.estate, files, asked.person.email, zone=told.zone, at_once=told.at_once)
    return f"/b/{asked.estate.id}/imports/{job.number}/"


PAGE = Page(
    name="imports",
    path="imports/",
    says="What was brought in, and the way to bring in more.",
    right=Right.EDIT,
    also=Right.AUDIT,
    query=Query,
    data=Imports,
    fetch=fetch,
    template="imports.html",
)

SEND = Deed(
    name="import-send",
    path="imports/send/",
    says="Bring in files (multipart/form-data, the files as `file`).",
    right=Right.EDIT,
    form=Sent,
    do=send,
)
