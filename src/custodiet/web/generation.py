"""One making of what people see of a body: its rows are put there by short transactions, and shown by one.

While it is made, others write in between, and nobody sees anything of it (`store.models.shown`). Whoever begins a later
one takes it over: the earlier one can neither add to the tables nor be shown any more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from custodiet.web.rows import counted, take_out, there
from custodiet.web.store import models

GENERATIONS: tuple[Any, ...] = (models.Device, models.Standing, models.Column)
"""Tables that are made anew each time."""

ADDED: tuple[tuple[str, Any, str], ...] = (
    ("observation", models.Observation, "observations"),
    ("flow", models.Flow, "flows"),
    ("issue", models.Issue, "issues"),
)
"""Table of a case, our own to which its rows are only added, and column of the body that says up to which are seen."""

COMPARED: tuple[Any, ...] = (models.Change, models.Known)
"""Tables of what is other than it was."""

BREATH = 0.02
"""On the embedded database: seconds for which others are let in after each transaction; who waits looks more often."""

CHECKPOINT = 8
"""On the embedded database: after so many transactions what they wrote goes from the log into the file. Less often, a
page that many of them change is written once; nobody has to wait for it, since it is not part of a transaction."""


class Overtaken(Exception):
    """Somebody began to make a later one."""


class Generation:
    """A making that was begun.

    Args:
        body: whose.
        now: when.
        heed: called before each transaction; whoever wants to stop raises from it.
    """

    def __init__(self, body: models.Body, now: datetime, heed: Callable[[], None]) -> None:
        self._heed = heed
        self._others_until, self._written = 0.0, 0
        with transaction.atomic():
            self.body = locked(body.id)
            self.body.making += 1
            self.body.save(update_fields=["making"])
        self.number = int(self.body.making)
        last = self.body.published
        # a clock that was put back must not show what is being made
        self.at = now if last is None or now > last else last + timedelta(microseconds=1)
        self._take_out_unseen()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A short transaction for rows of it.

        Raises:
            Overtaken: see there.
        """
        self._heed()
        alone = not connection.in_atomic_block
        embedded = alone and connection.vendor == "sqlite"
        if embedded:
            time.sleep(max(0.0, self._others_until - time.monotonic()))
        with transaction.atomic():
            if alone and connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    # nobody sees these rows before a later transaction shows them, and that one waits for the disk
                    cursor.execute("set local synchronous_commit to off")
            if locked(self.body.id).making != self.number:
                raise Overtaken
            yield
        if embedded:
            end = time.monotonic()
            self._written += 1
            if self._written % CHECKPOINT == 0:
                with connection.cursor() as cursor:
                    cursor.execute("pragma wal_checkpoint(passive)")
            # while this looks after the files, and while the next rows are made, others are let in too
            self._others_until = end + BREATH

    def end(self) -> None:
        """When all rows are there: make ready that they are asked for."""
        counted(table._meta.db_table for table in (*GENERATIONS, *(table for _, table, _ in ADDED), *COMPARED))

    def _take_out_unseen(self) -> None:
        """Take out what an earlier one left behind that nobody was shown."""
        for table in GENERATIONS:
            self._all_out(table, "generation > %s", self.body.generation)
            self._all_out(table, "generation < %s", self.body.generation)
        for _, table, column in ADDED:
            self._all_out(table, "number > %s", getattr(self.body, column))
        for table in COMPARED:
            self._all_out(table, "generation > %s", self.body.generation)

    def _all_out(self, table: Any, where: str, value: Any) -> None:
        name, where, values = table._meta.db_table, f"body_id = %s and {where}", [self.body.id, value]
        while there(name, where, values):  # most often nothing is, and to see that locks nobody out
            with self.writing():
                take_out(name, where, values)

    def tidy(self) -> None:
        """When it is shown: take out those before it, whatever was asked of the work meanwhile."""
        self._heed = lambda: None
        for table in GENERATIONS:
            self._all_out(table, "generation < %s", self.number)


def locked(body: str) -> models.Body:
    """The row of a body, which nobody else changes until the transaction ends; others may refer to it."""
    return models.Body.objects.select_for_update(no_key=True).get(id=body)
