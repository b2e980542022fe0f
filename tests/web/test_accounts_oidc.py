"""Signing in by an issuer of the organisation: one on this machine, that keeps to the rules or breaks one of them."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

RSA_KEY = rsa.generate_private_key(65537, 2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
OTHER = rsa.generate_private_key(65537, 2048)
SHORT = rsa.generate_private_key(65537, 1024)


def text(value: bytes | int) -> str:
    value = value.to_bytes(-(-value.bit_length() // 8), "big") if isinstance(value, int) else value
    return urlsafe_b64encode(value).decode().rstrip("=")


def token(claims: dict[str, Any], algorithm: str, kid: str, header: dict[str, Any] | None = None) -> str:
    """A token as an issuer signs it, or ought not to."""
    head = {"alg": algorithm, "kid": kid, **(header or {})}
    told = ".".join(text(json.dumps(part).encode()) for part in (head, claims))
    if algorithm == "ES256":
        halves = decode_dss_signature(EC_KEY.sign(told.encode(), ec.ECDSA(SHA256())))
        signature = b"".join(half.to_bytes(32, "big") for half in halves)
    elif algorithm == "RS256":
        signature = {"other": OTHER, "short": SHORT}.get(kid, RSA_KEY).sign(told.encode(), padding.PKCS1v15(), SHA256())
    elif algorithm == "HS256":
        signature = hmac.digest(text(RSA_KEY.public_key().public_numbers().n).encode(), told.encode(), "sha256")
    else:
        signature = b""
    return f"{told}.{text(signature)}"


class Fake:
    """An issuer; what it says can be changed."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {"email": "some@example.org", "email_verified": True, "sub": "person-1"}
        self.algorithm, self.kid = "RS256", "rsa"
        self.header: dict[str, Any] = {}
        self.document: dict[str, Any] = {}
        self.known: dict[str, dict[str, str]] = {}
        self.asked: list[dict[str, str]] = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                fake.answer(self, {})

            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                fake.answer(self, dict(parse_qsl(form)))

            def log_message(self, *told: Any) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.name = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def answer(self, handler: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
        told, status = self.tells(handler, form)
        handler.send_response(status)
        if status == 302:
            handler.send_header("Location", f"{self.name}/keys")
        handler.end_headers()
        handler.wfile.write(json.dumps(told).encode())

    def tells(self, handler: BaseHTTPRequestHandler, form: dict[str, str]) -> tuple[Any, int]:
        if handler.path == "/.well-known/openid-configuration":
            told = {"issuer": self.name, "authorization_endpoint": f"{self.name}/authorize"}
            return {
                **told,
                "token_endpoint": f"{self.name}/token",
                "jwks_uri": f"{self.name}/keys",
                **self.document,
            }, 200
        if handler.path == "/keys":
            mine, point = RSA_KEY.public_key().public_numbers(), EC_KEY.public_key().public_numbers()
            short = SHORT.public_key().public_numbers()
            keys = [
                {"kty": "RSA", "kid": "rsa", "n": text(mine.n), "e": text(mine.e), "alg": "RS256"},
                {"kty": "EC", "kid": "ec", "crv": "P-256", "x": text(point.x), "y": text(point.y)},
                {"kty": "RSA", "kid": "short", "n": text(short.n), "e": text(short.e)},
                {"kty": "OKP", "kid": "of a kind we do not know", "crv": "Ed25519", "x": "AA"},
            ]
            return {"keys": keys}, 200
        if handler.path != "/token":
            return {}, 302
        self.asked.append(form)
        asked = self.known.pop(form["code"], None)
        proof = text(hashlib.sha256(form["code_verifier"].encode()).digest())
        secret = b64decode(handler.headers.get("Authorization", "Basic ").split()[-1])
        if asked is None or secret != b"us:s3cret" or proof != asked["code_challenge"]:
            return {"error": "invalid_grant"}, 400
        now = int(time.time())
        claims = {"iss": self.name, "aud": asked["client_id"], "exp": now + 300, "iat": now, "nonce": asked["nonce"]}
        return {
            "id_token": token({**claims, **self.claims}, self.algorithm, self.kid, self.header),
            "token_type": "Bearer",
        }, 200

    def consents(self, address: str) -> dict[str, str]:
        """Somebody signs in at the issuer: with what they come back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["code_challenge_method"] == "S256" and asked["scope"].split()[0] == "openid"
        self.known["a code"] = asked
        return {"code": "a code", "state": asked["state"], "iss": self.name}

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join(5)
        self.server.server_close()


@pytest.fixture(scope="module")
def issuer_process() -> Iterator[Fake]:
    fake = Fake()
    yield fake
    fake.close()


@pytest.fixture
def issuer(web: None, issuer_process: Fake, monkeypatch: pytest.MonkeyPatch) -> Fake:
    """An issuer that keeps to the rules, and an account for the one whom it knows."""
    import msgspec
    from django.conf import settings

    from custodiet.web.accounts.oidc import discover
    from custodiet.web.store.models import Person

    fake = issuer_process
    fake.claims = {"email": "Some@Example.org", "email_verified": True, "sub": "person-1"}
    fake.algorithm, fake.kid, fake.document, fake.header = "RS256", "rsa", {}, {}
    known = {"oidc_issuer": fake.name, "oidc_client": "us", "oidc_secret": "s3cret"}
    monkeypatch.setattr(settings, "CUSTODIET", msgspec.structs.replace(settings.CUSTODIET, **known))
    discover.cache_clear()
    Person.objects.create(email="some@example.org", name="Somebody")
    return fake


def comes(issuer: Fake, client: Any = None, **changed: str) -> tuple[int, Any]:
    """Somebody goes to the issuer and comes back: what they are told, and their browser."""
    from django.test import Client

    client = client or Client()
    away = client.get("/sign-in/organisation/?next=/account/")
    assert away.status_code == 302 and away["Location"].startswith(f"{issuer.name}/authorize?")
    answer = client.get("/sign-in/organisation/back/", {**issuer.consents(away["Location"]), **changed})
    return answer.status_code, client


def last_reason() -> str:
    from custodiet.web.store.models import Logged

    return Logged.objects.order_by("-number")[0].said


@pytest.mark.parametrize(("algorithm", "kid"), [("RS256", "rsa"), ("ES256", "ec"), ("RS256", "")])
def test_somebody_with_an_account_is_let_in(issuer: Fake, algorithm: str, kid: str) -> None:
    issuer.algorithm, issuer.kid = algorithm, kid
    status, client = comes(issuer)
    assert status == 302, last_reason()
    assert client.get("/account/?as=json").json()["email"] == "some@example.org"


def test_the_door_offers_it_only_where_there_is_one(issuer: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    import msgspec
    from django.conf import settings
    from django.test import Client

    assert "/sign-in/organisation/" in Client().get("/sign-in/").content.decode()
    monkeypatch.setattr(settings, "CUSTODIET", msgspec.structs.replace(settings.CUSTODIET, oidc_issuer=""))
    assert "/sign-in/organisation/" not in Client().get("/sign-in/").content.decode()
    assert Client().get("/sign-in/organisation/").status_code == 404


LIES: dict[str, tuple[dict[str, Any], str]] = {
    "of another issuer": ({"iss": "https://evil.example"}, "another issuer"),
    "for somebody else": ({"aud": "them"}, "somebody else"),
    "for several": ({"aud": ["us", "them"]}, "several"),
    "by way of somebody else": ({"azp": "them"}, "somebody else"),
    "to another question": ({"nonce": "another"}, "another question"),
    "to no question": ({"nonce": ""}, "another question"),
    "ended": ({"exp": 1}, "ended"),
    "old": ({"iat": 1}, "another time"),
    "not yet": ({"nbf": 9_999_999_999}, "only later"),
    "of nobody": ({"sub": ""}, "nobody"),
    "without claims": ({"aud": None}, "cannot be read"),
    "of an address that was not verified": ({"email_verified": False}, "no account was found"),
    "of an address that says it was": ({"email_verified": "true"}, "no account"),
    "without an address": ({"email": ""}, "no account"),
    "of a stranger": ({"email": "stranger@example.org"}, "no account"),
}


@pytest.mark.parametrize(("changed", "reason"), LIES.values(), ids=LIES)
def test_what_an_issuer_says_has_to_hold(issuer: Fake, changed: dict[str, Any], reason: str) -> None:
    issuer.claims |= changed
    status, client = comes(issuer)
    assert status == 403 and reason in last_reason()
    assert client.get("/account/").status_code == 302


@pytest.mark.parametrize(
    ("algorithm", "kid"),
    [("none", "rsa"), ("HS256", "rsa"), ("RS256", "other"), ("RS256", "ec"), ("ES256", "rsa"), ("RS256", "short")],
)
def test_what_is_not_signed_by_the_issuer(issuer: Fake, algorithm: str, kid: str) -> None:
    issuer.algorithm, issuer.kid = algorithm, kid
    assert comes(issuer)[0] == 403
    assert "not signed" in last_reason()


@pytest.mark.parametrize("kind", ["at+jwt", "logout+jwt"])
def test_a_token_for_another_end_shows_nobody(issuer: Fake, kind: str) -> None:
    issuer.header = {"typ": kind}
    assert comes(issuer)[0] == 403
    assert "another end" in last_reason()


def test_a_key_that_a_token_brings_along_is_not_looked_at(issuer: Fake) -> None:
    mine = OTHER.public_key().public_numbers()
    issuer.header = {"jwk": {"kty": "RSA", "n": text(mine.n), "e": text(mine.e)}, "jku": f"{issuer.name}/keys"}
    issuer.kid = "other"
    assert comes(issuer)[0] == 403
    assert "not signed" in last_reason()


def test_an_issuer_counts_for_as_much_as_it_says(issuer: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    import msgspec
    from django.conf import settings

    from custodiet.web.accounts import recovery, totp
    from custodiet.web.store.models import Body, Membership, Person

    def let_in(**changed: Any) -> tuple[str, int]:
        """Where they come, and what a page of a body answers then."""
        from django.test import Client

        told = msgspec.structs.replace(settings.CUSTODIET, **changed)
        with monkeypatch.context() as patch:
            patch.setattr(settings, "CUSTODIET", told)
            client = Client()
            _, client = comes(issuer, client)
            second = client.get("/account/")
            return second.get("Location", ""), client.get("/b/waterdorp/?as=json").status_code

    one = Person.objects.get(email="some@example.org")
    Membership.objects.create(person=one, body=Body.objects.get(id="waterdorp"), role="viewer")
    assert let_in() == ("", 200)
    assert let_in(second_factor=True) == ("", 403), "one factor alone"
    assert let_in(second_factor=True, oidc_two=True) == ("", 200), "the operator vouches for it"
    issuer.claims["amr"] = ["pwd", "mfa"]
    assert let_in(second_factor=True) == ("", 200), "the issuer says so"
    issuer.claims["amr"] = ["pwd"]
    assert let_in(second_factor=True) == ("", 403)
    totp.turn_on(one, totp.new_secret(), 0, one.since)
    assert recovery.make_codes(one)
    assert let_in() == ("/sign-in/?next=/account/", 401), "who has a second factor here is asked for it"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_link_of_others_signs_nobody_in(issuer: Fake, site: str) -> None:
    from django.test import Client

    told = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    client = Client()
    answer = client.get("/sign-in/organisation/", headers=told)
    assert answer.status_code == 200 and "/sign-in/organisation/?" in answer.content.decode()
    assert "oidc" not in client.session
    assert client.get("/sign-in/organisation/", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 302


def test_nothing_of_a_token_is_kept_or_told(issuer: Fake, caplog: pytest.LogCaptureFixture) -> None:
    from custodiet.web.store.models import Logged, Session

    status, client = comes(issuer)
    assert status == 302
    kept = [dict(client.session.items()), list(Logged.objects.values_list()), caplog.text, client.cookies.output()]
    kept += [row.get_decoded() for row in Session.objects.all()]
    for secret in ("s3cret", "eyJ", "a code", issuer.asked[-1]["code_verifier"]):
        assert secret not in str(kept)


def test_an_answer_belongs_to_the_browser_that_asked_and_counts_once(issuer: Fake) -> None:
    from django.test import Client

    client = Client()
    assert comes(issuer, client, state="another")[0] == 403
    told = issuer.consents(client.get("/sign-in/organisation/")["Location"])
    assert Client().get("/sign-in/organisation/back/", told).status_code == 403
    assert client.get("/sign-in/organisation/back/", told).status_code == 302
    asked = len(issuer.asked)
    assert client.get("/sign-in/organisation/back/", told).status_code == 403
    assert len(issuer.asked) == asked, "the issuer is not asked again"


@pytest.mark.parametrize("changed", [{"code": "made up"}, {"code": ""}, {"iss": "https://evil.example"}])
def test_answers_that_were_tampered_with(issuer: Fake, changed: dict[str, str]) -> None:
    assert comes(issuer, **changed)[0] == 403


def test_a_code_that_came_too_late(issuer: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    from custodiet.web.accounts import elsewhere

    monkeypatch.setattr(elsewhere, "WITHIN", -1)
    assert comes(issuer)[0] == 403
    assert "too late" in last_reason()


def test_who_is_blocked_stays_out(issuer: Fake) -> None:
    from custodiet.web.store.models import Person

    assert comes(issuer)[0] == 302
    Person.objects.update(is_active=False)
    assert comes(issuer)[0] == 403


def test_once_joined_the_id_counts_and_not_the_address(issuer: Fake) -> None:
    assert comes(issuer)[0] == 302
    issuer.claims["email"] = "renamed@example.org"
    assert comes(issuer)[0] == 302, "the same person under a new address"
    issuer.claims = {"email": "some@example.org", "email_verified": True, "sub": "person-2"}
    assert comes(issuer)[0] == 403, "somebody new under the old address"


@pytest.mark.parametrize(
    ("claims", "sent", "told", "because"),
    [
        ({"email": "new@example.org"}, {}, "no account is open to new@example.org", "there is no account"),
        ({"email": "new@example.org"}, {}, "part it from the account of the organisation", "there is no account"),
        ({"email_verified": False}, {}, "does not confirm your e-mail address", "does not vouch"),
        ({"email": "new@example.org", "email_verified": False}, {}, "does not confirm your", "does not vouch"),
        ({}, {"code": "", "error": "access_denied"}, "did not let you sign in here", "did not let them in"),
        ({}, {"state": "another"}, "Begin again.", "another question"),
        ({"aud": "them"}, {}, "gave no answer that can be used", "somebody else"),
    ],
)
def test_who_is_not_let_in_is_told_why_and_what_to_do(
    issuer: Fake, claims: dict[str, Any], sent: dict[str, str], told: str, because: str
) -> None:
    from django.test import Client

    issuer.claims |= claims
    client = Client()
    away = client.get("/sign-in/organisation/?next=/account/")["Location"]
    answer = client.get("/sign-in/organisation/back/", {**issuer.consents(away), **sent})
    assert answer.status_code == 403 and told in answer.content.decode() and because in last_reason()


def test_an_account_that_is_blocked_or_anothers_is_told_like_none(issuer: Fake) -> None:
    from django.test import Client

    from custodiet.web.store.models import Person

    def page() -> str:
        client = Client()
        away = client.get("/sign-in/organisation/")["Location"]
        return str(client.get("/sign-in/organisation/back/", issuer.consents(away)).content.decode())

    assert comes(issuer)[0] == 302
    issuer.claims = {"email": "some@example.org", "email_verified": True, "sub": "person-2"}
    told = "no account is open to some@example.org"
    assert told in page() and "joined to somebody else" in last_reason()
    Person.objects.update(is_active=False)
    assert told in page() and "the account is blocked" in last_reason()


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://192.0.2.1/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": 5},
    ],
)
def test_a_document_that_leads_astray(issuer: Fake, changed: dict[str, Any]) -> None:
    from django.test import Client

    issuer.document = changed
    assert Client().get("/sign-in/organisation/").status_code == 403


def test_an_issuer_that_sends_us_elsewhere_is_not_followed(issuer: Fake) -> None:
    issuer.document = {"jwks_uri": f"{issuer.name}/moved"}
    assert comes(issuer)[0] == 403
    assert "cannot be reached" in last_reason()


@pytest.mark.parametrize(
    ("address", "right"),
    [
        ("https://issuer.example/x", True),
        ("http://127.0.0.1:8/", True),
        ("http://localhost/", True),
        ("http://issuer.example/", False),
        ("http://127.0.0.1.evil.example/", False),
        ("ftp://127.0.0.1/", False),
        ("", False),
    ],
)
def test_secrets_go_by_https_or_stay_here(started: None, address: str, right: bool) -> None:
    from custodiet.web.accounts.oidc import reachable

    assert reachable(address) == right
