"""Counting on a Spark cluster: the same functions as on one machine, on the parts that Spark makes.

Spark reads the lines, keeps rows of one address and of one device together, and adds up. What a row says, which device
it speaks about and what a device is are decided by `rows`, `devices` and `tally`, as everywhere.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from custodiet.count.devices import MANY_ADDRESSES, join
from custodiet.count.gather import Counted
from custodiet.count.local import ScanFile, concluder
from custodiet.count.rows import LINES, SCHEMA, WORD, rows_of_lines
from custodiet.count.tally import Column, Kind, tally
from custodiet.errors import SourceError, UsageError
from custodiet.model import Issue

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

PARTS = 256
"""Parts by address and by device; each must fit into the memory of one worker."""

PLAIN = pa.schema(
    [
        pa.field(
            field.name, pa.string() if field.type == WORD else pa.int64() if field.type == pa.uint64() else field.type
        )
        for field in SCHEMA
    ]
)
"""The rows as Spark knows them: it has neither dictionaries nor numbers without a sign."""

_DEVICES = pa.schema(
    [
        ("device", pa.int64()),
        ("owned", pa.bool_()),
        *((name, pa.string()) for name in ("evidence", "country", "network")),
    ]
)
_KINDS = pa.schema([*((name, pa.string()) for name in Kind._fields), ("devices", pa.int64())])


def session(master: str) -> SparkSession:
    """A Spark session.

    Args:
        master: address of the cluster, or ``local[N]`` for N cores of this machine.

    Raises:
        UsageError: Spark is not installed.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as fault:
        raise UsageError(
            "Spark is not installed", place="--engine spark", next_step="Install it: pip install 'custodiet[spark]'"
        ) from fault
    here = master.startswith("local")
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "8" if here else str(PARTS),
        "spark.sql.execution.arrow.maxRecordsPerBatch": "5000",
    }
    if here:  # everything on this machine: this Python, and no address but its own
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # Spark asks nowhere else which Python its workers are
    builder = SparkSession.builder.master(master).appName("custodiet count")
    for name, value in settings.items():
        builder = builder.config(name, value)
    made: SparkSession = builder.getOrCreate()
    made.sparkContext.setLogLevel("ERROR")
    return made


def count_in_spark(
    spark: SparkSession, files: Sequence[ScanFile], *, folders: tuple[str, ...] | None = None
) -> tuple[Counted, list[Issue]]:
    """Count the devices in scan exports, one record a line.

    Args:
        spark: where to count; the program must be installed where its workers run.
        files: what to read; they must lie where the workers can read them.
        folders: catalog folders, at the same path on every worker; none: the catalog that came with the program.

    Returns:
        The count, and what could not be read.

    Raises:
        SourceError: a file has no record a line.
    """
    from pyspark.sql import functions as f

    rows = _rows(spark, files, folders).cache()
    refused = rows.filter("refused != ''").groupBy("refused").agg(f.count("*").alias("times")).collect()
    names = ", ".join(file.name for file in files)
    unread = [
        Issue(
            source=names,
            place=f"{found.times:,} lines",
            reason=found.refused,
            next_step="The rest was counted.",
            severity="incomplete",
        )
        for found in refused
    ]
    rows = rows.filter("refused = ''")
    shown = rows.filter("identity != 0").groupBy("identity").agg(f.countDistinct("address").alias("addresses"))
    defaults = np.sort(
        np.array([row.identity for row in shown.filter(f"addresses > {MANY_ADDRESSES}").collect()], np.int64).view(
            np.uint64
        )
    )
    # Spark looks at the annotations of what it is given, so these are functions and no partials

    def to_devices(table: pa.Table) -> pa.Table:
        return _devices_of(defaults, table)

    def to_kinds(table: pa.Table) -> pa.Table:
        return _kinds_of(folders, table)

    part = f.pmod("address", f.lit(PARTS))
    devices = rows.groupBy(part).applyInArrow(to_devices, _schema(_DEVICES)).cache()
    kinds = (
        devices.filter("owned")
        .groupBy(f.pmod("device", f.lit(PARTS)))
        .applyInArrow(to_kinds, _schema(_KINDS))
        .groupBy(*Kind._fields)
        .agg(f.sum("devices").alias("devices"))
    )
    counted: Counter[Kind] = Counter({Kind(*row[:-1]): row[-1] for row in kinds.collect()})
    days = rows.filter("day >= 0").agg(f.min("day"), f.max("day")).collect()[0]
    made = Counted(
        kinds=counted,
        rows=rows.count(),
        unowned=devices.filter("not owned").count(),
        first_day=days[0],
        last_day=days[1],
    )
    devices.unpersist()
    rows.unpersist()
    return made, unread


def _rows(spark: SparkSession, files: Sequence[ScanFile], folders: tuple[str, ...] | None) -> DataFrame:
    frames = []
    for file in files:
        if not file.by_line:
            raise SourceError(
                "Spark counts exports with one record a line",
                place=file.name,
                next_step="Use --engine local for this file, or export it as JSON lines.",
            )
        lines = spark.read.text(str(file.path))
        workers = spark.sparkContext.defaultParallelism
        if lines.rdd.getNumPartitions() < workers:  # one packed file is one part, whatever its size
            lines = lines.repartition(workers * 4)
        frames.append(lines.mapInArrow(partial(_rows_of, file.reader.id, folders), _schema(PLAIN)))
    together = frames[0]
    for frame in frames[1:]:
        together = together.unionByName(frame)
    return together


def _rows_of(format: str, folders: tuple[str, ...] | None, batches: Iterator[Any]) -> Iterator[Any]:
    """Lines as Spark reads them -> rows as Spark knows them."""
    for batch in rows_of_lines((_lines(format, batch) for batch in batches), folders):
        yield _plain(batch)


def _lines(format: str, batch: Any) -> pa.RecordBatch:
    block = "\n".join(line or "" for line in batch.column(0).to_pylist()).encode("utf-8", "surrogatepass")
    return pa.RecordBatch.from_arrays(
        [pa.array([format]), pa.array([1], pa.int64()), pa.array([block], pa.large_binary())], schema=LINES
    )


def _plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    columns = [
        column.view(pa.int64()) if column.type == pa.uint64() else column.cast(field.type)
        for column, field in zip(batch.columns, PLAIN, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=PLAIN)


def _devices_of(defaults: Any, rows: pa.Table) -> pa.Table:
    """All rows of some addresses -> the device each speaks about."""
    address, identity = (rows.column(name).to_numpy().view(np.uint64) for name in ("address", "identity"))
    joined = join(address, identity, defaults)
    words = [rows.column(name) for name in ("evidence", "country", "network")]
    return pa.table([pa.array(joined.device.view(np.int64)), pa.array(joined.owned), *words], schema=_DEVICES)


def _kinds_of(folders: tuple[str, ...] | None, rows: pa.Table) -> pa.Table:
    """All rows of some devices -> how many of each kind."""
    columns = []
    for name in ("evidence", "country", "network"):
        encoded = rows.column(name).combine_chunks().dictionary_encode()
        columns.append(Column(encoded.indices.to_numpy(zero_copy_only=False), encoded.dictionary.to_pylist()))
    counted = tally(
        rows.column("device").to_numpy().view(np.uint64), columns[0], columns[1], columns[2], concluder(folders)
    )
    values = [[getattr(kind, name) for kind in counted] for name in Kind._fields]
    return pa.table(
        [*(pa.array(value, pa.string()) for value in values), pa.array(list(counted.values()), pa.int64())],
        schema=_KINDS,
    )


def _schema(schema: pa.Schema) -> Any:
    from pyspark.sql.pandas.types import from_arrow_schema

    return from_arrow_schema(schema)
