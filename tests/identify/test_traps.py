"""Values that look like a maker and are none, and the ones beside them that are: what must and must not be said.

Part numbers of other trades, words inside words, and purchase lines that name a maker whose device was not bought. To
name a maker wrongly weighs more than to stay silent, so most lines here demand silence.
"""

from __future__ import annotations

import pytest

from custodiet.identify import Matcher, identify
from custodiet.model import Identification
from ours import our_matcher
from small import DEVICE, seen


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return our_matcher()


def named(matcher: Matcher, attribute: str, value: str) -> Identification:
    return identify(DEVICE, [seen(attribute, value)], matcher)


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        # part numbers of other trades
        ("register.model", "N100"),
        ("register.model", "ThinkPad E420"),
        ("register.model", "E490"),
        ("register.model", "SD1000A"),
        ("register.model", "SD1024MB"),
        ("register.model", "SD32GB"),
        ("register.model", "NVR5000"),
        ("register.model", "NVR"),
        ("register.model", "XVR6000"),
        ("register.model", "IPC-A-610"),
        ("register.model", "IPC427E-1"),
        ("register.model", "DS-7500N"),
        ("register.model", "DS-530II"),
        ("register.model", "DS-1621xs+"),
        ("register.model", "CS-Z50VKEW"),
        ("register.model", "ASI1600MM"),
        ("register.model", "TD-4550DNWB"),
        ("register.model", "GV-N3060"),
        ("register.model", "PCI-E16X"),
        ("register.model", "PCI-X133"),
        ("register.model", "VIP-2024"),
        ("register.model", "HWD-2000"),
        ("register.model", "LNB1000"),
        ("register.model", "UVC-C lamp 55W"),
        ("register.model", "US-8"),
        ("register.model", "PFM900"),
        ("register.text", "N100 mask, box of 20"),
        ("register.text", "Epson scanner DS-7500N"),
        ("register.text", "Panasonic airco CS-Z50VKEW"),
        ("register.text", "airfryer Air-fryer Philips"),
        # words inside words, and names of others
        ("register.text", "taxis naar station"),
        ("register.text", "standaard werkplek"),
        ("register.text", "AXIS bank hypotheek"),
        ("register.text", "3 axis gimbal DJI"),
        ("register.text", "Dahua weegschaal"),
        ("register.text", "Shanghai Dahua Scale Factory weegbrug"),
        ("register.text", "Ubuntu 22.04 LTS server"),
        ("register.text", "Swann-Morton scalpel"),
        ("register.text", "camera Jeroen Bosch Ziekenhuis"),
        ("http.title", "IC-7300 Remote"),
        ("snmp.sys_descr", "Dahua scale controller"),
        ("snmp.sys_descr", "SIMATIC IPC427E-1"),
        ("tls.subject", "CN=scale,O=Dahua Scale Factory"),
        # a maker is mentioned, and his device was not bought
        ("register.text", "Hikvision compatible dome camera"),
        ("register.text", "camera, compatibel met Dahua"),
        ("register.text", "Hikvision/Dahua compatible PoE injector"),
        ("register.text", "vervangt Hikvision camera"),
        ("register.text", "ter vervanging van Dahua recorder"),
        ("register.text", "geen Chinese camera's"),
        ("register.text", "niet Hikvision"),
        ("register.text", "camera zonder Hikvision onderdelen"),
        ("register.text", "Hikvision-vrij"),
        ("register.text", "anders dan Dahua"),
        ("register.text", "Hikvision of gelijkwaardig"),
        ("register.text", "muurbeugel voor Hikvision domecamera"),
        ("register.text", "PoE switch tbv Dahua camera"),
        ("register.text", "migratie van Hikvision naar Axis"),
        ("register.text", "Dahua niet toegestaan"),
    ],
)
def test_no_maker_and_no_label_of_a_surveillance_device_is_named(matcher: Matcher, attribute: str, value: str) -> None:
    found = named(matcher, attribute, value)
    if found.get("device_class").value != "not_surveillance":  # a controller may be named as what it is
        assert (found.get("manufacturer").value, found.get("manufacturer").claims_for) == ("", ())
        assert found.get("brand").value in ("", "panasonic")


@pytest.mark.parametrize(
    ("attribute", "value", "maker"),
    [
        ("register.text", "Axis camera i.p.v. Hikvision", "axis"),
        ("register.text", "Hikvision camera vervangen door Axis", "axis"),
        ("register.text", "Hanwha dome, vervangt Hikvision", "hanwha"),
        ("register.text", "Hikvision-camera buiten", "hikvision"),
        ("register.text", "Dahua dome camera", "dahua"),
        ("register.text", "levering IPC-HFW2831TP-ZAS", "dahua"),
        ("register.model", "NVR4104HS-P-4KS2", "dahua"),
        ("register.model", "SD49225XA-HNR", "dahua"),
        ("register.model", "ASI7213Y", "dahua"),
        ("register.model", "DS-7632NXI-K2", "hikvision"),
        ("register.model", "ECI-T24F2", "hikvision"),
        ("register.model", "CS-C6N-A0-1C2WFR", "ezviz"),
        ("register.model", "IPC3614LE-ADF28K", "uniview"),
    ],
)
def test_the_same_words_name_the_maker_where_they_mean_him(
    matcher: Matcher, attribute: str, value: str, maker: str
) -> None:
    assert named(matcher, attribute, value).get("manufacturer").value == maker


@pytest.mark.parametrize(
    ("attribute", "value", "brand"),
    [
        ("register.model", "BCS-DMIP2401IR", "bcs"),
        ("register.model", "DH-PFS3010-8ET-96", "dahua"),
        ("register.text", "Bosch boormachine GSB 18V", "bosch"),
        ("upnp.friendly_name", "Lorex NVR", "lorex"),
    ],
)
def test_a_label_without_a_read_source_for_its_factory_names_no_maker(
    matcher: Matcher, attribute: str, value: str, brand: str
) -> None:
    found = named(matcher, attribute, value)
    assert found.get("brand").value == brand
    assert found.get("manufacturer").claims_for == ()


@pytest.mark.parametrize("value", ["NVR2108HS-8P-S3", "AD410", "I91BM", "CMIP8342"])
def test_a_number_that_others_may_use_is_only_a_possibility(matcher: Matcher, value: str) -> None:
    assert named(matcher, "register.model", value).get("manufacturer").band == "possible"


@pytest.mark.parametrize(
    ("value", "device_class"),
    [
        ("harddisk voor Hikvision recorder", "not_surveillance"),
        ("voeding voor Dahua intercom", "not_surveillance"),
        ("onderhoudscontract Dahua camera's", "not_surveillance"),
        ("demontage Hikvision camera", "not_surveillance"),
        ("webcam Logitech C920", "not_surveillance"),
        ("thermal printer Zebra", "not_surveillance"),
        ("camerabeugel", "not_surveillance"),
        ("DS-PWA64-L-WE alarmpaneel", "not_surveillance"),
        ("DS-3E0318P-E/M", "not_surveillance"),
        ("voice recorder Olympus", ""),
        ("bullet journal A5", ""),
        ("rotary encoder", ""),
        ("thermal paper rolls", ""),
        ("camera met beugel voor buiten", "camera"),
        ("IP camera 4MP incl. voeding", "camera"),
        ("levering en montage camera hal", "camera"),
        ("NVR incl. HDD", "recorder"),
        ("levering DS-2CD2143G2-I incl. beugels", "camera"),
    ],
)
def test_what_a_line_names_first_it_is_about(matcher: Matcher, value: str, device_class: str) -> None:
    assert named(matcher, "register.text", value).get("device_class").value == device_class


@pytest.mark.parametrize(
    "text",
    [
        "vervangt DS-2CD2143G2-I",
        "replacement for DS-7608NI-K2",
        "harddisk 4TB voor recorder DS-7608NI-K2",
        "compatibel met DS-2CD2143G2-I",
        "camera i.p.v. DS-2CD2143G2-I",
        "bracket suits DS-2CD2143G2-I",
    ],
)
def test_a_model_that_is_only_mentioned_names_no_maker(matcher: Matcher, text: str) -> None:
    assert named(matcher, "register.text", text).get("manufacturer").value == ""


@pytest.mark.parametrize(
    "text",
    [
        "part no DS-2CD2143G2-I",
        "4x DS-2CD2143G2-I voor stadhuis",
        "camera voor hal, DS-2CD2143G2-I",
        "Axis P3245 vervangen door DS-2CD2143G2-I",
    ],
)
def test_a_model_that_was_bought_names_its_maker(matcher: Matcher, text: str) -> None:
    assert named(matcher, "register.text", text).get("manufacturer").value == "hikvision"
