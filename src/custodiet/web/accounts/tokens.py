"""Tokens, by which programs ask for pages of one body and do deeds in it: ``Authorization: Bearer TOKEN``.

A token has some of the rights of its body, never that to administer it, and an end. A request with one is nobody's
browser: its cookies count for nothing, and so it needs no proof that a form of ours sent it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse

from custodiet.report.guard import json_bytes
from custodiet.web.estate import Estate
from custodiet.web.rights import Right
from custodiet.web.store.models import Person, Token

PREFIX = "custodiet_"
"""So that programs that look for secrets in the wrong places know one."""
LONGEST = 366
"""Days for which a token can work."""
MAY_HAVE = tuple(right for right in Right if right is not Right.ADMINISTER)
"""A token that could make tokens would outlive its end."""


def make_token(
    estate: Estate, label: str, rights: Iterable[Right], days: int, made_by: Person, now: datetime
) -> tuple[Token, str]:
    """Make a token.

    Args:
        estate: the body in which it works.
        label: how the log calls it.
        rights: what it may do.
        days: for how long.
        made_by: who makes it.
        now: at which moment.

    Returns:
        Its row, and the token itself, which is kept nowhere.
    """
    told, given = PREFIX + secrets.token_urlsafe(32), set(rights)
    row = Token.objects.create(
        digest=_digest(told),
        body=estate.row,
        label=label,
        rights=" ".join(right for right in MAY_HAVE if right in given),
        made_by=made_by.email,
        since=now,
        until=now + timedelta(days=min(days, LONGEST)),
    )
    return row, told


def find_token(told: str, now: datetime) -> Token | None:
    """The row of a token that works now; that it was used is kept, to the minute."""
    rows = Token.objects.select_related("body")
    row = rows.filter(digest=_digest(told), revoked=None, until__gt=now).first()
    if row is not None and (row.used is None or now - row.used >= timedelta(minutes=1)):
        Token.objects.filter(pk=row.pk).update(used=now)
    return row


def name_of(token: Token) -> str:
    """As the log calls it, where people have their address: no address looks like this."""
    return f"token {token.number}: {token.label}"


def _digest(told: str) -> str:
    return hashlib.sha256(told.encode()).hexdigest()


class Bearer:
    """Middleware that comes after the one that knows who is signed in, and before a proof of forms is asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        kind, _, told = request.headers.get("Authorization", "").partition(" ")
        # a monitor's token is no body's
        if kind.lower() != "bearer" or request.path == "/metrics":
            return self._next(request)
        token = find_token(told.strip(), datetime.now(UTC))
        if token is None:
            refusal = {"reason": "This token does not work here.", "next_step": "Ask who administers the body for one."}
            response = HttpResponse(json_bytes(refusal), status=401, content_type="application/json")
            response.headers["WWW-Authenticate"] = "Bearer"
            return response
        request.token = token
        request.user = Person(email=name_of(token), name=token.label)
        request.session.clear()  # what a cookie brought along; nothing of it is written back
        request.session.modified = False
        request._dont_enforce_csrf_checks = True
        return self._next(request)
