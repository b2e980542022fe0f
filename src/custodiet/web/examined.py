"""What `doctor` asks of a database: whether what people rely on is done, told and kept, and nobody changed the log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Min

from custodiet.web import log
from custodiet.web.accounts.second import factors_of
from custodiet.web.checked import Checked
from custodiet.web.jobs.queue import DEAD
from custodiet.web.store.models import Delivery, Job, Logged, Person

WAITED = timedelta(minutes=5)
"""Longer than a job waits where a worker has time."""
TRIED = timedelta(days=1)
"""Messages of so long ago that failed are told."""


def examine_tables(clock: datetime, *, open_to_others: bool) -> Iterator[Checked]:
    """Look at what the tables of this version hold; nothing is changed.

    Args:
        clock: the time.
        open_to_others: the server is reached from other machines.
    """
    yield _log()
    last = Logged.objects.order_by("-number").values_list("at", flat=True).first()
    if last is not None and last > clock + timedelta(minutes=1):
        wrong = f"the log has a row of {last:%d %b %Y %H:%M} UTC, which is to come"
        mend = "Set the clock, and let a time server keep it right; the row keeps the time it was given."
        yield Checked(what="clock and log", wrong=wrong, mend=mend)
    yield from _people(open_to_others)
    yield from _jobs(clock)
    yield from _messages(clock)


def _log() -> Checked:
    told = log.check()
    what = f"log, {told.rows:,} rows"
    if told.broken is None:
        return Checked(what=what)
    return Checked(
        what=what,
        wrong=f"row {told.broken} is not what was written, or does not follow the one before",
        mend="Somebody changed it. Keep this database as it is, restore the last backup that is whole elsewhere, and "
        "compare: custodiet audit-log verify.",
    )


def _people(open_to_others: bool) -> Iterator[Checked]:
    them = list(Person.objects.filter(administrator=True, is_active=True).order_by("email"))
    if not any(one.has_usable_password() or one.subject or factors_of(one)[1] for one in them):
        yield Checked(what="administrator", wrong="none can sign in", mend="Start custodiet serve: it prints a link.")
    elif open_to_others:
        # whoever comes by the organisation's issuer is asked for it there
        lack = [one.email for one in them if one.has_usable_password() and not any(factors_of(one))]
        wrong = f"{', '.join(lack[:5])}: a password alone lets them in" if lack else ""
        mend = "Let them set up a second factor on the page of their account; CUSTODIET_SECOND_FACTOR=1 demands it."
        yield Checked(what="second factor of administrators", wrong=wrong, mend=mend if lack else "")


def _jobs(clock: datetime) -> Iterator[Checked]:
    stuck = Job.objects.filter(state="running", heartbeat__lt=clock - max(WAITED, DEAD)).order_by("id").first()
    if stuck is not None:
        wrong = f"job {stuck.number} of {stuck.body_id} was last heard of on {stuck.heartbeat:%d %b %Y %H:%M} UTC"
        yield Checked(what="jobs", wrong=wrong, mend="Start custodiet serve: its worker goes on with it.")
        return
    waits = Job.objects.filter(state="waiting").aggregate(since=Min("at"))["since"]
    if waits and waits < clock - WAITED and not Job.objects.filter(state="running").exists():
        wrong = f"one waits since {waits:%d %b %Y %H:%M} UTC, and nobody works"
        mend = "Start custodiet serve anew, and look at its messages: its worker does not come up."
        yield Checked(what="jobs", wrong=wrong, mend=mend)
        return
    yield Checked(what="jobs")


def _messages(clock: datetime) -> Iterator[Checked]:
    failed = Delivery.objects.filter(state="failed", ended__gt=clock - TRIED)
    late = Delivery.objects.filter(state="waiting", due__lt=clock - TRIED)
    wrong, mend = "", ""
    if number := failed.count():
        last = failed.order_by("-ended").first()
        to = "by e-mail" if last.webhook_id is None else f"to {last.webhook.address}"
        wrong = f"{number} given up in the last day, the last of them {to}: {last.came or 'no answer'}"
        mend = "Check the relay for e-mail, or the address of the webhook, in the settings of its body."
    elif late.exists():
        wrong, mend = "some wait for more than a day", "Start custodiet serve: its worker sends them."
    yield Checked(what="messages to people and programs", wrong=wrong, mend=mend)
