"""The log of everything that changed: each row carries a hash of itself and of the row before it.

Whoever changes or takes out a row breaks the chain from there on, which `first_broken` finds. Rows are written in the
transaction of what they tell, so that neither is there without the other.
"""

from __future__ import annotations

import hashlib
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


def first_broken() -> int | None:
    """Number of the first row that is not what was written, or does not follow the one before; none: all are."""
    before = ""
    for row in Logged.objects.order_by("number").iterator(2000):
        if row.before != before or row.hash != hash_of(row):
            return int(row.number)
        before = row.hash
    return None
