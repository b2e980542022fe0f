"""Who asks for work, who takes it, and who is still at it. Several workers take from it safely.

A job belongs to whoever holds its claim. A worker that is not heard of for a while loses it: the job waits again, and
whatever the old worker still does changes nothing, since nothing is written but under the claim.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from custodiet.errors import UsageError
from custodiet.web import log
from custodiet.web.alerts import tell
from custodiet.web.store.models import Body, Job

DEAD = timedelta(seconds=30)
"""A worker that was not heard of for so long is dead."""

MOST_BEGUN = 5
"""Times that a job is begun: one that ends its worker each time would else do so for ever."""

MOST_OPEN = 20
"""Jobs of a body that are drafted or wait."""


class Lost(Exception):
    """The job is not, or not any more, that of this worker."""


def ask(body: Body, kind: str, wanted: msgspec.Struct, by: str, *, drafted: bool = False) -> Job:
    """Ask for work.

    Args:
        body: on whose devices.
        kind: a word of `kinds`.
        wanted: what exactly, as that kind has it.
        by: address of the person, or name of the token.
        drafted: it is not to be begun before `begin`.

    Raises:
        UsageError: too much of the body waits already.
    """
    if Job.objects.filter(body=body, state__in=("drafted", "waiting")).count() >= MOST_OPEN:
        step = "Wait until some of it is done, or discard what you began and do not need."
        raise UsageError(f"{MOST_OPEN} jobs of this body wait already", next_step=step)
    job = Job.objects.create(
        body=body,
        kind=kind,
        asked_by=by,
        at=datetime.now(UTC),
        wanted=msgspec.json.encode(wanted).decode(),
        state="drafted" if drafted else "waiting",
    )
    if not drafted:
        _logged(job, by, "asked for")
    return job


def begin(job: Job, by: str, wanted: msgspec.Struct | None = None) -> bool:
    """Let what was drafted, stopped or went wrong be done, from where it was broken off.

    Returns:
        False: it is being done, or was.
    """
    told: dict[str, Any] = {"wanted": msgspec.json.encode(wanted).decode()} if wanted else {}
    found = Job.objects.filter(id=job.id, state__in=("drafted", "stopped", "failed"))
    changed = found.update(state="waiting", stop=False, begun=0, reason="", next_step="", ended=None, **told)
    if changed:
        _logged(job, by, "asked for")
    return bool(changed)


def stop(job: Job, by: str) -> None:
    """Stop a job: at once where it waits, else as soon as its worker hears of it."""
    now = datetime.now(UTC)
    waiting = Job.objects.filter(id=job.id, state="waiting").update(state="stopped", ended=now)
    if waiting or Job.objects.filter(id=job.id, state="running").update(stop=True):
        _logged(job, by, "stop asked for")


def take(now: datetime | None = None, dead: timedelta = DEAD) -> Job | None:
    """The job that has waited longest, under a new claim; none where there is nothing to do.

    One job of a body at a time: the table itself takes no second one that runs.
    """
    if not Job.objects.filter(state__in=("waiting", "running")).exists():
        return None
    now = now or datetime.now(UTC)
    _bury(now - dead)
    with transaction.atomic():
        busy = Job.objects.filter(state="running").values("body")
        waiting = Job.objects.filter(state="waiting").exclude(body__in=busy).order_by("id")
        if connection.vendor == "postgresql":
            waiting = waiting.select_for_update(skip_locked=True)
        id = waiting.values_list("id", flat=True).first()
        if id is None:
            return None
        try:
            with transaction.atomic():
                claimed = Job.objects.filter(id=id, state="waiting").update(
                    state="running", claim=secrets.token_hex(16), heartbeat=now, begun=F("begun") + 1, ended=None
                )
        except IntegrityError:  # another worker took one of the same body meanwhile
            return None
    return Job.objects.select_related("body").get(id=id) if claimed else None


def _bury(since: datetime) -> None:
    """What workers had that were not heard of since then waits again, or has failed."""
    left = Job.objects.filter(state="running", heartbeat__lt=since)
    ended = {"claim": "", "ended": datetime.now(UTC)}
    left.filter(stop=True).update(state="stopped", **ended)
    for job in left.filter(begun__gte=MOST_BEGUN).select_related("body"):
        reason = f"it was broken off in the middle, {MOST_BEGUN} times"
        step = (
            "It may need more memory than there is, or the database went away each time. Look at the messages of "
            "custodiet serve, and bring in the files one by one."
        )
        with transaction.atomic():
            if left.filter(id=job.id, claim=job.claim).update(state="failed", reason=reason, next_step=step, **ended):
                tell.failed(job, reason, step)
    left.update(state="waiting", claim="")


def beat(job: Job, doing: str, thousandths: int) -> bool:
    """Be heard of, with how far it is.

    Returns:
        Whether somebody asked to stop.

    Raises:
        Lost: it is not ours any more.
    """
    ours = _ours(job)
    if not ours.update(heartbeat=datetime.now(UTC), doing=doing[:400], thousandths=thousandths):
        raise Lost
    return bool(ours.values_list("stop", flat=True).first())


def finish(
    job: Job, state: str, *, result: msgspec.Struct | None = None, reason: str = "", next_step: str = ""
) -> None:
    """The end of a job; what came of it is written in the same transaction by whoever calls.

    Raises:
        Lost: it is not ours any more, and nothing of it may be kept.
    """
    told = msgspec.json.encode(result).decode() if result is not None else ""
    with transaction.atomic():
        changed = _ours(job).update(
            state=state,
            claim="",
            ended=datetime.now(UTC),
            result=told,
            reason=reason,
            next_step=next_step,
            **({"thousandths": 1000, "doing": ""} if state == "done" else {}),
        )
        if not changed:
            raise Lost
        _logged(job, job.asked_by, state, reason)
        if state == "failed":
            tell.failed(job, reason, next_step)


def give_back(job: Job) -> None:
    """Let another worker go on with it: this one has to end."""
    _ours(job).update(state="waiting", claim="", begun=F("begun") - 1)


def let_go(job: Job) -> None:
    """Let whoever looks next have it, as what a dead worker had: it was broken off, which counts as begun."""
    _ours(job).update(heartbeat=datetime.now(UTC) - DEAD)


def _ours(job: Job) -> Any:
    return Job.objects.filter(id=job.id, claim=job.claim, state="running")


def _logged(job: Job, who: str, what: str, why: str = "") -> None:
    log.write(who=who, what=f"{job.kind} {what}", body=job.body_id, about=str(job.number), why=why)
