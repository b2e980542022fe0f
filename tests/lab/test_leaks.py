"""The captures of the proving ground are what their truth says: the same each time, one thing more for each leak."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from lab.leaks import (
    KINDS,
    OUI,
    Frame,
    behind_nat,
    estate,
    frames,
    one_direction,
    register,
    truth,
    twice,
    with_a_clock_jump,
    with_gaps,
    write,
)


def addresses(some: Iterator[Frame]) -> set[bytes]:
    """Destinations of IPv4 packets that cameras send."""
    return {frame[30:34] for _, frame in some if frame[6:9] == OUI and frame[12:14] == b"\x08\x00"}


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    cameras = estate(2, 3)
    for name in ("a", "b"):
        write(tmp_path / name, frames(cameras, 3))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    write(tmp_path / "c", frames(cameras, 3, seed=8))
    assert (tmp_path / "a").read_bytes() != (tmp_path / "c").read_bytes()


def test_isolated_cameras_send_nothing_outside() -> None:
    sent = addresses(frames(estate(4, 0), 13))
    assert all(to[0] in (10, 224, 239, 255) for to in sent)


@pytest.mark.parametrize("kind", KINDS)
def test_each_leak_adds_something_to_an_isolated_camera(kind: str) -> None:
    quiet = {frame[12:] for _, frame in frames(estate(1, 0), 26) if frame[6:9] == OUI}
    loud = [frame for _, frame in frames(estate(0, 1, (kind,)), 26) if frame[6:9] == OUI]
    assert len(loud) > 0
    assert len([frame for frame in loud if frame[12:] not in quiet]) > 0


def test_before_isolation_all_talk_with_their_maker() -> None:
    sent = addresses(frames(estate(3, 3), 2, before=True))
    assert len([to for to in sent if to[0] == 203]) == 6


def test_frames_come_in_order() -> None:
    times = [at for at, _ in frames(estate(2, 2), 4)]
    assert all(one <= other for one, other in pairwise(times))


def test_the_truth_names_every_camera_once() -> None:
    cameras = estate(5, 12)
    told = truth(cameras)["cameras"]
    assert isinstance(told, list)
    assert sorted(one["leak"] for one in told) == sorted([""] * 5 + list(KINDS))
    assert len({one["mac"] for one in told}) == 17
    assert register(cameras).count("IP camera") == 17


def test_bad_captures_are_bad_in_their_way() -> None:
    cameras = estate(1, 0)
    plain = list(frames(cameras, 13))
    gaps = [later - at for (at, _), (later, _) in pairwise(with_gaps(iter(plain)))]
    assert max(gaps) > 1700
    jumps = [later - at for (at, _), (later, _) in pairwise(with_a_clock_jump(iter(plain)))]
    assert min(jumps) < -7000
    assert all(frame[6:9] != OUI for _, frame in one_direction(iter(plain)))
    assert len(list(twice(iter(plain)))) > 1.9 * len(plain)
    assert all(OUI not in (frame[:3], frame[6:9]) for _, frame in behind_nat(iter(plain)))


def test_the_file_is_a_capture(tmp_path: Path) -> None:
    number = write(tmp_path / "x.pcap", frames(estate(1, 0), 1))
    data = io.BytesIO((tmp_path / "x.pcap").read_bytes())
    data.seek(24)
    counted = 0
    while head := data.read(16):
        data.seek(int.from_bytes(head[8:12], "little"), 1)
        counted += 1
    assert counted == number > 50
