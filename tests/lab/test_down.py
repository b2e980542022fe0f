"""Down leaves nothing behind, and touches nothing that is another's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from lab.ground import proving_ground
from lab.network import ROLES, run, state, why_not


def test_down_removes_what_is_its_own() -> None:
    if reason := why_not():
        pytest.skip(f"no proving ground here: {reason}")
    name, other = f"cst-down-{os.getpid()}", f"cst-down-{os.getpid()}-other"
    run("ip", "netns", "add", other)
    try:
        with proving_ground(name, devices=40, fragile=1, workers=2) as ground:
            assert ground.status()["devices"] == 41
            pids = [int(file.read_text()) for file in state(name).glob("*.pid")]
            assert len(pids) == 2
        there = run("ip", "netns", "list").split()
        assert other in there
        assert not {f"{name}-{role}" for role in ROLES} & set(there)
        assert not state(name).exists()
        for pid in pids:
            line = Path(f"/proc/{pid}/cmdline")
            assert not line.exists() or not line.read_bytes()  # gone, or nobody has asked yet how it ended
    finally:
        run("ip", "netns", "del", other)
