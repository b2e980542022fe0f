"""What a browser says of a passkey (Web Authentication, level 3), checked; pure functions of bytes.

Attestation is not asked for: who made the device in which somebody keeps a key is none of our business, and without it
nothing vouches for the key but the person who is signed in. So the key is taken as the browser gives it, as
SubjectPublicKeyInfo, and neither CBOR nor a list of makers' certificates is needed.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from custodiet.errors import CustodietError

ALGORITHMS = (-7, -257)
"""Kinds of keys that are taken: ECDSA on P-256, and RSA, each with SHA-256."""

_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40
_LONGEST_ID = 1023


class PasskeyError(CustodietError):
    """What a browser says of a passkey does not hold."""


class _Client(msgspec.Struct):
    type: str
    challenge: str
    origin: str
    crossOrigin: bool = False


@dataclass(frozen=True)
class Site:
    """For whom a passkey is, and what it was asked."""

    origin: str
    """Scheme, name and port, as a browser writes them."""
    challenge: bytes

    @property
    def name(self) -> str:
        """To which passkeys are bound."""
        return self.origin.split("://", 1)[1].rsplit("]", 1)[-1].split(":", 1)[0]


@dataclass(frozen=True)
class Made:
    """A passkey that was made."""

    credential: str
    """Its id, in base64url."""
    counter: int


def made(site: Site, client: bytes, authenticator: bytes, public: bytes) -> Made:
    """Check a new passkey.

    Args:
        site: for whom it has to be.
        client: what the browser says (``clientDataJSON``).
        authenticator: what the device says (``authenticatorData``).
        public: its public half, DER.

    Raises:
        PasskeyError: something does not hold.
    """
    _told_by_client(site, client, "webauthn.create")
    flags, counter = _told_by_device(site, authenticator)
    length = int.from_bytes(authenticator[53:55], "big")
    id = authenticator[55 : 55 + length]
    if not flags & _ATTESTED or not 0 < length <= _LONGEST_ID or len(id) != length:
        raise PasskeyError("the device names no key")
    _key(public)
    return Made(text_of(id), counter)


def signed(site: Site, client: bytes, authenticator: bytes, signature: bytes, public: bytes) -> int:
    """Check that whoever holds a passkey signed what was asked.

    Args:
        site: for whom, and what was asked.
        client: what the browser says (``clientDataJSON``).
        authenticator: what the device says (``authenticatorData``).
        signature: of both.
        public: the public half that we keep.

    Returns:
        How often the device says the key was used.

    Raises:
        PasskeyError: something does not hold.
    """
    _told_by_client(site, client, "webauthn.get")
    _, counter = _told_by_device(site, authenticator)
    key, told = _key(public), authenticator + hashlib.sha256(client).digest()
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, told, ec.ECDSA(SHA256()))
        else:
            key.verify(signature, told, padding.PKCS1v15(), SHA256())
    except InvalidSignature as fault:
        raise PasskeyError("the signature is not that of the key") from fault
    return counter


def _told_by_client(site: Site, client: bytes, kind: str) -> None:
    try:
        told = msgspec.json.decode(client, type=_Client)
    except msgspec.MsgspecError as fault:
        raise PasskeyError("the browser says nothing we know") from fault
    asked = hmac.compare_digest(bytes_of(told.challenge), site.challenge)
    if told.type != kind or told.origin != site.origin or told.crossOrigin or not asked:
        raise PasskeyError("the browser answers another question or another site")


def _told_by_device(site: Site, told: bytes) -> tuple[int, int]:
    if len(told) < 37 or told[:32] != hashlib.sha256(site.name.encode()).digest():
        raise PasskeyError("the key is for another site")
    # a key that asks for a finger, a face or a PIN is two factors; one that does not would be a single one
    if not told[32] & _PRESENT or not told[32] & _VERIFIED:
        raise PasskeyError("the device did not check who holds it")
    return told[32], int.from_bytes(told[33:37], "big")


def _key(public: bytes) -> ec.EllipticCurvePublicKey | rsa.RSAPublicKey:
    try:
        key = load_der_public_key(public)
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise PasskeyError("this is no public key") from fault
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    if isinstance(key, rsa.RSAPublicKey) and 2048 <= key.key_size <= 8192:
        return key
    raise PasskeyError("keys of this kind are not taken")


def text_of(value: bytes) -> str:
    """Bytes as base64url without filling."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes:
    """Base64url without filling as bytes.

    Raises:
        PasskeyError: it is none.
    """
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as fault:
        raise PasskeyError("this is not written in base64url") from fault
