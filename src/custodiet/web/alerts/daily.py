"""What comes with time is looked for once a day: work that is due, days of the law, devices not seen, a broken log.

All of it is one message of the morning. Where a day of the law has come, the devices are judged anew, too.
Whoever sets the day of a body to today does it, in one transaction with what is told: no other worker does it again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Q
from msgspec.structs import replace

from custodiet.dates import parse_date
from custodiet.web import log
from custodiet.web.alerts.tell import devices, tell
from custodiet.web.alerts.topics import BEFORE, SOON, UNSEEN, Named, Part, parts_of
from custodiet.web.columns import columns_of, number
from custodiet.web.dates import midnight
from custodiet.web.estate import Estate
from custodiet.web.jobs.calendar import turn
from custodiet.web.news import FIRST
from custodiet.web.store.models import Alert, Body, Device, Looked, Published, Work

_LOG = logging.getLogger("custodiet.alerts")

MORNING = 5
"""Hour in UTC from which on a day is looked at."""
PASSED = -1
"""Days left when a day of the law has passed."""
_MONDAY = 0


def look(now: datetime) -> int:
    """Look at all bodies that nobody looked at today.

    Returns:
        How many that were.
    """
    if now.hour < MORNING:
        return 0
    today, looked = now.date(), 0
    done = Looked.objects.filter(day__gte=today.isoformat())
    bodies = list(Body.objects.exclude(id__in=done.values("body")).order_by("id"))
    broken = log.check().broken if bodies else None
    for body in bodies:
        try:
            with transaction.atomic():
                before = _begin(body.id, today)
                if before is not None:
                    _look_at(body, before, today, now, _chain(body, broken))
                    turn(body, today)
                    looked += 1
        except DatabaseError:
            raise
        except Exception:  # one that cannot be looked at keeps nobody else from it, and is not tried all day
            _LOG.exception("a body could not be looked at")
            with transaction.atomic():
                if _begin(body.id, today) is not None:
                    tell(body, "day", f"day {today.isoformat()}", _chain(body, broken), now)
    return looked


def _begin(body: str, today: date) -> date | None:
    """The day that was looked at last, the day before where there was none; none: somebody looks at this one."""
    rows = Looked.objects.filter(body=body)
    last = rows.select_for_update().values_list("day", flat=True).first()
    if last is None:
        try:
            with transaction.atomic():
                Looked.objects.create(body=body, day=today.isoformat())
        except IntegrityError:
            return None
        return today - timedelta(days=1)
    if last >= today.isoformat() or not rows.filter(day=last).update(day=today.isoformat()):
        return None
    return date.fromisoformat(last)


def _look_at(body: Body, before: date, today: date, now: datetime, chain: list[Part]) -> None:
    work, own = _work(body, before, today)
    parts = [part for part in (_unseen(body, before, today), work) if part.count]
    tell(body, "day", f"day {today.isoformat()}", [*chain, *_deadline(body, today), *parts], now, own)


def _told(body: Body, topic: str) -> list[Part]:
    """What was told on a topic on earlier mornings."""
    rows = Alert.objects.filter(body=body, event="day", parts__contains=f'"topic":"{topic}"')
    return [part for text in rows.values_list("parts", flat=True) for part in parts_of(text) if part.topic == topic]


def _chain(body: Body, broken: int | None) -> list[Part]:
    """Tell a log that is not whole, once for the row at which that begins."""
    if broken is None or any(part.row == broken for part in _told(body, "chain")):
        return []
    return [Part(topic="chain", row=broken)]


def _unseen(body: Body, before: date, today: date) -> Part:
    """Devices whose last sign of life became old since the day that was looked at last."""
    since, until = (midnight(day - timedelta(days=UNSEEN)).timestamp() for day in (before, today))
    rows = Device.objects.filter(body=body, last_seen__gte=since, last_seen__lt=until).order_by("last_seen", "place")
    return devices(body, "unseen", rows, "id")


def _deadline(body: Body, today: date) -> list[Part]:
    """Tell the day of the law at each step towards it, once."""
    row = Published.objects.filter(body=body).order_by("-number").first()
    if row is None or not row.deadline:
        return []
    left = (parse_date(row.deadline).last - today).days  # a month has passed when its last day has
    reached = [step for step in (*BEFORE, PASSED) if left <= step]
    told = [part.left for part in _told(body, "deadline") if part.day == row.deadline]
    if not reached or any(before <= min(reached) for before in told):
        return []
    columns = columns_of(Estate(body))
    due = columns["due"]
    asking = {word: parse_date(day).last.isoformat() for word in due.count(None) if (day := word.rpartition("@")[2])}
    asking = {word: day for word, day in asking.items() if day == row.deadline}
    chosen = due.where(asking.__contains__)
    places = [place + 1 for place in columns.places(chosen, stop=FIRST)]
    named = devices(body, "deadline", Device.objects.filter(body=body, place__in=places).order_by("place"), "id")
    directives = tuple(sorted({word.rpartition("@")[0] for word in asking}))
    return [replace(named, count=number(chosen, columns.total), day=row.deadline, left=left, directives=directives)]


def _work(body: Body, before: date, today: date) -> tuple[Part, Mapping[str, Part]]:
    """Open work that is due soon or late: of the body, and of each who answers for it.

    It is told on days on which some of it becomes due within a week or late, and on Mondays.
    """
    soon = (today + timedelta(days=SOON)).isoformat()
    open_ = Work.objects.filter(body=body, state="open", due__lte=soon).exclude(due="").order_by("due", "number")
    if today.weekday() == _MONDAY:
        told = None
    else:
        begins = (before + timedelta(days=SOON)).isoformat()
        fresh = (
            Q(due__gt=begins)
            | Q(due__gte=before.isoformat(), due__lt=today.isoformat())
            | Q(at__gte=midnight(before) + timedelta(hours=MORNING))
        )
        told = set(open_.filter(fresh).order_by().values_list("owner", flat=True).distinct())
    if told == set():
        return Part(topic="work"), {}
    owners = open_.exclude(owner="").order_by().values_list("owner", flat=True).distinct()
    mine = {owner: _actions("own-work", open_.filter(owner=owner), today) for owner in owners[:1000]}
    return _actions("work", open_, today), {
        owner: part for owner, part in mine.items() if told is None or owner in told
    }


def _actions(topic: str, rows: Any, today: date) -> Part:
    names = ("asset", "label", "kind", "due")
    first = (
        Named(id=asset, label=label, kind=kind, due=due) for asset, label, kind, due in rows.values_list(*names)[:FIRST]
    )
    late = rows.filter(due__lt=today.isoformat()).count()
    return Part(topic=topic, count=rows.count(), late=late, first=tuple(first))
