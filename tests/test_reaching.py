"""What a case holds of ways: every conversation with a core zone, answers that are kept, and what was seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from custodiet.casefile import Case
from custodiet.errors import IntegrityError
from custodiet.model import Flow, Located, Source
from custodiet.reach.configs import read_configurations
from custodiet.reaching import REACH, Ground, Kept, keep, kept, reach_of_case, relied
from custodiet.sites import Places
from custodiet.talking import LOCATED
from networks import body, camera

SHUT = b"from,to,protocol,port,action\nany,any,any,any,deny\n"


def flow(number: int, peer: str, *, size: int = 100_000, back: int = 5, began: bool = True) -> Flow:
    ends = ("ip:10.1.0.5", f"ip:{peer}") if began else (f"ip:{peer}", "ip:10.1.0.5")
    return Flow(
        id=f"flo-{number:04}", source="src-1", subject=ends[0], peer=ends[1], transport="udp", port=123,
        bytes_out=size, bytes_in=back * 80, packets_out=5, packets_in=back, first_seen=1e9, last_seen=1e9 + 5,
        locator=f"packet {number}",
    )  # fmt: skip


def case(path: Path, *flows: Flow) -> Case:
    opened = Case(path / "c.sqlite")
    opened.begin_source(Source(id="src-1", kind="capture", format="pcap", name="x", sha256="0", size=1))
    opened.add(flows)
    return opened


MANY = [flow(number, f"10.2.0.{number}") for number in range(1, 60)]
"""Large conversations with the office, behind which a small one disappears."""


def test_a_small_conversation_with_the_core_is_found_behind_large_ones(tmp_path: Path) -> None:
    with case(tmp_path, *MANY, flow(99, "10.9.0.7", size=60, back=1)) as opened:
        known = Ground(opened, body(), Places(body())).of(camera())
        assert known is not None
        assert [one.id for one in known.core] == ["flo-0099"]
        assert known.peers == 60


def test_without_anything_to_tell_nothing_is_told(tmp_path: Path) -> None:
    with case(tmp_path) as opened:
        assert Ground(opened, body(), Places(body())).of(camera()) is None
        assert Ground(opened, None, None).of(camera()) is None


def test_addresses_in_countries_are_told_once_each_and_answered_ones_first(tmp_path: Path) -> None:
    flows = (flow(1, "198.51.100.7", size=900, back=0), flow(2, "198.51.100.7", size=500, back=3))
    with case(tmp_path, *flows) as opened:
        opened.set_meta(f"{LOCATED}198.51.100.7", '{"country":"CN","database":"D"}')
        known = Ground(opened, body(), Places(body())).of(camera())
        assert known is not None
        assert known.located == {"198.51.100.7": Located(country="CN", database="D")}
        assert [one.id for one in known.abroad] == ["flo-0002"]


def test_what_was_seen_is_said_against_what_a_file_says(tmp_path: Path) -> None:
    given = read_configurations({"rules.csv": SHUT}, "2026-11-01")
    with case(tmp_path, flow(1, "10.9.0.7"), flow(2, "10.9.0.8", began=False, back=0, size=70)) as opened:
        (reach,) = reach_of_case(opened, given, body(), [camera()])
    ways = {path.way: path for path in reach.paths}
    assert (ways["to core"].status, ways["to core"].configured) == ("seen", "proved absent")
    assert ways["to core"].flows == ("flo-0001",)
    assert "although the configurations let nothing through" in ways["to core"].because
    assert ways["from core"].status == "proved absent"
    assert "tried, and nothing came back" in ways["from core"].because


def test_answers_are_kept_and_told_to_the_judge(tmp_path: Path) -> None:
    given = read_configurations({"rules.csv": SHUT}, "2026-11-01")
    with case(tmp_path) as opened:
        found = list(reach_of_case(opened, given, body(), [camera()]))
        keep(opened, found)
        assert kept(opened) == {"asset-1": found[0]}
        known = Ground(opened, body(), Places(body())).of(camera())
        assert known is not None
        assert {path.status for path in known.paths if path.place != "outside"} == {"proved absent"}
        assert known.configurations[0].of == "2026-11-01"
        (file,) = relied(opened)
        assert (file.kind, file.name, file.since, file.until) == ("configuration", "rules.csv", *["2026-11-01"] * 2)
        assert file.sha256 == known.configurations[0].sha256
        opened.set_meta(f"{REACH}asset-2", "{")
        assert len(list(relied(opened))) == 1


def test_an_answer_that_is_none_is_told(tmp_path: Path) -> None:
    with case(tmp_path) as opened:
        opened.set_meta(f"{REACH}asset-1", "{}")
        with pytest.raises(IntegrityError, match="reach"):
            kept(opened)


def test_traffic_read_after_the_answer_is_told_with_it(tmp_path: Path) -> None:
    given = read_configurations({"rules.csv": SHUT}, "2026-11-01")
    with case(tmp_path) as opened:
        keep(opened, list(reach_of_case(opened, given, body(), [camera()])))
        before = Kept(opened, body()).of(camera())
        opened.begin_source(Source(id="src-2", kind="capture", format="pcap", name="y", sha256="1", size=1))
        opened.add([flow(1, "10.9.0.7")])
        after = Kept(opened, body()).of(camera())
    assert before is not None and after is not None
    assert [p.status for p in (before.paths[0], after.paths[0])] == ["proved absent", "seen"]
    assert "although the configurations let nothing through" in after.paths[0].because


def test_of_a_device_that_was_not_asked_about_nothing_is_kept(tmp_path: Path) -> None:
    with case(tmp_path) as opened:
        assert Kept(opened, body()).of(camera()) is None
