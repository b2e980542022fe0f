"""OpenID Connect: what is asked of an issuer, and what of its answer has to hold; no page and no table.

The issuer's document of discovery says where its parts are. What it says of somebody counts when it is signed by one of
its keys, is meant for us, answers the question that was asked, and has not ended.
"""

from __future__ import annotations

import hmac
import urllib.request
from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from ipaddress import ip_address
from typing import Any, TypeVar
from urllib.error import URLError
from urllib.parse import quote, urlencode, urlsplit

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from custodiet.errors import CustodietError
from custodiet.web.accounts.passkeys import PasskeyError, bytes_of, text_of

LATE = 60
"""Seconds by which clocks may differ."""
_MOST = 1 << 20
_SECONDS = 5

T = TypeVar("T")


class OidcError(CustodietError):
    """The issuer cannot be reached, or what it says does not hold."""


class Issuer(msgspec.Struct, frozen=True):
    """Where the parts of an issuer are, as its document of discovery says."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class Question(msgspec.Struct, frozen=True):
    """What one browser was sent to the issuer with; kept in its session, and used once."""

    state: str
    nonce: str
    verifier: str
    """Whose hash the issuer was told (RFC 7636): a code that somebody caught is of no use without it."""
    wanted: str
    """The address they wanted."""
    at: float


class Claims(msgspec.Struct, frozen=True):
    """What an issuer says of somebody."""

    iss: str
    sub: str
    aud: str | list[str]
    exp: float
    iat: float
    nonce: str = ""
    azp: str = ""
    nbf: float = 0
    email: str = ""
    email_verified: bool | str = False
    amr: tuple[str, ...] = ()
    """How they showed the issuer who they are (RFC 8176); ``mfa``: by more than one thing."""


class _Header(msgspec.Struct):
    alg: str
    kid: str = ""
    typ: str = "JWT"
    """Tokens for other ends (``at+jwt``, ``logout+jwt``) say so here. Keys that a token brings along are not read."""


class _Key(msgspec.Struct):
    kty: str
    kid: str = ""
    use: str = "sig"
    crv: str = ""
    n: str = ""
    e: str = ""
    x: str = ""
    y: str = ""


class _Tokens(msgspec.Struct):
    id_token: str


def reachable(address: str) -> bool:
    """Whether an address is one to send secrets to: by HTTPS, or on this machine."""
    parts = urlsplit(address)
    try:
        here = parts.hostname == "localhost" or ip_address(parts.hostname or "").is_loopback
    except ValueError:
        here = False
    return parts.scheme == "https" or (parts.scheme == "http" and here)


@lru_cache(maxsize=4)
def discover(issuer: str, hour: int) -> Issuer:
    """Where the parts of an issuer are; asked once an hour.

    Raises:
        OidcError: it does not tell.
    """
    found = _ask(f"{issuer.rstrip('/')}/.well-known/openid-configuration", Issuer)
    parts = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
    if found.issuer != issuer or not all(map(reachable, parts)):
        raise OidcError("the issuer calls itself otherwise, or names addresses without HTTPS")
    return found


def address_of(issuer: Issuer, question: Question, client: str, back: str) -> str:
    """Where the browser is sent."""
    told = {
        "response_type": "code",
        "client_id": client,
        "redirect_uri": back,
        "scope": "openid email",
        "state": question.state,
        "nonce": question.nonce,
        "code_challenge": text_of(sha256(question.verifier.encode()).digest()),
        "code_challenge_method": "S256",
    }
    return f"{issuer.authorization_endpoint}{'&' if '?' in issuer.authorization_endpoint else '?'}{urlencode(told)}"


def answer_of(
    issuer: Issuer, question: Question, code: str, *, client: str, secret: str, back: str, now: float
) -> Claims:
    """What the issuer says of whoever came back with a code.

    Raises:
        OidcError: it cannot be reached, or what it says does not hold.
    """
    told = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": question.verifier}
    headers = {}
    if secret:
        known = f"{quote(client, safe='')}:{quote(secret, safe='')}"
        headers["Authorization"] = f"Basic {b64encode(known.encode()).decode()}"
    else:
        told["client_id"] = client
    tokens = _ask(issuer.token_endpoint, _Tokens, told, headers)
    return checked(tokens.id_token, keys_of(issuer), issuer.issuer, client, question.nonce, now)


def keys_of(issuer: Issuer) -> list[_Key]:
    """The keys by which it signs, of the kinds that we know."""
    told = _ask(issuer.jwks_uri, dict[str, list[dict[str, Any]]])
    keys = [msgspec.convert(one, _Key) for one in told.get("keys", []) if one.get("kty") in ("RSA", "EC")]
    return [key for key in keys if key.use == "sig"]


def checked(token: str, keys: list[_Key], issuer: str, client: str, nonce: str, now: float) -> Claims:
    """The claims of a token that is signed, for us, for this question, and of this time.

    Raises:
        OidcError: one of it does not hold.
    """
    try:
        head, body, signature = token.split(".")
        header = msgspec.json.decode(bytes_of(head), type=_Header)
        claims = msgspec.json.decode(bytes_of(body), type=Claims)
        signed = any(
            _signed(key, header.alg, f"{head}.{body}".encode(), bytes_of(signature))
            for key in keys
            if header.kid in ("", key.kid)
        )
    except (ValueError, msgspec.MsgspecError, PasskeyError) as fault:
        raise OidcError("the issuer's token cannot be read") from fault
    audience = [claims.aud] if isinstance(claims.aud, str) else claims.aud
    wrong = {
        "is not signed by the issuer": not signed,
        "is for another end": header.typ.upper() != "JWT",
        "is of another issuer": claims.iss != issuer,
        "is for somebody else": client not in audience or claims.azp not in ("", client),
        "is for several": len(audience) > 1 and claims.azp != client,
        "answers another question": not hmac.compare_digest(claims.nonce.encode(), nonce.encode()),
        "has ended": claims.exp + LATE < now,
        "counts only later": claims.nbf - LATE > now,
        "is of another time": abs(claims.iat - now) > 600,
        "names nobody": not claims.sub or len(claims.sub) > 255,
    }
    for reason in (reason for reason, holds in wrong.items() if holds):
        raise OidcError(f"the issuer's token {reason}")
    return claims


def _signed(key: _Key, algorithm: str, told: bytes, signature: bytes) -> bool:
    """Whether a key signed it; the kind of the key says how, and the token has to say the same."""
    try:
        if key.kty == "RSA" and algorithm == "RS256":
            numbers = rsa.RSAPublicNumbers(_number(key.e), _number(key.n))
            if not 2048 <= numbers.n.bit_length() <= 8192:
                return False
            numbers.public_key().verify(signature, told, padding.PKCS1v15(), SHA256())
            return True
        if key.kty == "EC" and key.crv == "P-256" and algorithm == "ES256" and len(signature) == 64:
            point = ec.EllipticCurvePublicNumbers(_number(key.x), _number(key.y), ec.SECP256R1())
            halves = (int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
            point.public_key().verify(encode_dss_signature(*halves), told, ec.ECDSA(SHA256()))
            return True
    except InvalidSignature:
        return False
    return False


def _number(text: str) -> int:
    return int.from_bytes(bytes_of(text), "big")


class _Stays(urllib.request.HTTPRedirectHandler):
    """A secret goes where it was sent, and nowhere else."""

    def redirect_request(self, *told: Any) -> None:
        """Refuses."""


def _ask(address: str, kind: type[T], form: dict[str, str] | None = None, headers: dict[str, str] | None = None) -> T:
    """What a part of the issuer answers."""
    if not reachable(address):
        raise OidcError("the issuer names addresses without HTTPS")
    told = {"Accept": "application/json", **(headers or {})}
    request = urllib.request.Request(address, urlencode(form).encode() if form else None, told)  # noqa: S310 (see above)
    try:
        with urllib.request.build_opener(_Stays).open(request, timeout=_SECONDS) as answer:
            body = answer.read(_MOST + 1)
        if len(body) > _MOST:
            raise OidcError("the issuer answers without end")
        return msgspec.json.decode(body, type=kind)
    except (URLError, OSError, ValueError) as fault:
        raise OidcError("the issuer cannot be reached, or gives no answer that we can read") from fault
