"""Keys of SNMP version 3: from a pass phrase to the proof and the encryption of one message (RFC 3414, 3826, 7860).

Hashes, HMAC and ciphers are those of the standard library and of ``cryptography``; what stands here is only how the
protocol strings them together. Old hashes and DES are here because old switches have nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from functools import lru_cache
from typing import Literal, NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from custodiet.errors import WireError

try:
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
    from cryptography.hazmat.decrepit.ciphers.modes import CFB
except ImportError:  # before version 45 they stand among the others
    from cryptography.hazmat.primitives.ciphers.algorithms import TripleDES
    from cryptography.hazmat.primitives.ciphers.modes import CFB

HASHES: dict[str, tuple[str, int]] = {
    "md5": ("md5", 12),
    "sha": ("sha1", 12),
    "sha224": ("sha224", 16),
    "sha256": ("sha256", 24),
    "sha384": ("sha384", 32),
    "sha512": ("sha512", 48),
}
"""Name -> hash, and bytes of the proof."""


class Privacy(NamedTuple):
    """How a cipher's key is made."""

    cipher: Literal["aes", "des"]
    size: int
    """Bytes of the key."""
    longer: Literal["hash", "key"] = "hash"
    """How a key is made longer than its hash: hashed on, or made once more from itself as Cisco does."""


PRIVACY: dict[str, Privacy] = {
    "aes": Privacy("aes", 16),
    "aes192": Privacy("aes", 24),
    "aes256": Privacy("aes", 32),
    "aes192-cisco": Privacy("aes", 24, "key"),
    "aes256-cisco": Privacy("aes", 32, "key"),
    "des": Privacy("des", 16),
}
"""Name -> cipher."""


@lru_cache(maxsize=8)  # a MB is hashed for each
def _of_word(auth: str, word: bytes) -> bytes:
    return hashlib.new(HASHES[auth][0], (word * (0x100000 // len(word) + 1))[:0x100000]).digest()


def _local(auth: str, key: bytes, engine: bytes) -> bytes:
    return hashlib.new(HASHES[auth][0], key + engine + key).digest()


def auth_key(auth: str, word: bytes, engine: bytes) -> bytes:
    """The key of the proof for one engine."""
    return _local(auth, _of_word(auth, word), engine)


def priv_key(auth: str, priv: str, word: bytes, engine: bytes) -> bytes:
    """The key of the encryption for one engine."""
    privacy = PRIVACY[priv]
    key = auth_key(auth, word, engine)
    last = key
    while len(key) < privacy.size:
        last = _local(auth, _of_word(auth, last), engine) if privacy.longer == "key" else _hashed(auth, key)
        key += last
    return key[: privacy.size]


def _hashed(auth: str, key: bytes) -> bytes:
    return hashlib.new(HASHES[auth][0], key).digest()


def proof(auth: str, key: bytes, message: bytes) -> bytes:
    """The proof for a message in which zeros stand where it belongs."""
    name, size = HASHES[auth]
    return hmac.new(key, message, name).digest()[:size]


def proves(auth: str, key: bytes, message: bytes, digest: bytes, at: int) -> bool:
    """Whether the digest that stands there proves that the sender of the message has the key."""
    size = HASHES[auth][1]
    if len(digest) != size:
        return False
    return hmac.compare_digest(proof(auth, key, message[:at] + bytes(size) + message[at + size :]), digest)


def encrypted(priv: str, key: bytes, data: bytes, *, boots: int, time: int, salt: bytes) -> bytes:
    """Data encrypted; the salt of 8 bytes must never come twice with one key."""
    if PRIVACY[priv].cipher == "des":
        data += bytes(-len(data) % 8)
    return _cipher(priv, key, boots, time, salt).encryptor().update(data)


def decrypted(priv: str, key: bytes, data: bytes, *, boots: int, time: int, salt: bytes) -> bytes:
    """Data decrypted; with another key it is noise.

    Raises:
        WireError: it cannot have been encrypted so.
    """
    if len(salt) != 8 or not 0 <= boots < 1 << 32 or not 0 <= time < 1 << 32:
        raise WireError("an encrypted SNMP message without what it was begun with")
    if PRIVACY[priv].cipher == "des" and len(data) % 8:
        raise WireError("an encrypted SNMP message of no possible length")
    return _cipher(priv, key, boots, time, salt).decryptor().update(data)


def _cipher(priv: str, key: bytes, boots: int, time: int, salt: bytes) -> Cipher[modes.CBC | CFB]:
    if PRIVACY[priv].cipher == "des":
        begun = bytes(one ^ other for one, other in zip(key[8:16], salt, strict=True))
        # three times the same key: single DES, as the standard of 1998 has it
        return Cipher(TripleDES(key[:8] * 3), modes.CBC(begun))
    return Cipher(algorithms.AES(key), CFB(boots.to_bytes(4) + time.to_bytes(4) + salt))


Salts = Callable[[int], bytes]
"""From the boots of an engine to 8 bytes that never come twice."""


def salts(begin: int) -> Salts:
    """Salts that count up from a number that nobody foresees."""
    count = begin

    def take(boots: int) -> bytes:
        nonlocal count
        count += 1
        return (boots & 0xFFFFFFFF).to_bytes(4) + (count & 0xFFFFFFFF).to_bytes(4)

    return take
