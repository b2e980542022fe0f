"""A file of the sensor as a source: the same bytes the same source, losses told, the same facts once a day."""

from __future__ import annotations

import struct
from pathlib import Path

from custodiet.casefile import Case
from custodiet.model import Issue, Observation, Tally
from custodiet.probes.sensor.listen import Batch, Stats
from custodiet.probes.sensor.reading import Today, read_batch, source_of
from custodiet.probes.sensor.ring import capture_head

DAY = 1_750_000_000


def arp(number: int) -> bytes:
    mac = bytes([0x3C, 0x52, 0x82, 0, 0, number])
    return b"\xff" * 6 + mac + bytes.fromhex("0806 0001 0800 06 04 0001") + mac + bytes([10, 0, 0, number]) + bytes(10)


def batch(path: Path, *numbers: int, at: int = DAY, stats: Stats | None = None) -> Batch:
    frames = [arp(number) for number in numbers]
    records = b"".join(struct.pack("=4I", at, 1, len(frame), len(frame)) + frame for frame in frames)
    path.write_bytes(capture_head(1) + records)
    return Batch(path=path, interface="eth0", stats=stats, keep="words")


def subjects(one: Batch, today: Today | None) -> set[str]:
    return {item.subject for item in read_batch(one, source_of(one), today) if isinstance(item, Observation)}


def test_the_same_file_is_the_same_source(tmp_path: Path) -> None:
    one = batch(tmp_path / "eth0-a.pcap", 1, stats=Stats(since=5.0, until=9.0))
    source = source_of(one)
    assert source.id == f"src-{source.sha256[:16]}"
    assert (source.kind, source.format, source.collected_at) == ("capture", "pcap", 5.0)
    assert source.name == "eth0, eth0-a"
    assert source_of(batch(tmp_path / "eth0-b.pcap", 1)).id == source.id


def test_a_file_that_is_handed_over_twice_is_in_the_case_once(tmp_path: Path) -> None:
    one = batch(tmp_path / "a.pcap", 1, 2)
    with Case(tmp_path / "town.case") as case:
        for unread in (True, False):
            source = source_of(one)
            assert case.begin_source(source) is unread
            case.add(list(read_batch(one, source)))  # as after a stop in the middle
            case.end_source(source.id)
        assert sum(1 for _ in case.observations(["net.mac"])) == 2


def test_every_fact_has_its_packet(tmp_path: Path) -> None:
    one = batch(tmp_path / "a.pcap", 1, 2)
    items = [item for item in read_batch(one, source_of(one)) if isinstance(item, Observation)]
    assert {item.locator for item in items if item.subject == "ip:10.0.0.2"} == {"packet 2"}


def test_what_was_said_today_is_not_said_again_and_tomorrow_it_is(tmp_path: Path) -> None:
    today = Today()
    assert subjects(batch(tmp_path / "a.pcap", 1, 2), today) == {"ip:10.0.0.1", "ip:10.0.0.2"}
    assert subjects(batch(tmp_path / "b.pcap", 1, 2, 3, at=DAY + 60), today) == {"ip:10.0.0.3"}
    assert subjects(batch(tmp_path / "c.pcap", 1, at=DAY + 86400), today) == {"ip:10.0.0.1"}
    assert subjects(batch(tmp_path / "d.pcap", 1, at=DAY + 86401), None) == {"ip:10.0.0.1"}


def test_what_is_remembered_is_bounded() -> None:
    today = Today(most=10)
    for number in range(1000):
        assert today.new(said(f"ip:10.0.{number // 256}.{number % 256}"))
    assert len(today._known) == 10
    assert not today.new(said("ip:10.0.3.231"))


def said(subject: str) -> Observation:
    return Observation(
        id="obs-1", source="src-1", subject=subject, attribute="net.mac", value="x", locator="packet 1", first_seen=1.0,
        last_seen=1.0, count=1,
    )  # fmt: skip


def test_losses_are_told_and_the_tally_comes_last(tmp_path: Path) -> None:
    stats = Stats(since=5.0, until=9.0, seen=1000, passed=120, kept=1, lost=119, trouble="the disk is full")
    one = batch(tmp_path / "a.pcap", 1, stats=stats)
    *items, tally = read_batch(one, source_of(one), Today())
    reasons = [item.reason for item in items if isinstance(item, Issue)]
    assert reasons == ["119 of 120 frames were lost while listening, as the kernel counted", "the disk is full"]
    assert isinstance(tally, Tally)
    assert tally.not_covered == {"frames that the filter left out, whose bytes are in no flow": 880}


def test_a_file_that_ends_inside_a_packet_gives_what_is_before(tmp_path: Path) -> None:
    one = batch(tmp_path / "a.pcap", 1, 2)
    one.path.write_bytes(one.path.read_bytes()[:-5])
    items = list(read_batch(one, source_of(one)))
    assert {item.subject for item in items if isinstance(item, Observation)} == {"ip:10.0.0.1"}
    assert any(isinstance(item, Issue) and "ends inside a packet" in item.reason for item in items)
