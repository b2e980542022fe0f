"""Labelled lines: every kind of payload gives the facts a device would give, and no label ever does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from reading import Outcome, read

from custodiet.catalog.load import load_catalog
from custodiet.errors import WireError
from custodiet.sources.labelled.facts import facts_of
from custodiet.sources.labelled.reader import READER


def lines(*rows: dict[str, object] | str) -> bytes:
    return "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows).encode()


def labelled(data: bytes, folder: Path) -> Outcome:
    return read(READER, data, folder, "observations.jsonl")


@pytest.mark.parametrize(
    ("kind", "payload", "facts"),
    [
        ("http", "Server: Example/1.0", {("http.server", "Example/1.0")}),
        ("http", "<title>Example &amp; co</title>", {("http.title", "Example & co")}),
        ("http", {"favicon_md5": "0" * 31 + "A"}, {("favicon.md5", "0" * 31 + "a")}),
        ("rtsp", "RTSP/1.0 200 OK\r\nServer: Example", {("rtsp.server", "Example")}),
        ("rtsp", {"url": "rtsp://u:p@192.0.2.1/live/1", "oui": ["00:11:22"]}, {("rtsp.path", "/live/1")}),
        ("onvif", '{"model": "EX-1", "serial_number": "S"}', {("onvif.model", "EX-1"), ("onvif.serial", "S")}),
        ("onvif", "<d:ProbeMatch><d:Types>dn:X</d:Types></d:ProbeMatch>", {("wsd.types", "dn:X")}),
        ("sadp", "<ProbeMatch><DeviceSN>S1</DeviceSN></ProbeMatch>", {("sadp.serial", "S1")}),
        ("dhip", '{"method":"client.notifyDevInfo","params":{"deviceInfo":{"Vendor":"V"}}}', {("dhip.vendor", "V")}),
        ("ssdp", "NOTIFY * HTTP/1.1\r\nSERVER: X\r\n", {("ssdp.server", "X")}),
        ("ssdp", "<root><device><modelName>EX</modelName></device></root>", {("upnp.model_name", "EX")}),
        ("ssdp", {"SsdpManufacturer": "Example*", "SsdpModelName": "EX"}, {("upnp.manufacturer", "Example")}),
        ("banner", "EX-100 Network Camera 1.0 ready.", {("banner.ftp", "EX-100 Network Camera 1.0 ready.")}),
        ("banner", "box login:", {("banner.telnet", "box login:")}),
        ("banner", "OpenSSH_9.9", {("banner.ssh", "OpenSSH_9.9")}),
        ("snmp", {"1.3.6.1.2.1.1.1.0": "Example", "1.3.6.1.4.1.1": 5}, {("snmp.oid", "1.3.6.1.4.1.1=5")}),
        ("tls", {"subject": "CN=a,O=b"}, {("tls.subject", "CN=a,O=b")}),
        ("dhcp", {"mac": "00-11-22-33-44-55", "param_request_list": "1,3"}, {("net.mac", "00:11:22:33:44:55")}),
        ("dhcp", {"DhcpVendor": "udhcp*"}, {("dhcp.vendor_class", "udhcp")}),
        ("mdns", {"names": ["a.local", "5.0.0.10.in-addr.arpa"], "txt": "a=1,b=x,y"}, {("mdns.host", "a.local")}),
        ("mdns", {"txt": "a=1,b=x,y"}, {("mdns.txt", "a=1"), ("mdns.txt", "b=x,y")}),
        ("mdns", {"MdnsHostname": "*example._tcp.local."}, {("mdns.service", "_example._tcp.local")}),
        ("mdns", {"names": ["Cam 1._http._tcp.local"]}, {("mdns.instance", "Cam 1")}),
        ("dns", ["a.example", "b.example."], {("dns.query", "a.example"), ("dns.query", "b.example")}),
        ("mac", "00:11:22:AA:BB:CC", {("net.mac", "00:11:22:aa:bb:cc")}),
        ("model_text", "EX-100", {("register.text", "EX-100"), ("register.model", "EX-100")}),
        ("model_text", "Example EX-100", {("register.text", "Example EX-100")}),
    ],
)
def test_facts_of_a_payload(kind: str, payload: object, facts: set[tuple[str, str]]) -> None:
    assert facts <= set(facts_of(kind, payload))


def test_text_of_several_words_is_no_model() -> None:
    assert [attribute for attribute, _ in facts_of("model_text", "Example EX-100")] == ["register.text"]


def test_page_with_device_information_gives_its_fields() -> None:
    page = "HTTP/1.1 200 OK\r\n\r\n<DeviceInfo xmlns='http://example.org/ns'><model>EX-1</model></DeviceInfo>"
    found = set(facts_of("http", page))
    assert {("isapi.model", "EX-1"), ("isapi.namespace", "http://example.org/ns")} <= found


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("telepathy", "x"),
        ("http", {"favicon_md5": "x"}),
        ("http", ""),
        ("http", 5),
        ("rtsp", "HTTP/1.1 200 OK"),
        ("sadp", "<other/>"),
        ("snmp", "x"),
        ("mac", "onbekend"),
        ("mdns", []),
        ("dns", "a.example"),
        ("onvif", "{"),
    ],
)
def test_payload_that_the_kind_cannot_have(kind: str, payload: object) -> None:
    with pytest.raises(WireError):
        list(facts_of(kind, payload))


def test_lines_become_subjects_and_labels_stay_behind(tmp_path: Path) -> None:
    row = {"id": "s-1", "kind": "http", "payload": "Server: Example", "truth_maker": "SECRET", "category": "SECRET"}
    outcome = labelled(lines(row, "", {"id": "s-2", "kind": "mac", "payload": "00:11:22:33:44:55"}), tmp_path)
    assert outcome.subjects == ["line:s-1", "line:s-2"]
    assert [one.locator for one in outcome.observations] == ["line 1", "line 3"]
    assert "SECRET" not in str(outcome.observations)
    assert (outcome.tally.unit, outcome.tally.total) == ("lines", 2)


def test_bad_lines_are_issues_and_the_rest_is_read(tmp_path: Path) -> None:
    good = {"id": "s-1", "kind": "model_text", "payload": "EX-1"}
    long = {"id": "s-2", "kind": "model_text", "payload": "x" * (2 << 20)}
    nested = '{"id":"s-3","kind":"http","payload":' + "[" * 100_000 + "]" * 100_000 + "}"
    outcome = labelled(
        lines(good, "{broken", {"id": "s-4", "kind": "nonsense", "payload": 1}, long, nested, good), tmp_path
    )
    assert [issue.place for issue in outcome.issues] == ["line 2", "line 3", "line 4", "line 5"]
    assert (outcome.tally.read, outcome.tally.issues) == (2, 4)


def test_other_json_is_not_recognised() -> None:
    for head in (b"", b"[]", b'{"id": 1, "kind": "x", "payload": 1}', b'{"a": 1}\n', b'{"id":"s","kind":"http"}'):
        assert not READER.recognise(head, "observations.jsonl")


@pytest.mark.samples
def test_all_real_lines_are_read_in_words_of_the_vocabulary(samples: Path, tmp_path: Path) -> None:
    outcome = labelled((samples / "observations.jsonl").read_bytes(), tmp_path)
    assert outcome.tally.issues == 0 and outcome.tally.total > 400
    assert {one.attribute for one in outcome.observations} <= set(load_catalog().attributes)
