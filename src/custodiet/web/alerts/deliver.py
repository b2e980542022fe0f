"""Rows become messages: tried, tried again later where that fails, and given up after some days.

Who tries a row first puts off the time at which it is tried next. So no other worker tries it meanwhile, and where a
worker is killed, another goes on when that time has come. What a worker writes that has lost a row changes nothing.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

import msgspec
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import translation

from custodiet.report.cited import citing
from custodiet.report.speech import spoken
from custodiet.web import outside
from custodiet.web.alerts import hooks, words
from custodiet.web.alerts.topics import TOPICS, chosen, once, parts_of
from custodiet.web.config import Config
from custodiet.web.destinations import parse_place
from custodiet.web.estate import Estate
from custodiet.web.knowledge import known_of
from custodiet.web.language import Spoken
from custodiet.web.outside import Unsent
from custodiet.web.rights import may
from custodiet.web.store.models import Delivery, Membership, Wish

_LOG = logging.getLogger("custodiet.alerts")

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480, 1440))
"""Between one try and the next; after the last it is given up."""
CLAIMED = timedelta(minutes=10)
"""For which a row is left to who tries it; longer than any try takes."""
AT_ONCE = 20
"""Messages of one round, so that other work is not kept waiting."""


class Senders(msgspec.Struct, frozen=True, kw_only=True):
    """By which messages leave: a test gives others."""

    post: Callable[..., int] = outside.post
    mail: Callable[..., None] = outside.send_mail


def deliver(now: Callable[[], datetime], senders: Senders | None = None, most: int = AT_ONCE) -> int:
    """Send what is due.

    Returns:
        How many messages were tried.
    """
    for count in range(most):
        delivery = claim(now())
        if delivery is None:
            return count
        _try(delivery, now, senders or Senders())
    return most


def claim(now: datetime) -> Delivery | None:
    """The message that is due longest, left to whoever asks for a while; none where none is due."""
    if not Delivery.objects.filter(state="waiting", due__lte=now).exists():
        return None
    with transaction.atomic():
        rows = Delivery.objects.filter(state="waiting", due__lte=now).order_by("due", "number")
        if connection.vendor == "postgresql":
            rows = rows.select_for_update(skip_locked=True)
        number, mark = rows.values_list("number", flat=True).first(), secrets.token_hex(16)
        mine = Delivery.objects.filter(number=number, state="waiting", due__lte=now)
        if number is None or not mine.update(claim=mark, due=now + CLAIMED, tries=F("tries") + 1):
            return None
    return Delivery.objects.select_related("body", "alert", "person", "webhook").get(number=number)


def _try(delivery: Delivery, now: Callable[[], datetime], senders: Senders) -> None:
    try:
        state = _sent(delivery, settings.CUSTODIET, now(), senders)
        _end(delivery, state, "" if state == "sent" else "no longer", now())
    except Unsent as fault:
        _again(delivery, fault, now())
    except Exception:
        _LOG.exception("a message could not be sent")
        _again(delivery, Unsent("unforeseen"), now())


def _again(delivery: Delivery, fault: Unsent, now: datetime) -> None:
    if fault.final or delivery.tries > len(WAITS):
        _end(delivery, "failed", fault.came, now)
    else:
        due = now + WAITS[delivery.tries - 1]
        _mine(delivery).update(claim="", due=due, came=fault.came[:40])


def _end(delivery: Delivery, state: str, came: str, now: datetime) -> None:
    _mine(delivery).update(claim="", state=state, came=came[:40], ended=now)


def _mine(delivery: Delivery) -> Any:
    return Delivery.objects.filter(number=delivery.number, claim=delivery.claim, state="waiting")


def _sent(delivery: Delivery, config: Config, now: datetime, senders: Senders) -> str:
    """Send it, where they still may hear it and want to: what held when it was written does not count."""
    return _to_webhook(delivery, config, now, senders) if delivery.webhook else _to_person(delivery, config, senders)


def _to_webhook(delivery: Delivery, config: Config, now: datetime, senders: Senders) -> str:
    hook, alert = delivery.webhook, delivery.alert
    if hook.removed is not None:
        return "dropped"
    wanted = chosen(hook.topics)
    parts = [part for part in parts_of(alert.parts) if part.topic in wanted]
    secret = hooks.secret_of(hook)
    if secret is None:
        raise Unsent("secret", final=True)
    with translation.override(hook.language), spoken(Spoken()):
        body = hooks.payload(delivery, parts, config.address)
    headers = [
        ("Custodiet-Delivery", delivery.id),
        ("Custodiet-Signature", hooks.signature(secret, int(now.timestamp()), body)),
        ("User-Agent", "custodiet"),
    ]
    senders.post(parse_place(hook.address), body, headers, config.webhooks_inside)
    return "sent"


def _to_person(delivery: Delivery, config: Config, senders: Senders) -> str:
    person, body = delivery.person, delivery.body
    role = Membership.objects.filter(person=person, body=body).values_list("role", flat=True).first() or ""
    wish = Wish.objects.filter(person=person, body=body).first()
    wanted = {topic for topic in chosen(wish.topics) if may(role, TOPICS[topic])} if wish else set()
    own, every = ([p for p in parts_of(text) if p.topic in wanted] for text in (delivery.own, delivery.alert.parts))
    parts = once(own, every)
    if not parts or not person.is_active:
        return "dropped"
    if config.relay is None:
        raise Unsent("no relay")
    known, language = known_of(Estate(body)), person.language or person.spoken or settings.LANGUAGE_CODE
    with translation.override(language), spoken(Spoken()), citing(known.names.directives.values):
        told = words.message(body.name, parts, delivery.alert.at, known, f"{config.address}/b/{body.id}/")
    senders.mail(config.relay, _mail(delivery, told, config))
    return "sent"


def _mail(delivery: Delivery, told: words.Message, config: Config) -> EmailMessage:
    mail = EmailMessage()
    try:
        mail["To"] = delivery.person.email
    except ValueError:
        raise Unsent("mail address", final=True) from None
    mail["From"], mail["Subject"] = f"custodiet <{config.mail_from}>", told.subject
    mail["Date"] = format_datetime(delivery.alert.at)
    mail["Message-ID"] = f"<{delivery.id}@{config.mail_from.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # no answer of an absent person comes back
    mail.set_content(told.text, cte="quoted-printable")  # every server takes that
    return mail
