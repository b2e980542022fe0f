"""``custodiet catalog diff`` and ``custodiet catalog import`` through the command line."""

from __future__ import annotations

from pathlib import Path

from story import custodiet, knowledge


def states(tmp_path: Path) -> tuple[Path, Path]:
    from small import catalog

    for name in ("old", "new"):
        catalog(tmp_path / name)
    record = tmp_path / "new" / "companies" / "acme.yml"
    record.write_text(record.read_text().replace("seat: XA", "seat: XC"))
    return tmp_path / "old", tmp_path / "new"


def test_a_change_is_told_in_words_and_as_json(tmp_path: Path) -> None:
    told = custodiet("catalog", "diff", *states(tmp_path))
    assert told.code == 0, told.err
    assert "companies/acme:\n    changed seat from XA to XC\n" in told.out
    assert "0 added, 0 removed, 1 changed." in told.out
    assert "No identification could change." in told.out
    (change,) = custodiet("catalog", "diff", tmp_path / "old", tmp_path / "new", "--json").json["changes"]
    assert change["fields"] == [{"field": "seat", "before": "XA", "after": "XC", "words": "changed seat from XA to XC"}]


def test_what_is_no_catalog_is_refused(tmp_path: Path) -> None:
    told = custodiet("catalog", "diff", tmp_path, tmp_path)
    assert told.code == 1
    assert "git archive" in told.err


def test_an_import_writes_drafts_and_says_what_to_confirm(tmp_path: Path) -> None:
    source = tmp_path / "oui.csv"
    source.write_text(
        "Registry,Assignment,Organization Name,Organization Address\nMA-L,00005D,\x1b[31mAcme Cameras,x\n"
    )
    home = knowledge(tmp_path / "acme")
    told = custodiet("catalog", "import", source, "--out", tmp_path / "out", "--catalog", home, "--registrant", "acme")
    assert told.code == 0, told.err
    assert "confirm" in told.out
    assert "1 draft written" in told.out
    assert "\x1b" not in told.out
    assert len(list((tmp_path / "out/address_blocks").iterdir())) == 1


def test_a_list_that_is_none_and_a_file_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("hello")
    assert custodiet("catalog", "import", tmp_path / "x", "--out", tmp_path / "out").code == 1
    assert custodiet("catalog", "import", tmp_path / "y", "--out", tmp_path / "out").code == 2
    assert not (tmp_path / "out").exists()
