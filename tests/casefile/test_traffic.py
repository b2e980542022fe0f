"""Questions on flows: what was read again in another way counts once, in every one of them."""

from __future__ import annotations

from pathlib import Path

from custodiet.casefile import Case
from custodiet.model import Flow, Source

CAMERA, CLOUD, RECORDER = "ip:10.0.0.5", "ip:203.0.113.9", "ip:10.0.0.2"


def source(id: str) -> Source:
    return Source(id=id, kind="log", format="dns-log", name="a.log", sha256="0", size=1)


def flow(of: str, peer: str = CLOUD, size: int = 100) -> Flow:
    return Flow(
        id=f"flow-{of}-{peer}", source=of, subject=CAMERA, peer=peer, transport="tcp", port=443, bytes_out=size,
        bytes_in=size, packets_out=1, packets_in=1, first_seen=1000.0, last_seen=1010.0, locator="line 1",
    )  # fmt: skip


def test_a_reading_whose_place_another_took_is_in_no_answer(tmp_path: Path) -> None:
    with Case(tmp_path / "c.sqlite") as case:
        for reading, peer in (("src-a-utc", RECORDER), ("src-a-local", CLOUD)):
            case.begin_source(source(reading))
            case.add([flow(reading, peer)])
            case.end_source(reading)
        assert [one.peer for one in case.flows_of([CAMERA])] == [CLOUD]
        assert [one.peer for one, _ in case.traffic_of([CAMERA], lambda _first, _last: 60.0)] == [CLOUD]
        assert case.peers_of([CAMERA]) == [CLOUD] and case.peers_of([RECORDER]) == []
        assert case.flows_between([CAMERA], [RECORDER]) == [] and len(case.flows_between([CAMERA], [CLOUD])) == 1
        assert case.count_flows([CAMERA]) == 1 and case.has_flows()
        assert list(case.pairs()) == [("src-a-local", CAMERA, CLOUD)]
        assert list(case.callers("tcp", [443])) == [(CAMERA, CLOUD)]


def test_many_flows_are_added_up_and_none_is_dropped(tmp_path: Path) -> None:
    with Case(tmp_path / "c.sqlite") as case:
        case.begin_source(source("src-a"))
        case.add([flow("src-a", f"ip:198.51.100.{last}", last) for last in range(1, 101)])
        case.end_source("src-a")
        found = list(case.traffic_of([CAMERA], lambda _first, _last: 60.0, most=10))
    assert len(found) == 100 and sum(number for _, number in found) == 100
    assert sum(one.bytes_out for one, _ in found) == 5050
