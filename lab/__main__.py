"""One command for the proving ground: up, down, status, manifest."""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from lab.estate import Estate, estate
from lab.network import NotPossible, down, state, up, why_not


def main(words: list[str] | None = None) -> int:
    """Do what the words say; the exit code: 0 done, 1 nothing is up, 2 not possible here."""
    parser = argparse.ArgumentParser(prog="python -m lab", description=__doc__)
    parser.add_argument("do", choices=("up", "down", "status", "manifest"))
    parser.add_argument("--name", default="cst-lab", help="of the namespaces; begins with cst-")
    parser.add_argument("--devices", type=int, default=2000, help="addresses with somebody, beside the fragile cameras")
    parser.add_argument("--fragile", type=int, default=20, help="cameras that die easily")
    parser.add_argument("--seed", type=int, default=7, help="another seed, another estate")
    parser.add_argument("--workers", type=int, default=1, help="processes that serve")
    parser.add_argument(
        "--empty", choices=("drop", "refuse"), default="drop", help="what an address without a device does"
    )
    parser.add_argument(
        "--chatter", type=int, choices=(0, 1), default=0, help="devices on the link announce themselves"
    )
    given = parser.parse_args(words)
    try:
        if given.do == "down":
            down(given.name)
            return 0
        if given.do == "status":
            return _status(given.name)
        file = state(given.name) / "manifest.json"
        if given.do == "manifest" and file.is_file():
            sys.stdout.write(file.read_text("utf-8"))
            return 0
        whole = estate(devices=given.devices, seed=given.seed, fragile=given.fragile)
        if given.do == "manifest":
            sys.stdout.write(_shown(whole.manifest(given.name)))
            return 0
        return _up(given, whole)
    except (NotPossible, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _shown(value: object) -> str:
    return json.dumps(value, indent=1) + "\n"


def _up(given: argparse.Namespace, whole: Estate) -> int:
    if reason := why_not():
        raise NotPossible(reason)
    began = time.monotonic()
    up(given.name, whole, empty=given.empty)
    folder = state(given.name)
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "manifest.json").write_text(_shown(whole.manifest(given.name)), "utf-8")
    try:
        for worker in range(given.workers):
            _start(given, worker, folder)
    except NotPossible:
        down(given.name)
        raise
    services = sum(len(device.tcp) + len(device.udp) for device in whole.devices)
    sys.stdout.write(
        f"{given.name}: {len(whole.devices)} devices, {services} open ports, up in {time.monotonic() - began:.1f} s\n"
        f"sweep from the namespace {given.name}-scan: ip netns exec {given.name}-scan ...\n"
        f"truth: {folder / 'manifest.json'}\n"
    )
    return 0


def _start(given: argparse.Namespace, worker: int, folder: Path) -> None:
    log = (folder / f"worker{worker}.log").open("w+b")
    options = [f"--{key}={getattr(given, key)}" for key in ("devices", "seed", "fragile", "workers", "chatter")]
    process = subprocess.Popen(
        ["ip", "netns", "exec", f"{given.name}-estate", sys.executable, "-m", "lab.serve", "--name", given.name,
         f"--worker={worker}", *options],
        stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=Path(__file__).parents[1],
        env={key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG")},
    )  # fmt: skip
    (folder / f"worker{worker}.pid").write_text(str(process.pid))
    until = time.monotonic() + 120
    while not (folder / f"worker{worker}.sock").exists():
        if process.poll() is not None or time.monotonic() > until:
            log.seek(0)
            raise NotPossible(f"the server did not start: {log.read().decode('utf-8', 'replace')[-800:]}")
        time.sleep(0.02)
    log.close()


def read_status(name: str) -> dict[str, object]:
    """What all workers have counted; empty where nothing is up."""
    total: dict[str, object] = {}
    for path in sorted(state(name).glob("worker*.sock")):
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(10)
        try:
            sock.connect(str(path))
        except OSError:
            continue
        raw = b""
        while piece := sock.recv(65536):
            raw += piece
        sock.close()
        for key, value in json.loads(raw).items():
            before = total.get(key)
            if isinstance(value, dict):
                total[key] = {**before, **value} if isinstance(before, dict) else value
            elif key.startswith("most_"):
                total[key] = max(int(before or 0), value)  # type: ignore[call-overload]
            else:
                total[key] = int(before or 0) + value  # type: ignore[call-overload]
    return total


def _status(name: str) -> int:
    total = read_status(name)
    sys.stdout.write(_shown(total) if total else f"{name} is not up\n")
    return 0 if total else 1


if __name__ == "__main__":
    sys.exit(main())
