"""A worker: it takes one job at a time, works on a case of its own, and puts the end and the result there at once.

Whenever it is killed or loses the database, the job begins again from what its case holds: batches that were read stay
read. What people see changes in one short transaction, together with the state of the job.
"""

from __future__ import annotations

import gc
import hashlib
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import date, timedelta
from pathlib import Path

from django.db import Error, connection, transaction
from django.db.models import Max

from custodiet.casefile import Case
from custodiet.concluding import Progress
from custodiet.errors import CustodietError
from custodiet.web.alerts import tell
from custodiet.web.checkout import checkout
from custodiet.web.dates import today
from custodiet.web.embedded.base import is_busy
from custodiet.web.generation import Generation, Overtaken, locked
from custodiet.web.jobs import folders, queue
from custodiet.web.jobs.kinds import KINDS, Work
from custodiet.web.knowledge import catalog
from custodiet.web.publish import prepare, show
from custodiet.web.store.models import Body, Decided, Job, Kept, OwnSite, SiteDecision

_LOG = logging.getLogger("custodiet.work")

PULSE = 1.0
"""Seconds between two signs of life."""


class Interrupted(BaseException):
    """Somebody asked to stop, or the worker has to end; no handler of errors may take it for one."""


class _Changed(Exception):
    """Somebody changed what the work rests on while it was done."""


class Told:
    """How far the work is, and whether to go on; shared by the worker and its pulse."""

    def __init__(self) -> None:
        self.doing, self.thousandths = "", 0
        self.stop, self.lost = False, False

    def heed(self) -> None:
        """Stop here where that was asked."""
        if self.stop or self.lost:
            raise Interrupted

    def say(self, doing: str, thousandths: int) -> None:
        """Tell what is being done."""
        self.doing, self.thousandths = doing, max(self.thousandths, thousandths)
        self.heed()

    def progress(self, total: int = 0) -> Progress:
        """As readers and the steps after them tell it: reading takes some two fifths, and the devices as much.

        Args:
            total: bytes of all files that are to be read.
        """
        past = size = since = 0

        def file(name: str, bytes_: int) -> None:
            nonlocal past, size
            past, size = past + size, max(bytes_, 0)
            self.say(f"reading|{name}", 50)
            done(0)

        def done(number: int) -> None:
            share = (past + min(number, size)) / max(total, past + size, 1)
            self.thousandths = max(self.thousandths, 50 + int(350 * share))
            self.heed()

        def step(words: str) -> None:
            nonlocal since
            self.say(words, min(850, max(400, self.thousandths) + 50))
            since = self.thousandths

        def devices(number: int, of: int) -> None:
            self.thousandths = max(self.thousandths, since + (850 - since) * number // max(of, 1))
            self.heed()

        return Progress(file=file, done=done, step=step, devices=devices)


def work_once(
    root: Path, *, pulse: bool = True, dead: timedelta = queue.DEAD, day: Callable[[], date] = today
) -> Job | None:
    """Take a job and do it, if there is one.

    Args:
        root: folder of the web application.
        pulse: be heard of, and hear, while it is done; this takes a thread, with a connection of its own.
        dead: see `queue.take`.
        day: tells which day it is.

    Returns:
        The job as it was taken; none: there was nothing to do.
    """
    job = queue.take(dead=dead)
    if job is None:
        return None
    told, held = Told(), connection.connection
    try:
        with _pulse(job, told) if pulse else nullcontext():
            shown = _do(root, job, told, day)
    except Interrupted:
        if not connection.in_atomic_block:  # it may have come in the middle of anything
            connection.close()
        if told.stop:
            _end(job, "stopped")
        elif not told.lost:
            with suppress(Error):  # where the database is away, it is found as what a dead worker had
                queue.give_back(job)
            raise
    except (queue.Lost, Overtaken):
        pass
    except Exception as fault:
        _broken_off(root, job, fault, held)
    else:
        folders.discard(root, job.id)
        with suppress(Overtaken):  # then the next one takes it out
            shown.tidy()
        return job
    # what was raised is held by frames, and these by it: with them go cursors in the case, which the next try writes
    gc.collect()
    return job


def _broken_off(root: Path, job: Job, fault: Exception, held: object) -> None:
    """A job went wrong, or the database did, which is no fault of the job.

    Args:
        root: see `work_once`.
        job: that was taken.
        fault: what was raised.
        held: the connection by which it was taken; where a transaction lost that, Django has made another by now.
    """
    if is_busy(fault) or connection.connection is not held or not connection.is_usable():
        _LOG.warning("the database went away from a job, which is tried again (%s)", type(fault).__name__)
        if not connection.in_atomic_block:
            connection.close()
        with suppress(Error):  # where it is away still, the job is found as what a dead worker had
            queue.let_go(job)
    elif isinstance(fault, CustodietError):
        # the folder of the job tells where the server keeps it, and how many jobs all bodies have had; and
        # nobody gave what stands in it a name
        place = "" if fault.place.startswith(f"{folders.folder_of(root, job.id)}/") else fault.place
        _end(job, "failed", f"{place}: {fault.reason}" if place else fault.reason, fault.next_step)
    else:
        _LOG.error("a job ended by a fault", exc_info=fault)
        reason = f"something went wrong that was not foreseen ({type(fault).__name__})"
        step = "Try it again. If it stays, send the messages of custodiet serve to whoever maintains it."
        _end(job, "failed", reason, step)


def _end(job: Job, state: str, reason: str = "", next_step: str = "") -> None:
    """An end without a result; one that comes too late is none, since somebody else has the job."""
    with suppress(queue.Lost):
        queue.finish(job, state, reason=reason, next_step=next_step)


def _do(root: Path, job: Job, told: Told, day: Callable[[], date]) -> Generation:
    """Do it; what there was before is to be taken out."""
    path = folders.folder_of(root, job.id) / "case.sqlite"
    for _ in range(queue.MOST_BEGUN):
        base = _case_of(job, path, told)
        with Case(path) as case:
            progress = told.progress(folders.size_of(root, job.id))
            work = Work(job=job, case=case, root=root, catalog=catalog(), progress=progress, today=day())
            came = KINDS[job.kind](work)
        told.say("putting it in", 900)
        try:
            prepared = prepare(path, job.body, catalog(), heed=told.heed)
            with transaction.atomic():
                body = locked(job.body_id)
                if _base(body) != base:
                    raise _Changed
                show(prepared, body)
                tell.published(body, prepared.news)
                queue.finish(job, "done", result=came)
                told.heed()
        except _Changed:
            told.thousandths = 0
        else:
            return prepared.generation
    raise CustodietError("other work on this body always came in between", next_step="Try it again when it is quiet.")


def _case_of(job: Job, path: Path, told: Told) -> str:
    """The working case, as it was left or made anew, and of which state of the body it was made."""
    mark = path.with_name("base")
    base = _base(job.body)
    if path.exists() and mark.exists() and mark.read_text(encoding="ascii") == base:
        return base
    told.say("gathering what is known", 10)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark.unlink(missing_ok=True)
    for _ in range(queue.MOST_BEGUN):
        checkout(job.body, path, told.heed, concluded=False)
        if _base(job.body) == base:
            break
        base = _base(job.body)
    mark.write_text(base, encoding="ascii")
    return base


def _base(body: Body) -> str:
    """What a case of the body rests on: when it was put in, what people decided since, on what it is judged."""
    row = Body.objects.filter(id=body.id).values_list("published", "name", "country", "kind").first()
    decided = Decided.objects.filter(body=body).aggregate(Max("number"))["number__max"]
    answers = SiteDecision.objects.filter(body=body).aggregate(Max("number"))["number__max"]
    sites = OwnSite.objects.filter(body=body).aggregate(Max("number"))["number__max"]
    context = Kept.objects.filter(body=body, key="context").values_list("value", flat=True).first()
    return hashlib.sha256(f"{row} {decided} {answers} {sites} {context}".encode()).hexdigest()


@contextmanager
def _pulse(job: Job, told: Told) -> Iterator[None]:
    """Be heard of while the block runs; where somebody asks to stop, the block hears it, at once in a main thread."""
    ended = threading.Event()
    main = threading.current_thread() is threading.main_thread()

    def run() -> None:
        while not ended.wait(PULSE):
            try:
                told.stop = told.stop or queue.beat(job, told.doing, told.thousandths)
            except queue.Lost:
                told.lost = True
            except Error:  # busy for long, as with a large import: no sign is better than no worker
                connection.close()
            if (told.stop or told.lost) and not ended.is_set():
                if main:
                    os.kill(os.getpid(), signal.SIGUSR1)
                break
        connection.close()

    def raised(_signal: int, _frame: object) -> None:
        if not ended.is_set():
            raise Interrupted

    before = signal.signal(signal.SIGUSR1, raised) if main else None
    thread = threading.Thread(target=run, name="pulse", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        if main:
            signal.signal(signal.SIGUSR1, before)
