"""Whether the file of the embedded database is whole, as SQLite finds it; nothing in it is changed."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import msgspec

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """What came of looking at a file."""

    wrong: str = ""
    """What is damaged; empty: nothing was found."""
    to_the_end: bool = True


def is_damage(fault: Exception) -> bool:
    """Whether what SQLite says of a file means that the file is damaged; in its names no letters need to be left."""
    return isinstance(fault, UnicodeDecodeError) or getattr(fault, "sqlite_errorcode", 0) & 0xFF in _DAMAGED


def look_through(connection: sqlite3.Connection) -> str:
    """The first thing that is damaged in a database; empty: nothing.

    Raises:
        sqlite3.Error: it cannot be looked at, for another reason.
    """
    connection.text_factory = lambda data: data.decode(errors="replace")
    try:
        [said] = connection.execute("pragma quick_check(1)").fetchone()
    except (sqlite3.Error, UnicodeDecodeError) as fault:
        if is_damage(fault):
            return "it cannot be read" if isinstance(fault, UnicodeDecodeError) else str(fault)
        raise
    return "" if said == "ok" else said.splitlines()[-1]


def look(database: Path, seconds: float) -> Looked:
    """Look through a database that others may be writing to, for as long as that may take.

    Before 3.41, SQLite cannot be stopped in the middle of a file: it is then left to itself, until the process ends.

    Raises:
        sqlite3.Error: it cannot be opened.
    """
    found: list[str | sqlite3.Error] = []

    def run() -> None:
        try:
            found.append(look_through(connection))
        except sqlite3.Error as fault:
            found.append(fault)

    address = f"{database.resolve().as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True, check_same_thread=False)
    thread = threading.Thread(target=run, name="look through", daemon=True)
    thread.start()
    thread.join(seconds)
    if not found:
        connection.interrupt()
        return Looked(to_the_end=False)
    with closing(connection):
        if isinstance(found[0], sqlite3.Error):
            raise found[0]
        return Looked(wrong=found[0])
