"""After an upgrade: what an earlier version concluded is concluded anew, where it was stored in a form of its own."""

from __future__ import annotations

from custodiet.casefile import SHAPE, shape
from custodiet.errors import UsageError
from custodiet.web.jobs import queue
from custodiet.web.jobs.kinds import Again
from custodiet.web.store.models import Body, Job, Kept


def renew(by: str = "custodiet serve") -> list[str]:
    """Ask for work on each body whose conclusions have another form than this version gives them.

    Args:
        by: who asks, for the log.

    Returns:
        Names of the bodies for which it was asked.
    """
    as_ours = Kept.objects.filter(key=SHAPE, value=shape()).values("body")
    asked = Job.objects.filter(kind="again", state__in=("waiting", "running")).values("body")
    names = []
    for body in Body.objects.exclude(published=None).exclude(id__in=as_ours).exclude(id__in=asked).order_by("id"):
        try:
            queue.ask(body, "again", Again(by_itself=True), by)
        except UsageError:  # so much waits already that one of it will do this, too
            continue
        names.append(str(body.name))
    return names
