"""Answers of SNMP as whoever asked reads them."""

from __future__ import annotations

import pytest

from custodiet.errors import WireError
from custodiet.wire.ber_write import element, identifier, number, octets, sequence
from custodiet.wire.snmp_pdu import (
    Variable,
    parse_community,
    parse_pdu,
    parse_scoped,
    parse_version3,
)

NAME = (1, 3, 6, 1, 2, 1, 1, 5, 0)
ROW = sequence(identifier(NAME), octets(b"\x00\x40\x8c"))


def pdu(*rows: bytes, tag: int = 0xA2, error: int = 0) -> bytes:
    """An answer with these variables."""
    return element(tag, number(7) + number(error) + number(0) + sequence(*rows))


def version3(flags: bytes = b"\x00", model: int = 3, security: bytes | None = None) -> bytes:
    """A message of version 3."""
    told = sequence(octets(b"engin"), number(1), number(2), octets(b"u"), octets(b"proof"), octets(b""))
    inside = sequence(octets(b"engin"), octets(b""), pdu(ROW))
    head = sequence(number(9), number(1400), octets(flags), number(model))
    return sequence(number(3), head, octets(told if security is None else security), inside)


def test_values_stay_bytes() -> None:
    read = parse_pdu(pdu(ROW))
    assert (read.kind, read.request_id, read.error) == ("response", 7, 0)
    assert read.variables == (Variable(NAME, 4, b"\x00\x40\x8c"),)
    assert parse_pdu(pdu(ROW, tag=0xA8)).kind == "report"


@pytest.mark.parametrize("tag", [0xA0, 0xA1, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0x30])
def test_only_answers_are_answers(tag: int) -> None:
    with pytest.raises(WireError, match="no answer"):
        parse_pdu(pdu(ROW, tag=tag))


@pytest.mark.parametrize("broken", [b"", b"\xa2", pdu(ROW)[:-1], pdu(octets(b"x")), pdu(sequence(number(1), ROW))])
def test_broken_answers_are_refused(broken: bytes) -> None:
    with pytest.raises(WireError):
        parse_pdu(broken)


@pytest.mark.parametrize(
    ("tag", "content", "value"),
    [
        (2, b"\xff", -1),
        (0x42, b"\xff", 255),
        (0x41, b"\x00\xff", 255),
        (4, b"\x01", None),
        (2, b"", None),
        (2, b"1" * 10, None),
    ],
)
def test_numbers(tag: int, content: bytes, value: int | None) -> None:
    assert Variable(NAME, tag, content).number() == value


def test_the_frame_of_a_community() -> None:
    read = parse_community(sequence(number(1), octets(b"word"), pdu(ROW)))
    assert (read.community, read.pdu) == (b"word", pdu(ROW))
    for broken in (sequence(number(0), octets(b"word"), pdu(ROW)), sequence(number(1), pdu(ROW)), b"\x30\x00", b""):
        with pytest.raises(WireError):
            parse_community(broken)


def test_the_frame_of_version_3() -> None:
    payload = version3()
    read = parse_version3(payload)
    assert (read.number, read.engine, read.boots, read.time, read.user) == (9, b"engin", 1, 2, b"u")
    assert payload[read.digest_at : read.digest_at + 5] == read.digest == b"proof"
    assert not read.private and parse_scoped(read.data) == pdu(ROW)
    assert parse_scoped(read.data + bytes(7)) == pdu(ROW), "what pads it is left out"
    for broken in (version3(flags=b""), version3(model=1), version3(security=b"\x30\x00"), b"\x30\x03\x02\x01\x03"):
        with pytest.raises(WireError):
            parse_version3(broken)
