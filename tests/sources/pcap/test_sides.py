"""One side of a conversation that was not captured is told apart from one that never spoke."""

from __future__ import annotations

from pathlib import Path

import pytest
from pcap_factory import ethernet, ip, pcap, read, tcp

from custodiet.sources.pcap import flows, sides, window

CAMERA, CLOUD = "10.0.0.5", "192.0.2.9"


def out(port: int, *, flags: int = 0x18, seq: int = 1, ack: int = 1) -> bytes:
    return ethernet(ip(tcp(b"x" * (flags != 2), port, 443, seq=seq, ack=ack, flags=flags), 6, CAMERA, CLOUD, number=0))


def back(port: int) -> bytes:
    return ethernet(ip(tcp(b"y", 443, port), 6, CLOUD, CAMERA, number=0))


def doubts(tmp_path: Path, frames: list[bytes]) -> dict[str, str]:
    tally = read(tmp_path, pcap(frames)).tally
    assert tally is not None
    assert tally.watched is not None
    return dict(tally.watched.doubts)


def one_way(port: int) -> list[bytes]:
    return [out(port, flags=2), *(out(port, seq=at, ack=at // 2) for at in range(6))]


def test_one_way_is_said(tmp_path: Path) -> None:
    assert doubts(tmp_path, one_way(50000) + one_way(50001)) == {
        "one_direction": "of 2 of 2 TCP conversations with at least 5 packets only one side was captured"
    }


def test_one_way_of_a_long_upload(tmp_path: Path) -> None:
    """Nothing new is acknowledged, but nobody sends so much unheard."""
    assert "one_direction" in doubts(tmp_path, [out(50000, seq=at) for at in range(sides.MOST_UNANSWERED)])
    assert not doubts(tmp_path, [out(50000, seq=at) for at in range(sides.MOST_UNANSWERED - 1)])


@pytest.mark.parametrize(
    "frames",
    [
        [out(50000, flags=2)] * 300,
        [out(50000, ack=77)] * 20,
        [out(50000, flags=0x14, ack=at) for at in range(20)],
        one_way(50000)[:4],
        [*one_way(50000), back(50000)],
    ],
    ids=["nobody answers", "repeated into silence", "refused", "too few", "both sides"],
)
def test_silence_is_no_missing_side(tmp_path: Path, frames: list[bytes]) -> None:
    assert not doubts(tmp_path, frames)


def test_a_few_are_not_the_capture(tmp_path: Path) -> None:
    both = [frame for port in range(4) for frame in [*one_way(51000 + port), back(51000 + port)]]
    assert not doubts(tmp_path, one_way(50000) + both)
    assert "one_direction" in doubts(tmp_path, one_way(50000) + one_way(50001) + both)


def test_the_same_over_windows_and_when_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = [frame for port in range(40) for frame in one_way(50000 + port)]
    expected = doubts(tmp_path, frames)
    monkeypatch.setattr(window, "WINDOW", 1024)
    assert doubts(tmp_path, frames) == expected
    monkeypatch.setattr(flows, "_MOST_CONVERSATIONS", 5)
    assert "one_direction" in doubts(tmp_path, frames)
