"""What the emulated devices say is read by `custodiet.wire`, and `identify` names them as the manifest says."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from lab.ground import Ground
from lab.network import state

from custodiet.errors import WireError
from custodiet.identify import Matcher, identify
from custodiet.model import Asset, observe
from custodiet.sources.pcap.messages import read_datagram, read_stream
from custodiet.wire.tls import parse_server_flight
from custodiet.wire.x509 import parse_certificate
from ours import our_matcher

Facts = dict[str, list[tuple[str, str]]]

GREETING_PORTS = (21, 22, 23)
SPEAKS = {
    "sadp": "sadp.reply",
    "dhip": "dhip.reply",
    "onvif": "wsd.address",
    "ssdp": "ssdp.server",
    "mdns": "mdns.service",
    "rtsp": "rtsp.public",
    "tls": "tls.subject",
    "hanwha": "discovery.other",
    "xiongmai": "discovery.other",
    "vivotek": "discovery.other",
    "sony": "discovery.other",
    "sip": "banner.sip",
    "ftp": "banner.ftp",
    "ssh": "banner.ssh",
}
"""A protocol of the manifest and the attribute that proves it was read."""


@pytest.fixture(scope="module")
def answers(ground: Ground) -> list[tuple[str, str, int, bytes, str]]:
    """What every device answers: asked, protocol, port, bytes, and who answered."""
    script = str(Path(__file__).parent / "asker.py")
    rows = map(json.loads, ground.run(sys.executable, script, str(state(ground.name) / "manifest.json")).splitlines())
    return [(row[0], row[1], row[2], bytes.fromhex(row[3]), row[4]) for row in rows]


@pytest.fixture(scope="module")
def facts(answers: list[tuple[str, str, int, bytes, str]]) -> Facts:
    """What is read out of the answers."""
    found: Facts = defaultdict(list)
    for address, protocol, port, data, _sender in answers:
        if protocol == "udp":
            said = read_datagram(data, port).own
        elif protocol == "tls":
            said = tuple(parse_certificate(data).facts()) if data else ()
        else:
            read = read_stream(data, port, greets=port in GREETING_PORTS, ended=True)
            said = read.own if read else ()
        found[address] += [fact for fact in said if fact not in found[address]]
    return found


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return our_matcher()


def asked(ground: Ground) -> list[dict[str, object]]:
    """The devices that answer something."""
    return [
        device
        for device in ground.devices
        if device["seen"] and not device["fragile"] and (device["tcp"] or device["udp"])
        and device["family"] not in ("garbage", "endless")
    ]  # fmt: skip


def test_each_device_is_read_in_each_protocol_it_speaks(ground: Ground, facts: Facts) -> None:
    missing = []
    for device in asked(ground):
        attributes = {attribute for attribute, _value in facts[str(device["address"])]}
        for protocol in device["protocols"]:
            if device["family"] == "broken certificate" and protocol == "tls":
                continue
            if protocol in SPEAKS and SPEAKS[protocol] not in attributes:
                missing.append((device["family"], device["address"], protocol))
    assert not missing


def test_each_device_is_named_as_the_manifest_says(ground: Ground, facts: Facts, matcher: Matcher) -> None:
    wrong = []
    for device in asked(ground):
        address = str(device["address"])
        rows = [*facts[address], ("net.mac", str(device["mac"]))]
        seen = [observe("src-1", f"ip:{address}", attribute, value, "answer 1") for attribute, value in rows]
        found = identify(Asset(id="ast-1", label=address, subjects=(f"src-1/ip:{address}",)), seen, matcher)
        for field, wanted in dict(device["expected"]).items():  # type: ignore[call-overload]
            value = found.get(field).value
            if (value == wanted[4:]) if wanted.startswith("not:") else (value != wanted):
                wrong.append((device["family"], address, field, value, wanted))
    assert not wrong


def test_makers_are_named_without_their_mac_too(ground: Ground, facts: Facts, matcher: Matcher) -> None:
    """Behind a router nobody sees a MAC but in what the device says."""
    for device in asked(ground):
        if device["family"] in ("hikvision relabelled", "dahua relabelled", "xiongmai", "tvt"):
            address = str(device["address"])
            seen = [observe("src-1", f"ip:{address}", *fact, "answer 1") for fact in facts[address]]
            found = identify(Asset(id="ast-1", label=address, subjects=(f"src-1/ip:{address}",)), seen, matcher)
            assert found.get("manufacturer").value == device["maker"], device


def test_answers_from_another_address(ground: Ground, answers: list[tuple[str, str, int, bytes, str]]) -> None:
    [address] = ground.of("elsewhere") or pytest.skip("it stands in the closed subnet of this estate")
    wanted = (address, "udp", 37020)
    senders = {sender for at, protocol, port, _data, sender in answers if (at, protocol, port) == wanted}
    assert senders == {address.rpartition(".")[0] + ".253"}


def test_what_is_broken_is_refused_and_nothing_worse(ground: Ground) -> None:
    code = (
        "import socket,sys\nend=b'\\r\\n\\r\\n'\n"
        "for port in (37020, 3702, 37810, 161):\n"
        " s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.settimeout(2); s.sendto(b'x'*40,(sys.argv[1],port))\n"
        " print('udp', port, s.recv(9000).hex())\n"
        "for port, ask in ((80, b'GET / HTTP/1.1'+end), (554, b'OPTIONS * RTSP/1.0'+end), (8000, b'')):\n"
        " s=socket.create_connection((sys.argv[1],port),2); s.sendall(ask); print('tcp', port, s.recv(9000).hex())\n"
    )
    [address] = ground.of("garbage")
    rows = [line.split() for line in ground.python(code, address).splitlines()]
    assert len(rows) == 7
    for protocol, port, raw in rows:
        data = bytes.fromhex(raw)
        try:
            if protocol == "udp":
                read_datagram(data, int(port))
            else:
                read_stream(data, int(port), greets=port == "8000", ended=True)
        except WireError:
            continue


def test_a_certificate_that_is_none(ground: Ground) -> None:
    from lab.certificate import broken_flight

    flight = parse_server_flight(broken_flight())
    assert flight.complete
    with pytest.raises(WireError):
        parse_certificate(flight.certificates[0])
