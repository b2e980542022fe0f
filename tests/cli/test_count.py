"""``custodiet count`` as people type it."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pytest

from story import custodiet

pytest.importorskip("pyarrow", reason="counting needs the extra `bulk`")


def line(address: str, server: str, country: str = "NL", **more: object) -> str:
    data = f"HTTP/1.1 200 OK\r\nServer: {server}\r\n\r\n"
    return json.dumps(
        {"ip_str": address, "port": 80, "transport": "tcp", "timestamp": "2026-11-03T10:00:00", "data": data,
         "location": {"country_code": country}, **more}
    )  # fmt: skip


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "scan.jsonl.gz"
    lines = [line("192.0.2.1", "App-webs/"), line("192.0.2.1", "App-webs/"), line("192.0.2.2", "nginx", "BE")]
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    return path


def counted(*arguments: object) -> dict:
    told = custodiet("count", "--jobs", "1", "--json", *arguments)
    assert told.err == ""
    return told.json


def test_devices_and_not_banners_are_counted(export: Path) -> None:
    found = counted(export, "--by", "country", "--all")
    assert (found["records"], found["devices"]) == (3, 2)
    assert {tuple(row["values"]): row["devices"] for row in found["rows"]} == {("NL",): 1, ("BE",): 1}


def test_the_terminal_says_what_the_number_is(export: Path) -> None:
    told = custodiet("count", "--jobs", "1", export)
    assert told.code == 0
    assert "never the installed base" in told.out
    assert told.out.startswith("Read 3 records of 1 file: 2 devices.")


def test_the_file_that_was_written_is_named_on_a_line_of_its_own(export: Path, tmp_path: Path) -> None:
    told = custodiet("count", "--jobs", "1", export, "--all", "--out", tmp_path / "t.csv")
    assert "Written to " in [line[:11] for line in told.out.splitlines()]


@pytest.mark.parametrize("name", ["table.csv", "table.json", "table.parquet"])
def test_nothing_is_kept_but_the_file_asked_for(export: Path, tmp_path: Path, name: str) -> None:
    before = set(tmp_path.iterdir())
    assert custodiet("count", "--jobs", "1", "-q", export, "--all", "--out", tmp_path / name).code == 0
    assert set(tmp_path.iterdir()) - before == {tmp_path / name}
    if name.endswith("csv"):
        with (tmp_path / name).open(encoding="utf-8-sig", newline="") as stream:
            assert sum(int(row["devices"]) for row in csv.DictReader(stream)) == 2


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "odd.parquet"
    pq.write_table(pa.table({"where": ["192.0.2.1", "192.0.2.2"], "what": ["App-webs/", "nginx"]}), path)
    return path


@pytest.mark.parametrize("pairs", [["where=address", "what=server"], ["where=address", "what=http.server"]])
def test_a_column_of_a_parquet_file_can_be_named(odd: Path, pairs: list[str]) -> None:
    assert custodiet("count", "--jobs", "1", odd).code == 4
    told = counted(odd, "--all", *(part for pair in pairs for part in ("--column", pair)))
    assert (told["records"], told["devices"]) == (2, 2)


@pytest.mark.parametrize(
    ("pair", "says"), [("where=adress", "address"), ("where", "has no ="), ("where=order_number", "cannot be read as")]
)
def test_a_column_is_named_as_a_scan_has_it(odd: Path, pair: str, says: str) -> None:
    told = custodiet("count", odd, "--column", pair)
    assert told.code == 2
    assert says in told.err


def test_a_parquet_file_and_a_register_can_be_read_with_the_columns_of_both(odd: Path, tmp_path: Path) -> None:
    register = tmp_path / "register.csv"
    register.write_text("Ding;Leverancier\nP3245-V;X\n")
    columns = ("--column", "where=address", "--column", "what=http.server", "--column", "Ding=model")
    told = custodiet("identify", odd, register, *columns, "--json")
    assert told.code == 0, told.err
    assert {device["asset"]["label"] for device in told.json["devices"]} >= {"192.0.2.1", "192.0.2.2"}


def test_what_is_no_scan_is_left_to_audit(export: Path, tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text("Merk;Model\nAxis;P1375\n")
    told = custodiet("count", "--jobs", "1", "--json", export, tmp_path / "register.csv")
    assert told.code == 4
    (issue,) = told.json["issues"]
    assert "not a scan" in issue["reason"]
    assert told.json["devices"] == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--by", "owner"], "owner is no column"),
        (["--out", "table.pdf"], ".csv, .json or .parquet"),
        (["--engine", "hadoop"], "hadoop"),
    ],
)
def test_what_cannot_be_asked_is_a_usage_error(export: Path, arguments: list[str], says: str) -> None:
    told = custodiet("count", export, *arguments)
    assert told.code == 2
    assert says in told.err


def test_a_file_that_is_not_there_leaves_the_result_incomplete(tmp_path: Path) -> None:
    told = custodiet("count", "--jobs", "1", tmp_path / "nothing.jsonl")
    assert told.code == 4
    assert "no such file" in told.out


def test_text_of_an_export_cannot_act_on_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "scan.jsonl"
    path.write_text(line("192.0.2.1", "App-webs/", org="Evil \u001b]0;owned\u0007 \u202e Net") + "\n")
    told = custodiet("count", "--jobs", "1", path, "--by", "network", "--all")
    assert "Evil" in told.out
    assert "\x1b" not in told.out and "\u202e" not in told.out
