"""Shodan: rows, host pages and answers of a search; what is read of them and what stays behind."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from made_exports import HEAD, PAGE, RTSP, shodan

from custodiet.errors import WireError
from custodiet.sources.exports.base import ScanRecord
from custodiet.sources.exports.shodan import SHODAN


def one(**changes: Any) -> ScanRecord:
    """The only record of a row; both ways of reading must agree."""
    row = shodan(**changes)
    [record] = SHODAN.parse(row)
    assert [record] == list(SHODAN.decode(json.dumps(row).encode()))
    return record


def facts(record: ScanRecord) -> dict[str, str]:
    return dict(record.facts)


def test_an_answer_of_http() -> None:
    record = one()
    assert (record.address, record.port, record.transport) == ("192.0.2.7", 80, "tcp")
    assert (record.country, record.network) == ("NL", "AS64500 Example Telecom")
    assert record.at == pytest.approx(1769584893.444507)
    assert facts(record) == {
        "http.server": "ExampleCam-Webs/2.1",
        "http.www_authenticate": 'Digest realm="ExampleCam", nonce="abc"',
        "http.header": 'ETag: "5f-1"',
        "http.title": "Example camera",
        "http.body": PAGE,
        "favicon.mmh3": "-1234567",
        "net.hostname": "cam.example.net",
        "service.product": "Example camera httpd 2",
        "service.device_type": "webcam",
    }


def test_the_page_was_unpacked_by_shodan_and_is_not_unpacked_again() -> None:
    assert facts(one())["http.body"] == PAGE


def test_a_folded_head_says_the_same() -> None:
    folded = facts(one(data=HEAD.replace("nonce", "\r\n nonce")))
    assert folded == facts(one())


def test_the_date_of_an_answer_changes_nothing() -> None:
    assert one(data=HEAD.replace("28 Jan", "29 Jan")).facts == one().facts == one(data=HEAD).facts


def test_a_title_without_a_page() -> None:
    assert facts(one(http={"title": " Example\n camera ", "html": None}))["http.title"] == "Example camera"


def test_rtsp_whatever_the_port() -> None:
    said = facts(one(port=8554, http=None, data=RTSP))
    assert said["rtsp.server"] == "ExampleRtsp/1.0"
    assert said["rtsp.public"] == "OPTIONS, DESCRIBE"


def test_a_greeting_without_what_was_asked_behind_it() -> None:
    data = "220-Example\r\n220 ExampleCam FTP ready\r\n530 Login incorrect\r\n211-Features:\r\n"
    assert facts(one(port=21, http=None, data=data, _shodan={"module": "ftp"}))["banner.ftp"] == (
        "Example\nExampleCam FTP ready"
    )


def test_words_of_shodan_are_no_greeting() -> None:
    said = facts(one(port=445, http=None, data="SMB Status:\n  Authentication: enabled\n", _shodan={"module": "smb"}))
    assert not any(name.startswith("banner.") for name in said)


def test_a_datagram_that_is_no_reply_says_nothing() -> None:
    said = facts(one(port=5353, transport="udp", http=None, data="mDNS:\n  services:\n", product=None))
    assert set(said) == {"net.hostname", "service.device_type"}


def test_a_reply_to_a_search() -> None:
    data = (
        "HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nUSN: uuid:1::upnp:rootdevice\r\nSERVER: Example/1 UPnP/1.0\r\n\r\n"
    )
    said = facts(one(port=1900, transport="udp", http=None, data=data, upnp={"manufacturer": "Example", "udn": 5}))
    assert said["ssdp.server"] == "Example/1 UPnP/1.0"
    assert (said["upnp.manufacturer"], said["upnp.udn"]) == ("Example", "5")


def test_snmp() -> None:
    said = facts(one(port=161, http=None, data="x", snmp={"description": "Example OS", "name": "cam", "contact": "me"}))
    assert (said["snmp.sys_descr"], said["snmp.sys_name"]) == ("Example OS", "cam")
    assert "banner.tcp" not in said


def test_a_certificate_taken_apart() -> None:
    cert = {"subject": {"C": "NL", "CN": "cam", "O": "Example"}, "issuer": {"CN": "ca"}, "issued": "20200131000000Z"}
    said = facts(one(ssl={"cert": cert | {"serial": 1 << 100}, "chain": ["no certificate"]}))
    assert said["tls.subject"] == "CN=cam,O=Example,C=NL"
    assert said["tls.issuer"] == "CN=ca"
    assert said["tls.not_before"] == "2020-01-31T00:00:00Z"


def test_conclusions_about_makers_and_weak_spots_stay_behind() -> None:
    more = {"hikvision": {"device_model": "EX-1"}, "vulns": {"CVE-2026-1": {}}, "mac": {"00:00:5E:00:53:01": {}}}
    assert one(**more).facts == one().facts


def test_a_host_page_and_an_answer_of_a_search() -> None:
    page = {"ip_str": "192.0.2.7", "data": [shodan(ip_str=None), shodan(port=81), {"port": "x", "ip_str": "y"}]}
    assert [record.port for record in SHODAN.parse(page)] == [80, 81]
    found = list(SHODAN.decode(json.dumps({"matches": [shodan(), shodan(ip_str="192.0.2.8")], "total": 2}).encode()))
    assert [record.address for record in found] == ["192.0.2.7", "192.0.2.8"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ip_str": "nowhere", "ip": 7}, "without an address"),
        ({"ip_str": None}, "without an address"),
        ({"http": []}, "unexpected form"),
        ({"location": "NL"}, "unexpected form"),
        ({"data": [{"ip_str": "x"}]}, "without an address"),
        ({"matches": [{"matches": []}]}, "a row inside a row"),
    ],
)
def test_rows_that_cannot_be_read(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(WireError, match=reason):
        list(SHODAN.parse(shodan(**changes)))


@pytest.mark.parametrize("row", [b"", b"[]", b"7", b"{", b'{"ip_str"', b"\xff{", b'"x"', b"[" * 5000])
def test_what_is_no_row(row: bytes) -> None:
    with pytest.raises(WireError):
        list(SHODAN.decode(row))


def test_odd_values_cost_only_themselves() -> None:
    row = shodan(port="65536", transport=5, timestamp="soon", asn=64500, org=None, isp=None, product=True, os=1.5)
    [record] = SHODAN.parse(row)
    assert (record.port, record.transport, record.at, record.network) == (0, "", None, "AS64500")
    assert facts(record)["service.os"] == "1.5"


def test_bytes_that_are_no_utf_8_do_not_cost_the_row() -> None:
    row = json.dumps(shodan(org="Caf@")).encode().replace(b"@", b"\xe9")
    [record] = SHODAN.decode(row)
    assert record.network == "AS64500 Café"


def test_a_record_is_small_and_frozen() -> None:
    with pytest.raises(AttributeError):
        one().port = 5  # type: ignore[misc]
    assert msgspec.structs.astuple(ScanRecord("192.0.2.1")) == ("192.0.2.1", 0, "", None, "", "", ())
