"""One's own account: name and language, password, second factors, and where one is signed in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from django.contrib.auth import update_session_auth_hash
from django.utils import translation
from django.utils.translation import gettext as _

from custodiet.web import log
from custodiet.web.accounts import once, recovery, sessions, throttle
from custodiet.web.accounts.links import choose, faults_of
from custodiet.web.accounts.passwords import LONGEST
from custodiet.web.accounts.second import waits
from custodiet.web.accounts.throttle import Aim
from custodiet.web.page import Asked, Deed, Nothing, Page
from custodiet.web.rights import Right
from custodiet.web.store.models import Codes, Passkey
from custodiet.web.written import WRITTEN

HERE = "/account/"

Short = Annotated[str, msgspec.Meta(max_length=LONGEST)]


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """A passkey."""

    id: str
    """As the device that has it calls it."""
    label: str
    since: str
    """ISO 8601 date."""
    used: str
    """ISO 8601 date that it was last used on; empty: never."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One's own account."""

    name: str
    email: str
    language: str
    """Empty: as the browser asks."""
    fresh: bool
    """One signed in only just, and may change how one signs in."""
    password: bool
    """There is one."""
    app: bool
    """An app makes codes."""
    recovery: int
    """How many codes for recovery still work."""
    passkeys: tuple[Key, ...]
    signed_in: tuple[sessions.Signed, ...]
    """The newest first."""
    once: once.Once | None
    """What is shown this time alone."""


class About(msgspec.Struct, frozen=True, kw_only=True):
    """Name and language."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200, extra=WRITTEN)]
    language: Literal["", "en", "nl"] = ""
    """Empty: as the browser asks."""


class Password(msgspec.Struct, frozen=True, kw_only=True):
    """A new password."""

    old: Short = ""
    new: Short = ""
    again: Short = ""


class End(msgspec.Struct, frozen=True, kw_only=True):
    """Which session is to end."""

    session: Short = ""
    """Its id; empty: all but this one."""


def fetch(asked: Asked[Nothing]) -> Account:
    """Of whoever asks."""
    person, now = asked.person, datetime.now(UTC)
    return Account(
        name=person.name,
        email=person.email,
        language=person.language,
        fresh=sessions.fresh(asked.request, now),
        password=person.has_usable_password(),
        app=Codes.objects.filter(person=person).exists(),
        recovery=recovery.left_of(person),
        passkeys=keys_of(asked),
        signed_in=sessions.sessions_of(person, asked.request.session.session_key or "", now),
        once=once.take(asked.request),
    )


def keys_of(asked: Asked[Nothing]) -> tuple[Key, ...]:
    """The passkeys of whoever asks, the oldest first."""
    rows = Passkey.objects.filter(person=asked.person).order_by("pk")
    return tuple(
        Key(
            id=row.credential,
            label=row.label,
            since=row.since.date().isoformat(),
            used=row.used.date().isoformat() if row.used else "",
        )
        for row in rows
    )


def about(asked: Asked[About]) -> str:
    """Changes name and language."""
    person, told = asked.person, asked.query
    said = {"name": [person.name, told.name], "language": [person.language, told.language]}
    person.name, person.language = told.name, told.language
    person.save(update_fields=["name", "language"])
    log.write(who=person.email, what="account changed", about=person.email, said=said)
    spoken = told.language or translation.get_language_from_request(asked.request)
    with translation.override(spoken):  # the language that was chosen says it
        once.keep(asked.request, HERE, "done", _("Name and language are kept."))
    return HERE


def password(asked: Asked[Password]) -> str:
    """Changes the password, which ends all sessions but this one; guessing the old one is as slow as signing in."""
    request, person, told = asked.request, asked.person, asked.query
    aim = Aim("account", person.email)
    wait = throttle.begin(datetime.now(UTC), aim)
    if wait:
        once.keep(request, HERE, "wrong", waits(wait))
        return HERE
    if not person.check_password(told.old):
        log.write(who=person.email, what="password refused", about=person.email)
        once.keep(request, HERE, "wrong", _("The old password is not right."))
        return HERE
    throttle.forgive(aim)
    faults = faults_of(told.new, told.again, person)
    if faults:
        once.keep(request, HERE, "wrong", " ".join(faults))
        return HERE
    choose(person, told.new, here=request.session.session_key or "")
    update_session_auth_hash(request, person)
    once.keep(request, HERE, "done", _("The password is changed, and all other browsers are signed out."))
    return HERE


def end(asked: Asked[End]) -> str:
    """Ends one session, or all others."""
    person, request = asked.person, asked.request
    if not sessions.fresh(request, datetime.now(UTC)):
        once.keep(request, HERE, "wrong", _("You signed in a while ago. Sign in again first."))
        return HERE
    count = sessions.end(person, here=request.session.session_key or "", only=asked.query.session)
    log.write(who=person.email, what="sessions ended", about=person.email, said={"ended": count})
    once.keep(request, HERE, "done", _("Signed out there."))
    return HERE


PAGE = Page(
    name="account",
    path="account/",
    says="Your account: name, language, password, second factors, and where you are signed in.",
    within="account",
    query=Nothing,
    data=Account,
    fetch=fetch,
    template="account.html",
)
DEEDS: list[Deed[Any]] = [
    Deed(
        name="account-about",
        path="account/about/",
        says="Change your name and language.",
        within="account",
        right=Right.SEE,
        form=About,
        do=about,
    ),
    Deed(
        name="account-password",
        path="account/password/",
        says="Change your password.",
        within="account",
        right=Right.SEE,
        form=Password,
        do=password,
    ),
    Deed(
        name="account-sessions",
        path="account/sessions/",
        says="Sign out in other browsers.",
        within="account",
        right=Right.SEE,
        form=End,
        do=end,
    ),
]
