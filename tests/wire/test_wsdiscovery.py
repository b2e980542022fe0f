"""WS-Discovery: envelopes, fragments, several matches, scopes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from custodiet.errors import WireError
from custodiet.wire.wsdiscovery import parse_wsd


def match(body: str, name: str = "ProbeMatch") -> str:
    return f"<d:{name}>{body}</d:{name}>"


def envelope(body: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
        'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl">'
        "<s:Header><a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To><a:ReplyTo><a:Address>anonymous</a:Address>"
        f"</a:ReplyTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


CAMERA = (
    "<a:EndpointReference><a:Address> urn:uuid:0-1 </a:Address></a:EndpointReference>"
    "<d:Types>dn:NetworkVideoTransmitter\n tds:Device</d:Types>"
    "<d:Scopes> onvif://www.onvif.org/name/Yard%20%26%20gate onvif://www.onvif.org/hardware/EX-100\n"
    "onvif://www.onvif.org/MAC/58:50:ed:00:00:01 </d:Scopes>"
    "<d:XAddrs>http://192.0.2.5/onvif/device_service http://[2001:db8::5]/onvif/device_service</d:XAddrs>"
)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (f"<d:ProbeMatches>{match(CAMERA)}</d:ProbeMatches>", "probe_matches"),
        (f"<d:ResolveMatches>{match(CAMERA, 'ResolveMatch')}</d:ResolveMatches>", "resolve_matches"),
        (match(CAMERA, "Hello"), "hello"),
    ],
)
def test_a_camera(body: str, kind: str) -> None:
    message = parse_wsd(envelope(body))
    assert message.kind == kind
    assert list(message.facts()) == [
        ("wsd.endpoint", "urn:uuid:0-1"),
        ("wsd.types", "dn:NetworkVideoTransmitter tds:Device"),
        ("wsd.address", "http://192.0.2.5/onvif/device_service"),
        ("wsd.address", "http://[2001:db8::5]/onvif/device_service"),
        ("onvif.scope", "onvif://www.onvif.org/name/Yard & gate"),
        ("onvif.name", "Yard & gate"),
        ("onvif.scope", "onvif://www.onvif.org/hardware/EX-100"),
        ("onvif.hardware", "EX-100"),
        ("onvif.scope", "onvif://www.onvif.org/MAC/58:50:ed:00:00:01"),
        ("net.mac", "58:50:ed:00:00:01"),
    ]


def test_several_matches_in_one_envelope() -> None:
    one = match("<d:Scopes>onvif://www.onvif.org/name/One</d:Scopes>")
    two = match("<d:Scopes>onvif://www.onvif.org/name/Two</d:Scopes>")
    message = parse_wsd(envelope(f"<d:ProbeMatches>{one}{two}{one}</d:ProbeMatches>"))
    assert len(message.matches) == 3
    assert [value for attribute, value in message.facts() if attribute == "onvif.name"] == ["One", "Two"]


def test_a_fragment_with_unbound_prefixes() -> None:
    message = parse_wsd(match(CAMERA).encode())
    assert message.kind == "probe_matches"
    assert ("onvif.hardware", "EX-100") in list(message.facts())


def test_a_question_describes_nobody() -> None:
    message = parse_wsd(envelope("<d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe>"))
    assert (message.kind, message.matches, list(message.facts())) == ("probe", (), [])


def test_no_match_at_all() -> None:
    assert parse_wsd(envelope("<d:ProbeMatches/>")).kind == "probe_matches"


@pytest.mark.parametrize(
    ("scope", "mac"),
    [
        ("onvif://www.onvif.org/avigilon/mac/00-18-85-00-00-0A", "00:18:85:00:00:0a"),
        ("onvif://www.onvif.org/MacAddress/00188500000a", "00:18:85:00:00:0a"),
        ("onvif://www.onvif.org/mac/00%3A18%3A85%3A00%3A00%3A0a", "00:18:85:00:00:0a"),
        ("onvif://www.onvif.org/MAC/00:00:00:00:00:00", ""),
        ("onvif://www.onvif.org/MAC/", ""),
        ("onvif://www.onvif.org/name/%20", ""),
        ("onvif://www.onvif.org/mac/00188500000a1234", ""),
        ("onvif://www.onvif.org/acc/uuid/98190dc2-0890-4ef8-ac9a-001bd8601f8d", ""),
    ],
)
def test_mac_in_a_scope(scope: str, mac: str) -> None:
    found = dict(parse_wsd(match(f"<d:Scopes>{scope}</d:Scopes>").encode()).facts())
    assert found.get("net.mac", "") == mac


def test_no_mac_from_the_endpoint() -> None:
    address = "<a:Address>urn:uuid:00000000-0000-1000-8000-5850ed000001</a:Address>"
    found = dict(parse_wsd(match(f"<a:EndpointReference>{address}</a:EndpointReference>").encode()).facts())
    assert found == {"wsd.endpoint": "urn:uuid:00000000-0000-1000-8000-5850ed000001"}


def test_a_name_whose_blanks_were_not_encoded() -> None:
    scopes = "<d:Scopes>onvif://www.onvif.org/name/IP Camera 7 onvif://www.onvif.org/type/ptz</d:Scopes>"
    found = list(parse_wsd(match(scopes).encode()).facts())
    assert ("onvif.name", "IP Camera 7") in found
    assert ("onvif.scope", "onvif://www.onvif.org/type/ptz") in found


def test_names_that_are_no_text() -> None:
    found = dict(parse_wsd(match("<d:Scopes>onvif://www.onvif.org/name/%b4%1b%00</d:Scopes>").encode()).facts())
    assert found["onvif.name"] == "\\xb4\\x1b\\x00"


@pytest.mark.parametrize("data", [b"", b"<a/>", b"{}", b"<html><body>Hello</body></html>", envelope("<d:Fault/>")])
def test_other_documents_are_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        parse_wsd(data)


def test_entities_are_refused() -> None:
    bomb = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + match("<d:Scopes>&b;</d:Scopes>")
    with pytest.raises(WireError, match="refused"):
        parse_wsd(bomb.encode())


def test_lists_are_bounded() -> None:
    message = parse_wsd(envelope(match("<d:Scopes>" + "x:y " * 20_000 + "</d:Scopes>") * 3))
    assert {len(found.scopes) for found in message.matches} == {500}
    assert len(parse_wsd(envelope(match("") * 500)).matches) == 64


@pytest.mark.samples
def test_replies_of_the_samples(samples: Path) -> None:
    found = list(parse_wsd((samples / "discovery/Wsdiscovery.bin").read_bytes()).facts())
    assert ("wsd.address", "http://[::1]/") in found
    hardware = {}
    for line in (samples / "observations.jsonl").read_text().splitlines():
        sample = json.loads(line)
        if sample["kind"] == "onvif" and sample["payload"].startswith("<"):
            facts = dict(parse_wsd(sample["payload"].encode()).facts())
            hardware[facts["onvif.hardware"]] = facts.get("net.mac", "")
    assert hardware["2.0-H3M-DO1"].startswith("00:18:85:")
    assert hardware["MSTAR_IPNC"] == ""
