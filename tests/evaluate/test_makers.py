"""The same company by another name, and names that only look alike."""

from __future__ import annotations

import pytest

from custodiet.evaluate.makers import Makers
from small import catalog

COMPANIES = [
    {"companies/hp.yml": "id: hp\nname: HP Inc.\n"},
    {"companies/hpe.yml": "id: hpe\nname: Hewlett Packard Enterprise\n"},
    {"companies/samsung.yml": "id: samsung\nname: 'Samsung Electronics Co., Ltd.'\nnames: [Samsung]\n"},
    {"companies/hanwha.yml": "id: hanwha\nname: Hanwha Vision\nnames: [Samsung Techwin]\n"},
    {"companies/heir.yml": "id: heir\nname: Heir\nrelations:\n  - { kind: succeeds, to: rival }\n"},
    {"companies/owner.yml": "id: owner\nname: Owner\nrelations:\n  - { kind: owns, to: rival }\n"},
]


@pytest.fixture(scope="module")
def makers(tmp_path_factory: pytest.TempPathFactory) -> Makers:
    return Makers(catalog(tmp_path_factory.mktemp("catalog"), *COMPANIES))


@pytest.mark.parametrize(
    ("said", "truth", "why"),
    [
        ("acme", "Acme", "name"),
        ("acme", "ACME Cameras, Ltd.", "name"),
        ("acme", "acme cameras", "name"),
        ("samsung", "SAMSUNG ELECTRONICS CO.,LTD", "name"),
        ("acme", "See-S", "brand"),
        ("heir", "Rival Optics", "successor"),
        ("rival", "Heir", "successor"),
        ("acme", "Rival Optics or Acme", "name"),
        ("acme", "Rival Optics / Acme", "name"),
        ("acme", "Acme (by its own statement)", "name"),
        ("acme-home", "Acme group", "group"),
        ("Zorg AB", "ZORG", "name"),
    ],
)
def test_the_same_company(makers: Makers, said: str, truth: str, why: str) -> None:
    assert makers.same(said, truth) == why


@pytest.mark.parametrize(
    ("said", "truth"),
    [
        ("acme", "Rival Optics"),
        ("hpe", "HP"),
        ("hp", "HPE"),
        ("hanwha", "Samsung"),
        ("samsung", "Samsung Techwin"),
        ("acme-home", "Acme"),
        ("acme", "Acme Home Ltd"),
        ("owner", "Rival Optics"),
        ("acme", ""),
        ("acme", "()"),
        ("Zorg", "Zorglub"),
    ],
)
def test_another_company(makers: Makers, said: str, truth: str) -> None:
    assert makers.same(said, truth) == ""


def test_one_group_is_said_and_is_not_the_same(makers: Makers) -> None:
    assert makers.group("acme-home", "Acme")
    assert not makers.group("rival", "Acme")


def test_names_that_the_catalog_does_not_know_are_told(makers: Makers) -> None:
    assert makers.known("See-S")
    assert makers.known("Acme Cameras")
    assert not makers.known("Zorg")
