"""The link that works once, for a first password or a new one."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from custodiet.errors import UsageError
from custodiet.web import log
from custodiet.web.accounts import sessions
from custodiet.web.accounts.passwords import LONGEST
from custodiet.web.accounts.second import goes_on, take_factors
from custodiet.web.page import refused
from custodiet.web.store.models import Link, Person

LINK_HOURS = 24


def make_link(person: Person, now: datetime | None = None) -> str:
    """A path that works once, within `LINK_HOURS`, to choose a password; links made before stop working."""
    token = secrets.token_urlsafe(32)
    until = (now or datetime.now(UTC)) + timedelta(hours=LINK_HOURS)
    Link.objects.filter(person=person, used=None).delete()
    Link.objects.create(digest=_digest(token), person=person, until=until)
    return f"/welcome/{token}/"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def faults_of(password: str, again: str, person: Person) -> list[str]:
    """Why this cannot be somebody's password, in sentences; none: it can."""
    if len(password) > LONGEST:
        return [_("This password is too long.")]
    try:
        validate_password(password, person)
        faults: list[str] = []
    except ValidationError as fault:
        faults = list(fault.messages)
    return faults + ([] if password == again else [_("The two passwords differ.")])


def choose(person: Person, password: str, here: str = "") -> None:
    """Give somebody a password, which ends their sessions but the one with the key ``here``."""
    person.set_password(password)
    person.save(update_fields=["password"])
    Link.objects.filter(person=person, used=None).delete()
    sessions.end(person, here=here)
    log.write(who=person.email, what="password chosen", about=person.email)


def let_in_again(email: str, *, by: str) -> str:
    """A link for somebody who cannot sign in any more; what they had is taken away.

    Args:
        email: of their account.
        by: who does it, for the log.

    Raises:
        UsageError: nobody has this address, or they are blocked.
    """
    with transaction.atomic():
        person = Person.objects.filter(email=email).first()
        if person is None or not person.is_active:
            known = Person.objects.filter(administrator=True, is_active=True).order_by("email")
            those = ", ".join(known.values_list("email", flat=True)[:10])
            reason = "there is no account with this address" if person is None else "this account is blocked"
            raise UsageError(reason, place=email[:80], next_step=f"Administrators of the installation: {those}.")
        take_factors(person)
        person.set_unusable_password()
        person.save(update_fields=["password"])
        sessions.end(person)
        log.write(who=by, what="second factors taken away", about=email)
        log.write(who=by, what="link made", about=email)
        return make_link(person)


def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a password by a link that works once."""
    now = datetime.now(UTC)
    link = Link.objects.select_related("person").filter(digest=_digest(token), used=None, until__gt=now).first()
    if link is None or not link.person.is_active:
        return _spent(request)
    wrong: list[str] = []
    if request.method == "POST":
        password = request.POST.get("password", "")
        wrong = faults_of(password, request.POST.get("again", ""), link.person)
        if not wrong:
            with transaction.atomic():
                if not Link.objects.filter(digest=link.digest, used=None).update(used=now):
                    return _spent(request)
                choose(link.person, password)
            return goes_on(request, link.person, "link", "/")
    told = {"wrong": wrong, "person": link.person}
    return render(request, "welcome.html", told, status=400 if wrong else 200)


def _spent(request: HttpRequest) -> HttpResponse:
    """The same for every link that does not work, so that nobody learns whether there ever was such a link."""
    step = _(
        "If you have chosen a password, sign in. For a new link, ask whoever sent you this one: an administrator of"
        " the installation makes it under People."
    )
    return refused(request, 404, _("This link was used already, or has expired, or is not complete"), step)
