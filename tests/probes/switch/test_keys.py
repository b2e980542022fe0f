"""Keys and proofs against the examples of the standards (RFC 3414, A.3) and what another implementation makes."""

from __future__ import annotations

import pytest

from custodiet.errors import WireError
from custodiet.probes.switch.keys import (
    HASHES,
    PRIVACY,
    auth_key,
    decrypted,
    encrypted,
    priv_key,
    proof,
    proves,
    salts,
)

ENGINE = bytes.fromhex("000000000000000000000002")
WORD = b"maplesyrup"


@pytest.mark.parametrize(
    ("auth", "key"),
    [
        ("md5", "526f5eed9fcce26f8964c2930787d82b"),
        ("sha", "6695febc9288e36282235fc7151f128497b38f3f"),
        ("sha224", "0bd8827c6e29f8065e08e09237f177e410f69b90e1782be682075674"),
        ("sha256", "8982e0e549e866db361a6b625d84cccc11162d453ee8ce3a6445c2d6776f0f8b"),
        (
            "sha384",
            "3b298f16164a11184279d5432bf169e2d2a48307de02b3d3f7e2b4f36eb6f0455a53689a3937eea07319a633d2ccba78",
        ),
    ],
)
def test_keys_of_the_proof(auth: str, key: str) -> None:
    assert auth_key(auth, WORD, ENGINE).hex() == key


@pytest.mark.parametrize(
    ("auth", "priv", "key"),
    [
        ("sha", "aes", "6695febc9288e36282235fc7151f1284"),
        ("md5", "des", "526f5eed9fcce26f8964c2930787d82b"),
        ("md5", "aes256", "526f5eed9fcce26f8964c2930787d82bfa24a92467426c2f4b09192be10dfaec"),
        ("sha", "aes256", "6695febc9288e36282235fc7151f128497b38f3f505e07eb9af25568fa1f5dbe"),
        ("sha", "aes192", "6695febc9288e36282235fc7151f128497b38f3f505e07eb"),
        ("sha", "aes256-cisco", "6695febc9288e36282235fc7151f128497b38f3f9b8b6d78936ba6e7d19dfd9c"),
        ("md5", "aes192-cisco", "526f5eed9fcce26f8964c2930787d82b79eff44a90650ee0"),
        ("sha512", "aes256", "22a5a36cedfcc085807a128d7bc6c2382167ad6c0dbc5fdff856740f3d84c099"),
    ],
)
def test_keys_of_the_encryption(auth: str, priv: str, key: str) -> None:
    assert priv_key(auth, priv, WORD, ENGINE).hex() == key


@pytest.mark.parametrize(
    ("auth", "made"),
    [
        ("md5", "1691f910b5b694999064e836"),
        ("sha", "69b2f284a3ba6c4b95c39b99"),
        ("sha224", "08509e492672adac69096c362e41e9e1"),
        ("sha256", "0b43518c6df9a46f61b4f35066b94750a79065fa64e7d77a"),
    ],
)
def test_proofs(auth: str, made: str) -> None:
    key, size = auth_key(auth, WORD, ENGINE), HASHES[auth][1]
    assert proof(auth, key, b"head" + bytes(size) + b"tail").hex() == made
    whole = b"head" + bytes.fromhex(made) + b"tail"
    assert proves(auth, key, whole, bytes.fromhex(made), 4)
    assert not proves(auth, key, whole[:-1] + b"L", bytes.fromhex(made), 4)
    assert not proves(auth, key, whole, bytes.fromhex(made)[:4], 4), "a part of a proof is none"
    assert not proves(auth, key, whole, b"", 4)


@pytest.mark.parametrize("priv", PRIVACY)
def test_what_is_encrypted_comes_back(priv: str) -> None:
    key = priv_key("sha", priv, WORD, ENGINE)
    sealed = encrypted(priv, key, b"thirteen byte", boots=3, time=99, salt=b"saltsalt")
    assert b"thirteen" not in sealed
    assert decrypted(priv, key, sealed, boots=3, time=99, salt=b"saltsalt").startswith(b"thirteen byte")
    assert decrypted(priv, key, sealed, boots=3, time=99, salt=b"saltsalT") != b"thirteen byte"


def test_what_cannot_have_been_encrypted() -> None:
    with pytest.raises(WireError):
        decrypted("aes", bytes(16), b"data", boots=1, time=1, salt=b"short")
    with pytest.raises(WireError):
        decrypted("aes", bytes(16), b"data", boots=-1, time=1, salt=bytes(8))
    with pytest.raises(WireError):
        decrypted("des", bytes(16), b"odd", boots=1, time=1, salt=bytes(8))


def test_salts_never_come_twice() -> None:
    take = salts(0xFFFFFFF0)
    assert len({take(7) for _ in range(100)}) == 100
