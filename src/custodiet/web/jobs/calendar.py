"""Judging follows the calendar: a body is judged anew when a day of its directives or answers has come since."""

from __future__ import annotations

from datetime import date

import msgspec

from custodiet import audit as steps
from custodiet.errors import UsageError
from custodiet.judge import turns_between
from custodiet.web.jobs import queue
from custodiet.web.jobs.kinds import Again
from custodiet.web.store.models import Body, Kept

_context = msgspec.json.Decoder(steps.Context).decode


def turn(body: Body, today: date, by: str = "custodiet serve") -> bool:
    """Ask for a body to be judged anew, where it was judged for an earlier day and may come out otherwise now.

    A date that somebody chose stays; so does what another version concluded, which `renewed` looks after.

    Args:
        body: which may have been judged for the day that it was.
        today: the day that it is.
        by: who asks, for the log.

    Returns:
        Whether it was asked for.
    """
    kept = Kept.objects.filter(body=body, key="context").values_list("value", flat=True).first()
    try:
        judged = _context(kept) if kept else None
        if judged is None or judged.chosen:
            return False
        if not turns_between(judged.directives, judged.body, date.fromisoformat(judged.on), today):
            return False
        queue.ask(body, "again", Again(by_itself=True), by)
    except (msgspec.DecodeError, UsageError):  # or so much waits already that one of it will do this, too
        return False
    return True
