"""A device that holds a passkey, as small as it can be: it makes a key, and signs what it is asked."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PRESENT, VERIFIED, ATTESTED = 1, 4, 64


def text(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")


@dataclass
class Device:
    """A device with one key; each field can be made wrong."""

    origin: str = "http://testserver"
    site: str = "testserver"
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = b"an id of a key"
    flags: int = PRESENT | VERIFIED
    counter: int = 0
    cross: bool = False

    def says(self, kind: str, challenge: str) -> bytes:
        """``clientDataJSON``."""
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.cross, "more": "x"}
        return msgspec.json.encode(told)

    def data(self, more: int = 0) -> bytes:
        """``authenticatorData``, without a key in it."""
        return (
            hashlib.sha256(self.site.encode()).digest() + bytes([self.flags | more]) + self.counter.to_bytes(4, "big")
        )

    def make(self, challenge: str, kind: str = "webauthn.create") -> dict[str, str]:
        """A new passkey, as the script sends it."""
        named = bytes(16) + len(self.id).to_bytes(2, "big") + self.id
        public = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return {
            "client": text(self.says(kind, challenge)),
            "authenticator": text(self.data(ATTESTED) + named + b"the key in COSE"),
            "public": text(public),
        }

    def use(self, challenge: str, kind: str = "webauthn.get", user: str = "") -> dict[str, str]:
        """An answer signed with the passkey, as the script sends it."""
        client, device = self.says(kind, challenge), self.data()
        told = device + hashlib.sha256(client).digest()
        if isinstance(self.key, rsa.RSAPrivateKey):
            signature = self.key.sign(told, padding.PKCS1v15(), SHA256())
        else:
            signature = self.key.sign(told, ec.ECDSA(SHA256()))
        return {
            "id": text(self.id),
            "client": text(client),
            "authenticator": text(device),
            "signature": text(signature),
            "user": user,
        }


def raw(answer: dict[str, str]) -> dict[str, bytes]:
    """What the script sends, as bytes."""
    return {name: urlsafe_b64decode(value + "=" * (-len(value) % 4)) for name, value in answer.items()}
