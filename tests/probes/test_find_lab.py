"""`find` in the proving ground: what it names, what it sends, and what it leaves in peace."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
from lab.ground import ROOT, Ground, proving_ground
from lab.network import why_not
from lab.tap import Frame, tapped

from custodiet.probes.ledger import Packet, verify
from custodiet.probes.log import End, Exchanged, Ledgered, read_log

NETWORKS = ("10.77.20.0/24", "10.77.32.0/24")
"""One on the link, one behind the router."""
FULL_SPEED = """
import asyncio, json, sys, time
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from custodiet.probes.plan import Plan, Preset
from custodiet.probes.questions import questions_of
from custodiet.probes.run import Rights, run_sweep
path, way, *networks = sys.argv[1:]
raw = way == "raw"
asked = [one for one in questions_of("gentle") if one.transport == "tcp"]
plan = Plan(networks=tuple(networks), questions=(), first=(80, 443, 554), rest=(8000, 8080, 37777, 34567),
            preset="standard", rate=None, seed=1, started=time.time())
full = Preset(id="full", means="", rate=None, at_once=300, gap=0, knocks_gap=0, answer=0.5, greeting=0.5)
asyncio.run(run_sweep(plan, Path(path), Ed25519PrivateKey.generate(), may=Rights(raw=raw, witness=raw), questions=asked,
                      preset=full, interfaces=()))
"""


@dataclass
class Found:
    """One `custodiet find` and all that is known of it."""

    rows: list[dict[str, Any]]
    """Of the manifest, in the networks asked."""
    named: dict[str, dict[str, str]]
    """Address -> what was concluded."""
    frames: list[Frame]
    """That left, seen beside it."""
    packets: list[Packet]
    """That the ledger holds."""
    end: End
    exchanges: list[Exchanged]
    status: dict[str, Any]


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    if reason := why_not():
        pytest.skip(f"no proving ground here: {reason}")
    with proving_ground(f"cst-find-{os.getpid()}", devices=60, fragile=6) as made:
        yield made


@pytest.fixture(scope="module")
def found(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Found:
    folder = tmp_path_factory.mktemp("find")
    fragile = [str(row["address"]) for row in ground.devices if row["fragile"]]
    networks = [*NETWORKS, *fragile]
    words = [word for network in networks for word in ("--net", network)]
    with tapped(f"{ground.name}-scan", folder / "tap") as frames:
        output = custodiet(
            ground, folder, "find", *words, "--preset=standard", "--rate=2000/s", "--yes", "--json",
            f"--case={folder / 'c.sqlite'}",
        )  # fmt: skip
    named: dict[str, dict[str, str]] = {}
    for device in json.loads(output)["devices"]:
        concluded = {one["field"]: one["value"] for one in device["identification"]["conclusions"]}
        for identifier in device["asset"]["identifiers"]:
            if identifier["kind"] == "ip":
                named[identifier["value"]] = concluded
    [log] = (folder / "c.sqlite.finds").glob("*.find")
    lines = list(read_log(log))
    end = lines[-1]
    assert isinstance(end, End)
    return Found(
        rows=[row for row in ground.devices if any(ip_address(row["address"]) in ip_network(one) for one in networks)],
        named=named,
        frames=frames,
        packets=list(verify((line.page for line in lines if isinstance(line, Ledgered)), end.ledger)),
        end=end,
        exchanges=[line for line in lines if isinstance(line, Exchanged)],
        status=ground.status(),
    )


def custodiet(ground: Ground, folder: Path, *words: str) -> str:
    """What a command prints in the namespace that sweeps start from; code 4 says that something could not be read."""
    command = ["ip", "netns", "exec", f"{ground.name}-scan", sys.executable, "-m", "custodiet", *words]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, cwd=ROOT, timeout=120,
        env={**os.environ, "XDG_STATE_HOME": str(folder / "state")},
    )  # fmt: skip
    assert done.returncode in (0, 4), done.stderr[-2000:]
    return done.stdout


def test_every_device_that_can_be_seen_is_named(found: Found) -> None:
    wrong = []
    for row in found.rows:
        if not row["seen"] or row["why_not"]:
            continue
        for field, wanted in row["expected"].items():
            value = found.named.get(row["address"], {}).get(field, "")
            if value == wanted[4:] if wanted.startswith("not:") else value != wanted:
                wrong.append((row["family"], row["address"], field, value, wanted))
    assert len(found.rows) > 30
    assert wrong == []


def test_what_is_not_named_has_its_reason_in_the_manifest(found: Found) -> None:
    silent = {row["address"] for row in found.rows} - found.named.keys()
    unexplained = [row for row in found.rows if row["address"] in silent and row["seen"] and row["expected"]]
    assert unexplained == []
    assert all(row["why_not"] for row in found.rows if not row["seen"])


def test_the_ledger_is_what_was_on_the_wire(found: Found) -> None:
    """After the end, only neighbours that look for us still hear from the kernel."""
    kinds = {"igmp": "other"}

    def counted(frames: list[Frame]) -> Counter[tuple[str, str, int, int, int]]:
        return Counter((f.to, kinds.get(f.protocol, f.protocol), f.from_port, f.port, f.size) for f in frames)

    on_wire = counted([frame for frame in found.frames if frame.at <= found.end.at])
    afterwards = [frame for frame in found.frames if frame.at > found.end.at]
    in_ledger = Counter((p.to, p.protocol, p.from_port, p.port, p.size) for p in found.packets)
    assert len(found.frames) > 1000
    assert on_wire - in_ledger == Counter(), "left and is not in the ledger"
    assert in_ledger - on_wire - counted(afterwards) == Counter(), "is in the ledger and did not leave"
    assert {frame.protocol for frame in afterwards} <= {"arp"}
    assert found.end.ledger.gaps == () and found.end.other_packets == 0


def test_nobody_notices(found: Found) -> None:
    assert found.status["wasted_pages"] == found.status["touched_machines"] == found.status["dead"] == {}
    assert found.status["log_ins_tried"] == 0
    assert found.status["most_connections_at_once"] <= 1
    assert found.status["most_packets_in_a_second"] <= 20


def test_trouble_does_no_harm(found: Found) -> None:
    """Garbage, endless answers, redirects, answers from elsewhere: all is bounded and nothing is followed."""
    assert found.end.complete
    families = {row["family"] for row in found.rows}
    assert families & {"garbage", "endless", "cloud redirect", "redirect", "elsewhere"}, families
    asked = {row["address"] for row in found.rows}
    for line in found.exchanges:
        assert sum(map(len, line.exchange.answers)) <= 8 * 65535
    strange = {f.to for f in found.frames if ip_address(f.to) not in ip_network("10.77.0.0/16")}
    assert all(ip_address(to).is_multicast or to in ("255.255.255.255", "10.70.0.1") for to in strange)
    assert asked


def test_the_silent_preset_sends_nothing(ground: Ground, tmp_path: Path) -> None:
    with tapped(f"{ground.name}-scan", tmp_path / "tap") as frames:
        custodiet(ground, tmp_path, "find", "--listen=lan20", "--for=2s", "--json")
    assert frames == []


@pytest.mark.parametrize("way", ["raw", "connect"])
def test_nobody_is_missed_while_both_cores_are_busy(ground: Ground, tmp_path: Path, way: str) -> None:
    rows = [row for row in ground.devices if row["seen"] and row["network"].startswith("site")]
    wanted = {row["address"] for row in rows if {80, 443, 554, 8000, 8080, 37777, 34567} & set(row["tcp"])}
    networks = sorted({str(ip_network(f"{row['address']}/24", strict=False)) for row in rows})
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 1)]
    try:
        ground.python(FULL_SPEED, str(tmp_path / "a.find"), way, *networks)
    finally:
        for process in busy:
            process.kill()
            process.wait()
    heard = {
        line.exchange.target
        for line in read_log(tmp_path / "a.find")
        if isinstance(line, Exchanged) and line.exchange.outcome == "answered"
    }
    assert len(wanted) > 10
    assert wanted - heard == set()
