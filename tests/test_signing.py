"""Keys: made for nobody else to read, and read in each of their three forms."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from custodiet.errors import UsageError
from custodiet.signing import key_id, pem, private_key, public_key, signing_key

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "state" / "ledger.key"
    key = signing_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert signing_key(path).private_bytes_raw() == key.private_bytes_raw()


def test_a_private_key_is_read_as_bytes_and_as_pem(tmp_path: Path) -> None:
    raw, text = tmp_path / "raw", tmp_path / "pem"
    raw.write_bytes(KEY.private_bytes_raw())
    text.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert private_key(raw).private_bytes_raw() == private_key(text).private_bytes_raw() == bytes(range(32))


@pytest.mark.parametrize("data", [b"", b"short", bytes(33), b"-----BEGIN PRIVATE KEY-----\nxx\n"])
def test_what_is_no_private_key_is_refused_in_words(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(data)
    with pytest.raises(UsageError, match="no Ed25519 key"):
        private_key(path)


@pytest.mark.parametrize(
    "data", [PUBLIC, PUBLIC.hex().encode(), f" {PUBLIC.hex()}\n".encode(), pem(KEY.public_key()).encode()]
)
def test_a_public_key_is_read_in_its_three_forms(data: bytes) -> None:
    assert public_key(data).public_bytes_raw() == PUBLIC


@pytest.mark.parametrize(
    "data",
    [b"", b"zz" * 32, bytes(31), b"-----BEGIN PUBLIC KEY-----", "é".encode() * 20,
     X25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)],
)  # fmt: skip
def test_what_is_no_public_key_is_refused(data: bytes) -> None:
    with pytest.raises(UsageError):
        public_key(data)


def test_the_id_of_a_key_is_its_hash() -> None:
    assert key_id(KEY.public_key()) == hashlib.sha256(PUBLIC).hexdigest()
