"""Starting the process that captures, and saying in words why it could not begin."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

from custodiet.errors import UsageError
from custodiet.probes.sensor import child as wire
from custodiet.wire.link import LINK_ETHERNET

LOOPBACK = 772
_LINKS = {1: LINK_ETHERNET, LOOPBACK: LINK_ETHERNET, 512: 101, 65534: 101}
"""Kinds of interfaces as Linux numbers them -> link type of their frames: Ethernet, or IP alone (tunnels)."""
BLOCK = 1 << 20
_RETIRE = 100
"""Milliseconds after which a block is handed over that is not full."""
_NO_RIGHT = (1, 13)
_NO_INTERFACE = (6, 19)


def fill(output: IO[bytes], memory: memoryview) -> bool:
    """Read exactly as much as there is room for; False at the end."""
    while memory:
        got = output.readinto(memory)  # type: ignore[attr-defined]
        if not got:
            return False
        memory = memory[got:]
    return True


def link_of(interface: str) -> tuple[int, int]:
    """The link type of an interface, and its kind as Linux numbers it.

    Raises:
        UsageError: there is none of this name, or its frames are of a kind that we do not read.
    """
    names = ", ".join(name for _index, name in socket.if_nameindex())
    try:
        known = os.fsencode(interface)
        name = struct.pack("16s24x", known if len(known) < 16 else b"")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
            kind: int = struct.unpack_from("=H", fcntl.ioctl(any_socket, 0x8927, name), 16)[0]
    except OSError as fault:
        raise UsageError(
            "there is no such interface", place=interface[:40], next_step=f"Name one of these: {names}."
        ) from fault
    if kind not in _LINKS:
        raise UsageError(
            f"frames of this kind of interface (number {kind}) are not read",
            place=interface,
            next_step=f"Name one of Ethernet; there are: {names}.",
        )
    return _LINKS[kind], kind


def start(interface: str, programs: list[bytes], ring: int, promiscuous: bool) -> subprocess.Popen[bytes]:
    """Start the process that captures; it captures when this returns.

    Args:
        interface: its name.
        programs: the filter of what is captured, and that of what is counted.
        ring: bytes in the kernel.
        promiscuous: hear also what is not addressed to this machine.

    Raises:
        UsageError: no right, or no interface any more.
    """
    order: dict[str, object] = {
        "interface": interface,
        "filter": programs[0].hex(),
        "counted": programs[1].hex(),
        "block": BLOCK,
        "blocks": max(ring // BLOCK, 2),
        "retire": _RETIRE,
        "promiscuous": promiscuous,
    }
    with tempfile.TemporaryFile() as said:
        capture = subprocess.Popen(
            [sys.executable, "-P", "-m", "custodiet.probes.sensor.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            bufsize=0,
            pipesize=BLOCK,
        )
        kind, data = _answer(capture, order)
        if kind == wire.READY:
            return capture
        close(capture)
        said.seek(0)
        last = said.read()[-4000:].decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
    words: object
    number, words = json.loads(data) if kind == wire.FAILED else (0, last or "the process that captures did not start")
    raise _cannot(interface, number, str(words))


def close(capture: subprocess.Popen[bytes]) -> None:
    """End it, if it has not ended yet, and leave nothing open."""
    for pipe in (capture.stdin, capture.stdout):
        if pipe:
            pipe.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        capture.wait(2)
    capture.kill()
    capture.wait()


def _answer(capture: subprocess.Popen[bytes], order: dict[str, object]) -> tuple[bytes, bytes]:
    """Tell the child what to do; returns the first thing it says."""
    assert capture.stdin is not None and capture.stdout is not None
    with contextlib.suppress(OSError):
        capture.stdin.write(json.dumps(order).encode() + b"\n")
        head = bytearray(wire.HEAD.size)
        if fill(capture.stdout, memoryview(head)):
            kind, size = wire.HEAD.unpack(head)
            data = bytearray(min(size, 4096))
            fill(capture.stdout, memoryview(data))
            return kind, bytes(data)
    return b"", b""


def _cannot(interface: str, number: int, words: str) -> UsageError:
    if number in _NO_RIGHT:
        return UsageError(
            "this user may not capture, so nothing is learned from devices that speak unasked (ARP, DHCP, mDNS, SADP, "
            "names in TLS and DNS)",
            place=interface,
            next_step=f"Run it with sudo, or give the right to this Python: sudo setcap cap_net_raw+ep {_python()} "
            "(every program that it runs then has it).",
        )
    if number in _NO_INTERFACE:
        return UsageError("the interface is not there any more", place=interface, next_step="Look whether it is up.")
    return UsageError(f"capturing could not begin ({words})", place=interface, next_step="Try a smaller ring.")


def _python() -> str:
    return str(Path(sys.executable).resolve())
