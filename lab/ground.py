"""A proving ground as tests and benchmarks use it: up, run something in it, read its counters, down."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.__main__ import read_status
from lab.network import NotPossible, state

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Ground:
    """A proving ground that is up."""

    name: str
    devices: list[dict[str, Any]]
    """The rows of the manifest."""

    def of(self, family: str, *, network: str = "") -> list[str]:
        """Addresses of a family that a sweep can reach."""
        return [
            str(device["address"])
            for device in self.devices
            if device["family"] == family and device["seen"] and network in ("", device["network"])
        ]

    def status(self) -> dict[str, Any]:
        """What was counted since it is up."""
        return read_status(self.name)

    def run(self, *words: str, seconds: float = 300.0) -> str:
        """What a command prints in the namespace that sweeps start from.

        Raises:
            RuntimeError: it failed; with the end of what it complained of.
        """
        command = ["ip", "netns", "exec", f"{self.name}-scan", *words]
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT, timeout=seconds)
        if done.returncode:
            raise RuntimeError(f"exit code {done.returncode}: {done.stderr[-2000:]}")
        return done.stdout

    def python(self, code: str, *words: str) -> str:
        """What a piece of Python prints there."""
        return self.run(sys.executable, "-c", code, *words)


@contextmanager
def proving_ground(name: str, **options: object) -> Iterator[Ground]:
    """Up for as long as the block lasts; options as of the command, for example ``devices=60``.

    Raises:
        NotPossible: it did not come up; the text says why.
    """
    command = [sys.executable, "-m", "lab"]
    given = [f"--{key}={value}" for key, value in options.items()]
    try:
        done = subprocess.run(
            [*command, "up", f"--name={name}", *given], check=False, capture_output=True, text=True, cwd=ROOT
        )
        if done.returncode:
            raise NotPossible(done.stderr.strip())
        yield Ground(name, json.loads((state(name) / "manifest.json").read_text("utf-8"))["devices"])
    finally:
        subprocess.run([*command, "down", f"--name={name}"], check=False, cwd=ROOT)
