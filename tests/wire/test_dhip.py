"""JSON discovery with and without header, badly written, and its older binary form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from custodiet.errors import WireError
from custodiet.wire.dhip import parse_dhip, parse_dvrip_discovery

SAMPLES = Path(__file__).parents[2] / "../shared/samples"

REPLY = (
    b'{"mac":"02:A1:B2:C3:D4:E5","method":"client.notifyDevInfo","params":{"deviceInfo":{"DeviceClass":"VTO",'
    b'"DeviceType":"EX-2000","HttpPort":80,"Manufacturer":"Private","Port":37777,"SerialNo":"1A0B2C3PAN00001",'
    b'"Vendor":"General","Version":"3.120.0000.0.R","MachineName":"deur","Init":{"x":1}}}}'
)
SEARCH = b'{"method":"DHDiscover.search","params":{"mac":"","uni":1}}'


def with_header(body: bytes) -> bytes:
    length = len(body).to_bytes(4, "little") + bytes(4)
    return b"\x20\0\0\0DHIP" + bytes(8) + length * 2 + body


@pytest.mark.parametrize("payload", [REPLY, with_header(REPLY), with_header(REPLY) + b"\0\0x", REPLY + b"\n\0"])
def test_reply(payload: bytes) -> None:
    assert list(parse_dhip(payload).facts()) == [
        ("dhip.reply", REPLY.decode()),
        ("dhip.device_type", "EX-2000"),
        ("dhip.device_class", "VTO"),
        ("dhip.vendor", "General"),
        ("dhip.manufacturer", "Private"),
        ("dhip.serial", "1A0B2C3PAN00001"),
        ("dhip.mac", "02:a1:b2:c3:d4:e5"),
        ("dhip.firmware", "3.120.0000.0.R"),
        ("dhip.machine_name", "deur"),
        ("dhip.port", "37777"),
    ]


@pytest.mark.parametrize("payload", [SEARCH, with_header(SEARCH)])
def test_search_is_silent(payload: bytes) -> None:
    read = parse_dhip(payload)
    assert (read.request, list(read.facts())) == (True, [])


def test_missing_quote_is_repaired() -> None:
    read = parse_dhip(with_header(REPLY.replace(b'3.120.0000.0.R"', b"3.120.0000.0.R")))
    assert (read.repaired, read.firmware, read.device_type, read.port) == (True, "3.120.0000.0.R", "EX-2000", "37777")


def test_wrong_types() -> None:
    read = parse_dhip(
        b'{"method":"client.notifyDevInfo","mac":5,"params":{"deviceInfo":{"DeviceType":["a"],"SerialNo":7,'
        b'"Version":null,"Vendor":true,"Port":1e3,"MachineName":{"a":1}}}}'
    )
    assert (read.device_type, read.serial, read.firmware, read.vendor, read.port, read.mac) == (
        "",
        "7",
        "",
        "true",
        "1000.0",
        "5",
    )
    for payload in (b'{"method":"client.x","params":[]}', b'{"method":"client.x","params":{"deviceInfo":3}}'):
        assert parse_dhip(payload).device_type == ""


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"DHIP",
        b"\x20\0\0\0DHIP" + bytes(24),
        b"[]",
        b"{}",
        b'{"method":"other.thing"}',
        b'GET / {"DeviceType":"x"}',
        b"{" * 100,
        b'{"a":' + b"[" * 100_000,
    ],
)
def test_refused(payload: bytes) -> None:
    with pytest.raises(WireError):
        parse_dhip(payload)


def old_reply(named: bytes = b"02:a1:b2:c3:d4:e5EX-1", lines: bytes = b"Name:deur\r\nSerialNo:123\r\n\r\n") -> bytes:
    fixed = b"\xb3\0" + bytes((len(named),)) + bytes(37) + b"label\0".ljust(16, b"\0")
    return fixed.ljust(120, b"\0") + named + lines


def test_older_form() -> None:
    read = parse_dvrip_discovery(old_reply())
    assert (read.mac, read.device_type, read.serial, read.machine_name) == ("02:a1:b2:c3:d4:e5", "EX-1", "123", "deur")
    assert parse_dvrip_discovery(old_reply(b"", b"")).device_type == "label"
    assert parse_dvrip_discovery(old_reply(lines=b"Device:EX-2\r\n")).device_type == "EX-2"


def test_older_form_request_and_refused() -> None:
    search = parse_dvrip_discovery(b"\xa3\x01\0\x01" + bytes(28))
    assert (search.request, list(search.facts())) == (True, [])
    for payload in (b"", b"\xb3\0", b"\xa3\x01", bytes(200), REPLY):
        with pytest.raises(WireError):
            parse_dvrip_discovery(payload)


@pytest.mark.samples
def test_real_replies() -> None:
    folder = SAMPLES / "discovery"
    if not folder.is_dir():
        pytest.skip("no shared samples here")
    old = dict(parse_dvrip_discovery((folder / "Dahua1.bin").read_bytes()).facts())
    assert old["dhip.mac"] == "00:11:22:33:44:55"
    new = dict(parse_dhip((folder / "Dahua2.bin").read_bytes()).facts())
    assert (new["dhip.device_type"], new["dhip.firmware"]) == ("Virtual (JSON)", "1.0000")
    lines = (SAMPLES / "observations.jsonl").read_text("utf-8").splitlines()
    for row in (json.loads(line) for line in lines if '"kind": "dhip"' in line):
        assert dict(parse_dhip(row["payload"].encode()).facts())["dhip.serial"]
