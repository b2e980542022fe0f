"""``custodiet explain`` as page and JSON, and worked out again by somebody who has nothing but the JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from story import REGISTER, Told, Town, camera_capture, custodiet, scan, town


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Town:
    home = town(tmp_path_factory.mktemp("town"))
    home.put("camera.pcap", camera_capture())
    home.put("scan.xml", scan())
    home.put("register.csv", REGISTER.encode("cp1252"))
    assert home.audit("-q", "--case", home.folder / "c.sqlite").code == 3
    return home


def explain(home: Town, *flags: object, asset: str = "10.0.0.5") -> Told:
    return custodiet("explain", asset, "--case", home.folder / "c.sqlite", *flags)


@pytest.fixture(scope="module")
def written(home: Town) -> Path:
    path = home.folder / "dossier.json"
    assert explain(home, "--format", "json", "--out", path).code == 0
    return path


def test_json_on_the_terminal_and_in_a_file_are_one(home: Town, written: Path) -> None:
    assert explain(home, "--json").out == written.read_text()


def test_the_users_own_records_are_read_again_without_naming_them(written: Path) -> None:
    plain = json.loads(written.read_text())
    assert plain["judged_with"] == plain["catalog"]
    assert [record["id"] for record in plain["records"]["fingerprints"]] == ["acme-server"]
    assert [(o["attribute"], o["locator"]) for o in plain["observations"] if o["attribute"] == "ssdp.server"] == [
        ("ssdp.server", "packet 1")
    ]
    assert len(plain["sources"]) == 2


def test_it_is_worked_out_again_from_the_file_alone(
    written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("custodiet.catalog.load.load_catalog", None)
    told = custodiet("explain", "--recompute", written)
    assert told.code == 0, told.err
    assert "Agrees: every answer follows" in told.out
    assert "weighed with strong at" in told.out


def test_a_changed_file_does_not_agree_and_says_where(written: Path, tmp_path: Path) -> None:
    path = tmp_path / "forged.json"
    path.write_text(written.read_text().replace("AcmeCam/1.0 AC-1234", "AcmeCam/2.0 AC-1234"))
    told = custodiet("explain", "--recompute", path)
    assert told.code == 5
    assert "differs: the digest does not fit" in told.out
    assert "is not what its id was made of" in told.out
    as_json = custodiet("explain", "--recompute", path, "--json")
    assert as_json.code == 5
    assert as_json.json["agrees"] is False
    assert len(as_json.json["differences"]) >= 2


@pytest.mark.parametrize("data", [b"", b"{}", b"\x00\xff", b"[" * 50_000])
def test_what_is_no_dossier_is_an_error_of_one_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(data)
    told = custodiet("explain", "--recompute", path)
    assert told.code == 1
    assert len(told.complaints) == 1
    assert str(path) in told.err


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    assert custodiet("explain", "--recompute", tmp_path / "none.json").code == 1


def test_the_page_holds_the_answer_its_record_and_its_place(home: Town, tmp_path: Path) -> None:
    path = tmp_path / "d.html"
    assert explain(home, "--format", "html", "--out", path).code == 0
    page = path.read_text()
    for part in ("Acme Cameras Ltd", "<code>acme-server</code>", "packet 1", "--recompute", "<mark>AcmeCam/</mark>"):
        assert part in page, part
    assert explain(home, "--format", "html").out == page


def test_the_tree_can_be_kept_in_a_file(home: Town, tmp_path: Path) -> None:
    path = tmp_path / "d.txt"
    assert explain(home, "--out", path).code == 0
    assert "Acme Cameras Ltd" in path.read_text()
    assert "\x1b" not in path.read_text()


@pytest.mark.parametrize("width", ["40", "80"])
def test_no_line_of_the_tree_is_wider_than_the_terminal(
    home: Town, width: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    for asset in ("10.0.0.5", "10.0.0.7", "10.0.0.9"):
        assert max(map(len, explain(home, "-vv", asset=asset).out.splitlines())) <= int(width)


def test_records_that_changed_since_are_told(home: Town, tmp_path: Path) -> None:
    other = tmp_path / "catalog"
    (other / "companies").mkdir(parents=True)
    (other / "companies" / "newcomer.yml").write_text("id: newcomer\nname: Newcomer Ltd\n")
    told = explain(home, "--catalog", other)
    assert "The device was judged with catalog" in told.out


@pytest.mark.parametrize("arguments", [[], ["10.0.0.5"], ["--case", "c.sqlite"], ["10.0.0.5", "--recompute", "x.json"]])
def test_what_is_missing_or_too_much_is_said(arguments: list[str]) -> None:
    told = custodiet("explain", *arguments)
    assert told.code == 2
    assert "custodiet" in told.err
