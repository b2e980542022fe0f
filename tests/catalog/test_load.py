from __future__ import annotations

from pathlib import Path

import pytest

from catalog.factories import FINGERPRINT, blocks, company, fingerprint, small_catalog, vocabulary, write
from custodiet.catalog import load_catalog
from custodiet.errors import CatalogError


def refused(folder: Path, *more: Path) -> CatalogError:
    with pytest.raises(CatalogError) as caught:
        load_catalog([folder, *more], use_cache=False)
    return caught.value


def test_a_catalog_is_read(tmp_path: Path) -> None:
    catalog = load_catalog([small_catalog(tmp_path)], use_cache=False)
    assert [f.id for f in catalog.fingerprints] == ["rtsp-server-example"]
    assert catalog.by_attribute("rtsp.server") == catalog.fingerprints
    assert catalog.by_attribute("http.server") == ()
    assert catalog.records("example-optics")["companies"] == catalog.companies["example-optics"]
    assert catalog.fingerprint("nobody") is None
    assert catalog.surveillance("camera") is True
    assert catalog.surveillance("toaster") is None
    assert len(catalog.version) == 12


def test_the_version_follows_the_content_and_not_the_files(tmp_path: Path) -> None:
    one = load_catalog([small_catalog(tmp_path / "a")], use_cache=False)
    two = load_catalog([small_catalog(tmp_path / "b")], use_cache=False)
    company(tmp_path / "b", "another")
    three = load_catalog([tmp_path / "b"], use_cache=False)
    assert one.version == two.version != three.version


def test_an_unknown_key_is_told_with_line_and_nearest_key(tmp_path: Path) -> None:
    small_catalog(tmp_path)
    path = write(tmp_path, "companies/acme.yml", "id: acme\nname: Acme\nrelatons: []\n")
    error = refused(tmp_path)
    assert error.place == f"{path}:3"
    assert "unknown key relatons" in error.reason
    assert error.next_step == "Did you mean relations?"


def test_an_unknown_key_deep_inside_is_told_with_its_line(tmp_path: Path) -> None:
    small_catalog(tmp_path)
    text = FINGERPRINT.format(id="x", attribute="rtsp.server", regex="a(?P<firmware>b)", maker="example-optics")
    path = write(tmp_path, "fingerprints/rtsp.server/x.yml", text.replace("  regex:", "  regexp:"))
    error = refused(tmp_path)
    assert error.place == f"{path}:4"
    assert error.next_step == "Did you mean regex?"


def test_a_missing_key_is_told(tmp_path: Path) -> None:
    small_catalog(tmp_path)
    write(tmp_path, "companies/acme.yml", "id: acme\n")
    assert "the key name is missing" in refused(tmp_path).reason


def test_a_wrong_file_name_is_told_with_both_remedies(tmp_path: Path) -> None:
    small_catalog(tmp_path)
    company(tmp_path, "acme").rename(tmp_path / "companies/acmee.yml")
    error = refused(tmp_path)
    assert "acmee.yml" in error.reason
    assert "acme.yml" in error.next_step


@pytest.mark.parametrize(
    ("changed", "reason", "next_step"),
    [
        ({"attribute": "rtsp.sever"}, "rtsp.sever is not a known attribute", "Did you mean rtsp.server?"),
        ({"regex": "(?P<firmware>a"}, "not a regular expression", "Correct it"),
        ({"regex": "a(?P<firmwre>b)"}, "firmware is not a known named group", "Did you mean firmwre?"),
        ({"regex": ""}, "either a regex or equals", "exactly one"),
    ],
)
def test_a_fingerprint_that_cannot_be_used_is_refused(
    tmp_path: Path, changed: dict[str, str], reason: str, next_step: str
) -> None:
    small_catalog(tmp_path)
    fingerprint(tmp_path, "broken", **changed)
    error = refused(tmp_path)
    assert reason in error.reason
    assert next_step in error.next_step


def test_a_word_without_weight_is_refused(tmp_path: Path) -> None:
    small_catalog(tmp_path)
    path = fingerprint(tmp_path, "broken")
    path.write_text(path.read_text().replace("strength: strong", "strength: stong"))
    error = refused(tmp_path)
    assert error.place == f"{path}:7"
    assert error.next_step == "Did you mean strong?"


def test_a_record_in_the_folder_of_another_attribute_is_refused(tmp_path: Path) -> None:
    small_catalog(tmp_path)
    path = fingerprint(tmp_path, "stray")
    (tmp_path / "fingerprints/http.server").mkdir()
    path.rename(tmp_path / "fingerprints/http.server/stray.yml")
    assert "Move it to fingerprints/rtsp.server/" in refused(tmp_path).next_step


@pytest.mark.parametrize("block", ["58:50:ED", "5850ed", "5850", "GGGGGG", "'5850ED12'"])
def test_a_block_that_is_no_block_is_refused(tmp_path: Path, block: str) -> None:
    small_catalog(tmp_path)
    blocks(tmp_path, "acme", block if ":" not in block else f"'{block}'")
    assert "is no MAC block" in refused(tmp_path).reason


def test_scalars_stay_text(tmp_path: Path) -> None:
    """NO is Norway, 0000 keeps its zeros, a date stays as written, 1E2345 is no number."""
    small_catalog(tmp_path)
    company(tmp_path, "nordic", more="seat: NO\nnote: 0000\n")
    blocks(tmp_path, "nordic", "1E2345", "000000")
    catalog = load_catalog([tmp_path], use_cache=False)
    assert catalog.companies["nordic"].seat == "NO"
    assert catalog.companies["nordic"].note == "0000"
    assert catalog.companies["nordic"].added == "2025-01-31"
    assert catalog.address_blocks["nordic"].blocks == ("1E2345", "000000")


def test_a_misspelt_folder_is_refused(tmp_path: Path) -> None:
    small_catalog(tmp_path)
    (tmp_path / "fingerprnts").mkdir()
    assert refused(tmp_path).next_step == "Did you mean fingerprints?"


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    assert "no such catalog folder" in refused(tmp_path / "nowhere").reason


def test_the_same_word_twice_is_refused(tmp_path: Path) -> None:
    vocabulary(tmp_path)
    path = write(tmp_path, "vocabulary/demands.yml", "- { id: a, means: b }\n- { id: a, means: c }\n")
    assert refused(tmp_path).place == f"{path}:2"


@pytest.mark.parametrize("content", [b"id: [", b"\xff\xfe", b"", b"- a\n- b\n", b"id: &a [*a]\n", b"a: " + b"[" * 5000])
def test_a_broken_file_is_an_error_with_a_place(tmp_path: Path, content: bytes) -> None:
    small_catalog(tmp_path)
    path = tmp_path / "companies/broken.yml"
    path.write_bytes(content)
    error = refused(tmp_path)
    assert error.place.startswith(str(path))
    assert error.next_step


def test_a_huge_file_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    small_catalog(tmp_path)
    write(tmp_path, "companies/huge.yml", "# " + "x" * 1_000_001)
    assert "has at most" in refused(tmp_path).reason


def test_a_users_folder_adds_and_wins_and_that_is_told(tmp_path: Path) -> None:
    ours, theirs = small_catalog(tmp_path / "ours"), tmp_path / "theirs"
    company(theirs, "example-optics", name="Renamed Optics")
    company(theirs, "local-maker")
    catalog = load_catalog([ours, theirs], use_cache=False)
    assert catalog.companies["example-optics"].name == "Renamed Optics"
    assert "local-maker" in catalog.companies
    assert [issue.severity for issue in catalog.issues] == ["note"]
    assert "replaces" in catalog.issues[0].reason


def test_a_broken_record_of_the_user_does_not_stop_the_others(tmp_path: Path) -> None:
    ours, theirs = small_catalog(tmp_path / "ours"), tmp_path / "theirs"
    write(theirs, "companies/bad.yml", "id: bad\nnaam: x\n")
    company(theirs, "good")
    assert "unknown key naam" in refused(ours, theirs).reason
    catalog = load_catalog([ours, theirs], strict=False, use_cache=False)
    assert "good" in catalog.companies
    assert "bad" not in catalog.companies
    (issue,) = catalog.issues
    assert issue.severity == "incomplete"
    assert issue.place == "line 2"
    assert issue.next_step == "Did you mean name?"


def test_the_same_id_twice_in_one_folder_is_a_mistake(tmp_path: Path) -> None:
    small_catalog(tmp_path)
    fingerprint(tmp_path, "rtsp-server-example", attribute="http.server")
    assert "stands twice" in refused(tmp_path).reason
