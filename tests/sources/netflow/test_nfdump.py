"""What nfdump prints, by its headings; and its own files, which are only recognised."""

from __future__ import annotations

from pathlib import Path

import pytest
from logged import items, read

from custodiet.errors import SourceError
from custodiet.model import Issue
from custodiet.sources import READERS
from custodiet.sources.base import ReadOptions
from custodiet.sources.netflow.nfdump import NFCAPD, READER

OLD = "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out,sas,das\n"
NEW = "firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,bps,bpp,flows\n"
FAST = (
    "cnt,af,firstSeen,lastSeen,proto,srcAddr,srcPort,dstAddr,dstPort,srcAS,dstAS,input,output,flags,srcTos,packets,"
    "bytes\n"
)
NOON = 1_773_057_600.0  # 2026-03-09 12:00:00 UTC


def old(src: str, dst: str, sport: str, dport: str, protocol: str = "TCP", tail: str = "0,0") -> str:
    return (
        f"2026-03-09 12:00:00,2026-03-09 12:00:09,9.000,{src},{dst},{sport},{dport},{protocol},...AP.SF,0,0,10,1000,"
        f"{tail},1,2,0,0\n"
    )


def test_as_1_6_prints_it(tmp_path: Path) -> None:
    text = OLD + old("10.0.0.5", "203.0.113.9", "40000", "443") + old("203.0.113.9", "10.0.0.5", "443", "40000")
    text += "Summary\nflows,bytes,packets,avg_bps,avg_pps,avg_bpp\n2,2000,20,1,1,100\n"
    outcome = read(READER, text.encode(), tmp_path)
    [one] = outcome.flows
    assert (one.subject, one.peer, one.transport, one.port) == ("ip:10.0.0.5", "ip:203.0.113.9", "tcp", 443)
    assert (one.bytes_out, one.bytes_in, one.packets_out, one.packets_in) == (1000, 1000, 10, 10)
    assert (one.first_seen, one.last_seen, one.locator) == (NOON, NOON + 9, "line 2")
    assert outcome.one("ip:10.0.0.5", "net.ip").count == 1
    assert (outcome.tally.unit, outcome.tally.total, outcome.issues) == ("lines", 2, [])
    assert outcome.tally.watched is not None
    assert outcome.tally.watched.spans == ((NOON, NOON + 9),)
    assert "local_time" in outcome.tally.watched.doubts


def test_as_1_7_prints_it(tmp_path: Path) -> None:
    text = NEW + "2026-03-09 12:00:00.250,00:00:12.500,UDP,10.0.0.5,5000,203.0.113.9,53,3,70,1,1,1\n"
    [one] = read(READER, text.encode(), tmp_path).flows
    assert (one.transport, one.port, one.bytes_out, one.packets_out) == ("udp", 53, 70, 3)
    assert (one.first_seen, one.last_seen) == (NOON + 0.25, NOON + 12.75)


def test_the_quick_form_has_times_that_need_no_zone(tmp_path: Path) -> None:
    text = FAST + f"1,2,{int(NOON)}123,{int(NOON)}999,6,10.0.0.5,40000,203.0.113.9,443,0,0,1,2,...AP.SF,0,10,1000\n"
    outcome = read(READER, text.encode(), tmp_path)
    assert outcome.flows[0].first_seen == NOON + 0.123
    assert outcome.tally.watched is not None
    assert "local_time" not in outcome.tally.watched.doubts


def test_the_zone_that_the_user_gives(tmp_path: Path) -> None:
    data = (OLD + old("10.0.0.5", "203.0.113.9", "40000", "443")).encode()
    flow, *_ = items(READER, data, tmp_path, ReadOptions(zone="Europe/Amsterdam"))
    assert flow.first_seen == NOON - 3600  # type: ignore[union-attr]


def test_both_directions_in_one_line(tmp_path: Path) -> None:
    text = OLD + old("10.0.0.5", "203.0.113.9", "443", "50000", tail="3,300")
    [one] = read(READER, text.encode(), tmp_path).flows
    assert (one.subject, one.port, one.bytes_out, one.bytes_in, one.packets_in) == ("ip:10.0.0.5", 50000, 1000, 300, 3)


def test_ipv6_and_icmp(tmp_path: Path) -> None:
    text = (
        OLD + old("fd00::5", "2001:db8::9", "0", "128.0", "ICMP6") + old("10.0.0.5", "203.0.113.9", "0", "8.0", "ICMP")
    )
    found = read(READER, text.encode(), tmp_path).flows
    assert {(one.subject, one.transport, one.port) for one in found} == {
        ("ip:fd00::5", "ip/58", 0),
        ("ip:10.0.0.5", "ip/1", 0),
    }


@pytest.mark.parametrize(
    "line",
    [
        "2026-03-09 12:00:00,x\n",
        old("10.0.0.5", "nobody", "1", "2"),
        old("10.0.0.5", "fd00::1", "1", "2"),
        old("10.0.0.5", "203.0.113.9", "1", "2", "XYZ"),
        old("10.0.0.5", "203.0.113.9", "1", "2").replace("2026-03-09 12:00:00", "2026-13-09 12:00:00"),
        old("10.0.0.5", "203.0.113.9", "1", "2").replace(",1000,", ",many,"),
        "x" * 20_000 + "\n",
    ],
)
def test_a_bad_line_is_told_and_the_rest_is_read(tmp_path: Path, line: str) -> None:
    outcome = read(READER, (OLD + line + old("10.0.0.5", "203.0.113.9", "40000", "443")).encode(), tmp_path)
    assert [issue.place for issue in outcome.issues] == ["line 2"]
    assert (len(outcome.flows), outcome.tally.total, outcome.tally.issues) == (1, 2, 1)


def test_two_outputs_one_after_another(tmp_path: Path) -> None:
    one = old("10.0.0.5", "203.0.113.9", "40000", "443")
    text = OLD + one + "Summary\nflows,bytes,packets\n1,1,1\n" + OLD + one
    assert read(READER, text.encode(), tmp_path).flows[0].bytes_out == 2000


@pytest.mark.parametrize("text", ["", "ts,te,td\n", "ip,mac\n10.0.0.5,x\n", "a,b,c\n1,2,3\n"])
def test_other_tables_are_not_taken(text: str) -> None:
    assert not READER.recognise(text.encode(), "given.csv")


def test_nfdump_comes_before_the_tables() -> None:
    text = OLD + old("10.0.0.5", "203.0.113.9", "40000", "443")
    assert next(one for one in READERS if one.recognise(text.encode(), "flows.csv")).id == "nfdump"


def test_no_headings(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no headings"):
        items(READER, b"nothing\n", tmp_path)


@pytest.mark.parametrize("head", [b"\x0c\xa5\x01\x00", b"\x0c\xa5\x02\x00", b"\xa5\x0c\x00\x01"])
def test_a_file_of_nfcapd_is_recognised_with_a_next_step(tmp_path: Path, head: bytes) -> None:
    data = head + bytes(300)
    assert next(one for one in READERS if one.recognise(data, "nfcapd.202603091200")).id == "nfcapd"
    issue, _tally = items(NFCAPD, data, tmp_path)
    assert isinstance(issue, Issue)
    assert "nfdump -r FILE -o csv" in issue.next_step
    assert issue.severity == "incomplete"
