"""What the benchmarks of `find` share: a sweep in the namespaces of the proving ground, measured from outside.

python benchmarks/sweeping.py '{"networks": [...], ...}'     # in the namespace: one sweep, its figures as JSON
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from lab.ground import Ground, proving_ground  # noqa: E402
from lab.network import why_not  # noqa: E402

__all__ = ["Ground", "proving_ground", "why_not"]

CAMERA_PORTS = (80, 443, 554, 8000, 8080, 8443, 34567, 37777)
FIRST = (80, 443, 554)
CUSTODIET = str(Path(sys.executable).with_name("custodiet"))
NOBODY = 65534


# --- in the namespace


def child(given: dict[str, Any]) -> None:
    """Run one sweep as the options say, and print its figures."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from custodiet.probes import run
    from custodiet.probes.plan import PRESETS, Plan, Preset
    from custodiet.probes.questions import questions_of
    from custodiet.probes.sweep import Sweep

    ports = tuple(given["ports"])
    preset = next((one for one in PRESETS if one.id == given["preset"]), None) or Preset(
        id="full", means="as fast as it goes, for the proving ground", rate=None, at_once=given.get("at_once", 500),
        gap=0.0, knocks_gap=0.0, answer=given.get("answer", 0.5), greeting=0.5,
    )  # fmt: skip
    if factor := given.get("beside"):  # so many times the devices at once; each of them sees the preset itself
        preset = Preset(
            **{**{n: getattr(preset, n) for n in preset.__struct_fields__}, "at_once": preset.at_once * factor}
        )
    asked = [
        one
        for one in questions_of(given.get("questions", "gentle"))
        if not ports or (one.transport == "tcp" and set(one.ports) & set(ports))
    ]
    if ports:
        first, rest = tuple(p for p in ports if p in FIRST), tuple(p for p in ports if p not in FIRST)
    else:
        from custodiet.probes.questions import stages_of

        first, *later = stages_of(given.get("questions", "gentle"))
        rest = tuple(port for stage in later for port in stage)
    plan = Plan(
        networks=tuple(given["networks"]), questions=tuple(one.id for one in asked), first=first, rest=rest,
        preset="gentle", rate=given.get("rate", preset.rate), seed=given.get("seed", 1),
        started=time.time(),
    )  # fmt: skip
    may = run.Rights(raw=given.get("raw", True), witness=given.get("witness", True))

    def started(sweep: Sweep) -> None:
        if seconds := given.get("seconds"):
            asyncio.get_running_loop().call_later(seconds, sweep.stop)
        sweeps.append(sweep)

    sweeps: list[Sweep] = []
    before, begun = _used(), time.perf_counter()
    end = asyncio.run(
        run.run_sweep(
            plan, Path(given["log"]), Ed25519PrivateKey.generate(), may=may, questions=asked, preset=preset,
            turns=Path(given["turns"]) if given.get("turns") else None, started=started,
            interfaces=None if given.get("near") else (),
        )
    )  # fmt: skip
    [sweep] = sweeps
    figures = {
        "wall": time.perf_counter() - begun,
        "cpu": _used() - before,
        "addresses": sum(one.asked for one in end.coverage),
        "answered": sum(one.answered for one in end.coverage),
        "refused": sum(one.refused for one in end.coverage),
        "knocks": sweep.seen.knocks,
        "questions": sum(sweep.seen.exchanges.values()),
        "outcomes": sweep.seen.exchanges,
        "packets": end.ledger.packets,
        "left_alone": sweep.seen.left_alone,
        "worst_lag": end.worst_lag,
        "gaps": end.ledger.gaps,
    }
    print(json.dumps(figures))


def _used() -> float:
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime


# --- from outside


def start(ground: Ground, folder: Path, *, user: int = 0, **options: Any) -> subprocess.Popen[str]:
    """Begin a sweep in the namespace of a proving ground."""
    folder.chmod(0o777)
    given = {"ports": CAMERA_PORTS, "preset": "full", "log": str(folder / f"{time.time_ns()}.find"), **options}
    words = ["ip", "netns", "exec", f"{ground.name}-scan"]
    if user:  # another user without any right
        words += ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--bounding-set=-all"]
    process = subprocess.Popen(
        [*words, sys.executable, __file__, json.dumps(given)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    process.log = Path(given["log"])  # type: ignore[attr-defined]
    return process


def figures_of(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The figures of a sweep that was begun, when it ended; and where its log is."""
    output = process.communicate()[0]
    if process.returncode:
        raise RuntimeError("the sweep failed")
    return {**json.loads(output), "log": process.log}  # type: ignore[attr-defined]


def sweep(ground: Ground, folder: Path, **options: Any) -> dict[str, Any]:
    """Run a sweep; its figures, with the seconds from start to end of the whole process."""
    begun = time.perf_counter()
    figures = figures_of(start(ground, folder, **options))
    return {**figures, "process": time.perf_counter() - begun}


def identified(log: Path) -> tuple[dict[str, dict[str, str]], float, float]:
    """Address -> what `custodiet identify` concludes from a log; seconds and CPU seconds of that."""
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([CUSTODIET, "identify", str(log), "--json"], check=False, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    took = time.perf_counter() - begun
    found: dict[str, dict[str, str]] = {}
    for device in json.loads(done.stdout)["devices"]:
        concluded = {one["field"]: one["value"] for one in device["identification"]["conclusions"]}
        for identifier in device["asset"]["identifiers"]:
            if identifier["kind"] == "ip":
                found[identifier["value"]] = concluded
        label = device["asset"]["label"]
        found.setdefault(label, concluded)
    return found, took, cpu


def link_packets(namespace: str, link: str) -> int:
    """Packets that came in on a link, as the kernel of that side counts them."""
    output = subprocess.run(["ip", "-n", namespace, "-s", "-j", "link", "show", link], capture_output=True, check=True)
    return int(json.loads(output.stdout)[0]["stats64"]["rx"]["packets"])


def arrived(ground: Ground) -> int:
    """Packets that the router got from the station so far."""
    return link_packets(f"{ground.name}-router", "up0")


@contextmanager
def busy(cores: int) -> Iterator[None]:
    """So many processes that do nothing as fast as they can, for as long as the block lasts."""
    processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(cores)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that others may enter."""
    with tempfile.TemporaryDirectory(prefix="cst-bench-") as name:
        path = Path(name)
        path.chmod(0o777)
        yield path


def reachable(ground: Ground, networks: list[str]) -> list[dict[str, Any]]:
    """Rows of the manifest in these networks that answer on a camera port."""
    from ipaddress import ip_address, ip_network

    nets = [ip_network(one) for one in networks]
    return [
        row
        for row in ground.devices
        if row["seen"]
        and any(ip_address(row["address"]) in net for net in nets)
        and set(row["tcp"]) & set(CAMERA_PORTS)
    ]


def load() -> str:
    """How busy the machine is, to stand beside every figure."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def outcomes(figures: dict[str, Any]) -> str:
    """In a few words."""
    return ", ".join(f"{number} {name}" for name, number in Counter(figures["outcomes"]).most_common())


if __name__ == "__main__":
    child(json.loads(sys.argv[1]))
