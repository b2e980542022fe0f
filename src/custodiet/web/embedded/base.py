"""SQLite as Django has it, but who waits for a turn at writing looks for it more often.

SQLite looks ten times a second. Where one process writes much, with a breath between its transactions
(`custodiet.web.generation`), others would miss most of these.
"""

from __future__ import annotations

import time

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

LOOK = 0.004
"""Seconds between looks."""


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to the embedded database."""

    def _start_transaction_under_autocommit(self) -> None:
        """Begin to write, as soon as nobody else does.

        Raises:
            OperationalError: somebody else wrote for the whole of the time that ``timeout`` says.
        """
        timeout = float(self.settings_dict["OPTIONS"]["timeout"])
        until = time.monotonic() + timeout
        self.connection.execute("pragma busy_timeout = 0")
        try:
            while True:
                try:
                    return super()._start_transaction_under_autocommit()
                except OperationalError as fault:
                    if not is_busy(fault) or time.monotonic() > until:
                        raise
                time.sleep(LOOK)
        finally:
            self.connection.execute(f"pragma busy_timeout = {timeout * 1000:.0f}")


def is_busy(fault: BaseException | None) -> bool:
    """Whether the database could not be written because somebody else wrote."""
    return isinstance(fault, OperationalError) and "locked" in str(fault)
