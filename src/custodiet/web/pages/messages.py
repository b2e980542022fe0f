"""Every message that left for somebody, waits or was given up: nothing is sent that nobody can see here."""

from __future__ import annotations

from datetime import datetime

import msgspec

from custodiet.web.alerts import words
from custodiet.web.lists import Paging, page_of
from custodiet.web.page import Asked, Page
from custodiet.web.rights import Right
from custodiet.web.store.models import Delivery


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Which page."""

    page: int = 1


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A message."""

    id: str
    at: datetime
    """When what it tells happened."""
    event: str
    to: str
    """Address of the person, or of the webhook."""
    state: str
    tries: int
    came: str
    """What the last try came to, in words; empty: all is well."""
    due: datetime | None
    """When it is tried next; none: not any more."""


class Messages(msgspec.Struct, frozen=True, kw_only=True):
    """Messages that were sent, wait or were given up, the newest first."""

    paging: Paging
    rows: tuple[Sent, ...]


def messages(asked: Asked[Question]) -> Messages:
    """All of the body for who administers it, one's own for others."""
    found = asked.estate.rows(Delivery).select_related("alert", "person", "webhook").order_by("-number")
    if Right.ADMINISTER not in asked.rights:
        found = found.filter(person=asked.person.pk) if asked.person.pk else found.none()
    rows, paging = page_of(found, asked.query.page)
    return Messages(paging=paging, rows=tuple(map(_sent, rows)))


def _sent(row: Delivery) -> Sent:
    return Sent(
        id=row.id,
        at=row.alert.at,
        event=row.alert.event,
        to=row.webhook.address if row.webhook else row.person.email,
        state=row.state,
        tries=row.tries,
        came=words.came(row.came),
        due=row.due if row.state == "waiting" else None,
    )


PAGE = Page(
    name="messages",
    path="alerts/messages/",
    says="Messages that were sent, wait or were given up.",
    query=Question,
    data=Messages,
    fetch=messages,
    template="messages.html",
)
