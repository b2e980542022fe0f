"""An alert is written in the transaction of what it tells, with a row for each who wants to hear it.

So none is lost and none is told that did not happen. The same is told once: an alert has a key in its body.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from custodiet.web.alerts.topics import TOPICS, Event, Named, Part, chosen, stored
from custodiet.web.estate import entry_of
from custodiet.web.news import FIRST, News
from custodiet.web.rights import may
from custodiet.web.store.models import Alert, Body, Delivery, Device, Job, Membership, Webhook, Wish

_NONE: Mapping[str, Part] = {}


def tell(
    body: Body, event: Event, key: str, parts: Sequence[Part], at: datetime, own: Mapping[str, Part] = _NONE
) -> Alert | None:
    """Tell something of a body, inside the transaction of what is told.

    Args:
        body: whose people and programs.
        event: what brought it.
        key: what it tells of; what was told under the same key is not told again.
        parts: what there is to tell; where there is nothing, nothing is told.
        at: when.
        own: address of a person -> what is told to them alone.

    Returns:
        The alert; none where there is nothing to tell, or it was told.
    """
    if not parts and not own:
        return None
    alert, made = Alert.objects.get_or_create(
        body=body, key=key, defaults={"at": at, "event": event, "parts": stored(parts)}
    )
    if not made:
        return None
    topics = {part.topic for part in parts}
    if settings.CUSTODIET.relay is not None:
        roles = dict(Membership.objects.filter(body=body, person__is_active=True).values_list("person", "role"))
        for wish in Wish.objects.filter(body=body).select_related("person"):
            wanted = {topic for topic in chosen(wish.topics) if may(roles.get(wish.person_id, ""), TOPICS[topic])}
            mine = own.get(wish.person.email) if "own-work" in wanted else None
            if mine or topics & wanted:
                put(alert, at, person=wish.person, own=stored([mine]) if mine else "")
    for hook in Webhook.objects.filter(body=body, removed=None):
        if topics & chosen(hook.topics):
            put(alert, at, webhook=hook)
    return alert


def put(alert: Alert, at: datetime, **to: Any) -> Delivery:
    """A message that is to be delivered."""
    return Delivery.objects.create(body_id=alert.body_id, alert=alert, id=secrets.token_hex(16), due=at, **to)


def published(body: Body, news: News) -> None:
    """Tell what is new of a body whose results were put in just now, inside the transaction of that."""
    at = body.published
    parts = []
    for topic in ("not-satisfied", "unregistered", "gone"):
        if count := news.counts[topic]:
            parts.append(Part(topic=topic, count=count, first=_first(body, news.first[topic])))
    tell(body, "publication", f"published {at.isoformat()}", parts, at)


def devices(body: Body, topic: str, rows: Any, id: str) -> Part:
    """How many devices there are, and the first of them with what is known of them now.

    Args:
        body: whose they are.
        topic: of the part.
        rows: one for each, with a label.
        id: name of the column that has the id of the device.
    """
    return Part(topic=topic, count=rows.count(), first=_first(body, rows.values_list(id, "label")[:FIRST]))


def _first(body: Body, found: Iterable[tuple[str, str]]) -> tuple[Named, ...]:
    """Devices, (id, label), with what is known of them now."""
    labels = dict(found)
    there = {row.id: row for row in Device.objects.filter(body=body, id__in=labels)}
    return tuple(_named(one, label, there.get(one)) for one, label in labels.items())


def _named(id: str, label: str, row: Device | None) -> Named:
    if row is None:
        return Named(id=id, label=label)
    concluded = entry_of(row).identification
    maker, model = concluded.get("manufacturer").value, concluded.get("model").value
    return Named(id=id, label=label, site=row.site, maker=maker, model=model)


def failed(job: Job, reason: str, next_step: str) -> None:
    """Tell that work went wrong or was given up, in the transaction in which that is written."""
    part = Part(topic="failed", job=job.number, kind=job.kind, reason=reason[:1000], next_step=next_step[:1000])
    now = datetime.now(UTC)
    with transaction.atomic():
        tell(job.body, "job", f"job {job.id} {job.begun} {now.isoformat()}", [part], now)


def test(hook: Webhook, at: datetime) -> None:
    """Send a message to a webhook that tells nothing, to see whether it arrives."""
    alert = Alert.objects.create(
        body=hook.body, at=at, event="test", key=f"test {hook.number} {at.isoformat()}", parts="[]"
    )
    put(alert, at, webhook=hook)
