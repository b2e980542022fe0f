"""Certificates of devices: any subject, one shared key, made without tools.

The key is made from the seed, so it is the same each time and protects nothing; real devices of one firmware share
their key too.
"""

from __future__ import annotations

import base64
import hashlib
import random
import ssl
import tempfile
from dataclasses import dataclass
from functools import lru_cache

from lab.ber import oid_bytes, tlv

Names = tuple[tuple[str, str], ...]
"""Attribute and value in the order of the certificate, for example ``(("C", "CN"), ("O", "EX"))``."""

_OIDS = {"CN": "2.5.4.3", "SERIALNUMBER": "2.5.4.5", "C": "2.5.4.6", "L": "2.5.4.7", "ST": "2.5.4.8", "O": "2.5.4.10",
         "OU": "2.5.4.11", "emailAddress": "1.2.840.113549.1.9.1"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Identity:
    """What a certificate says."""

    subject: Names
    issuer: Names = ()
    """Empty: it signs itself."""
    since: str = "20191217000000Z"
    until: str = "20371231235959Z"
    serial: int = 0x1001
    broken: bool = False
    """Its bytes are no certificate."""


def _number(value: int) -> bytes:
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1))


def _name(names: Names) -> bytes:
    return tlv(
        0x30,
        *(tlv(0x31, tlv(0x30, tlv(0x06, oid_bytes(_OIDS[key])), tlv(0x0C, value.encode()))) for key, value in names),
    )


def _prime(dice: random.Random, bits: int) -> int:
    small = [p for p in range(3, 2000, 2) if all(p % q for q in range(3, int(p**0.5) + 1, 2))]
    while True:
        value = dice.getrandbits(bits) | (3 << (bits - 2)) | 1
        if any(value % p == 0 for p in small) or value % 65537 == 1:
            continue
        if all(pow(base, value - 1, value) == 1 for base in (2, 3, 5, 7)):
            return value


@lru_cache(maxsize=4)
def _key(seed: int) -> tuple[int, int, bytes]:
    """The two primes and the key as DER."""
    dice = random.Random(seed)
    p, q, e = _prime(dice, 1024), _prime(dice, 1024), 65537
    d = pow(e, -1, (p - 1) * (q - 1))
    der = tlv(0x30, *(_number(v) for v in (0, p * q, e, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))))
    return p, q, der


_ALGORITHM = tlv(0x30, tlv(0x06, oid_bytes("1.2.840.113549.1.1.11")), tlv(0x05))
_DIGEST = bytes.fromhex("3031300d060960864801650304020105000420")


def _signed(value: int, p: int, q: int) -> int:
    """RSA by way of its primes, three times as fast."""
    d = pow(65537, -1, (p - 1) * (q - 1))
    low = pow(value, d % (q - 1), q)
    return low + q * ((pow(value, d % (p - 1), p) - low) * pow(q, -1, p) % p)


def certificate(identity: Identity, seed: int = 1) -> bytes:
    """The certificate as DER."""
    if identity.broken:
        return b"\x30\x82\x04\x00" + bytes(range(256)) * 2
    p, q, _der = _key(seed)
    n = p * q
    key = tlv(0x30, tlv(0x30, tlv(0x06, oid_bytes("1.2.840.113549.1.1.1")), tlv(0x05)),
               tlv(0x03, b"\0" + tlv(0x30, _number(n), _number(65537))))  # fmt: skip
    times = tlv(0x30, *(tlv(0x18, time.encode()) for time in (identity.since, identity.until)))
    signed = tlv(0x30, tlv(0xA0, _number(2)), _number(identity.serial), _ALGORITHM,
                  _name(identity.issuer or identity.subject), times, _name(identity.subject), key)  # fmt: skip
    if identity.issuer:
        signature = hashlib.sha256(signed).digest() * 8  # an issuer that nobody has: it cannot be judged
    else:
        digest = _DIGEST + hashlib.sha256(signed).digest()
        padded = b"\x00\x01" + b"\xff" * (256 - 3 - len(digest)) + b"\x00" + digest
        signature = _signed(int.from_bytes(padded), p, q).to_bytes(256)
    return tlv(0x30, signed, _ALGORITHM, tlv(0x03, b"\0" + signature))


def _pem(kind: str, der: bytes) -> str:
    return f"-----BEGIN {kind}-----\n{base64.encodebytes(der).decode()}-----END {kind}-----\n"


@lru_cache(maxsize=4096)
def context(identity: Identity, seed: int = 1) -> ssl.SSLContext:
    """A server's side of TLS, at most 1.2 as in the devices that are imitated."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.maximum_version = ssl.TLSVersion.TLSv1_2
    made.set_ciphers("DEFAULT:@SECLEVEL=0")
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(_pem("RSA PRIVATE KEY", _key(seed)[2]) + _pem("CERTIFICATE", certificate(identity, seed)))
        file.flush()
        made.load_cert_chain(file.name)
    return made


def broken_flight() -> bytes:
    """A server's hello and a certificate that is none, as two records of TLS 1.2."""
    hello = b"\x03\x03" + bytes(range(32)) + b"\0" + b"\x00\x9c" + b"\0"
    der = certificate(Identity((), broken=True))
    chain = (len(der) + 3).to_bytes(3) + len(der).to_bytes(3) + der
    parts = (b"\x02" + len(hello).to_bytes(3) + hello, b"\x0b" + len(chain).to_bytes(3) + chain, b"\x0e\0\0\0")
    return b"".join(b"\x16\x03\x03" + len(part).to_bytes(2) + part for part in parts)
