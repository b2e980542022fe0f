"""First words of servers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from custodiet.errors import WireError
from custodiet.wire.greeting import parse_greeting, without_negotiation

OBSERVATIONS = Path(__file__).parents[2] / "../shared/samples/observations.jsonl"


@pytest.mark.parametrize(
    ("data", "port", "fact"),
    [
        (
            b"220 EXAMPLE 214 Network Camera 4.49 ready.\r\n",
            21,
            ("banner.ftp", "EXAMPLE 214 Network Camera 4.49 ready."),
        ),
        (b"220-Hello\r\n220 cam FTP\r\n", 2020, ("banner.ftp", "Hello\ncam FTP")),
        (b"220 cam ready\r\n", 0, ("banner.ftp", "cam ready")),
        (b"220 mail.example ESMTP\r\n", 21, ("banner.smtp", "mail.example ESMTP")),
        (b"220 mail.example\r\n", 25, ("banner.smtp", "mail.example")),
        (b"\xff\xfd\x01\xff\xfb\x03\xff\xfa\x18\x01\xff\xf0\r\ncam login: ", 2000, ("banner.telnet", "cam login:")),
        (b"(none) login: ", 8023, ("banner.telnet", "(none) login:")),
        (b"Welcome to Example Dome", 23, ("banner.telnet", "Welcome to Example Dome")),
        (b"SSH-2.0-dropbear_2019.78\r\n\0\0\x01", 8022, ("banner.ssh", "SSH-2.0-dropbear_2019.78")),
        (b"SIP/2.0 200 OK\r\nVia: x\r\nServer: Door/1\r\n\r\n", 5060, ("banner.sip", "Door/1")),
        (b"REGISTER sip:10.0.0.1 SIP/2.0\r\nUser-Agent: Door/2\r\n\r\n", 5060, ("banner.sip", "Door/2")),
        (b"\0\0\0\x10\0\0\0\x1e", 8000, ("banner.tcp", "\\x00\\x00\\x00\\x10\\x00\\x00\\x00\\x1e")),
        (b"host DCS FTP server ready.", 0, ("banner.ftp", "host DCS FTP server ready.")),
        (b"ProFTPD 1.3.5a (storage)", 0, ("banner.ftp", "ProFTPD 1.3.5a (storage)")),
        (b"box Ver 01.00 TELNET server.", 0, ("banner.telnet", "box Ver 01.00 TELNET server.")),
        (b"aftpdx telnets", 0, ("banner.tcp", "aftpdx telnets")),
        (b"not ssh", 22, ("banner.tcp", "not ssh")),
        (b"\xff\x01\x02", 34567, ("banner.tcp", "\\xff\\x01\\x02")),
    ],
)
def test_services(data: bytes, port: int, fact: tuple[str, str]) -> None:
    assert list(parse_greeting(data, port).facts()) == [fact]


def test_nothing_to_tell() -> None:
    assert list(parse_greeting(b"\xff\xfd\x01\xff\xfb\x03", 23).facts()) == []
    assert list(parse_greeting(b"SIP/2.0 200 OK\r\nVia: x\r\n\r\n", 5060).facts()) == []


def test_negotiation_cut_anywhere() -> None:
    whole = b"a\xff\xfd\x01b\xff\xfa\x18\x00x\xff\xf0c\xff\xffd\xff\xf1e"
    assert without_negotiation(whole) == b"abc\xffde"
    for length in range(len(whole)):
        assert set(without_negotiation(whole[:length])) <= set(b"abc\xffde")


@pytest.mark.parametrize(
    "data", [b"", b"HTTP/1.1 200 OK\r\n", b"RTSP/1.0 200 OK\r\n", b"\x16\x03\x03\x00\x05", b"\x15\x03\x01\x00\x02"]
)
def test_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        parse_greeting(data, 8000)


@pytest.mark.samples
def test_real_greetings() -> None:
    if not OBSERVATIONS.is_file():
        pytest.skip("no shared samples here")
    rows = [json.loads(line) for line in OBSERVATIONS.read_text("utf-8").splitlines() if '"kind": "banner"' in line]
    assert len(rows) > 30
    services = [parse_greeting(row["payload"].encode()).service for row in rows]
    assert services.count("ftp") >= 10
    assert services.count("telnet") >= 5
