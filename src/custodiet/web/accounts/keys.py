"""Passkeys of people: what a browser is asked, what is kept, and signing in with one."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

import msgspec
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from custodiet.web import log
from custodiet.web.accounts import sessions, throttle
from custodiet.web.accounts.door import door
from custodiet.web.accounts.passkeys import ALGORITHMS, PasskeyError, Site, bytes_of, made, signed, text_of
from custodiet.web.accounts.second import waits
from custodiet.web.store.models import Passkey, Person

MOST = 20
"""Passkeys of one person."""
_KEY = "challenge"


def asked(request: HttpRequest, person: Person | AnonymousUser) -> str:
    """What a browser is asked, as JSON for the script; the answer has to name this challenge.

    Args:
        request: of the browser.
        person: for whom a passkey is to be made; nobody: one is to be used.
    """
    challenge = secrets.token_bytes(32)
    request.session[_KEY] = text_of(challenge)
    told: dict[str, object] = {"challenge": text_of(challenge), "rpId": _site(request, challenge).name}
    if person.is_authenticated:
        told |= {
            "user": {"id": text_of(_handle(person)), "name": person.email, "displayName": person.name},
            "algorithms": ALGORITHMS,
            "known": list(Passkey.objects.filter(person=person).values_list("credential", flat=True)[:MOST]),
        }
    return msgspec.json.encode(told).decode()


def add(request: HttpRequest, label: str, client: str, authenticator: str, public: str, now: datetime) -> Passkey:
    """Keep a passkey that the browser of somebody made.

    Raises:
        PasskeyError: what it says does not hold.
    """
    site, der = _site(request, _challenge(request)), bytes_of(public)
    told = made(site, bytes_of(client), bytes_of(authenticator), der)
    mine = Passkey.objects.filter(person=request.user)
    if mine.count() >= MOST or Passkey.objects.filter(credential=told.credential).exists():
        raise PasskeyError("this passkey is known already, or there are too many")
    return Passkey.objects.create(
        credential=told.credential, person=request.user, public=der, counter=told.counter, label=label, since=now
    )


def sign_in(request: HttpRequest) -> HttpResponse:
    """GET: what the script hands to the browser; POST: what the browser answers, by which somebody is let in."""
    now, aim = datetime.now(UTC), throttle.origin(request)
    if request.method != "POST":
        return HttpResponse(asked(request, AnonymousUser()), content_type="application/json")
    wanted = request.POST.get("next", "")
    wait = throttle.begin(now, aim)
    if wait:
        return door(request, wanted, waits(wait), 429)
    try:
        kept = _used(request, now)
    except PasskeyError as fault:
        log.write(who="", what="sign-in refused", said={"by": "passkey", "because": fault.reason})
        return door(request, wanted, _("This passkey was not accepted."), 403)
    throttle.forgive(aim)
    sessions.enter(request, kept.person, "passkey")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return HttpResponseRedirect(sessions.home(kept.person, wanted if ours else "/"))


def _used(request: HttpRequest, now: datetime) -> Passkey:
    """The passkey that the answer of a browser shows."""
    site = _site(request, _challenge(request))
    told = {name: request.POST.get(name, "")[:4000] for name in ("id", "client", "authenticator", "signature", "user")}
    kept = Passkey.objects.select_related("person").filter(credential=told["id"], person__is_active=True).first()
    if kept is None:
        raise PasskeyError("this passkey is not known here")
    if told["user"] and bytes_of(told["user"]) != _handle(kept.person):
        raise PasskeyError("this passkey is of somebody else")
    client, device, signature = (bytes_of(told[name]) for name in ("client", "authenticator", "signature"))
    counter = signed(site, client, device, signature, bytes(kept.public))
    # a device that counts and does not count on was copied
    same = Passkey.objects.filter(pk=kept.pk, counter=kept.counter)
    if (counter or kept.counter) and counter <= kept.counter:
        raise PasskeyError("this passkey was copied: its counter went back")
    if not same.update(counter=counter, used=now):
        raise PasskeyError("this passkey was used at the same moment elsewhere")
    return kept


def open_question(request: HttpRequest) -> bool:
    """Whether a browser was asked for a passkey and did not answer yet."""
    return _KEY in request.session


def _challenge(request: HttpRequest) -> bytes:
    """The challenge of this session, which is gone then: an answer counts once."""
    kept = request.session.pop(_KEY, "")
    if not kept:
        raise PasskeyError("nothing was asked")
    return bytes_of(kept)


def _site(request: HttpRequest, challenge: bytes) -> Site:
    return Site(f"{request.scheme}://{request.get_host()}", challenge)


def _handle(person: Person) -> bytes:
    """By which a device knows whose key it holds; says nothing about them."""
    return bytes(salted_hmac("custodiet passkey", str(person.pk), algorithm="sha256").digest())
