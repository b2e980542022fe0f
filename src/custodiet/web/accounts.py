"""Signing in and out, and the link that works once for a first password."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from custodiet.web import log
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


def sign_in(request: HttpRequest) -> HttpResponse:
    """A form of address and password."""
    if request.method != "POST":
        return render(request, "sign_in.html", {"wrong": "", "next": request.GET.get("next", "")})
    email = request.POST.get("email", "").strip().lower()[:254]
    person = authenticate(request, username=email, password=request.POST.get("password", "")[:1000])
    if person is None:
        log.write(who=email, what="sign-in refused")
        told = {"wrong": _("This address and password do not belong together."), "next": request.POST.get("next", "")}
        return render(request, "sign_in.html", told, status=403)
    login(request, person)
    log.write(who=email, what="signed in")
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(wanted if ours else "/")


def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session; by a form, so that no link of others can do it."""
    if request.method != "POST":
        return HttpResponseRedirect("/")
    if request.user.is_authenticated:
        log.write(who=request.user.email, what="signed out")
    logout(request)
    return HttpResponseRedirect("/sign-in/")


def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a password by a link that works once."""
    now = datetime.now(UTC)
    link = Link.objects.select_related("person").filter(digest=_digest(token), used=None, until__gt=now).first()
    if link is None or not link.person.is_active:
        raise Http404
    wrong: list[str] = []
    if request.method == "POST":
        password = request.POST.get("password", "")[:1000]
        try:
            validate_password(password, link.person)
        except ValidationError as fault:
            wrong = list(fault.messages)
        if password != request.POST.get("again", "")[:1000]:
            wrong.append(_("The two passwords differ."))
        if not wrong:
            with transaction.atomic():
                if not Link.objects.filter(digest=link.digest, used=None).update(used=now):
                    raise Http404
                link.person.set_password(password)
                link.person.save(update_fields=["password"])
                log.write(who=link.person.email, what="password chosen", about=link.person.email)
            login(request, link.person)
            return HttpResponseRedirect("/")
    told = {"wrong": wrong, "person": link.person}
    return render(request, "welcome.html", told, status=400 if wrong else 200)


ADDRESSES = [
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-out/", sign_out, name="sign-out"),
    path("welcome/<str:token>/", welcome, name="welcome"),
]
