"""Suricata's EVE log: each conversation once, the names in it, and what it says of its own losses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from logged import Outcome, items, read

from custodiet.errors import SourceError
from custodiet.model.source import Doubt
from custodiet.sources.suricata import conversations
from custodiet.sources.suricata.reader import READER

SEVEN = 1795330800.0
CAM, CLOUD = "ip:10.0.0.5", "ip:192.0.2.1"
SUMS = {"pkts_toserver": 10, "pkts_toclient": 8, "bytes_toserver": 1200, "bytes_toclient": 800}
TIMES = {"start": "2026-11-22T08:00:00.000000+0100", "end": "2026-11-22T08:00:30.000000+0100"}


def event(kind: str, part: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    base = {
        "timestamp": "2026-11-22T08:01:00.000000+0100",
        "flow_id": 12,
        "event_type": kind,
        "src_ip": "10.0.0.5",
        "src_port": 40000,
        "dest_ip": "192.0.2.1",
        "dest_port": 443,
        "proto": "TCP",
    }
    return base | ({} if part is None else {kind: part}) | more


def eve(*events: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in events)


def flow(**more: Any) -> dict[str, Any]:
    return event("flow", SUMS | TIMES, **more)


def says(outcome: Outcome, subject: str = CAM) -> set[tuple[str, str]]:
    return {(one.attribute, one.value) for one in outcome.observations if one.subject == subject}


def doubts(outcome: Outcome) -> dict[Doubt, str]:
    assert outcome.tally.watched is not None
    return outcome.tally.watched.doubts


def test_a_flow_event_is_a_conversation(tmp_path: Path) -> None:
    outcome = read(
        READER, eve(flow(ether={"src_macs": ["02:00:00:00:00:05"], "dest_macs": ["02:00:00:00:00:01"]})), tmp_path
    )
    [found] = outcome.flows
    assert (found.subject, found.peer, found.transport, found.port) == (CAM, CLOUD, "tcp", 443)
    assert (found.bytes_out, found.bytes_in, found.packets_out, found.packets_in) == (1200, 800, 10, 8)
    assert (found.first_seen, found.last_seen, found.locator) == (SEVEN, SEVEN + 30, "line 1")
    assert outcome.subjects == {CAM}
    assert says(outcome) == {("net.ip", "10.0.0.5"), ("net.mac", "02:00:00:00:00:05")}
    assert doubts(outcome) == {}
    assert outcome.tally.watched is not None and outcome.tally.watched.spans == ((SEVEN, SEVEN + 30),)


def test_what_other_events_had_counted_of_a_flow_is_not_counted_twice(tmp_path: Path) -> None:
    alert = event("alert", {"signature": "x"}, flow=SUMS | {"start": TIMES["start"]})
    one, other = event("netflow", {"bytes": 1200, "pkts": 10} | TIMES), event("netflow", {"bytes": 800} | TIMES)
    assert len(read(READER, eve(alert, flow(), one, other), tmp_path).flows) == 1
    assert len(read(READER, eve(one, other, alert, flow(), alert), tmp_path).flows) == 1


def test_alerts_alone_tell_of_their_conversation_as_far_as_it_went(tmp_path: Path) -> None:
    first = event("alert", {}, flow=SUMS | {"start": TIMES["start"]})
    second = event("alert", {}, flow=SUMS | {"bytes_toserver": 9000, "start": TIMES["start"]})
    turned = second | {"src_ip": "192.0.2.1", "dest_ip": "10.0.0.5", "src_port": 443, "dest_port": 40000}
    turned["direction"] = "to_client"
    for last in (second, turned):
        outcome = read(READER, eve(first, last), tmp_path)
        [found] = outcome.flows
        assert (found.subject, found.port, found.bytes_out, found.locator) == (CAM, 443, 9000, "line 1")
        assert "only where a rule raised an alert" in doubts(outcome)["part_logged"]


def test_two_directions_of_netflow_are_one_conversation(tmp_path: Path) -> None:
    out = event("netflow", {"bytes": 1200, "pkts": 10} | TIMES)
    back = event("netflow", {"bytes": 800, "pkts": 8} | TIMES) | {
        "src_ip": "192.0.2.1", "dest_ip": "10.0.0.5", "src_port": 443, "dest_port": 40000,
    }  # fmt: skip
    [found] = read(READER, eve(out, back), tmp_path).flows
    assert (found.subject, found.port, found.bytes_out, found.bytes_in, found.packets_in) == (CAM, 443, 1200, 800, 8)
    [alone] = read(READER, eve(out), tmp_path).flows
    assert (alone.bytes_out, alone.bytes_in) == (1200, 0)


def test_conversations_without_a_number_are_not_one(tmp_path: Path) -> None:
    one = event("netflow", {"bytes": 1, "pkts": 1} | TIMES, flow_id=0)
    assert len(read(READER, eve(one, one | {"dest_ip": "192.0.2.2"}), tmp_path).flows) == 2


def test_more_open_conversations_than_there_is_room_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversations, "MOST_HELD", 2)
    outcome = read(READER, eve(*(event("netflow", {"bytes": 1} | TIMES, flow_id=n) for n in range(1, 6))), tmp_path)
    assert len(outcome.flows) == 5
    assert any("may be counted twice" in one.reason for one in outcome.issues)


TO_RESOLVER = {"dest_ip": "10.0.0.1", "dest_port": 53, "proto": "UDP"}
FROM_RESOLVER = {"src_ip": "10.0.0.1", "src_port": 53, "dest_ip": "10.0.0.5", "dest_port": 40000, "proto": "UDP"}
ALIAS = [
    {"rrname": "cam.example", "rrtype": "CNAME", "rdata": "edge.example"},
    {"rrname": "edge.example", "rrtype": "A", "rdata": "192.0.2.1"},
]
ANSWERED = {
    ("dns.query", "cam.example"),
    ("dns.answer", "cam.example=192.0.2.1"),
    ("dns.answer", "edge.example=192.0.2.1"),
}


@pytest.mark.parametrize(
    ("said", "sides", "expected"),
    [
        ({"type": "query", "rrname": "cam.example"}, TO_RESOLVER, {("dns.query", "cam.example")}),
        (
            {"type": "answer", "rrname": "cam.example", "rrtype": "A", "rdata": "192.0.2.1"},
            FROM_RESOLVER,
            {("dns.query", "cam.example"), ("dns.answer", "cam.example=192.0.2.1")},
        ),
        ({"version": 2, "type": "answer", "rrname": "cam.example", "answers": ALIAS}, TO_RESOLVER, ANSWERED),
        (
            {"version": 2, "type": "answer", "rrname": "cam.example", "grouped": {"A": ["192.0.2.1"]}},
            FROM_RESOLVER,
            {("dns.query", "cam.example"), ("dns.answer", "cam.example=192.0.2.1")},
        ),
        (
            {"version": 3, "type": "response", "queries": [{"rrname": "cam.example", "rrtype": "A"}], "answers": ALIAS},
            TO_RESOLVER,
            ANSWERED,
        ),
        ({"version": 3, "type": "request", "queries": [{"rrname": "a"}, 7]}, TO_RESOLVER, {("dns.query", "a")}),
        (
            {"type": "answer", "rrname": "cam.example", "rdata": "0.0.0.0"},
            FROM_RESOLVER,
            {("dns.query", "cam.example")},
        ),
    ],
)
def test_names_in_all_three_forms(
    tmp_path: Path, said: dict[str, Any], sides: dict[str, Any], expected: set[tuple[str, str]]
) -> None:
    outcome = read(READER, eve(event("dns", said) | sides), tmp_path)
    assert says(outcome) == expected
    assert outcome.subjects == {CAM}


MULTICAST = {"dest_ip": "224.0.0.251", "src_port": 5353, "dest_port": 5353, "proto": "UDP"}


def test_multicast_names(tmp_path: Path) -> None:
    asked = event("mdns", {"type": "request", "queries": [{"rrname": "_rtsp._tcp.local", "rrtype": "PTR"}]}) | MULTICAST
    told = event(
        "mdns",
        {
            "type": "response",
            "answers": [
                {"rrname": "_rtsp._tcp.local", "rrtype": "PTR", "rdata": "Hall._rtsp._tcp.local"},
                {"rrname": "hall.local", "rrtype": "A", "rdata": "10.0.0.5"},
                {"rrname": "Hall._rtsp._tcp.local", "rrtype": "TXT", "rdata": ["model=X1"]},
            ],
        },
    )
    assert says(read(READER, eve(asked, told | MULTICAST), tmp_path)) == {
        ("mdns.query", "_rtsp._tcp.local"),
        ("mdns.service", "_rtsp._tcp.local"),
        ("mdns.instance", "Hall"),
        ("mdns.host", "hall.local"),
        ("mdns.txt", "model=X1"),
    }


def test_tls_http_and_dhcp(tmp_path: Path) -> None:
    tls = {"sni": "cam.example", "subject": "O=Example, Inc., CN=cam", "issuerdn": "CN=CA", "serial": "0A:0B",
           "notbefore": "2020-01-01T00:00:00", "ja3": {"hash": "x"}, "subjectaltname": ["a.example", 7]}  # fmt: skip
    http = {"hostname": "up.example", "url": "/fw?password=geheim1", "http_user_agent": "cam/1", "server": "nginx"}
    dhcp = {"type": "reply", "client_mac": "02:00:00:00:00:05", "assigned_ip": "10.0.0.5", "hostname": "cam"}
    early = {"type": "request", "client_mac": "02:00:00:00:00:06", "assigned_ip": "0.0.0.0"}
    outcome = read(
        READER, eve(event("tls", tls), event("http", http), event("dhcp", dhcp), event("dhcp", early)), tmp_path
    )
    assert says(outcome) == {
        ("tls.server_name", "cam.example"),
        ("http.host", "up.example"),
        ("http.asked_path", "/fw?password=***"),
        ("http.user_agent", "cam/1"),
        ("net.ip", "10.0.0.5"),
        ("net.mac", "02:00:00:00:00:05"),
        ("dhcp.hostname", "cam"),
    }
    assert says(outcome, CLOUD) == {
        ("tls.subject", "O=Example, Inc.,CN=cam"),
        ("tls.issuer", "CN=CA"),
        ("tls.serial", "0a0b"),
        ("tls.not_before", "2020-01-01T00:00:00Z"),
        ("tls.san", "a.example"),
        ("http.path", "/fw?password=***"),
        ("http.server", "nginx"),
    }
    assert says(outcome, "mac:02:00:00:00:00:06") == {("net.mac", "02:00:00:00:00:06")}


def stats(at: str, packets: int, drops: int) -> dict[str, Any]:
    said = {"capture": {"kernel_packets": packets, "kernel_drops": drops}}
    return {"timestamp": f"2026-11-22T{at}.000000+0000", "event_type": "stats", "stats": said}


def test_what_suricata_lost_is_a_doubt_and_a_new_start_is_added(tmp_path: Path) -> None:
    outcome = read(
        READER, eve(stats("07:00:00", 1000, 5), stats("07:00:08", 2000, 7), stats("07:01:00", 10, 1)), tmp_path
    )
    assert doubts(outcome)["lost"] == "Suricata says that it lost 8 packets and saw 2,010"
    assert "lost" not in doubts(read(READER, eve(stats("07:00:00", 1000, 0)), tmp_path))


def test_suricata_that_gets_no_packets_watches_nothing(tmp_path: Path) -> None:
    outcome = read(READER, eve(*(stats(f"07:0{minute}:00", 1000, 0) for minute in range(9))), tmp_path)
    assert outcome.tally.watched is not None
    assert outcome.tally.watched.spans == ((SEVEN, SEVEN),)


def test_times_without_a_zone_are_a_doubt(tmp_path: Path) -> None:
    bare = {name: written[:19] for name, written in TIMES.items()}
    assert "local_time" in doubts(read(READER, eve(event("flow", SUMS | bare)), tmp_path))


def test_a_conversation_of_which_one_side_was_seen(tmp_path: Path) -> None:
    one_sided = event("flow", SUMS | TIMES | {"pkts_toclient": 0, "bytes_toclient": 0})
    assert "only one side was seen" in doubts(read(READER, eve(one_sided), tmp_path))["one_direction"]


def test_what_is_not_read_is_named_or_refused_with_its_place(tmp_path: Path) -> None:
    data = eve(flow(), event("fileinfo", {}), event("smb", {}), flow(src_ip="camera"), event("dns", {}, dest_ip=None))
    outcome = read(READER, data + b"{cut\n[]\n" + eve({"a": 1}), tmp_path)
    assert outcome.tally.not_covered == {"smb events": 1}
    assert [one.place for one in outcome.issues if one.place] == ["line 4", "line 5", "line 6", "line 7", "line 8"]
    assert (outcome.tally.read, outcome.tally.issues) == (3, 5)


@pytest.mark.parametrize("data", [b"", b"{}\n", b'{"timestamp": "x"}\n', b'{"event_type": 7, "timestamp": 1}\n', b"\0"])
def test_other_files(tmp_path: Path, data: bytes) -> None:
    assert not READER.recognise(data, "eve.json")
    with pytest.raises(SourceError):
        items(READER, b"nothing\n", tmp_path)
