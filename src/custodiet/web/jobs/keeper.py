"""The worker of ``custodiet serve``: a process of its own, so that pages stay quick while it reads and concludes.

It begins anew and not as a copy of this process, which has threads. It ends with it; where this process is killed, it
ends the job it has and then itself. Where it ends by itself, as when memory runs out, another takes its place.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from typing import Any

from custodiet.web.config import Config

_LOG = logging.getLogger("custodiet.worker")

PAUSE = 1.0
"""Seconds between two looks whether there is work."""

REST = 60.0
"""Seconds without work after which a worker that had some makes room for another."""

BEHIND = 5
"""How far the worker stands behind the server; more, and it could itself be held up while others wait for it."""


def keep_worker(config: Config) -> Callable[[], None]:
    """Have a worker at work.

    Returns:
        A function that ends it.
    """
    context = get_context("spawn")
    ended = threading.Event()
    current: list[BaseProcess] = []

    def run() -> None:
        while not ended.is_set():
            process = context.Process(target=work_for_ever, args=(config,), name="custodiet worker")
            process.start()
            current[:] = [process]
            process.join()
            if (code := process.exitcode) and not ended.is_set():
                _LOG.error("%s; another takes its place", how_it_ended(code))
            ended.wait(PAUSE)  # one that cannot even begin must not begin all the time

    keeper = threading.Thread(target=run, name="keeper", daemon=True)
    keeper.start()

    def end() -> None:
        ended.set()
        for process in current:
            process.terminate()
        keeper.join(10)

    return end


def how_it_ended(code: int) -> str:
    """How a worker ended that had no time to say it.

    Args:
        code: with which it ended; below 0 the signal that ended it.
    """
    if code > 0:
        return f"the worker ended with {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = str(-code)
    often = ", as where memory runs out" if name == "SIGKILL" else ""
    return f"the worker was ended from outside by {name}{often}"


def work_for_ever(config: Config) -> None:
    """Do one job after the other and send what is due between them, until told to end or whoever began it is gone.

    Where there was work and then none for a while, it ends too: a new one takes its place, with less memory.
    """
    from custodiet.web.lines import log_in_lines

    log_in_lines()
    try:
        _work(config)
    except Exception:
        # a line of the log, as all that is said here; whoever began us begins another
        _LOG.exception("the worker ended by a fault")
        raise SystemExit(1) from None


def _work(config: Config) -> None:
    from custodiet.web.start import start

    start(config)
    from django.db import Error, close_old_connections, connection

    from custodiet.web import traces
    from custodiet.web.alerts.daily import look
    from custodiet.web.alerts.deliver import deliver
    from custodiet.web.jobs.folders import tidy
    from custodiet.web.jobs.work import Interrupted, work_once

    def end(*_: Any) -> None:
        raise Interrupted

    with suppress(AttributeError, OSError):  # not every system has it, and a unit may forbid it
        os.nice(BEHIND)  # where there is too little of it, the processor is for who waits for a page
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever began it, who then ends us
    signal.signal(signal.SIGTERM, end)
    # observations and claims are made by the hundred thousand and hold no circles
    gc.set_threshold(100_000, 20, 20)
    ended, parent = threading.Event(), parent_process()
    worked, rested = False, 0.0
    try:
        tidy(config.folder)
        while parent is None or parent.is_alive():
            (config.folder / traces.WORKER).touch(0o600)
            try:
                close_old_connections()
                look(datetime.now(UTC))
                deliver(lambda: datetime.now(UTC))
                if work_once(config.folder) is not None:
                    worked, rested = True, 0.0
                elif worked and rested >= REST:
                    break
                else:
                    ended.wait(PAUSE)
                    rested += PAUSE
            except Error:
                _LOG.exception("the database cannot be asked")
                connection.close()
                ended.wait(5 * PAUSE)
    except Interrupted:
        pass
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # we end anyhow
