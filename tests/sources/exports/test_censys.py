"""Censys: the older shape and the newer one say the same things in the same words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from made_exports import HEAD, PAGE, RTSP, censys, censys_web, platform, platform_web

from custodiet.errors import WireError
from custodiet.sources.exports.base import ScanRecord
from custodiet.sources.exports.censys import CENSYS


def read(row: dict[str, Any]) -> list[ScanRecord]:
    """The records of a row; both ways of reading must agree."""
    records = list(CENSYS.parse(row))
    assert records == list(CENSYS.decode(json.dumps(row).encode()))
    return records


def test_a_web_service_in_the_older_shape() -> None:
    record, about = read(censys(censys_web()))
    assert (record.address, record.port, record.transport) == ("198.51.100.9", 443, "tcp")
    assert (record.country, record.network) == ("DE", "AS64501 EXAMPLE-AS")
    assert record.at == pytest.approx(1769525041.811676)
    assert dict(record.facts) == {
        "http.server": "ExampleCam-Webs/2.1",
        "http.title": "Example camera",
        "http.body": PAGE,
        "favicon.mmh3": "77",
        "favicon.md5": "0123456789abcdef0123456789abcdef",
        "tls.subject": "CN=cam-1,O=Example,C=NL",
        "tls.issuer": "CN=Example CA",
        "tls.san": "cam-1.example.org",
        "service.product": "Example httpd 2.1",
    }
    assert (about.port, dict(about.facts)) == (0, {"net.hostname": "c.example.org"})


def test_a_web_service_in_the_newer_shape() -> None:
    record, about = read(platform(platform_web()))
    assert (record.address, record.country, record.network) == ("2001:db8::5", "BE", "AS64502 Example Org")
    assert dict(record.facts) == {
        "http.server": "ExampleCam-Webs/2.1",
        "http.www_authenticate": "Basic x",
        "http.title": "Example camera",
        "favicon.mmh3": "-5",
        "favicon.md5": "f" * 32,
        "tls.subject": "CN=cam",
        "tls.issuer": "CN=ca",
        "tls.serial": "0a1b",
        "tls.not_before": "2020-01-01T00:00:00Z",
        "tls.san": "cam",
        "service.product": "Example Camera",
    }
    assert dict(about.facts) == {"service.os": "linux linux_kernel"}


def test_bytes_are_read_before_their_text() -> None:
    service = {
        "port": 554,
        "transport_protocol": "TCP",
        "banner": "RTSP/1.0 mangled",
        "banner_hex": RTSP.encode().hex(),
    }
    assert dict(read(censys(service))[0].facts)["rtsp.server"] == "ExampleRtsp/1.0"
    spoiled = service | {"banner_hex": "5", "banner": RTSP}
    assert dict(read(censys(spoiled))[0].facts)["rtsp.server"] == "ExampleRtsp/1.0"


def test_headers_alone_in_every_form() -> None:
    forms: list[Any] = [
        {"Server": ["x"], "_encoding": {"Server": "y"}},
        {"Server": {"headers": ["x"]}},
        [{"key": "Server", "value": {"headers": ["x"]}}],
        {"server": "x"},
    ]
    for headers in forms:
        service = censys_web(banner="", http={"response": {"headers": headers}}, software=None, tls=None)
        assert read(censys(service))[0].facts == (("http.server", "x"),), headers


def test_protocols_taken_apart() -> None:
    services = [
        {"port": 554, "rtsp": {"server": "ExampleRtsp", "www_auth": 'Basic realm="x"', "commands": ["PLAY", "X"]}},
        {"port": 161, "transport_protocol": "UDP",
         "snmp": {"oid_system": {"desc": "Example OS", "name": "cam", "object_id": ".1.3.6.1.4.1.64500"}}},
        {"port": 1900, "transport_protocol": "udp", "ssdp": {"headers": {"SERVER": {"headers": ["Ex UPnP/1.0"]}}}},
        {"port": 37810, "transport_protocol": "udp", "protocol": "DHCPDISCOVER", "dhcpdiscover": {"params": {
            "device_info": {"device_type": "EX-1", "serial_number": "S1", "version": "1.0", "vendor": "Example"}}}},
    ]  # fmt: skip
    rtsp, snmp, ssdp, dhip, _about = (dict(record.facts) for record in read(censys(*services)))
    assert rtsp == {
        "rtsp.server": "ExampleRtsp", "rtsp.www_authenticate": 'Basic realm="x"', "rtsp.public": "PLAY, X",
    }  # fmt: skip
    assert snmp["snmp.sys_object_id"] == "1.3.6.1.4.1.64500"
    assert ssdp == {"ssdp.server": "Ex UPnP/1.0"}
    assert dhip["dhip.device_type"] == "EX-1" and dhip["dhip.serial"] == "S1"


def test_a_vendor_alone_is_no_product() -> None:
    web = censys_web(software=[{"vendor": "Example"}])
    assert "service.product" not in dict(read(censys(web))[0].facts)


def test_wrappings_are_opened() -> None:
    host = censys(dns=None)
    for row in ({"result": host}, {"result": {"hits": [host, host]}}, {"hits": [{"host": host}]}, {"resource": host}):
        assert {record.address for record in read(row)} == {"198.51.100.9"}


def test_a_host_without_services_is_still_a_host() -> None:
    [record] = read(censys(dns=None))
    assert (record.port, record.facts) == (0, ())


def test_one_bad_hit_does_not_cost_the_others() -> None:
    assert len(read({"hits": [{"ip": "x"}, censys(dns=None), 5]})) == 1
    with pytest.raises(WireError):
        read({"hits": [{"ip": "x"}]})


def test_a_wrapping_without_end_ends() -> None:
    row: dict[str, Any] = {"ip": "192.0.2.1"}
    for _ in range(50):
        row = {"result": row}
    with pytest.raises(WireError, match="without an address"):
        read(row)


@pytest.mark.parametrize("changes", [{"ip": None}, {"services": {}}, {"services": [7]}, {"location": []}])
def test_rows_that_cannot_be_read(changes: dict[str, Any]) -> None:
    with pytest.raises(WireError):
        list(CENSYS.parse(censys(**changes)))


def test_a_head_of_another_length_is_not_cut_by_it() -> None:
    web = censys_web(banner=HEAD)
    assert dict(read(censys(web))[0].facts)["http.body"] == PAGE
