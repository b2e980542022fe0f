"""Flow records of Joy: who talked to whom, which way, and what the records hold besides."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from logged import items, read

from custodiet.errors import SourceError
from custodiet.sources.flow_json import MAX_LINE, READER


def flow(**changes: Any) -> dict[str, Any]:
    return {
        "sa": "10.0.0.5", "da": "203.0.113.9", "pr": 6, "sp": 40000, "dp": 443, "bytes_out": 100, "num_pkts_out": 3,
        "bytes_in": 200, "num_pkts_in": 4, "time_start": 1700000000.5, "time_end": 1700000009.5, "packets": [],
    } | changes  # fmt: skip


def lines(*records: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def udp_packet(source: bytes, target: bytes, sport: int, dport: int, payload: bytes) -> str:
    head = b"\x45\x00" + (28 + len(payload)).to_bytes(2) + b"\0\0\0\0\x40\x11\0\0" + source + target
    return (head + sport.to_bytes(2) + dport.to_bytes(2) + (8 + len(payload)).to_bytes(2) + b"\0\0" + payload).hex()


def test_a_flow(tmp_path: Path) -> None:
    outcome = read(READER, lines(flow()), tmp_path)
    [one] = outcome.flows
    assert (one.subject, one.peer, one.transport, one.port) == ("ip:10.0.0.5", "ip:203.0.113.9", "tcp", 443)
    assert (one.bytes_out, one.bytes_in, one.packets_out, one.packets_in) == (100, 200, 3, 4)
    assert (one.first_seen, one.last_seen, one.locator) == (1700000000.5, 1700000009.5, "line 1")
    assert outcome.tally.unit == "flows"


def test_an_answer_that_was_seen_first_is_turned(tmp_path: Path) -> None:
    dns = [{"qn": "dev.example.com", "rc": 0, "rr": [{"a": "192.0.2.1", "ttl": 60}, {"cname": "x"}]}]
    record = flow(sa="10.0.0.1", da="10.0.0.5", pr=17, sp=53, dp=40000, dns=dns)
    outcome = read(READER, lines(record), tmp_path)
    [one] = outcome.flows
    assert (one.subject, one.peer, one.port, one.bytes_out) == ("ip:10.0.0.5", "ip:10.0.0.1", 53, 200)
    assert outcome.one("ip:10.0.0.5", "dns.query").value == "dev.example.com"
    assert outcome.one("ip:10.0.0.5", "dns.answer").value == "dev.example.com=192.0.2.1"


def test_a_client_with_a_low_port_is_not_turned(tmp_path: Path) -> None:
    record = flow(sp=1000, dp=34567, tcp={"out": {"flags": "S"}})
    assert read(READER, lines(record), tmp_path).flows[0].port == 34567


def test_protocols_without_ports(tmp_path: Path) -> None:
    [one] = read(READER, lines(flow(pr=2, sp=None, dp=None)), tmp_path).flows
    assert (one.transport, one.port) == ("ip/2", 0)


def test_what_the_records_hold_besides(tmp_path: Path) -> None:
    http = [
        {
            "out": [
                {"method": "GET"},
                {"uri": "/cgi?pwd=geheim1"},
                {"Host": "up.example.com"},
                {"User-Agent": "cam/1"},
            ],
            "in": [{"version": "HTTP/1.1"}, {"code": "200"}, {"Server": "nginx"}],
        }
    ]
    tls = {
        "sni": ["p2p.example.com"],
        "s_cert": [{"subject": [{"commonName": "cam"}], "issuer": [{"countryName": "NL"}]}],
    }
    outcome = read(READER, lines(flow(http=http, tls=tls, probable_os={"out": "Linux 2.6"})), tmp_path)
    assert {(one.subject[3:], one.attribute, one.value) for one in outcome.observations} == {
        ("10.0.0.5", "net.ip", "10.0.0.5"),
        ("10.0.0.5", "http.asked_path", "/cgi?pwd=***"),
        ("10.0.0.5", "http.host", "up.example.com"),
        ("10.0.0.5", "http.user_agent", "cam/1"),
        ("10.0.0.5", "tls.server_name", "p2p.example.com"),
        ("10.0.0.5", "service.os", "Linux 2.6"),
        ("203.0.113.9", "http.path", "/cgi?pwd=***"),
        ("203.0.113.9", "http.server", "nginx"),
        ("203.0.113.9", "tls.subject", "CN=cam"),
        ("203.0.113.9", "tls.issuer", "C=NL"),
    }


def test_the_first_packet_is_read_like_one_of_a_capture(tmp_path: Path) -> None:
    notify = b"NOTIFY * HTTP/1.1\r\nNT: upnp:rootdevice\r\nSERVER: Embedded UPnP/1.0\r\n\r\n"
    packet = udp_packet(bytes([10, 0, 0, 5]), bytes([239, 255, 255, 250]), 1900, 1900, notify)
    record = flow(da="239.255.255.250", pr=17, sp=1900, dp=1900, idp_out=packet, idp_in="zz")
    outcome = read(READER, lines(record), tmp_path)
    assert outcome.one("ip:10.0.0.5", "ssdp.server").value == "Embedded UPnP/1.0"


def test_settings_compressed_and_odd_types(tmp_path: Path) -> None:
    odd = flow(dns=[1, {"qn": 5}], http={"a": 1}, tls=[1], probable_os="x", sp="a", dp=-1, bytes_out=True, idp_out="45")
    data = gzip.compress(b'{"version": "4.5", "username": "x"}\n' + lines(flow(), odd), mtime=0)
    outcome = read(READER, data, tmp_path)
    assert outcome.issues == []
    assert [one.port for one in outcome.flows] == [443, 0]
    assert outcome.flows[1].bytes_out == 0


def test_bad_lines_are_issues_and_the_rest_goes_on(tmp_path: Path) -> None:
    data = lines(flow()) + b"{\n" + lines(flow(sa="nowhere"), flow(time_start="x"), flow(pr=999)) + b"\xff\x00\n"
    outcome = read(READER, data + lines(flow()), tmp_path)
    assert [issue.place for issue in outcome.issues] == ["line 2", "line 3", "line 4", "line 5", "line 6"]
    assert (outcome.tally.total, outcome.tally.read) == (7, 2)


def test_a_line_that_is_too_long_costs_only_itself(tmp_path: Path) -> None:
    data = lines(flow()) + b"{" + b" " * MAX_LINE + b"}\n" + lines(flow())
    outcome = read(READER, data, tmp_path)
    assert len(outcome.flows) == 2
    assert "longer than" in outcome.issues[0].reason


def test_nesting_does_not_run_away(tmp_path: Path) -> None:
    data = lines(flow()) + b'{"sa":' + b"[" * 100_000 + b"\n"
    assert [issue.place for issue in read(READER, data, tmp_path).issues] == ["line 2"]


def test_a_file_without_flows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no line is a flow record"):
        items(READER, b'{"a": 1}\n', tmp_path)


@pytest.mark.parametrize(
    "head", [b"", b"\x00", b'{"a": 1}\n', b'{"ts": 1, "id.orig_h": "10.0.0.5"}\n', b"sa,da,pr,sp,dp\n"]
)
def test_other_files_are_not_taken(head: bytes) -> None:
    assert not READER.recognise(head, "flows.json")


@pytest.mark.samples
def test_real_records(samples: Path, tmp_path: Path) -> None:
    data = (samples / "flows" / "edimax-ic9110w-cloud-cloud-video2.json").read_bytes()
    outcome = read(READER, data, tmp_path)
    assert outcome.tally.issues == 0
    assert {"udp/9765"} <= {f"{one.transport}/{one.port}" for one in outcome.flows}
    assert outcome.one("ip:192.168.5.20", "ssdp.location").value.endswith("IPCamDesc.xml")


def test_records_show_when_somebody_watched(tmp_path: Path) -> None:
    long = flow(time_start=1700000000.5, time_end=1700036000.5, num_pkts_out=200)
    outcome = read(READER, lines(long, flow(time_start=1700040000, time_end=1700040001)), tmp_path)
    assert outcome.tally.watched is not None
    assert outcome.tally.watched.spans == ((1700000000.5, 1700036000.5), (1700040000, 1700040001))
    assert outcome.tally.watched.doubts == {}


def test_a_conversation_of_which_one_side_was_seen_is_a_doubt(tmp_path: Path) -> None:
    outcome = read(READER, lines(flow(num_pkts_out=40, num_pkts_in=0, bytes_in=0)), tmp_path)
    assert outcome.tally.watched is not None
    assert "only one side was seen" in outcome.tally.watched.doubts["one_direction"]
