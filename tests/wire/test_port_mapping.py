"""Asking a router for a way in: what was asked, for whom, and what was answered."""

from __future__ import annotations

import struct
from ipaddress import IPv6Address

import pytest

from custodiet.errors import WireError
from custodiet.wire.port_mapping import PortMapping, parse_datagram, parse_soap

Facts = list[tuple[str, str]]


def soap(action: str, **arguments: object) -> bytes:
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in arguments.items())
    return (
        '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<u:{action} xmlns:u="urn:schemas-upnp-org:service:WANIPConnection:1">{inside}</u:{action}>'
        "</s:Body></s:Envelope>"
    ).encode()


def added(action: str = "AddPortMapping", **changed: object) -> bytes:
    arguments: dict[str, object] = {
        "NewRemoteHost": "",
        "NewExternalPort": 8000,
        "NewProtocol": "TCP",
        "NewInternalPort": 80,
        "NewInternalClient": "10.0.0.5",
        "NewEnabled": 1,
        "NewPortMappingDescription": "lantern http",
        "NewLeaseDuration": 3600,
    }
    return soap(action, **{**arguments, **changed})


def pcp(
    answer: int = 0, *, lease: int = 7200, result: int = 0, client: str = "::ffff:10.0.0.5", more: bytes = b""
) -> bytes:
    third = bytes([0, result]) if answer else bytes(2)
    head = bytes([2, answer | 1]) + third + struct.pack(">I", lease)
    head += bytes(16) if answer else IPv6Address(client).packed
    return head + bytes(12) + bytes([6, 0, 0, 0]) + struct.pack(">HH", 80, 8000) + bytes(16) + more


def facts(message: PortMapping) -> tuple[Facts, Facts, Facts]:
    return list(message.facts()), list(message.facts_about_peer()), list(message.facts_about_client())


# --- SOAP


@pytest.mark.parametrize("action", ["AddPortMapping", "AddAnyPortMapping"])
def test_what_is_asked(action: str) -> None:
    way = ("upnp.port_mapping", "tcp 8000 -> 10.0.0.5:80")
    lease = ("upnp.port_mapping_lease", "tcp 8000: 3600 s")
    assert facts(parse_soap(added(action))) == ([way, lease], [], [way])


def test_without_end() -> None:
    assert ("upnp.port_mapping_lease", "udp 8000: without end") in parse_soap(
        added(NewProtocol="udp", NewLeaseDuration=0)
    ).facts()


def test_any_port_outside() -> None:
    assert parse_soap(added(NewExternalPort=0)).way == "tcp any port -> 10.0.0.5:80"


def test_a_client_by_name_is_no_address() -> None:
    own, _peer, client = facts(parse_soap(added(NewInternalClient="cam.example")))
    assert own[0] == ("upnp.port_mapping", "tcp 8000 -> cam.example:80")
    assert client == []


def test_a_hole_for_ipv6() -> None:
    body = soap(
        "AddPinhole",
        RemoteHost="",
        RemotePort=0,
        InternalClient="fd00:0::5",
        InternalPort=554,
        Protocol=6,
        LeaseTime=60,
    )
    way = ("upnp.port_mapping", "tcp 554 -> [fd00::5]:554")
    assert facts(parse_soap(body)) == ([way, ("upnp.port_mapping_lease", "tcp 554: 60 s")], [], [way])


def test_taken_away() -> None:
    body = soap("DeletePortMapping", NewRemoteHost="", NewExternalPort=8000, NewProtocol="TCP")
    assert facts(parse_soap(body)) == ([("upnp.port_mapping_ended", "tcp 8000")], [], [])


def test_granted() -> None:
    assert facts(parse_soap(soap("AddPortMappingResponse"))) == ([], [("upnp.port_mapping_answer", "granted")], [])


def test_refused() -> None:
    said = parse_soap(soap("UPnPError", errorCode=718, errorDescription="ConflictInMappingEntry"))
    assert facts(said) == ([], [("upnp.port_mapping_answer", "refused: ConflictInMappingEntry")], [])


def test_what_a_router_lists_is_about_the_device_inside() -> None:
    own, peer, client = facts(parse_soap(added("GetGenericPortMappingEntryResponse")))
    assert (own, peer) == ([], [])
    assert client == [("upnp.port_mapping", "tcp 8000 -> 10.0.0.5:80")]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"AddPortMapping",
        soap("GetExternalIPAddress"),
        soap("UPnPError", errorCode=718, errorDescription="Invalid InstanceID"),
        soap("UPnPError", errorCode=401, errorDescription="Invalid Action"),
        added(NewProtocol="SCTP"),
        added(NewExternalPort=65536),
        added(NewExternalPort=-1),
        added(NewInternalPort=""),
        added(NewInternalPort="8" * 5000),
        added(NewLeaseDuration="\N{ARABIC-INDIC DIGIT ONE}"),
        b'<!DOCTYPE x [<!ENTITY e "8">]>' + added(NewExternalPort="&e;"),
    ],
)
def test_not_about_mapping_or_broken(body: bytes) -> None:
    with pytest.raises(WireError):
        parse_soap(body)


# --- NAT-PMP


def test_nat_pmp_asks() -> None:
    said = parse_datagram(struct.pack(">BBHHHI", 0, 2, 0, 80, 8000, 7200))
    assert facts(said) == (
        [("upnp.port_mapping", "tcp 8000 -> port 80"), ("upnp.port_mapping_lease", "tcp 8000: 7200 s")],
        [],
        [],
    )


def test_nat_pmp_is_granted() -> None:
    said = parse_datagram(struct.pack(">BBHIHHI", 0, 129, 0, 12345, 554, 8001, 7200))
    assert facts(said) == ([], [("upnp.port_mapping_answer", "granted udp 8001 -> port 554 for 7200 s")], [])


def test_nat_pmp_is_refused() -> None:
    said = parse_datagram(struct.pack(">BBHIHHI", 0, 130, 2, 12345, 80, 0, 0))
    assert facts(said) == ([], [("upnp.port_mapping_answer", "refused: not authorised")], [])


def test_nat_pmp_takes_away() -> None:
    asked = parse_datagram(struct.pack(">BBHHHI", 0, 2, 0, 80, 0, 0))
    assert facts(asked) == ([("upnp.port_mapping_ended", "tcp any port -> port 80")], [], [])
    answered = parse_datagram(struct.pack(">BBHIHHI", 0, 130, 0, 12345, 0, 0, 0))
    assert facts(answered) == (
        [],
        [("upnp.port_mapping_answer", "taken away tcp any port -> all its ports")],
        [],
    )


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\0",
        b"\0\0",
        b"\0\x80" + bytes(10),
        struct.pack(">BBHHHI", 0, 3, 0, 80, 8000, 7200),
        struct.pack(">BBHHHI", 0, 2, 0, 80, 8000, 7200) + b"\0",
        struct.pack(">BBHHHI", 1, 2, 0, 80, 8000, 7200),
        b"\x80\x60" + bytes(200),
    ],
)
def test_no_nat_pmp(payload: bytes) -> None:
    with pytest.raises(WireError):
        parse_datagram(payload)


# --- PCP


def test_pcp_asks() -> None:
    way = ("upnp.port_mapping", "tcp 8000 -> 10.0.0.5:80")
    assert facts(parse_datagram(pcp())) == ([way, ("upnp.port_mapping_lease", "tcp 8000: 7200 s")], [], [way])


def test_pcp_asks_for_another() -> None:
    option = bytes([1, 0, 0, 16]) + IPv6Address("fd00::7").packed
    said = parse_datagram(pcp(more=bytes([9, 0, 0, 1, 0, 0, 0, 0]) + option))
    assert said.way == "tcp 8000 -> [fd00::7]:80"


def test_pcp_is_answered() -> None:
    assert facts(parse_datagram(pcp(128))) == (
        [],
        [("upnp.port_mapping_answer", "granted tcp 8000 -> port 80 for 7200 s")],
        [],
    )
    assert facts(parse_datagram(pcp(128, result=8))) == (
        [],
        [("upnp.port_mapping_answer", "refused: out of resources")],
        [],
    )
    assert parse_datagram(pcp(128, lease=0)).kind == "closed"


def test_pcp_takes_away() -> None:
    assert facts(parse_datagram(pcp(lease=0)))[0] == [("upnp.port_mapping_ended", "tcp 8000")]


@pytest.mark.parametrize(
    "payload", [pcp()[:-1], pcp()[:-4], b"\2\0" + pcp()[2:], b"\2\2" + pcp()[2:], pcp() + bytes(1100)]
)
def test_no_pcp(payload: bytes) -> None:
    with pytest.raises(WireError):
        parse_datagram(payload)
