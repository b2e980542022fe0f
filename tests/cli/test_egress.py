"""``custodiet egress`` over the example town: a claim contradicted, a camera kept apart, one that cannot be said."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from story import EXAMPLE, Told, camera_capture, custodiet, knowledge


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The inputs, and a case of all of them but the capture of 26 hours."""
    folder = tmp_path_factory.mktemp("waterwijk")
    subprocess.run([sys.executable, EXAMPLE / "make.py", folder / "in"], check=True)
    first = [path for path in (folder / "in").iterdir() if path.name != "cameranet-26h.pcap"]
    options = ["--sites", EXAMPLE / "sites.yml", "--catalog", EXAMPLE / "catalog", "--on", "2025-12-01", "-q"]
    assert custodiet("audit", *first, *options, "--case", folder / "before.sqlite").code == 3
    told = egress(_copy(folder), folder / "in" / "cameranet-26h.pcap", "-q")
    assert (told.code, told.out, told.err) == (4, "", "")
    return folder


def _copy(folder: Path) -> Path:
    return Path(shutil.copy(folder / "before.sqlite", folder / "after.sqlite"))


def egress(case: Path, *arguments: object) -> Told:
    return custodiet("egress", "--case", case, "--catalog", EXAMPLE / "catalog", *arguments)


def said(told: Told) -> str:
    return " ".join(told.out.split())


def test_each_device_has_its_sentence_worst_first(made: Path) -> None:
    told = egress(made / "after.sqlite")
    assert told.code == 4, told.err
    text = said(told)
    for part in (
        "10.20.8.11 Talks to its maker Seen: 2 cloud hosts of its maker and 1 relay of its maker's family",
        "10.20.8.21 Cannot be said: no source shows a conversation of it with another machine.",
        "10.20.8.40 Nothing outside seen in 25 hours of capture at this point (1 gap of 49 minutes)",
        "Next custodiet egress --case",
    ):
        assert part in text, part
    assert text.index("10.20.8.11") < text.index("10.20.8.21") < text.index("10.20.8.40")


def test_what_was_read_later_counts_and_the_audit_stays(made: Path) -> None:
    before = egress(made / "before.sqlite", "--device", "10.20.8.40")
    assert "Cannot be said" in before.out
    after = egress(made / "after.sqlite", "--device", "10.20.8.40")
    assert (after.code, "Nothing outside seen" in after.out) == (0, True)
    report = custodiet("report", "--case", made / "after.sqlite", "--format", "json", "--catalog", EXAMPLE / "catalog")
    document = report.json
    assert (document["on"], document["body"]["id"]) == ("2025-12-01", "waterwijk")
    camera = next(one for one in document["entries"] if one["asset"]["label"] == "10.20.8.11")
    assert "overdue" in {finding["outcome"] for finding in camera["findings"]}
    assert camera["egress"]["outcome"] == "maker's own seen"
    cited = {id for peer in camera["egress"]["peers"] for id in peer["evidence"] if id.startswith("obs-")}
    assert cited
    assert cited <= {seen["id"] for seen in camera["evidence"]}, "what is shown can be walked back"


def test_one_device_whole_with_times_of_the_zone(made: Path) -> None:
    text = said(egress(made / "after.sqlite", "--device", "10.20.8.11", "--zone", "Europe/Amsterdam"))
    for part in ("vtmtxeu.ezvizlife.com", "P2P relay", "tcp/10554", "video-sized", "17 Nov 2025 23:41", "Ways in"):
        assert part in text, part


def test_json_is_versioned_and_one_device_a_line(made: Path) -> None:
    told = egress(made / "after.sqlite", "--json")
    document = told.json
    assert document["schema"] == "1.0"
    assert document["devices"][0]["label"] == "10.20.8.11"
    lines = [json.loads(line.rstrip(",")) for line in told.out.splitlines()[1:-1]]
    assert lines == document["devices"]


def test_the_page_shows_it(made: Path) -> None:
    out = made / "report.html"
    custodiet("report", "--case", made / "after.sqlite", "--out", out, "--catalog", EXAMPLE / "catalog")
    page = out.read_text(encoding="utf-8")
    assert "What devices talk to" in page
    assert '<svg class="traffic"' in page
    dossier = made / "dossier.html"
    custodiet("explain", "10.20.8.11", "--case", made / "after.sqlite", "--format", "html", "--out", dossier)
    assert '<svg class="traffic"' in dossier.read_text(encoding="utf-8")


def test_without_an_audit_it_reads_and_concludes_by_itself(tmp_path: Path, made: Path) -> None:
    capture = tmp_path / "camera.pcap"
    capture.write_bytes(camera_capture())
    told = custodiet("egress", "--case", tmp_path / "new.sqlite", "--catalog", knowledge(tmp_path / "acme"), capture)
    assert told.code == 4
    assert "10.0.0.5 Cannot be said" in said(told)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--zone", "Mars/Olympus"], "no time zone that this computer knows"),
        (["--located", "nowhere.mmdb"], "there is no such database"),
        (["--device", "10.99.99.99"], "no device is called"),
    ],
)
def test_wrong_use_is_a_sentence(made: Path, arguments: list[str], complaint: str) -> None:
    told = egress(made / "after.sqlite", *arguments)
    assert (told.code, told.out) == (2, "")
    assert complaint in told.err


def test_a_database_that_is_none_is_refused(made: Path, tmp_path: Path) -> None:
    odd = tmp_path / "odd.mmdb"
    odd.write_bytes(b"no database")
    told = egress(made / "after.sqlite", "--located", odd)
    assert told.code == 2
    assert "odd.mmdb" in told.err


def test_without_case_and_input_nothing_is_made(tmp_path: Path) -> None:
    told = egress(tmp_path / "none.sqlite")
    assert told.code == 2
    assert not (tmp_path / "none.sqlite").exists()


def test_an_unreadable_input_is_told_and_leaves_it_incomplete(made: Path, tmp_path: Path) -> None:
    case = Path(shutil.copy(made / "after.sqlite", tmp_path / "c.sqlite"))
    told = egress(case, tmp_path / "missing.pcap", "--device", "10.20.8.40")
    assert told.code == 4
    assert "missing.pcap" in told.err
    assert "Nothing outside seen" in told.out
