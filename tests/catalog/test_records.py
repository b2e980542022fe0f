"""Every record of our catalog proves itself; one test a check, so that the name says what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from custodiet.catalog import Catalog, default_folder, load_catalog
from custodiet.catalog.check import CHECKS, CheckResult, check_keys
from custodiet.catalog.load import list_files
from custodiet.identify import Matcher, claims_of_value


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def told(results: Iterator[CheckResult]) -> str:
    return "\n".join(f"{r.file}: {r.fault}. {r.remedy}" for r in results)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_record_proves_itself(catalog: Catalog, check: Callable[[Catalog], Iterator[CheckResult]]) -> None:
    assert told(check(catalog)) == ""


def test_no_key_stands_twice() -> None:
    assert told(check_keys(default_folder())) == ""


def test_our_own_records_are_read_without_an_issue(catalog: Catalog) -> None:
    assert catalog.issues == ()


def test_the_catalog_is_not_empty_by_accident(catalog: Catalog) -> None:
    assert len(catalog.fingerprints) > 500
    assert len(catalog.blocks) > 1500
    assert {"hikvision", "dahua", "uniview", "axis", "hanwha", "bosch", "reolink"} <= set(catalog.companies)


def test_a_label_alone_never_names_the_maker_of_a_mixed_brand(catalog: Catalog) -> None:
    """Lorex, Honeywell, ABUS, Swann and Safire come from several factories."""
    mixed = {"lorex", "honeywell", "abus", "swann", "safire", "annke", "luminys", "alibi"}
    guilty = [
        f.id
        for f in catalog.fingerprints
        if f.attribute == "device.text" and f.says.get("brand") in mixed and "manufacturer" in f.says
    ]
    assert guilty == []


@pytest.mark.parametrize(
    "text",
    [
        "standaard camera, buiten",
        "camera compatibel met Hikvision en Dahua",
        "bracket compatible with Axis cameras",
        "camera gemeentehuis Den Bosch",
        "werkt met Dahua recorders",
        "zoals Hikvision",
    ],
)
def test_words_that_only_mention_a_name_yield_no_claim(catalog: Catalog, text: str) -> None:
    said = {(claim.field, claim.value) for claim in claims_of_value("register.text", text, Matcher(catalog))}
    assert not {field for field, _value in said} & {"brand", "manufacturer", "model"}


def test_what_was_not_read_for_the_record_does_not_speak_loudly(catalog: Catalog) -> None:
    loud = [
        f.id
        for f in catalog.fingerprints
        if f.strength in ("decisive", "strong") and all("general knowledge" in r.note for r in f.references)
    ]
    assert loud == []


def test_a_number_is_no_denial(catalog: Catalog) -> None:
    """ "Camera no 3" counts cameras; it does not say that this is no such camera."""
    held = [f.id for f in catalog.by_attribute("device.text") if catalog.patterns[f.id].search("camera no 3 Axis dome")]
    assert held == ["device-text-axis"]


def test_no_record_of_the_catalog_carries_a_flag_for_a_country() -> None:
    """Seats are asked by company; a field such as is_chinese has no place here."""
    for path in list_files(default_folder()):
        text = path.read_text(encoding="utf-8").lower()
        assert "is_chinese" not in text, path
        assert "country_of_control" not in text, path


@pytest.mark.parametrize(
    ("attribute", "value", "maker"),
    [
        ("sadp.reply", "Types: inquiry\nDeviceSN: X\nCommandPort: 8000", "hikvision"),
        ("dhip.reply", '{"method":"client.notifyDevInfo","params":{"deviceInfo":{"Vendor":"General"}}}', "dahua"),
        ("rtsp.sdp", "v=0\r\ns=Media Server\r\na=packetization-supported:DH\r\n", "dahua"),
        ("device.model", "DS-2CD2143G2-I", "hikvision"),
        ("device.model", "DH-IPC-HDBW2431R-ZS", "dahua"),
    ],
)
def test_the_signs_that_survive_relabelling_name_the_factory(
    catalog: Catalog, attribute: str, value: str, maker: str
) -> None:
    said = {f.says.get("manufacturer") for f in catalog.by_attribute(attribute) if catalog.patterns[f.id].search(value)}
    assert said - {None} == {maker}


@pytest.mark.parametrize(
    ("model", "device_class"),
    [
        ("DS-3E0318P-E/M", "not_surveillance"),
        ("DH-PFS3010-8ET-96", "not_surveillance"),
        ("DS-7608NI-K2", "recorder"),
        ("DS-K1T341AMF", "access_controller"),
        ("DS-KV6113-WPE1", "intercom"),
        ("DS-2TD2617-3/V1", "thermal_camera"),
        ("DHI-VTO2202F-P", "intercom"),
    ],
)
def test_the_grammar_of_models_tells_what_a_thing_is_for(catalog: Catalog, model: str, device_class: str) -> None:
    said = {
        f.says.get("device_class") for f in catalog.by_attribute("device.model") if catalog.patterns[f.id].search(model)
    }
    assert said == {device_class}


@pytest.mark.parametrize("model", ["standaard", "1234567", "IPC", "NVR", "A4 papier", "camera", "Latitude-5420"])
def test_words_that_are_no_model_stay_silent(catalog: Catalog, model: str) -> None:
    assert [f.id for f in catalog.by_attribute("device.model") if catalog.patterns[f.id].search(model)] == []
