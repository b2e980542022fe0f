"""The key by which this machine signs: ledgers of what was sent, statements of what was seen.

It knows Ed25519 and three ways to write a public key down. Whose key it is it refuses to know: a key id says which key
signed, and only somebody who has the public key from a person he trusts knows who that was.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from custodiet.errors import UsageError

LARGEST_KEY = 10_000
"""Bytes of a file with a key; a larger one is none."""


def signing_key(path: Path) -> Ed25519PrivateKey:
    """The key of this machine; made where there is none, for nobody else to read.

    Raises:
        UsageError: the file holds no such key.
    """
    if not path.exists():
        key = Ed25519PrivateKey.generate()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(key.private_bytes_raw())
        return key
    return private_key(path, "Move it away; a new one is then made.")


def private_key(
    path: Path, next_step: str = "Give a file with 32 bytes, or PEM without a password."
) -> Ed25519PrivateKey:
    """The private key in a file: 32 bytes, or PEM as ``openssl genpkey -algorithm ed25519`` makes it.

    Raises:
        UsageError: it holds no such key.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        data = file.read(LARGEST_KEY)
    try:
        if not data.startswith(b"-----BEGIN"):
            return Ed25519PrivateKey.from_private_bytes(data)
        key = load_pem_private_key(data, password=None)
        if isinstance(key, Ed25519PrivateKey):
            return key
    except (ValueError, TypeError, UnsupportedAlgorithm):
        pass
    raise UsageError("the file holds no Ed25519 key to sign with", place=str(path), next_step=next_step)


def public_key(data: bytes) -> Ed25519PublicKey:
    """A public key: 32 bytes, 64 hexadecimal digits, or PEM.

    Raises:
        UsageError: it is none of these.
    """
    try:
        if data.strip().startswith(b"-----BEGIN"):
            key = load_pem_public_key(data.strip())
            if isinstance(key, Ed25519PublicKey):
                return key
        elif len(data) == 32:
            return Ed25519PublicKey.from_public_bytes(data)
        else:
            return Ed25519PublicKey.from_public_bytes(bytes.fromhex(data.strip().decode("ascii")))
    except (ValueError, UnsupportedAlgorithm):
        pass
    raise UsageError(
        "this is no Ed25519 public key", next_step="Give 64 hexadecimal digits, or a file with PEM or 32 bytes."
    )


def key_id(key: Ed25519PublicKey) -> str:
    """SHA-256 of the 32 bytes of a public key, in hexadecimal."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()


def pem(key: Ed25519PublicKey) -> str:
    """A public key as PEM, the form that OpenSSL reads."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")
