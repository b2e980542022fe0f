"""After the password: whoever has a second factor shows it before they are signed in.

What is known between the two stands in the session, for a few minutes, and gives no right to anything.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from custodiet.web import log
from custodiet.web.accounts import recovery, sessions, throttle, totp
from custodiet.web.accounts.throttle import Aim
from custodiet.web.store.models import Codes, Passkey, Person, Recovery

WITHIN = timedelta(minutes=5)
_KEY = "half"


def factors_of(person: Person) -> tuple[bool, int]:
    """Whether they have an app that makes codes, and how many passkeys."""
    return Codes.objects.filter(person=person).exists(), Passkey.objects.filter(person=person).count()


def take_factors(person: Person) -> None:
    """Take away all second factors of somebody, with the codes on paper."""
    for table in (Codes, Passkey, Recovery):
        table.objects.filter(person=person).delete()


def goes_on(request: HttpRequest, person: Person, by: str, then: str) -> HttpResponse:
    """The password (or the link) was right: on to the second factor, or in.

    Args:
        request: of their browser.
        person: who.
        by: what was right.
        then: the address they wanted.
    """
    wanted = then if url_has_allowed_host_and_scheme(then, {request.get_host()}, request.is_secure()) else "/"
    if not any(factors_of(person)):
        sessions.enter(request, person, by)
        return HttpResponseRedirect(sessions.home(person, wanted))
    request.session.flush()
    request.session[_KEY] = [person.pk, by, wanted, datetime.now(UTC).isoformat(), person.get_session_auth_hash()]
    return HttpResponseRedirect("/sign-in/second/")


def second(request: HttpRequest) -> HttpResponse:
    """A form for a code of the app or one from paper, and a way in for a passkey."""
    now = datetime.now(UTC)
    person, by, wanted = _half(request, now)
    if person is None:
        return HttpResponseRedirect("/sign-in/")
    app, passkeys = factors_of(person)
    told = {"wrong": "", "app": app, "passkeys": passkeys, "next": wanted}
    if request.method != "POST":
        return render(request, "second.html", told)
    aims = (Aim("code", str(person.pk)), throttle.origin(request))
    wait = throttle.begin(now, *aims)
    if wait:
        return render(request, "second.html", {**told, "wrong": waits(wait)}, status=429)
    code = "".join(request.POST.get("code", "")[:100].split())
    how = "code" if totp.accept(person, code, now) else "recovery code" if recovery.accept(person, code) else ""
    if not how:
        log.write(who=person.email, what="sign-in refused", about=person.email, said={"by": "code"})
        return render(request, "second.html", {**told, "wrong": _("This code is not right, or was used.")}, status=403)
    throttle.forgive(*aims)
    sessions.enter(request, person, f"{by} and {how}")
    return HttpResponseRedirect(sessions.home(person, wanted))


def _half(request: HttpRequest, now: datetime) -> tuple[Person | None, str, str]:
    id, by, wanted, since, proof = request.session.get(_KEY) or (None, "", "", "", "")
    if id is None or now - datetime.fromisoformat(since) > WITHIN:
        return None, "", ""
    person = Person.objects.filter(pk=id, is_active=True).first()
    # a password that was changed in between is no longer the one that was right
    return (person if person and person.get_session_auth_hash() == proof else None), by, wanted


def waits(seconds: int) -> str:
    """What somebody is told who has to wait."""
    if seconds <= 90:
        told = ngettext("Too many tries. Try again in %d second.", "Too many tries. Try again in %d seconds.", seconds)
        return str(told % seconds)
    minutes = -(-seconds // 60)
    told = ngettext("Too many tries. Try again in %d minute.", "Too many tries. Try again in %d minutes.", minutes)
    return str(told % minutes)
