"""An open case: one SQLite file that holds what was read, what was concluded and what people decided.

Observations, flows and issues are only ever added, in batches; a batch is either there or not, whatever happens to the
process. Conclusions (assets, identifications, findings) are derived from them and are replaced as a whole, in one
transaction. The case file knows nothing of formats, fingerprints or laws.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import groupby, islice, starmap
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import msgspec

from custodiet.casefile.schema import DAMAGED, bring_up_to_date, drop_indexes, explained, make_indexes
from custodiet.casefile.shape import SHAPE, shape
from custodiet.casefile.traffic import COUNTS, FLOW, Traffic
from custodiet.errors import IntegrityError, UsageError
from custodiet.model import Asset, Finding, Flow, Identification, Issue, Observation, Source, Tally
from custodiet.model.observation import is_itself

_OBSERVATION = ", ".join(Observation.__struct_fields__)
_ADD_OBSERVATION = f"insert or ignore into observation ({_OBSERVATION}) values (?,?,?,?,?,?,?,?,?)"
_ADD_FLOW = f"insert or ignore into flow ({FLOW}) values (?,?,?,?,?,?,?,?,?,?,?,?,?)"

RESULTS = 200
"""Judged devices stored at a time: each can hold a hundred findings with their answers."""

MOST_OBSERVATIONS = 10_000
"""Of one device that are weighed: beyond this nothing new is learned, and memory must stay bounded. All are kept."""

WORTH_PACKING = 4000
"""Bytes."""

BATCH = 5000
"""Items a batch: large enough to be quick, small enough that little is read twice after a crash."""

Packed: TypeAlias = tuple[str, bytes | None, bytes, bytes]
"""Id of an asset, its record where that is to change, its identification and its findings, as they are stored."""

T = TypeVar("T")


class Case(Traffic):
    """An open case file.

    Args:
        path: the file; made when it is not there (not when ``must_exist``).
        must_exist: refuse to make a new file, for commands that only show.
        durable: False for a scratch case that is thrown away at the end: no waiting for the disk.

    Raises:
        UsageError: the file is not a case, or is not there.
        IntegrityError: the file is damaged, or was made by a newer version.
    """

    def __init__(self, path: Path, *, must_exist: bool = False, durable: bool = True) -> None:
        if must_exist and not path.is_file():
            raise UsageError(
                "there is no such case file",
                place=str(path),
                next_step="Make one with: custodiet audit INPUT --case FILE",
            )
        self.path = path
        self._durable = durable
        self._indexed = True
        try:
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.execute("pragma foreign_keys = on")
            self._db.execute(f"pragma synchronous = {'full' if durable else 'off'}")
            self._db.execute(f"pragma journal_mode = {'delete' if durable else 'memory'}")
            self._db.execute(f"pragma cache_size = {-16_000 if durable else -32_000}")  # in KiB
            self._db.execute("pragma trusted_schema = off")
            bring_up_to_date(self._db, path)
            if not durable and self._db.execute("select 1 from observation limit 1").fetchone() is None:
                drop_indexes(self._db)
                self._indexed = False
        except sqlite3.DatabaseError as fault:
            raise explained(fault, path) from fault

    def __enter__(self) -> Case:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        try:
            self._db.execute("begin immediate")
        except sqlite3.DatabaseError as fault:
            raise explained(fault, self.path) from fault
        try:
            yield
            self._db.execute("commit")
        except sqlite3.DatabaseError as fault:
            self._rollback()
            raise explained(fault, self.path) from fault
        except BaseException:
            self._rollback()
            raise

    def _rollback(self) -> None:
        if self._db.in_transaction:
            self._db.execute("rollback")

    def _observed(self, sql: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """Rows that observations are part of; a scratch case makes their indexes when it is first asked."""
        if not self._indexed:
            with self.transaction():
                make_indexes(self._db)
            self._indexed = True
        return self._rows(sql, *values)

    def _rows(self, sql: str, *values: object) -> Iterator[tuple[Any, ...]]:
        try:
            # no "yield from": whoever stops early would then close a cursor, maybe of a case that is closed already
            for row in self._db.execute(sql, values):  # noqa: UP028
                yield row
        except sqlite3.DatabaseError as fault:
            raise explained(fault, self.path) from fault

    # --- what was read -------------------------------------------------------------------------------------------

    def begin_source(self, source: Source) -> bool:
        """Note that a source is being read.

        The same bytes read with other headings take the place of the earlier reading, which is kept and not counted.

        Returns:
            False when it was read to its end before, so that nothing needs doing.
        """
        row = next(self._rows("select complete from source where id = ?", source.id), None)
        with self.transaction():
            if row is None:
                packed = msgspec.msgpack.encode(source)
                self._db.execute("insert into source values (?, 0, ?, ?)", (source.id, source.sha256, packed))
            self._db.execute("delete from replaced where source = ?", (source.id,))
            self._db.execute(
                "insert or ignore into replaced select id from source where sha256 = ? and id <> ?",
                (source.sha256, source.id),
            )
        return row is None or not row[0]

    def replace(self, ids: Sequence[str]) -> None:
        """These sources are kept and not counted any more, since another that is about to be read holds all of them."""
        with self.transaction():
            self._db.executemany("insert or ignore into replaced values (?)", ((id,) for id in ids))

    def add(self, items: Sequence[Observation | Flow | Issue | Tally]) -> None:
        """Add one batch; what is there already is left as it is."""
        try:
            self._add(items, _row)
        except UnicodeEncodeError:
            self._add(items, _visible_row)

    def _add(self, items: Sequence[Observation | Flow | Issue | Tally], row: Callable[[Any], tuple[Any, ...]]) -> None:
        kinds: dict[type, list[Any]] = {Observation: [], Flow: [], Issue: [], Tally: []}
        for item in items:
            kinds[type(item)].append(item)
        with self.transaction():
            self._db.executemany(_ADD_OBSERVATION, map(row, kinds[Observation]))
            self._db.executemany(_ADD_FLOW, map(row, kinds[Flow]))
            self._db.executemany("insert or ignore into issue values (?,?,?,?,?)", map(row, kinds[Issue]))
            self._db.executemany(
                "insert or replace into tally values (?, ?)",
                ((tally.source, msgspec.msgpack.encode(tally)) for tally in kinds[Tally]),
            )

    def end_source(self, source: str) -> None:
        """Note that a source was read to its end."""
        with self.transaction():
            self._db.execute("update source set complete = 1 where id = ?", (source,))

    def sources(self) -> tuple[Source, ...]:
        """All sources, by name."""
        return tuple(
            sorted(self._decoded(f"select record from source where id {COUNTS}", Source), key=lambda s: (s.name, s.id))
        )

    def unfinished(self) -> tuple[str, ...]:
        """Ids of sources whose reading was cut short."""
        return tuple(
            str(row[0]) for row in self._rows(f"select id from source where not complete and id {COUNTS} order by id")
        )

    def tallies(self) -> tuple[Tally, ...]:
        """What each reader did."""
        return tuple(self._decoded(f"select record from tally where source {COUNTS} order by source", Tally))

    def issues(self) -> tuple[Issue, ...]:
        """Everything that could not be read, source by source, in whatever order these were given."""
        columns = ", ".join(Issue.__struct_fields__)
        sql = f"select {columns} from issue where source {COUNTS} order by source, rowid"
        rows = self._rows(sql)
        return tuple(msgspec.convert(dict(zip(Issue.__struct_fields__, row, strict=True)), Issue) for row in rows)

    def observations(self, attributes: Sequence[str] = ()) -> Iterator[Observation]:
        """All observations, or those of some attributes, in the order in which they were added."""
        marks = ",".join("?" * len(attributes))
        where = f"where source {COUNTS}" + (f" and attribute in ({marks})" if attributes else "")
        sql = f"select {_OBSERVATION} from observation {where} order by rowid"
        return starmap(Observation, self._observed(sql, *attributes))

    def observations_by_id(self, ids: Iterable[str]) -> tuple[Observation, ...]:
        """The observations with these ids, in the order asked; unknown or changed ones are an integrity failure."""
        wanted = list(dict.fromkeys(ids))
        found: dict[str, Observation] = {}
        for start in range(0, len(wanted), 500):
            some = wanted[start : start + 500]
            sql = f"select {_OBSERVATION} from observation where id in ({','.join('?' * len(some))})"
            found.update((o.id, o) for o in starmap(Observation, self._observed(sql, *some)))
            self._refuse_changed(found[id] for id in some if id in found)
        missing = [i for i in wanted if i not in found]
        if missing:
            raise IntegrityError(
                f"the case cites {len(missing)} observation(s) that it does not hold, first {missing[0]}",
                place=str(self.path),
                next_step="Run custodiet audit again on the inputs with this case.",
            )
        return tuple(found[i] for i in wanted)

    def _refuse_changed(self, cited: Iterable[Observation]) -> None:
        """The id of an observation is made of what it says, so what was changed since does not fit its id."""
        for one in cited:
            if not is_itself(one):
                raise IntegrityError(
                    f"the observation {one.id} is not what it was when it was stored",
                    place=str(self.path),
                    next_step=DAMAGED,
                )

    def subjects(self) -> Iterator[tuple[str, str, float | None, float | None]]:
        """(source, subject, first seen, last seen) of everything that anything was observed of."""
        sql = (
            "select source, subject, min(first_seen), max(last_seen) from observation "
            f"where source {COUNTS} group by source, subject"
        )
        yield from self._observed(sql)

    # --- what people decided -------------------------------------------------------------------------------------

    def decide(self, kind: str, left: str, right: str, by: str, on: str, reason: str) -> None:
        """Record a decision; decisions are added and never changed, the last one on a matter holds."""
        with self.transaction():
            self._db.execute(
                "insert into decision (kind, left_side, right_side, decided_by, decided_on, reason)"
                " values (?,?,?,?,?,?)",
                (kind, left, right, by, on, reason),
            )

    def decisions(self, kind: str) -> tuple[tuple[str, str, str, str, str], ...]:
        """(left, right, by, on, reason) of all decisions of a kind, oldest first."""
        sql = "select left_side, right_side, decided_by, decided_on, reason from decision where kind = ? order by id"
        return tuple(self._rows(sql, kind))

    def remember_columns(self, columns: dict[str, str]) -> None:
        """Remember which field a heading was read as."""
        with self.transaction():
            self._db.executemany("insert or replace into heading values (?, ?)", columns.items())

    def remembered_columns(self) -> dict[str, str]:
        """Heading -> field, as remembered."""
        return {str(h): str(f) for h, f in self._rows("select heading, field from heading")}

    # --- what was concluded --------------------------------------------------------------------------------------

    def replace_assets(self, assets: Iterable[Asset]) -> int:
        """Put these assets in the place of all earlier ones.

        Returns:
            How many there are.
        """
        number = 0
        with self.transaction():
            self._db.execute("insert or replace into meta values (?, ?)", (SHAPE, shape()))
            self._db.execute("delete from asset")
            self._db.execute("delete from membership")
            self._db.execute("delete from place")
            for group in _groups(assets, 1000):
                self._db.executemany(
                    "insert into asset (id, record) values (?, ?)",
                    ((a.id, _encode(a)) for a in group),
                )
                self._db.executemany(
                    "insert into membership values (?, ?, ?)",
                    ((*subject.split("/", 1), a.id) for a in group for subject in a.subjects),
                )
                number += len(group)
        return number

    def assets_with_observations(self, only: str | None = None) -> Iterator[tuple[Asset, list[Observation]]]:
        """Each asset with what was observed of it, at most `MOST_OBSERVATIONS`; or one asset by id.

        In the order of asset ids, and the same whichever source was read first.
        """
        columns = ", ".join(f"o.{name}" for name in _OBSERVATION.split(", "))
        only_one, values = ("where a.id = ? ", [only]) if only else ("", [])
        # cross join: in this order SQLite needs no sorting, which would hold all observations at once
        sql = (
            f"select a.id, {columns} from asset a "
            "cross join membership m on m.asset = a.id "
            "cross join observation o on o.source = m.source and o.subject = m.subject "
            f"{only_one}order by a.id"
        )
        # the records beside them, in the same order: each is fetched once, and not with every observation
        records = self._rows(f"select a.id, a.record from asset a {only_one}order by a.id", *values)
        for identity, rows in groupby(self._observed(sql, *values), key=itemgetter(0)):
            record = next(record for id, record in records if id == identity)
            gathered = [Observation(*observed) for _, *observed in islice(rows, MOST_OBSERVATIONS)]
            yield self._back(_asset, record), gathered

    def observed_of(self, asset: str, attributes: Sequence[str], *, most: int = MOST_OBSERVATIONS) -> list[Observation]:
        """What was observed of an asset under some attributes, at most so many."""
        columns = ", ".join(f"o.{name}" for name in _OBSERVATION.split(", "))
        sql = (
            f"select {columns} from membership m "
            "cross join observation o on o.source = m.source and o.subject = m.subject "
            f"where m.asset = ? and o.attribute in ({','.join('?' * len(attributes))}) limit ?"
        )
        return list(starmap(Observation, self._observed(sql, asset, *attributes, most)))

    def observed_at(
        self, places: range, attributes: Sequence[str], sources: Sequence[str]
    ) -> dict[int, list[Observation]]:
        """What some sources say under some attributes of the assets at some places; those without any are left out."""
        columns = ", ".join(f"o.{name}" for name in _OBSERVATION.split(", "))
        sql = (
            f"select p.number, {columns} from place p "
            "cross join membership m on m.asset = p.asset and m.source in (select value from json_each(?)) "
            "cross join observation o on o.source = m.source and o.subject = m.subject "
            f"where p.number >= ? and p.number < ? and o.attribute in ({','.join('?' * len(attributes))}) "
            "order by p.number, o.rowid"
        )
        found: dict[int, list[Observation]] = {}
        chosen = msgspec.json.encode(list(sources)).decode()
        for place, *observed in self._observed(sql, chosen, places.start, places.stop, *attributes):
            found.setdefault(place, []).append(Observation(*observed))
        return found

    def conclude(self, results: Iterable[tuple[Asset, Identification, tuple[Finding, ...]]]) -> None:
        """Store what was concluded of assets as it is made, some hundred in one transaction.

        Args:
            results: assets as `replace_assets` took them, some with a place; identification and findings of each.
        """
        for group in _groups((self.pack(*result) for result in results), RESULTS):
            self.store(group)

    def pack(self, asset: Asset, identification: Identification, findings: tuple[Finding, ...]) -> Packed:
        """What was concluded of one asset, as it is stored; asks nothing of the file."""
        placed = asset.site or asset.zone or asset.placed_by
        return asset.id, _encode(asset) if placed else None, self._packed(identification), self._packed(findings)

    def store(self, group: Sequence[Packed]) -> None:
        """Store what was concluded of some hundred assets, in one transaction."""
        with self.transaction():
            self._db.executemany(
                "update asset set record = ? where id = ?", ((record, id) for id, record, *_ in group if record)
            )
            self._db.executemany(
                "update asset set identification = ?, findings = ? where id = ?", ((i, f, id) for id, _, i, f in group)
            )

    def _packed(self, value: Any) -> bytes:
        """A dossier repeats its words: packed, it takes a tenth of the room, which a scratch case is not worth."""
        plain = _encode(value)
        return b"z" + zlib.compress(plain, 1) if self._durable and len(plain) > WORTH_PACKING else b"=" + plain

    def order(self, ids: Iterable[str]) -> None:
        """Remember the order in which assets are shown."""
        with self.transaction():
            self._db.execute("delete from place")
            self._db.executemany("insert into place (asset) values (?)", ((asset,) for asset in ids))

    def count_placed(self) -> int:
        """How many assets there are that have a place in the order in which they are shown."""
        return int(next(self._rows("select count(*) from place"))[0])

    def conclusions(
        self, asset: str | None = None, places: range | None = None
    ) -> Iterator[tuple[Asset, Identification, tuple[Finding, ...]]]:
        """Assets with what was concluded, in the order in which they are shown; or one by its id, or some by place."""
        where: str = "where a.id = ?" if asset else ""
        values: tuple[str | int, ...] = (asset,) if asset else ()
        if places is not None:
            where, values = "where p.number >= ? and p.number < ?", (places.start, places.stop)
        sql = (
            "select a.record, a.identification, a.findings from place p "
            f"cross join asset a on a.id = p.asset {where} order by p.number"
        )
        for record, identification, findings in self._rows(sql, *values):
            yield (
                self._concluded(_asset, record),
                self._concluded(_identification, identification),
                self._concluded(_findings, findings),
            )

    def set_meta(self, key: str, value: str) -> None:
        """Remember one thing about the case as a whole."""
        with self.transaction():
            self._db.execute("insert or replace into meta values (?, ?)", (key, value))

    def set_metas(self, kept: dict[str, str]) -> None:
        """Remember many things at once."""
        with self.transaction():
            self._db.executemany("insert or replace into meta values (?, ?)", kept.items())

    def meta(self, key: str) -> str | None:
        """What was remembered, or None."""
        row = next(self._rows("select value from meta where key = ?", key), None)
        return None if row is None else str(row[0])

    def metas(self, prefix: str) -> dict[str, str]:
        """All that was remembered under keys that begin so, in the order of the keys."""
        rows = self._rows("select key, value from meta where substr(key, 1, ?) = ? order by key", len(prefix), prefix)
        return {str(key): str(value) for key, value in rows}

    def check(self) -> None:
        """Ask SQLite whether the file is sound.

        Raises:
            IntegrityError: it is not.
        """
        row = next(self._rows("pragma integrity_check(1)"))
        if row[0] != "ok":
            raise IntegrityError(f"the case file is damaged: {row[0]}", place=str(self.path), next_step=DAMAGED)

    def _decoded(self, sql: str, kind: type[T]) -> Iterator[T]:
        for row in self._rows(sql):
            yield self._back(partial(msgspec.msgpack.decode, type=kind), row[0])

    def _back(self, decode: Callable[[bytes], T], stored: bytes) -> T:
        """What was stored; bytes that no longer hold it are an integrity failure."""
        try:
            return decode(stored)
        except (msgspec.DecodeError, zlib.error, TypeError) as fault:
            reason = "a record in it is not what was stored"
            raise IntegrityError(reason, place=str(self.path), next_step=DAMAGED) from fault

    def _concluded(self, decode: Callable[[bytes], T], stored: bytes) -> T:
        """What was concluded, as it was stored; another version may have done that in a form of its own."""
        try:
            return self._back(decode, stored)
        except IntegrityError as fault:
            if self.meta(SHAPE) == shape():
                raise
            raise self.of_another_version() from fault

    def of_another_version(self) -> UsageError:
        """What to tell of conclusions that this version does not understand."""
        reason = "what was concluded in this case was stored by another version of custodiet"
        step = f"Run custodiet audit again on the inputs with --case {self.path}; what was read before is kept."
        return UsageError(reason, place=str(self.path), next_step=step)


def _groups(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of at most ``size``."""
    left = iter(items)
    while group := list(islice(left, size)):
        yield group


_row = msgspec.structs.astuple
_encode = msgspec.msgpack.Encoder().encode
_asset = msgspec.msgpack.Decoder(Asset).decode


def _visible_row(item: Any) -> tuple[Any, ...]:
    """SQLite takes no lone surrogates: a file name can hold them, so they are written visibly."""
    return tuple(v.encode("utf-8", "backslashreplace").decode() if isinstance(v, str) else v for v in _row(item))


def _plain(stored: bytes) -> bytes:
    return zlib.decompress(stored[1:]) if stored[:1] == b"z" else stored[1:]


def _identification(stored: bytes) -> Identification:
    return msgspec.msgpack.decode(_plain(stored), type=Identification)


def _findings(stored: bytes) -> tuple[Finding, ...]:
    return msgspec.msgpack.decode(_plain(stored), type=tuple[Finding, ...])
