"""What one hears of a body without looking: each by e-mail as they choose, programs as its administrators choose."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from django.conf import settings
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from custodiet.errors import UsageError
from custodiet.web import log
from custodiet.web.accounts import once
from custodiet.web.alerts import hooks, tell, words
from custodiet.web.alerts.topics import TO_PROGRAMS, TOPICS, Part, chosen, kept, parts_of
from custodiet.web.destinations import LONGEST, Place, leads_inside, parse_place
from custodiet.web.page import Asked, Deed, Nothing, Page
from custodiet.web.rights import Right
from custodiet.web.store.models import Alert, Delivery, Webhook, Wish

MOST = 10
"""Webhooks of one body."""
_LATEST = 20
"""Alerts that are listed."""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A topic, and whether somebody wants to hear of it."""

    topic: str
    words: str
    chosen: bool


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What was told on one topic."""

    topic: str
    words: str
    path: str
    """Where it is seen, below the pages of the body."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was told."""

    at: datetime
    event: str
    said: tuple[Said, ...]
    """A sentence for each topic, of those that whoever asks may hear of."""


class Hook(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook, without its secret."""

    number: int
    address: str
    topics: tuple[str, ...]
    who: str
    since: datetime
    state: str
    """Of the last message to it that has come to an end or was tried; empty: there is none."""
    came: str
    """What that came to, in words; empty: all is well."""


class Alerts(msgspec.Struct, frozen=True, kw_only=True):
    """What one hears of a body."""

    mail: bool
    """Whether the server can send e-mail."""
    address: str
    """To which it goes; empty for a token, which hears nothing."""
    choices: tuple[Choice, ...]
    latest: tuple[Told, ...]
    """The newest first."""
    hooks: tuple[Hook, ...]
    """For who administers the body."""
    to_programs: tuple[Choice, ...]
    """What a webhook can be told."""
    once: once.Once | None
    """What is shown this time alone."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to hear of."""

    topics: tuple[str, ...] = ()


class Add(msgspec.Struct, frozen=True, kw_only=True):
    """A new webhook."""

    address: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST)]
    topics: tuple[str, ...] = ()


class Which(msgspec.Struct, frozen=True, kw_only=True):
    """Which webhook."""

    webhook: int


def fetch(asked: Asked[Nothing]) -> Alerts:
    """Of whoever asks, in this body."""
    estate, person = asked.estate, asked.person
    mine = [topic for topic, right in TOPICS.items() if right in asked.rights]
    wish = estate.rows(Wish).filter(person=person).first() if person.pk else None
    wanted = chosen(wish.topics) if wish else frozenset()
    administers = Right.ADMINISTER in asked.rights
    return Alerts(
        mail=settings.CUSTODIET.relay is not None,
        address=person.email if person.pk else "",
        choices=_choices(mine, wanted),
        latest=tuple(_latest(asked, frozenset(mine))),
        hooks=_shown(list(_hooks(asked))) if administers else (),
        to_programs=_choices(TO_PROGRAMS, frozenset(("not-satisfied", "unregistered"))) if administers else (),
        once=once.take(asked.request) if person.pk else None,
    )


def _choices(topics: Any, wanted: frozenset[str]) -> tuple[Choice, ...]:
    return tuple(Choice(topic=topic, words=str(words.TOPICS[topic]), chosen=topic in wanted) for topic in topics)


def _latest(asked: Asked[Nothing], topics: frozenset[str]) -> list[Told]:
    rows = asked.estate.rows(Alert).exclude(event="test").order_by("-number")[:_LATEST]
    told = [(row, [part for part in parts_of(row.parts) if part.topic in topics]) for row in rows]
    return [
        Told(at=row.at, event=row.event, said=tuple(_said(part, row.at) for part in parts))
        for row, parts in told
        if parts
    ]


def _said(part: Part, at: datetime) -> Said:
    return Said(topic=part.topic, words=words.title(part), path=words.path(part, at))


def _hooks(asked: Asked[Any]) -> Any:
    return asked.estate.rows(Webhook).filter(removed=None).order_by("number")


def _shown(rows: list[Webhook]) -> tuple[Hook, ...]:
    tried = Delivery.objects.filter(webhook__in=[row.pk for row in rows], tries__gt=0)
    latest = tried.values("webhook").annotate(last=Max("number")).values("last")
    last = {one.webhook_id: one for one in Delivery.objects.filter(number__in=latest)}
    return tuple(_hook(row, last.get(row.pk)) for row in rows)


def _hook(row: Webhook, last: Delivery | None) -> Hook:
    return Hook(
        number=row.number,
        address=row.address,
        topics=tuple(str(words.TOPICS[topic]) for topic in TOPICS if topic in chosen(row.topics)),
        who=row.who,
        since=row.at,
        state=last.state if last else "",
        came=words.came(last.came) if last else "",
    )


def choose(asked: Asked[Wanted]) -> str:
    """Keeps what somebody wants to hear of."""
    person, estate, told = asked.person, asked.estate, asked.query
    topics = kept(topic for topic in told.topics if TOPICS.get(topic) in asked.rights)
    if unknown := sorted(set(told.topics) - set(topics.split())):
        raise UsageError(_("There is no such topic here"), place=unknown[0][:40])
    before = estate.rows(Wish).filter(person=person).values_list("topics", flat=True).first() or ""
    Wish.objects.update_or_create(person=person, body=estate.row, defaults={"topics": topics})
    log.write(who=person.email, what="alerts chosen", body=estate.id, about=person.email, said=[before, topics])
    once.keep(asked.request, _here(asked), "done", _("Your choice is kept."))
    return _here(asked)


def _here(asked: Asked[Any]) -> str:
    return f"/b/{asked.estate.id}/alerts/"


def add(asked: Asked[Add]) -> str:
    """Sets up a webhook; its secret is shown once. Where its name leads is asked when something is sent.

    The log has the host alone: the rest of an address is often what lets somebody in.
    """
    estate, told = asked.estate, asked.query
    address = told.address.strip()
    place = _place(address)
    topics = kept(topic for topic in told.topics if topic in TO_PROGRAMS)
    if not topics:
        raise UsageError(_("A webhook that is told nothing is of no use"), next_step=_("Choose what it is told."))
    if _hooks(asked).count() >= MOST:
        raise UsageError(_("There are too many webhooks"), next_step=_("Remove one that nobody uses."))
    secret = hooks.make_secret()
    row = Webhook.objects.create(
        body=estate.row,
        address=address,
        topics=topics,
        secret=hooks.sealed(secret, estate.id),
        language=translation.get_language() or "en",
        who=asked.person.email,
        at=datetime.now(UTC),
    )
    said = {"host": place.host, "topics": topics}
    log.write(who=asked.person.email, what="webhook added", body=estate.id, about=f"webhook {row.number}", said=said)
    shown = _("The secret of the webhook at %(host)s") % {"host": place.host}
    once.keep(asked.request, _here(asked), "signs", shown, secret)
    return _here(asked)


def _place(address: str) -> Place:
    """Where an address leads; what is seen to lead inside, or can lead nowhere, is refused at once."""
    try:
        place = parse_place(address)
    except UsageError:
        step = _("Write it as https://name.example.org/path, without the name of a user, on port 443 or above 1023.")
        raise UsageError(_("This cannot be the address of a webhook"), place=address[:80], next_step=step) from None
    if leads_inside(place, settings.CUSTODIET.webhooks_inside):
        step = _("Whoever looks after the server can allow it in the settings.")
        raise UsageError(_("This address leads inside"), place=place.host, next_step=step)
    return place


def _one(asked: Asked[Which]) -> Webhook:
    row = _hooks(asked).filter(number=asked.query.webhook).first()
    if row is None:
        raise UsageError(_("There is no such webhook"))
    return row


def remove(asked: Asked[Which]) -> str:
    """Takes a webhook away; what still waits for it is not sent any more."""
    row = _one(asked)
    row.removed = datetime.now(UTC)
    row.save(update_fields=["removed"])
    told = {"host": parse_place(row.address).host}
    about = f"webhook {row.number}"
    log.write(who=asked.person.email, what="webhook removed", body=asked.estate.id, about=about, said=told)
    once.keep(asked.request, _here(asked), "done", _("The webhook is removed."))
    return _here(asked)


def test(asked: Asked[Which]) -> str:
    """Sends a webhook a message that tells nothing."""
    row = _one(asked)
    if Delivery.objects.filter(webhook=row, alert__event="test", state="waiting").exists():
        raise UsageError(_("A test waits already"), next_step=_("Look below what became of it."))
    tell.test(row, datetime.now(UTC))
    about = f"webhook {row.number}"
    log.write(who=asked.person.email, what="webhook tried", body=asked.estate.id, about=about)
    once.keep(asked.request, _here(asked), "done", _("The test is sent within a minute; see under Messages."))
    return _here(asked)


PAGE = Page(
    name="alerts",
    path="alerts/",
    says="What you hear of this body by e-mail, and what programs elsewhere are told.",
    query=Nothing,
    data=Alerts,
    fetch=fetch,
    template="alerts.html",
)
DEEDS: list[Deed[Any]] = [
    Deed(
        name="alerts-choose",
        path="alerts/choose/",
        says="Choose what you hear of this body by e-mail.",
        right=Right.SEE,
        form=Wanted,
        own=True,
        do=choose,
    ),
    Deed(
        name="webhook-add",
        path="alerts/webhooks/add/",
        says="Set up a webhook, whose secret is shown once.",
        right=Right.ADMINISTER,
        form=Add,
        do=add,
    ),
    Deed(
        name="webhook-remove",
        path="alerts/webhooks/remove/",
        says="Take a webhook away.",
        right=Right.ADMINISTER,
        form=Which,
        do=remove,
    ),
    Deed(
        name="webhook-test",
        path="alerts/webhooks/test/",
        says="Send a webhook a message that tells nothing.",
        right=Right.ADMINISTER,
        form=Which,
        do=test,
    ),
]
