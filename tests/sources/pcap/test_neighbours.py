"""Which address came with which MAC and VLAN: added up over windows, and bounded."""

from __future__ import annotations

from pathlib import Path

import pytest
from pcap_factory import ethernet, ip, pcap, read, udp

from custodiet.sources.pcap import facts, neighbours, window

FRAMES = [
    ethernet(ip(udp(bytes(200), 4000 + again, 9), 17, f"10.0.0.{host}"), tags=[(0x8100, host % 3)])
    for again in range(40)
    for host in range(6)
]
"""The host with number 0 is 10.0.0.0, which is as good an address as any."""


def shown(path: Path) -> list[tuple[str, str, str, str, int, float | None, float | None]]:
    return [
        (one.subject, one.attribute, one.value, one.locator, one.count, one.first_seen, one.last_seen)
        for one in read(path, pcap(FRAMES)).observations
        if one.attribute in ("net.mac", "net.vlan")
    ]


def test_added_up_over_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = shown(tmp_path)
    assert len(expected) == 6 + 4
    assert {count for _subject, _attribute, _value, _locator, count, _first, _last in expected} == {40}
    for _subject, _attribute, _value, _locator, _count, first, last in expected:
        assert first is not None and last is not None and first < last
    monkeypatch.setattr(window, "WINDOW", 8192)
    assert shown(tmp_path) == expected


def test_forgotten_when_there_are_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = shown(tmp_path)
    monkeypatch.setattr(window, "WINDOW", 8192)
    monkeypatch.setattr(neighbours, "_MOST", 2)
    assert shown(tmp_path) == expected


def test_given_out_with_the_facts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "WINDOW", 8192)
    monkeypatch.setattr(facts, "_MOST_FACTS", 5)
    found = shown(tmp_path)
    assert len(found) > 10
    assert sum(
        count for _subject, attribute, _value, _locator, count, _first, _last in found if attribute == "net.mac"
    ) == len(FRAMES)


@pytest.mark.parametrize("source", ["0.0.0.0", "224.0.0.1", "255.255.255.255", "::", "ff02::1"])
def test_nobody_has_these_addresses(tmp_path: Path, source: str) -> None:
    six = ":" in source
    frame = ethernet(ip(udp(b"x", 5, 9), 17, source, "fe80::9" if six else "10.0.0.9"), 0x86DD if six else 0x0800)
    assert not [one for one in read(tmp_path, pcap([frame])).observations if one.attribute == "net.mac"]
