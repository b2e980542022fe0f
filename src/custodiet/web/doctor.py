"""What is wrong with an installation, and how to mend it; nothing is made, changed or brought up to date."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from custodiet.errors import CustodietError
from custodiet.web import beside, traces
from custodiet.web.checked import Checked
from custodiet.web.environment import unknown, with_files
from custodiet.web.parts import extra_of, missing
from custodiet.web.whole import look

_ROOM = 1 << 30
_HOST = re.compile(r"\.?[\w-]+(\.[\w-]+)*\.?|\[[0-9a-fA-F:.]+\]")
_OLDEST = datetime(2026, 1, 1, tzinfo=UTC)
"""This program did not exist before."""
OLD = timedelta(days=7)
"""A backup that is older is told."""
SILENT = timedelta(minutes=2)
"""A worker that was not heard of for so long does not work."""
LOOKED = 20.0
"""Seconds that the file of the embedded database is looked through."""
_HERE = ("127.0.0.1", "::1", "localhost")


def examine(folder: Path, environ: Mapping[str, str], now: datetime | None = None) -> Iterator[Checked]:
    """Look at everything that a server needs.

    Args:
        folder: where it keeps its things.
        environ: as for ``custodiet serve``.
        now: the time; none: what the clock of this machine says.
    """
    yield _python()
    try:
        environ = with_files(environ)
    except CustodietError as fault:
        yield _refused("configuration", fault)
        return
    what, away = "parts for the browser", missing(environ)
    if away:
        yield Checked(what=what, wrong=f"not installed: {', '.join(away)}", mend=extra_of(away))
        return
    yield Checked(what=what)
    if not folder.is_dir():
        yield Checked(what=f"folder {folder}", wrong="it is not there", mend="Start custodiet serve once; it is made.")
        return
    clock, servers = now or datetime.now(UTC), traces.who_serve(folder)
    open_to_others = bool(environ.get("CUSTODIET_HOSTS")) or any(one.host not in _HERE for one in servers)
    yield from _kept(folder)
    yield from _settings(environ)
    yield from _names(environ)
    yield from _wire(environ.get("CUSTODIET_DATABASE_URL", ""))
    yield from beside.programs(environ)
    yield from beside.relay(environ)
    yield from _served(folder, servers, environ, clock)
    yield _backed_up(folder, clock)
    wrong = f"it says {clock:%d %b %Y}, before this program was made" if clock < _OLDEST else ""
    yield Checked(what="clock", wrong=wrong, mend="Set it, and let a time server keep it right." if wrong else "")
    if os.access(folder / "web.key", os.R_OK):
        yield from _tables(folder, environ, clock, open_to_others)


def _refused(what: str, fault: CustodietError) -> Checked:
    wrong = f"{fault.place}: {fault.reason}" if fault.place else fault.reason
    return Checked(what=what, wrong=wrong, mend=fault.next_step)


def _python() -> Checked:
    what = f"Python {'.'.join(map(str, sys.version_info[:3]))}, SQLite {sqlite3.sqlite_version}"
    old = sys.version_info < (3, 11) or sqlite3.sqlite_version_info < (3, 37)
    mend = "Install Python 3.11 or later, with SQLite 3.37 or later."
    return Checked(what=what, wrong="too old", mend=mend) if old else Checked(what=what)


def _kept(folder: Path) -> Iterator[Checked]:
    """Who else may read what the folder holds, and whether there is room."""
    key = folder / "web.key"
    for path, mode in ((folder, 0o700), (key, 0o600), (folder / "custodiet.sqlite", 0o600)):
        if not path.exists():
            if path == key:
                yield Checked(what=f"key {key}", wrong="it is not there", mend="Restore it, or start custodiet serve.")
            continue
        told, others = path.stat(), path.stat().st_mode & 0o077
        # within a folder that nobody else may open, the rights of the database matter less than those of the key
        if others and not (path.name == "custodiet.sqlite" and not folder.stat().st_mode & 0o077):
            yield Checked(what=str(path), wrong="others may read it", mend=f"chmod {mode:o} {path}")
        elif hasattr(os, "geteuid") and told.st_uid != os.geteuid():
            yield Checked(what=str(path), wrong="it belongs to somebody else", mend="Run this as the server's user.")
        else:
            yield Checked(what=str(path))
    free = shutil.disk_usage(folder).free
    if free < _ROOM:
        yield Checked(what="room", wrong=f"{free >> 20} MiB are free", mend="Make at least 1 GiB free.")
    else:
        yield Checked(what=f"room, {free >> 30} GiB")


def _settings(environ: Mapping[str, str]) -> Iterator[Checked]:
    """Names that are no settings: what somebody meant by them does not hold."""
    for name, mend in unknown(environ).items():
        yield Checked(what=f"setting {name[:80]}", wrong="there is no such setting", mend=mend)


def _names(environ: Mapping[str, str]) -> Iterator[Checked]:
    """The names under which browsers reach it, and whether by HTTPS."""
    names = [name.strip() for name in environ.get("CUSTODIET_HOSTS", "").split(",") if name.strip()]
    https = environ.get("CUSTODIET_HTTPS", "") == "1"
    wrong, mend = "", ""
    if odd := [name for name in names if not _HOST.fullmatch(name)]:
        wrong, mend = f"{odd[0]} is not the name of a host", "Write names alone, as cameras.example.org."
    elif names and not https:
        wrong = "passwords would go over the network unprotected"
        mend = "Put a proxy that speaks HTTPS in front, and set CUSTODIET_HTTPS=1."
    elif https and not names:
        wrong = "no name is allowed but that of this machine"
        mend = "Set CUSTODIET_HOSTS to the name that browsers use."
    yield Checked(what="names for browsers (CUSTODIET_HOSTS, CUSTODIET_HTTPS)", wrong=wrong, mend=mend)


def _served(
    folder: Path, servers: Sequence[traces.Serving], environ: Mapping[str, str], clock: datetime
) -> Iterator[Checked]:
    """Whether servers are at work, for whom, and a worker with them; that none is, is no fault."""
    if not servers:
        yield Checked(what="server, which does not run now")
        return
    for server in servers:
        wrong = mend = ""
        if server.host not in _HERE and environ.get("CUSTODIET_HTTPS", "") != "1":
            wrong = f"it listens on {server.host} without HTTPS: whoever is on the network can read passwords"
            # in a container it has to listen on all addresses: what is let in there says who reaches it
            mend = "Put a proxy that speaks HTTPS in front, which alone reaches this port, and set CUSTODIET_HTTPS=1."
        yield Checked(what=f"server on {server.host}, port {server.port}", wrong=wrong, mend=mend)
    since = min(server.since for server in servers)
    try:
        heard = datetime.fromtimestamp((folder / traces.WORKER).stat().st_mtime, UTC)
    except OSError:
        heard = since
    silent = clock - max(heard, since) > SILENT
    wrong = f"last heard of on {heard:%d %b %Y %H:%M} UTC" if silent else ""
    mend = "Start custodiet serve anew, and look at its messages." if silent else ""
    yield Checked(what="worker of the server", wrong=wrong, mend=mend)


def _backed_up(folder: Path, clock: datetime) -> Checked:
    """Whether there is a backup of late, and nothing is left of one that was killed."""
    told, key = traces.last_backup(folder), folder / "web.key"
    begun = datetime.fromtimestamp(key.stat().st_mtime, UTC) if key.exists() else clock
    last = told.at if told else begun
    mend = "custodiet backup --out FILE, each day, and keep the file on another machine."
    if clock - last <= OLD:
        return Checked(what=f"backup of {told.at:%d %b %Y}" if told else "backup, not yet needed")
    wrong = f"the last was made {(clock - last).days} days ago" if told else "none was ever made"
    return Checked(what="backup", wrong=wrong, mend=mend)


def _wire(address: str) -> Iterator[Checked]:
    """Whether a database on another machine has to show that it is the one."""
    try:
        parts = urlsplit(address)
        far = parts.hostname not in (None, "localhost", "127.0.0.1", "::1")
    except ValueError:
        return
    if far and "sslmode=verify-full" not in parts.query:
        mend = "Put ?sslmode=verify-full&sslrootcert=FILE behind CUSTODIET_DATABASE_URL."
        yield Checked(what="wire to the database", wrong="whoever answers there is believed", mend=mend)


def _file(database: Path) -> Checked:
    """Whether the file of the embedded database is whole: pages that nobody asked for yet may be damaged for long."""
    what = "file of the database"
    try:
        looked = look(database, LOOKED)
    except sqlite3.Error as fault:
        return Checked(what=what, wrong=f"it cannot be looked at: {fault}", mend="Check who may read and write it.")
    if not looked.wrong:
        # one that is large is looked through by each backup
        return Checked(
            what=what if looked.to_the_end else f"{what}, looked at for {LOOKED:.0f} seconds, not to its end"
        )
    mend = "Stop the server, keep this folder as it is, and put the last backup elsewhere: custodiet restore."
    return Checked(what=what, wrong=f"it is damaged: {looked.wrong[:200]}", mend=mend)


def _tables(folder: Path, environ: Mapping[str, str], clock: datetime, open_to_others: bool) -> Iterator[Checked]:
    """Whether the database answers, has the tables of this version, and what `examined` asks of them."""
    from custodiet.web.config import read_config
    from custodiet.web.start import start

    what = "database" if environ.get("CUSTODIET_DATABASE_URL") else f"database {folder / 'custodiet.sqlite'}"
    try:
        config = read_config(folder, environ, begin=False)
    except CustodietError as fault:
        yield _refused("configuration", fault)
        return
    if not config.database:
        if not (folder / "custodiet.sqlite").exists():
            yield Checked(what=what, wrong="it is not there", mend="Start custodiet serve once, or restore a backup.")
            return
        told = _file(folder / "custodiet.sqlite")
        yield told
        if told.wrong:
            return
    try:
        start(config)
    except CustodietError as fault:
        yield _refused("configuration", fault)
        return
    from django.db import DatabaseError, connection

    from custodiet.web.examined import examine_tables
    from custodiet.web.store.standing import Standing, refuse, standing

    try:
        stands = standing()
        refuse(stands)
        if stands is not Standing.HERE:
            mend = "Make a backup, then start custodiet serve: it brings them up to date."
            yield Checked(what=what, wrong="its tables are of an earlier version, or not there", mend=mend)
            return
        yield Checked(what=what)
        if config.database and shutil.which("pg_dump"):
            yield beside.version(connection.pg_version // 10_000)
        yield from examine_tables(clock, open_to_others=open_to_others)
    except CustodietError as fault:
        yield Checked(what=what, wrong=fault.reason, mend=fault.next_step)
    except (DatabaseError, OSError, ValueError, TypeError, AttributeError) as fault:
        # a file that is whole for SQLite may hold a value that is none: a time without digits, text without letters
        wrong, mend = "it cannot be read", "Keep it as it is, and put the last backup elsewhere: custodiet restore."
        if config.database and isinstance(fault, DatabaseError | OSError):
            wrong, mend = "it does not answer", "Check that its server runs and that CUSTODIET_DATABASE_URL is right."
        yield Checked(what=what, wrong=f"{wrong}: {(str(fault).splitlines() or [''])[0][:200]}", mend=mend)
