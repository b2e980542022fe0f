"""One reply of each maker's own discovery, and what looks like one and is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from custodiet.errors import WireError
from custodiet.wire.makers import MakerReply, parse_maker_discovery

DISCOVERY = Path(__file__).parents[2] / "../shared/samples/discovery"

RAW_MAC = bytes.fromhex("02a1b2c3d4e5")
MAC = "02:a1:b2:c3:d4:e5"
ADDRESS = bytes((10, 0, 0, 5))


def padded(value: bytes, size: int) -> bytes:
    return value.ljust(size, b"\0")


def short(kind: int, value: bytes) -> bytes:
    return bytes((kind, len(value))) + value


def long(kind: int, value: bytes) -> bytes:
    return bytes((kind,)) + len(value).to_bytes(2) + value


def wide(kind: int, value: bytes) -> bytes:
    return kind.to_bytes(2) + len(value).to_bytes(2) + value


HANWHA = (
    b"\x0b"
    + bytes(18)
    + padded(MAC.encode(), 18)
    + padded(b"10.0.0.5", 16) * 3
    + bytes(24)
    + padded(b"EX-6083", 24)
    + padded(b"http://10.0.0.5/", 129)
)
BOSCH = b"\x99\x39\xa4\x27" + bytes(4) + RAW_MAC + bytes(2) + ADDRESS * 3 + bytes(4)
BOSCH_XML = (
    b'<root xmlns="OEMExt00:device-1-0"><device><friendlyName>EX Dome</friendlyName>'
    b"<physAddress>02-a1-b2-c3-d4-e5</physAddress><serialNumber>12:34</serialNumber></device></root>"
)
SONY = b"\x02MAC:02-a1-b2-c3-d4-e5\xffMODEL:EX-1\xffSERIAL:12\xffSOFTVERSION:3.0\xffDNS1:\xff\x03"
UBIQUITI = (
    b"\x01\x00\x00\x40" + long(2, RAW_MAC + ADDRESS) + long(0x0B, b"poort") + long(0x0C, b"EXC") + long(3, b"v4.1")
)
VIVOTEK = (
    b"\x02\x4a\x5d\x8f\x1c"
    + short(1, b"Long-EX-1")
    + short(2, RAW_MAC)
    + short(3, ADDRESS)
    + b"\x04\x1b"
    + short(9, b"EX-1")
)
FOSCAM = padded(b"MO_I\x01", 23) + padded(b"000DC5D00000", 13) + padded(b"poort", 21) + bytes(30)
VSTARCAM = (
    b"\x44\x48\x01\x08"
    + padded(b"10.0.0.5", 16)
    + bytes(64)
    + RAW_MAC
    + bytes(2)
    + padded(b"EXSN1", 32)
    + padded(b"IPCAM", 32)
    + bytes(48)
    + padded(b"1.2.3", 52)
)
PANASONIC = (
    b"\x00\x01\x01\x75\x00\x0e" + RAW_MAC + bytes(41) + wide(0x20, ADDRESS) + wide(0xA7, b"poort") + wide(0xA8, b"EX-1")
)
VISION = b"DISCOVER TYPE=IPDOME KEY='02:a1:b2:c3:d4:e5' ID=1234567890"
XIONGMAI = (
    b"\xff\x01"
    + bytes(12)
    + b"\xfb\x05"
    + bytes(4)
    + b'{"NetWork.NetCommon":{"HostName":"poort","MAC":"02:a1:b2:c3:d4:e5","SN":"0123","ChannelNum":1}}\n\0'
)


@pytest.mark.parametrize(
    ("payload", "port", "value", "hostname"),
    [
        (HANWHA, 7711, "hanwha=address=10.0.0.5; model=EX-6083; url=http://10.0.0.5/", ""),
        (BOSCH, 1758, "bosch=address=10.0.0.5", ""),
        (BOSCH_XML, 1758, "bosch-xml=friendlyName=EX Dome; serialNumber=12:34", ""),
        (SONY, 2380, "sony=model=EX-1; serial=12; softversion=3.0", ""),
        (UBIQUITI, 10001, "ubiquiti=address=10.0.0.5; hostname=poort; platform=EXC; firmware=v4.1", "poort"),
        (VIVOTEK, 10000, "vivotek=name=Long-EX-1; address=10.0.0.5; model=EX-1", ""),
        (FOSCAM, 10000, "foscam=id=000DC5D00000; name=poort", ""),
        (VSTARCAM, 8600, "vstarcam=address=10.0.0.5; serial=EXSN1; name=IPCAM; firmware=1.2.3", ""),
        (PANASONIC, 10669, "panasonic=address=10.0.0.5; name=poort; model=EX-1", ""),
        (VISION, 3600, "360vision=type=IPDOME; id=1234567890", ""),
        (XIONGMAI, 34569, "xiongmai=HostName=poort; SN=0123; ChannelNum=1", "poort"),
    ],
    ids=lambda value: value.split("=")[0] if isinstance(value, str) and "=" in value else None,
)
def test_replies(payload: bytes, port: int, value: str, hostname: str) -> None:
    read = parse_maker_discovery(payload, port)
    facts = dict(read.facts())
    assert facts.pop("discovery.other") == value
    assert facts.pop("net.mac", "") == ("" if read.protocol == "foscam" else MAC)
    assert facts == ({"net.hostname": hostname} if hostname else {})


def test_tvt() -> None:
    payload = bytearray(b"MHED\x07\0" + bytes(234))
    payload[12:17], payload[32:38], payload[40:44] = b"Hall1", bytes.fromhex("020000000005"), bytes((10, 0, 0, 5))
    payload[52:56], payload[64:68], payload[228:232] = b"\0\x0a\4\1", b"\3\0\0\0", b"\x10\0\0\0"
    payload[180:183], payload[196:212] = b"-P8", b"TD-0000000000016"
    read = parse_maker_discovery(bytes(payload), 23456)
    assert (read.protocol, read.mac) == ("tvt", "02:00:00:00:00:05")
    assert read.fields == (
        ("address", "10.0.0.5"),
        ("name", "Hall1"),
        ("model", "TD-0000000000016-P8"),
        ("type", "NVR"),
        ("firmware", "1.4.10.0"),
        ("channels", "16"),
    )
    with pytest.raises(WireError):
        parse_maker_discovery(b"MHED\x08\0\1\0\1\0" + bytes(230), 23456)  # the search of a tool


def test_reolink() -> None:
    payload = bytearray(388)
    payload[58:61], payload[80:86], payload[104:108] = b"IPC", bytes.fromhex("020000000005"), b"\xaa\xaa\0\0"
    payload[108:116], payload[132:137], payload[228:232] = b"10.0.0.5", b"Hall1", b"UID1"
    read = parse_maker_discovery(bytes(payload), 3000)
    assert (read.protocol, read.mac) == ("reolink", "02:00:00:00:00:05")
    assert dict(read.fields) == {"address": "10.0.0.5", "name": "Hall1", "kind": "IPC", "uid": "UID1"}
    payload[104] = 0
    with pytest.raises(WireError):
        parse_maker_discovery(bytes(payload), 3000)


@pytest.mark.parametrize("payload", [HANWHA, UBIQUITI, PANASONIC, XIONGMAI])
def test_weak_marks_need_their_port(payload: bytes) -> None:
    with pytest.raises(WireError):
        parse_maker_discovery(payload, 5353)


@pytest.mark.parametrize(
    ("payload", "port"),
    [
        (b"", 10001),
        (b"\x01\0\0\0", 10001),  # the search of a tool
        (b"\x02\x4a\x5d\x8f\x1c", 10000),
        (padded(b"MO_I", 27), 10000),
        (b"\x44\x48\x01\x01", 8600),
        (BOSCH[:12], 1757),
        (b"\x0b" + bytes(261), 7711),  # no MAC at its place
        (b"\x02MAC:nobody\xff\x03", 2380),
        (b"\xff" + bytes(13) + b"\xfb\x05" + bytes(4) + b"{}", 34569),
        (b"\xff" + bytes(13) + b"\xfb\x05" + bytes(4) + b'{"NetWork.NetCommon":[]}', 34569),
        (b"\x00\x01" + bytes(80), 10669),
        (b"\x44\x48\x47\x45\x54 /probe/p2psrv" + bytes(200), 8600),  # a relay's request, not this protocol
    ],
)
def test_refused(payload: bytes, port: int) -> None:
    with pytest.raises(WireError):
        parse_maker_discovery(payload, port)


@pytest.mark.parametrize("payload", [HANWHA, BOSCH_XML, SONY, UBIQUITI, VIVOTEK, VSTARCAM, PANASONIC, XIONGMAI])
def test_any_cut_is_read_or_refused(payload: bytes) -> None:
    for length in range(len(payload)):
        for port in (7711, 1758, 10001, 10669, 34569):
            try:
                assert isinstance(parse_maker_discovery(payload[:length], port), MakerReply)
            except WireError:
                continue


@pytest.mark.samples
@pytest.mark.parametrize(
    ("name", "port"), [("Bosch.xml", 1758), ("Hanwha", 7711), ("Sony", 2380), ("Ubiquiti", 10001), ("Vivotek", 10000)]
)
def test_real_replies(name: str, port: int) -> None:
    path = DISCOVERY / f"{name}.bin"
    if not path.is_file():
        pytest.skip("no shared samples here")
    read = parse_maker_discovery(path.read_bytes(), port)
    assert read.protocol == name.lower().replace(".", "-")
    assert "virtual" in dict(read.facts())["discovery.other"].lower()
    assert read.mac in ("00:11:22:33:44:55", "aa:bb:cc:dd:ee:ff")
