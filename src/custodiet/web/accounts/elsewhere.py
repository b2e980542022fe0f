"""Signing in with an account of the organisation's own, by OpenID Connect.

It opens accounts that an administrator made, and makes none. The first time the issuer's verified address has to be
that of the account; from then on its own id for the person counts, so that an address given to somebody new opens
nothing. Where the issuer does not say that it asked for two factors, and nobody vouches for it, it counts as one.
"""

from __future__ import annotations

import hmac
import secrets
import time
from datetime import UTC, datetime

import msgspec
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from custodiet.web import log
from custodiet.web.accounts import oidc, sessions, throttle
from custodiet.web.accounts.door import door
from custodiet.web.accounts.oidc import Claims, Issuer, OidcError, Question
from custodiet.web.accounts.second import goes_on, waits
from custodiet.web.store.models import Person

WITHIN = 600
"""Seconds that somebody has at the issuer."""
_KEY = "oidc"


def leave(request: HttpRequest) -> HttpResponse:
    """Send the browser to the issuer, where somebody chose that here: a link of others would sign in without a word."""
    wanted = request.GET.get("next", "")
    if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        return door(request, wanted)
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    question = Question(state, nonce, verifier, wanted[:2000] if ours else "/", time.time())
    try:
        issuer = _issuer()
    except OidcError as fault:
        return _refused(request, fault)
    request.session[_KEY] = msgspec.to_builtins(question)
    return HttpResponseRedirect(oidc.address_of(issuer, question, settings.CUSTODIET.oidc_client, _back(request)))


def come_back(request: HttpRequest) -> HttpResponse:
    """Let in whom the issuer sends back."""
    aim = throttle.origin(request)
    wait = throttle.begin(datetime.now(UTC), aim)
    if wait:
        return door(request, "", waits(wait), 429)
    try:
        question = _asked(request)
        claims = _claims(request, question)
        person = _person(claims)
    except OidcError as fault:
        return _refused(request, fault)
    throttle.forgive(aim)
    if not settings.CUSTODIET.oidc_two and "mfa" not in claims.amr:
        return goes_on(request, person, "issuer", question.wanted)
    sessions.enter(request, person, "issuer with two factors")
    return HttpResponseRedirect(question.wanted)


def _asked(request: HttpRequest) -> Question:
    """The question that this browser was sent with; it counts once."""
    kept = request.session.pop(_KEY, None)
    if kept is None:
        raise OidcError("nothing was asked")
    question = msgspec.convert(kept, Question)
    if not hmac.compare_digest(question.state.encode(), request.GET.get("state", "").encode()):
        raise OidcError("the answer is to another question")
    if time.time() - question.at > WITHIN:
        raise OidcError("the answer comes too late")
    return question


def _claims(request: HttpRequest, question: Question) -> Claims:
    config, code = settings.CUSTODIET, request.GET.get("code", "")[:4000]
    issuer = _issuer()
    if not code or request.GET.get("iss", issuer.issuer) != issuer.issuer:
        raise OidcError("the issuer did not let them in")
    known = {"client": config.oidc_client, "secret": config.oidc_secret}
    return oidc.answer_of(issuer, question, code, **known, back=_back(request), now=time.time())


def _person(claims: Claims) -> Person:
    """Whom the issuer means."""
    subject = f"{claims.iss} {claims.sub}"
    person = Person.objects.filter(subject=subject).first()
    if person is None and claims.email and claims.email_verified is True:
        # of two at the same moment, one changes the row
        mine = Person.objects.filter(email=claims.email.strip().lower(), subject=None, is_active=True)
        if mine.update(subject=subject):
            person = Person.objects.get(subject=subject)
            log.write(who=person.email, what="account of the organisation joined", about=person.email)
    if person is None or not person.is_active:
        raise OidcError("there is no account for whom the issuer means")
    return person


def _issuer() -> Issuer:
    issuer = settings.CUSTODIET.oidc_issuer
    if not issuer:
        raise Http404
    return oidc.discover(issuer, int(time.time() // 3600))


def _back(request: HttpRequest) -> str:
    return str(request.build_absolute_uri("/sign-in/organisation/back/"))


def _refused(request: HttpRequest, fault: OidcError) -> HttpResponse:
    log.write(who="", what="sign-in refused", said={"by": "issuer", "because": fault.reason})
    return door(request, "", _("The sign-in of your organisation did not let you in here."), 403)
