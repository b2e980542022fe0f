"""The kernel as the judge of filters, and a wire between two network namespaces."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from custodiet.probes.sensor.child import attach

Passed = Callable[..., list[int]]


@pytest.fixture
def passed() -> Passed:
    """(filter, frames) -> how many bytes of each frame the kernel keeps; 0 where it refuses it.

    A pair of local sockets takes filters too, without any right and any network.
    """

    def ask(program: bytes, *frames: bytes) -> list[int]:
        left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        with left, right:
            attach(right, program)
            right.setblocking(False)
            found = []
            for frame in frames:
                left.send(frame)
                try:
                    found.append(len(right.recv(1 << 17)))
                except BlockingIOError:
                    found.append(0)
            return found

    return ask


LISTEN = """
import json, sys, threading
from pathlib import Path
import msgspec
from custodiet.probes.sensor.listen import Limits, listen
from custodiet.probes.sensor.reading import read_batch, source_of
stop = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(1), stop.set()), daemon=True).start()
begun = []
def tell(*said):
    print(json.dumps(said), flush=True)
def progress(stats):
    if not begun:
        begun.append(tell("listening"))
def take(batch):
    items = list(read_batch(batch, source_of(batch)))
    facts = sorted({f"{i.subject} {i.attribute} {i.value}" for i in items if type(i).__name__ == "Observation"})
    issues = [i.reason for i in items if type(i).__name__ == "Issue"]
    tell("batch", batch.stats is None, items[-1].total, facts, issues)
interface, folder, seconds, each, keep, give_up = sys.argv[1:7]
try:
    stats = listen(interface, folder=Path(folder), batches=take, stop=stop, seconds=float(seconds), keep=keep,
                   limits=Limits(seconds=float(each), ring=4 << 20), progress=progress,
                   give_up_rights=give_up == "1")
    tell("stats", msgspec.to_builtins(stats), stats.unaccounted)
except Exception as error:
    tell("error", str(error))
"""


class Wire:
    """Two namespaces joined by a veth pair: ``here`` is listened on, from ``there`` frames are sent."""

    def __init__(self) -> None:
        number = os.getpid()
        self.hear, self.send = f"cst-sensor-{number}-hear", f"cst-sensor-{number}-send"
        self.here, self.there = f"cs{number}h", f"cs{number}s"
        for name in (self.hear, self.send):
            self.ip("netns", "add", name)
            self.ip("netns", "exec", name, "sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1")
        self.ip("link", "add", self.here, "netns", self.hear, "type", "veth", "peer", self.there, "netns", self.send)
        for name, end in ((self.hear, self.here), (self.send, self.there)):
            self.ip("-n", name, "link", "set", end, "arp", "off", "up")

    def ip(self, *words: str) -> str:
        return subprocess.run(["ip", *words], check=True, capture_output=True, text=True).stdout

    def speak(self, *frames: bytes) -> None:
        """Send frames from the other end."""
        code = """
            import socket, sys
            with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as out:
                out.bind((sys.argv[1], 0))
                for frame in sys.argv[2].split(","):
                    out.send(bytes.fromhex(frame))
        """
        listed = ",".join(frame.hex() for frame in frames)
        self.start(self.send, code, self.there, listed).communicate()

    def start(self, where: str, code: str, *words: str, python: Sequence[str] = ()) -> subprocess.Popen[str]:
        """Run some Python in a namespace; ``python`` is how, where it is not run plainly."""
        command = ["ip", "netns", "exec", where, *(python or [sys.executable]), "-c", textwrap.dedent(code), *words]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)

    def listen(
        self,
        folder: Path,
        *,
        seconds: float = 30,
        each: float = 900,
        keep: str = "words",
        give_up: bool = False,
        python: Sequence[str] = (),
    ) -> subprocess.Popen[str]:
        """Listen in a process of its own; it ends when its standard input does."""
        words = (self.here, str(folder), str(seconds), str(each), keep, str(int(give_up)))
        return self.start(self.hear, LISTEN, *words, python=python)

    def remove(self) -> None:
        for name in (self.hear, self.send):
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A wire of its own for each test; skips where namespaces cannot be made."""
    if os.geteuid() or not shutil.which("ip"):
        pytest.skip("making network namespaces needs root and the program ip")
    try:
        made = Wire()
    except subprocess.CalledProcessError as fault:
        pytest.skip(f"network namespaces cannot be made here: {fault.stderr}")
    try:
        yield made
    finally:
        made.remove()


@pytest.fixture
def listening(wire: Wire, tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    """Starts listening on the wire in a process of its own, and waits until it hears."""

    def begin(**how: Any) -> subprocess.Popen[str]:
        process = wire.listen(tmp_path / "spool", **how)
        assert process.stdout is not None
        first = process.stdout.readline()
        assert "listening" in first or "batch" in first, process.communicate()
        return process

    return begin
