"""Names are found where names stand, and nowhere else."""

from __future__ import annotations

import time

import pytest

from custodiet.catalog import Catalog, load_catalog
from custodiet.identify.names import brand_of_company
from custodiet.identify.places import ATTRIBUTES, name_claims
from small import seen


@pytest.fixture(scope="module")
def known() -> Catalog:
    return load_catalog()


def named(known: Catalog, attribute: str, value: str) -> list[str]:
    return [claim.value for claim in name_claims(seen(attribute, value), known)]


@pytest.mark.parametrize(
    ("attribute", "value", "brand"),
    [
        ("upnp.manufacturer", "Samsung Electronics Co., Ltd.", "samsung"),
        ("upnp.manufacturer", "TP-LINK", "tp-link"),
        ("upnp.manufacturer", "TPLINK Technologies", "tp-link"),
        ("upnp.manufacturer", "(c) Sonos, Inc.", "sonos"),
        ("upnp.manufacturer", "Ring", "ring"),
        ("onvif.manufacturer", "HIKVISION", "hikvision"),
        ("onvif.scope", "onvif://www.onvif.org/manufacturer/Hanwha", "hanwha"),
        ("snmp.sys_descr", "ExtremeXOS", ""),
        ("snmp.sys_descr", "Juniper Networks, Inc. ex2200 Ethernet Switch", "juniper"),
        ("snmp.sys_descr", "Canon MF4410 /P", "canon"),
        ("dhcp.vendor_class", "yealink", "yealink"),
        ("dhcp.vendor_class", "LG_WEBOS32", "lg"),
        ("banner.sip", "snom370/8.7.5.35", "snom"),
        ("banner.ftp", "220 Xerox Phaser 6180", "xerox"),
        ("banner.ftp", "220 nas1 FTP server (Iomega-X: 5.6) ready", "iomega"),
        ("banner.ssh", "SSH-2.0-ZyXEL SSH server", "zyxel"),
        ("banner.tcp", '@PJL INFO ID\r\n"Lexmark T652"', "lexmark"),
        ("http.www_authenticate", 'Basic realm="NETGEAR R7000"', "netgear"),
        ("http.server", "Linux UPnP/1.0 Sonos/29.3-87071", "sonos"),
        ("http.title", "Brother HL-L2350DW series", "brother"),
        ("http.body", "<td>Copyright &copy; 2009-2012 NETGEAR, Inc. All rights reserved", "netgear"),
        ("http.body", "root.Brand.Brand=AXIS\nroot.Brand.ProdNbr=x", "axis"),
        ("mdns.txt", "usb_MFG=Brother", "brother"),
        ("mdns.txt", "product=(HP LaserJet 400 M401dn)", "hp"),
        ("lldp.inventory", "manufacturer=Polycom", "polycom"),
        ("tls.subject", "CN=192.168.1.1,OU=Net,O=Netgear Inc.,C=US", "netgear"),
        ("dhcp.hostname", "EPSON3A7B21", "epson"),
        ("register.text", "2x Synology DS1821+ met 8 schijven", "synology"),
        ("register.text", "levering Netgate 7100 firewall", "netgate"),
    ],
)
def test_a_name_at_its_place_is_a_label(known: Catalog, attribute: str, value: str, brand: str) -> None:
    assert named(known, attribute, value) == ([brand] if brand else [])


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        # inside another word, or the start of another name
        ("upnp.manufacturer", "Dellmont"),
        ("upnp.manufacturer", "Sonosphere Labs"),
        ("upnp.manufacturer", "Samsung Techwinners"),
        ("upnp.manufacturer", "Sony Ericsson"),
        ("upnp.manufacturer", "Nokia Panasonic Networks"),
        ("upnp.manufacturer", "Apple compatible"),
        ("upnp.manufacturer", "not Samsung"),
        ("upnp.manufacturer", "General"),
        ("upnp.manufacturer", ""),
        # a sentence, or something for, like or of somebody else
        ("snmp.sys_descr", "Cisco compatible router"),
        ("snmp.sys_descr", "HP and Dell monitoring agent"),
        ("snmp.sys_descr", "Canon of this network"),
        ("snmp.sys_descr", "Dahua scale controller"),
        ("snmp.sys_descr", "planet earth gateway"),
        ("snmp.sys_descr", "Ring the bell twice"),
        ("snmp.sys_descr", "Linux ring 5.10.0 x86_64"),
        ("banner.ftp", "220 Welcome to the Brother family FTP"),
        ("banner.telnet", "Digital UNIX (Extreme) login:"),
        ("http.title", "Sony"),
        ("http.title", "Cisco Webex"),
        ("http.title", "Planet 2025 conference"),
        ("http.title", "Canon support"),
        ("http.body", "<p>We sell Netgear R7000 and Cisco 2960</p>"),
        ("http.body", "Copyright 2020 the Canon of Law authors"),
        # a printer that a computer shares; a server on the internet
        ("mdns.instance", "Brother HL-L2350DW @ office-mac"),
        ("tls.subject", "CN=www.netgear.com,O=Netgear Inc.,C=US"),
        ("tls.subject", "CN=*.sonos.com,O=Sonos Inc.,C=US"),
        ("tls.issuer", "CN=Cisco Intermediate CA,O=Cisco Systems"),
        # what a person calls a computer
        ("dhcp.hostname", "samsung"),
        ("dhcp.hostname", "cisco-vm12"),
        ("dhcp.hostname", "planet9"),
        ("dhcp.hostname", "canonical-4711"),
        # what people write of other things
        ("register.text", "HDD voor Synology DS1821+"),
        ("register.text", "camera compatible with Samsung SNV-6013"),
        ("register.text", "vervangt Netgear GS724T"),
        ("register.text", "Synology of gelijkwaardig"),
        ("register.text", "HP kabel 3m"),
        ("register.text", "geen Huawei CE6881"),
        ("register.text", "mail naar info@synology.com 2024"),
        ("net.mac", "00:00:5e:00:53:01"),
    ],
)
def test_what_only_looks_like_a_name_is_none(known: Catalog, attribute: str, value: str) -> None:
    assert named(known, attribute, value) == []


@pytest.mark.parametrize(
    ("registrant", "brand"),
    [
        ("Samsung Electronics Co.,Ltd", "samsung"),
        ("BROTHER INDUSTRIES, LTD.", "brother"),
        ("Apple, Inc.", "apple"),
        ("Ring LLC", "ring"),
        ("samsung", "samsung"),
        # others of a name that is also a word, or of a name that two have
        ("AXIS CORPORATION", ""),
        ("MERCURY CORPORATION", ""),
        ("Checkpoint Systems, Inc.", ""),
        ("MI INC.", ""),
        ("Samsung Electro-Mechanics(Thailand)", ""),
        ("Shanghai Dahua Scale Factory", ""),
        ("GENETEC CORPORATION", ""),
        ("Basler Electric Company", ""),
        ("Opelcomm", ""),
        ("Hi-Profile", ""),
        ("ANKER-EAST", ""),
        ("JOREX LOREX INDIA", ""),
        ("Sirius XM Radio Inc", ""),
        ("Murata Manufacturing Co., Ltd.", ""),
        ("", ""),
    ],
)
def test_a_registrant_is_a_brand_only_by_its_whole_name(known: Catalog, registrant: str, brand: str) -> None:
    found = brand_of_company(registrant, known)
    assert (found.id if found else "") == brand


def test_the_claim_shows_the_name_and_its_record(known: Catalog) -> None:
    (claim,) = name_claims(seen("banner.ftp", "220 Xerox Phaser 6180"), known)
    assert claim.observed[slice(*claim.span)] == "Xerox"
    assert (claim.field, claim.record, claim.technique) == ("brand", "xerox", "self-declared")


@pytest.mark.parametrize(
    "value",
    [
        "\x00" * 4000,
        "Samsung " * 2000,
        "(" * 5000,
        "a-" * 5000,
        "CN=" + "O=," * 3000,
        "Copyright " * 1500 + "\u0130\ud800",
        "realm=" + '"' * 4000,
        "Basic " + "realm=" * 2000,
        "1" * 100_000,
        "brand=" * 3000,
    ],
)
def test_hostile_values_end_soon(known: Catalog, value: str) -> None:
    list(name_claims(seen("http.title", "x"), known))
    for attribute in sorted(ATTRIBUTES):
        started = time.process_time()
        found = list(name_claims(seen(attribute, value), known))
        assert time.process_time() - started < 5, attribute
        assert len(found) <= 4
