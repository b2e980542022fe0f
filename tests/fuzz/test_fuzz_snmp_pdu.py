"""Any bytes as an answer of a switch: read, opened as version 2c and 3, and as tables in a log."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest
from drain import drain
from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.errors import WireError
from custodiet.probes.switch.account import Account, Community
from custodiet.probes.switch.frames import Again, Denied, Frames, frames_of
from custodiet.probes.switch.keys import PRIVACY, decrypted
from custodiet.probes.switch.request import Request
from custodiet.sources.exchanges import READER
from custodiet.sources.switch_tables import QUESTIONS
from custodiet.wire.ber_write import element, identifier, number, octets, sequence
from custodiet.wire.mib import TABLES
from custodiet.wire.snmp_pdu import parse_community, parse_pdu, parse_scoped, parse_version3

SEEDS = seeds("snmp_pdu")
HEAD = b'{"type":"head","format":"custodiet-find/1"}\n'
ASKED = Request(kind="get", names=((1, 3, 6, 1),), number=7)


def target(data: bytes) -> None:
    """Read bytes in every way in which an answer is read."""
    for parse in (parse_pdu, parse_community, parse_version3, parse_scoped):
        try:
            parse(data)
        except WireError as error:
            assert error.reason


def open_target(frames: Frames, data: bytes) -> None:
    """Open bytes as the answer to a question."""
    try:
        read, raw = frames.opened(data, ASKED)
    except (WireError, Again, Denied):
        frames.sealed(ASKED)  # whatever an agent tells about itself, a question can still be written
        return
    assert raw and read.request_id == ASKED.number


@FUZZ
@given(st.binary(max_size=400) | mutations(SEEDS))
def test_any_bytes(data: bytes) -> None:
    target(data)


@FUZZ
@given(st.lists(st.binary(max_size=100) | mutations(SEEDS), max_size=3), st.sampled_from(["2", "3", "3 open"]))
def test_any_answers(answers: list[bytes], version: str) -> None:
    account = Account("reader", b"proof-of-the-town", b"cipher-of-the-town") if version == "3" else Account("reader")
    frames = frames_of(Community(b"town-word") if version == "2" else account, lambda: 5.0, 1)
    for answer in answers:
        open_target(frames, answer)


@FUZZ
@given(st.sampled_from(sorted(PRIVACY)), st.binary(max_size=64), st.binary(max_size=9), st.integers(-1, 1 << 33))
def test_any_encryption(priv: str, data: bytes, salt: bytes, boots: int) -> None:
    try:
        decrypted(priv, bytes(range(PRIVACY[priv].size)), data, boots=boots, time=boots, salt=salt)
    except WireError as error:
        assert error.reason


COLUMNS = [column.oid for table in TABLES for column in table.columns]
NUMBERS = st.integers(0, 6) | st.integers(0, 300) | st.sampled_from([1 << 31, (1 << 64) - 1, 1 << 500])
VALUES = st.one_of(
    st.integers(-5, 300).map(number),
    st.binary(max_size=20).map(octets),
    st.binary(min_size=6, max_size=6).map(octets),
    st.sampled_from([b"\x82\x00", b"\x05\x00", identifier((1, 3, 6)), element(0x40, b"\x0a\x00\x00\x05")]),
)
ROWS = st.lists(
    st.tuples(st.sampled_from(COLUMNS), st.lists(NUMBERS, max_size=22), VALUES).map(
        lambda row: sequence(identifier((*row[0], *row[1])), row[2])
    ),
    max_size=40,
)


@FUZZ
@given(st.sampled_from(sorted(QUESTIONS)), st.sampled_from(["10.0.0.1", "fe80::1", "nobody"]), ROWS)
def test_any_rows(question: str, host: str, rows: list[bytes]) -> None:
    pdu = element(0xA2, number(1) + number(0) + number(0) + sequence(*rows))
    drain_answers(question, host, [sequence(number(1), octets(b""), pdu)])


@FUZZ
@given(st.sampled_from(sorted(QUESTIONS)), st.lists(mutations(SEEDS), max_size=3))
def test_any_log(question: str, answers: list[bytes]) -> None:
    drain_answers(question, "10.0.0.1", answers)


def drain_answers(question: str, host: str, answers: list[bytes]) -> None:
    """A log with one exchange of these answers."""
    exchange = {"question": question, "target": host, "port": 161, "at": 1.0, "outcome": "answered"}
    exchange["answers"] = [b64encode(answer).decode() for answer in answers]
    drain(READER, HEAD + json.dumps({"type": "exchange", "exchange": exchange}).encode())


def test_seeds_are_honest() -> None:
    assert len(SEEDS) >= 6
    read = [name for one in SEEDS for name in (parse_community, parse_version3) if _reads(name, one)]
    assert len(read) == len(SEEDS)
    with pytest.raises(WireError):
        parse_pdu(b"\xa3\x00")


def _reads(parse: object, data: bytes) -> bool:
    try:
        parse(data)  # type: ignore[operator]
    except WireError:
        return False
    return True
