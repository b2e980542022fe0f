"""Where work runs: in this process, in several on this machine, or in Spark.

A runner moves batches, or questions and answers, and knows nothing of what is done with them, so the answers are the
same wherever they are made. Only processes of this program are started here, of two kinds: those for the functions of
`batch` start anew; a `Copy` knows whatever this process knew when it was made, so nothing is loaded or compiled twice.
Spark reaches the cluster that its caller set up.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import msgspec

from custodiet.errors import CustodietError

if TYPE_CHECKING:  # to start one of these is for who needs it: an ordinary command does not wait for their modules
    from concurrent.futures import Future, ProcessPoolExecutor
    from multiprocessing.connection import Connection

    import pyarrow as pa
    from pyspark.sql import DataFrame

Function: TypeAlias = "Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]"
"""Batches in, batches out; a name of a module or a `functools.partial` of one, so that it can be sent to a process."""

Work: TypeAlias = Callable[[bytes], bytes]
"""What a copy does with a question: it gives the answer."""

Q = TypeVar("Q")
A = TypeVar("A")

IN_FLIGHT = 2
"""Batches, or questions, under way for each worker: one at work and one waiting, whatever the length of the input."""

MOST_COPIES = 4
"""Copies at work: beyond this the process that takes the answers is the slowest of them."""

_ANSWER, _FAULT = b"=", b"!"
"""The first byte of what a copy sends."""


def in_this_process(function: Function, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Run a function here."""
    yield from function(batches)


def in_processes(function: Function, batches: Iterable[pa.RecordBatch], workers: int) -> Iterator[pa.RecordBatch]:
    """Run a function in several processes; batches come out in the order in which they went in.

    Args:
        function: what to do with them.
        batches: taken as workers become free, so that memory does not grow with the input.
        workers: processes, as `processes` makes them.
    """
    with processes(workers) as made:
        for several in made.each(partial(_one, function), batches):
            yield from several


class Processes:
    """Processes that do what they are given, one thing after the other."""

    def __init__(self, pool: ProcessPoolExecutor, number: int) -> None:
        self._pool = pool
        self._number = number

    def each(self, function: Callable[[Q], A], questions: Iterable[Q]) -> Iterator[A]:
        """What a function says to each of many, in their order.

        Args:
            function: a name of a module or a `functools.partial` of one.
            questions: taken as processes become free, so that memory does not grow with their number.
        """
        waiting: deque[Future[A]] = deque()
        try:
            for question in questions:
                waiting.append(self._pool.submit(function, question))
                if len(waiting) >= self._number * IN_FLIGHT:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


@contextmanager
def processes(number: int) -> Iterator[Processes]:
    """Processes that start anew (not as copies of this one), which costs about half a second at the first question."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # spawn: a copy of a process that has threads, as Arrow's has, may stand still for ever when it uses what they held
    with ProcessPoolExecutor(number, mp_context=get_context("spawn"), initializer=seldom_look_for_circles) as pool:
        yield Processes(pool, number)


def seldom_look_for_circles() -> None:
    """Rows and evidence hold no circles of objects, and the catalog stays to the end.

    To look for circles as often as Python does by itself takes a quarter of the time of a count.
    """
    gc.set_threshold(100_000, 50, 100)
    gc.freeze()


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


def processors() -> int:
    """How many copies of this process are worth making, at most `MOST_COPIES`; 1 where it cannot be copied safely."""
    return min(len(os.sched_getaffinity(0)), MOST_COPIES) if sys.platform == "linux" else 1


class Copy:
    """A copy of this process that answers questions one after the other, as they come; see `copies`."""

    def __init__(self, begin: Callable[[], Work], others: Iterable[Copy]) -> None:
        from multiprocessing import get_context

        context = get_context("fork")
        self._channel, theirs = context.Pipe()
        not_theirs = [self._channel, *(other._channel for other in others)]
        self._process = context.Process(target=_serve, args=(begin, theirs, not_theirs), daemon=True)
        # Ctrl-C is for this process alone, which then ends the copies: a copy is born with it held back
        held_back = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            with warnings.catch_warnings():
                # a progress bar has a thread; the copies never touch what it holds
                warnings.simplefilter("ignore", DeprecationWarning)
                self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, held_back)
            theirs.close()  # so that the end of the copy is seen here

    def ask(self, question: bytes) -> None:
        """Send a question and do not wait for the answer.

        Raises:
            CustodietError: the copy was ended from outside.
        """
        try:
            self._channel.send_bytes(question)
        except OSError as fault:
            raise _ended() from fault

    def answer(self) -> bytes:
        """Wait for the answer to the oldest question that has none yet.

        Raises:
            CustodietError: the copy failed, or was ended from outside.
        """
        try:
            told = self._channel.recv_bytes()
        except (EOFError, OSError) as fault:
            raise _ended() from fault
        if told[:1] == _FAULT:
            reason, place, next_step, kind = msgspec.msgpack.decode(told[1:], type=tuple[str, str, str, str])
            kinds = {one.__name__: one for one in CustodietError.__subclasses__()}
            raise kinds.get(kind, CustodietError)(reason, place=place, next_step=next_step)
        return told[1:]

    def end(self) -> None:
        """End it, whatever it does: it only answers, so nothing can be left half done."""
        self._process.kill()
        self._process.join()
        self._process.close()
        self._channel.close()


@contextmanager
def copies(begin: Callable[[], Work], number: int) -> Iterator[list[Copy]]:
    """Copies of this process, which end with the block, or when this process is killed.

    Args:
        begin: called in each copy before its first question, gives what answers. It uses no file or database that was
            opened in this process, and whatever it prints is lost.
        number: how many.
    """
    made: list[Copy] = []
    try:
        for _ in range(number):
            made.append(Copy(begin, made))
        yield made
    finally:
        for copy in made:
            copy.end()


def in_order(asked: Sequence[Copy], questions: Iterable[bytes]) -> Iterator[bytes]:
    """Put questions to copies in turn; the answers come in the order of the questions.

    Args:
        asked: the copies, none of which has a question yet.
        questions: taken as answers come, so that memory does not grow with their number.
    """
    waiting: deque[Copy] = deque()
    for place, question in enumerate(questions):
        if len(waiting) >= len(asked) * IN_FLIGHT:
            yield waiting.popleft().answer()
        copy = asked[place % len(asked)]
        copy.ask(question)
        waiting.append(copy)
    while waiting:
        yield waiting.popleft().answer()


def _ended() -> CustodietError:
    return CustodietError(
        "a process of this command was ended from outside, perhaps for want of memory",
        next_step="Run the same command again; with --case it goes on from what was read.",
    )


def _serve(begin: Callable[[], Work], channel: Connection, not_ours: Iterable[Connection]) -> None:
    """What a copy does until nobody asks any more."""
    sys.stdout = sys.stderr = None  # they may be locked for ever by a thread that was not copied
    gc.freeze()  # what is shared with the first process stays shared where nobody looks for circles in it
    for other in not_ours:
        other.close()  # so that the end of the first process is seen here
    asked: SimpleQueue[bytes | None] = SimpleQueue()
    Thread(target=_take_in, args=(channel, asked), daemon=True).start()
    work: Work | None = None
    while (question := asked.get()) is not None:
        try:
            work = work or begin()
            told = _ANSWER + work(question)
        except CustodietError as fault:
            told = _fault(fault.reason, fault.place, fault.next_step, type(fault).__name__)
        except Exception as fault:
            told = _fault(f"a process of this command failed: {type(fault).__name__}: {fault}")
        try:
            channel.send_bytes(told)
        except OSError:
            return  # nobody waits for the answer


def _take_in(channel: Connection, asked: SimpleQueue[bytes | None]) -> None:
    """Take questions in as they come: else two processes could wait for ever, each for the other to take something."""
    try:
        while True:
            asked.put(channel.recv_bytes())
    except (EOFError, OSError):
        asked.put(None)  # nobody asks any more


def _fault(*words: str) -> bytes:
    reason, place, next_step, kind = (*words, "", "", "")[:4]
    said = tuple(one.encode("utf-8", "backslashreplace").decode() for one in (reason, place, next_step, kind))
    return _FAULT + msgspec.msgpack.encode(said)
