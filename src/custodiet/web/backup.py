"""All that a server keeps, in one file that can be checked; made while it runs, by the database's own means.

The file is a tar: the database, the files of the folder, and at its end ``manifest.json`` with the hash of each.
Whoever has it has the key that signs sessions: it is to be kept as the folder is.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec

from custodiet import __version__
from custodiet.errors import CustodietError, IntegrityError, UsageError
from custodiet.web import traces
from custodiet.web.config import TLS, Config, database_of
from custodiet.web.whole import is_damage, look_through

MANIFEST = "manifest.json"
FORMAT = 1
"""Of a backup; the tables in it have a format of their own, and `serve` brings them up to date."""
UNFINISHED = "custodiet-unfinished-"
"""How the folder of a backup or restore begins that is being made; one that stays was killed, and is of no use."""
_TABLES = {"": "custodiet.sqlite", "postgresql": "database.dump"}


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds."""

    format: int = FORMAT
    version: str
    """Of the program that made it."""
    made: str
    """ISO 8601 time in UTC."""
    database: str
    """``postgresql``, or empty for the embedded one."""
    files: dict[str, str]
    """Name -> SHA-256."""


def back_up(config: Config, out: Path, now: datetime | None = None) -> Manifest:
    """Write a backup.

    Args:
        config: whose.
        out: the file to write; it must not be there yet.
        now: when; none: this moment.

    Raises:
        UsageError: the file is there, or within what is to be kept, or nothing is to be kept.
        CustodietError: the database cannot be copied.
    """
    if out.exists():
        raise UsageError("the file is there already", place=str(out), next_step="Choose another name.")
    if out.resolve().is_relative_to(config.folder.resolve()):
        step = "Write it to another folder, best on another disk."
        raise UsageError(
            "it would be within what it is a backup of, and be lost with it", place=str(out), next_step=step
        )
    kind = "postgresql" if config.database else ""
    with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=out.parent) as name:
        folder = Path(name).resolve()
        copy, part = folder / _TABLES[kind], folder / "backup.tar"
        _dump(config, copy) if kind else _copy(config.folder / _TABLES[""], copy)
        files: dict[str, str] = {}
        with open(part, "xb", opener=_private) as file, tarfile.open(fileobj=file, mode="w") as packed:
            files[copy.name] = _add(packed, copy, copy.name)
            earlier = earlier_backups(config.folder.resolve())
            for path in sorted(config.folder.resolve().rglob("*")):
                named = path.relative_to(config.folder.resolve()).as_posix()
                others = named.startswith(("custodiet.sqlite", UNFINISHED)) or traces.is_one(named)
                if path.is_file() and not path.is_symlink() and not others and path not in earlier:
                    try:
                        files[named] = _add(packed, path, named)
                    except FileNotFoundError:  # work of the server that ended meanwhile
                        continue
            at = now or datetime.now(UTC)
            made = at.isoformat(timespec="seconds")
            told = Manifest(version=__version__, made=made, database=kind, files=files)
            listed = msgspec.json.format(msgspec.json.encode(told))
            last = tarfile.TarInfo(MANIFEST)
            last.size = len(listed)
            packed.addfile(last, io.BytesIO(listed))
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        part.replace(out)
    with suppress(OSError):  # the backup is there; that `doctor` does not know of it is all
        traces.backed_up(config.folder, out, at)
    return told


def earlier_backups(folder: Path) -> tuple[Path, ...]:
    """Backups that stand in the folder itself, where they were once written: a backup that held them would grow with
    each. Files that people send stand in folders of their own."""
    return tuple(path for path in sorted(folder.iterdir()) if path.is_file() and _is_backup(path))


def _is_backup(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(tarfile.BLOCKSIZE)
    except OSError:
        return False
    return head[257:262] == b"ustar" and head[:100].rstrip(b"\0").decode("latin-1") in _TABLES.values()


class _Hashed:
    """A file that is hashed as it is read, so that the hash is of what was packed."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.hash = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.hash.update(data)
        return data


def _add(packed: tarfile.TarFile, path: Path, name: str) -> str:
    """Pack a file, and give its hash."""
    with path.open("rb") as file:
        head = tarfile.TarInfo(name)
        head.size, head.mode = os.fstat(file.fileno()).st_size, 0o600
        hashed = _Hashed(file)
        packed.addfile(head, cast("BinaryIO", hashed))
    return hashed.hash.hexdigest()


def restore(backup: Path, config: Config) -> Manifest:
    """Put back what a backup holds, into a folder and a database that hold nothing yet.

    The database comes last: killed before, it can be done again.

    Raises:
        UsageError: there is something already, or the backup is for another kind of database.
        IntegrityError: the backup is not what was written.
    """
    with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=config.folder) as name:
        folder = Path(name)
        told = _unpacked(backup, folder)
        if told.database != ("postgresql" if config.database else ""):
            step = "Set CUSTODIET_DATABASE_URL to an empty database." if told.database else "Leave out its address."
            raise UsageError("the backup is of another kind of database", place=str(backup), next_step=step)
        if _occupied(config):
            step = "Choose an empty database." if config.database else "Choose an empty folder, with --folder."
            raise UsageError("there is a database already", place=str(config.folder), next_step=step)
        tables = _TABLES[told.database]
        for one in told.files:
            if one != tables:
                (config.folder / one).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                (folder / one).replace(config.folder / one)
        if config.database:
            how = ("--no-owner", "--single-transaction", "--exit-on-error")
            _run("pg_restore", config, *how, str(folder / tables))
        else:
            (folder / tables).replace(config.folder / tables)
    with suppress(OSError, ValueError):  # all is back; that `doctor` does not know of it is all
        traces.restored(config.folder, backup, told.made)
    return told


def _occupied(config: Config) -> bool:
    """Whether the database holds tables already."""
    if not config.database:
        return (config.folder / _TABLES[""]).exists()
    import psycopg

    try:
        with psycopg.connect(config.database, connect_timeout=20) as connection:
            found = connection.execute("select to_regclass('django_migrations')").fetchone()
    except psycopg.Error as fault:
        step = "Check that its server runs and that CUSTODIET_DATABASE_URL is right."
        raise CustodietError(f"it does not answer: {str(fault)[:200]}", place="database", next_step=step) from fault
    return found is not None and found[0] is not None


def _unpacked(backup: Path, folder: Path) -> Manifest:
    """The files of a backup in a folder, each held to its hash."""
    step = "Take another backup: this one was changed, or not written to its end."
    try:
        with tarfile.open(backup, "r:") as packed:
            packed.extractall(folder, filter="data")
        told = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except FileNotFoundError as fault:
        raise IntegrityError("it has no list of what it holds", place=str(backup), next_step=step) from fault
    except (tarfile.TarError, msgspec.DecodeError, OSError, EOFError) as fault:
        raise IntegrityError(f"it cannot be read: {fault}", place=str(backup), next_step=step) from fault
    if told.format > FORMAT:
        reason = f"it has format {told.format}, made by custodiet {told.version}; this program knows up to {FORMAT}"
        raise UsageError(reason, place=str(backup), next_step="Use that version, or a later one.")
    for name, wanted in told.files.items():
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()) or not path.is_file() or _hash(path) != wanted:
            raise IntegrityError("it is not what was written", place=f"{backup}, {name}", next_step=step)
        path.chmod(0o600)
    return told


def _copy(database: Path, copy: Path) -> None:
    """The embedded database as it is at one moment, while others write to it."""
    if not database.exists():
        step = "Name the folder of the server with --folder."
        raise UsageError("there is no database here", place=str(database.parent), next_step=step)
    step = "Keep it as it is, and put the last backup elsewhere: custodiet restore."
    try:
        with (
            closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
            # a file that stands alone: no journal beside it is needed to read it
            target.execute("pragma journal_mode=delete")
            if said := look_through(target):
                raise IntegrityError(f"the database is damaged: {said[:200]}", place=str(database), next_step=step)
    except (sqlite3.Error, UnicodeDecodeError) as fault:
        if is_damage(fault):
            said = "" if isinstance(fault, UnicodeDecodeError) else f": {fault}"
            raise IntegrityError(f"the database is damaged{said}", place=str(database), next_step=step) from fault
        raise CustodietError(f"it cannot be copied: {fault}", place=str(database), next_step="Try again.") from fault


def _dump(config: Config, copy: Path) -> None:
    _run("pg_dump", config, "--format=custom", "--no-owner", "--no-privileges", f"--file={copy}")


def _run(program: str, config: Config, *arguments: str) -> None:
    """A program of PostgreSQL on the configured database; the password stands in no list of processes."""
    path, told = shutil.which(program), database_of(config)
    if path is None:
        step = "Install the client programs of PostgreSQL, of the version of its server."
        raise UsageError(f"{program} is not installed", next_step=step)
    names = {"PGDATABASE": "NAME", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGHOST": "HOST", "PGPORT": "PORT"}
    environ: dict[str, Any] = {name: told[key] for name, key in names.items() if told[key]}
    options: Any = told["OPTIONS"]
    environ |= {TLS[name]: value for name, value in options.items()}
    target = [f"--dbname={told['NAME']}"] if program == "pg_restore" else []
    done = subprocess.run(  # noqa: S603 (no shell, and no words of others)
        [path, *target, *arguments], env={**os.environ, **environ}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CustodietError(f"{program}: {done.stderr.strip()[-500:]}", next_step="Nothing was changed.")


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)
