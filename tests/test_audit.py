"""The hops together over one case: repeatable, whatever the order and the clock; and every statement walks back."""

from __future__ import annotations

import json
import sqlite3
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from custodiet.audit import Progress, read_inputs
from custodiet.casefile import Case
from custodiet.sources import READERS
from story import EXAMPLE, REGISTER, Town, camera_capture, custodiet, in_a_process, scan, town, workbook


@pytest.fixture
def home(tmp_path: Path) -> Town:
    made = town(tmp_path)
    made.put("camera.pcap", camera_capture())
    made.put("scan.xml", scan())
    made.put("register.csv", REGISTER.encode("cp1252"))
    made.put("broken.pcap", camera_capture()[:-40])
    made.put("empty.csv", b"")
    workbook(made.inputs / "list.xlsx", [["Omschrijving", "Merk", "Geplaatst op"], ["Camera", "SeeS", "31-12-2023"]])
    return made


def rows(case: Path) -> dict[str, int]:
    db = sqlite3.connect(case)
    tables = [name for (name,) in db.execute("select name from sqlite_schema where type = 'table'")]
    counted = {name: db.execute(f"select count(*) from {name}").fetchone()[0] for name in tables}
    db.close()
    return counted


def test_the_same_command_again_adds_nothing(home: Town) -> None:
    case, out = home.folder / "c.sqlite", home.folder / "out"
    first_code = home.audit("-q", "--case", case, "--out", out).code
    first, counted = (out / "assessment.json").read_bytes(), rows(case)
    assert counted["observation"] > 10
    assert home.audit("-q", "--case", case, "--out", out).code == first_code
    assert (out / "assessment.json").read_bytes() == first
    assert rows(case) == counted


def test_reading_in_two_steps_gives_the_same_as_in_one(home: Town) -> None:
    case = home.folder / "c.sqlite"
    home.audit(home.inputs / "scan.xml", "-q", "--case", case)
    home.audit(home.inputs / "register.csv", home.inputs / "camera.pcap", "-q", "--case", case)
    stepwise = home.audit("--case", case, "--json")
    assert stepwise.out == home.audit("--json").out


def test_the_order_of_inputs_does_not_matter(home: Town) -> None:
    files = sorted(home.inputs.iterdir())
    orders = [files, files[::-1], files[3:] + files[:3]]
    told = {home.audit(*order, "--json").out for order in orders}
    assert len(told) == 1


def test_the_clock_of_the_reader_does_not_matter(home: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {home.audit("--json").out}
    elsewhere = {"TZ": "America/New_York", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    told.add(in_a_process("audit", *home.options, home.inputs, "--json", env=elsewhere, folder=home.folder).out)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        told.add(home.audit("--json").out)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert len(told) == 1


def test_a_source_that_was_read_is_not_read_again(home: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    with Case(home.folder / "c.sqlite") as case:
        inputs = [str(home.inputs / "camera.pcap")]
        read_inputs(case, inputs, READERS, home.folder)
        before = list(case.observations())
        read_inputs(case, inputs, [_forbidden(reader) for reader in READERS], home.folder,
                    progress=Progress(file=lambda name, _size: begun.append(name)))  # fmt: skip
        assert list(case.observations()) == before
    assert begun == inputs


def _forbidden(reader: object) -> object:
    from dataclasses import replace

    def read(*_: object) -> object:
        raise AssertionError("read again")

    return replace(reader, read=read)  # type: ignore[type-var]


def test_progress_is_told_by_file_and_step(home: Town) -> None:
    done: list[int] = []
    with Case(home.folder / "c.sqlite") as case:
        read_inputs(case, [str(home.inputs / "scan.xml")], READERS, home.folder, progress=Progress(done=done.append))
    assert done == sorted(done)
    assert not done or done[-1] <= (home.inputs / "scan.xml").stat().st_size


def test_every_statement_walks_back_to_bytes_that_we_hashed(home: Town) -> None:
    """finding -> answer -> observation -> packet 1 of a capture whose SHA-256 was kept."""
    document = home.audit("--json").json
    entry = document["entries"][0]
    (finding,) = [f for f in entry["findings"] if f["status"] == "not_satisfied"]
    maker = next(answer for answer in finding["answers"] if answer["question"] == "entity")
    evidence = {observation["id"]: observation for observation in entry["evidence"]}
    cited = [evidence[id] for id in maker["evidence"] if id.startswith("obs-")]
    seen = next(observation for observation in cited if observation["attribute"] == "ssdp.server")
    source = next(source for source in document["sources"] if source["id"] == seen["source"])
    data = Path(source["name"]).read_bytes()
    from hashlib import sha256

    assert sha256(data).hexdigest() == source["sha256"]
    assert seen["locator"] == "packet 1"
    length = struct.unpack_from("<I", data, 24 + 8)[0]
    assert seen["value"].encode() in data[40 : 40 + length]


def test_the_totals_add_up(home: Town) -> None:
    totals = home.audit("--json").json["totals"]
    assert totals["surveillance"] + totals["unknown"] + totals["other"] == totals["assets"] > 0
    assert totals["not_satisfied"] == 1


# --- the example town -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def waterwijk(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """The example's assessment; what must come out of it device by device stands in tests/cases/example_town."""
    return assessed(tmp_path_factory.mktemp("waterwijk"))


def assessed(folder: Path, *more: str) -> dict:
    """The example town, with more rows of another register."""
    subprocess.run([sys.executable, EXAMPLE / "make.py", folder / "in"], check=True)
    if more:
        (folder / "in" / "second.csv").write_text("\n".join(("tag;ip;brand;model;description", *more)) + "\n")
    told = custodiet(
        "audit", folder / "in", "--sites", EXAMPLE / "sites.yml", "--catalog", EXAMPLE / "catalog",
        "--on", "2025-12-01", "--out", folder / "out", "-q",
    )  # fmt: skip
    assert (told.code, told.out, told.err) == (3, "", "")
    return json.loads((folder / "out" / "assessment.json").read_text())


def test_everything_of_the_example_is_read_without_an_issue(waterwijk: dict) -> None:
    assert len(waterwijk["sources"]) == 6
    assert waterwijk["issues"] == waterwijk["skipped"] == []
    assert all(tally["read"] == tally["total"] > 0 for tally in waterwijk["tallies"])
    kinds = {source["kind"] for source in waterwijk["sources"]}
    assert kinds == {"capture", "scan", "register", "purchase_record"}


def test_the_example_is_made_the_same_again(tmp_path: Path) -> None:
    for name in ("one", "two"):
        subprocess.run([sys.executable, EXAMPLE / "make.py", tmp_path / name], check=True)
    files = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    assert files == {path.name: path.read_bytes() for path in (tmp_path / "two").iterdir()}
    assert len(files) == 6


def test_in_the_example_no_name_is_filled_from_another(waterwijk: dict) -> None:
    for entry in waterwijk["entries"]:
        for conclusion in entry["identification"]["conclusions"]:
            # what a name means is said by the record of the brand, in a technique of its own
            told = [claim for claim in conclusion["claims_for"] if claim["technique"] != "own-brand"]
            attributes = {claim["attribute"] for claim in told}
            if conclusion["field"] == "brand":
                assert not attributes & {"net.mac", "register.manufacturer", "register.supplier", "dhip.vendor"}
            if conclusion["field"] == "manufacturer":
                assert not attributes & {"register.brand", "register.supplier"}


def test_in_the_example_a_contradiction_is_never_certain(waterwijk: dict) -> None:
    for entry in waterwijk["entries"]:
        for conclusion in entry["identification"]["conclusions"]:
            assert not (conclusion["claims_against"] and conclusion["band"] == "certain")


def test_a_row_of_a_register_takes_no_finding_away(waterwijk: dict, tmp_path: Path) -> None:
    """Whoever may edit a register may write another brand beside a camera; what the camera answers stays."""
    rows = [f"W-90{n};10.20.8.{n};Axis;P3245-V;Replaced" for n in (11, 12)]
    then = {entry["asset"]["label"]: entry for entry in assessed(tmp_path, *rows)["entries"]}
    for camera in ("10.20.8.11", "10.20.8.12"):
        now = next(entry for entry in waterwijk["entries"] if entry["asset"]["label"] == camera)
        maker = next(c for c in then[camera]["identification"]["conclusions"] if c["field"] == "manufacturer")
        assert (maker["value"], maker["band"]) == ("hikvision", "likely")
        assert {claim["value"] for claim in maker["claims_against"]} == {"axis"}
        assert [broken(entry) for entry in (now, then[camera])] == [["gone-from-sensitive-sites"]] * 2


def broken(entry: dict) -> list[str]:
    return [finding["requirement"] for finding in entry["findings"] if finding["status"] == "not_satisfied"]


def test_in_the_example_what_cannot_be_judged_says_what_is_missing(waterwijk: dict) -> None:
    open_ones = [f for e in waterwijk["entries"] for f in e["findings"] if f["status"] == "undetermined"]
    assert open_ones
    assert all(finding["missing"] for finding in open_ones)


def test_only_the_towns_own_decision_binds_the_example(waterwijk: dict) -> None:
    binding = {f["directive"] for e in waterwijk["entries"] for f in e["findings"] if f["status"] == "not_satisfied"}
    assert binding == {"waterwijk-besluit-2024"}
