"""The log of a name server as a whole: facts, and the doubt that it tells names only."""

from __future__ import annotations

from pathlib import Path

import pytest
from logged import read

from custodiet.sources.base import HEAD_SIZE
from custodiet.sources.dns_logs.reader import READER

SEVEN = 1795330800.0
CAM = "ip:10.0.0.5"


def line(at: str, text: str) -> str:
    return f"2026-11-22T{at}Z gw dnsmasq[7]: {text}\n"


def test_names_and_answers_are_told_of_who_asked(tmp_path: Path) -> None:
    text = line("07:00:00", "query[A] cam.example from 10.0.0.5") + line("07:00:00", "reply cam.example is 192.0.2.1")
    text += line("07:04:00", "query[A] cam.example from 10.0.0.5")
    outcome = read(READER, text.encode(), tmp_path)
    query = outcome.one(CAM, "dns.query")
    assert (query.value, query.count, query.first_seen, query.last_seen) == ("cam.example", 2, SEVEN, SEVEN + 240)
    assert outcome.values(CAM, "dns.answer") == ["cam.example=192.0.2.1"]
    assert outcome.subjects == {CAM}
    assert outcome.flows == []


def test_a_log_of_names_does_not_say_what_was_sent(tmp_path: Path) -> None:
    outcome = read(READER, line("07:00:00", "query[A] cam.example from 10.0.0.5").encode(), tmp_path)
    assert outcome.tally.watched is not None
    assert outcome.tally.watched.spans == ((SEVEN, SEVEN),)
    assert set(outcome.tally.watched.doubts) == {"part_logged"}
    assert "not what was sent then" in outcome.tally.watched.doubts["part_logged"]


def test_replies_that_are_nobodys_are_counted(tmp_path: Path) -> None:
    text = line("07:00:00", "query[A] a.example from 10.0.0.5") + line("07:00:00", "reply cam.example is 192.0.2.1")
    outcome = read(READER, text.encode(), tmp_path)
    assert outcome.tally.not_covered == {"replies of dnsmasq that could not be tied to who had asked": 1}


@pytest.mark.parametrize("data", [b"", b"query: x\n", b'{"QH": 1}\n', b"\0" * 100, b"dnsmasq\n" * 9])
def test_other_files(data: bytes) -> None:
    assert not READER.recognise(data[:HEAD_SIZE], "dns.log")
