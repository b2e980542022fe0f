"""Parquet: headings guessed and corrected, values of every kind, damage told."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_exports import HEAD, PAGE, RTSP

from custodiet.errors import SourceError
from custodiet.model import Issue, Observation, Source, Tally
from custodiet.sources import READERS
from custodiet.sources.base import HEAD_SIZE, ReadOptions
from custodiet.sources.exports import parquet
from custodiet.sources.exports.base import ScanRecord
from custodiet.sources.exports.parquet import READER, parse_parquet, plan_columns
from custodiet.sources.exports.reader import records

WORDS = frozenset({"http.title", "rtsp.server"})


def write(path: Path, columns: dict[str, Any], **options: Any) -> Path:
    pq.write_table(pa.table(columns), path, **options)
    return path


def read(path: Path, **columns: str) -> tuple[list[Observation], list[Issue], Tally]:
    data = path.read_bytes()
    assert next(one for one in READERS if one.recognise(data[:HEAD_SIZE], "x")) is READER
    source = Source(id="src-0", kind="scan", format="parquet", name="x", sha256="", size=len(data))
    *found, tally = READER.read(path, source, ReadOptions(columns=columns))
    assert isinstance(tally, Tally)
    observations = [one for one in found if isinstance(one, Observation)]
    return observations, [one for one in found if isinstance(one, Issue)], tally


COLUMNS: dict[str, Any] = {
    "ip_str": ["192.0.2.1", "2001:db8::1", None],
    "port": [80, 554, 1],
    "proto": ["tcp", "TCP", None],
    "data": [HEAD.encode(), RTSP.encode(), b""],
    "html": [PAGE, None, None],
    "location": [{"country_code": "nl", "city": "x"}, {"country_code": None, "city": None}, None],
    "asn": ["AS64500", None, None],
    "org": ["Example Telecom", "Example Org", None],
    "timestamp": [datetime(2026, 1, 28, 7, 0, tzinfo=UTC), None, None],
    "favicon_hash": [-5, None, None],
    "hostnames": [["a.example.org"], None, None],
    "mystery": ["x", "y", "z"],
}


def test_a_file_as_records(tmp_path: Path) -> None:
    path = write(tmp_path / "x.parquet", COLUMNS)
    told: list[tuple[str, str]] = []
    first, second = records(path, "parquet", refused=lambda *what: told.append(what))
    assert (first.address, first.port, first.transport) == ("192.0.2.1", 80, "tcp")
    assert (first.country, first.network, first.at) == ("NL", "AS64500 Example Telecom", 1769583600.0)
    said = dict(first.facts)
    assert (said["http.server"], said["http.title"], said["favicon.mmh3"]) == (
        "ExampleCam-Webs/2.1", "Example camera", "-5",
    )  # fmt: skip
    assert (second.address, second.network) == ("2001:db8::1", "Example Org")
    assert dict(second.facts)["rtsp.server"] == "ExampleRtsp/1.0"
    assert told == [("row 3", "a row without an address that can be read")]


def test_for_audit_the_same_with_its_columns(tmp_path: Path) -> None:
    observations, issues, tally = read(write(tmp_path / "x.parquet", COLUMNS))
    assert {one.subject for one in observations} == {"ip:192.0.2.1", "ip:2001:db8::1"}
    assert [issue.place for issue in issues] == ["row 3"]
    assert (tally.unit, tally.total, tally.read) == ("rows", 3, 2)
    assert tally.columns["ip_str"] == "address"
    assert tally.columns["location.country_code"] == "country"
    assert tally.columns["mystery"] == ""


def test_a_heading_is_corrected(tmp_path: Path) -> None:
    path = write(tmp_path / "x.parquet", {"where": ["192.0.2.1"], "what": [RTSP], "port": [554], "name": ["cam"]})
    with pytest.raises(SourceError, match="no column looks like an address; there are: where, what") as refused:
        list(records(path, "parquet"))
    assert "--column" in refused.value.next_step
    said = {"where": "address", "what": "data", "name": "net.hostname", "port": "", "Merk": "brand"}
    [record] = records(path, "parquet", columns=said)
    assert record.port == 0
    assert dict(record.facts)["rtsp.server"] == "ExampleRtsp/1.0"
    assert dict(record.facts)["net.hostname"] == "cam"
    assert read(path, **said)[2].read == 1


def test_headings() -> None:
    plan = plan_columns(["IP Address", "ip", "Port", "http.title", "country", "location.country_code"], {}, WORDS)
    assert plan == {
        "IP Address": "", "ip": "address", "Port": "port", "http.title": "http.title", "country": "",
        "location.country_code": "country",
    }  # fmt: skip
    assert plan_columns(["ip", "host"], {"host": "address"}, WORDS) == {"ip": "", "host": "address"}
    assert plan_columns(["ip"], {"ip": "brand"}, WORDS) == {"ip": ""}


@pytest.mark.parametrize(
    ("row", "address"),
    [
        ({"address": 3221225985}, "192.0.2.1"),
        ({"address": bytes([192, 0, 2, 1])}, "192.0.2.1"),
        ({"address": bytes.fromhex("20010db8000000000000000000000001")}, "2001:db8::1"),
        ({"address": b"192.0.2.1"}, "192.0.2.1"),
    ],
)
def test_addresses_in_every_form(row: dict[str, Any], address: str) -> None:
    assert next(parse_parquet(row)).address == address


@pytest.mark.parametrize("at", [1767225600, 1767225600000, 1767225600000000, "2026-01-01", "2026-01-01 00:00:00 UTC"])
def test_times_in_every_form(at: object) -> None:
    assert next(parse_parquet({"address": "192.0.2.1", "at": at})).at == 1767225600.0


def test_columns_that_are_attributes_and_odd_values() -> None:
    row = {"address": "192.0.2.1", "rtsp.server": b"Ex\xff", "http.title": " a\nb ", "favicon": "x", "product": "P",
           "version": "2", "tls.san": ["a", 5, None], "port": 3.5, "asn": [], "data": 7, "at": {}}  # fmt: skip
    assert list(parse_parquet(row)) == [
        ScanRecord("192.0.2.1", 0, "", None, "", "", (
            ("rtsp.server", "Ex\\xff"), ("http.title", "a b"), ("service.product", "P 2"), ("tls.san", "a"),
            ("tls.san", "5"),
        ))
    ]  # fmt: skip


def test_a_large_file_comes_in_batches(tmp_path: Path) -> None:
    columns = {"ip": [f"198.51.100.{n % 256}" for n in range(20_000)], "port": list(range(20_000))}
    path = write(tmp_path / "x.parquet", columns, row_group_size=5_000, compression="zstd")
    done: list[int] = []
    assert sum(1 for _ in records(path, "parquet", progress=done.append)) == 20_000
    assert len(done) >= 4 and done[-1] == path.stat().st_size


def test_a_group_of_rows_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "MOST_ROW_GROUP", 100)
    path = write(tmp_path / "x.parquet", {"ip": [f"192.0.2.{n}" for n in range(200)]})
    with pytest.raises(SourceError, match="a group of rows is larger"):
        list(records(path, "parquet"))


@pytest.mark.parametrize("damage", [lambda data: data[:-20], lambda data: b"PAR1", lambda data: b"PAR1" + b"x" * 100])
def test_damage_is_told(tmp_path: Path, damage: Any) -> None:
    path = write(tmp_path / "x.parquet", COLUMNS)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(SourceError, match="cannot be read"):
        read(path)


def test_without_the_package_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "x.parquet", COLUMNS)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(SourceError, match="pyarrow, which is not installed") as refused:
        read(path)
    assert "custodiet[bulk]" in refused.value.next_step
