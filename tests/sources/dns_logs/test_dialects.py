"""What one line of each name server says: who asked for what, and which answer was whose."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest

from custodiet.sources.dns_logs import dnsmasq
from custodiet.sources.dns_logs.dialects import DNS
from custodiet.sources.log_lines import Asked, Skipped, Told
from custodiet.sources.log_times import LogClock

SEVEN = 1795330800.0
ANSWER = bytes.fromhex(
    "0001 8180 0001 0002 0000 0000 03 63616d 07 6578616d706c65 00 0001 0001"
    "c00c 0005 0001 0000003c 0007 04 65646765 c010  c029 0001 0001 0000003c 0004 c0000201"
)


def told(*lines: str) -> list[Told]:
    """What each line says, read with all dialects."""
    clock = LogClock("", SEVEN)
    dialects = [kind() for kind in DNS]
    return [
        next((said for dialect in dialects if (said := dialect.read(line, clock)) is not None), None) for line in lines
    ]


def pairs(*lines: str) -> list[tuple[str, str]]:
    """(asker, answer) of each answer that was tied to an asker in dnsmasq's log; ``07:00:00`` unless a line says."""
    whole = [f"Nov 22 {line if line[2:3] == ':' else f'07:00:00 {line}'}" for line in lines]
    whole = [" dnsmasq[7]: ".join((line[:15], line[16:])) for line in whole]
    found = [said for said in told(*whole) if isinstance(said, Asked)]
    return [(said.asker, answer) for said in found for answer in said.answers]


def asked(line: str) -> Asked:
    [found] = told(line)
    assert isinstance(found, Asked), found
    return found


@pytest.mark.parametrize(
    "line",
    [
        "Nov 22 07:00:00 dnsmasq[7]: query[A] cam.example from 10.0.0.5",
        "Nov 22 07:00:00 gw dnsmasq[7]: 45 10.0.0.5/40000 query[AAAA] cam.example from 10.0.0.5",
        "22-Nov-2026 07:00:00.000 queries: info: client @0x7f 10.0.0.5#4 (cam.example): query: cam.example IN A +E",
        "Nov 22 07:00:00 ns named[7]: client 10.0.0.5#4 (cam.example): view in: query: cam.example IN AAAA + (x)",
        "[1795330800] unbound[7:0] info: 10.0.0.5 cam.example. A IN",
        "[1795330800] unbound[7:0] reply: 10.0.0.5 cam.example. A IN NOERROR 0.001 0 45",
        "Nov 22 07:00:00 fw unbound: [7:1] info: 10.0.0.5 cam.example. A IN",
        "Nov 22 07:00:00 ns pdns_recursor[7]: 1 [1/1] question for 'cam.example|A' from 10.0.0.5:40000",
        "Nov 22 07:00:00 ns dnsdist[7]: Packet from 10.0.0.5:40000 for cam.example. A with id 1",
        "11/22/2026 7:00:00 AM 0A1C PACKET  00000000028E7030 UDP Rcv 10.0.0.5        a1b2   Q [0001   D   NOERROR] "
        "A      (3)cam(7)example(0)",
        '{"T":"2026-11-22T08:00:00+01:00","QH":"cam.example","QT":"A","QC":"IN","IP":"10.0.0.5"}',
    ],
)
def test_who_asked_for_which_name(line: str) -> None:
    found = asked(line)
    assert (found.asker, found.name, found.when, found.answers) == ("10.0.0.5", "cam.example", SEVEN, ())


QUERY = "query[A] cam.example from 10.0.0.5"
REPLY = "reply cam.example is 192.0.2.1"


def test_a_reply_belongs_to_the_only_one_who_had_asked() -> None:
    assert pairs(QUERY, "forwarded cam.example to 192.0.2.53", REPLY, "reply cam.example is 192.0.2.2") == [
        ("10.0.0.5", "cam.example=192.0.2.1"),
        ("10.0.0.5", "cam.example=192.0.2.2"),
    ]


def test_a_reply_that_two_may_have_asked_for_belongs_to_nobody() -> None:
    assert pairs(QUERY, QUERY.replace("0.5", "0.6"), REPLY) == []


def test_a_reply_that_nobody_has_asked_for_or_long_ago_belongs_to_nobody() -> None:
    assert pairs(REPLY) == []
    assert pairs(QUERY, f"07:01:00 {REPLY}") == []
    assert pairs("query[AAAA] cam.example from 10.0.0.5", REPLY) == []
    assert pairs(QUERY, "reply other.example is 192.0.2.1") == []


def test_who_asks_after_the_answer_is_the_only_one_again() -> None:
    later = ("07:00:05 " + QUERY.replace("0.5", "0.6"), "07:00:05 cached cam.example is 192.0.2.1")
    assert pairs(QUERY, REPLY, *later)[-1] == ("10.0.0.6", "cam.example=192.0.2.1")


def test_an_alias_goes_on_in_the_next_line_only() -> None:
    alias, edge = "reply cam.example is <CNAME>", "reply edge.example is 192.0.2.1"
    assert pairs(QUERY, alias, edge) == [
        ("10.0.0.5", "cam.example=192.0.2.1"),
        ("10.0.0.5", "edge.example=192.0.2.1"),
    ]
    assert pairs(QUERY, alias, "query[A] other.example from 10.0.0.6", edge) == []


def test_a_serial_number_ties_even_where_two_have_asked() -> None:
    lines = [f"{number} 10.0.0.{number}/4 query[A] cam.example from 10.0.0.{number}" for number in (5, 6)]
    lines += [f"{number} 10.0.0.{number}/4 {REPLY}" for number in (5, 6)]
    assert pairs(*lines) == [("10.0.0.5", "cam.example=192.0.2.1"), ("10.0.0.6", "cam.example=192.0.2.1")]
    assert pairs(f"9 10.0.0.9/4 {REPLY}") == []


@pytest.mark.parametrize("value", ["NXDOMAIN", "NODATA-IPv4", "0.0.0.0", "camera.local", "duplicate"])
def test_what_is_no_address_is_no_answer(value: str) -> None:
    assert pairs(QUERY, f"reply cam.example is {value}") == []
    assert pairs(QUERY, f"gravity blocked cam.example is {value}") == []


def test_questions_that_are_never_answered_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dnsmasq, "MOST_OPEN", 2)
    questions = [f"query[A] {number}.example from 10.0.0.5" for number in range(4)]
    assert pairs(*questions, "reply 0.example is 192.0.2.1") == []
    assert pairs(*questions, "reply 3.example is 192.0.2.1") == [("10.0.0.5", "3.example=192.0.2.1")]


def test_what_the_windows_server_answers_or_asks_itself_is_nobodys_question() -> None:
    line = (
        "22-11-2026 07:00:00 0A1C PACKET  028E7030 UDP {} 192.0.2.53      a1b2 {} Q [8081   DR  NOERROR] A    (3)cam(0)"
    )
    assert all(isinstance(one, Skipped) for one in told(line.format("Snd", "R"), line.format("Snd", " ")))
    assert told(line.format("Rcv", "R")) == [Skipped()]


def test_adguard_keeps_the_whole_answer() -> None:
    said = {"T": "2026-11-22T07:00:00Z", "QH": "cam.example", "QT": "A", "IP": "10.0.0.5"}
    found = asked(json.dumps(said | {"Answer": b64encode(ANSWER).decode()}))
    assert found.answers == ("edge.example=192.0.2.1", "cam.example=192.0.2.1")
    for damaged in ("%%%", "AAAA", 7, None):
        assert asked(json.dumps(said | {"Answer": damaged})).answers == ()


@pytest.mark.parametrize(
    "line",
    [
        "Nov 22 07:00:00 dnsmasq[7]: query[A] cam.example from fe80",
        '{"QH":"cam.example","IP":"nowhere"}',
        '{"QH":"","IP":"10.0.0.5"}',
        '{"QH":"cam.example","IP":',
    ],
)
def test_lines_that_cannot_be_read(line: str) -> None:
    assert all(isinstance(one, str) for one in told(line))


@pytest.mark.parametrize(
    "line",
    [
        "Nov 22 07:00:00 gw sshd[1]: session opened",
        "a query: what is this",
        'the PACKET was lost, a "QH" too',
        '{"IP":"10.0.0.5"}',
        "question for 'nobody'",
    ],
)
def test_lines_of_other_programs(line: str) -> None:
    assert told(line) == [None]


def test_what_the_programs_tell_of_themselves() -> None:
    assert told("Nov 22 07:00:00 dnsmasq[7]: started, version 2.90", "[1795330800] unbound[7:0] notice: init") == [
        Skipped(),
        Skipped(),
    ]
