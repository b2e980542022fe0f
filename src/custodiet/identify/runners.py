"""Where the functions of `batch` run: in this process, in several on this machine, or in Spark.

A runner moves batches and knows nothing of what is done with them, so the answers are the same wherever they are made.
Only processes of this program are started here; Spark reaches the cluster that its caller set up.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

Function: TypeAlias = Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]
"""Batches in, batches out; a name of a module or a `functools.partial` of one, so that it can be sent to a process."""

IN_FLIGHT = 2
"""Batches under way for each worker: one at work and one waiting, whatever the length of the input."""


def in_this_process(function: Function, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Run a function here."""
    yield from function(batches)


def in_processes(function: Function, batches: Iterable[pa.RecordBatch], workers: int) -> Iterator[pa.RecordBatch]:
    """Run a function in several processes; batches come out in the order in which they went in.

    Args:
        function: what to do with them.
        batches: taken as workers become free, so that memory does not grow with the input.
        workers: processes; they start anew (not as copies of this one), which costs about half a second.
    """
    # spawn: a copy of a process that has threads, as Arrow's has, may stand still for ever
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting: deque[Future[list[pa.RecordBatch]]] = deque()
        try:
            for batch in batches:
                waiting.append(pool.submit(_one, function, batch))
                if len(waiting) >= workers * IN_FLIGHT:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def in_spark(function: Function, frame: DataFrame, schema: pa.Schema) -> DataFrame:
    """Run a function on a cluster.

    Args:
        function: what to do with the batches of each part; the program must be installed where the workers run.
        frame: the rows.
        schema: of the batches that come out.
    """
    from pyspark.sql.pandas.types import from_arrow_schema

    def each(batches: Iterator[Any]) -> Iterator[Any]:
        return function(batches)

    return frame.mapInArrow(each, from_arrow_schema(schema))


def _one(function: Function, batch: pa.RecordBatch) -> list[pa.RecordBatch]:
    return list(function([batch]))
