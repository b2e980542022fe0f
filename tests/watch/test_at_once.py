"""``custodiet watch --listen`` on a wire between two namespaces: from the packet to the line, and after a restart."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from custodiet.casefile import Case
from custodiet.cli.watching_live import AT_ONCE
from custodiet.watch.told import history
from watch.town import CAMERA, CLOUD, CLOUD_NAME, ELSEWHERE, RECORDER, asks, knowledge, notice, statement, talk, told

SLACK = 4.0
"""Seconds that a busy machine may take to read and tell."""

SEND = """
import socket, sys
with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as out:
    out.bind((sys.argv[1], 0))
    for line in sys.stdin:
        out.send(bytes.fromhex(line))
"""


class Wire:
    """Two namespaces, one that listens and one that sends."""

    def __init__(self) -> None:
        number = os.getpid()
        self.hear, self.send = f"cst-watch-{number}-hear", f"cst-watch-{number}-send"
        self.here, self.there = f"cw{number}h", f"cw{number}s"
        for name in (self.hear, self.send):
            self._ip("netns", "add", name)
            self._ip("netns", "exec", name, "sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1")
        self._ip("link", "add", self.here, "netns", self.hear, "type", "veth", "peer", self.there, "netns", self.send)
        for name, end in ((self.hear, self.here), (self.send, self.there)):
            self._ip("-n", name, "link", "set", end, "arp", "off", "up")

    def _ip(self, *words: str) -> None:
        subprocess.run(["ip", *words], check=True, capture_output=True)

    def speak(self, *frames: bytes) -> float:
        """Send frames; the moment just before the first."""
        at = time.time()
        command = ["ip", "netns", "exec", self.send, sys.executable, "-c", SEND, self.there]
        subprocess.run(command, input="\n".join(frame.hex() for frame in frames), text=True, check=True)
        return at

    def remove(self) -> None:
        for name in (self.hear, self.send):
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)


class Watching:
    """``custodiet watch --listen`` in a process of its own, and what it says."""

    def __init__(self, wire: Wire, case: Path, catalog: Path) -> None:
        command = ["ip", "netns", "exec", wire.hear, sys.executable, "-m", "custodiet", "watch", "--json"]
        command += ["--listen", wire.here, "--case", str(case), "--catalog", str(catalog)]
        self.command = command
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.lines: list[tuple[float, dict[str, Any]]] = []
        threading.Thread(target=self._read, daemon=True).start()
        deadline = time.monotonic() + 60
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        while self.process.poll() is None and not children.read_text() and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(1.5)  # until the process that captures does so

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append((time.time(), json.loads(line)))

    def wait_for(self, kind: str, seconds: float = 15.0) -> tuple[float, dict[str, Any]]:
        """The first news of a kind, with the moment at which its line was there."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for at, one in self.lines:
                if one["kind"] == kind:
                    return at, one
            time.sleep(0.05)
        raise AssertionError(f"{kind} was not told; {[one['kind'] for _, one in self.lines]}")

    def end(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        code = self.process.wait(60)
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()
        return code


@pytest.fixture
def wire() -> Iterator[Wire]:
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


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return knowledge(tmp_path_factory.mktemp("knowledge") / "acme")


def test_from_the_packet_to_the_line_and_after_a_restart(wire: Wire, catalog: Path, tmp_path: Path) -> None:
    case = tmp_path / "town.sqlite"

    watching = Watching(wire, case, catalog)
    sent = wire.speak(notice(), *talk(RECORDER, 554))
    at, new = watching.wait_for("new device")
    assert new["label"] == CAMERA
    assert at - sent < AT_ONCE + SLACK
    sent = wire.speak(asks(CLOUD_NAME), told(CLOUD_NAME, CLOUD), *talk(CLOUD))
    at, new = watching.wait_for("new destination")
    assert new["says"].startswith(f"It talks to its maker: {CLOUD_NAME} ({CLOUD}), tcp/443")
    assert at - sent < AT_ONCE + SLACK
    assert at - new["at"] < AT_ONCE + SLACK, "from the packet itself"
    assert new["place"].endswith("packet 8"), "counted in the file that goes into the case"
    assert new["evidence"] == [], "what is not in the case yet is not cited"
    assert watching.end() == 0

    with Case(case) as opened:
        kept = {one.kind: one for one in history(opened)}
        (flow,) = opened.flows_between([f"ip:{CAMERA}"], [f"ip:{CLOUD}"])
        assert kept["new destination"].evidence == (flow.id,)
        source = next(one for one in opened.sources() if one.id == flow.source)
        assert kept["new destination"].place == f"{source.name}, {flow.locator}"
        camera = next(asset for asset, *_ in opened.conclusions() if asset.label == CAMERA)
        id, envelope = statement(camera, allowed=(RECORDER,))
        opened.set_meta(f"isolation:{id}", envelope)

    watching = Watching(wire, case, catalog)
    wire.speak(notice(), *talk(RECORDER, 554))
    time.sleep(AT_ONCE + 1)
    sent = wire.speak(*talk(ELSEWHERE, 8800))
    at, back = watching.wait_for("back after isolation")
    assert (back["label"], back["address"]) == (CAMERA, ELSEWHERE)
    assert at - sent < AT_ONCE + SLACK
    assert [one["kind"] for _, one in watching.lines] == ["back after isolation", "new destination"]
    assert watching.end(signal.SIGTERM) == 3


def test_what_a_process_that_died_had_told_is_not_told_again(wire: Wire, catalog: Path, tmp_path: Path) -> None:
    case = tmp_path / "town.sqlite"
    watching = Watching(wire, case, catalog)
    wire.speak(notice(), *talk(CLOUD))
    watching.wait_for("new destination")
    second = subprocess.run(watching.command, capture_output=True, text=True, timeout=60)
    assert (second.returncode, "somebody else watches" in second.stderr) == (2, True)
    watching.end(signal.SIGKILL)
    watching = Watching(wire, case, catalog)
    wire.speak(notice(), *talk(CLOUD), *talk(ELSEWHERE))
    _, new = watching.wait_for("new destination")
    assert new["address"] == ELSEWHERE
    assert watching.end() == 0
    with Case(case) as opened:
        assert opened.flows_between([f"ip:{CAMERA}"], [f"ip:{CLOUD}"]), "what it had heard is in the case"
        assert opened.unfinished() == ()
