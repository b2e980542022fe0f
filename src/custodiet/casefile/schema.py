"""The format of a case file: its tables, one small step from each version to the next, and SQLite's faults in words."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from custodiet.casefile import unfinished
from custodiet.errors import CustodietError, IntegrityError, UsageError

FORMAT_VERSION = 2
APPLICATION_ID = 0x63757374  # "cust", so that `file` and we can tell a case from any other SQLite file

_FIRST_FORMAT = """
create table meta (key text primary key, value text not null) without rowid;
create table source (id text primary key, complete integer not null, sha256 text not null, record blob not null)
    without rowid;
create table replaced (source text primary key) without rowid;
create table tally (source text primary key, record blob not null) without rowid;
create table issue (source text not null, place text not null, reason text not null, next_step text not null,
    severity text not null, unique (source, place, reason));
create table observation (id text not null, source text not null, subject text not null,
    attribute text not null, value text not null, locator text not null, first_seen real, last_seen real,
    count integer not null);
create unique index observation_id on observation (id);
create index observation_subject on observation (source, subject);
create table flow (id text not null unique, source text not null, subject text not null, peer text not null,
    transport text not null, port integer not null, bytes_out integer not null, bytes_in integer not null,
    packets_out integer not null, packets_in integer not null, first_seen real not null, last_seen real not null,
    locator text not null);
create index flow_subject on flow (subject);
create index flow_peer on flow (peer);
create table decision (id integer primary key, kind text not null, left_side text not null, right_side text not null,
    decided_by text not null, decided_on text not null, reason text not null);
create table heading (heading text primary key, field text not null) without rowid;
create table asset (id text primary key, record blob not null, identification blob, findings blob) without rowid;
create table place (number integer primary key, asset text not null);
create table membership (source text not null, subject text not null, asset text not null,
    primary key (source, subject)) without rowid;
create index membership_asset on membership (asset);
"""

STEPS = (lambda db: run(db, _FIRST_FORMAT), unfinished.to_second)
"""One small step from each format version to the next; the first makes an empty file a case of version 1."""

_UNIQUE_ID = "create unique index observation_id on observation (id)"
_BY_SUBJECT = "create index observation_subject on observation (source, subject)"


def drop_indexes(db: sqlite3.Connection) -> None:
    """Take the indexes of observations away, for a scratch case: to keep them up costs more than to make them once."""
    db.execute("drop index if exists observation_id")
    db.execute("drop index if exists observation_subject")


def make_indexes(db: sqlite3.Connection) -> None:
    """Make the indexes of observations; what was added twice while there were none is left out first."""
    try:
        db.execute(_UNIQUE_ID)
    except sqlite3.IntegrityError:
        db.execute("create index repeated on observation (id)")
        db.execute(
            "delete from observation where rowid in (select later.rowid from observation later join "
            "(select id, min(rowid) as place from observation group by id having count(*) > 1) first "
            "on first.id = later.id and first.place < later.rowid)"
        )
        db.execute("drop index repeated")
        db.execute(_UNIQUE_ID)
    db.execute(_BY_SUBJECT)


DAMAGED = "Restore it from a copy, or make it again with custodiet audit on the inputs."


def bring_up_to_date(db: sqlite3.Connection, path: Path) -> None:
    """Make an empty file a case, and an older case one of this version, all or nothing.

    Raises:
        UsageError: it is an SQLite file, but no case.
        IntegrityError: it was made by a newer version.
    """
    version = db.execute("pragma user_version").fetchone()[0]
    application = db.execute("pragma application_id").fetchone()[0]
    empty = db.execute("select count(*) from sqlite_schema").fetchone()[0] == 0
    if not empty and application != APPLICATION_ID:
        raise UsageError("this is an SQLite file, but not a case of custodiet", place=str(path))
    if version > FORMAT_VERSION:
        raise IntegrityError(
            f"the case has format {version}, this program knows up to {FORMAT_VERSION}",
            place=str(path),
            next_step="Use a newer custodiet to open it.",
        )
    if version == FORMAT_VERSION:
        return
    db.execute("begin immediate")
    try:
        # another process may have done it while this one waited
        for step in range(db.execute("pragma user_version").fetchone()[0], FORMAT_VERSION):
            STEPS[step](db)
        db.execute(f"pragma application_id = {APPLICATION_ID}")
        db.execute(f"pragma user_version = {FORMAT_VERSION}")
        db.execute("commit")
    except BaseException:
        db.execute("rollback")
        raise


def run(db: sqlite3.Connection, statements: str) -> None:
    """Run statements in the transaction that is open."""
    for statement in statements.split(";\n"):
        if statement.strip():
            db.execute(statement)


def explained(fault: sqlite3.DatabaseError, path: Path) -> CustodietError:
    """SQLite's fault as a sentence with a next step."""
    text = str(fault)
    if "full" in text or "I/O" in text:
        return CustodietError(
            f"the disk {'is full' if 'full' in text else 'refused to write'}; everything stored before is safe",
            place=str(path),
            next_step="Make room and run the same command again: it goes on where it stopped.",
        )
    if "readonly" in text or "unable to open" in text:
        return UsageError(
            "the case file cannot be written", place=str(path), next_step="Choose a folder you may write to."
        )
    if "locked" in text:
        return UsageError(
            "another program is writing to this case", place=str(path), next_step="Try again when it is done."
        )
    if "malformed" in text or "not a database" in text or "decode to UTF-8" in text:
        return IntegrityError("this is not a sound case file", place=str(path), next_step=DAMAGED)
    return CustodietError(f"the case file could not be used: {text}", place=str(path))
