"""Zeek's logs as TSV and as JSON: what each says about whom, and lines that cannot be read."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from logged import Outcome, items, read

from custodiet.errors import SourceError
from custodiet.model import Issue
from custodiet.sources.zeek.reader import READER

HEAD = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n"
SIDES = {"id.orig_h": "10.0.0.5", "id.orig_p": "40000", "id.resp_h": "203.0.113.9", "id.resp_p": "443"}


def tsv(path: str, *rows: dict[str, str]) -> str:
    fields = list(rows[0])
    lines = [f"#path\t{path}", "#open\t2023-11-18-10-00-00", "\t".join(["#fields", *fields]), "#types\tstring"]
    return HEAD + "\n".join([*lines, *("\t".join(row.values()) for row in rows), "#close\t2023-11-18-11-00-00\n"])


def row(**values: str) -> dict[str, str]:
    return {"ts": "1700000000.500000", "uid": "C1", **SIDES, **{k.replace("__", "."): v for k, v in values.items()}}


CONN = row(
    proto="tcp", service="-", duration="2.5", orig_bytes="10", resp_bytes="20", conn_state="SF", orig_pkts="3",
    orig_ip_bytes="150", resp_pkts="4", resp_ip_bytes="220",
)  # fmt: skip


def says(outcome: Outcome) -> set[tuple[str, str, str]]:
    return {(one.subject, one.attribute, one.value) for one in outcome.observations}


def test_a_connection_is_a_flow(tmp_path: Path) -> None:
    outcome = read(READER, tsv("conn", CONN).encode(), tmp_path)
    [flow] = outcome.flows
    assert (flow.subject, flow.peer, flow.transport, flow.port) == ("ip:10.0.0.5", "ip:203.0.113.9", "tcp", 443)
    assert (flow.bytes_out, flow.bytes_in, flow.packets_out, flow.packets_in) == (150, 220, 3, 4)
    assert (flow.first_seen, flow.last_seen, flow.locator) == (1700000000.5, 1700000003.0, "line 9")
    assert says(outcome) == {("ip:10.0.0.5", "net.ip", "10.0.0.5")}, "an address outside is no device of ours"


def test_a_connection_shows_the_port_that_answered(tmp_path: Path) -> None:
    inside = CONN | {"id.resp_h": "10.0.0.7", "id.resp_p": "554", "conn_state": "S1"}
    refused = CONN | {"id.resp_h": "10.0.0.8", "id.resp_p": "23", "conn_state": "REJ"}
    found = says(read(READER, tsv("conn", inside, refused).encode(), tmp_path))
    assert ("ip:10.0.0.7", "net.port", "tcp/554") in found
    assert not any(attribute == "net.port" and subject == "ip:10.0.0.8" for subject, attribute, _ in found)


def test_protocols_without_ports(tmp_path: Path) -> None:
    [flow] = read(READER, tsv("conn", CONN | {"proto": "icmp", "id.resp_p": "3"}).encode(), tmp_path).flows
    assert (flow.transport, flow.port) == ("ip/1", 0)


@pytest.mark.parametrize(
    ("log", "fields", "expected"),
    [
        (
            "dns",
            {"id__resp_p": "53", "proto": "udp", "query": "dev.example.com", "answers": "a.example,192.0.2.1"},
            {("dns.query", "dev.example.com"), ("dns.answer", "dev.example.com=192.0.2.1")},
        ),
        ("dns", {"id__resp_p": "5353", "query": "_rtsp._tcp.local"}, {("mdns.query", "_rtsp._tcp.local")}),
        ("dns", {"id__resp_p": "137", "query": "WORKGROUP"}, set()),
        (
            "http",
            {"method": "GET", "host": "up.example.com", "uri": "/fw?password=geheim1", "user_agent": "cam/1 (x\\x2cy)"},
            {
                ("http.host", "up.example.com"),
                ("http.asked_path", "/fw?password=***"),
                ("http.user_agent", "cam/1 (x,y)"),
            },
        ),
        ("ssl", {"server_name": "p2p.example.com", "subject": "-"}, {("tls.server_name", "p2p.example.com")}),
        ("sip", {"user_agent": "Intercom 1.0"}, {("banner.sip", "Intercom 1.0")}),
    ],
)
def test_what_logs_say_of_the_one_that_began(
    tmp_path: Path, log: str, fields: dict[str, str], expected: set[tuple[str, str]]
) -> None:
    outcome = read(READER, tsv(log, row(**fields)).encode(), tmp_path)
    assert {(a, v) for subject, a, v in says(outcome) if subject == "ip:10.0.0.5"} == expected
    assert (outcome.tally.read, outcome.tally.issues) == (1, 0)


@pytest.mark.parametrize(
    ("log", "fields", "expected"),
    [
        ("http", {"uri": "/ISAPI/System"}, {("http.path", "/ISAPI/System")}),
        ("ssl", {"subject": "CN=cam,O=A\\\\, B"}, {("tls.subject", "CN=cam,O=A\\, B")}),
        ("ssl", {"issuer": "CN=CA"}, {("tls.issuer", "CN=CA")}),
        ("ssh", {"server": "SSH-2.0-dropbear"}, {("banner.ssh", "SSH-2.0-dropbear")}),
        ("snmp", {"display_string": "Axis P1367"}, {("snmp.sys_descr", "Axis P1367")}),
    ],
)  # fmt: skip
def test_what_logs_say_of_the_one_that_answered(
    tmp_path: Path, log: str, fields: dict[str, str], expected: set[tuple[str, str]]
) -> None:
    outcome = read(READER, tsv(log, row(**fields)).encode(), tmp_path)
    assert {(a, v) for subject, a, v in says(outcome) if subject == "ip:203.0.113.9"} == expected


@pytest.mark.parametrize(
    ("log", "fields", "subject", "expected"),
    [
        (
            "dhcp",
            {"mac": "44:19:b6:01:02:03", "host_name": "cam", "client_fqdn": "-", "assigned_addr": "10.0.0.5",
             "client_software": "udhcp 1.20"},
            "ip:10.0.0.5",
            {("net.ip", "10.0.0.5"), ("net.mac", "44:19:b6:01:02:03"), ("dhcp.hostname", "cam"),
             ("dhcp.vendor_class", "udhcp 1.20")},
        ),
        ("dhcp", {"mac": "44:19:b6:01:02:03", "assigned_addr": "-"}, "mac:44:19:b6:01:02:03",
         {("net.mac", "44:19:b6:01:02:03")}),
        ("software",
         {"host": "10.0.0.5", "software_type": "HTTP::SERVER", "name": "Boa", "unparsed_version": "Boa/0.94"},
         "ip:10.0.0.5", {("http.server", "Boa/0.94")}),
        ("software", {"host": "10.0.0.5", "software_type": "OS::WINDOWS", "name": "Windows", "unparsed_version": "-"},
         "ip:10.0.0.5", {("service.os", "Windows")}),
        ("known_hosts", {"host": "10.0.0.5"}, "ip:10.0.0.5", {("net.ip", "10.0.0.5")}),
        ("known_services", {"host": "10.0.0.5", "port_num": "554", "port_proto": "tcp", "service": "RTSP"},
         "ip:10.0.0.5", {("net.port", "tcp/554")}),
        ("known_certs", {"host": "10.0.0.5", "subject": "CN=c", "issuer_subject": "CN=i", "serial": "0A"},
         "ip:10.0.0.5", {("tls.subject", "CN=c"), ("tls.issuer", "CN=i"), ("tls.serial", "0a")}),
        ("known_devices", {"mac": "44:19:b6:01:02:03", "dhcp_host_name": "cam"}, "mac:44:19:b6:01:02:03",
         {("net.mac", "44:19:b6:01:02:03"), ("dhcp.hostname", "cam")}),
    ],
)  # fmt: skip
def test_logs_about_one_device(
    tmp_path: Path, log: str, fields: dict[str, str], subject: str, expected: set[tuple[str, str]]
) -> None:
    data = tsv(log, {"ts": "1700000000.5", **fields}).encode()
    outcome = read(READER, data, tmp_path)
    assert says(outcome) == {(subject, attribute, value) for attribute, value in expected}
    assert {one.first_seen for one in outcome.observations} == {1700000000.5}


def test_several_logs_in_one_file_and_times(tmp_path: Path) -> None:
    later = row(query="b.example", id__resp_p="53") | {"ts": "1700000050.0"}
    data = tsv("conn", CONN) + tsv("dns", row(query="b.example", id__resp_p="53"), later)
    outcome = read(READER, data.encode(), tmp_path)
    asked = outcome.one("ip:10.0.0.5", "dns.query")
    assert (asked.count, asked.first_seen, asked.last_seen) == (2, 1700000000.5, 1700000050.0)
    assert (outcome.tally.total, outcome.tally.first_seen, outcome.tally.last_seen) == (3, 1700000000.5, 1700000050.0)


def test_certificates_are_joined_to_the_servers_that_show_them(tmp_path: Path) -> None:
    one = row(cert_chain_fps="f1,f2") | {"id.resp_h": "10.0.0.7"}
    other = one | {"id.resp_h": "10.0.0.8"}
    described = {
        "ts": "1700000000.5", "fingerprint": "f1", "certificate.subject": "CN=cam", "certificate.issuer": "CN=CA",
        "certificate.serial": "0A", "certificate.not_valid_before": "1577836800.000000", "san.dns": "cam.example,c2",
    }  # fmt: skip
    nobody = described | {"fingerprint": "f9", "certificate.subject": "CN=nobody"}
    outcome = read(READER, (tsv("x509", described, nobody) + tsv("ssl", one, other)).encode(), tmp_path)
    for subject in ("ip:10.0.0.7", "ip:10.0.0.8"):
        assert outcome.one(subject, "tls.subject").value == "CN=cam"
        assert outcome.one(subject, "tls.not_before").value == "2020-01-01T00:00:00Z"
        assert outcome.values(subject, "tls.san") == ["cam.example", "c2"]
    assert outcome.tally.not_covered == {"certificates that no connection in this file shows": 1}
    assert "ssl.log and x509.log" in outcome.issues[0].next_step


def test_logs_that_are_not_read_are_named(tmp_path: Path) -> None:
    outcome = read(READER, tsv("weird", row(name="bad_checksum"), row(name="x")).encode(), tmp_path)
    assert outcome.tally.not_covered == {"weird.log lines": 2}
    assert outcome.tally.read == 2


# --- JSON


def as_json(*rows: dict[str, object]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def test_json_names_its_log_or_is_known_by_its_fields(tmp_path: Path) -> None:
    sides = {"id.orig_h": "10.0.0.5", "id.orig_p": 4, "id.resp_h": "10.0.0.1", "id.resp_p": 53}
    data = as_json(
        {
            "ts": 1700000000.5,
            **sides,
            "proto": "udp",
            "trans_id": 7,
            "query": "a.example",
            "answers": ["192.0.2.1", "b"],
        },
        {"_path": "ssl", "ts": "2023-11-14T22:13:20.500000Z", **sides, "server_name": "c.example"},
        {"_path": "conn", "ts": 1700000001, **sides, "proto": "udp", "orig_ip_bytes": 60, "orig_pkts": 1},
        {"_path": "weird", "ts": 1700000001},
    )
    outcome = read(READER, data, tmp_path)
    assert outcome.one("ip:10.0.0.5", "dns.answer").value == "a.example=192.0.2.1"
    assert outcome.one("ip:10.0.0.5", "tls.server_name").first_seen == 1700000000.5
    assert outcome.flows[0].bytes_out == 60
    assert outcome.tally.not_covered == {"weird.log lines": 1}


def test_json_values_of_the_wrong_type_do_no_harm(tmp_path: Path) -> None:
    good = {"_path": "dns", "ts": 1.5, "id.orig_h": "10.0.0.5", "id.resp_h": "10.0.0.1", "query": "a"}
    odd = {
        "_path": "conn",
        "ts": [],
        "id.orig_h": 5,
        "id.resp_h": None,
        "query": {"a": 1},
        "answers": "x",
        "proto": True,
    }
    outcome = read(
        READER, as_json(good, odd, {"ts": "never"}, {**good, "ts": 1e300, "query": 7, "answers": [{}, 1]}), tmp_path
    )
    assert [issue.place for issue in outcome.issues] == ["line 2"]
    assert outcome.tally.total == 4


# --- broken files


def test_bad_lines_are_issues_and_the_rest_goes_on(tmp_path: Path) -> None:
    good = row(query="a.example", id__resp_p="53")
    text = tsv("dns", good, good | {"id.orig_h": "nowhere"}, good)
    text = text.replace("#close", "1700000000.5\tC1\t10.0.0.5\n{not json\n\n#close")
    outcome = read(READER, text.encode(), tmp_path)
    assert [(issue.place, issue.reason) for issue in outcome.issues] == [
        ("line 10", "a line of dns.log without an address that can be read"),
        ("line 12", "3 columns where the header names 7"),
        ("line 13", "the line is no JSON object"),
    ]
    assert (outcome.tally.total, outcome.tally.read, outcome.tally.issues) == (5, 2, 3)


def test_a_line_that_is_too_long_costs_only_itself(tmp_path: Path) -> None:
    good = row(query="a.example", id__resp_p="53")
    text = tsv("dns", good, good | {"query": "x" * (2 << 20)}, good | {"query": "b.example"})
    outcome = read(READER, text.encode(), tmp_path)
    assert outcome.values("ip:10.0.0.5", "dns.query") == ["a.example", "b.example"]
    assert outcome.issues[0].place == "line 10"


def test_many_bad_lines_are_counted_and_not_all_told(tmp_path: Path) -> None:
    text = tsv("dns", row(query="a.example", id__resp_p="53")) + "x\n" * 2000
    outcome = read(READER, text.encode(), tmp_path)
    assert outcome.tally.issues == 2000
    assert len(outcome.issues) == 501
    assert outcome.issues[-1].reason.startswith("1500 more issues")


def test_control_characters_are_made_visible(tmp_path: Path) -> None:
    data = tsv("dns", row(query="a\x1b[2Jb\\x00c\\xff", id__resp_p="53")).encode()
    assert read(READER, data, tmp_path).one("ip:10.0.0.5", "dns.query").value == "a\\x1b[2Jb\\x00c\\xff"


def test_compressed_and_cut(tmp_path: Path) -> None:
    packed = gzip.compress(tsv("conn", CONN).encode(), mtime=0)
    assert len(read(READER, packed, tmp_path).flows) == 1
    cut = items(READER, packed[:-9], tmp_path)
    assert any(isinstance(item, Issue) and "compressed" in item.reason for item in cut)


def test_a_file_without_any_log_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="Zeek"):
        items(READER, b"#separator \\x09\nx\ny\n", tmp_path)


@pytest.mark.parametrize(
    "head",
    [b"", b"\x00", b"# a remark\n1\t2\n", b'{"a": 1}\n', b'{"ts": 1}\n', b'{"sa": "10.0.0.5", "ts": 1}\n', b"{" * 9999],
)
def test_other_files_are_not_taken(head: bytes) -> None:
    assert not READER.recognise(head, "conn.log")


def test_connections_show_when_somebody_watched(tmp_path: Path) -> None:
    later = CONN | {"ts": "1700036300.0", "duration": "1.0"}
    outcome = read(READER, tsv("conn", CONN | {"duration": "36000.0", "orig_pkts": "200"}, later).encode(), tmp_path)
    assert outcome.tally.watched is not None
    assert outcome.tally.watched.spans == ((1700000000.5, 1700036301.0),), (
        "a long connection with much in it covers all its time"
    )
    assert outcome.tally.watched.doubts == {}


def test_logs_of_names_do_not_say_how_long_traffic_was_watched(tmp_path: Path) -> None:
    data = tsv("dns", row(id__resp_p="53", proto="udp", query="dev.example.com"))
    assert read(READER, data.encode(), tmp_path).tally.watched is None


@pytest.mark.parametrize(
    ("log", "values", "sentence"),
    [
        ("conn", CONN | {"missed_bytes": "512"}, "in 1 of 1 connections 512 bytes are missing"),
        ("capture_loss", {"ts": "1700000000", "gaps": "3", "acks": "9", "percent_lost": "33.3"}, "worst 33.3 percent"),
        ("stats", {"ts": "1700000000", "pkts_proc": "900", "pkts_dropped": "7"}, "7 packets were dropped and 900 read"),
    ],
)
def test_what_zeek_lost_is_a_doubt(tmp_path: Path, log: str, values: dict[str, str], sentence: str) -> None:
    outcome = read(READER, tsv(log, values).encode(), tmp_path)
    assert outcome.tally.watched is not None
    assert sentence in outcome.tally.watched.doubts["lost"]
    assert outcome.tally.not_covered == {}


def test_a_zeek_that_lost_nothing_gives_no_doubt(tmp_path: Path) -> None:
    quiet = {"ts": "1700000000.5", "gaps": "0", "acks": "9", "percent_lost": "0.0"}
    assert read(READER, tsv("capture_loss", quiet).encode(), tmp_path).tally.watched is None
