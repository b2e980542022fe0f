"""A ledger is closed after the last packet that the kernel sends because of ours."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

from custodiet.probes import run

ASKED = """
import socket
from custodiet.probes.settling import unsettled
before = list(unsettled())
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
    sender.sendto(b"?", ("10.9.0.2", 9))  # of whom we knew long ago
    sender.sendto(b"?", ("10.9.0.3", 9))  # of whom we heard just now
print(before, list(unsettled()))
"""


@pytest.fixture
def namespace() -> Iterator[str]:
    if os.geteuid() or not shutil.which("ip"):
        pytest.skip("making network namespaces needs root and the program ip")
    name, here, there = (f"cst-settling-{os.getpid()}", f"ct{os.getpid()}h", f"ct{os.getpid()}s")
    steps = (
        f"link add {here} type veth peer name {there}",
        f"link set {here} up",
        f"link set {there} up",
        f"addr add 10.9.0.1/24 dev {here}",
        f"neigh replace 10.9.0.2 lladdr 02:00:00:00:00:02 dev {here} nud stale",
        f"neigh replace 10.9.0.3 lladdr 02:00:00:00:00:03 dev {here} nud reachable",
    )
    subprocess.run(["ip", "netns", "add", name], check=True)
    try:
        for step in steps:
            subprocess.run(["ip", "-n", name, *step.split()], check=True)
        yield name
    finally:
        subprocess.run(["ip", "netns", "del", name], check=True)


def test_the_kernel_will_ask_a_neighbour_of_whom_it_knew_long_ago(namespace: str) -> None:
    command = ["ip", "netns", "exec", namespace, sys.executable, "-c", ASKED]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert told.strip() == "[] ['10.9.0.2']"


def test_a_ledger_waits_for_those_asked_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([["10.9.0.2"], ["10.9.0.2", "10.9.0.7"], ["10.9.0.7"], []])
    monkeypatch.setattr(run, "unsettled", lambda: next(answers))
    asyncio.run(run._settled({"10.9.0.2"}))
    assert list(answers) == [[]]


def test_a_kernel_that_does_not_tell_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> list[str]:
        raise OSError

    monkeypatch.setattr(run, "unsettled", refuse)
    asyncio.run(run._settled({"10.9.0.2"}))
