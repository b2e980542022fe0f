"""In which browsers somebody is signed in: the sessions of Django, which know here whose they are.

A session ends when nothing was asked for an hour, or as the installation says; twelve hours after signing in, whatever
was asked; when its person is blocked, and when their password changes; each can be ended by hand too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from django.conf import settings
from django.contrib.auth import SESSION_KEY, login
from django.contrib.sessions.backends.db import SessionStore as Rows
from django.http import HttpRequest, HttpResponse

from custodiet.web import log
from custodiet.web.store.models import Membership, Person, Session

FRESH = timedelta(minutes=15)
"""So long after signing in, somebody may change how they sign in."""
LONGEST = timedelta(hours=12)
"""So long after signing in, everybody signs in again."""
_STEP = timedelta(minutes=1)
"""How exactly it is known when somebody asked last: to write it down each time would be a write for each page."""
_BY_ITSELF = ("job",)
"""Ids of parts of pages that a browser asks for again and again without anybody's doing."""
SHOWN = 50
"""Sessions in the list of a person, the newest first."""

_SYSTEMS = {"Android": "Android", "iPhone": "iOS", "iPad": "iOS", "Windows": "Windows", "Mac OS X": "macOS"}
_BROWSERS = {"Firefox/": "Firefox", "Edg/": "Edge", "Chrome/": "Chrome", "Safari/": "Safari"}


class SessionStore(Rows):
    """Django's rows, with whose session each is."""

    @classmethod
    def get_model_class(cls) -> Any:
        """The table."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """A row of what is to be kept."""
        row = super().create_model_instance(data)
        row.person_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.expire_date = ends(data, datetime.now(UTC))
        return row

    def _get_session_from_db(self) -> Any:
        row = super()._get_session_from_db()
        self.until = row.expire_date if row else None
        return row


def ends(data: Any, now: datetime) -> datetime:
    """When a session ends if nothing is asked from now on.

    Args:
        data: what it holds.
        now: at which moment it was asked for.
    """
    soon = now + timedelta(minutes=settings.CUSTODIET.idle)
    since = data.get("since", "")
    return min(soon, datetime.fromisoformat(since) + LONGEST) if since else soon


class Lasting:
    """Middleware by which a session lasts while somebody asks for something; it comes after the one who knows who."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._next(request)
        session = request.session
        until = getattr(session, "until", None)
        if request.headers.get("HX-Trigger") in _BY_ITSELF:
            return response
        # what was changed is written with its end anyway
        if until is not None and not session.modified and session.session_key and session.get(SESSION_KEY):
            later = ends(session, datetime.now(UTC))
            if later - until >= _STEP:
                Session.objects.filter(session_key=session.session_key).update(expire_date=later)
        return response


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """A browser in which somebody is signed in."""

    id: str
    """By which it is ended; the key of the session itself is shown to nobody."""
    browser: str
    """What it seems to be."""
    since: str
    """ISO 8601."""
    this: bool
    """It is the one that asks."""


def enter(request: HttpRequest, person: Person, by: str) -> None:
    """Sign somebody in, under a new key of the session, with a line in the log; sessions that ended are taken out.

    Args:
        request: of their browser.
        person: who.
        by: how they showed who they are.
    """
    now = datetime.now(UTC)
    Session.objects.filter(expire_date__lt=now).delete()
    login(request, person)
    request.session.pop("half", None)
    request.session["since"] = now.isoformat(timespec="seconds")
    request.session["by"] = by
    request.session["browser"] = browser_of(request.META.get("HTTP_USER_AGENT", ""))
    log.write(who=person.email, what="signed in", about=person.email, said={"by": by})


def home(person: Person, wanted: str) -> str:
    """Where somebody goes who signed in: who asked for nothing of its own and has one body, straight to that."""
    if wanted != "/":
        return wanted
    bodies = list(Membership.objects.filter(person=person).values_list("body", flat=True)[:2])
    return f"/b/{bodies[0]}/" if len(bodies) == 1 else wanted


def fresh(request: HttpRequest, now: datetime) -> bool:
    """Whether they signed in only just: who finds a browser open must not change how its owner signs in."""
    since = request.session.get("since", "")
    return bool(since) and now - datetime.fromisoformat(since) <= FRESH


def too_weak(request: HttpRequest) -> bool:
    """Whether they signed in by one thing alone where this installation asks for two."""
    return settings.CUSTODIET.second_factor and request.session.get("by") in ("password", "link", "issuer")


def sessions_of(person: Person, here: str, now: datetime) -> tuple[Signed, ...]:
    """Where they are signed in.

    Args:
        person: who.
        here: key of the session that asks.
        now: at which moment.
    """
    rows = Session.objects.filter(person=person, expire_date__gt=now).order_by("-expire_date")[:SHOWN]
    told = [(row.session_key, row.get_decoded()) for row in rows]
    return tuple(
        Signed(id=_id(key), browser=data.get("browser", ""), since=data.get("since", ""), this=key == here)
        for key, data in told
    )


def end(person: Person, *, here: str = "", only: str = "") -> int:
    """End sessions of a person.

    Args:
        person: who.
        here: key of a session that goes on.
        only: id of the one to end; empty: all.

    Returns:
        How many ended.
    """
    keys = Session.objects.filter(person=person).exclude(session_key=here).values_list("session_key", flat=True)
    gone = [key for key in keys if only in ("", _id(key))]
    Session.objects.filter(session_key__in=gone).delete()
    return len(gone)


def browser_of(agent: str) -> str:
    """A browser in words that we know, from how it calls itself; empty: none of them."""
    name = next((name for mark, name in _BROWSERS.items() if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS.items() if mark in agent), "Linux" if "Linux" in agent else "")
    return ", ".join(filter(None, (name, system)))


def _id(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:16]
