"""Both file formats over several windows, packed and damaged."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import pytest
from pcap_factory import block, ethernet, interface, ip, packet, pcap, question, read, section, udp

from custodiet.sources.pcap import window
from custodiet.sources.pcap.container import Container, is_capture

FRAMES = [
    ethernet(ip(udp(question(f"n{at}.example").ljust(100 + at % 900, b"\0")), 17, f"10.0.{at % 7}.{at % 200 + 1}"))
    for at in range(1500)
]


def pcapng(frames: list[bytes]) -> bytes:
    return section() + interface() + b"".join(packet(frame) for frame in frames)


@pytest.mark.parametrize("make", [pcap, pcapng])
def test_windows_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: object) -> None:
    data = make(FRAMES)  # type: ignore[operator]
    whole = read(tmp_path, data)
    monkeypatch.setattr(window, "WINDOW", 70_001)
    parts = read(tmp_path, data)
    assert {one.id for one in parts.observations} == {one.id for one in whole.observations}
    assert sorted(parts.flows, key=str) == sorted(whole.flows, key=str)
    assert parts.tally == whole.tally
    assert len(whole.values("dns.query")) == 1500
    assert not whole.issues


def test_packed(tmp_path: Path) -> None:
    data = gzip.compress(pcap(FRAMES[:50]))
    assert is_capture(data)
    assert read(tmp_path, data) == read(tmp_path, pcap(FRAMES[:50]))


def test_packed_and_cut(tmp_path: Path) -> None:
    found = read(tmp_path, gzip.compress(pcap(FRAMES[:50]))[:-20])
    assert found.tally is not None
    assert found.tally.total > 0
    assert any("compressed" in issue.reason for issue in found.issues)


def test_packed_bomb_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "WINDOW", 100_000)
    data = gzip.compress(pcap([]) + bytes(20_000_000))
    found = read(tmp_path, data)
    assert any("unfolds" in issue.reason for issue in found.issues)


def test_progress_tells_bytes_done(tmp_path: Path) -> None:
    path = tmp_path / "capture"
    path.write_bytes(pcap(FRAMES))
    container = Container(path)
    assert sum(len(window.start) for window in container.windows()) == container.packets == 1500
    assert container.done == path.stat().st_size


def test_many_sections_are_bounded(tmp_path: Path) -> None:
    found = read(tmp_path, (section() + interface() + packet(FRAMES[0])) * 3 + section() * 1000)
    assert found.tally is not None
    assert found.tally.total == 3
    assert any("sections" in issue.reason for issue in found.issues)


def test_packet_of_an_undescribed_interface(tmp_path: Path) -> None:
    found = read(tmp_path, section() + interface() + packet(FRAMES[0], 5))
    assert found.values("dns.query") == ["n0.example"]
    assert any("interface" in issue.reason for issue in found.issues)


def test_captured_length_larger_than_its_block(tmp_path: Path) -> None:
    body = struct.pack("<IIIII", 0, 0, 0, 60_000, 60_000) + FRAMES[0]
    found = read(tmp_path, section() + interface() + block(6, body) + packet(FRAMES[1]))
    assert found.values("dns.query")[-1] == "n1.example"
    assert found.tally is not None
    assert found.tally.total == 2
