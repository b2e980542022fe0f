"""How well a capture watched: doubts that are there are said, and honest captures have none."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from pcap_factory import START, block, ethernet, interface, ip, packet, pcap, read, section, tcp, udp

from custodiet.model import Watched
from custodiet.sources.pcap import watching, window
from custodiet.sources.pcap.watching import Spans

FRAME = ethernet(ip(udp(b"x", 5000, 123), 17, number=0))


def watched(tmp_path: Path, frames: Sequence[bytes], times: Sequence[float] = ()) -> Watched:
    tally = read(tmp_path, pcap(frames, times=times)).tally
    assert tally is not None
    assert tally.watched is not None
    return tally.watched


# --- stretches


def spans(*times: float) -> tuple[tuple[float, float], ...]:
    found = Spans()
    for time in times:
        found.add(np.array([time]))
    together = Spans()
    together.add(np.array(times))
    assert together.spans() == found.spans()
    return found.spans()


def test_silence_ends_a_stretch() -> None:
    assert spans(0.0, 300.0, 600.0) == ((0.0, 600.0),)
    assert spans(0.0, 300.5, 400.0) == ((0.0, 0.0), (300.5, 400.0))


def test_order_makes_no_difference() -> None:
    assert spans(900.0, 0.0, 100.0, 850.0) == ((0.0, 100.0), (850.0, 900.0))
    assert spans(0.0, 1000.0, 300.0, 600.0, 800.0) == ((0.0, 1000.0),)


def test_of_too_many_stretches_the_longest_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "MOST_SPANS", 2)
    found = Spans()
    found.add(np.array([0.0, 1000.0, 1200.0, 3000.0, 5000.0, 5100.0]))
    assert found.spans() == ((1000.0, 1200.0), (5000.0, 5100.0))


def test_an_empty_capture_watched_nothing(tmp_path: Path) -> None:
    assert watched(tmp_path, []) == Watched()


def test_stretches_of_a_capture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    times = [START + at * 10 + (at > 60) * 4000 for at in range(120)]
    expected = ((START, START + 600), (START + 4610, START + 5190))
    assert watched(tmp_path, [FRAME] * 120, times).spans == expected
    monkeypatch.setattr(window, "WINDOW", 1024)
    assert watched(tmp_path, [FRAME] * 120, times) == Watched(spans=expected)


# --- the clock


def test_times_that_go_back_are_said(tmp_path: Path) -> None:
    times = [START, START + 10, START - 3590, START - 3580, START - 3600]
    found = watched(tmp_path, [FRAME] * 5, times)
    assert found.doubts == {"clock_jump": "times go back 2 times, first at packet 3 by 3,600 seconds"}
    assert found.spans == ((START - 3600, START - 3580), (START, START + 10))


def test_back_at_the_edge_of_a_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    times = [START + 5 * (at < 20) for at in range(40)]
    for size in (window.WINDOW, 24 + 20 * (len(FRAME) + 16), 1024):
        monkeypatch.setattr(window, "WINDOW", size)
        doubts = watched(tmp_path, [FRAME] * 40, times).doubts
        assert doubts == {"clock_jump": "times go back once, first at packet 21 by 5 seconds"}


def test_packets_out_of_order_are_no_jump(tmp_path: Path) -> None:
    assert not watched(tmp_path, [FRAME] * 3, [START, START - 0.9, START + 0.05]).doubts


def test_a_clock_that_was_set(tmp_path: Path) -> None:
    doubts = watched(tmp_path, [FRAME] * 3, [60.0, 61.0, START]).doubts
    assert doubts == {"clock_jump": "at packet 3 the clock leaps ahead by 19,676 days"}


def test_a_month_of_silence_is_silence(tmp_path: Path) -> None:
    assert not watched(tmp_path, [FRAME] * 2, [START, START + 30 * 86400]).doubts


# --- copies


def stream(count: int, number: int = 100, live: int = 64) -> list[bytes]:
    return [
        ethernet(ip(tcp(b"x" * 30, seq=at * 30, ack=7), 6, number=number + at, live=live), src=bytes([2, *range(5)]))
        for at in range(count)
    ]


def test_two_taps(tmp_path: Path) -> None:
    one, two = stream(40), stream(40, live=63)
    frames = [frame for pair in zip(one, two, strict=True) for frame in pair]
    times = [START + at // 2 * 0.3 + at % 2 * 0.02 for at in range(80)]
    assert watched(tmp_path, frames, times).doubts == {
        "duplicates": "about 50% of packets are copies of one just before, as from two taps: they count twice"
    }


def test_what_tcp_repeats_is_no_copy(tmp_path: Path) -> None:
    frames = stream(40) + stream(40, number=5000)
    assert not watched(tmp_path, frames, [START + at * 0.001 for at in range(80)]).doubts


def test_without_a_number_it_cannot_be_told(tmp_path: Path) -> None:
    frames = [ethernet(ip(tcp(b"", ack=9, flags=0x10), 6, number=0))] * 80
    assert not watched(tmp_path, frames, [START + at * 0.001 for at in range(80)]).doubts


def test_the_same_long_after_is_no_copy(tmp_path: Path) -> None:
    assert not watched(tmp_path, stream(40) * 2, [START + at * 0.01 for at in range(80)]).doubts


def test_a_copy_now_and_then_is_none(tmp_path: Path) -> None:
    frames = stream(40)
    assert not watched(tmp_path, [*frames[:5], *frames], [START + at * 0.001 for at in range(45)]).doubts


# --- several devices behind one address


def begun(*lives: int) -> list[bytes]:
    return [ethernet(ip(tcp(flags=2, src_port=40000 + at), 6, live=live)) for at, live in enumerate(lives)]


def test_different_systems_in_turn(tmp_path: Path) -> None:
    said = watched(tmp_path, begun(*(63, 127, 127) * 6)).doubts["translated"]
    assert said.startswith("several devices seem to stand behind 10.0.0.5: ")


@pytest.mark.parametrize(
    "lives",
    [
        (64, 128) * 9,
        (63, 62) * 9,
        (63,) * 9 + (127,) * 9,
        (63,) * 18,
        (*(63,) * 9, 127, 63, 127, 63, 127),
    ],
    ids=["not one hop away", "another route", "the address was given to another", "one system", "too few"],
)
def test_no_sign_of_several(tmp_path: Path, lives: tuple[int, ...]) -> None:
    assert not watched(tmp_path, begun(*lives)).doubts


# --- what whoever captured says


def statistics(which: int, dropped: int, by_system: int) -> bytes:
    body = struct.pack("<III", which, 0, 0) + struct.pack("<HHQHHQ", 5, 8, dropped, 7, 8, by_system)
    return block(5, body + struct.pack("<HH", 0, 0))


def test_losses_are_told(tmp_path: Path) -> None:
    blocks = [section(), interface(), interface(), packet(FRAME)]
    blocks += [statistics(0, 2, 1), statistics(0, 5, 1), statistics(1, 0, 1000), statistics(9, 7, 7)]
    tally = read(tmp_path, b"".join(blocks)).tally
    assert tally is not None
    assert tally.watched is not None
    assert tally.watched.doubts == {"lost": "whoever captured says that 1,006 packets were lost"}


@pytest.mark.parametrize("body", [b"", b"\0" * 12, struct.pack("<IIIHHQ", 0, 0, 0, 5, 8, (1 << 64) - 1)])
def test_no_losses(tmp_path: Path, body: bytes) -> None:
    tally = read(tmp_path, section() + interface() + packet(FRAME) + block(5, body)).tally
    assert tally is not None
    assert tally.watched == Watched(spans=((START, START),))
