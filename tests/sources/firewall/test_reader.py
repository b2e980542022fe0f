"""A firewall's log as a whole: sums, sessions told twice, doubts, and what it says of devices."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from logged import Outcome, items, read

from custodiet.errors import SourceError
from custodiet.model import Flow, Issue, Source, Tally, Watched
from custodiet.sources import log_reading
from custodiet.sources.base import ReadOptions
from custodiet.sources.firewall.reader import READER

SEVEN = 1795330800.0
CAM = "ip:10.0.0.5"


def dropped(at: str, dst: str = "192.0.2.1", port: int = 443, words: str = "DROP ", src: str = "10.0.0.5") -> str:
    return (
        f"2026-11-22T{at}Z gw kernel: {words}IN=eth1 OUT=eth0 MAC=02:00:00:00:00:01:02:00:00:00:00:05:08:00 "
        f"SRC={src} DST={dst} LEN=60 PROTO=TCP SPT=40000 DPT={port} SYN\n"
    )


def built(at: str, number: int) -> str:
    return (
        f"Nov 22 2026 {at} UTC: %ASA-6-302013: Built outbound TCP connection {number} for outside:192.0.2.1/443 "
        "(192.0.2.1/443) to inside:10.0.0.5/40000 (198.51.100.2/1024)\n"
    )


def torn(at: str, number: int, size: int) -> str:
    return (
        f"Nov 22 2026 {at} UTC: %ASA-6-302014: Teardown TCP connection {number} for outside:192.0.2.1/443 "
        f"to inside:10.0.0.5/40000 duration 10:00:00 bytes {size} TCP FINs\n"
    )


def watched(outcome: Outcome) -> Watched:
    assert outcome.tally.watched is not None
    return outcome.tally.watched


def test_packets_of_one_kind_are_added_up_by_the_hour(tmp_path: Path) -> None:
    text = "".join(dropped(at) for at in ("07:00:00", "07:00:30", "07:59:59", "08:00:00"))
    first, second = read(READER, text.encode(), tmp_path).flows
    assert (first.subject, first.peer, first.transport, first.port) == (CAM, "ip:192.0.2.1", "tcp", 443)
    assert (first.packets_out, first.bytes_out, first.packets_in, first.bytes_in) == (3, 180, 0, 0)
    assert (first.first_seen, first.last_seen, first.locator) == (SEVEN, SEVEN + 3599, "line 1")
    assert (second.packets_out, second.locator) == (1, "line 4")


def test_what_was_stopped_is_said_of_the_device_and_its_mac_with_it(tmp_path: Path) -> None:
    outcome = read(READER, (dropped("07:00:00") + dropped("07:00:01", "2001:db8::1")).encode(), tmp_path)
    assert outcome.values(CAM, "firewall.blocked") == ["tcp 192.0.2.1:443", "tcp [2001:db8::1]:443"]
    assert outcome.values(CAM, "net.mac") == ["02:00:00:00:00:05"]
    assert outcome.subjects == {CAM}, "whoever was only called need not be there"


def test_what_passed_was_not_stopped(tmp_path: Path) -> None:
    outcome = read(READER, dropped("07:00:00", words="ACCEPT ").encode(), tmp_path)
    assert outcome.values(CAM, "firewall.blocked") == []
    assert "denied_only" not in watched(outcome).doubts


def test_callers_from_outside_are_no_devices_of_ours(tmp_path: Path) -> None:
    outcome = read(READER, dropped("07:00:00", "10.0.0.5", 23, src="203.0.113.9").encode(), tmp_path)
    assert outcome.subjects == set()
    assert outcome.flows[0].subject == "ip:203.0.113.9"


def test_a_scan_does_not_fill_the_case_with_stopped_destinations(tmp_path: Path) -> None:
    text = "".join(dropped("07:00:00", port=port) for port in range(1, 300))
    outcome = read(READER, text.encode(), tmp_path)
    assert len(outcome.values(CAM, "firewall.blocked")) == log_reading.MOST_BLOCKED
    assert len(outcome.flows) == 299
    assert outcome.tally.not_covered == {"further stopped destinations, which are told as flows only": 99}


def test_a_log_of_nothing_but_stops_never_says_that_nothing_was_sent(tmp_path: Path) -> None:
    doubts = watched(read(READER, dropped("07:00:00").encode(), tmp_path)).doubts
    assert set(doubts) == {"denied_only", "part_logged"}
    assert "wrote down what it stopped and not what went out" in doubts["denied_only"]


def test_a_log_with_both_still_tells_only_what_was_logged(tmp_path: Path) -> None:
    text = dropped("07:00:00") + dropped("07:00:00", words="ACCEPT ")
    outcome = read(READER, text.encode(), tmp_path)
    assert set(watched(outcome).doubts) == {"part_logged", "one_direction"}
    assert len(outcome.flows) == 2, "what passed and what was stopped are not one sum"


def test_a_list_that_permits_tells_of_openings_only(tmp_path: Path) -> None:
    head = "Nov 22 2026 07:00:00 UTC: %ASA-6-106100: access-list a"
    hit = head + " {} tcp in/10.0.0.5(4) -> out/192.0.2.1(80) hit-cnt 1 x\n"
    assert "one_direction" in watched(read(READER, hit.format("permitted").encode(), tmp_path)).doubts
    assert "one_direction" not in watched(read(READER, hit.format("denied").encode(), tmp_path)).doubts


def test_a_rule_that_does_not_say_what_it_did_is_said(tmp_path: Path) -> None:
    outcome = read(READER, dropped("07:00:00", words="").encode(), tmp_path)
    assert any("not said whether the packet was let through" in one.reason for one in outcome.issues)
    assert outcome.values(CAM, "firewall.blocked") == []


def test_a_session_is_told_once_with_who_began_it(tmp_path: Path) -> None:
    outcome = read(READER, (built("07:00:00", 17) + torn("17:00:00", 17, 5000)).encode(), tmp_path)
    [flow] = outcome.flows
    assert (flow.subject, flow.peer, flow.port, flow.bytes_out) == (CAM, "ip:192.0.2.1", 443, 5000)
    assert (flow.first_seen, flow.last_seen, flow.locator) == (SEVEN, SEVEN + 36_000, "line 1")
    assert watched(outcome).spans == ((SEVEN, SEVEN + 36_000),), "a long session covers all its time"
    assert set(watched(outcome).doubts) == {"part_logged", "translated", "both_ways"}
    assert any("both directions as one number" in one.reason for one in outcome.issues)


def test_a_session_that_did_not_end_is_told_as_far_as_it_went(tmp_path: Path) -> None:
    [flow] = read(READER, built("07:00:00", 17).encode(), tmp_path).flows
    assert (flow.bytes_out, flow.packets_out, flow.packets_in) == (0, 1, 0)


def test_a_number_that_is_given_to_another_session_joins_nothing(tmp_path: Path) -> None:
    other = torn("07:10:00", 17, 9).replace("192.0.2.1", "192.0.2.2")
    first, second = read(READER, (built("07:00:00", 17) + other).encode(), tmp_path).flows
    assert (first.peer, first.bytes_out, second.peer, second.bytes_out) == ("ip:192.0.2.1", 0, "ip:192.0.2.2", 9)


def test_more_open_sessions_than_there_is_room_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_reading, "MOST_OPEN", 2)
    outcome = read(READER, "".join(built("07:00:00", number) for number in range(5)).encode(), tmp_path)
    assert len(outcome.flows) == 5
    assert any("too many sessions were open at once, and 3 were told" in one.reason for one in outcome.issues)


def test_silence_parts_what_was_watched(tmp_path: Path) -> None:
    text = "".join(dropped(at) for at in ("07:00:00", "07:05:00", "07:20:00"))
    assert watched(read(READER, text.encode(), tmp_path)).spans == ((SEVEN, SEVEN + 300), (SEVEN + 1200, SEVEN + 1200))


def test_a_small_router_logs_its_firewall_and_its_names_in_one_file(tmp_path: Path) -> None:
    text = (
        dropped("07:00:00")
        + "2026-11-22T07:00:01Z gw dnsmasq[7]: query[A] cam.example from 10.0.0.5\n"
        + "2026-11-22T07:00:02Z gw dropbear[9]: Exit before auth\n"
    )
    outcome = read(READER, text.encode(), tmp_path)
    assert outcome.values(CAM, "dns.query") == ["cam.example"]
    assert outcome.tally.not_covered == {"lines of other programs": 1}
    assert (outcome.tally.total, outcome.tally.read) == (3, 3)


def test_lines_that_cannot_be_read_are_issues_with_their_place(tmp_path: Path) -> None:
    text = dropped("07:00:00") + dropped("07:00:01", dst="camera") + dropped("27:00:00") + "x" * 70_000 + "\n"
    outcome = read(READER, text.encode(), tmp_path)
    assert [one.place for one in outcome.issues if one.severity == "incomplete"] == ["line 2", "line 3", "line 4"]
    assert (outcome.tally.read, outcome.tally.issues) == (1, 3)


@pytest.mark.parametrize(("zone", "shift"), [("", 0), ("Europe/Amsterdam", -3600)])
def test_the_year_comes_from_the_file_and_the_zone_from_the_user(tmp_path: Path, zone: str, shift: int) -> None:
    data = dropped("07:00:00").replace("2026-11-22T07:00:00Z", "Nov 22 07:00:00").encode()
    path = tmp_path / "given"
    path.write_bytes(data)
    os.utime(path, (SEVEN + 5, SEVEN + 5))
    source = Source(id="src-0", kind="log", format="firewall", name="given", sha256="", size=len(data))
    *rest, tally = READER.read(path, source, ReadOptions(zone=zone))
    assert isinstance(tally, Tally) and tally.watched is not None
    [flow] = [one for one in rest if isinstance(one, Flow)]
    assert flow.first_seen == SEVEN + shift
    said = tally.watched.doubts["local_time"]
    assert ("no zone" in said) is (zone == "")
    assert "read as of 2026" in said
    assert any(isinstance(one, Issue) and "read as of 2026" in one.reason for one in rest)


@pytest.mark.parametrize("text", ["", "hello\n", "place,serial\nhall,1\n", '{"a": 1}\n', "\0\0\0\0"])
def test_other_files(tmp_path: Path, text: str) -> None:
    assert not READER.recognise(text.encode(), "log.txt")
    with pytest.raises(SourceError):
        items(READER, text.encode() or b"\n", tmp_path)
