"""The log of everything that changed: each row carries a hash of itself and of the row before it.

Whoever changes or takes out a row breaks the chain from there on, which `check` finds. Rows are written in the
transaction of what they tell, so that neither is there without the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db import connection, transaction

from custodiet.web.store.models import Logged

_LOCK = 0x637573746C6F67  # "custlog": who writes to the log on PostgreSQL waits for whoever does


def write(
    *,
    who: str,
    what: str,
    body: str = "",
    about: str = "",
    said: Any = None,
    why: str = "",
    at: datetime | None = None,
) -> None:
    """Add a row.

    Args:
        who: address of the person, or the name of the token or command.
        what: a word for the deed.
        body: id of the body; empty: the installation.
        about: id of what it was done to.
        said: what changed, as it can be written as JSON.
        why: the reason that the person gave.
        at: when; none: this moment.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
        before = Logged.objects.order_by("-number").values_list("hash", flat=True).first() or ""
        row = Logged(
            at=at or datetime.now(UTC),
            body=body,
            who=who,
            what=what,
            about=about,
            said=msgspec.json.encode(said, order="deterministic").decode() if said is not None else "",
            why=why,
            before=before,
        )
        row.hash = hash_of(row)
        row.save(force_insert=True)


def hash_of(row: Logged) -> str:
    """SHA-256 of a row with the hash of the one before, as it ought to be."""
    told = [row.at.astimezone(UTC).isoformat(), row.body, row.who, row.what, row.about, row.said, row.why, row.before]
    return hashlib.sha256(msgspec.json.encode(told)).hexdigest()


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What the whole log comes to."""

    rows: int
    """That were looked at: all, or those up to the first that is broken."""
    last: str
    """Hash of the last of them; empty: there is none."""
    broken: int | None
    """Number of the first row that is not what was written, or does not follow the one before; none: all are."""
    holds: bool
    """Whether the row with the hash that was asked for is there; true where none was."""


def check(holds: str = "") -> Checked:
    """Follow the chain from its beginning.

    Args:
        holds: hash of a row that has to be there, since somebody kept it elsewhere; empty: none. Without one, rows cut
            off at the end leave no trace.
    """
    before, rows, met = "", 0, not holds
    for row in Logged.objects.order_by("number").iterator(2000):
        rows += 1
        if row.before != before or row.hash != hash_of(row):
            return Checked(rows=rows, last=before, broken=int(row.number), holds=met)
        before = row.hash
        met = met or before == holds
    return Checked(rows=rows, last=before, broken=None, holds=met)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened, as it is given to others; `store.models.Logged` says what each field is."""

    number: int
    at: datetime
    body: str
    who: str
    what: str
    about: str
    said: str
    why: str
    before: str
    hash: str


def rows() -> Iterator[Row]:
    """The whole log, the oldest first."""
    for row in Logged.objects.order_by("number").iterator(2000):
        yield row_of(row)


def row_of(row: Logged) -> Row:
    """A row as it is given to others."""
    return Row(**{name: getattr(row, name) for name in Row.__struct_fields__})


def first_broken() -> int | None:
    """Number of the first row that is not what was written, or does not follow the one before; none: all are."""
    return check().broken
