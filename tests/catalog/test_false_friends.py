"""Signs that look like a maker and are not: each has a name here, and a value that must not accuse anybody wrongly.

The names of the cases are those under which the traps were collected, kind and signal.
"""

from __future__ import annotations

import pytest

from custodiet.catalog import Catalog, endpoint_of, load_catalog, lookup_mac
from custodiet.identify import Matcher, all_claims
from custodiet.identify.weigh import conclude_all
from custodiet.model import Claim, observe
from custodiet.wire.dhip import parse_dhip
from custodiet.wire.makers import parse_maker_discovery
from custodiet.wire.sadp import parse_sadp


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="module")
def matcher(catalog: Catalog) -> Matcher:
    return Matcher(catalog)


def claims(matcher: Matcher, *seen: tuple[str, str]) -> list[Claim]:
    found = [
        observe(source="src-test", subject="ip:192.0.2.1", attribute=attribute, value=value, locator=f"line {number}")
        for number, (attribute, value) in enumerate(seen)
    ]
    return all_claims(found, matcher)


def makers(matcher: Matcher, *seen: tuple[str, str]) -> dict[str, float]:
    """Maker -> the strongest claim for it."""
    told: dict[str, float] = {}
    for claim in claims(matcher, *seen):
        if claim.field == "manufacturer":
            told[claim.value] = max(told.get(claim.value, 0.0), claim.strength)
    return told


def concluded(matcher: Matcher, *seen: tuple[str, str]) -> tuple[str, str]:
    """The maker concluded, and how sure."""
    answer = next(c for c in conclude_all(claims(matcher, *seen), matcher.catalog) if c.field == "manufacturer")
    return answer.value, answer.band


REGISTRANTS = [
    ('mac: registrant contains "dahua"', "40:2C:76:1F:00:01", {"dahua", "imou"}),
    ('mac: registrant address contains "Dahua-jianghong"', "4C:EA:41:CF:00:01", {"dahua", "imou"}),
    ('mac: "genetec"', "00:0A:B1:00:00:01", {"genetec"}),
    ('mac: "pelco"', "00:0C:80:00:00:01", {"pelco", "motorola-solutions"}),
    ('mac: "i-pro"', "88:5D:90:6F:00:01", {"i-pro"}),
    ('mac: "costar"', "00:25:B7:00:00:01", {"arecont"}),
    ('mac: "basler"', "4C:06:8A:00:00:01", {"basler"}),
    ('mac: "lorex"', "8C:1F:64:F4:BF:01", {"lorex", "dahua"}),
    ('mac: "xm"', "28:AF:0A:00:00:01", {"xiongmai"}),
    ('mac: "anker"', "70:B3:D5:C4:BF:01", {"anker"}),
    ("tool: another inventory tool labels 00:15:6D as Amcrest", "00:15:6D:00:00:01", {"amcrest", "dahua"}),
    ("tool: another inventory tool labels A4:5E:60 as Hikvision", "A4:5E:60:00:00:01", {"hikvision"}),
    ("tool: another inventory tool labels AC:9E:17 as Reolink", "AC:9E:17:00:00:01", {"reolink"}),
    ("mac: FLIR block", "00:40:7F:00:00:01", {"dahua"}),
    ("mac: Shenzhen Bilian block", "20:F4:1B:00:00:01", {"hikvision", "dahua", "tvt"}),
]


@pytest.mark.parametrize(("trap", "mac", "accused"), REGISTRANTS, ids=[case[0] for case in REGISTRANTS])
def test_a_name_in_the_registry_is_not_taken_for_another(
    matcher: Matcher, trap: str, mac: str, accused: set[str]
) -> None:
    assert not accused & set(makers(matcher, ("net.mac", mac.lower()))), trap


def test_the_country_of_the_registry_is_no_seat(catalog: Catalog) -> None:
    """mac: registry country"""
    assert catalog.companies["tuya"].seat == "CN"
    assert catalog.companies["infinova"].seat == "CN"


def test_a_block_names_the_factory_and_not_the_label(matcher: Matcher, catalog: Catalog) -> None:
    """mac: TVT block; nvr: ADT recorder"""
    tvt = makers(matcher, ("net.mac", "00:18:ae:00:00:01"), ("register.brand", "Digital Watchdog"))
    assert set(tvt) == {"tvt"}
    assert "dahua" not in makers(matcher, ("net.mac", "00:03:22:00:00:01"), ("register.brand", "ADT"))
    found = lookup_mac(catalog, "00:03:22:00:00:01")
    assert found is not None
    assert found[0].company == "idis"


WEAK = [
    ("mdns: _axis-video._tcp", [("mdns.service", "_axis-video._tcp.local")], "axis"),
    (
        "http: jsCore/rpcCore.js and DhWebClientSessionID",
        [("http.body", "jsCore/rpcCore.js?version=1"), ("http.set_cookie", "DhWebClientSessionID=1")],
        "dahua",
    ),
    ("http: Server: uc-httpd/1.0.0", [("http.server", "uc-httpd 1.0.0")], "xiongmai"),
    ("http: favicon mmh3 492290497", [("favicon.mmh3", "492290497")], "tvt"),
    ("http: favicon mmh3 999357577", [("favicon.mmh3", "999357577")], "hikvision"),
    ("http: title WEB SERVICE", [("http.title", "WEB SERVICE")], "dahua"),
    (
        "onvif: location/country/china scope",
        [("onvif.scope", "onvif://www.onvif.org/location/country/china")],
        "dahua",
    ),
    ("rtsp: Server: Rtsp Server/2.0 and Rtsp Server/3.0", [("rtsp.server", "Rtsp Server/2.0")], "dahua"),
    (
        "rtsp: aggregated RTSP path lists",
        [("rtsp.path", "/cam/realmonitor?channel=1&subtype=0"), ("rtsp.path", "/Streaming/Channels/101")],
        "dahua",
    ),
    ("rtsp: path /Streaming/Channels/101", [("rtsp.path", "/Streaming/Channels/101")], "hikvision"),
]


@pytest.mark.parametrize(("trap", "seen", "accused"), WEAK, ids=[case[0] for case in WEAK])
def test_a_shared_sign_is_never_certain_alone(
    matcher: Matcher, trap: str, seen: list[tuple[str, str]], accused: str
) -> None:
    value, band = concluded(matcher, *seen)
    assert value != accused or band in ("possible", "unknown"), trap


def test_a_name_that_people_can_edit_is_no_final_answer(matcher: Matcher) -> None:
    """onvif: name scope"""
    value, band = concluded(matcher, ("onvif.scope", "onvif://www.onvif.org/name/Dahua"), ("onvif.name", "Dahua"))
    assert (value, band) != ("dahua", "certain")


def test_discovery_replies_are_told_apart_by_port_and_bytes() -> None:
    """udp: UDP 8600 reply starting "DH" 01 08; udp: UDP 37020 described as Dahua discovery in some code"""
    reply = parse_maker_discovery(b"DH\x01\x08" + b"192.168.0.20".ljust(524, b"\0"), 8600)
    assert ("discovery.other", "vstarcam") in {(name, value.partition("=")[0]) for name, value in reply.facts()}
    probe = b"<ProbeMatch><Types>inquiry</Types><DeviceSN>x</DeviceSN><CommandPort>8000</CommandPort></ProbeMatch>"
    assert any(name.startswith("sadp.") for name, _ in parse_sadp(probe).facts())


def test_one_name_of_a_protocol_is_two_makers(matcher: Matcher) -> None:
    """tcp: protocol name DVRIP"""
    assert set(makers(matcher, ("banner.tcp", "\\xa0\\x01\\x00\\x00"))) == {"dahua"}
    assert set(makers(matcher, ("banner.tcp", "\\xff\\x01\\x00\\x00\\x00\\x00"))) == {"xiongmai"}


def test_a_port_number_is_no_maker(catalog: Catalog, matcher: Matcher) -> None:
    """tcp: port 8800"""
    assert makers(matcher, ("net.port", "tcp/8800"), ("net.port", "udp/8800")) == {}
    assert endpoint_of(catalog, "www.easy4ipcloud.com") == catalog.endpoints["easy4ipcloud-rendezvous"]


def test_lists_that_disagree_name_the_platform_that_more_of_them_name(matcher: Matcher) -> None:
    """http: Server: Cross Web Server, title DVR Components Download"""
    assert set(makers(matcher, ("http.server", "Cross Web Server"))) <= {"tvt"}


def test_no_label_in_a_reply_is_no_brand(matcher: Matcher) -> None:
    """dhip: Vendor General or Private"""
    body = b'{"method":"client.notifyDevInfo","params":{"deviceInfo":{"Vendor":"General","DeviceType":"IPC"}}}'
    header = b"\x20\0\0\0DHIP" + b"\0" * 8 + len(body).to_bytes(4, "little") + b"\0" * 4
    reply = parse_dhip(header + len(body).to_bytes(4, "little") + b"\0" * 4 + body)
    told = claims(matcher, *reply.facts())
    assert "dahua" in {claim.value for claim in told if claim.field == "manufacturer"}
    assert [claim for claim in told if claim.field == "brand"] == []


@pytest.mark.parametrize("number", ["1004849", "37496"])
def test_two_numbers_of_one_maker(matcher: Matcher, number: str) -> None:
    """snmp: PEN 37496 is Dahua"""
    assert set(makers(matcher, ("snmp.sys_object_id", f"1.3.6.1.4.1.{number}.2.1"))) == {"dahua"}


def test_a_label_does_not_clear_a_platform(matcher: Matcher) -> None:
    """rtsp: session name "VCP IPC Realtime stream" on a unit sold as GeoVision"""
    told = makers(matcher, ("rtsp.sdp", "v=0\r\ns=VCP IPC Realtime stream\r\n"), ("register.brand", "GeoVision"))
    assert max(told, key=lambda id: told[id]) == "uniview"
