"""The tokens of a body, by which programs ask for its pages and do deeds in it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from django.utils.translation import gettext as _

from custodiet.errors import UsageError
from custodiet.web import log
from custodiet.web.accounts import once
from custodiet.web.accounts.tokens import LONGEST, MAY_HAVE, make_token, name_of
from custodiet.web.page import Asked, Deed, Nothing, Page
from custodiet.web.rights import Right
from custodiet.web.store.models import Token
from custodiet.web.written import WRITTEN

MOST = 100
"""Tokens of one body that work at the same time; as many are listed, the newest first."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A token, without what makes it work."""

    id: int
    """Its number in the body."""
    label: str
    rights: tuple[str, ...]
    made_by: str
    since: str
    """ISO 8601 date."""
    until: str
    """ISO 8601 date."""
    used: str
    """ISO 8601, to the minute; empty: never."""
    state: Literal["works", "ended", "revoked"]


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """The tokens of a body."""

    tokens: tuple[Shown, ...]
    """The newest first."""
    may_have: tuple[str, ...] = tuple(str(right) for right in MAY_HAVE)
    """Rights that a token can have."""
    once: once.Once | None
    """What is shown this time alone."""


class Make(msgspec.Struct, frozen=True, kw_only=True):
    """A new token."""

    label: Annotated[str, msgspec.Meta(min_length=1, max_length=80, extra=WRITTEN)]
    rights: tuple[Right, ...] = ()
    days: Annotated[int, msgspec.Meta(ge=1, le=LONGEST)] = 90


class Revoke(msgspec.Struct, frozen=True, kw_only=True):
    """Which token is to stop working."""

    token: int


def fetch(asked: Asked[Nothing]) -> Tokens:
    """Of the body."""
    now = datetime.now(UTC)
    rows = Token.objects.filter(body=asked.estate.row).order_by("-number")[:MOST]
    return Tokens(tokens=tuple(_shown(row, now) for row in rows), once=once.take(asked.request))


def _shown(row: Token, now: datetime) -> Shown:
    return Shown(
        id=row.number,
        label=row.label,
        rights=tuple(row.rights.split()),
        made_by=row.made_by,
        since=row.since.date().isoformat(),
        until=row.until.date().isoformat(),
        used=row.used.isoformat(timespec="minutes") if row.used else "",
        state="revoked" if row.revoked else "works" if row.until > now else "ended",
    )


def make(asked: Asked[Make]) -> str:
    """Makes a token, which is shown once."""
    now, told, here = datetime.now(UTC), asked.query, f"/b/{asked.estate.id}/tokens/"
    if not set(told.rights) <= set(MAY_HAVE):
        raise UsageError(_("A token cannot have these rights"))
    # pages that tell from the log are pages that are read
    if not told.rights or set(told.rights) == {Right.AUDIT}:
        step = _("Let it read, or bring in files.")
        raise UsageError(_("A token with these rights could do nothing"), next_step=step)
    if Token.objects.filter(body=asked.estate.row, revoked=None, until__gt=now).count() >= MOST:
        raise UsageError(_("There are too many tokens"), next_step=_("Revoke those that nobody uses."))
    row, token = make_token(asked.estate, told.label, told.rights, told.days, asked.person, now)
    said = {"rights": row.rights, "until": row.until.date().isoformat()}
    log.write(who=asked.person.email, what="token made", body=asked.estate.id, about=name_of(row), said=said)
    once.keep(asked.request, here, "token", row.label, token)
    return here


def revoke(asked: Asked[Revoke]) -> str:
    """Makes a token stop working."""
    now, body = datetime.now(UTC), asked.estate
    row = Token.objects.filter(body=body.row, number=asked.query.token, revoked=None).first()
    if row is None:
        raise UsageError(_("There is no such token"))
    Token.objects.filter(pk=row.pk).update(revoked=now)
    log.write(who=asked.person.email, what="token revoked", body=body.id, about=name_of(row))
    once.keep(asked.request, f"/b/{body.id}/tokens/", "done", _("The token does not work any more."))
    return f"/b/{body.id}/tokens/"


PAGE = Page(
    name="tokens",
    path="tokens/",
    says="By which programs ask for the pages of this body.",
    right=Right.ADMINISTER,
    also=Right.AUDIT,
    query=Nothing,
    data=Tokens,
    fetch=fetch,
    template="tokens.html",
)
DEEDS: list[Deed[Any]] = [
    Deed(
        name="tokens-make",
        path="tokens/make/",
        says="Make a token, which is shown once.",
        right=Right.ADMINISTER,
        form=Make,
        do=make,
    ),
    Deed(
        name="tokens-revoke",
        path="tokens/revoke/",
        says="Make a token stop working.",
        right=Right.ADMINISTER,
        form=Revoke,
        do=revoke,
    ),
]
