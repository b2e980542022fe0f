"""What sources say outright, and that a label never becomes a maker on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from custodiet.catalog import load_catalog
from custodiet.catalog.contents import Catalog
from custodiet.identify.statements import class_in_words, name_of, stated_claims
from custodiet.model import Claim
from small import catalog, seen


@pytest.fixture
def known(tmp_path: Path) -> Catalog:
    return catalog(tmp_path)


def said(known: Catalog, attribute: str, value: str) -> dict[str, str]:
    return {claim.field: claim.value for claim in stated_claims(seen(attribute, value), known)}


@pytest.mark.parametrize(
    ("attribute", "value", "claims"),
    [
        ("register.brand", "see-s", {"brand": "sees"}),
        ("register.brand", "Nobody Heard Of", {"brand": "Nobody Heard Of"}),
        ("register.manufacturer", "ACME", {"manufacturer": "acme"}),
        ("register.supplier", "Acme Cameras Ltd", {"supplier": "Acme Cameras Ltd"}),
        ("upnp.manufacturer", "ACME", {"declared_manufacturer": "acme"}),
        ("sadp.manufacturer", "Acme", {"declared_manufacturer": "acme"}),
        ("dhip.vendor", "General", {}),
        ("register.model", "AC-1", {"model": "AC-1"}),
        ("sadp.serial", "S1234567", {"serial": "S1234567"}),
        ("onvif.firmware", "V5.1", {"firmware": "V5.1"}),
        ("http.server", "ACME", {}),
        ("register.brand", "   ", {}),
    ],
)
def test_each_attribute_speaks_about_its_own_field_only(
    known: Catalog, attribute: str, value: str, claims: dict[str, str]
) -> None:
    assert said(known, attribute, value) == claims


@pytest.mark.parametrize("attribute", ["register.brand", "register.text", "register.model", "upnp.manufacturer"])
def test_nothing_but_a_column_for_it_states_a_manufacturer(known: Catalog, attribute: str) -> None:
    assert "manufacturer" not in said(known, attribute, "Acme")
    assert "manufacturer" not in said(known, attribute, "SeeS camera by Acme")


@pytest.mark.parametrize("attribute", ["register.manufacturer", "upnp.manufacturer", "register.supplier"])
def test_a_maker_or_supplier_states_no_brand(known: Catalog, attribute: str) -> None:
    assert "brand" not in said(known, attribute, "SeeS")


def test_a_label_and_a_device_speak_with_different_techniques(known: Catalog) -> None:
    def technique(attribute: str) -> str:
        (claim,) = stated_claims(seen(attribute, "AC-1"), known)
        return claim.technique

    assert technique("register.model") == "label"
    assert technique("sadp.description") == "self-declared"


def test_an_address_block_names_its_registrant_and_what_its_record_says(known: Catalog) -> None:
    claims: dict[str, Claim] = {c.field: c for c in stated_claims(seen("net.mac", "00:00:5e:00:53:01"), known)}
    assert claims["oui_registrant"].value == "acme"
    assert claims["manufacturer"].value == "acme"
    assert {c.technique for c in claims.values()} == {"address-block"}
    assert claims["manufacturer"].observed[slice(*claims["manufacturer"].span)] == "00:00:5e"


def test_a_mac_in_a_register_or_a_reply_is_read_alike(known: Catalog) -> None:
    assert said(known, "register.mac", "00:00:5E:00:53:01")["manufacturer"] == "acme"
    assert said(known, "sadp.mac", "00:00:5e:00:53:01")["manufacturer"] == "acme"


@pytest.mark.parametrize("mac", ["02:00:5e:00:53:01", "00:00:5f:00:53:01", "00:00:5e", "", "not a mac at all.."])
def test_a_mac_that_tells_nothing_tells_nothing(known: Catalog, mac: str) -> None:
    assert said(known, "net.mac", mac) == {}


@pytest.mark.parametrize("value", ["zz:zz:zz:zz:zz:zz", "x" * 17, "0\u0661:00:5e:00:53:01", "0x:00:5e:00:53:01"])
def test_seventeen_characters_that_are_no_mac_do_no_harm(known: Catalog, value: str) -> None:
    assert said(known, "net.mac", value) == {}


@pytest.mark.parametrize(
    ("words", "device_class"),
    [
        ("Dome camera hal", "camera"),
        ("Netwerkrecorder 16 kanalen", "recorder"),
        ("NVR voor cameras", "recorder"),
        ("Warmtebeeldcamera", "thermal_camera"),
        ("Intercom met camera", "intercom"),
        ("Kaartlezer ingang", "access_controller"),
        ("switch voor cameras", "not_surveillance"),
        ("Beugel dome camera", "not_surveillance"),
        ("Stoel, blauw", ""),
        ("", ""),
    ],
)
def test_words_of_registers_mean_a_class(words: str, device_class: str) -> None:
    assert class_in_words(words) == device_class


def test_a_column_for_the_class_weighs_more_than_a_description(known: Catalog) -> None:
    (column,) = stated_claims(seen("register.class", "camera"), known)
    (text,) = stated_claims(seen("register.text", "camera"), known)
    assert column.strength > text.strength

    assert name_of("brand", "s e e s", known) == "sees"
    assert name_of("manufacturer", "Acme-Cameras, Ltd.", known) == "acme"
    assert name_of("model", "Acme", known) == "Acme"


def test_a_brand_is_not_looked_up_among_companies_nor_the_reverse(known: Catalog) -> None:
    assert name_of("brand", "Acme Cameras Ltd", known) == "Acme Cameras Ltd"
    assert name_of("manufacturer", "SeeS", known) == "SeeS"


def test_a_long_value_is_cut_in_the_claim(known: Catalog) -> None:
    (claim,) = stated_claims(seen("register.supplier", "x" * 5000), known)
    assert len(claim.observed) == 400
    assert claim.span == (0, 400)


@pytest.mark.parametrize(
    ("attribute", "value", "held"),
    [
        ("mdns.instance", " [00:40:8C:12:34:56]._http._tcp.local", True),
        ("mdns.instance", "cam 00-40-8c-12-34-56", True),
        ("mdns.instance", "cam 00:40:8C:12:34:56:78", False),
        ("mdns.instance", "cam 00408C123456", False),
        ("ssdp.usn", "uuid:upnp-BasicDevice-1_0-00408C123456::BasicDevice1", True),
        ("ssdp.usn", "uuid:4d696e69-444c-4e41-9d41-00408c123456", False),
        ("upnp.friendly_name", "00:40:8C:12:34:56", False),
    ],
)
def test_an_address_in_a_name_is_read_only_where_it_stands_as_one(attribute: str, value: str, held: bool) -> None:
    known = load_catalog()
    claims = [claim for claim in stated_claims(seen(attribute, value), known) if claim.field == "oui_registrant"]
    assert bool(claims) == held
    if held:
        start, end = claims[0].span
        assert value[start:end].lower().replace("-", "").replace(":", "") == "00408c123456"
