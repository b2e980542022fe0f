"""zgrab2: one record for each module that got an answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from made_exports import PAGE, RTSP, zgrab, zgrab_http

from custodiet.errors import WireError
from custodiet.sources.exports.base import ScanRecord
from custodiet.sources.exports.zgrab2 import ZGRAB2


def read(row: dict[str, Any]) -> list[ScanRecord]:
    """The records of a row; both ways of reading must agree."""
    records = list(ZGRAB2.parse(row))
    assert records == list(ZGRAB2.decode(json.dumps(row).encode()))
    return records


def test_http() -> None:
    [record] = read(zgrab(http=zgrab_http()))
    assert (record.address, record.port, record.at) == ("192.0.2.33", 80, 1775504291.0)
    assert dict(record.facts) == {
        "http.server": "ExampleCam-Webs/2.1",
        "http.www_authenticate": 'Basic realm="x"',
        "http.header": "X-Example: yes",
        "http.title": "Example camera",
        "http.body": PAGE,
    }


def test_the_certificate_beside_the_request() -> None:
    parsed = {"subject_dn": "O=Example, CN=cam", "issuer_dn": "CN=ca", "validity": {"start": "2018-02-09T20:31:40Z"}}
    log = {"handshake_log": {"server_certificates": {"certificate": {"parsed": parsed, "raw": "!"}}}}
    inside = zgrab_http(request={"tls_log": log})
    for module in (inside | {"port": 8443}, {"protocol": "tls", "result": log}):
        [record] = read(zgrab(http=module))
        said = dict(record.facts)
        assert said["tls.subject"] == "CN=cam,O=Example"
        assert (said["tls.issuer"], said["tls.not_before"]) == ("CN=ca", "2018-02-09T20:31:40Z")
    assert record.port == 443


def test_ports_by_field_by_name_and_by_protocol() -> None:
    banner = {"result": {"banner": RTSP}}
    row = zgrab(**{"rtsp": banner, "banner-8554": banner | {"protocol": "banner"}, "b": banner | {"port": 10554}})
    assert [record.port for record in read(row)] == [554, 8554, 10554]
    assert all(dict(record.facts)["rtsp.server"] == "ExampleRtsp/1.0" for record in read(row))


def test_greetings() -> None:
    row = zgrab(
        ssh={"result": {"server_id": {"raw": "SSH-2.0-dropbear_2019.78"}}},
        ftp={"result": {"banner": "220 ExampleCam FTP ready\r\n"}},
        telnet={"result": {"banner": "ExampleCam login: ", "will": []}, "port": 2323},
    )
    assert [record.facts[0] for record in read(row)] == [
        ("banner.ssh", "SSH-2.0-dropbear_2019.78"),
        ("banner.ftp", "ExampleCam FTP ready"),
        ("banner.telnet", "ExampleCam login:"),
    ]


def test_modules_without_an_answer_make_no_record() -> None:
    assert read(zgrab(http={"status": "connection-timeout", "error": "x"})) == []
    assert read(zgrab()) == []


def test_an_answer_before_a_failure_counts() -> None:
    [record] = read(zgrab(ftp={"status": "application-error", "result": {"banner": "220 ExampleCam FTP\r\n"}}))
    assert record.facts == (("banner.ftp", "ExampleCam FTP"),)


def test_parts_of_another_kind_say_nothing() -> None:
    odd: list[Any] = [{"response": []}, {"response": {"headers": 5, "body": {}}}, {"redirect_response_chain": [1, {}]}]
    for result in odd:
        [record] = read(zgrab(http={"result": result}))
        assert record.facts == ()


@pytest.mark.parametrize(
    "changes", [{"ip": None}, {"data": []}, {"data": {"http": 5}}, {"data": {"http": {"result": 1}}}]
)
def test_rows_that_cannot_be_read(changes: dict[str, Any]) -> None:
    with pytest.raises(WireError):
        list(ZGRAB2.parse(zgrab(http=zgrab_http()) | changes))
