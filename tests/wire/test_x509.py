"""Certificates, whole, odd and broken."""

from __future__ import annotations

import pytest
from der import CN, ISSUER, ORG, VALID, certificate, name, number, oid, seq, tlv

from custodiet.errors import WireError
from custodiet.wire.x509 import distinguished_name, parse_certificate


def test_all_fields() -> None:
    read = parse_certificate(certificate())
    assert list(read.facts()) == [
        ("tls.subject", "CN=cam-1,O=Voorbeeld\\, Optiek,C=NL"),
        ("tls.issuer", "CN=device root,O=Made Up CA"),
        ("tls.serial", "a1b2"),
        ("tls.not_before", "2025-01-31T12:00:00Z"),
        ("tls.san", "cam-1.voorbeeld.example"),
        ("tls.san", "10.0.0.5"),
        ("tls.san", "https://cam-1/"),
    ]
    assert read.not_after == "2054-01-31T12:00:00Z"


def test_trailing_bytes_are_ignored() -> None:
    assert parse_certificate(certificate() + b"more") == parse_certificate(certificate())


@pytest.mark.parametrize(
    ("time", "iso"),
    [
        (tlv(0x17, b"700101000000Z"), "1970-01-01T00:00:00Z"),
        (tlv(0x17, b"2501311200Z"), "2025-01-31T12:00:00Z"),  # no seconds
        (tlv(0x17, b"250131120000+0100"), "2025-01-31T11:00:00Z"),
        (tlv(0x17, b"250131120000"), "2025-01-31T12:00:00Z"),  # no zone
        (tlv(0x17, b"251331120000Z"), ""),  # month 13
        (tlv(0x18, b"00000101000000Z"), ""),  # year 0
        (tlv(0x18, b"99991231235959-2359"), ""),  # past the last day there is
        (tlv(0x17, b"yesterday"), ""),
        (tlv(0x17, b"\xff\xfe"), ""),
    ],
)
def test_dates(time: bytes, iso: str) -> None:
    read = parse_certificate(certificate(validity=seq(time, time)))
    assert (read.not_before, read.not_after) == (iso, iso)
    assert read.subject


def test_negative_and_zero_serials() -> None:
    assert parse_certificate(certificate(serial=b"\xff\x01")).serial == "ff01"
    assert parse_certificate(certificate(serial=b"\0")).serial == "00"


def test_odd_string_kinds() -> None:
    wide = seq(tlv(0x31, seq(oid(CN), tlv(0x1E, "摄像机".encode("utf-16-be")))))
    assert parse_certificate(certificate(subject=wide)).subject == "CN=摄像机"
    latin = seq(tlv(0x31, seq(oid(ORG), tlv(0x14, b"Sch\xe4fer"))))
    assert parse_certificate(certificate(subject=latin)).subject == "O=Sch\\xe4fer"


def test_unknown_kind_of_name_keeps_its_number() -> None:
    assert parse_certificate(certificate(subject=name(("1.2.3.4", "x")))).subject == "1.2.3.4=x"


def test_one_name_is_enough() -> None:
    assert parse_certificate(certificate(subject=seq())).subject == ""
    assert parse_certificate(certificate(issuer=seq())).subject.startswith("CN=cam-1")


def test_cut_certificate_gives_what_is_there() -> None:
    whole = certificate()
    at = whole.index(VALID)
    read = parse_certificate(whole[: at + 4])
    assert (read.issuer, read.subject, read.san) == ("CN=device root,O=Made Up CA", "", ())


@pytest.mark.parametrize(
    "der",
    [
        b"",
        b"\x30\x00",
        seq(number(1)),
        seq(seq(number(1), seq(oid("1.2.3")))),
        certificate(subject=seq(), issuer=seq()),
        b"\x30\x80" + ISSUER,
        b"-----BEGIN CERTIFICATE-----",
    ],
)
def test_refused(der: bytes) -> None:
    with pytest.raises(WireError):
        parse_certificate(der)


def test_a_name_that_another_tool_printed_is_written_as_ours() -> None:
    pairs = [("commonName", "cam-1"), ("organizationName", "Voorbeeld, Optiek"), ("2.5.4.99", "x")]
    assert distinguished_name(pairs) == "CN=cam-1,O=Voorbeeld\\, Optiek,2.5.4.99=x"
    assert distinguished_name([]) == ""
