"""Made ASN.1 elements for the tests of BER, SNMP, certificates and TLS."""

from __future__ import annotations


def tlv(tag: int, *content: bytes) -> bytes:
    body = b"".join(content)
    if len(body) < 0x80:
        return bytes((tag, len(body))) + body
    octets = len(body).to_bytes((len(body).bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(octets))) + octets + body


def seq(*content: bytes) -> bytes:
    return tlv(0x30, *content)


def number(value: int) -> bytes:
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, signed=True))


def oid(dotted: str) -> bytes:
    first, second, *rest = (int(part) for part in dotted.split("."))
    raw = b""
    for part in (40 * first + second, *rest):
        octets = [part & 0x7F]
        while part := part >> 7:
            octets.append(part & 0x7F | 0x80)
        raw += bytes(reversed(octets))
    return tlv(0x06, raw)


def name(*pairs: tuple[str, str], tag: int = 0x0C) -> bytes:
    return seq(*(tlv(0x31, seq(oid(key), tlv(tag, value.encode()))) for key, value in pairs))


CN, ORG, C = "2.5.4.3", "2.5.4.10", "2.5.4.6"
SUBJECT = name((C, "NL"), (ORG, "Voorbeeld, Optiek"), (CN, "cam-1"))
ISSUER = name((ORG, "Made Up CA"), (CN, "device root"))
VALID = seq(tlv(0x17, b"250131120000Z"), tlv(0x18, b"20540131120000Z"))
ALGORITHM = seq(oid("1.2.840.113549.1.1.11"), tlv(0x05))
KEY = seq(ALGORITHM, tlv(0x03, b"\0" + bytes(20)))
SAN = seq(
    oid("2.5.29.17"),
    tlv(
        0x04, seq(tlv(0x82, b"cam-1.voorbeeld.example"), tlv(0x87, bytes((10, 0, 0, 5))), tlv(0x86, b"https://cam-1/"))
    ),
)


def certificate(
    *,
    serial: bytes = b"\x00\xa1\xb2",
    issuer: bytes = ISSUER,
    validity: bytes = VALID,
    subject: bytes = SUBJECT,
    extensions: bytes = SAN,
) -> bytes:
    signed = seq(
        tlv(0xA0, number(2)),
        tlv(0x02, serial),
        ALGORITHM,
        issuer,
        validity,
        subject,
        KEY,
        tlv(0xA3, seq(extensions)),
    )
    return seq(signed, ALGORITHM, tlv(0x03, b"\0" + bytes(32)))
