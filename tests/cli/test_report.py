"""``custodiet report``: the same result again in any format, after the inputs are gone."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from english import left
from story import REGISTER, Town, camera_capture, custodiet, scan, town


@pytest.fixture
def audited(tmp_path: Path) -> Town:
    """A town that was audited with a case and reports, and has lost its inputs since."""
    home = town(tmp_path)
    home.put("camera.pcap", camera_capture())
    home.put("scan.xml", scan())
    home.put("register.csv", REGISTER.encode("cp1252"))
    home.put("notes.bin", b"\x00nothing we know")
    assert home.audit("-q", "--case", tmp_path / "c.sqlite", "--out", tmp_path / "out").code == 3
    shutil.rmtree(home.inputs)
    return home


def test_every_format_shows_the_same_result_again(audited: Town) -> None:
    case, first, again = audited.folder / "c.sqlite", audited.folder / "out", audited.folder / "again"
    again.mkdir()
    for format, name in (("json", "assessment.json"), ("csv", "findings.csv"), ("html", "report.html")):
        told = custodiet(
            "report", "--case", case, "--format", format, "--out", again / name, "--catalog", audited.catalog
        )
        assert told.code == 0, told.err
        assert (again / name).read_bytes() == (first / name).read_bytes(), name


def rows_of(path: Path) -> list[list[list[object]]]:
    book = CalamineWorkbook.from_path(path)
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def test_the_workbook_holds_the_same_cells_again(audited: Town) -> None:
    target = audited.folder / "again.xlsx"
    custodiet("report", "--case", audited.folder / "c.sqlite", "--format", "xlsx", "--out", target,
              "--catalog", audited.catalog)  # fmt: skip
    assert rows_of(target) == rows_of(audited.folder / "out" / "findings.xlsx")


def test_json_and_csv_go_to_the_terminal_without_a_file(audited: Town) -> None:
    case = audited.folder / "c.sqlite"
    told = custodiet("report", "--case", case, "--format", "json", "--catalog", audited.catalog)
    assert told.json == json.loads((audited.folder / "out" / "assessment.json").read_text())
    told = custodiet("report", "--case", case, "--format", "csv", "--catalog", audited.catalog)
    table = list(csv.reader(io.StringIO(told.out.removeprefix("\ufeff"))))
    assert any("10.0.0.5" in cell for row in table for cell in row)


def test_without_a_name_a_page_gets_its_usual_one(audited: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(audited.folder)
    told = custodiet("report", "--case", "c.sqlite")
    assert told.out == "Written: report.html\n"
    assert (audited.folder / "report.html").is_file()


def test_what_was_skipped_is_still_told(audited: Town) -> None:
    told = custodiet("report", "--case", audited.folder / "c.sqlite", "--format", "json")
    assert [Path(issue["source"]).name for issue in told.json["skipped"]] == ["notes.bin"]


def test_a_case_in_which_nothing_was_concluded_yet_says_so(tmp_path: Path) -> None:
    from custodiet.casefile import Case

    with Case(tmp_path / "c.sqlite"):
        pass
    for command in (["report"], ["explain", "10.0.0.5"]):
        told = custodiet(*command, "--case", tmp_path / "c.sqlite")
        assert told.code == 2
        assert told.out == ""


def test_a_report_that_cannot_be_written_leaves_the_old_one(audited: Town) -> None:
    target = audited.folder / "folder"
    (target / "inside").mkdir(parents=True)
    told = custodiet("report", "--case", audited.folder / "c.sqlite", "--format", "json", "--out", target)
    assert told.code == 2
    assert f"{target}: this is a folder" in told.err
    assert [path.name for path in target.iterdir()] == ["inside"]
    assert not [path for path in audited.folder.iterdir() if path.name.startswith(".folder")]


def test_all_formats_go_into_a_folder(audited: Town) -> None:
    case, first, again = audited.folder / "c.sqlite", audited.folder / "out", audited.folder / "all"
    told = custodiet("report", "--case", case, "--format", "all", "--out", again, "--catalog", audited.catalog)
    assert told.code == 0, told.err
    assert {path.name for path in again.iterdir()} == {path.name for path in first.iterdir()}
    assert (again / "assessment.json").read_bytes() == (first / "assessment.json").read_bytes()


def test_the_page_is_written_in_dutch_and_files_for_programs_stay_english(audited: Town) -> None:
    case, first, again = audited.folder / "c.sqlite", audited.folder / "out", audited.folder / "nl"
    told = custodiet("report", "--case", case, "--format", "all", "--language", "nl", "--out", again,
                     "--catalog", audited.catalog)  # fmt: skip
    assert told.code == 0, told.err
    for name in ("assessment.json", "findings.csv"):
        assert (again / name).read_bytes() == (first / name).read_bytes(), name
    assert rows_of(again / "findings.xlsx") == rows_of(first / "findings.xlsx")
    page = (again / "report.html").read_text(encoding="utf-8")
    assert '<html lang="nl">' in page
    assert not list(left(page.replace(str(audited.inputs), "").encode()))
    told = custodiet("audit", "--case", case, "--language", "nl", "--out", audited.folder / "at-once", audited.inputs,
                     "--catalog", audited.catalog)  # fmt: skip
    assert '<html lang="nl">' in (audited.folder / "at-once" / "report.html").read_text(encoding="utf-8"), told.err
    told = custodiet("explain", "10.0.0.5", "--case", case, "--format", "html", "--language", "nl",
                     "--catalog", audited.catalog)  # fmt: skip
    assert '<html lang="nl">' in told.out
    assert not list(left(told.out.replace(str(audited.inputs), "").encode()))


@pytest.mark.parametrize(
    "asked",
    [
        ("report", "--language", "tlh"),
        ("report", "--format", "json", "--language", "nl"),
        ("explain", "10.0.0.5", "--language", "nl"),
        ("explain", "10.0.0.5", "--json", "--format", "html", "--language", "nl"),
        ("audit", "no-such-file", "--language", "nl"),
    ],
)
def test_a_language_that_is_not_there_is_refused(tmp_path: Path, asked: tuple[str, ...]) -> None:
    told = custodiet(*asked, "--case", tmp_path / "c.sqlite")
    assert told.code == 2
    assert "--language" in told.err
