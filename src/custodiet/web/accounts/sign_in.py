"""Signing in with an address and a password, and signing out."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from custodiet.web import log
from custodiet.web.accounts import throttle
from custodiet.web.accounts.door import door
from custodiet.web.accounts.passwords import LONGEST
from custodiet.web.accounts.second import goes_on, waits
from custodiet.web.accounts.throttle import Aim


def sign_in(request: HttpRequest) -> HttpResponse:
    """A form of address and password; neither its answer nor its time tells whether there is such an account."""
    if request.method != "POST":
        return door(request, request.GET.get("next", ""))
    email = request.POST.get("email", "").replace("\0", "").strip().lower()[:254]
    wanted = request.POST.get("next", "")
    aims = (Aim("account", email), throttle.origin(request))
    wait = throttle.begin(datetime.now(UTC), *aims)
    if wait:
        return door(request, wanted, waits(wait), 429)
    password = request.POST.get("password", "")
    # Django tries a password on nobody too, and takes as long for it; one that nobody can have is not worth that
    person = authenticate(request, username=email, password=password) if len(password) <= LONGEST else None
    if person is None:
        log.write(who=email, what="sign-in refused", about=email, said={"by": "password"})
        return door(request, wanted, _("This address and password do not belong together."), 403)
    throttle.forgive(*aims)
    return goes_on(request, person, "password", wanted)


def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session; by a form, so that no link of others can do it."""
    if request.method != "POST":
        return HttpResponseRedirect("/")
    if request.user.is_authenticated:
        log.write(who=request.user.email, what="signed out", about=request.user.email)
    logout(request)
    # what the browser still holds of pages is nobody's now
    return HttpResponseRedirect("/sign-in/", headers={"Clear-Site-Data": '"cache", "storage"'})
