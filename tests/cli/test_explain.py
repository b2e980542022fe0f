"""``custodiet explain``: found by whatever people call a device, and shown as a tree that can be walked back."""

from __future__ import annotations

from pathlib import Path

import pytest

from story import MAKER_MAC, REGISTER, Told, camera_capture, custodiet, scan, town


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = town(tmp_path_factory.mktemp("town"))
    home.put("camera.pcap", camera_capture())
    home.put("scan.xml", scan())
    home.put("register.csv", REGISTER.replace("IP-adres;", "IP-adres;Serienummer;").replace(
        ";10.0.0.5;", ";10.0.0.5;SN-778899;").replace(";;10.0.0.7;", ";;10.0.0.7;;").encode("cp1252"))  # fmt: skip
    assert home.audit("-q", "--case", home.folder / "c.sqlite").code == 3
    return home.folder / "c.sqlite"


def explain(case: Path, asset: str, *flags: str) -> Told:
    return custodiet("explain", asset, "--case", case, *flags)


def test_a_device_is_found_by_each_of_its_names(case: Path) -> None:
    document = explain(case, "10.0.0.5", "--json").json
    id = document["asset"]["id"]
    for name in (id, MAKER_MAC, MAKER_MAC.upper(), "sn-778899", "SN-778899", "W-1", f" {id} ", "SN-77", id[:12]):
        told = explain(case, name, "--json")
        assert told.code == 0, told.err
        assert told.json["asset"]["id"] == id, name


@pytest.mark.parametrize("mac", ["00-00-5E-00-53-01", "0000.5e00.5301", "00005e005301", "00005E:005301"])
def test_a_mac_address_is_found_in_every_notation_and_no_other(case: Path, mac: str) -> None:
    assert explain(case, mac).code == (2 if mac == "00005E:005301" else 0)


def test_the_full_address_wins_over_longer_ones_that_contain_it(case: Path) -> None:
    assert explain(case, "10.0.0.5").code == 0


def test_a_name_of_several_is_refused_and_names_them(case: Path) -> None:
    told = explain(case, "10.0.0.")
    assert told.code == 2
    assert told.out == ""
    assert "3 devices" in told.err
    for label in ("10.0.0.5", "10.0.0.7", "10.0.0.9"):
        assert f"{label} (ast-" in told.err


def test_a_name_of_nobody_is_refused_and_names_some(case: Path) -> None:
    told = explain(case, "192.168.1.1")
    assert told.code == 2
    assert "10.0.0.5" in told.err


def test_the_tree_says_what_held_where_it_was_seen_and_what_it_means(case: Path) -> None:
    told = explain(case, "10.0.0.5")
    for part in ("Acme Cameras Ltd", "AcmeCam/1.0 AC-1234", "camera.pcap, packet 1", "register.csv, row 2", "SeeS"):
        said = told.out.translate(str.maketrans("│", " ", "«»"))
        assert part in " ".join(said.split()), part


def test_what_speaks_against_is_shown(tmp_path: Path) -> None:
    home = town(tmp_path)
    home.put("camera.pcap", camera_capture())
    home.put("register.csv", f"Omschrijving;Fabrikant;MAC-adres\r\nCamera;Rival Optics;{MAKER_MAC}\r\n")
    case = tmp_path / "c.sqlite"
    home.audit("-q", "--case", case)
    told = custodiet("explain", "10.0.0.5", "--case", case, "--catalog", home.catalog)
    said = " ".join(told.out.replace("│", " ").split())
    assert "against 80% what people wrote" in said
    assert "manufacturer in a register: Rival Optics at" in said
    assert "Acme Cameras Ltd, certain" not in said


def test_more_verbose_shows_more_of_the_same(case: Path) -> None:
    few, more, all_ = (explain(case, "10.0.0.5", *flags).out for flags in ((), ("-v",), ("-vv",)))
    assert "Why this is one device" not in few
    assert "Why this is one device" in more
    assert f"both have MAC address {MAKER_MAC}" in " ".join(more.replace("│", " ").split())
    assert "obs-" in all_
    assert len(few) < len(more) < len(all_)


def test_explaining_changes_nothing(case: Path) -> None:
    before = case.read_bytes()
    explain(case, "10.0.0.5", "-vv")
    assert case.read_bytes() == before


def test_every_citation_of_a_device_is_among_its_evidence(case: Path) -> None:
    entry = explain(case, "10.0.0.5", "--json").json
    there = {observation["id"] for observation in entry["observations"]}
    cited = {
        id
        for conclusion in entry["identification"]["conclusions"]
        for claim in (*conclusion["claims_for"], *conclusion["claims_against"])
        for id in claim["observations"]
    }
    assert cited
    assert cited <= there
