"""Lists that a user has on disk become drafts in a folder of their own, and never knowledge by themselves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from custodiet.catalog.contents import Catalog
from custodiet.catalog.imports import Imported, import_list, write_drafts
from custodiet.catalog.load import load_catalog
from custodiet.errors import SourceError, UsageError
from small import catalog, fingerprint, write

FLAW = {
    "vulnerabilities/CVE-2021-1234.yml": (
        "id: CVE-2021-1234\ntitle: a flaw\ncompanies: [acme]\nmore_affected: true\nexploited: unknown\nlogin: none\n"
        "references: [{ where: list, read: 2022 }]\nadded: 2022-01-01\n"
    )
}
HEADINGS = "Registry,Assignment,Organization Name,Organization Address\n"


@pytest.fixture
def known(tmp_path: Path) -> Catalog:
    rule = fingerprint("model-sees", "device.model", "{ brand: sees }", equals="[AC-1]")
    return catalog(tmp_path / "catalog", FLAW, rule)


def imported(folder: Path, text: str | bytes, known: Catalog, *registrants: str) -> Imported:
    path = folder / "list"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return import_list(path, known, on="2026-11-21", registrants=registrants)[1]


# --- IEEE -----------------------------------------------------------------------------------------------------------


def test_new_blocks_of_a_registrant_we_know_are_added_to_its_record(tmp_path: Path, known: Catalog) -> None:
    found = imported(tmp_path, HEADINGS + 'MA-L,00005E,"ACME Cameras",x\nMA-L,00005F,"Acme Cameras",x\n', known)
    (draft,) = found.drafts
    assert draft.kind == "address_blocks"
    assert draft.record.id == "acme"
    assert draft.record.blocks == ("00005E", "00005F")
    assert draft.record.says == {"manufacturer": "acme"}
    assert draft.record.references[-1].read == "2026-11-21"
    assert "00005F" in draft.confirm[0] and "00005E" not in draft.confirm[0]


def test_a_registrant_without_a_record_says_nothing_of_who_made(tmp_path: Path, known: Catalog) -> None:
    (draft,) = imported(tmp_path, HEADINGS + "MA-M,0000601,Rival Optics,x\n", known).drafts
    assert (draft.record.id, draft.record.company, draft.record.says) == ("rival", "rival", {})


def test_registrants_nobody_asked_for_are_left_out(tmp_path: Path, known: Catalog) -> None:
    text = HEADINGS + "MA-L,000061,Nobody Ltd,x\nMA-L,00005F,Acme Cameras,x\n"
    assert [d.record.registrant for d in imported(tmp_path, text, known).drafts] == ["ACME CAMERAS"]
    assert [d.record.registrant for d in imported(tmp_path, text, known, "nobody").drafts] == ["Nobody Ltd"]


def test_blocks_that_are_known_say_nothing_new(tmp_path: Path, known: Catalog) -> None:
    found = imported(tmp_path, HEADINGS + "MA-L,00005E,Acme Cameras,x\n", known)
    assert (found.drafts, found.known, found.notes) == ([], 1, [])


def test_a_block_that_the_list_gives_to_another_is_told(tmp_path: Path, known: Catalog) -> None:
    notes = imported(tmp_path, HEADINGS + "MA-L,00005E,Rival Optics,x\nMA-L,00005F,Acme Cameras,x\n", known).notes
    assert any("00005E of Rival Optics stands in our record acme" in note for note in notes)
    assert any("acme has 1 block(s) that this list does not give to it: 00005E" in note for note in notes)


def test_a_broken_row_is_told_and_the_rest_is_read(tmp_path: Path, known: Catalog) -> None:
    found = imported(tmp_path, HEADINGS + "MA-L,xyz,Acme,x\nMA-L\n\nMA-L,00005F,Acme Cameras,x\n", known)
    assert len(found.drafts) == 1
    assert len(found.notes) >= 2


# --- KEV ------------------------------------------------------------------------------------------------------------


def kev(*entries: str) -> str:
    return (
        '{"catalogVersion":"2026.11.20","dateReleased":"2026-11-20T00:00:00Z","vulnerabilities":['
        + ",".join(entries)
        + "]}"
    )


def entry(id: str, vendor: str = "Acme Cameras Ltd", added: str = "2026-10-01") -> str:
    told = {"cveID": id, "vendorProject": vendor, "product": "Cam", "vulnerabilityName": "Flaw", "dateAdded": added}
    return json.dumps(told)


def test_a_flaw_that_came_on_the_list_gets_its_date(tmp_path: Path, known: Catalog) -> None:
    (draft,) = imported(tmp_path, kev(entry("CVE-2021-1234")), known).drafts
    assert draft.kind == "vulnerabilities"
    told = draft.record
    assert (told.exploited, told.exploited_since, told.exploited_read) == ("listed", "2026-10-01", "2026-11-20")
    assert told.title == "a flaw"
    assert draft.confirm == ("that it is on the list since 2026-10-01; our record says unknown",)


def test_a_flaw_of_a_maker_we_know_is_drafted_with_all_that_is_open(tmp_path: Path, known: Catalog) -> None:
    (draft,) = imported(tmp_path, kev(entry("CVE-2026-9999"), entry("CVE-2026-9998", "Nobody")), known).drafts
    assert draft.record.companies == ("acme",)
    assert draft.record.affected == () and draft.record.more_affected
    assert any("models and builds" in point for point in draft.confirm)


@pytest.mark.parametrize("bad", [entry("../../x"), entry("CVE-2026-9999", added="soon"), "1", "[]", "{}"])
def test_an_entry_without_number_and_date_is_told(tmp_path: Path, known: Catalog, bad: str) -> None:
    found = imported(tmp_path, kev(bad), known)
    assert found.drafts == []
    assert found.notes == ["entry 1 has no number and date of its own"]


def test_a_list_that_is_none_is_refused(tmp_path: Path, known: Catalog) -> None:
    with pytest.raises(SourceError, match="no list of vulnerabilities"):
        imported(tmp_path, '{"catalogVersion":"1","vulnerabilities":{}}', known)


# --- NetBox ---------------------------------------------------------------------------------------------------------


def test_a_model_nobody_reads_yet_is_drafted_as_a_lead_and_a_label(tmp_path: Path, known: Catalog) -> None:
    (draft,) = imported(tmp_path, "manufacturer: SeeS\nmodel: ZZ-9\nslug: zz-9\npart_number: ZZ9\n", known).drafts
    told = draft.record
    assert told.when.equals == ("ZZ-9", "ZZ9")
    assert told.says == {"brand": "sees", "model": "ZZ-9"}
    assert (told.strength, told.shelf) == ("lead", True)


def test_a_model_that_is_read_says_nothing_new(tmp_path: Path, known: Catalog) -> None:
    found = imported(tmp_path, "manufacturer: SeeS\nmodel: AC-1\nslug: ac-1\n", known)
    assert (found.drafts, found.known) == ([], 1)


def test_a_maker_nobody_knows_is_told(tmp_path: Path, known: Catalog) -> None:
    found = imported(tmp_path, "manufacturer: Nobody\nmodel: X\nslug: x\n", known)
    assert found.drafts == []
    assert "no brand of ours is called 'Nobody'" in found.notes[0]


@pytest.mark.parametrize("text", ["manufacturer: &a A\nmodel: *a\nslug: x\n", "manufacturer: [A]\nmodel: x\nslug: x\n"])
def test_yaml_that_is_more_than_plain_is_refused(tmp_path: Path, known: Catalog, text: str) -> None:
    with pytest.raises(SourceError):
        imported(tmp_path, text, known)


# --- all ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"hello", b"\x00\x01", b"{}"])
def test_what_is_no_such_list_is_refused(tmp_path: Path, known: Catalog, data: bytes) -> None:
    with pytest.raises(SourceError, match="not one that is imported"):
        imported(tmp_path, data, known)


def test_drafts_are_written_once_and_never_over_anything(tmp_path: Path, known: Catalog) -> None:
    found = imported(tmp_path, kev(entry("CVE-2021-1234")), known)
    (path,) = write_drafts(tmp_path / "out", found.drafts).new
    assert path == tmp_path / "out/vulnerabilities/CVE-2021-1234.yml"
    assert path.read_text().startswith("# A draft. Before it may go into the catalog, confirm:\n# - that it is on")
    path.write_text("mine")
    again = write_drafts(tmp_path / "out", found.drafts)
    assert (again.new, again.stood) == ([], [path])
    assert path.read_text() == "mine"


def test_a_draft_can_be_read_as_a_record(tmp_path: Path, known: Catalog) -> None:
    found = imported(tmp_path, HEADINGS + "MA-L,00005F,Acme Cameras,x\n", known)
    write_drafts(tmp_path / "out", found.drafts)
    both = load_catalog([tmp_path / "catalog", tmp_path / "out"], use_cache=False)
    assert both.address_blocks["acme"].blocks == ("00005E", "00005F")


def test_a_catalog_is_no_place_for_drafts(tmp_path: Path, known: Catalog) -> None:
    found = imported(tmp_path, kev(entry("CVE-2021-1234")), known)
    write(tmp_path / "mine", {"vocabulary/attributes.yml": "[]"})
    with pytest.raises(UsageError, match="this is a catalog"):
        write_drafts(tmp_path / "mine", found.drafts)
