"""What a name says of the maker: a presumption that yields to every sign, and never more than the record allows."""

from __future__ import annotations

from pathlib import Path

import pytest

from custodiet.catalog import Catalog
from custodiet.identify import Matcher, identify
from custodiet.identify.evidence import Evidence, conclude_evidence
from custodiet.identify.own_design import own_design_claims
from custodiet.model import FIELDS
from small import DEVICE, catalog, claim, fingerprint, seen


def brand(id: str, company: str, more: str) -> dict[str, str]:
    return {f"brands/{id}.yml": f"id: {id}\nname: {id.title()}\ncompany: {company}\nmakes: [{company}]\n{more}"}


RECORDS = [
    brand("rivalo", "rival", "own_design: usual\nsurveillance: none\n"),
    brand("sourced", "rival", "own_design: all\n"),
    brand("hinted", "acme", "own_design: supposed\n"),
    brand("mixed", "acme", ""),
    {"brands/rival.yml": "id: rival\nname: Rival Optics\ncompany: rival\nown_design: usual\n"},
    {"address_blocks/rival.yml": "id: rival\nregistrant: Rival Optics\ncompany: rival\nblocks: [00005D]\n"},
    fingerprint("acme-server", "http.server", "{ manufacturer: acme, device_class: camera }", regex="^AcmeCam"),
]


@pytest.fixture
def known(tmp_path: Path) -> Catalog:
    return catalog(tmp_path, *RECORDS)


def label(value: str, strength: float = 0.9, observed: str = "") -> object:
    return claim(value, "label", strength, field="brand", observed=observed or value)


def presumed(known: Catalog, *claims: object) -> dict[str, tuple[str, float]]:
    return {one.field: (one.value, one.strength) for one in own_design_claims(claims, known)}  # type: ignore[arg-type]


@pytest.mark.parametrize(("id", "maker", "worth"), [("sourced", "rival", 0.8), ("rivalo", "rival", 0.7)])
def test_a_label_is_worth_what_the_record_says(known: Catalog, id: str, maker: str, worth: float) -> None:
    assert presumed(known, label(id))["manufacturer"] == (maker, worth)
    assert presumed(known, label("hinted"))["manufacturer"] == ("acme", 0.45)
    assert presumed(known, label(id, 0.45))["manufacturer"] == (maker, 0.45), "a weak label is no better than itself"


@pytest.mark.parametrize(
    "claims",
    [
        [label("mixed")],
        [label("nobody-knows")],
        [label("rivalo", 0.25)],
        [label("rivalo"), label("hinted")],
        [label("rivalo"), label("mixed")],
        [label("rivalo"), label("nobody-knows")],
        [label("rivalo", 0.45), label("mixed")],
        [label("rivalo"), claim("acme", strength=0.45)],
        [],
    ],
)
def test_a_label_that_means_no_one_maker_is_silent(known: Catalog, claims: list[object]) -> None:
    assert presumed(known, *claims) == {}


def test_what_names_the_same_maker_or_hardly_another_does_not_silence_it(known: Catalog) -> None:
    assert presumed(known, label("rivalo"), claim("rival", strength=0.45))["manufacturer"] == ("rival", 0.7)
    assert presumed(known, label("rivalo"), claim("acme", strength=0.25))["manufacturer"] == ("rival", 0.7)


def test_a_maker_without_such_devices_makes_no_camera_unless_it_is_seen(known: Catalog) -> None:
    camera = claim("camera", field="device_class")
    assert presumed(known, label("rivalo"))["device_class"] == ("not_surveillance", 0.7)
    assert presumed(known, label("sourced")).keys() == {"manufacturer"}
    assert presumed(known, label("rivalo"), camera).keys() == {"manufacturer"}


def test_where_others_make_a_part_a_device_that_watches_is_not_presumed(tmp_path: Path) -> None:
    series = "series:\n  - { name: cameras, models: 'R[0-9]+', made_by: acme, certainty: likely }\n"
    known = catalog(tmp_path, brand("parted", "rival", f"own_design: usual\n{series}"))
    assert presumed(known, label("parted"))["manufacturer"] == ("rival", 0.7)
    assert presumed(known, label("parted"), claim("camera", field="device_class")) == {}


def holder(value: str) -> object:
    return claim(value, "address-block", 0.97, field="oui_registrant")


def test_the_holder_of_a_block_is_a_hint_at_most(known: Catalog) -> None:
    assert presumed(known, holder("rival"))["manufacturer"] == ("rival", 0.45)
    assert presumed(known, holder("RIVAL OPTICS LTD."))["manufacturer"] == ("rival", 0.45)
    assert presumed(known, holder("Rival Optics Trading")) == {}
    assert presumed(known, holder("rival"), holder("Chips and Sons")) == {}
    assert presumed(known, holder("rival"), label("mixed", 0.25)) == {}, "a label, however weak, goes before"
    said = claim("Someone Else", "self-declared", field="declared_manufacturer")
    assert presumed(known, holder("rival"), said) == {}


def test_the_holder_whose_modules_work_elsewhere_says_nothing(tmp_path: Path) -> None:
    record = {"brands/rival.yml": "id: rival\nname: Rival\ncompany: rival\nown_design: usual\ninside_others: true\n"}
    known = catalog(tmp_path, record)
    assert presumed(known, holder("rival")) == {}
    assert presumed(known, label("rival", 0.45)) == {}
    assert presumed(known, label("rival"))["manufacturer"] == ("rival", 0.7)


@pytest.mark.parametrize(
    "pairs",
    [
        [("upnp.manufacturer", "Rivalo Inc.")],
        [("upnp.manufacturer", "Rivalo"), ("http.server", "AcmeCam")],
        [("upnp.manufacturer", "Rivalo"), ("mdns.txt", "usb_MFG=Sourced"), ("upnp.model_name", "Rivalo X-200")],
        [("net.mac", "00:00:5d:00:53:01")],
        [("register.brand", "Mixed"), ("net.mac", "00:00:5d:00:53:01")],
        [("register.brand", "Rivalo"), ("register.model", "X-200"), ("register.text", "Rivalo X-200 switch")],
    ],
)
@pytest.mark.parametrize("fields", [None, ["manufacturer"], ["device_class"]])
def test_in_bulk_and_alone_the_answers_are_equal(
    known: Catalog, pairs: list[tuple[str, str]], fields: list[str] | None
) -> None:
    matcher = Matcher(known)
    whole = identify(DEVICE, [seen(attribute, value) for attribute, value in pairs], matcher)
    apart = {one.field: one for one in conclude_evidence([Evidence(matcher, fields).of_pairs(pairs)], matcher)}
    for field in fields or FIELDS:
        found = whole.get(field)
        assert (apart[field].value, apart[field].confidence) == (found.value, found.confidence), field


def test_a_name_alone_is_never_certain(known: Catalog) -> None:
    matcher = Matcher(known)
    pairs = [("upnp.manufacturer", "Sourced"), ("http.title", "Sourced X-200"), ("register.brand", "Sourced")]
    pairs += [
        ("net.mac", "00:00:5d:00:53:01"),
        ("snmp.sys_descr", "Sourced X-200"),
        ("banner.ftp", "220 Sourced X-200"),
    ]
    found = identify(DEVICE, [seen(*pair) for pair in pairs], matcher).get("manufacturer")
    assert (found.value, found.band) == ("rival", "likely")
