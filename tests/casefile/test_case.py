"""The case file: what is acknowledged stays, a batch is whole or absent, the same again adds nothing."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from custodiet.casefile import APPLICATION_ID, FORMAT_VERSION, Case
from custodiet.errors import CustodietError, IntegrityError, UsageError
from custodiet.model import Asset, Flow, Issue, Source, Tally, content_id, observe


def source(name: str = "a.pcap") -> Source:
    return Source(id=f"src-{name}", kind="capture", format="pcap", name=name, sha256="00", size=1)


def some(number: int, source_id: str = "src-a.pcap") -> list:
    return [observe(source_id, f"ip:10.0.0.{n}", "http.server", f"server {n}", f"packet {n}") for n in range(number)]


def test_what_was_added_is_there_after_opening_again(tmp_path: Path) -> None:
    with Case(tmp_path / "c.sqlite") as case:
        assert case.begin_source(source())
        case.add([*some(3), Issue(source="src-a.pcap", place="packet 9", reason="cut short"),
                  Tally(source="src-a.pcap", unit="packets", total=9, read=8, issues=1)])  # fmt: skip
        case.end_source("src-a.pcap")
    with Case(tmp_path / "c.sqlite") as case:
        assert list(case.observations()) == some(3)
        assert [issue.place for issue in case.issues()] == ["packet 9"]
        assert case.tallies()[0].total == 9
        assert case.unfinished() == ()
        assert not case.begin_source(source())


def test_the_same_batch_twice_adds_nothing(tmp_path: Path) -> None:
    flow = Flow(
        id=content_id("flow", 1), source="s", subject="ip:10.0.0.1", peer="ip:10.0.0.2", transport="tcp", port=80,
        bytes_out=1, bytes_in=2, packets_out=1, packets_in=1, first_seen=1.0, last_seen=2.0, locator="packet 1",
    )  # fmt: skip
    with Case(tmp_path / "c.sqlite") as case:
        case.add([*some(3), flow])
        case.add([*some(3), flow])
        assert len(list(case.observations())) == 3
        assert case.count_flows(["ip:10.0.0.2"]) == 1
        assert case.flows_of(["ip:10.0.0.1"]) == [flow]


def test_a_scratch_case_holds_what_a_lasting_one_holds(tmp_path: Path) -> None:
    told = []
    for durable in (True, False):
        with Case(tmp_path / f"{durable}.sqlite", durable=durable) as case:
            case.begin_source(source())
            case.add(some(5))
            case.add([*some(3), *some(7), *some(2)])
            first = list(case.observations())
            case.add(some(9))  # also after it was asked
            told.append((first, list(case.observations()), sorted(case.subjects())))
            assert case.observations_by_id([some(9)[8].id]) == (some(9)[8],)
            case.check()
    assert told[0] == told[1]
    assert told[1][:2] == (some(7), some(9))


def test_a_scratch_case_opened_again_is_whole(tmp_path: Path) -> None:
    with Case(tmp_path / "c.sqlite", durable=False) as case:
        case.begin_source(source())
        case.add(some(3))
        assert len(list(case.observations())) == 3
    with Case(tmp_path / "c.sqlite", durable=False) as case:
        case.add(some(4))
        assert list(case.observations()) == some(4)


def test_a_batch_with_a_fault_in_it_is_absent_as_a_whole(tmp_path: Path) -> None:
    class Unstorable(str):
        __slots__ = ()

    with Case(tmp_path / "c.sqlite") as case:
        bad = [*some(2), observe("s", "ip:1", "http.server", "x", "y", count=object())]  # type: ignore[arg-type]
        with pytest.raises(CustodietError):
            case.add(bad)
        assert list(case.observations()) == []


def test_assets_come_back_with_their_observations_and_a_missing_citation_is_an_integrity_failure(
    tmp_path: Path,
) -> None:
    with Case(tmp_path / "c.sqlite") as case:
        case.add(some(2))
        asset = Asset(id="ast-1", label="10.0.0.1", subjects=("src-a.pcap/ip:10.0.0.1",))
        assert case.replace_assets([asset]) == 1
        assert [(a, [o.value for o in found]) for a, found in case.assets_with_observations()] == [
            (asset, ["server 1"])
        ]
        with pytest.raises(IntegrityError, match="cites 1 observation"):
            case.observations_by_id(["obs-absent"])


def test_what_some_sources_say_of_some_places(tmp_path: Path) -> None:
    with Case(tmp_path / "c.sqlite") as case:
        case.add([*some(3), *some(3, "src-b.pcap")])
        subjects = [tuple(f"src-{name}.pcap/ip:10.0.0.{n}" for name in "ab") for n in range(3)]
        case.replace_assets([Asset(id=f"ast-{n}", label=str(n), subjects=both) for n, both in enumerate(subjects)])
        case.order(["ast-2", "ast-0", "ast-1"])
        found = case.observed_at(range(1, 3), ["http.server"], ["src-b.pcap"])
        assert {place: [(one.source, one.subject) for one in said] for place, said in found.items()} == {
            1: [("src-b.pcap", "ip:10.0.0.2")],
            2: [("src-b.pcap", "ip:10.0.0.0")],
        }
        assert case.observed_at(range(1, 4), ["rtsp.server"], ["src-b.pcap"]) == {}


def test_another_sqlite_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as db:
        db.execute("create table t (x)")
    db.close()
    with pytest.raises(UsageError, match="not a case"):
        Case(path)


def test_a_case_of_a_later_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    Case(path).__exit__()
    db = sqlite3.connect(path)
    assert db.execute("pragma application_id").fetchone()[0] == APPLICATION_ID
    db.execute(f"pragma user_version = {FORMAT_VERSION + 1}")
    db.close()
    with pytest.raises(IntegrityError, match="newer custodiet"):
        Case(path)


@pytest.mark.parametrize(
    "damage", [b"not a database at all, but long enough to be one" * 40, b"SQLite format 3\0" + b"\xff" * 600]
)
def test_a_damaged_file_is_an_integrity_failure(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "c.sqlite"
    path.write_bytes(damage)
    with pytest.raises(IntegrityError, match="Restore it"):
        Case(path).check()


def test_no_case_where_one_must_exist(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such case"):
        Case(tmp_path / "absent.sqlite", must_exist=True)


def test_a_full_disk_is_said_and_what_was_stored_stays(tmp_path: Path) -> None:
    with Case(tmp_path / "c.sqlite") as case:
        case.add(some(10))
        pages = case._db.execute("pragma page_count").fetchone()[0]
        case._db.execute(f"pragma max_page_count = {pages + 1}")  # SQLite then behaves as on a full disk
        with pytest.raises(CustodietError, match="disk is full"):
            case.add([observe("s", "ip:1", "http.body", "x" * 3000, f"packet {n}") for n in range(200)])
        assert len(list(case.observations())) == 10


WRITER = """
import sys
from pathlib import Path
from custodiet.casefile import Case
from custodiet.model import Source, observe
with Case(Path(sys.argv[1])) as case:
    case.begin_source(Source(id="src-k", kind="capture", format="pcap", name="k", sha256="0", size=1))
    for batch in range(10_000):
        numbers = range(batch * 50, batch * 50 + 50)
        case.add([observe("src-k", "ip:10.0.0.1", "http.body", f"body {n}", f"packet {n}") for n in numbers])
        print(batch, flush=True)
"""


@pytest.mark.parametrize("wait", [0.0, 0.003, 0.011, 0.023, 0.041])
def test_killed_at_any_moment_nothing_acknowledged_is_lost_and_no_half_batch_stays(tmp_path: Path, wait: float) -> None:
    path = tmp_path / "c.sqlite"
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    writer.stdout.readline()
    time.sleep(wait)
    os.kill(writer.pid, signal.SIGKILL)
    told = [line for line in writer.stdout.read().splitlines() if line.strip().isdecimal()]
    writer.wait()
    writer.stdout.close()
    with Case(path) as case:
        case.check()
        numbers = [int(o.locator.split()[1]) for o in case.observations()]
        assert len(numbers) % 50 == 0
        assert len(numbers) >= 50 * (len(told) + 1)
        assert case.unfinished() == ("src-k",)


def test_the_same_bytes_read_with_other_headings_take_the_place_of_the_first_reading(tmp_path: Path) -> None:
    first = source("a.csv")
    second = Source(
        id="src-a.csv-1", kind="register", format="csv", name="a.csv", sha256="00", size=1, read_with={"X": "model"}
    )
    with Case(tmp_path / "c.sqlite") as case:
        for reading, value in ((first, "wrong"), (second, "right")):
            assert case.begin_source(reading)
            case.add([observe(reading.id, "row:2", "register.model", value, "row 2")])
            case.end_source(reading.id)
        assert [s.id for s in case.sources()] == [second.id]
        assert [o.value for o in case.observations()] == ["right"]
        assert [key for _, key, *_ in case.subjects()] == ["row:2"]
        assert not case.begin_source(first), "going back reads nothing again"
        assert [o.value for o in case.observations(["register.model"])] == ["wrong"]


@pytest.mark.parametrize(
    "change",
    [
        "update observation set value = 'another' where subject = 'ip:10.0.0.1'",
        "update observation set subject = 'ip:10.0.0.2' where subject = 'ip:10.0.0.1'",
        "update observation set value = cast(x'ff41ff' as text) where subject = 'ip:10.0.0.1'",
    ],
)
def test_evidence_that_was_changed_is_an_integrity_failure(tmp_path: Path, change: str) -> None:
    path = tmp_path / "c.sqlite"
    with Case(path) as case:
        case.add(some(2))
    cited = some(2)[1].id
    db = sqlite3.connect(path)
    db.execute(change)
    db.commit()
    db.close()
    with Case(path) as case, pytest.raises(IntegrityError):
        case.observations_by_id([cited])


def test_a_record_that_was_changed_is_an_integrity_failure(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    with Case(path) as case:
        case.add(some(2))
        case.replace_assets([Asset(id="ast-1", label="10.0.0.1", subjects=("src-a.pcap/ip:10.0.0.1",))])
    db = sqlite3.connect(path)
    db.execute("update asset set record = x'c1'")
    db.commit()
    db.close()
    with Case(path) as case, pytest.raises(IntegrityError, match="not what was stored"):
        list(case.assets_with_observations())


def test_evidence_that_had_to_be_written_visibly_is_no_failure(tmp_path: Path) -> None:
    with Case(tmp_path / "c.sqlite") as case:
        odd = observe("src-a.pcap", "row:1", "register.text", "a \udc80 camera", "row 1")
        case.add([odd])
        assert case.observations_by_id([odd.id])[0].value == r"a \udc80 camera"
