"""Headings as people write them, and the fields they mean."""

from __future__ import annotations

import pytest

from custodiet.catalog.load import default_folder, load_catalog
from custodiet.errors import SourceError
from custodiet.sources.tables.columns import (
    Headings,
    column_letters,
    column_words,
    guess_kind,
    heading_key,
    known_headings,
    map_columns,
    name_columns,
)
from custodiet.sources.tables.plan import words


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Merk", "brand"),
        ("FABRIKANT ", "manufacturer"),
        ("Fabrikaat", "brand"),
        ("Device type", "class"),
        ("Role", "class"),
        ("Location", "site"),
        ("cf_custodiet_id", "custodiet_id"),
        ("Serie-nr.", "serial"),
        ("S/N", "serial"),
        ("MAC-adres camera", "mac"),
        ("IP adres (huidig)", "ip"),
        ("Aankoopdatum (dd-mm-jjjj)", "bought_on"),
        ("Ingebruikname", "installed_on"),
        ("Geïnstalleerd op", "installed_on"),
        ("Gebäude", "site"),
        ("N° de série", "serial"),
        ("Firmware versie", "firmware"),
        ("Soort apparaat", "class"),
        ("Leverancier", "supplier"),
        ("Qty", "quantity"),
        ("Ordernummer", "contract"),
        ("Op netwerk?", "networked"),
        ("Ruimte", "location"),
        ("Hostname", "hostname"),
        ("Asset tag", "tag"),
        ("Verwijderd op", "removed_on"),
        ("Removal date", "removed_on"),
        ("Land van herkomst", "made_in"),
        ("Country of origin", "made_in"),
        ("Chipset", "component"),
        ("Certificaatnummer", "certificate"),
        ("Gegevens naar", "data_goes_to"),
        ("Data goes to", "data_goes_to"),
        ("Beheerd vanuit", "administered_from"),
        ("Administered from", "administered_from"),
        ("Merk en type", "text"),
        ("Stukprijs", ""),
        ("Wachtwoord", ""),
        ("", ""),
    ],
)
def test_heading_means_its_field(heading: str, field: str) -> None:
    assert map_columns([heading], [[]], words()) == [field]


def test_type_is_the_model_unless_another_column_is() -> None:
    assert map_columns(["Merk", "Type"], [], words()) == ["brand", "model"]
    assert map_columns(["Type", "Model"], [], words()) == ["class", "model"]


def test_the_device_type_of_netbox_is_the_model_and_the_role_the_kind() -> None:
    table = ["name", "role", "manufacturer", "device_type", "serial", "asset_tag", "site", "location", "rack"]
    fields = ["name", "class", "manufacturer", "model", "serial", "tag", "site", "location", ""]
    assert map_columns(table, [], words()) == fields
    assert map_columns(table[::-1], [], words()) == fields[::-1]
    assert map_columns(["Model", "Role", "Device type"], [], words()) == ["model", "text", "class"]


def test_vendor_and_date_depend_on_the_kind_of_table() -> None:
    assert map_columns(["Vendor", "Date"], [], words()) == ["brand", "installed_on"]
    assert map_columns(["Vendor", "Date"], [], words(), kind="purchase_record") == ["supplier", "bought_on"]


def test_content_decides_where_the_heading_leaves_room() -> None:
    ips = ["10.0.0.5", "10.0.0.6", "n.v.t."]
    assert map_columns(["Adres"], [ips], words()) == ["ip"]
    assert map_columns(["Adres"], [["Dorpsstraat 1"]], words()) == ["location"]
    assert map_columns(["xyz"], [["00-11-22-33-44-55", "", "001122334456"]], words()) == ["mac"]
    assert map_columns(["Serienummer"], [["001122334455"]], words()) == ["serial"]


def test_names_some_of_which_are_addresses_are_names() -> None:
    some = ["10.0.0.5", "10.0.0.6", "10.0.0.7", "cam-hall"]
    assert map_columns(["name"], [some], words()) == ["name"]
    assert map_columns(["Hostname"], [some], words()) == ["hostname"]
    assert map_columns(["name"], [some[:3]], words()) == ["ip"]


def test_what_was_meant_as_an_address_makes_a_column_of_addresses() -> None:
    assert map_columns(["Adres"], [["999.1.1.1"]], words()) == ["ip"]
    assert map_columns(["Adres"], [["Dorpsstraat 1", "Kade 2", "999.1.1.1"]], words()) == ["location"]


def test_what_the_user_said_wins_and_may_ignore() -> None:
    said = {"Merk": "", "vrij veld 1": "model"}
    assert map_columns(["Merk", "Vrij veld-1"], [], words(), said=said) == ["", "model"]
    with pytest.raises(SourceError, match="Use one of: brand"):
        map_columns(["Merk"], [], words(), said={"Merk": "vendor"})


def test_a_heading_of_another_format_has_fields_of_its_own() -> None:
    assert map_columns(["Merk"], [], words(), said={"where": "address", "page": "http.title"}) == ["brand"]


def test_kind_of_a_table() -> None:
    assert guess_kind(["Merk", "Model", "Locatie"], words()) == "register"
    assert guess_kind(["Merk", "Serienummer", "MAC", "Leverancier", "Aankoopdatum"], words()) == "register"
    assert guess_kind(["Omschrijving", "Aantal", "Prijs"], words()) == "purchase_record"
    assert guess_kind(["PO number", "Supplier", "Description"], words()) == "purchase_record"


def test_names_of_columns_are_unique_and_never_empty() -> None:
    assert name_columns(["MAC", "", "MAC", "x"]) == ["MAC", "column B", "MAC (2)", "x"]
    assert name_columns(["Merk / Type", "Merk / Type"]) == ["Merk", "Type"]
    assert name_columns(["Merk en model", "Merk en model", "Merk en model"])[0] == "Merk en model"
    assert [column_letters(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_long_cells_are_no_headings() -> None:
    assert known_headings(["Merk", "Model", "Merk"], words()) == 2
    assert known_headings(["merk " + "x" * 100], words()) == 0


def test_vocabulary_refuses_a_heading_with_two_meanings() -> None:
    with pytest.raises(ValueError, match="means brand and model"):
        column_words(Headings(fields={"brand": ("Merk",), "model": ("merk.",)}))


def test_every_field_is_an_attribute_of_a_register() -> None:
    attributes = load_catalog().attributes
    assert {f"register.{field}" for field in words().fields} <= set(attributes)
    assert (default_folder() / "vocabulary" / "columns.yml").is_file()


def test_no_heading_is_hidden_by_noise() -> None:
    vocabulary = words()
    assert not vocabulary.noise & (vocabulary.by_heading.keys() | vocabulary.ambiguous.keys())
    assert heading_key("Série-Nr.") == "serienr"
