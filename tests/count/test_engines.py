"""The same export counted in one process, in two and in Spark."""

from __future__ import annotations

import gzip
import importlib.util
import json
import shutil
from pathlib import Path

import pytest

from custodiet.count.local import ScanFile, count_files, whole_lines
from custodiet.count.tally import Kind
from custodiet.sources import READERS
from custodiet.sources.exports.rows import MAX_ROW
from custodiet.sources.intake import recognise

ROOT = Path(__file__).resolve().parents[2]


def made_lines(count: int) -> list[str]:
    """Lines of the export that the benchmark makes."""
    spec = importlib.util.spec_from_file_location("make_scan", ROOT / "benchmarks" / "make_scan.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return list(module.lines(count))


def banner(address: str, data: str, **more: object) -> str:
    return json.dumps(
        {"ip_str": address, "port": 80, "transport": "tcp", "timestamp": "2026-11-03T10:00:00", "data": data, **more}
    )


def web(*headers: str) -> str:
    return "\r\n".join(["HTTP/1.1 200 OK", *headers]) + "\r\n\r\n"


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> ScanFile:
    path = tmp_path_factory.mktemp("export") / "scan.jsonl.gz"
    lines = made_lines(600)
    lines[100] = "{ not JSON"
    lines[200] = '{"ip_str": "no address", "port": 80, "data": ""}'
    with gzip.open(path, "wt", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")
    return exported(path)


def exported(path: Path) -> ScanFile:
    reader = recognise(path, path.name, READERS)
    assert not hasattr(reader, "reason"), reader
    return ScanFile(path=path, name=path.name, reader=reader)  # type: ignore[arg-type]


def test_one_process_and_two_count_the_same(export: ScanFile, tmp_path: Path) -> None:
    alone, lost_alone = count_files([export], tmp_path / "alone")
    both, lost_both = count_files([export], tmp_path / "both", workers=2)
    assert alone == both
    assert lost_alone == lost_both
    assert alone.rows == 598
    assert sum(alone.kinds.values()) > 200


def test_lines_that_cannot_be_read_are_told_with_their_place(export: ScanFile, tmp_path: Path) -> None:
    _counted, lost = count_files([export], tmp_path)
    assert sorted(issue.place for issue in lost) == ["line 101", "line 201"]


@pytest.mark.filterwarnings("ignore")
def test_spark_counts_the_same(export: ScanFile, tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="Spark is the extra `spark`")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    from custodiet.count.spark import count_in_spark, session

    spark = session("local[2]")
    try:
        counted, lost = count_in_spark(spark, [export])
    finally:
        spark.stop()
    assert counted == count_files([export], tmp_path)[0]
    assert len(lost) == 2


def test_devices_are_counted_and_not_banners(tmp_path: Path) -> None:
    path = tmp_path / "scan.jsonl"
    camera = web("Server: App-webs/")
    rows = [
        banner("192.0.2.1", camera), banner("192.0.2.1", camera), banner("192.0.2.1", web("Server: nginx")),
        banner("192.0.2.2", camera),
    ]  # fmt: skip
    path.write_text("\n".join(rows))
    counted, _lost = count_files([exported(path)], tmp_path / "scratch")
    assert counted.rows == 4
    assert sum(counted.kinds.values()) == 2


def test_country_and_network_come_from_the_export(tmp_path: Path) -> None:
    path = tmp_path / "scan.jsonl"
    path.write_text(banner("192.0.2.1", "", location={"country_code": "nl"}, org="Example Net", asn="AS64500") + "\n")
    counted, _lost = count_files([exported(path)], tmp_path / "scratch")
    (kind,) = counted.kinds
    assert isinstance(kind, Kind)
    assert (kind.country, kind.network) == ("NL", "AS64500 Example Net")


def test_a_scan_of_nmap_is_counted_too(tmp_path: Path) -> None:
    path = tmp_path / "scan.xml"
    service = '<service name="rtsp" product="x"/>'
    path.write_text(
        '<?xml version="1.0"?><!DOCTYPE nmaprun><nmaprun scanner="nmap" start="1760000000" version="7.94">'
        '<host starttime="1760000000"><status state="up"/><address addr="192.0.2.7" addrtype="ipv4"/><ports>'
        f'<port protocol="tcp" portid="554"><state state="open"/>{service}</port></ports></host>'
        "</nmaprun>"
    )
    counted, _lost = count_files([exported(path)], tmp_path / "scratch")
    assert sum(counted.kinds.values()) == 1


def test_a_file_that_ends_too_early_is_counted_as_far_as_it_goes(export: ScanFile, tmp_path: Path) -> None:
    path = tmp_path / "cut.jsonl.gz"
    path.write_bytes(export.path.read_bytes()[:-2000])
    counted, lost = count_files([exported(path)], tmp_path / "scratch")
    assert 0 < counted.rows < 598
    assert any("end" in issue.reason or "cut" in issue.reason for issue in lost), lost


# --- blocks


def blocks(*pieces: bytes) -> tuple[list[tuple[int, bytes]], list[str]]:
    refused: list[str] = []
    return list(whole_lines(pieces, lambda place, _reason: refused.append(place))), refused


def test_blocks_end_where_lines_end_and_know_their_number() -> None:
    assert blocks(b"a\nb", b"b\nc\nd", b"d") == ([(1, b"a\n"), (2, b"bb\nc\n"), (4, b"dd")], [])


def test_a_line_over_many_pieces_stays_whole() -> None:
    assert blocks(b"a", b"b", b"c\n", b"d\n") == ([(1, b"abc\n"), (2, b"d\n")], [])


def test_a_line_without_end_is_refused_and_the_next_one_read() -> None:
    pieces = [b"a\n", *[b"x" * (1 << 20)] * ((MAX_ROW >> 20) + 2), b"x\nlast\n"]
    assert blocks(*pieces) == ([(1, b"a\n"), (3, b"last\n")], ["line 2"])
    assert blocks(*pieces[:-1]) == ([(1, b"a\n")], ["line 2"])
