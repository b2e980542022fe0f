"""Turns at writing into the embedded database."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("django", reason="the extra `web` is not installed")


@contextmanager
def connected(path: Path, timeout: float) -> Iterator[Any]:
    """A connection of ours to a database of its own, beside that of the other tests."""
    from custodiet.web.embedded.base import DatabaseWrapper

    options = {"timeout": timeout, "transaction_mode": "IMMEDIATE"}
    told = {"NAME": str(path), "OPTIONS": options, "AUTOCOMMIT": True, "ATOMIC_REQUESTS": False, "CONN_MAX_AGE": 0}
    told |= {"CONN_HEALTH_CHECKS": False, "TIME_ZONE": None, "USER": "", "PASSWORD": "", "HOST": "", "PORT": ""}
    one = DatabaseWrapper(told, alias="other")
    one.inc_thread_sharing()
    try:
        yield one
    finally:
        one.close()


def begin(one: Any) -> None:
    one.ensure_connection()
    one._start_transaction_under_autocommit()


@pytest.fixture
def writer(web: None, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Somebody else."""
    with sqlite3.connect(tmp_path / "x.sqlite", isolation_level=None, check_same_thread=False) as db:
        db.execute("pragma journal_mode = wal")
        db.execute("create table t (a)")
        yield db
    db.close()


def test_who_waits_gets_a_turn_between_long_transactions(writer: sqlite3.Connection, tmp_path: Path) -> None:
    from custodiet.web.generation import BREATH

    ended = threading.Event()

    def write() -> None:
        while not ended.is_set():
            writer.execute("begin immediate")
            time.sleep(0.3)
            writer.execute("commit")
            time.sleep(BREATH)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        with connected(tmp_path / "x.sqlite", 20) as one:
            longest = 0.0
            for _ in range(5):
                start = time.monotonic()
                begin(one)
                longest = max(longest, time.monotonic() - start)
                one.connection.execute("rollback")
                time.sleep(0.05)
    finally:
        ended.set()
        thread.join()
    assert longest < 6 * (0.3 + BREATH)


def test_waiting_ends(writer: sqlite3.Connection, tmp_path: Path) -> None:
    from django.db import OperationalError

    from custodiet.web.embedded.base import is_busy

    writer.execute("begin immediate")
    with connected(tmp_path / "x.sqlite", 0.2) as one:
        start = time.monotonic()
        with pytest.raises(OperationalError) as told:
            begin(one)
        assert is_busy(told.value) and 0.2 <= time.monotonic() - start < 5
        assert one.connection.execute("pragma busy_timeout").fetchone() == (200,)


def test_another_fault_is_no_matter_of_waiting(web: None) -> None:
    from django.db import OperationalError

    from custodiet.web.embedded.base import is_busy

    assert (
        not is_busy(OperationalError("no such table: device"))
        and not is_busy(ValueError("locked"))
        and not is_busy(None)
    )


def test_pages_write_by_turns_of_ours(person: Callable[..., Any]) -> None:
    from django.db import connections

    from custodiet.web.embedded.base import DatabaseWrapper

    connection = connections["default"]
    assert connection.vendor == "postgresql" or isinstance(connection, DatabaseWrapper)
