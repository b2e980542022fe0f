"""masscan: both forms, the bytes behind its escapes, and ports that are closed."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from made_exports import HEAD, PAGE, masscan_line

from custodiet.errors import WireError
from custodiet.sources.exports.base import ScanRecord
from custodiet.sources.exports.masscan import MASSCAN


def read(row: dict[str, Any]) -> list[ScanRecord]:
    """The records of a row; both ways of reading must agree."""
    records = list(MASSCAN.parse(row))
    assert records == list(MASSCAN.decode(json.dumps(row).encode()))
    return records


def said(service: str, banner: str, **changes: Any) -> dict[str, str]:
    [record] = read(masscan_line(service, banner, **changes))
    return dict(record.facts)


def test_an_open_port() -> None:
    [record] = read(masscan_line())
    assert record == ScanRecord("203.0.113.8", 80, "tcp", 1767225600.0)


def test_several_ports_of_which_one_is_closed() -> None:
    ports = [{"port": 80, "proto": "tcp", "status": "open"}, {"port": 81, "proto": "tcp", "status": "closed"}]
    [record] = read({"ip": "2001:db8::1", "timestamp": "1767225600", "ports": ports})
    assert (record.address, record.port) == ("2001:db8::1", 80)
    assert read(masscan_line(data={"status": "closed"})) == []


def test_an_answer_of_http() -> None:
    assert said("http", HEAD)["http.server"] == "ExampleCam-Webs/2.1"
    assert said("http.server", "ExampleCam") == {"http.server": "ExampleCam"}
    assert said("title", " Example\n camera") == {"http.title": "Example camera"}
    assert said("html", PAGE)["http.title"] == "Example camera"


def test_characters_are_bytes() -> None:
    assert said("unknown", "\x16\x00\xe9abc")["banner.tcp"] == r"\x16\x00\xe9abc"
    assert said("unknown", "Kam\u0435ra ready")["banner.tcp"] == "Kamеra ready"  # another tool's text


def test_greetings() -> None:
    assert said("ssh", "SSH-2.0-dropbear_2019.78") == {"banner.ssh": "SSH-2.0-dropbear_2019.78"}
    assert said("ftp", "220 ExampleCam FTP ready\r\n", port=2121) == {"banner.ftp": "ExampleCam FTP ready"}
    assert said("telnet", "ExampleCam login: ", port=9923) == {"banner.telnet": "ExampleCam login:"}


def test_snmp_and_what_else_it_puts_in_its_own_words() -> None:
    assert said("snmp", "sysDescr:Example OS\nsysName:cam\n", proto="udp", port=161) == {
        "snmp.sys_descr": "Example OS",
        "snmp.sys_name": "cam",
    }
    for service in ("ssl", "vuln", "heartbleed", "X509CA", "smb", "nbtstat"):
        assert said(service, "words of the scanner") == {}, service


def test_a_certificate_that_cannot_be_read() -> None:
    assert said("X509", base64.b64encode(b"x" * 100).decode()) == {}


@pytest.mark.parametrize("changes", [{"ip": "x"}, {"port": None}, {"ports": {}}, {"ports": [5]}, {"data": []}])
def test_rows_that_cannot_be_read(changes: dict[str, Any]) -> None:
    with pytest.raises(WireError):
        list(MASSCAN.parse(masscan_line() | changes))
