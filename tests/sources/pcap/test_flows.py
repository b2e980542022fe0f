"""The table of conversations: what falls together in one word is still told apart."""

from __future__ import annotations

import gc
from pathlib import Path

import numpy as np
import pytest
from pcap_factory import ethernet, ip, pcap, read, tcp, udp

from custodiet.sources.pcap.alike import Alike

FRAMES = [
    frame
    for host in range(6)
    for again in range(5)
    for frame in (
        ethernet(ip(udp(b"x" * (host + again), 4000 + host, 123), 17, f"10.0.0.{host + 1}")),
        ethernet(ip(tcp(b"", 50000 + again, 443, flags=2), 6, f"10.0.0.{host + 1}"), tags=[(0x8100, host)]),
        ethernet(ip(udp(b"y", 123, 4000 + host), 17, "fd00::9", f"fd00::{host + 1}"), 0x86DD),
    )
]


def test_flows_that_fall_together_stay_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = read(tmp_path, pcap(FRAMES)).flows
    assert len(expected) == 18
    assert {flow.packets_out + flow.packets_in for flow in expected} == {5}
    monkeypatch.setattr(Alike, "hashed", lambda _self, parts: np.zeros(len(parts[0]), dtype=np.uint64))
    assert read(tmp_path, pcap(FRAMES)).flows == expected


@pytest.mark.parametrize("working", [True, False])
def test_the_collector_is_left_as_it_was(tmp_path: Path, working: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if working else gc.disable)()
        read(tmp_path, pcap(FRAMES))
        assert gc.isenabled() is working
    finally:
        (gc.enable if before else gc.disable)()
