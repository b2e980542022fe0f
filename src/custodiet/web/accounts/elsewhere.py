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


class _Stale(OidcError):
    """The answer is to no question of this browser, or comes too late."""


class _Denied(OidcError):
    """The issuer says no."""


class _Unverified(OidcError):
    """The issuer says who it is, and not that the address is theirs."""


class _NoAccount(OidcError):
    """The issuer says who it is, and no account is open to them. Whoever it is learns no more, also where one is
    blocked, or was somebody else's who had the address before; the log says which."""


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
    return HttpResponseRedirect(sessions.home(person, question.wanted))


def _asked(request: HttpRequest) -> Question:
    """The question that this browser was sent with; it counts once."""
    kept = request.session.pop(_KEY, None)
    if kept is None:
        raise _Stale("nothing was asked")
    question = msgspec.convert(kept, Question)
    if not hmac.compare_digest(question.state.encode(), request.GET.get("state", "").encode()):
        raise _Stale("the answer is to another question")
    if time.time() - question.at > WITHIN:
        raise _Stale("the answer comes too late")
    return question


def _claims(request: HttpRequest, question: Question) -> Claims:
    config, code = settings.CUSTODIET, request.GET.get("code", "")[:4000]
    issuer = _issuer()
    if request.GET.get("iss", issuer.issuer) != issuer.issuer:
        raise OidcError("the answer is of another issuer")
    if not code:
        raise _Denied("the issuer did not let them in")
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
    if person is not None and person.is_active:
        return person
    if person is None and (not claims.email or claims.email_verified is not True):
        raise _Unverified("no account was found, since the issuer does not vouch for an address")
    theirs = person or Person.objects.filter(email=claims.email.strip().lower()).first()
    reason = "there is no account for whom the issuer means"
    if theirs is not None:
        reason = (
            "the account is joined to somebody else of the issuer" if theirs.is_active else "the account is blocked"
        )
    raise _NoAccount(reason, place=claims.email.strip().lower()[:254])


def _issuer() -> Issuer:
    issuer = settings.CUSTODIET.oidc_issuer
    if not issuer:
        raise Http404
    return oidc.discover(issuer, int(time.time() // 3600))


def _back(request: HttpRequest) -> str:
    return str(request.build_absolute_uri("/sign-in/organisation/back/"))


def _refused(request: HttpRequest, fault: OidcError) -> HttpResponse:
    said = {"by": "issuer", "because": fault.reason, **({"email": fault.place} if fault.place else {})}
    log.write(who="", what="sign-in refused", said=said)
    return door(request, "", _told(fault), 403)


def _told(fault: OidcError) -> str:
    """What somebody is told who is not let in: what happened, and what they can do."""
    match fault:
        case _Stale():
            return _("This sign-in was not begun in this browser, or took too long. Begin again.")
        case _Denied():
            return _("Your organisation did not let you sign in here. Ask those who manage its accounts.")
        case _Unverified():
            return _(
                "Your organisation let you in, but does not confirm your e-mail address, by which accounts are found "
                "here. Ask those who manage its accounts to confirm it."
            )
        case _NoAccount():
            return _(
                "Your organisation let you in, but here no account is open to {email}. Ask an administrator of this "
                "installation: they can invite you, or, where you have an account here already, part it from the "
                "account of the organisation that it was joined to before."
            ).format(email=fault.place or _("you"))
    return _(
        "The sign-in of your organisation gave no answer that can be used here. Try again; if it stays so, tell an "
        "administrator of this installation."
    )
