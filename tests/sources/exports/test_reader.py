"""Exports for `audit` and for counting: recognised, read by one function, told in totals."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest
import zstandard
from logged import items, read
from made_exports import (
    RTSP,
    censys,
    censys_web,
    lines,
    masscan_array,
    masscan_line,
    platform,
    platform_web,
    shodan,
    zgrab,
    zgrab_http,
)  # fmt: skip

from custodiet.errors import SourceError
from custodiet.model import Flow, Issue, Observation, observe
from custodiet.sources import READERS
from custodiet.sources.base import HEAD_SIZE, ReadOptions
from custodiet.sources.exports.base import ScanRecord
from custodiet.sources.exports.reader import (
    CENSYS_READER,
    EXPORTS,
    MASSCAN_READER,
    SHODAN_READER,
    ZGRAB2_READER,
    records,
    records_of,
)

FILES = {
    "shodan": [lines(shodan(), shodan(port=554, http=None, data=RTSP)), json.dumps([shodan()]).encode(),
               json.dumps({"matches": [shodan()]}, indent=1).encode(),
               json.dumps({"ip_str": "192.0.2.7", "data": [shodan()]}).encode()],
    "censys": [lines(censys(censys_web())), json.dumps([platform(platform_web())], indent=2).encode(),
               json.dumps({"code": 200, "result": {"hits": [censys()]}}).encode()],
    "masscan": [masscan_array(), lines(masscan_line(), masscan_line("title", "x"))],
    "zgrab2": [lines(zgrab(http=zgrab_http())), lines(zgrab(ssh={"result": {}}))],
}  # fmt: skip
CASES = [(name, data) for name, made in FILES.items() for data in made]


@pytest.mark.parametrize(("name", "data"), CASES)
@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress])
def test_each_format_is_taken_by_its_reader_alone(name: str, data: bytes, pack: type[bytes]) -> None:
    from custodiet.sources.packing import plain_head

    head = plain_head(pack(data)[:HEAD_SIZE])
    assert next(reader for reader in READERS if reader.recognise(head, "x.json")).id == name


@pytest.mark.parametrize(("name", "data"), CASES)
def test_audit_and_count_see_the_same(name: str, data: bytes, tmp_path: Path) -> None:
    reader = next(one for one in READERS if one.id == name)
    outcome = read(reader, data, tmp_path)
    assert outcome.issues == [] and outcome.flows == []
    path = tmp_path / "given"
    found = list(records(path, name))
    assert found == list(records(io.BytesIO(data), name))  # type: ignore[arg-type]
    told = {(one.subject, one.attribute, one.value) for one in outcome.observations}
    assert {(f"ip:{record.address}", *fact) for record in found for fact in record.facts} <= told
    assert {(f"ip:{record.address}", "net.ip", record.address) for record in found} <= told


def test_observations_have_place_time_and_port(tmp_path: Path) -> None:
    outcome = read(SHODAN_READER, lines(shodan(), shodan(port=8080)), tmp_path)
    assert outcome.values("ip:192.0.2.7", "net.port") == ["tcp/80", "tcp/8080"]
    server = outcome.one("ip:192.0.2.7", "http.server")
    assert (server.locator, server.count, server.first_seen) == ("line 1", 2, pytest.approx(1769584893.444507))
    assert (outcome.tally.unit, outcome.tally.total, outcome.tally.read) == ("lines", 2, 2)
    assert outcome.tally.first_seen == pytest.approx(1769584893.444507)


def test_bad_rows_are_issues_and_the_rest_goes_on(tmp_path: Path) -> None:
    data = lines(shodan()) + b"{broken\n" + lines(shodan(ip_str="x")) + b"\n" + lines(shodan(http=5), shodan())
    outcome = read(SHODAN_READER, data, tmp_path)
    assert [issue.place for issue in outcome.issues] == ["line 2", "line 3", "line 5"]
    assert (outcome.tally.total, outcome.tally.read, outcome.tally.issues) == (5, 2, 3)
    told: list[tuple[str, str]] = []
    path = tmp_path / "given"
    assert len(list(records(path, "shodan", refused=lambda *what: told.append(what)))) == 2
    assert [place for place, _ in told] == ["line 2", "line 3", "line 5"]


def test_a_file_that_is_cut_says_so(tmp_path: Path) -> None:
    data = gzip.compress(lines(*[shodan(ip_str=f"192.0.2.{n}") for n in range(200)]), mtime=0)[:-40]
    outcome = read(SHODAN_READER, data, tmp_path)
    assert "ends in the middle" in outcome.issues[-1].reason
    told: list[tuple[str, str]] = []
    list(records(tmp_path / "given", "shodan", refused=lambda *what: told.append(what)))
    assert "ends in the middle" in told[-1][1]


def test_a_first_row_that_is_longer_than_the_head_is_recognised_by_its_names() -> None:
    row = shodan()
    row["http"] = {"html": "x" * 100_000}
    assert SHODAN_READER.recognise(lines(row)[:HEAD_SIZE], "x")
    host = censys(*[censys_web() for _ in range(200)])
    assert CENSYS_READER.recognise(lines(host)[:HEAD_SIZE], "x")
    assert not SHODAN_READER.recognise(lines(host)[:HEAD_SIZE], "x")


@pytest.mark.parametrize(
    "head",
    [b"", b"\x00", b"[]", b"{}", b'{"a": 1}', b'{"ip": "192.0.2.1"}\n', b'{"id": "1", "kind": "http", "payload": ""}\n',
     b'{"ts": 1, "id.orig_h": "10.0.0.5"}\n', b"ip,port\n192.0.2.1,80\n", b"<nmaprun/>", b'{"data": []}',
     b'{"hits": [5]}',
     b'{"ip": 1, "data": {"x": 5}}', b'{"ip": 1, "timestamp": 2, "ports": []}', b'{"services": [1], "ip": 2}'],
)  # fmt: skip
def test_other_files_are_not_taken(head: bytes) -> None:
    assert [export for export in EXPORTS if reader_takes(export, head)] == []


def reader_takes(export: str, head: bytes) -> bool:
    by_id = {one.id: one for one in (SHODAN_READER, CENSYS_READER, ZGRAB2_READER, MASSCAN_READER)}
    return by_id[export].recognise(head, "x.json")


def test_a_format_nobody_knows() -> None:
    with pytest.raises(SourceError, match="no format of scan exports"):
        list(records(io.BytesIO(b""), "paper"))  # type: ignore[arg-type]
    with pytest.raises(SourceError, match="not from a stream"):
        list(records(io.BytesIO(b""), "parquet"))  # type: ignore[arg-type]


def test_progress_reaches_the_end(tmp_path: Path) -> None:
    data = lines(*[shodan()] * 1000)
    done: list[int] = []
    items(SHODAN_READER, data, tmp_path, ReadOptions(progress=done.append))
    assert done[-1] == len(data)
    assert done == sorted(done)


def said(subject: str, attribute: str, value: str, when: float | None = None) -> Observation:
    return observe("src-0", subject, attribute, value, "line 1", first_seen=when)


def test_records_of_another_reader() -> None:
    issue = Issue(source="src-0", place="", reason="x")
    given: list[Observation | Flow | Issue] = [
        said("ip:192.0.2.1", "net.port", "tcp/80", 5.0),
        issue,
        said("ip:192.0.2.1", "http.server", "x", 9.0),
        said("ip:192.0.2.2", "net.port", "tcp/80"),
        said("ip:192.0.2.2", "net.port", "tcp/81"),
        said("line:7", "http.server", "y"),
        said("ip:192.0.2.1", "http.server", "x"),
    ]
    assert list(records_of(given)) == [  # type: ignore[arg-type]
        ScanRecord("192.0.2.1", 80, "tcp", 9.0, "", "", (("net.port", "tcp/80"), ("http.server", "x"))),
        ScanRecord("192.0.2.2", 0, "", None, "", "", (("net.port", "tcp/80"), ("net.port", "tcp/81"))),
        ScanRecord("line:7", 0, "", None, "", "", (("http.server", "y"),)),
        ScanRecord("192.0.2.1", 0, "", None, "", "", (("http.server", "x"),)),
    ]
    assert list(records_of([])) == []


def test_a_device_with_endless_facts_is_several_records() -> None:
    many = (said("ip:192.0.2.1", "mdns.txt", str(n)) for n in range(25_000))
    assert [len(record.facts) for record in records_of(many)] == [10_000, 10_000, 5_000]
