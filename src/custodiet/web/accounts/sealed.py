"""What has to be read again and is nobody's business: sealed with a key made of the installation's secret.

The database holds the sealed bytes and the folder of the installation the secret, so that a copy of one is not enough.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_NONCE = 12


def seal(plain: bytes, purpose: str) -> bytes:
    """Seal bytes.

    Args:
        plain: what is to be kept.
        purpose: for what and for whom; they open for the same purpose only.
    """
    nonce = os.urandom(_NONCE)
    return nonce + _cipher().encrypt(nonce, plain, purpose.encode())


def unseal(kept: bytes, purpose: str) -> bytes | None:
    """What was sealed; none where it was sealed for another purpose or with another secret."""
    try:
        return _cipher().decrypt(kept[:_NONCE], kept[_NONCE:], purpose.encode())
    except (InvalidTag, ValueError):
        return None


def _cipher() -> AESGCM:
    secret = settings.SECRET_KEY.encode()
    return AESGCM(HKDF(hashes.SHA256(), 32, salt=None, info=b"custodiet: what is sealed").derive(secret))
