"""Short files joined: the same packets in one file, its name known before, what was left behind found again."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from custodiet.errors import UsageError
from custodiet.probes.sensor.listen import Batch, Stats
from custodiet.probes.sensor.ring import capture_head
from custodiet.watch.stretch import LONGEST, Stretch


def batch(folder: Path, number: int, *frames: bytes) -> Batch:
    path = folder / f"eth0-{number}.pcap"
    records = b"".join(struct.pack("=4I", number, 1, len(frame), len(frame)) + frame for frame in frames)
    path.write_bytes(capture_head(1) + records)
    stats = Stats(since=float(number), until=number + 1.0, seen=9, passed=7, kept=5, lost=2)
    return Batch(path=path, interface="eth0", stats=stats, keep="flows")


def test_the_packets_are_the_same_and_counts_add_up(tmp_path: Path) -> None:
    stretch = Stretch(tmp_path / "whole", "eth0")
    first, second = batch(tmp_path, 1, b"a" * 20, b"b" * 20), batch(tmp_path, 2, b"c" * 20)
    assert stretch.name(first) == "eth0, eth0-1"
    stretch.add(first, 2, 0.0)
    assert (stretch.name(second), stretch.packets) == ("eth0, eth0-1", 2)
    stretch.add(second, 1, 2.0)
    assert not stretch.due(LONGEST - 1)
    assert stretch.due(LONGEST)
    whole = stretch.end()
    assert whole is not None
    assert whole.stats is not None
    assert whole.path.read_bytes() == first.path.read_bytes() + second.path.read_bytes()[24:]
    assert (whole.stats.since, whole.stats.until, whole.stats.seen, whole.stats.lost) == (1.0, 3.0, 18, 4)
    assert stretch.end() is None
    assert stretch.name(second) == "eth0, eth0-2"
    stretch.add(second, 1, LONGEST)
    assert not stretch.due(LONGEST + 1)


def test_what_a_process_that_died_left_is_found(tmp_path: Path) -> None:
    stretch = Stretch(tmp_path / "whole", "eth0")
    stretch.add(batch(tmp_path, 1, b"a" * 20), 1, 0.0)
    assert list(stretch.left_behind()) == [], "what is being joined is not left"
    with pytest.raises(UsageError, match="somebody else watches"):
        Stretch(tmp_path / "whole", "eth0")
    stretch.close()
    (left,) = Stretch(tmp_path / "whole", "eth0").left_behind()
    assert (left.path.name, left.stats) == ("eth0-1.pcap", None)
    assert (tmp_path / "whole").stat().st_mode & 0o77 == 0
