"""SSDP datagrams and UPnP descriptions."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from frames import needs_tshark, packets, tshark

from custodiet.errors import WireError
from custodiet.wire.link import parse_frame
from custodiet.wire.ssdp import parse_ssdp, parse_upnp_description

NOTIFY = (
    b"NOTIFY * HTTP/1.1\r\nHost: 239.255.255.250:1900\r\nLocation:http://192.0.2.5:49152/desc.xml\r\n"
    b"nts: ssdp:alive\r\nNT: upnp:rootdevice\r\nServer :  Linux/3.0 UPnP/1.0 Cam/1.0 \r\n"
    b"USN: uuid:1::upnp:rootdevice\r\n\r\n"
)


def test_notify() -> None:
    message = parse_ssdp(NOTIFY)
    assert message.kind == "notify"
    assert message.headers["NTS"] == "ssdp:alive"
    assert list(message.facts()) == [
        ("ssdp.target", "upnp:rootdevice"),
        ("ssdp.usn", "uuid:1::upnp:rootdevice"),
        ("ssdp.server", "Linux/3.0 UPnP/1.0 Cam/1.0"),
        ("ssdp.location", "http://192.0.2.5:49152/desc.xml"),
    ]


def test_search_tells_what_the_device_looks_for() -> None:
    message = parse_ssdp(
        b'M-SEARCH * HTTP/1.1\r\nMAN: "ssdp:discover"\r\nST: ssdp:all\r\nUser-Agent: X\r\nSERVER: no\r\n\r\n'
    )
    assert message.kind == "search"
    assert list(message.facts()) == [("ssdp.search", "ssdp:all"), ("ssdp.user_agent", "X")]


def test_response() -> None:
    message = parse_ssdp(b"HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nX-User-Agent: redsonic\r\n\r\nbody: no\r\n")
    assert message.kind == "response"
    assert list(message.facts()) == [("ssdp.target", "upnp:rootdevice"), ("ssdp.user_agent", "redsonic")]


@pytest.mark.parametrize(
    ("payload", "server"),
    [
        (NOTIFY.replace(b"\r\n", b"\n"), "Linux/3.0 UPnP/1.0 Cam/1.0"),
        (b"\r\n" + NOTIFY + b"\0\0", "Linux/3.0 UPnP/1.0 Cam/1.0"),
        (b"notify * HTTP/1.0\nSERVER: a:b", "a:b"),
        (b"NOTIFY * HTTP/1.1\r\nnonsense\r\nSERVER: a\r\nServer: b", "a"),
        (b"NOTIFY * HTTP/1.1\r\nSERVER: \xb4\x1b[2J", "\\xb4\\x1b[2J"),
        (NOTIFY[: NOTIFY.index(b"UPnP")], "Linux/3.0"),  # cut by the capture
    ],
)
def test_sloppy_messages(payload: bytes, server: str) -> None:
    assert parse_ssdp(payload).headers["SERVER"] == server


@pytest.mark.parametrize("payload", [b"", b"\0\0", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01", b"NOTIFYX * HTTP/1.1"])
def test_other_bytes_are_refused(payload: bytes) -> None:
    with pytest.raises(WireError):
        parse_ssdp(payload)


def test_headers_and_values_are_bounded() -> None:
    message = parse_ssdp(b"NOTIFY * HTTP/1.1\r\n" + b"".join(b"H%d: %s\r\n" % (n, b"x" * 5000) for n in range(12)))
    assert {len(value) for value in message.headers.values()} == {1000}
    assert len(parse_ssdp(b"NOTIFY * HTTP/1.1\r\n" + b"".join(b"%d:1\n" % n for n in range(5000))).headers) == 100
    with pytest.raises(WireError):
        parse_ssdp(NOTIFY + b"x" * 65536)


DESCRIPTION = b"""<?xml version="1.0"?>
<root xmlns="urn:schemas-upnp-org:device-1-0"><specVersion><major>1</major></specVersion>
<device><deviceType>urn:schemas-upnp-org:device:Basic:1</deviceType><friendlyName>Yard &amp; gate</friendlyName>
<manufacturer>ExampleCam</manufacturer><manufacturerURL>http://example.org</manufacturerURL>
<modelDescription>Network camera</modelDescription><modelName>EX-100</modelName><modelNumber>100</modelNumber>
<serialNumber>A1</serialNumber><UDN>uuid:1</UDN><modelURL>no</modelURL>
<deviceList><device><friendlyName>Part</friendlyName><modelName>Part</modelName></device></deviceList></device></root>"""


def test_description_of_the_root_device() -> None:
    assert dict(parse_upnp_description(DESCRIPTION).facts()) == {
        "upnp.device_type": "urn:schemas-upnp-org:device:Basic:1",
        "upnp.friendly_name": "Yard & gate",
        "upnp.manufacturer": "ExampleCam",
        "upnp.manufacturer_url": "http://example.org",
        "upnp.model_name": "EX-100",
        "upnp.model_number": "100",
        "upnp.model_description": "Network camera",
        "upnp.serial": "A1",
        "upnp.udn": "uuid:1",
    }


def test_empty_elements_are_no_facts_and_parts_do_not_fill_them() -> None:
    description = parse_upnp_description(DESCRIPTION.replace(b"<modelName>EX-100</modelName>", b"<modelName/>"))
    assert description.model_name == ""
    assert "upnp.model_name" not in dict(description.facts())


@pytest.mark.parametrize("xml", [b"", b"<root/>", b"<html><title>Login</title></html>", b'{"device": 1}'])
def test_other_documents_are_refused(xml: bytes) -> None:
    with pytest.raises(WireError):
        parse_upnp_description(xml)


@pytest.mark.samples
def test_a_reply_of_the_samples(samples: Path) -> None:
    found = dict(parse_ssdp((samples / "discovery/SSDP.bin").read_bytes()).facts())
    assert found["ssdp.server"] == "Universal Scanner/0.0, Virtual/1.0"
    assert found["ssdp.location"].endswith("/rootDesc.xml")


@needs_tshark
@pytest.mark.samples
def test_the_headers_that_tshark_finds(samples: Path) -> None:
    total = 0
    for path in sorted((samples / "captures").glob("sentinel-*.pcap")):
        rows = tshark(path, "http.server", "http.location", options=["-Y", "ssdp"])
        theirs = Counter((row[0], row[1]) for row in rows if row[0])
        ours: Counter[tuple[str, str]] = Counter()
        for data in packets(path):
            frame = parse_frame(data, 1)
            if frame.protocol == 17 and 1900 in (frame.src_port, frame.dst_port):
                headers = parse_ssdp(frame.payload).headers
                if "SERVER" in headers:
                    ours[headers["SERVER"], headers.get("LOCATION", "")] += 1
        assert ours == theirs, path.name
        total += ours.total()
    assert total > 100
