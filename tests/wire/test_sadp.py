"""The search of a family of recorders and cameras, on UDP and on Ethernet."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from custodiet.errors import WireError
from custodiet.wire.sadp import parse_sadp, parse_sadp_frame

SAMPLES = Path(__file__).parents[2] / "../shared/samples"

REPLY = (
    b'<?xml version="1.0" encoding="UTF-8"?>\r\n<ProbeMatch><Uuid>11-22</Uuid><Types>inquiry</Types>'
    b"<DeviceType>141945</DeviceType><DeviceDescription>EX-2CD0000</DeviceDescription><BaseDesc>DS-2CD0000</BaseDesc>"
    b"<DeviceSN>EX-2CD000020250131AAWR123</DeviceSN><MAC>02-A1-b2-c3-d4-e5</MAC><IPv4Address>10.0.0.5</IPv4Address>"
    b"<DigitalChannelNum>1</DigitalChannelNum><AnalogChannelNum>0</AnalogChannelNum>"
    b"<SoftwareVersion>V5.6.2build 190701</SoftwareVersion><Activated>false</Activated>"
    b"<DetailOEMCode>10101</DetailOEMCode><HCPlatformEnable>flase</HCPlatformEnable><Salt>00ff00ff</Salt></ProbeMatch>"
)
PROBE = b'<?xml version="1.0" encoding="utf-8"?><Probe><Uuid>11-22</Uuid><Types>inquiry</Types></Probe>'


def frame_header(kind: int, origin: int) -> bytes:
    own = bytes.fromhex("02a1b2c3d4e5") + bytes((10, 0, 0, 5))
    return bytes((0x21, kind, 1, origin)) + bytes(4) + b"\x06\x04\x04\x00\0\0" + own + b"\xff" * 6 + bytes(8)


def test_reply() -> None:
    read = parse_sadp(REPLY)
    facts = dict(read.facts())
    reply = facts.pop("sadp.reply")
    assert facts == {
        "sadp.description": "EX-2CD0000",
        "sadp.base_description": "DS-2CD0000",
        "sadp.serial": "EX-2CD000020250131AAWR123",
        "sadp.firmware": "V5.6.2build 190701",
        "sadp.oem_code": "10101",
        "sadp.activated": "false",
        "sadp.cloud": "flase",
        "sadp.mac": "02:a1:b2:c3:d4:e5",
        "sadp.channels": "1/0",
    }
    assert "DeviceType: 141945" in reply
    assert read.ip == "10.0.0.5"


def test_salt_and_identifier_are_not_kept() -> None:
    assert "00ff00ff" not in repr(parse_sadp(REPLY))
    assert "11-22" not in repr(parse_sadp(REPLY))


def test_probe_is_silent() -> None:
    read = parse_sadp(PROBE)
    assert (read.request, read.types, list(read.facts())) == (True, "inquiry", [])


def test_missing_end_tags_and_foreign_bytes() -> None:
    broken = b"<ProbeMatch><DeviceDescription>EX-1<MAC>02-a1-b2-c3-d4-e5</MAC><DeviceSN>\xd6\xd0"
    facts = dict(parse_sadp(broken).facts())
    assert facts["sadp.description"] == "EX-1"
    assert facts["sadp.mac"] == "02:a1:b2:c3:d4:e5"
    assert facts["sadp.serial"] == "\\xd6\\xd0"


def test_a_mac_of_nobody_is_left_out() -> None:
    read = parse_sadp(b"<ProbeMatch><DeviceSN>x</DeviceSN><MAC>00-00-00-00-00-00</MAC></ProbeMatch>")
    assert "sadp.mac" not in dict(read.facts())


def test_frame_with_and_without_xml() -> None:
    assert dict(parse_sadp_frame(frame_header(1, 0xF6) + REPLY).facts()) == dict(parse_sadp(REPLY).facts())
    read = parse_sadp_frame(frame_header(1, 0xF6) + bytes(20))
    assert list(read.facts()) == [("sadp.mac", "02:a1:b2:c3:d4:e5")]
    assert read.ip == "10.0.0.5"
    assert parse_sadp_frame(bytes(3) + REPLY) == parse_sadp(REPLY)


@pytest.mark.parametrize("kind, origin, xml", [(2, 0x42, b""), (2, 0x42, PROBE), (1, 0x42, b"")])
def test_frames_of_tools_are_silent(kind: int, origin: int, xml: bytes) -> None:
    read = parse_sadp_frame(frame_header(kind, origin) + xml)
    assert (read.request, list(read.facts())) == (True, [])


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"<ProbeMatch></ProbeMatch>",
        b"<ProbeMatches><MAC>02-a1-b2-c3-d4-e5</MAC></ProbeMatches>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><ProbeMatch><DeviceSN>&b;</DeviceSN></ProbeMatch>',
        b"{}",
        bytes(60),
    ],
)
def test_refused(payload: bytes) -> None:
    with pytest.raises(WireError):
        parse_sadp(payload)
    with pytest.raises(WireError):
        parse_sadp_frame(payload)


@pytest.mark.samples
def test_real_replies() -> None:
    reply = SAMPLES / "discovery/Hikvision.bin"
    if not reply.is_file():
        pytest.skip("no shared samples here")
    facts = dict(parse_sadp(reply.read_bytes()).facts())
    assert facts["sadp.mac"] == "00:11:22:33:44:55"
    assert facts["sadp.cloud"] == "flase"
    lines = (SAMPLES / "observations.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines if '"kind": "sadp"' in line]
    assert rows
    for row in rows:
        assert dict(parse_sadp(row["payload"].encode()).facts())["sadp.description"] == row["truth_model"]
