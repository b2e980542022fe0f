"""Kept datagrams: each known reply is recognised by its content, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest
from reading import read

from custodiet.errors import SourceError
from custodiet.model import Source
from custodiet.sources.base import ReadOptions
from custodiet.sources.discovery_reply import READER, reply_facts

MAC = bytes.fromhex("001122334455")
FIELDS = b"\x02\x00\x0a" + MAC + bytes((192, 0, 2, 1)) + b"\x0c\x00\x04EX-1"
UBIQUITI = b"\x02\x06" + len(FIELDS).to_bytes(2) + FIELDS
SADP = b"<ProbeMatch><DeviceDescription>EX-1</DeviceDescription><MAC>00-11-22-33-44-55</MAC></ProbeMatch>"
WSD = (
    b'<e:Envelope xmlns:e="e" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><d:%sMatches><d:%sMatch>'
    b"<d:Types>dn:X</d:Types></d:%sMatch></d:%sMatches></e:Envelope>"
)
SSDP = b"HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nUSN: uuid:1\r\nSERVER: X UPnP/1.0 Y\r\n\r\n"
MDNS = b"\0\0\x84\0\0\0\0\1\0\0\0\0\x05_http\x04_tcp\x05local\0\0\x0c\0\1\0\0\0\x0a\0\x05\x02EX\xc0\x0c"


@pytest.mark.parametrize(
    ("data", "fact"),
    [
        (SADP, ("sadp.description", "EX-1")),
        (b'{"method":"client.notifyDevInfo","params":{"deviceInfo":{"SerialNo":"S"}}}', ("dhip.serial", "S")),
        (SSDP, ("ssdp.server", "X UPnP/1.0 Y")),
        (b"NOTIFY * HTTP/1.1\r\nNT: uuid:1\r\n\r\n", ("ssdp.target", "uuid:1")),
        (WSD % ((b"Probe",) * 4), ("wsd.types", "dn:X")),
        (MDNS, ("mdns.instance", "EX")),
        (b"\x02MAC:00-11-22-33-44-55\xffMODEL:EX-1\xff\x03", ("discovery.other", "sony=model=EX-1")),
        (UBIQUITI, ("net.mac", "00:11:22:33:44:55")),
    ],
)
def test_known_replies(data: bytes, fact: tuple[str, str]) -> None:
    assert fact in reply_facts(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MAC",
        b"HTTP/1.1 200 OK\r\nServer: Example\r\n\r\n",
        b"M-SEARCH * HTTP/1.1\r\nMAN: ssdp:discover\r\nST: ssdp:all\r\n\r\n",
        b"<Probe><Types>inquiry</Types></Probe>          ",
        b"<?xml version='1.0'?><nmaprun scanner='nmap'></nmaprun>",
        UBIQUITI + b"x",
        UBIQUITI[:-1],
        b"\0\0\x84\0" + bytes(40),
        b"\xd4\xc3\xb2\xa1" + bytes(60),
        b"Merk;Model\nA;B\n" * 20,
        bytes(65000),
    ],
)
def test_what_is_not_clearly_a_reply(data: bytes) -> None:
    assert reply_facts(data) == []
    assert not READER.recognise(data, "reply.bin")


def test_reply_is_one_subject(tmp_path: Path) -> None:
    outcome = read(READER, SADP, tmp_path)
    assert outcome.subjects == ["reply:1"]
    assert outcome.facts("reply:1")["sadp.mac"] == "00:11:22:33:44:55"
    assert (outcome.tally.unit, outcome.tally.total) == ("replies", 1)


def test_file_that_is_no_reply_says_what_is_needed(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"nothing of the kind")
    source = Source(id="s", kind="capture", format="discovery_reply", name="x", sha256="", size=0)
    with pytest.raises(SourceError, match="Keep the payload of one datagram"):
        list(READER.read(path, source, ReadOptions()))


@pytest.mark.samples
def test_every_real_reply_is_recognised(samples: Path, tmp_path: Path) -> None:
    files = sorted((samples / "discovery").glob("*.bin"))
    assert len(files) >= 11
    for file in files:
        assert read(READER, file.read_bytes(), tmp_path, file.name).observations
