"""Format 1 of a case file: what was made before the first release, in the four layouts that had that number."""

from __future__ import annotations

import sqlite3

import msgspec

_OBSERVATION = (
    "id text not null, source text not null, subject text not null, attribute text not null, value text not null, "
    "locator text not null, first_seen real, last_seen real, count integer not null"
)


def to_second(db: sqlite3.Connection) -> None:
    """Bring any of them to the layout of format 2. What was read stays as it was, row for row.

    What was concluded stays where it can; `Case` says where a record of it is too old to be understood.
    """
    db.execute("create table if not exists replaced (source text primary key) without rowid")
    db.execute("create table if not exists place (number integer primary key, asset text not null)")
    db.execute("drop index if exists observation_attribute")
    if "sha256" not in _columns(db, "source"):
        _name_hashes(db)
    if "position" in _columns(db, "asset"):
        # conclusions of the first day, which nothing of today understands
        for statement in (
            "drop table asset",
            "create table asset (id text primary key, record blob not null, identification blob, findings blob) "
            "without rowid",
            "delete from membership",
            "delete from meta where key = 'context'",
        ):
            db.execute(statement)
    if not db.execute("select 1 from sqlite_schema where name = 'observation_id'").fetchone():
        # the table held ids apart by itself, which cannot be taken from it
        columns = ", ".join(_columns(db, "observation"))
        db.execute("alter table observation rename to observation_before")
        db.execute("drop index observation_subject")
        db.execute(f"create table observation ({_OBSERVATION})")
        db.execute(
            f"insert into observation (rowid, {columns}) select rowid, {columns} from observation_before order by rowid"
        )
        db.execute("drop table observation_before")
        db.execute("create unique index observation_id on observation (id)")
        db.execute("create index observation_subject on observation (source, subject)")


def _name_hashes(db: sqlite3.Connection) -> None:
    """The hash of a source in a column of its own, from its record."""
    rows = db.execute("select id, complete, record from source").fetchall()
    db.execute("drop table source")
    db.execute(
        "create table source (id text primary key, complete integer not null, sha256 text not null, "
        "record blob not null) without rowid"
    )
    db.executemany(
        "insert into source values (?, ?, ?, ?)",
        ((id, complete, msgspec.msgpack.decode(record)["sha256"], record) for id, complete, record in rows),
    )


def _columns(db: sqlite3.Connection, table: str) -> list[str]:
    return [str(row[1]) for row in db.execute(f"pragma table_info({table})")]
