"""Who looks at what is restricted stands in the log: once an hour for each thing, not for each page that is loaded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from custodiet.web import log
from custodiet.web.store.models import Logged

AGAIN = timedelta(hours=1)
"""Within it, the same person who looks at the same thing is told once."""

LOOKED, READ = "looked at", "log read"


def note(who: str, body: str, about: str, what: str = LOOKED) -> None:
    """Write down that somebody reads something.

    Args:
        who: address of the person, or name of the token.
        body: id of the body.
        about: id of the site, plan or device, or name of the page; empty for the log.
        what: the word for it in the log.
    """
    now = datetime.now(UTC)
    of_late = Logged.objects.filter(body=body, what=what, who=who, about=about, at__gt=now - AGAIN)
    if not of_late.exists():
        log.write(who=who, what=what, body=body, about=about, at=now)
