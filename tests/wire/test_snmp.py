"""Answers, traps, and what must stay silent or secret."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from der import number, oid, seq, tlv

from custodiet.errors import WireError
from custodiet.wire.snmp import Sealed, parse_snmp

CAPTURE = Path(__file__).parents[2] / "../shared/samples/captures/office-snmp-mixed.pcapng"


def message(*bindings: bytes, pdu: int = 0xA2, version: int = 1) -> bytes:
    return seq(number(version), tlv(0x04, b"s3cret"), tlv(pdu, number(7), number(0), number(0), seq(*bindings)))


def binding(dotted: str, value: bytes) -> bytes:
    return seq(oid(dotted), value)


ANSWER = message(
    binding("1.3.6.1.2.1.1.1.0", tlv(0x04, b"Example IP Camera\0")),
    binding("1.3.6.1.2.1.1.2.0", oid("1.3.6.1.4.1.39165.1.1")),
    binding("1.3.6.1.2.1.1.5.0", tlv(0x04, b"poort-noord")),
    binding("1.3.6.1.2.1.4.20.1.1.10.0.0.5", tlv(0x40, bytes((10, 0, 0, 5)))),
    binding("1.3.6.1.2.1.2.1.0", number(3)),
)


def test_answer() -> None:
    assert list(parse_snmp(ANSWER).facts()) == [
        ("snmp.sys_descr", "Example IP Camera"),
        ("snmp.sys_object_id", "1.3.6.1.4.1.39165.1.1"),
        ("snmp.sys_name", "poort-noord"),
        ("snmp.oid", "1.3.6.1.2.1.4.20.1.1.10.0.0.5=10.0.0.5"),
        ("snmp.oid", "1.3.6.1.2.1.2.1.0=3"),
    ]


def test_version_1_and_trap() -> None:
    trap = seq(
        number(0),
        tlv(0x04, b"public"),
        tlv(0xA4, oid("1.3.6.1.4.1.368"), tlv(0x40, bytes(4)), number(6), number(1), tlv(0x43, b"\x05"), seq()),
    )
    read = parse_snmp(trap)
    assert (read.version, read.pdu_type) == ("1", "trap-v1")
    assert list(read.facts()) == [("snmp.oid", "1.3.6.1.6.3.1.1.4.3.0=1.3.6.1.4.1.368")]


@pytest.mark.parametrize("pdu", [0xA0, 0xA1, 0xA3, 0xA5])
def test_requests_are_silent(pdu: int) -> None:
    read = parse_snmp(message(binding("1.3.6.1.2.1.1.5.0", tlv(0x04, b"x")), pdu=pdu))
    assert list(read.facts()) == []


def test_community_is_not_kept() -> None:
    assert "s3cret" not in repr(parse_snmp(ANSWER))


def test_missing_and_changing_values_are_left_out() -> None:
    read = parse_snmp(
        message(
            binding("1.3.6.1.2.1.1.1.0", tlv(0x80)),  # no such object
            binding("1.3.6.1.2.1.1.2.0", tlv(0x05)),
            binding("1.3.6.1.2.1.1.3.0", tlv(0x43, b"\x05")),  # clock
            binding("1.3.6.1.2.1.2.2.1.10.1", tlv(0x41, b"\x05")),  # counter
        )
    )
    assert read.bindings == ()


def test_one_broken_variable_costs_only_itself() -> None:
    read = parse_snmp(
        message(
            seq(tlv(0x06, b"\x2b\x86"), number(1)),
            binding("1.3.6.1.2.1.9.0", tlv(0x40, b"\x0a")),
            binding("1.3.6.1.2.1.1.5.0", tlv(0x04, b"ok")),
        )
    )
    assert read.bindings == (("1.3.6.1.2.1.1.5.0", "ok"),)


def test_cut_datagram_gives_what_came_whole() -> None:
    read = parse_snmp(ANSWER[:70])
    assert [attribute for attribute, _ in read.facts()] == ["snmp.sys_descr"]


def test_control_characters_are_escaped() -> None:
    read = parse_snmp(message(binding("1.3.6.1.2.1.1.1.0", tlv(0x04, b"a\x1b[31mb"))))
    assert read.bindings[0][1] == "a\\x1b[31mb"


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\x30\x00",
        b"GET / HTTP/1.1\r\n\r\n",
        seq(number(3), seq(number(1))),  # version 3
        seq(number(9), tlv(0x04, b"x"), tlv(0xA2, seq())),
        seq(number(1), tlv(0x04, b"x"), tlv(0xBF, seq())),
        seq(number(1), tlv(0x04, b"x"), tlv(0xA2, number(1))),
        seq(number(1), number(1), tlv(0xA2, seq())),
    ],
)
def test_refused(payload: bytes) -> None:
    with pytest.raises(WireError):
        parse_snmp(payload)


@pytest.mark.samples
def test_real_answers() -> None:
    if not CAPTURE.is_file():
        pytest.skip("no shared samples here")
    data = CAPTURE.read_bytes()
    found = dict[str, str]()
    for match in re.finditer(rb"\x30.{1,3}\x02\x01[\x00\x01]\x04", data, re.DOTALL):
        try:
            found.update(parse_snmp(data[match.start() : match.start() + 1400]).facts())
        except WireError:
            continue
    assert found["snmp.sys_name"] == "B6300"
    assert found["snmp.sys_object_id"].startswith("1.3.6.1.4.1.")


def test_version_3_is_no_damage() -> None:
    with pytest.raises(Sealed, match="version 3"):
        parse_snmp(seq(number(3), seq(number(1))))
