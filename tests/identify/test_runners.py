"""One process, several, Spark: the same rows come out."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from small import catalog, fingerprint
from workers import broken, passed_on

pa = pytest.importorskip("pyarrow", reason="the extra `bulk` is not installed")

from custodiet.identify.batch import (  # noqa: E402
    CONCLUSIONS,
    FACTS,
    conclude_batches,
    evidence_batches,
    evidence_schema,
)
from custodiet.identify.runners import in_processes, in_spark, in_this_process  # noqa: E402

SERVER = fingerprint("acme-server", "http.server", "{ manufacturer: acme, device_class: camera }", regex="^AcmeCam")
TITLE = fingerprint("rival-title", "http.title", "{ manufacturer: rival }", equals="[Rival]")
SCHEMA = pa.schema([("device", pa.string()), ("attributes", FACTS)])


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    folder = tmp_path_factory.mktemp("catalog")
    catalog(folder, SERVER, TITLE)
    return (str(folder),)


@pytest.fixture(scope="module")
def table() -> Any:
    """3,000 rows about 1,000 devices: three in seven say who made them, one in seven says two things."""
    rows = []
    for number in range(3_000):
        facts = [
            {"attribute": "http.server", "value": f"AcmeCam/{number % 50}" if number % 7 < 2 else f"nginx {number} é"}
        ]
        if number % 7 in (1, 3):
            facts.append({"attribute": "http.title", "value": "Rival"})
        rows.append({"device": f"device-{number % 1000}", "attributes": facts})
    return pa.Table.from_pylist(rows, schema=SCHEMA)


@pytest.fixture(scope="module")
def expected(table: Any, folders: tuple[str, ...]) -> Any:
    function = partial(evidence_batches, fields=("manufacturer",), folders=folders)
    found = pa.Table.from_batches(in_this_process(function, table.to_batches(max_chunksize=250)))
    assert found.num_rows == 3_000
    assert sum(bool(text) for text in found.column("evidence").to_pylist()) == sum(
        number % 7 in (0, 1, 3) for number in range(3_000)
    )
    return found


def test_several_processes_give_the_same_in_the_same_order(table: Any, expected: Any, folders: tuple[str, ...]) -> None:
    function = partial(evidence_batches, fields=("manufacturer",), folders=folders)
    assert pa.Table.from_batches(in_processes(function, table.to_batches(max_chunksize=250), 2)).equals(expected)


def test_input_is_taken_as_workers_become_free(table: Any) -> None:
    taken = 0

    def counted() -> Iterator[Any]:
        nonlocal taken
        for batch in table.to_batches(max_chunksize=100):
            taken += 1
            yield batch

    out = in_processes(passed_on, counted(), 1)
    next(out)
    assert taken <= 3
    out.close()  # type: ignore[attr-defined]


def test_a_fault_in_a_worker_is_heard(table: Any) -> None:
    with pytest.raises(ValueError, match="in a worker"):
        list(in_processes(broken, table.to_batches(max_chunksize=100), 2))


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("the extra `spark` is not installed")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("there is no Java on this machine")
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.mark.filterwarnings("ignore")  # of pyspark and pandas
def test_spark_gives_the_same(spark: Any, table: Any, expected: Any, folders: tuple[str, ...], tmp_path: Path) -> None:
    from pyspark.sql import functions as sql

    function = partial(evidence_batches, fields=("manufacturer",), folders=folders)
    rows = in_spark(function, spark.createDataFrame(table), evidence_schema(SCHEMA))
    assert sorted_rows(rows.toArrow()) == sorted_rows(expected)

    devices = rows.groupBy("device").agg(sql.collect_list("evidence").alias("evidence"))
    found = in_spark(partial(conclude_batches, folders=folders), devices, CONCLUSIONS).toArrow()
    here = expected.group_by("device").aggregate([("evidence", "list")]).rename_columns(["device", "evidence"])
    assert sorted_rows(found) == sorted_rows(
        pa.Table.from_batches(in_this_process(partial(conclude_batches, folders=folders), here.to_batches()))
    )


def sorted_rows(table: Any) -> list[tuple[Any, ...]]:
    return sorted(tuple(row.values()) for row in table.to_pylist())
