"""Second factors of one's own account: an app that makes codes, passkeys, and codes on paper for when both are gone.

Whoever changes them has to have signed in only just.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from django.utils.translation import gettext as _

from custodiet.web import log
from custodiet.web.accounts import keys, once, recovery, sessions, totp
from custodiet.web.accounts.passkeys import PasskeyError
from custodiet.web.accounts.sealed import seal, unseal
from custodiet.web.accounts.second import factors_of
from custodiet.web.page import Asked, Deed, Nothing, Page
from custodiet.web.pages.account import HERE
from custodiet.web.rights import Right
from custodiet.web.store.models import Codes, Passkey, Recovery

APP, KEYS = "/account/app/", "/account/passkeys/"
_BEGUN = "app begun"

Answer = Annotated[str, msgspec.Meta(max_length=20_000)]


class App(msgspec.Struct, frozen=True, kw_only=True):
    """An app that makes codes."""

    on: bool
    """There is one."""
    fresh: bool
    """One signed in only just."""
    secret: str
    """What the app has to know, as long as one is being set up."""
    picture: str
    """The same as an SVG for the camera of a phone."""
    once: once.Once | None
    """What is shown this time alone."""


class Passkeys(msgspec.Struct, frozen=True, kw_only=True):
    """A new passkey."""

    fresh: bool
    """One signed in only just."""
    asked: str
    """What the browser is asked, as JSON; empty before one begins."""
    once: once.Once | None
    """What is shown this time alone."""


class ChangeApp(msgspec.Struct, frozen=True, kw_only=True):
    """A step of setting up an app, its end, or new codes for recovery."""

    do: Literal["begin", "confirm", "off", "recovery"]
    code: Annotated[str, msgspec.Meta(max_length=40)] = ""
    """That the app makes now."""


class ChangePasskeys(msgspec.Struct, frozen=True, kw_only=True):
    """A step of adding a passkey, or the end of one."""

    do: Literal["begin", "add", "remove"]
    label: Annotated[str, msgspec.Meta(max_length=80)] = ""
    client: Answer = ""
    """What the browser says (``clientDataJSON``), in base64url."""
    authenticator: Answer = ""
    """What the device says (``authenticatorData``), in base64url."""
    public: Answer = ""
    """The public half (DER), in base64url."""
    passkey: Answer = ""
    """Id of the one to remove."""


def app(asked: Asked[Nothing]) -> App:
    """Whether there is one, and what one that is being set up has to know."""
    secret = _begun(asked) if sessions.fresh(asked.request, datetime.now(UTC)) else None
    host = asked.request.get_host()
    return App(
        on=Codes.objects.filter(person=asked.person).exists(),
        fresh=sessions.fresh(asked.request, datetime.now(UTC)),
        secret=totp.spelled(secret) if secret else "",
        picture=totp.drawn(secret, asked.person.email, host) if secret else "",
        once=once.take(asked.request),
    )


def change_app(asked: Asked[ChangeApp]) -> str:
    """Begins, takes the first code of a new app, turns it off, or makes new codes for recovery."""
    now, person, request = datetime.now(UTC), asked.person, asked.request
    if not sure(asked, APP, now):
        return APP
    if asked.query.do == "begin":
        request.session[_BEGUN] = b64encode(seal(totp.new_secret(), f"app of {person.pk}")).decode()
        return APP
    if asked.query.do == "off":
        Codes.objects.filter(person=person).delete()
        log.write(who=person.email, what="second factor taken away", about=person.email, said={"factor": "app"})
        without_factors(asked)
        once.keep(request, HERE, "done", _("The app is no longer asked for."))
        return HERE
    if asked.query.do == "recovery":
        if any(factors_of(person)):
            log.write(who=person.email, what="recovery codes made", about=person.email)
            once.keep(request, HERE, "codes", _("Your recovery codes"), *recovery.make_codes(person))
        return HERE
    secret = _begun(asked)
    step = totp.step_of(secret, "".join(asked.query.code.split()), now) if secret else None
    if secret is None or step is None:
        once.keep(request, APP, "wrong", _("This code is not right. Type the one that the app shows now."))
        return APP
    del request.session[_BEGUN]
    first = not any(factors_of(person))
    totp.turn_on(person, secret, step, now)
    log.write(who=person.email, what="second factor added", about=person.email, said={"factor": "app"})
    added(asked, first)
    return HERE


def _begun(asked: Asked[Any]) -> bytes | None:
    kept = asked.request.session.get(_BEGUN, "")
    return unseal(b64decode(kept), f"app of {asked.person.pk}") if kept else None


def passkeys(asked: Asked[Nothing]) -> Passkeys:
    """What the browser is asked, once somebody began."""
    return Passkeys(
        fresh=sessions.fresh(asked.request, datetime.now(UTC)),
        asked=asked.request.session.get("passkey asked", "") if keys.open_question(asked.request) else "",
        once=once.take(asked.request),
    )


def change_passkeys(asked: Asked[ChangePasskeys]) -> str:
    """Begins, keeps the passkey that a browser made, or removes one."""
    now, person, request, told = datetime.now(UTC), asked.person, asked.request, asked.query
    if not sure(asked, KEYS, now):
        return KEYS
    if told.do == "begin":
        request.session["passkey asked"] = keys.asked(request, person)
        return KEYS
    if told.do == "remove":
        row = Passkey.objects.filter(person=person, credential=told.passkey).first()
        if row is not None:
            said = {"factor": "passkey", "label": row.label}
            row.delete()
            log.write(who=person.email, what="second factor taken away", about=person.email, said=said)
            without_factors(asked)
            once.keep(request, HERE, "done", _("The passkey is removed."))
        return HERE
    first = not any(factors_of(person))
    try:
        kept = keys.add(request, told.label or _("Passkey"), told.client, told.authenticator, told.public, now)
    except PasskeyError:
        once.keep(request, KEYS, "wrong", _("This passkey was not accepted. Begin again."))
        return KEYS
    log.write(
        who=person.email,
        what="second factor added",
        about=person.email,
        said={"factor": "passkey", "label": kept.label},
    )
    added(asked, first)
    return HERE


def sure(asked: Asked[Any], place: str, now: datetime) -> bool:
    """Whether somebody signed in only just; else the page at a place tells them to."""
    if sessions.fresh(asked.request, now):
        return True
    once.keep(asked.request, place, "wrong", _("You signed in a while ago. Sign in again first."))
    return False


def added(asked: Asked[Any], first: bool) -> None:
    """Tell it; with the first factor come codes for when it is gone."""
    asked.request.session["by"] = "second factor"
    if first:
        once.keep(asked.request, HERE, "codes", _("Your recovery codes"), *recovery.make_codes(asked.person))
    else:
        once.keep(asked.request, HERE, "done", _("From now on you can use it to sign in."))


def without_factors(asked: Asked[Any]) -> None:
    """Codes for recovery go with the last factor."""
    if not any(factors_of(asked.person)):
        Recovery.objects.filter(person=asked.person).delete()


PAGES: list[Page[Any, Any]] = [
    Page(
        name="account-app",
        path="account/app/",
        says="An app that makes codes for signing in.",
        within="account",
        query=Nothing,
        data=App,
        fetch=app,
        template="factor_app.html",
    ),
    Page(
        name="account-passkeys",
        path="account/passkeys/",
        says="A new passkey.",
        within="account",
        query=Nothing,
        data=Passkeys,
        fetch=passkeys,
        template="factor_passkey.html",
    ),
]
DEEDS: list[Deed[Any]] = [
    Deed(
        name="account-app-change",
        path="account/app/change/",
        says="Set up an app that makes codes, turn it off, or make new recovery codes.",
        within="account",
        right=Right.SEE,
        form=ChangeApp,
        do=change_app,
    ),
    Deed(
        name="account-passkeys-change",
        path="account/passkeys/change/",
        says="Add or remove a passkey.",
        within="account",
        right=Right.SEE,
        form=ChangePasskeys,
        do=change_passkeys,
    ),
]
