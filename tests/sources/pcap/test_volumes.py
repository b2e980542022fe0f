"""Volume by the hour: nothing is lost or counted twice at the edges of hours and windows."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest
from pcap_factory import ethernet, interface, ip, packet, pcap, read, section, tcp, udp

from custodiet.model import Flow
from custodiet.sources.pcap import flows as table
from custodiet.sources.pcap import volumes, window

HOUR = 3600
NOON = 1_700_002_800.0
"""An hour begins."""


def key(flow: Flow) -> tuple[str, str, str, int]:
    return flow.subject, flow.peer, flow.transport, flow.port


def sums(flows: list[Flow]) -> dict[tuple[str, str, str, int], tuple[int, ...]]:
    """What all hours have together."""
    found: dict[tuple[str, str, str, int], Counter[str]] = {}
    for flow in flows:
        total = found.setdefault(key(flow), Counter())
        for name in ("bytes_out", "bytes_in", "packets_out", "packets_in"):
            total[name] += getattr(flow, name)
    return {name: tuple(total.values()) for name, total in found.items()}


def town(packets: int, step: float) -> bytes:
    """Cameras that talk now and then, with answers; every other conversation is begun in the middle."""
    rng = Random(5)
    frames, times = [], []
    for at in range(packets):
        host, port = rng.randrange(1, 5), 50000 + rng.randrange(3)
        times.append(NOON - 40 + at * step)
        out = (f"10.0.0.{host}", "192.0.2.9")
        segment = tcp(b"x" * rng.randrange(50), port, 443, flags=0x02 if at < 3 else 0x18)
        back = tcp(b"y" * rng.randrange(90), 443, port)
        one = ip(segment, 6, *out) if rng.random() < 0.6 else ip(back, 6, *reversed(out))
        frames.append(ethernet(one if at % 5 else ip(udp(b"z" * 9, port, 123), 17, *out)))
    return pcap(frames, times=times)


def test_each_hour_is_a_flow(tmp_path: Path) -> None:
    frames = [ethernet(ip(udp(b"x" * size, 5000, 123), 17)) for size in (0, 1, 2, 3)]
    times = [NOON - 1, NOON - 0.000001, NOON, NOON + HOUR]
    found = read(tmp_path, pcap(frames, times=times)).flows
    assert [(flow.bytes_out, flow.packets_out, flow.first_seen, flow.last_seen) for flow in found] == [
        (57, 2, NOON - 1, pytest.approx(NOON - 0.000001, abs=1e-7)),
        (30, 1, NOON, NOON),
        (31, 1, NOON + HOUR, NOON + HOUR),
    ]
    assert [flow.locator for flow in found] == ["packet 1", "packet 3", "packet 4"]
    assert len({flow.id for flow in found}) == 3


def test_a_flow_lies_in_one_hour(tmp_path: Path) -> None:
    found = read(tmp_path, town(400, 37.0)).flows
    assert len(found) > 30
    assert all(flow.first_seen // HOUR == flow.last_seen // HOUR for flow in found)
    assert len({flow.id for flow in found}) == len(found)
    assert len({(key(flow), flow.first_seen // HOUR) for flow in found}) == len(found)


def test_hours_add_up_to_what_it_was_in_one(tmp_path: Path) -> None:
    in_one_hour = read(tmp_path, town(400, 0.01)).flows
    assert {flow.first_seen // HOUR for flow in in_one_hour} == {NOON // HOUR - 1}
    assert sums(read(tmp_path, town(400, 37.0)).flows) == sums(in_one_hour)


@pytest.mark.parametrize("size", [1 << 10, 5000, 1 << 14])
@pytest.mark.parametrize("step", [37.0, -37.0, 0.5])
def test_windows_make_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, step: float) -> None:
    whole = read(tmp_path, town(400, step)).flows
    monkeypatch.setattr(window, "WINDOW", size)
    assert read(tmp_path, town(400, step)).flows == whole


@pytest.mark.parametrize("flows", [5, 60_000])
@pytest.mark.parametrize(("conversations", "slices"), [(6, 240_000), (120_000, 20), (6, 20), (120_000, 240_000)])
def test_bounds_lose_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, conversations: int, slices: int, flows: int
) -> None:
    whole = read(tmp_path, town(400, 37.0)).flows
    monkeypatch.setattr(window, "WINDOW", 4096)
    monkeypatch.setattr(table, "_MOST_CONVERSATIONS", conversations)
    monkeypatch.setattr(table, "_MOST_VOLUMES", slices)
    monkeypatch.setattr(volumes, "_MOST_FLOWS", flows)
    found = read(tmp_path, town(400, 37.0)).flows
    total, before = Counter[str](), Counter[str]()
    for counted, all_flows in ((total, found), (before, whole)):
        for flow in all_flows:
            counted["bytes"] += flow.bytes_in + flow.bytes_out
            counted["packets"] += flow.packets_in + flow.packets_out
    assert total == before
    assert len({flow.id for flow in found}) == len(found)
    assert all(flow.first_seen // HOUR == flow.last_seen // HOUR for flow in found)
    if conversations > 6:  # who began may look different once a conversation was forgotten
        assert sums(found) == sums(whole)


def test_who_began_is_the_same_in_all_hours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The port says one thing in the first hour, an opening another in the last, when the first were given out."""
    frames = [ethernet(ip(tcp(b"x", 443, 50000, seq=9), 6, "10.0.0.9", "10.0.0.5"))] * 60
    frames.append(ethernet(ip(tcp(b"", 443, 50000, flags=2), 6, "10.0.0.9", "10.0.0.5")))
    times = [NOON + at * HOUR for at in range(61)]
    assert {flow.subject for flow in read(tmp_path, pcap(frames, times=times)).flows} == {"ip:10.0.0.9"}
    monkeypatch.setattr(window, "WINDOW", 1024)
    monkeypatch.setattr(table, "_MOST_VOLUMES", 10)
    found = read(tmp_path, pcap(frames, times=times)).flows
    assert len(found) == 61
    assert {flow.subject for flow in found} == {"ip:10.0.0.5"}


def test_an_hour_that_comes_again_is_one_flow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = [ethernet(ip(udp(b"x" * 400, 5000, 123), 17))] * 40
    times = [NOON + (at % 2) * HOUR for at in range(40)]
    monkeypatch.setattr(window, "WINDOW", 1024)
    found = read(tmp_path, pcap(frames, times=times)).flows
    assert [(flow.packets_out, flow.locator) for flow in found] == [(20, "packet 1"), (20, "packet 2")]


@pytest.mark.parametrize("offset", [-(1 << 39), 0, 1 << 39])
def test_hours_before_1970_and_after_all_of_us(tmp_path: Path, offset: int) -> None:
    frame = ethernet(ip(udp(b"x", 5000, 123), 17))
    stamps = (0, 1, 7300, (1 << 64) - 1)
    blocks = [packet(frame, stamp=stamp) for stamp in stamps]
    found = read(tmp_path, section() + interface(resolution=0, offset=offset) + b"".join(blocks))
    assert found.tally is not None
    assert found.tally.watched is not None
    assert sum(flow.packets_out for flow in found.flows) == 4
    assert [flow.packets_out for flow in found.flows[1:]] == [1, 1]
    assert all(begin <= end for begin, end in found.tally.watched.spans)
